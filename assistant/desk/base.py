"""A home, what is opened of it, and how it is fetched for."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_data_path

from assistant.home.opened import Resources
from assistant.kept.database import Database
from assistant.kept.gaps import Gaps
from assistant.kept.notes import Notes
from assistant.kept.threads import Threads
from index.search.library import Library
from index.store.generation import Home
from ingest.disk import expanded

if TYPE_CHECKING:
    import httpx

    from assistant.home.reports import Fetching
    from assistant.kept.store import KeptKind
    from ingest.fetch.pace import Limits


Progress = Callable[[str, int, int], None]
"""Told the step, how much of it is done, and how much there is (0: not known)."""


def default_home() -> Path:
    """Return the user's data folder on this platform."""
    return user_data_path("refdesk", appauthor=False)


class Base:
    """A home with its threads and notes; models and library are opened when first needed."""

    def __init__(
        self,
        home: Path | str | None = None,
        *,
        llm: str = "auto",
        progress: Progress = lambda step, done, total: None,
        notice: Callable[[str], None] = lambda text: None,
        transport: "httpx.AsyncBaseTransport | None" = None,
        limits: "Limits | None" = None,
        embedder: str | None = None,
        note_gaps: bool = True,
        history: bool = True,
        library: str = "",
        judge: str = "",
        database: str = "",
    ) -> None:
        self.home = Home(expanded(Path(home)) if home else default_home(), library)
        self._place = Database(database) if database else self.home.root
        self.threads = Threads(self._place, keeping=history, notice=notice)
        self.notes = Notes(self._place, keeping=history)
        self._gaps = Gaps(self._place)
        self._progress = progress
        self._transport = transport
        self._limits = limits
        self._note_gaps = note_gaps
        self._opened = Resources(self.home, llm, embedder, progress, notice, judge)

    @property
    def library(self) -> Library:
        """The library; a home without one is seeded first."""
        return self._opened.library()

    def _snapshot(self, *asked: str) -> Library:
        """Return the library as it is now: one answer is made from one generation."""
        return self._opened.library(*asked).snapshot()

    def _kept(self) -> "Sequence[KeptKind]":
        """Return all that people keep here."""
        from assistant.learning.deck import Deck  # needed here alone

        return (self.threads, self.notes, self._gaps, Deck(self._place))

    def _fetching(self, **how: Any) -> "Fetching":
        from assistant.home.reports import Fetching  # no question waits for what fetches

        if self._limits is not None:
            how["limits"] = self._limits
        return Fetching(transport=self._transport, **how)
