"""Which figures a page has that has just come: read in a process that can be ended, as any page."""

import threading
from typing import Self

from ingest.bounded.pool import Reader
from ingest.page import Reading
from ingest.reading.pdf_figures import place_of
from ingest.values import Document


class FigureFinder:
    """Reads pages for their figures alone, one at a time; use it as a context manager."""

    def __init__(self) -> None:
        self._reader = Reader()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._reader.leave()

    def pictures(self, reading: Reading) -> list[str]:
        """Return the addresses of the pictures of a page's figures, in order.

        None of a page that cannot be read: why not is said when it is read for the library; none of
        a PDF file, whose figures are in it.
        """
        with self._lock:
            results = self._reader.read(reading)
        documents = [result for result in results if isinstance(result, Document)]
        figures = (figure for document in documents for figure in document.figures)
        urls = dict.fromkeys(figure.url for figure in figures)
        return [url for url in urls if place_of(url) is None]
