"""The records of one WARC file, each read alone: what is torn or malformed costs itself only.

Knows gzip members, record heads and digests; nothing of what a record is for. A record is unpacked
to `MOST_BYTES` and not beyond, however much it claims to hold. After a damaged stretch reading goes
on at the next record that can be found.
"""

import logging
import mmap
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from warcio.recordloader import ArcWarcRecord, ArcWarcRecordLoader

from ingest.archive.shelf import Data
from ingest.text.digits import whole_number

_warcio = logging.getLogger("warcio")
_warcio.addHandler(logging.NullHandler())
_warcio.propagate = False  # it repeats what a record says, which may hold orders to a terminal

MOST_BYTES = 64_000_000
"""What of one record is held in memory; a longer one keeps its beginning."""

TORN = "it is torn: the file ends inside it"
EMPTY = "empty"
"""Of a gzip member that holds nothing, as blank lines between plain records do."""
MORE = "malformed: more follows than it states"

_MOST_UNPACKED = 8_000_000_000  # bytes: a member that unpacks to more is a bomb
_HEAD = 1 << 20  # bytes: a record head is not longer
_MOST_LINES = 10_000  # of the heads of a record, its own and that of the reply
_LOOK = 1 << 9  # bytes that are looked at first for the end of a head
_PIECE = 1 << 18
_TRIES = 8
"""Damaged members that may be begun in a stretch that was read before; then it is passed over.

Members may lie within each other: without a bound the same bytes would be unpacked from each of
their beginnings.
"""
_MAGIC = b"\x1f\x8b\x08"
_BEGINS = b"WARC/"
_HEAD_ENDS = re.compile(rb"\r\n\r\n|\n\n|\nWARC/")
_DIGEST = re.compile(
    r"(?i)md5:([a-z2-7]{26}=*|[0-9a-f]{32})|sha-?1:([a-z2-7]{32}|[0-9a-f]{40})"
    r"|sha-?256:([a-z2-7]{52}=*|[0-9a-f]{64})|sha-?512:([a-z2-7]{103}=*|[0-9a-f]{128})"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A whole record at ``offset``, ``length`` bytes of its file; ``cut`` when it is too long."""

    offset: int
    length: int
    record: ArcWarcRecord
    cut: bool


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A stretch of a file that gives no record.

    ``damaged`` says that the bytes are not those once written; else they are whole and malformed.
    """

    offset: int
    length: int
    reason: str
    damaged: bool


def members(path: Path, start: int = 0) -> Iterator[Found | Unreadable]:
    """Yield the records of a WARC file, plain or gzip by gzip member, from an offset on."""
    if path.stat().st_size <= start:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        yield from members_of(data, start)


def members_of(data: Data, start: int = 0) -> Iterator[Found | Unreadable]:
    """Yield the records of a WARC file as `members` does, from its bytes."""
    if is_packed(data):
        yield from _packed_members(data, start)
        return
    at = start
    while at < len(data) and (member := _plain(data, at)) is not None:
        yield member
        at = member.offset + member.length


def member_at(data: Data, offset: int) -> Found | Unreadable:
    """Return the record that begins at an offset."""
    member = next(members_of(data, offset), None)
    return member or Unreadable(offset, 0, "the file ends before it", damaged=True)


def is_packed(data: Data) -> bool:
    """Say whether a file is packed by gzip."""
    return data[:2] == _MAGIC[:2]


def _packed_members(data: Data, at: int) -> Iterator[Found | Unreadable]:
    tries, reached = 0, at
    while at < len(data):
        member, end = _packed(data, at)
        if isinstance(member, Unreadable) and member.damaged:
            tries = tries + 1 if at < reached else 0
            reached = max(reached, end)
            member = _lost(data, at, member.reason, reached if tries >= _TRIES else at + 1)
        yield member
        at = member.offset + member.length


def _packed(data: Data, at: int) -> tuple[Found | Unreadable, int]:
    """Read a member; return it, without its length if it is damaged, and where reading ended."""
    member = zlib.decompressobj(31)
    out = bytearray()
    end, total = at, 0
    try:
        while not member.eof:
            piece = member.unconsumed_tail or data[end : end + _PIECE]
            if not piece:
                raise EOFError
            fresh = not member.unconsumed_tail
            end += len(piece) if fresh else 0
            unpacked = member.decompress(piece, _PIECE)
            total += len(unpacked)
            if total > _MOST_UNPACKED:
                raise ValueError("it unpacks to more than a record can hold")
            if len(out) <= MOST_BYTES:
                out += unpacked
    except EOFError:
        return Unreadable(at, 0, TORN, damaged=True), end
    except (zlib.error, ValueError) as error:
        return Unreadable(at, 0, f"its bytes were changed ({error})", damaged=True), end
    end -= len(member.unused_data)
    if not out:
        return Unreadable(at, end - at, EMPTY, damaged=False), end
    cut = len(out) > MOST_BYTES
    return _parsed(bytes(out[:MOST_BYTES]), at, end - at, cut=cut), end


def _plain(data: Data, at: int) -> Found | Unreadable | None:
    start = _past_blanks(data, at)
    if start == len(data):
        return None
    if data[start : start + len(_BEGINS)] != _BEGINS:
        return _lost(data, start, "no record begins here", start + 1)
    head = _head_of(data, start)
    if head is None:
        return _lost(data, start, "its head does not end", start + 1)
    size = _stated(head)
    if size is None:
        return _lost(data, start, "its head does not say how long it is", start + 1)
    length = len(head) + size
    if start + length > len(data):
        lacking = start + length - len(data)
        return _lost(data, start, f"it lacks {lacking} bytes", start + 1)
    whole = data[start : start + min(length, MOST_BYTES)]
    return _parsed(whole, start, length, cut=length > MOST_BYTES)


def _past_blanks(data: Data, start: int) -> int:
    """Return where the line ends that stand at ``start`` are over."""
    size = _LOOK
    while blanks := data[start : start + size]:
        start += len(blanks) - len(rest := blanks.lstrip(b"\r\n"))
        if rest:
            break
        size = min(2 * size, _PIECE)
    return start


def _head_of(data: Data, start: int) -> bytes | None:
    """Return the head of the plain record at ``start``; None if it does not end.

    It is looked at no further than to where another record could begin, so that a thousand
    beginnings cost no more than one.
    """
    size = _LOOK
    while True:
        head = data[start : start + size]
        if end := _HEAD_ENDS.search(head):
            return None if end[0].endswith(_BEGINS) else head[: end.end()]
        if len(head) < size or size == _HEAD:
            return None
        size *= 2


def _stated(head: bytes) -> int | None:
    """Return the length that the head of a plain record states."""
    for line in head.splitlines():
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            size = whole_number(value)
            if size is not None:
                return size
    return None


def _parsed(whole: bytes, at: int, length: int, *, cut: bool) -> Found | Unreadable:
    """Read a record whose bytes are all here; digests it states are checked unless it was cut."""
    stream = _Lines(whole)
    try:
        record = ArcWarcRecordLoader().parse_record_stream(
            stream, known_format="warc", check_digests=not cut
        )
        body = record.raw_stream.read()
    except _TooManyLines:
        reason = f"malformed: its heads have more than {_MOST_LINES:,} lines"
        return Unreadable(at, length, reason, damaged=False)
    except (AttributeError, TypeError):  # of heads that are not there
        return Unreadable(at, length, "malformed: its head lacks what it needs", damaged=False)
    except Exception as error:  # whatever a library makes of bytes from anywhere
        return Unreadable(at, length, f"malformed: {_said(error)}", damaged=False)
    lacking = getattr(record.raw_stream, "limit", 0)
    if lacking and not cut:
        return Unreadable(at, length, f"it lacks {lacking} bytes", damaged=True)
    if record.digest_checker.passed is False and _states_digest(record):
        return Unreadable(at, length, "its bytes were changed (digest)", damaged=True)
    if not cut and stream.read().strip(b"\r\n"):
        return Unreadable(at, length, MORE, damaged=True)
    record.raw_stream = BytesIO(body)
    return Found(at, length, record, cut)


class _TooManyLines(Exception):
    """The heads of a record have more lines than a record has."""


class _Lines(BytesIO):
    """The bytes of a record; lines are read of its heads, the rest is read at once."""

    _count = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        self._count += 1
        if self._count > _MOST_LINES:
            raise _TooManyLines
        return super().readline(size)


def _states_digest(record: ArcWarcRecord) -> bool:
    """Say whether a record states digests that can be compared: others say nothing."""
    names = ("WARC-Payload-Digest", "WARC-Block-Digest")
    said = [record.rec_headers.get_header(name) for name in names]
    return all(_DIGEST.fullmatch(digest) for digest in said if digest)


def _lost(data: Data, at: int, reason: str, here: int) -> Unreadable:
    """Return the stretch from ``at`` up to the next record that can be found from ``here`` on."""
    packed = is_packed(data)
    while True:
        here = data.find(_MAGIC if packed else b"\n" + _BEGINS, here)
        if here < 0:
            here = len(data)
            break
        if not packed:
            here += 1
            break
        if _opens_record(data[here : here + 4096]):
            break
        here += 1
    return Unreadable(at, here - at, reason, damaged=True)


def _opens_record(data: bytes) -> bool:
    try:
        return zlib.decompressobj(31).decompress(data, 16).startswith(_BEGINS)
    except zlib.error:
        return False


def _said(error: Exception) -> str:
    text = " ".join(str(error).split())[:120]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
