"""Where the copies of an address lie in an archive; looked up again when the archive changed."""

import threading
from pathlib import Path
from urllib.parse import urljoin

from ingest.archive.shelf import Warc
from ingest.archive.values import Record
from ingest.archive.warc import Archive
from ingest.links.urls import canonical

_MOST = 3  # of one address, the newest
_MOVES = 5


class Copies:
    """The replies in an archive by their canonical address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamp: tuple[Warc, ...] | None = None
        self._records: dict[str, list[Record]] = {}
        self._lock = threading.Lock()

    def of(self, address: str) -> tuple[Record, ...]:
        """Return the copies of what an address leads to, the newest first; () if there are none."""
        records = self._read()
        wanted = canonical(address)
        for _ in range(_MOVES):
            there = sorted(records.get(wanted, ()), key=lambda r: r.order, reverse=True)
            copies = [record for record in there if record.status == 200]
            moved = next((record.location for record in there if record.location), None)
            if copies or not moved:
                return tuple(copies[:_MOST])
            wanted = canonical(urljoin(there[0].url, moved))
        return ()

    def _read(self) -> dict[str, list[Record]]:
        archive = Archive(self._folder)
        stamp = tuple(archive.files())
        with self._lock:
            if stamp != self._stamp:
                by_address: dict[str, list[Record]] = {}
                for record in archive.records():
                    by_address.setdefault(canonical(record.url), []).append(record)
                self._records, self._stamp = by_address, stamp
            return self._records
