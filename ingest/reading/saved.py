"""Pages that were saved by a browser or a tool: the address they were saved from, and when.

Knows the marks of SingleFile, of browsers ("saved from url"), HTTrack, WebScrapBook, Save Page WE
and monolith, and the format MHTML, in which a page and its pictures are one e-mail message.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import Message
from email.utils import parsedate_to_datetime
from html import unescape

from ingest.archive.values import Reply
from ingest.failures import Failure
from ingest.links.public import refusal
from ingest.reading.decode import MAX_BYTES, UnreadableError, suffix_of

_LOOKED_AT = 20_000  # characters at the beginning, where all of them leave their marks
_MARKS = (
    re.compile(r"<!--\s{0,9}saved from url=\(\d{1,5}\)(?P<url>[^\s<>]{1,4000})", re.I),
    re.compile(
        r"<!--\s{0,9}Page saved with SingleFile\s{1,9}url: (?P<url>\S{1,4000})"
        r"(?:\s{1,9}saved date: (?P<date>[^\n]{1,80}))?",
        re.I,
    ),
    re.compile(
        r"<!--\s{0,9}Saved from (?P<url>https?://\S{1,4000}) at (?P<date>\S{1,40}) using monolith",
        re.I,
    ),
    re.compile(
        r"<!--\s{0,9}Mirrored from (?P<url>\S{1,4000}) by HTTrack[^\n]{0,80}\], "
        r"(?P<date>[^\n>]{1,60}) -->",
        re.I,
    ),
    re.compile(r"<html\b[^<>]{0,2000}\bdata-scrapbook-source=[\"'](?P<url>[^\"'<>]{1,4000})", re.I),
    re.compile(r"<meta name=[\"']?savepage-url[\"']? content=[\"'](?P<url>[^\"'<>]{1,4000})", re.I),
)
_DATES = (
    re.compile(r"<html\b[^<>]{0,4000}\bdata-scrapbook-create=[\"'](?P<date>\d{14,17})", re.I),
    re.compile(r"<meta name=[\"']?savepage-date[\"']? content=[\"'](?P<date>[^\"'<>]{1,80})", re.I),
)
_OF_SCRIPT = re.compile(r"([A-Z][a-z]{2} \d{1,2} \d{4} \d\d:\d\d:\d\d) GMT([+-]\d{4})")
_MOST_PARTS = 2000


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a page was saved from, a public web address, and when (``YYYY-MM-DDThh:mm:ssZ``)."""

    url: str
    at: str | None


def origin_of(page: str) -> Origin | None:
    """Return where an HTML page says that it was saved from, None if it does not say."""
    head = page[:_LOOKED_AT]
    for mark in _MARKS:
        if match := mark.search(head):
            said = match.groupdict()
            url = unescape(said["url"]).split("-->")[0]  # lengths that are named are often wrong
            date = said.get("date") or next(
                (other["date"] for pattern in _DATES if (other := pattern.search(head))), None
            )
            return _origin(url, date)
    return None


def is_mhtml(reply: Reply) -> bool:
    """Say whether a file is a page with all that belongs to it in one message."""
    return suffix_of(reply.url) in ("mht", "mhtml")


def opened(reply: Reply) -> tuple[Reply, Origin | None]:
    """Return the page of an MHTML file as a reply of its own, and where it was saved from.

    Raises:
        UnreadableError: the file is no such message, or holds no page.
    """
    try:
        message = message_from_bytes(reply.body, policy=policy.compat32)
        page = _page_of(message)
        body = page.get_payload(decode=True) if page is not None else None
    except (MessageError, ValueError, LookupError, RecursionError, TypeError) as error:
        raise UnreadableError("damaged: it is no saved page (MHTML)") from error
    if page is None or not isinstance(body, bytes):
        raise UnreadableError("damaged: it is no saved page (MHTML)")
    if len(body) > MAX_BYTES:
        raise UnreadableError(Failure.TOO_LARGE)
    kind = page.get_content_type()
    charset = page.get_param("charset")
    declared = f"{kind}; charset={charset}" if isinstance(charset, str) else kind
    said = message.get("Snapshot-Content-Location") or page.get("Content-Location") or ""
    origin = _origin(str(said), message.get("Date"))
    return replace(reply, body=body, headers=(("Content-Type", declared),)), origin


def _page_of(message: Message) -> Message | None:
    """Return the part that is the page: the one named as the start, else the first in HTML."""
    if not message.is_multipart():
        return message if message.get_content_type() in _PAGES and message.keys() else None
    start = str(message.get_param("start") or "").strip("<>")
    first = None
    for number, part in enumerate(message.walk()):
        if number > _MOST_PARTS:
            break
        if part.get_content_type() in _PAGES and not part.is_multipart():
            first = first or part
            if start and str(part.get("Content-ID") or "").strip("<> ") == start:
                return part
    return first


_PAGES = ("text/html", "application/xhtml+xml")


def _origin(url: str, date: str | None) -> Origin | None:
    url = "".join(url.split())
    if url and "://" not in url.split("?")[0] and re.match(r"[\w-]+(?:\.[\w-]+)+(?:[:/]|$)", url):
        url = f"https://{url}"  # HTTrack names no scheme
    if not re.match(r"https?://", url, re.IGNORECASE) or refusal(url):
        return None
    return Origin(url, _time(date or ""))


def _time(said: str) -> str | None:
    """Read a date as one of these tools writes it."""
    said = said.strip()
    try:
        if match := _OF_SCRIPT.search(said):
            read = datetime.strptime(f"{match[1]} {match[2]}", "%b %d %Y %H:%M:%S %z")
        elif re.fullmatch(r"\d{14,17}", said):
            read = datetime.strptime(said[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        elif re.match(r"\d{4}-\d\d-\d\d", said):
            read = datetime.fromisoformat(said)
        else:
            read = parsedate_to_datetime(said)
        read = read if read.tzinfo else read.replace(tzinfo=UTC)
        return f"{read.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
