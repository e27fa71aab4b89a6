"""The home's WARC archive: what was fetched or given, byte for byte.

Knows files, records and where each record lies; knows nothing of what a page says. Imported WARC
files are kept whole, given files are ``resource`` records (`ingest.archive.writing`); what was
fetched is written by `ingest.archive.run`. Files are numbered as they arrive: that, and no clock,
says what is newest. What was forgotten does not count, and its bytes go (`ingest.archive.erase`).
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from ingest.archive.files import (
    INDEX,
    digest_of,
    number_of,
    only_torn,
    order_of,
    whole_bytes,
)
from ingest.archive.indexes import Indexes
from ingest.archive.members import Unreadable, member_at
from ingest.archive.records import reply_of
from ingest.archive.seal import Seal
from ingest.archive.shelf import Data, Folder, Shelf, Warc, store_of
from ingest.archive.values import (
    FETCHED,
    Bad,
    FetchResult,
    Forgotten,
    Order,
    Record,
    Reply,
    Visit,
)
from ingest.disk import remove, settle


class DamagedRecordError(ValueError):
    """A record of the archive is no longer what it was when it was kept."""


class Archive:
    """The WARC files of one home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._here = Folder(folder)
        self.store = store_of(folder)

    @cached_property
    def seal(self) -> Seal:
        """What says which records this home wrote."""
        return Seal(self.folder, lambda: [warc.name for warc in self._files()])

    @cached_property
    def indexes(self) -> Indexes:
        """What stands in each of the files, row by row."""
        return Indexes(self.folder, self.seal, self.opened)

    def records(self) -> Iterator[Record]:
        """Yield every reply in the archive that counts, file by file in order of name.

        A reply whose body was not kept again (a ``revisit``) is one like any other; one whose first
        copy is not here is passed over.
        """
        lines = [line for warc in self._files() for line in self.indexes.rows(warc)]
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
        lines = [line for warc in self._files() for line in self.indexes.rows(warc)]
        gone = [] if forgotten else self._forgotten(lines)
        for line in lines:
            if "requests" in line:
                asked = tuple(FetchResult(**request) for request in line["requests"])
                order = order_of(line["file"], {**line, "fetched_at": line["at"]})
                shown = tuple(FetchResult(**picture) for picture in line.get("pictures", ()))
                visit = Visit(line["url"], line["at"], asked, order, shown)
                if not _is_gone(gone, visit.url, line["file"], line["offset"], order):
                    by_page.setdefault(visit.url, []).append(visit)
        for visits in by_page.values():
            visits.sort(key=lambda visit: visit.order)
        return by_page

    def bad(self) -> list[Bad]:
        """Return every record that is there and does not count, unless it was forgotten."""
        lines = [line for warc in self._files() for line in self.indexes.rows(warc)]
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
        return self._forgotten([line for warc in self._files() for line in self.indexes.rows(warc)])

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

    def holds(self, file: str, offset: int) -> bool:
        """Say whether a record that was not forgotten begins at a place of a file.

        The file itself is read: what its index does not know of may be damaged.
        """
        gone = self.forgotten()
        return any(
            row["offset"] == offset
            and not _is_gone(gone, row["url"], file, offset, order_of(file, row))
            for warc in self._files()
            if warc.name == file
            for row in self.indexes.scan(warc)
        )

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
        try:
            with self.opened(file) as data:
                member = member_at(data, offset)
        except (FileNotFoundError, ValueError) as error:  # an empty file cannot be mapped
            raise DamagedRecordError(f"{file}: it is gone or empty") from error
        if isinstance(member, Unreadable):
            raise DamagedRecordError(f"{file}: {member.reason}")
        return reply_of(member.record)

    def mend(self) -> list[str]:
        """Cut off what a crash left half-written; return the names of the files that were cut.

        Only the one who may write to the home may call this.
        """
        cut = []
        for partial in self.folder.glob("*.part"):
            remove(partial)
        for warc in self.folder.glob(f"{FETCHED}*.warc.gz"):
            if self.indexes.is_fresh(warc.name, warc.stat().st_size):
                continue
            if not warc.stat().st_size and not self.indexes.exists(warc.name):
                warc.unlink()  # begun, and killed before the first reply came
                continue
            end = whole_bytes(warc)
            if end < warc.stat().st_size and only_torn(warc, end):
                with warc.open("rb+") as stream:
                    stream.truncate(end)
                cut.append(warc.name)
        self.ship()
        return cut

    def ship(self, *names: str) -> None:
        """Take these finished files, or all in the folder, to the object store, if there is one.

        What did not arrive stays in the folder, counts as before, and is taken there next time.

        Raises:
            ArchiveUnreachable: the store cannot be written.
        """
        if self.store is None:
            return
        for name in names or sorted(warc.name for warc in self._here.warcs()):
            self.store.put(name, self.folder / name)
            self._here.remove(name)

    def next_number(self) -> int:
        """Return the number of the next file to arrive; one that is lost keeps its own."""
        names = [file.name for file in self.folder.glob("*.warc*")]  # indexes among them
        names += [warc.name for warc in self._files()]
        return 1 + max(map(number_of, names), default=0)

    def _files(self) -> list[Warc]:
        there = self.store.warcs() if self.store else []
        # one that was on its way to the store counts as it lies here
        by_name = {warc.name: warc for warc in (*there, *self._here.warcs())}
        return [by_name[name] for name in sorted(by_name)]

    def files(self) -> list[Warc]:
        """Return the WARC files, in order of name."""
        return self._files()

    def opened(self, name: str) -> AbstractContextManager[Data]:
        """Open one of the files for reading."""
        return self._shelf(name).opened(name)

    def sha256(self, name: str) -> str:
        """Return the hex SHA-256 of one of the files."""
        return self._shelf(name).sha256(name)

    def remove(self, name: str) -> None:
        """Take one of the files and its index away."""
        self.indexes.remove(name)
        if self.store is not None:
            self.store.remove(name)
        self._here.remove(name)

    def replace(self, name: str, partial: Path) -> None:
        """Let a finished file take the place of one of the files, whose records moved nowhere."""
        self.indexes.remove(name)  # it names what was there
        settle(partial, self.folder / name)
        self.ship(name)
        (warc,) = [warc for warc in self._files() if warc.name == name]
        self.indexes.write(name, warc.size, list(self.indexes.scan(warc)))

    def _shelf(self, name: str) -> Shelf:
        if self.store is None or (self.folder / name).exists():
            return self._here
        return self.store


def _is_gone(gone: Iterable[Forgotten], url: str, file: str, offset: int, order: Order) -> bool:
    return any(forgotten.covers(url, file, offset, order) for forgotten in gone)
