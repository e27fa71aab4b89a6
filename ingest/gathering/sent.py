"""What programs send to be taken in: a page as a person sees it, a file, as archive resources.

The address a page claims is held to the same rules as those that are fetched.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote

from ingest.archive.given import MEDIA_TYPES
from ingest.archive.values import Resource
from ingest.errors import UsageError
from ingest.links.public import refusal
from ingest.links.urls import canonical
from ingest.reading.decode import MAX_BYTES, suffix_of

UPLOADS = "file:///uploads/"
"""What the address of a file begins with that was sent: where it lay is nobody's business."""
_LONGEST_NAME = 150


@dataclass(frozen=True, slots=True)
class SeenPage:
    """A page as somebody's browser shows it, with what they marked (``selection``) and wrote."""

    url: str
    html: str
    title: str = ""
    selection: str = ""
    note: str = ""


def page_resource(page: SeenPage) -> Resource:
    """Return a page as it goes into the archive.

    Raises:
        UsageError: its address is none of the public web, or it is empty or too large.
    """
    check_address(page.url)
    body = page.html.encode("utf-8", "replace")
    if not page.html.strip():
        raise UsageError(f"The page {page.url} came without its HTML.")
    if len(body) > MAX_BYTES:
        raise UsageError(f"The page {page.url} is larger than {MAX_BYTES / 1e6:.0f} MB.")
    return Resource(canonical(page.url), "text/html; charset=utf-8", body)


def check_address(url: str) -> None:
    """Raise UsageError where refdesk would not go to an address itself."""
    if reason := refusal(url.strip()):
        raise UsageError(f"{url[:200]} is not taken in: {reason}.")


def file_resource(name: str, data: bytes) -> Resource:
    """Return a file that was sent as it goes into the archive; one of the same name replaces it.

    Raises:
        UsageError: it is of a kind that is not read, or too large.
    """
    name = re.split(r"[/\\]", name)[-1]
    name = re.sub(r"[\x00-\x1f\x7f]", "", name).strip(". ")[-_LONGEST_NAME:]
    kind = MEDIA_TYPES.get(f".{suffix_of(f'file:///{quote(name)}')}")
    if not name or kind is None or kind == "application/jsonl":
        kinds = " ".join(suffix for suffix in MEDIA_TYPES if suffix != ".jsonl")
        raise UsageError(f"refdesk cannot take in {name or 'a file without a name'}: send {kinds}.")
    if len(data) > MAX_BYTES:
        raise UsageError(f"{name} is larger than {MAX_BYTES / 1e6:.0f} MB.")
    return Resource(f"{UPLOADS}{quote(name)}", kind, data)
