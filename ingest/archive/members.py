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

_warcio = logging.getLogger("warcio")
_warcio.addHandler(logging.NullHandler())
_warcio.propagate = False  # it repeats what a record says, which may hold orders to a terminal

MOST_BYTES = 64_000_000
"""What of one record is held in memory; a longer one keeps its beginning."""

TORN = "it is torn: the file ends inside it"
MORE = "malformed: more follows than it states"

_MOST_UNPACKED = 8_000_000_000  # bytes: a member that unpacks to more is a bomb
_HEAD = 1 << 20  # bytes: a record head is not longer
_PIECE = 1 << 18
_MAGIC = b"\x1f\x8b\x08"
_BEGINS = b"WARC/"
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
    step = _packed if is_packed(data) else _plain
    at = start
    while at < len(data):
        member = step(data, at)
        if member is None:
            return
        yield member
        at = member.offset + member.length


def member_at(data: Data, offset: int) -> Found | Unreadable:
    """Return the record that begins at an offset."""
    member = next(members_of(data, offset), None)
    return member or Unreadable(offset, 0, "the file ends before it", damaged=True)


def is_packed(data: Data) -> bool:
    """Say whether a file is packed by gzip."""
    return data[:2] == _MAGIC[:2]


def _packed(data: Data, at: int) -> Found | Unreadable:
    member = zlib.decompressobj(31)
    out = bytearray()
    end, total = at, 0
    try:
        while not member.eof:
            piece = member.unconsumed_tail or data[end : end + _PIECE]
            if not piece:
                raise EOFError
            fresh = not member.unconsumed_tail
            unpacked = member.decompress(piece, _PIECE)
            end += len(piece) if fresh else 0
            total += len(unpacked)
            if total > _MOST_UNPACKED:
                raise ValueError("it unpacks to more than a record can hold")
            if len(out) <= MOST_BYTES:
                out += unpacked
        length = end - len(member.unused_data) - at
    except EOFError:
        return _lost(data, at, TORN)
    except (zlib.error, ValueError) as error:
        return _lost(data, at, f"its bytes were changed ({error})")
    if not out:
        return Unreadable(at, length, "empty", damaged=False)
    return _parsed(bytes(out[:MOST_BYTES]), at, length, cut=len(out) > MOST_BYTES)


def _plain(data: Data, at: int) -> Found | Unreadable | None:
    start = at
    while start < len(data) and data[start : start + 1] in (b"\r", b"\n"):
        start += 1
    if start == len(data):
        return None
    if data[start : start + len(_BEGINS)] != _BEGINS:
        return _lost(data, start, "no record begins here")
    end, size = _head_of(data[start : start + _HEAD])
    if end is None:
        return _lost(data, start, "its head does not end")
    if size is None:
        return _lost(data, start, "its head does not say how long it is")
    length = end + size
    if start + length > len(data):
        return _lost(data, start, f"it lacks {start + length - len(data)} bytes")
    whole = data[start : start + min(length, MOST_BYTES)]
    return _parsed(whole, start, length, cut=length > MOST_BYTES)


def _head_of(head: bytes) -> tuple[int | None, int | None]:
    """Return where the head of a plain record ends, and the length it states."""
    ends = [
        (place + len(mark)) for mark in (b"\r\n\r\n", b"\n\n") if (place := head.find(mark)) > 0
    ]
    if not ends:
        return None, None
    end = min(ends)
    for line in head[:end].splitlines():
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            return end, int(value)
    return end, None


def _parsed(whole: bytes, at: int, length: int, *, cut: bool) -> Found | Unreadable:
    """Read a record whose bytes are all here; digests it states are checked unless it was cut."""
    stream = BytesIO(whole)
    try:
        record = ArcWarcRecordLoader().parse_record_stream(
            stream, known_format="warc", check_digests=not cut
        )
        body = record.raw_stream.read()
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


def _states_digest(record: ArcWarcRecord) -> bool:
    """Say whether a record states digests that can be compared: others say nothing."""
    names = ("WARC-Payload-Digest", "WARC-Block-Digest")
    said = [record.rec_headers.get_header(name) for name in names]
    return all(_DIGEST.fullmatch(digest) for digest in said if digest)


def _lost(data: Data, at: int, reason: str) -> Unreadable:
    """Return the stretch up to the next record that can be found."""
    here = at + 1
    packed = data[:2] == _MAGIC[:2]
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
