"""Taking off the disk what was forgotten: the record keeps its place and length, not its bytes.

Where a forgotten record stood, a record of the same length that says nothing stands afterwards, so
that every other record keeps its offset. A file is written anew beside the old one and takes its
place at once, so a kill leaves one or the other. A body that a record which still counts refers to
(a ``revisit``) stays.
"""

import gzip
import io
from collections.abc import Iterator, Sequence

from ingest.archive.files import order_of
from ingest.archive.indexes import named_here
from ingest.archive.members import EMPTY, Found, Unreadable, is_packed, members_of
from ingest.archive.records import VISITS, address_of
from ingest.archive.shelf import Data
from ingest.archive.values import Forgotten
from ingest.archive.warc import Archive

_EMPTY = (
    "WARC/1.0\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:uuid:{zero}>\r\n"
    "WARC-Date: 1970-01-01T00:00:00Z\r\nContent-Type: {kind}\r\n"
    "Content-Length: {length:010}\r\n\r\n"
)
_SHORT = "WARC/1.0\nContent-Type:{kind}\nContent-Length:{length:03}\n\n"
"""The same where there is no room for what the standard asks for."""

_KIND = "application/x-refdesk-erased"
_ZERO = "00000000-0000-0000-0000-000000000000"
_END = b"\r\n\r\n"
_COMMENT = 0x10  # the flag of a gzip member that carries a comment


def erase(archive: Archive) -> int:
    """Take the bytes of everything that was forgotten off the disk; return how many records.

    Only the one who may write to the home may call this.

    Raises:
        OSError: there is no room for a file to be written anew; it is as it was then.
    """
    needed = {record.payload for record in archive.records() if record.payload is not None}
    replies = _asked_for(archive, forgotten=True) - _asked_for(archive, forgotten=False)
    gone = archive.forgotten()
    erased = 0
    for warc in archive.files():
        order = order_of(warc.name, {"offset": 0})
        whole = any(warc.name in forgotten.files and order < forgotten.order for forgotten in gone)
        if whole and not any(file == warc.name for file, _ in needed):
            with archive.opened(warc.name) as data:
                erased += sum(1 for _ in members_of(data))
            archive.remove(warc.name)
            continue
        with archive.opened(warc.name) as data:
            places = [
                (member.offset, member.length)
                for member in members_of(data)
                if (warc.name, member.offset) not in needed
                and not is_erased(member)
                and (whole or _is_gone(archive, warc.name, member, gone, replies))
            ]
        erased += _overwrite(archive, warc.name, places) if places else 0
    return erased


def holds_erased(archive: Archive, name: str) -> bool:
    """Say whether bytes were taken out of a file."""
    with archive.opened(name) as data:
        return any(is_erased(member) for member in members_of(data))


def is_erased(member: Found | Unreadable) -> bool:
    """Say whether this stands where something was forgotten."""
    if isinstance(member, Unreadable):
        return member.reason == EMPTY
    return bool(member.record.rec_headers.get_header("Content-Type") == _KIND)


def _is_gone(
    archive: Archive,
    file: str,
    member: Found | Unreadable,
    gone: Sequence[Forgotten],
    replies: set[tuple[str, str]],
) -> bool:
    """Say whether a record was forgotten, or is a reply that only forgotten visits asked for."""
    url = date = ""
    if isinstance(member, Found):
        head = member.record.rec_headers
        url = address_of(head)
        date = head.get_header("WARC-Date") or ""
    page = named_here(file, url.removeprefix(VISITS))
    order = order_of(file, {"fetched_at": date, "offset": member.offset})
    return (url, date) in replies or any(
        forgotten.covers(page, file, member.offset, order) for forgotten in gone
    )


def _asked_for(archive: Archive, *, forgotten: bool) -> set[tuple[str, str]]:
    """Return address and date of every reply that a visit names."""
    return {
        (asked.reply_url, asked.reply_at)
        for visits in archive.visits(forgotten=forgotten).values()
        for visit in visits
        for asked in visit.requests + visit.pictures
        if asked.reply_url
    }


def _overwrite(archive: Archive, name: str, places: list[tuple[int, int]]) -> int:
    """Write a file anew with records that say nothing at these places; return how many."""
    partial = (archive.folder / name).with_suffix(".part")
    with archive.opened(name) as data, partial.open("wb") as new:
        packed = is_packed(data)
        at = 0
        for offset, length in places:
            new.writelines(_pieces(data, at, offset))
            new.write(_packed(length) if packed else _plain(length))
            at = offset + length
        new.writelines(_pieces(data, at, len(data)))
    archive.replace(name, partial)
    return len(places)


def _pieces(data: Data, start: int, end: int) -> Iterator[bytes]:
    step = io.DEFAULT_BUFFER_SIZE * 128
    return (data[at : min(at + step, end)] for at in range(start, end, step))


def _plain(length: int) -> bytes:
    """Return a record of ``length`` bytes that holds spaces; line ends where it has no room."""
    for form in (_EMPTY, _SHORT):
        # the two line ends after a record are none of its length
        room = length - len(form.format(zero=_ZERO, kind=_KIND, length=0))
        if room >= 0:
            return form.format(zero=_ZERO, kind=_KIND, length=room).encode() + b" " * room
    return b"\n" * length


def _packed(length: int) -> bytes:
    """Return a gzip member of ``length`` bytes: a record without a body, or nothing, and a comment.

    No record fits into a member that is shorter than one that holds nothing.
    """
    head = _EMPTY.format(zero=_ZERO, kind=_KIND, length=0).encode()
    member = gzip.compress(head + _END, mtime=0)
    if len(member) >= length:
        member = gzip.compress(b"", mtime=0)
    start = bytearray(member[:10])
    start[3] |= _COMMENT
    return bytes(start) + b" " * (length - len(member) - 1) + b"\0" + member[10:]
