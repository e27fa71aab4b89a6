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
from ingest.links.urls import canonical, without_user
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
        raise UsageError(f"The page {canonical(page.url)} came without its HTML.")
    if len(body) > MAX_BYTES:
        raise UsageError(f"The page {canonical(page.url)} is larger than {MAX_BYTES / 1e6:.0f} MB.")
    return Resource(canonical(page.url), "text/html; charset=utf-8", body)


def check_address(url: str) -> None:
    """Raise UsageError where refdesk would not go to an address itself."""
    if reason := refusal(url.strip()):
        raise UsageError(f"{without_user(url)[:200]} is not taken in: {reason}.")


def file_resource(name: str, data: bytes) -> Resource:
    """Return a file that was sent as it goes into the archive; one of the same name replaces it.

    Raises:
        UsageError: it is of a kind that is not read, or too large.
    """
    name = file_name(name)
    kind = MEDIA_TYPES.get(f".{suffix_of(upload_address(name))}")
    if not name or kind is None or kind == "application/jsonl":
        kinds = " ".join(suffix for suffix in MEDIA_TYPES if suffix != ".jsonl")
        raise UsageError(f"refdesk cannot take in {name or 'a file without a name'}: send {kinds}.")
    if len(data) > MAX_BYTES:
        raise UsageError(f"{name} is larger than {MAX_BYTES / 1e6:.0f} MB.")
    return Resource(upload_address(name), kind, data)


def file_name(sent: str) -> str:
    """Return the name of a file that was sent, without folders and what cannot be seen."""
    name = re.split(r"[/\\]", sent)[-1]
    return "".join(filter(str.isprintable, name)).strip(". ")[-_LONGEST_NAME:]


def upload_address(name: str) -> str:
    """Return the address of a file of this name that was sent."""
    return f"{UPLOADS}{quote(name, errors='replace')}"
