"""The home's WARC archive: what was fetched or given, byte for byte.

Knows files, records and where each record lies; knows nothing of what a page says. Imported WARC
files are kept whole; given files become ``resource`` records; what was fetched is written by
`ingest.archive.run`. Files are numbered as they arrive: that, and no clock, says what is newest.
Beside each WARC lies an index of its records, which is only a convenience: it is made again from
the WARC when it is missing or damaged. What was forgotten does not count, and its bytes go
(`ingest.archive.erase`).
"""

import contextlib
import json
import re
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

from warcio.warcwriter import WARCWriter

from ingest.archive.files import (
    IMPORTED,
    INDEX,
    count_replies,
    digest_of,
    index_of,
    number_of,
    only_torn,
    order_of,
    stamp_of,
    whole_bytes,
    write_index,
)
from ingest.archive.members import Unreadable, is_packed, member_at, members
from ingest.archive.records import FORGOTTEN, bad_row, is_sound, reply_of, reply_row, row_of
from ingest.archive.seal import HEADER, Seal
from ingest.archive.values import (
    ABOUT,
    FETCHED,
    OURS,
    VISIT,
    Asked,
    Bad,
    Exchange,
    Forgotten,
    Order,
    Record,
    Reply,
    Resource,
    Visit,
)
from ingest.disk import settle, sha256_of

__all__ = [
    "FETCHED",
    "VISIT",
    "Archive",
    "Asked",
    "Bad",
    "DamagedRecordError",
    "Exchange",
    "Forgotten",
    "Record",
    "Reply",
    "Resource",
    "Visit",
    "digest_of",
    "is_imported",
    "order_of",
    "reply_row",
    "write_index",
]

_GIVEN = "given-"


class DamagedRecordError(ValueError):
    """A record of the archive is no longer what it was when it was kept."""


class Archive:
    """The WARC files of one home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read_rows: dict[str, tuple[tuple[object, ...], list[dict[str, Any]]]] = {}

    @cached_property
    def seal(self) -> Seal:
        """What says which records this home wrote."""
        return Seal(self.folder)

    def records(self) -> Iterator[Record]:
        """Yield every reply in the archive that counts, file by file in order of name.

        A reply whose body was not kept again (a ``revisit``) is one like any other; one whose first
        copy is not here is passed over.
        """
        lines = [line for warc in self._files() for line in self._indexed(warc)]
        places = {
            (line["url"], line["fetched_at"]): line
            for line in lines
            if "status" in line and "refers" not in line
        }
        gone = self._forgotten(lines)
        for line in lines:
            if "status" not in line:
                continue
            row = {name: value for name, value in line.items() if name != "forgotten"}
            first = places.get(tuple(row.pop("refers", ())))
            if first is not None:
                row |= {"digest": first["digest"], "length": first["length"]}
                row["payload"] = (first["file"], first["offset"])
            if not row["digest"]:
                continue
            record = Record(**row, order=order_of(row["file"], row))
            if not _is_gone(gone, record.url, record.file, record.offset, record.order):
                yield record

    def visits(self, *, forgotten: bool = False) -> dict[str, list[Visit]]:
        """Return the finished visits of each page, oldest first; with ``forgotten`` those too."""
        by_page: dict[str, list[Visit]] = {}
        lines = [line for warc in self._files() for line in self._indexed(warc)]
        gone = [] if forgotten else self._forgotten(lines)
        for line in lines:
            if "requests" in line:
                asked = tuple(Asked(**request) for request in line["requests"])
                order = order_of(line["file"], {**line, "fetched_at": line["at"]})
                shown = tuple(Asked(**picture) for picture in line.get("pictures", ()))
                visit = Visit(line["url"], line["at"], asked, order, shown)
                if not _is_gone(gone, visit.url, line["file"], line["offset"], order):
                    by_page.setdefault(visit.url, []).append(visit)
        for visits in by_page.values():
            visits.sort(key=lambda visit: visit.order)
        return by_page

    def bad(self) -> list[Bad]:
        """Return every record that is there and does not count, unless it was forgotten."""
        lines = [line for warc in self._files() for line in self._indexed(warc)]
        gone = self._forgotten(lines)
        bad_records = []
        for line in lines:
            if "bad" in line:
                order = order_of(line["file"], line)
                url = line["url"] or f"warc:{line['file']}@{line['offset']}"
                bad = Bad(url, line["bad"], line["file"], line["offset"], line["damaged"], order)
                if not _is_gone(gone, line["url"], bad.file, bad.offset, order):
                    bad_records.append(bad)
        return bad_records

    def forgotten(self) -> list[Forgotten]:
        """Return what was forgotten, oldest first."""
        return self._forgotten([line for warc in self._files() for line in self._indexed(warc)])

    def _forgotten(self, lines: Iterable[Mapping[str, Any]]) -> list[Forgotten]:
        forgotten = []
        for line in lines:
            if "forgotten" not in line:
                continue
            said = line["forgotten"]
            forgotten.append(
                Forgotten(
                    frozenset(said["addresses"]),
                    frozenset((page, document) for page, document in said["documents"]),
                    frozenset(said["files"]),
                    frozenset((file, offset) for file, offset in said["places"]),
                    order_of(line["file"], line),
                )
            )
        return sorted(forgotten, key=lambda entry: entry.order)

    def lost(self) -> list[str]:
        """Return the names of files that are gone or empty, as far as indexes tell of them."""
        indexed = {index.name.removesuffix(INDEX) for index in self.folder.glob(f"*{INDEX}")}
        there = {warc.name for warc in self._files()}
        return sorted(name for name in indexed - there if not self.is_forgotten(name))

    def is_forgotten(self, file: str, offset: int = 0) -> bool:
        """Say whether a whole file was forgotten, or what stands at a place of it."""
        order = order_of(file, {"offset": offset})
        return _is_gone(self.forgotten(), "", file, offset, order)

    def forget(
        self,
        *,
        addresses: Collection[str] = (),
        documents: Collection[tuple[str, str]] = (),
        files: Collection[str] = (),
        places: Collection[tuple[str, int]] = (),
    ) -> None:
        """Let what is named, as far as it is here now, count no longer; see `Forgotten`."""
        said = {
            "addresses": sorted(addresses),
            "documents": sorted(documents),
            "files": sorted(files),
            "places": sorted(places),
        }
        number = self.next_number()
        body = json.dumps(said, ensure_ascii=False).encode()
        self.add([Resource(f"{FORGOTTEN}{number}", "application/json", body)])

    def read(self, record: Record) -> Reply:
        """Read one reply back from the archive.

        Raises:
            DamagedRecordError: it is no longer what was kept.
        """
        reply = self._read(record.file, record.offset)
        if record.payload is not None:
            reply = replace(reply, body=self._read(*record.payload).body)
        if digest_of(reply.body) != record.digest:
            raise DamagedRecordError(
                f"{record.file} no longer holds what it held at {record.offset}"
            )
        # what scanning made of them counts
        return replace(reply, url=record.url, fetched_at=record.fetched_at)

    def _read(self, file: str, offset: int) -> Reply:
        member = member_at(self.folder / file, offset)
        if isinstance(member, Unreadable):
            raise DamagedRecordError(f"{file}: {member.reason}")
        return reply_of(member.record)

    def mend(self) -> list[str]:
        """Cut off what a crash left half-written; return the names of the files that were cut.

        Only the one who may write to the home may call this.
        """
        cut = []
        for partial in self.folder.glob("*.part"):
            partial.unlink()
        for warc in self.folder.glob(f"{FETCHED}*.warc.gz"):
            if self._fresh_index(warc) is not None:
                continue
            if not warc.stat().st_size and not index_of(warc).exists():
                warc.unlink()  # begun, and killed before the first reply came
                continue
            end = whole_bytes(warc)
            if end < warc.stat().st_size and only_torn(warc, end):
                with warc.open("rb+") as stream:
                    stream.truncate(end)
                cut.append(warc.name)
        return cut

    def next_number(self) -> int:
        """Return the number of the next file to arrive; one that is lost keeps its own."""
        names = [warc.name for warc in self.folder.glob("*.warc*")]
        return 1 + max(map(number_of, names), default=0)

    def _all(self) -> list[Path]:
        return [w for w in self.folder.glob("*.warc*") if w.name.endswith((".warc", ".warc.gz"))]

    def _files(self) -> list[Path]:
        return sorted(warc for warc in self._all() if warc.stat().st_size)

    def files(self) -> list[Path]:
        """Return the WARC files, in order of name."""
        return self._files()

    def import_warc(self, path: Path) -> int:
        """Keep a copy of a WARC file, once; return how many replies it holds.

        Records in it that are whole and malformed do not count, and are reported (see `bad`).

        Raises:
            UsageError: the file is not a whole WARC file. Nothing is kept then.
        """
        records = count_replies(path)
        digest = sha256_of(path)[:16]
        ending = f".warc{'.gz' * is_packed(path)}"
        there = self.imported(digest)
        target = self.folder / f"{IMPORTED}{self.next_number():06d}-{digest}{ending}"
        if there is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            partial = target.with_suffix(".part")
            shutil.copyfile(path, partial)
            settle(partial, target)
        elif any(forgotten.order[0] > number_of(there.name) for forgotten in self.forgotten()):
            # it arrives again: what was forgotten of it, and is no longer there, counts once more
            partial = target.with_suffix(".part")
            shutil.copyfile(path, partial)
            settle(partial, target)
            index_of(there).unlink(missing_ok=True)
            there.unlink()
        return records

    def imported(self, digest: str) -> Path | None:
        """Return the imported file whose name carries the beginning of this SHA-256."""
        copies = [w for w in self._all() if re.fullmatch(rf"{IMPORTED}(\d+-)?{digest}\..+", w.name)]
        return copies[0] if copies else None

    def add(self, resources: Iterable[Resource]) -> int:
        """Keep given files as resource records; return how many were not yet there as they are."""
        newest: dict[str, Record] = {}
        for record in self.records():
            if record.url not in newest or record.order >= newest[record.url].order:
                newest[record.url] = record
        known = {(url, record.digest, record.about) for url, record in newest.items()}
        new = [
            item for item in resources if (item.url, digest_of(item.body), item.about) not in known
        ]
        if not new:
            return 0
        self.folder.mkdir(parents=True, exist_ok=True)
        self.seal.ready()
        stamp = datetime.now(UTC)
        date = f"{stamp:%Y-%m-%dT%H:%M:%S.%fZ}"
        name = f"{_GIVEN}{self.next_number():06d}-{stamp:%Y%m%dT%H%M%S%f}.warc.gz"
        partial = self.folder / f"{name}.part"
        with partial.open("wb") as stream:
            writer = WARCWriter(stream, gzip=True, warc_version="1.1")
            for item in new:
                heads = {"WARC-Date": date, **({ABOUT: item.about} if item.about else {})}
                if item.url.startswith(OURS):
                    # as it will be read: warcio mends addresses
                    address = item.url.replace(" ", "%20")
                    heads[HEADER] = self.seal.of(address, date, digest_of(item.body))
                writer.write_record(
                    writer.create_warc_record(
                        item.url,
                        "resource",
                        payload=BytesIO(item.body),
                        length=len(item.body),
                        warc_content_type=item.media_type,
                        warc_headers_dict=heads,
                    )
                )
        settle(partial, self.folder / name)
        return len(new)

    def _indexed(self, warc: Path) -> list[dict[str, Any]]:
        """Return a row per record of one file, from its index, made anew where there is none."""
        status = warc.stat()
        key = (status.st_size, status.st_mtime_ns, self._trust(warc.name))
        if warc.name in self._read_rows and self._read_rows[warc.name][0] == key:
            return self._read_rows[warc.name][1]
        rows = self._fresh_index(warc)
        if rows is None:
            rows = list(self.scan(warc))
            self.write_index(warc, rows)
        self._read_rows[warc.name] = key, rows
        return rows

    def write_index(self, warc: Path, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write the index of a file, where the home can be written to."""
        # it is a convenience: a home that is only read, or full, does without
        with contextlib.suppress(OSError):
            write_index(warc, rows, self._trust(warc.name))

    def _trust(self, name: str) -> str:
        return f"{self.seal.trust} {'whole' if self.seal.adopts(name) else ''}".strip()

    def _fresh_index(self, warc: Path) -> list[dict[str, Any]] | None:
        """Read the index of a file, unless there is none or it or the file has changed since."""
        try:
            head, _, body = index_of(warc).read_bytes().partition(b"\n")
            if json.loads(head) == stamp_of(warc, self._trust(warc.name), body):
                return [json.loads(line) for line in body.splitlines()]
        except (OSError, ValueError):
            pass
        return None

    def indexed(self, warc: Path) -> list[dict[str, Any]] | None:
        """Return the rows of the index of a file as it is, None where it is lost or damaged."""
        return self._fresh_index(warc)

    def scan(self, warc: Path) -> Iterator[dict[str, Any]]:
        """Yield a row per record of one file, read from the file itself.

        Here is decided which records count: those that can be read, have an address, and speak for
        refdesk itself only if this home wrote them.
        """
        whole = self.seal.adopts(warc.name)
        for member in members(warc):
            place = {"file": warc.name, "offset": member.offset}
            if isinstance(member, Unreadable):
                yield bad_row("", member.reason, place, damaged=member.damaged)
                continue
            head = member.record.rec_headers
            try:
                row = row_of(member, place)
            except ValueError as error:
                named = head.get_header("WARC-Target-URI") or ""
                yield bad_row(named if is_sound(named) else "", str(error), place, damaged=False)
                continue
            if row is None:
                continue
            if (row["url"].startswith(OURS) or "requests" in row) and not whole:
                signed = row.pop("signed", row["url"])
                date = row.get("at", row.get("fetched_at", ""))
                said = head.get_header(HEADER)
                digest = row.pop("body", row.get("digest", ""))
                if not self.seal.holds(signed, date, digest, said):
                    reason = "speaks for refdesk itself, and this home did not write it"
                    yield bad_row(signed, reason, place, damaged=False)
                    continue
            row.pop("signed", None)
            row.pop("body", None)
            row["url"] = self.named_here(warc.name, row["url"])
            yield row

    def named_here(self, file: str, url: str) -> str:
        """Return how an address that stands in a file of the archive is called in this home.

        Files of another machine are not this one's, whatever they are called.
        """
        if file.startswith((_GIVEN, FETCHED)) or not url.startswith("file:"):
            return url
        space = re.sub(r"-[0-9]{6,9}-", "-", file.split(".")[0])
        return f"file://{space}/{url.removeprefix('file:').lstrip('/')}"


def is_imported(file: str) -> bool:
    """Say whether an archive file was made elsewhere."""
    return file.startswith(IMPORTED)


def _is_gone(gone: Iterable[Forgotten], url: str, file: str, offset: int, order: Order) -> bool:
    return any(forgotten.covers(url, file, offset, order) for forgotten in gone)
