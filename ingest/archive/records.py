"""Records of WARC files as rows of an index: which of them can be read, and what each row says."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from warcio.bufferedreaders import ChunkedDataReader
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders

from ingest.archive.files import digest_of
from ingest.archive.members import Found
from ingest.archive.values import ABOUT, VISIT, FetchResult, Reply, Visit
from ingest.links.schemes import WEB, is_web, plain
from ingest.text.characters import encodable

VISITS = "refdesk:visit/"
"""What the address of the record of a visit begins with."""

FORGOTTEN = "refdesk:forgotten/"
"""What the address of the record of what was forgotten begins with."""

_MOST_ADDRESS = 16_384  # characters
_MOST_CHUNKS = 100_000
"""Each chunk costs the same however short it is; a body of millions of them is no page."""

_NO_PAGE = ("dns:", "whois:", "ntp:")


def bad_row(url: str, reason: str, place: Mapping[str, Any], *, damaged: bool) -> dict[str, Any]:
    """Return the row of a record that does not count."""
    return {"bad": reason, "url": url, "damaged": damaged, **place}


def row_of(member: Found, place: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the row of a record, or None if it is of a kind that is passed over.

    Raises:
        ValueError: it is malformed; the message says how.
    """
    record = member.record
    head = record.rec_headers
    if record.rec_type == "metadata" and head.get_header("Content-Type") == VISIT:
        return _visit_row(record, place)
    if record.rec_type not in ("response", "resource", "revisit"):
        return None
    if record.rec_type == "revisit" and not record.http_headers:
        return None
    if address_of(head).startswith(_NO_PAGE):
        return None
    reply = reply_of(record)
    row = reply_row(reply, place["file"], place["offset"])
    if reply.url.startswith(FORGOTTEN):
        row["forgotten"] = _forgotten(reply.body)
    if record.rec_type == "revisit":
        row["digest"] = ""
        row["refers"] = [
            address_of(head, "WARC-Refers-To-Target-URI"),
            _date(head.get_header("WARC-Refers-To-Date")),
        ]
    if member.cut:
        raise ValueError("too large")
    return row


def _visit_row(record: ArcWarcRecord, place: Mapping[str, Any]) -> dict[str, Any]:
    body = record.raw_stream.read()
    try:
        said = json.loads(body)
        visit = Visit(
            said["url"], said["at"], tuple(FetchResult(**request) for request in said["requests"]),
            pictures=tuple(FetchResult(**request) for request in said.get("pictures", ())),
        )  # fmt: skip
        asked_for = visit.requests + visit.pictures
        datetime.fromisoformat(visit.at).astimezone(UTC)
        texts = [visit.url, *(t for a in asked_for for t in (a.url, a.reply_url, a.reply_at))]
        if not all(isinstance(text, str) for text in texts):
            raise ValueError("no addresses")
        if not all(asked.reason is None or isinstance(asked.reason, str) for asked in asked_for):
            raise ValueError("no reasons")
    except (ValueError, KeyError, TypeError, OverflowError, AttributeError) as error:
        raise ValueError("malformed: the record of a visit cannot be read") from error
    signed = {"signed": f"{VISITS}{visit.url}", "body": digest_of(body)}
    return visit_row(visit) | dict(place) | signed


def visit_row(visit: Visit) -> dict[str, Any]:
    """Return what the record of a visit says, and so the row of an index for it."""
    row = asdict(visit)
    row.pop("order")
    if not visit.pictures:
        row.pop("pictures")
    return row


def _forgotten(body: bytes) -> dict[str, Any]:
    try:
        said: dict[str, Any] = json.loads(body)
        texts = [*said["addresses"], *said["files"]]
        texts += [part for pair in said["documents"] for part in pair]
        if not all(isinstance(text, str) for text in texts):
            raise TypeError("no text")
        places = [(file, int(offset)) for file, offset in said["places"]]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError("malformed: what was forgotten cannot be read") from error
    return {**said, "places": places}


def reply_row(reply: Reply, file: str, offset: int) -> dict[str, Any]:
    """Return the row of an index for a reply that lies at ``offset`` of ``file``."""
    about = reply.header(ABOUT) if reply.resource else None
    return {
        **({"about": about} if about else {}),
        "url": reply.url,
        "status": reply.status,
        "location": reply.header("Location"),
        "fetched_at": reply.fetched_at,
        "digest": digest_of(reply.body),
        "length": len(reply.body),
        "file": file,
        "offset": offset,
    }


def reply_of(record: ArcWarcRecord) -> Reply:
    """Read a reply.

    Raises:
        ValueError: it is malformed; the message says how.
    """
    url = address_of(record.rec_headers)
    if not is_sound(url):
        raise ValueError("malformed: it has no address that can be read")
    date = _date(record.rec_headers.get_header("WARC-Date"))
    if record.rec_type == "resource":
        media = record.rec_headers.get_header("Content-Type") or "application/octet-stream"
        body = record.raw_stream.read()
        about = record.rec_headers.get_header(ABOUT)
        more = ((ABOUT, encodable(about)),) if about else ()
        return Reply(url, 200, (("Content-Type", media), *more), body, date, resource=True)
    if not record.http_headers:
        raise ValueError("malformed: it has no HTTP head")
    headers = tuple(
        (str(name), encodable(str(value))) for name, value in record.http_headers.headers
    )
    stream = record.raw_stream
    if (record.http_headers.get_header("Transfer-Encoding") or "").lower() == "chunked":
        stream = _Chunks(stream)
    said = record.http_headers.get_statuscode() or ""
    if not re.fullmatch(r"[1-9][0-9]{2}", said):
        raise ValueError("malformed: its status is no number")
    try:
        body = stream.read()
    except _TooManyChunks as error:
        raise ValueError(f"malformed: its body is in more than {_MOST_CHUNKS:,} chunks") from error
    except Exception as error:  # warcio's own, and what unpacking raises
        raise ValueError("malformed: its body cannot be put together") from error
    return Reply(url, int(said), headers, body, date)


class _TooManyChunks(Exception):
    """A body is in more chunks than a page has."""


class _Chunks(ChunkedDataReader):  # type: ignore[misc]  # warcio has no types
    """Puts a body together from its chunks, `_MOST_CHUNKS` at most."""

    _count = 0

    def _try_decode(self, length_header: bytes) -> None:
        self._count += 1
        if self._count > _MOST_CHUNKS:
            raise _TooManyChunks
        super()._try_decode(length_header)


def address_of(head: StatusAndHeaders, name: str = "WARC-Target-URI") -> str:
    """Return the address in the head of a record, its scheme in small letters; "" if none."""
    return plain((head.get_header(name) or "").strip("<>"))


def is_sound(url: str) -> bool:
    """Say whether an address can be taken apart, stored and shown."""
    if not url or len(url) > _MOST_ADDRESS or any(char.isspace() or ord(char) < 32 for char in url):
        return False
    try:
        parts = urlsplit(url)
        _ = parts.hostname, parts.port
        url.encode()
    except ValueError:
        return False
    return is_web(url) and bool(parts.hostname) if parts.scheme in WEB else bool(parts.scheme)


def _date(said: str | None) -> str:
    """Return a date as it is written, or nothing where it is none."""
    try:
        datetime.fromisoformat(said or "").astimezone(UTC)
    except (ValueError, OverflowError):
        return ""
    return said or ""
