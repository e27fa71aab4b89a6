"""Pages of archived PDF files as pictures, drawn in a process that can be ended.

A PDF is anybody's, and drawing it runs far more of pdfium than reading it does: so it is done where
too much time or memory costs nothing but the picture.
"""

import threading
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urljoin

from ingest.archive.values import Record
from ingest.archive.warc import Archive
from ingest.bounded.drawing import Drawing
from ingest.bounded.limits import seconds_for
from ingest.bounded.process import Process, ReaderFailed
from ingest.links.urls import canonical
from ingest.reading.decode import UnreadableError
from ingest.reading.pdf_image import PageImage

_KEPT = 24  # pictures
_COPIES = 3  # of one file that are tried, the newest first
_MOVES = 5


class Drawings:
    """Draws pages of an archive's PDF files, one at a time, and keeps the last pictures."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: Process | None = None
        self._lock = threading.Lock()
        self._kept: dict[Drawing, PageImage] = {}

    def page(self, address: str, number: int) -> PageImage:
        """Return a page of the PDF file at an address, as it was archived last.

        Raises:
            UnreadableError: there is none, or it cannot be drawn within its limits.
        """
        drawing = Drawing(self._folder, tuple(self._records(address)), number)
        if not drawing.records:
            raise UnreadableError("not in the archive")
        with self._lock:
            if drawing not in self._kept:
                self._kept[drawing] = self._drawn(drawing)
                for oldest in list(self._kept)[:-_KEPT]:
                    del self._kept[oldest]
            return self._kept[drawing]

    def close(self) -> None:
        """End the process, if one runs."""
        with self._lock:
            self._end()

    def _records(self, address: str) -> Iterable[Record]:
        by_address: dict[str, list[Record]] = {}
        for record in Archive(self._folder).records():
            by_address.setdefault(canonical(record.url), []).append(record)
        wanted = canonical(address)
        for _ in range(_MOVES):
            there = sorted(by_address.get(wanted, ()), key=lambda r: r.order, reverse=True)
            files = [record for record in there if record.status == 200]
            moved = next((record.location for record in there if record.location), None)
            if files or not moved:
                return files[:_COPIES]
            wanted = canonical(urljoin(there[0].url, moved))
        return []

    def _drawn(self, drawing: Drawing) -> PageImage:
        self._process = self._process or Process()
        size = max(record.length for record in drawing.records)
        try:
            answer = self._process.ask({"drawing": drawing.message()}, seconds_for(size))
        except ReaderFailed as error:
            self._end()
            raise UnreadableError(str(error)) from error
        if "image" not in answer:
            self._end()  # what ran into a wall may hold on to memory
            raise UnreadableError(answer["error"])
        return PageImage.of_plain(answer["image"])

    def _end(self) -> None:
        if self._process is not None:
            self._process.end()
            self._process = None
