"""Pages of archived PDF files and archived pictures, drawn in a process that can be ended.

Both are anybody's, and drawing them runs far more code than reading them does: so it is done where
too much time or memory costs nothing but the picture.
"""

import contextlib
import threading
from pathlib import Path
from typing import Any

from ingest.archive.copies import Copies
from ingest.archive.values import Record
from ingest.archive.warc import Archive, DamagedRecordError
from ingest.bounded.drawing import Drawing
from ingest.bounded.limits import seconds_for
from ingest.bounded.process import ReaderFailed, Worker
from ingest.reading.decode import UnreadableError
from ingest.reading.pdf_figures import Place, place_of
from ingest.reading.pdf_image import PageImage, size_of
from ingest.reading.picture_image import MEDIA_TYPE, PictureImage
from ingest.reading.pictures import PictureHead, figure_head

_KEPT = 24  # drawings
_LARGEST = 16_000_000  # bytes of a picture that was given in a file


class Drawings:
    """Draws what an archive holds, one at a time, and keeps the last drawings."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._copies = Copies(folder)
        self._worker = Worker()
        self._lock = threading.Lock()
        self._kept: dict[Drawing, PageImage | PictureImage] = {}
        self._heads: dict[Record, PictureHead | None] = {}

    def page(self, address: str, number: int) -> PageImage:
        """Return a page of the PDF file at an address, as it was archived last.

        Raises:
            UnreadableError: there is none, or it cannot be drawn within its limits.
        """
        image = self._drawing(self._copies.of(address), max(1, number))
        assert isinstance(image, PageImage)  # noqa: S101  # that is what a number asks for
        return image

    def picture(self, address: str) -> PictureImage:
        """Return the picture at an address, as it was archived last, drawn anew.

        Raises:
            UnreadableError: there is none, or it cannot be drawn within its limits.
        """
        place = place_of(address)
        image = self._drawing(self._copies.of(place.file if place else address), 0, place)
        assert isinstance(image, PictureImage)  # noqa: S101  # as above
        return image

    def head(self, address: str) -> PictureHead | None:
        """Return what the archived picture at an address is; None if there is none to be drawn."""
        if place := place_of(address):
            there = self._copies.of(place.file)
            return PictureHead(MEDIA_TYPE, *size_of(place)) if there else None
        heads = map(self._head, self._copies.of(address))
        return next((head for head in heads if head is not None), None)

    def close(self) -> None:
        """Leave the process, if one runs, to the next who needs one."""
        with self._lock:
            self._worker.leave()

    def _head(self, record: Record) -> PictureHead | None:
        if record not in self._heads:
            self._heads[record] = None
            if record.length <= _LARGEST:
                with contextlib.suppress(DamagedRecordError):
                    self._heads[record] = figure_head(Archive(self._folder).read(record).body)
        return self._heads[record]

    def _drawing(
        self, records: tuple[Record, ...], number: int, place: Place | None = None
    ) -> PageImage | PictureImage:
        drawing = Drawing(self._folder, records, number, place)
        if not records:
            raise UnreadableError("not in the archive")
        with self._lock:
            if drawing not in self._kept:
                self._kept[drawing] = self._drawn(drawing)
                for oldest in list(self._kept)[:-_KEPT]:
                    del self._kept[oldest]
            return self._kept[drawing]

    def _drawn(self, drawing: Drawing) -> PageImage | PictureImage:
        size = max(record.length for record in drawing.records)
        try:
            answer = self._worker.ask({"drawing": drawing.message()}, seconds_for(size))
        except ReaderFailed as error:
            raise UnreadableError(str(error)) from error
        if "image" not in answer:
            self._worker.end()  # what ran into a wall may hold on to memory
            raise UnreadableError(answer["error"])
        plain: dict[str, Any] = answer["image"]
        return PageImage.of_plain(plain) if drawing.number else PictureImage.of_plain(plain)
