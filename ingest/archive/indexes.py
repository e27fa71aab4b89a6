"""What stands in each WARC file of an archive, a row per record: scanned once, then kept beside it.

An index is only a convenience: it is made again from its WARC when it is missing or damaged. Which
records count is decided where they are scanned.
"""

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ingest.archive.files import GIVEN, INDEX, stamp_of, write_index
from ingest.archive.members import EMPTY, Unreadable, members_of
from ingest.archive.records import address_of, bad_row, is_sound, row_of
from ingest.archive.seal import HEADER, Seal
from ingest.archive.shelf import Data, Warc
from ingest.archive.values import FETCHED, OURS
from ingest.disk import json_of, own_bytes


class Indexes:
    """The indexes of one archive.

    Args:
        folder: where they lie.
        seal: says which records this home wrote.
        opened: opens a WARC file of this name for reading.
    """

    def __init__(
        self, folder: Path, seal: Seal, opened: Callable[[str], AbstractContextManager[Data]]
    ) -> None:
        self._folder = folder
        self._seal = seal
        self._opened = opened
        self._read_rows: dict[str, tuple[tuple[object, ...], list[dict[str, Any]]]] = {}

    def rows(self, warc: Warc) -> list[dict[str, Any]]:
        """Return a row per record of one file, from its index, made anew where there is none."""
        key = (warc.size, warc.mark, self._trust(warc.name))
        if warc.name in self._read_rows and self._read_rows[warc.name][0] == key:
            return self._read_rows[warc.name][1]
        rows = self.kept(warc)
        if rows is None:
            rows = list(self.scan(warc))
            self.write(warc.name, warc.size, rows)
        self._read_rows[warc.name] = key, rows
        return rows

    def write(self, name: str, size: int, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write the index of a file of so many bytes, where the home can be written to."""
        # it is a convenience: a home that is only read, or full, does without
        self._read_rows.pop(name, None)
        with contextlib.suppress(OSError):
            write_index(self._index_of(name), rows, size, self._trust(name))

    def exists(self, name: str) -> bool:
        """Say whether a file has an index, whatever it is worth."""
        return self._index_of(name).exists()

    def is_fresh(self, name: str, size: int) -> bool:
        """Say whether the index of a file of so many bytes is whole and tells of it as it is."""
        return self._fresh(name, size) is not None

    def remove(self, name: str) -> None:
        """Take the index of a file away, if there is one."""
        self._index_of(name).unlink(missing_ok=True)

    def _index_of(self, name: str) -> Path:
        return self._folder / f"{name}{INDEX}"

    def _trust(self, name: str) -> str:
        return f"{self._seal.trust} {'whole' if self._seal.adopts(name) else ''}".strip()

    def _fresh(self, name: str, size: int) -> list[dict[str, Any]] | None:
        """Read the index of a file, unless there is none or it or the file has changed since."""
        try:
            head, _, body = own_bytes(self._index_of(name)).partition(b"\n")
            if json_of(head) == stamp_of(size, self._trust(name), body):
                return [json_of(line) for line in body.splitlines()]
        except (OSError, ValueError):
            pass
        return None

    def kept(self, warc: Warc) -> list[dict[str, Any]] | None:
        """Return the rows of the index of a file as it is, None where it is lost or damaged."""
        return self._fresh(warc.name, warc.size)

    def scan(self, warc: Warc) -> Iterator[dict[str, Any]]:
        """Yield a row per record of one file, read from the file itself.

        Here is decided which records count: those that can be read, have an address, and speak for
        refdesk itself only if this home wrote them.
        """
        with self._opened(warc.name) as data:
            yield from self._rows_of(warc.name, data)

    def _rows_of(self, file: str, data: Data) -> Iterator[dict[str, Any]]:
        whole = self._seal.adopts(file)
        for member in members_of(data):
            place = {"file": file, "offset": member.offset}
            if isinstance(member, Unreadable) and member.reason == EMPTY:
                continue
            if isinstance(member, Unreadable):
                yield bad_row("", member.reason, place, damaged=member.damaged)
                continue
            head = member.record.rec_headers
            try:
                row = row_of(member, place)
            except ValueError as error:
                named = address_of(head)
                yield bad_row(named if is_sound(named) else "", str(error), place, damaged=False)
                continue
            if row is None:
                continue
            if (row["url"].startswith(OURS) or "requests" in row) and not whole:
                signed = row.pop("signed", row["url"])
                date = row.get("at", row.get("fetched_at", ""))
                said = head.get_header(HEADER)
                digest = row.pop("body", row.get("digest", ""))
                if not self._seal.holds(signed, date, digest, said):
                    reason = "speaks for refdesk itself, and this home did not write it"
                    yield bad_row(signed, reason, place, damaged=False)
                    continue
            row.pop("signed", None)
            row.pop("body", None)
            row["url"] = named_here(file, row["url"])
            yield row


def named_here(file: str, url: str) -> str:
    """Return how an address that stands in a file of the archive is called in this home.

    Files of another machine are not this one's, whatever they are called.
    """
    if file.startswith((GIVEN, FETCHED)) or not url.startswith("file:"):
        return url
    space = quote(re.sub(r"-[0-9]{6,9}-", "-", file.split(".")[0]), errors="replace")
    return f"file://{space}/{url.removeprefix('file:').lstrip('/')}"
