"""What the library holds: sources, documents, passages, pages of a PDF."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from assistant.desk.base import Base
from assistant.kept.database import Database
from index.search.narrowing import check
from index.store.values import Filters, StoredPassage
from ingest.errors import NothingFound, UsageError
from ingest.values import Document, Figure

if TYPE_CHECKING:
    from assistant.answering.values import ShownFigure
    from assistant.learning.holdings import Source
    from ingest.bounded.drawings import Drawings
    from ingest.reading.pdf_image import PageImage
    from ingest.reading.picture_image import PictureImage
    from ingest.reading.pictures import PictureHead

_EVERYTHING = Filters()


class Reading(Base):
    """Shows what the library holds."""

    def sources(
        self, *, filters: Filters = _EVERYTHING, state: str | None = None
    ) -> "list[Source]":
        """Return what the lists recommend and the library holds, with what became of each.

        ``state`` is one of in_library, dead, needs_a_browser, failed, not_fetched.

        Raises:
            UsageError: there is no such state, or a filter names nothing there is.
            NothingFound: nothing is indexed.
        """
        from assistant.learning.holdings import STATES, sources  # needed here alone

        if state is not None and state not in STATES.values():
            raise UsageError(
                f"There is no state {state}: choose one of {', '.join(STATES.values())}."
            )
        library = self._snapshot()
        check(library.store, filters)
        return sources(library.store, filters, state)

    def read_source(self, url: str) -> Document:
        """Return the document an address leads to: its archived text, as Markdown.

        Raises:
            NothingFound: the library holds no page of this address.
        """
        document = self.library.document(url)
        if document is None:
            raise NothingFound(
                f"The library holds no page of {url}: see `refdesk status --dead`, or take it in "
                "with `refdesk ingest`."
            )
        return document

    def passage(self, key: str) -> StoredPassage:
        """Return the passage of a key, as hits and citations carry it.

        Raises:
            NothingFound: the library holds no such passage.
        """
        stored = self.library.store.passage(key)
        if stored is None:
            raise NothingFound(f"There is no passage {key} here; search again for its words.")
        return stored

    def page_image(self, address: str, number: int) -> "PageImage":
        """Return a page of the archived PDF file at an address as a picture, with its text.

        Raises:
            NothingFound: there is none, or it cannot be drawn within its limits.
        """
        from ingest.reading.decode import UnreadableError

        try:
            return self._drawings.page(address, number)
        except UnreadableError as error:
            raise NothingFound(
                f"Page {number} of {address} cannot be drawn: {error}. Its text can be read."
            ) from error

    def picture(self, url: str, number: int) -> "PictureImage":
        """Return the picture of a figure of a document, drawn anew; figures are counted from 1.

        Raises:
            NothingFound: there is no such document or figure, or its picture is not in the
                archive or cannot be drawn.
        """
        from ingest.reading.decode import UnreadableError

        figures = self.read_source(url).figures
        if not 1 <= number <= len(figures):
            raise NothingFound(f"{url} has no figure {number}: it has {len(figures)}.")
        address = figures[number - 1].url
        try:
            return self._drawings.picture(address)
        except UnreadableError as error:
            raise NothingFound(
                f"The picture of figure {number} of {url} cannot be shown: {error}. "
                "`refdesk ingest --refresh` asks for it again."
            ) from error

    def shown_picture(self, figure: "ShownFigure") -> bytes:
        """Return the picture of a figure that an answer shows, drawn anew, as WebP.

        Raises:
            NothingFound: it is not in the archive any more, or cannot be drawn.
        """
        from ingest.reading.decode import UnreadableError

        try:
            return self._drawings.picture(figure.url).picture
        except UnreadableError as error:
            raise NothingFound(f"The picture {figure.url} cannot be shown: {error}.") from error

    def picture_head(self, figure: Figure) -> "PictureHead | None":
        """Return what the archived picture of a figure is; None if there is none."""
        return self._drawings.head(figure.url)

    @cached_property
    def _drawings(self) -> "Drawings":
        from ingest.bounded.drawings import Drawings

        return Drawings(self.home.archive)

    def status(self) -> dict[str, Any]:
        """Return what the library holds, in the form of ``status --json``."""
        return self.library.status()

    def close(self) -> None:
        """Give the model's memory back, and the connections to a database."""
        if "_drawings" in vars(self):
            self._drawings.close()
        self._opened.close()
        if isinstance(self._place, Database):
            self._place.close()
