"""The desk: the one door for every user interface, and for programs in Python.

A desk serves one home. It opens models and the library when they are first needed and keeps them.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from platformdirs import user_data_path

from assistant import answer as answering
from assistant import evaluation
from assistant.evidence import PASSAGES
from assistant.llm import Engine, choose
from assistant.prompt import prefix
from assistant.values import Answer, Event
from index import build, weights
from index.embedder import Embedder
from index.generation import Home
from index.library import Hit, Library
from index.store import Filters
from ingest import catalog, given, pipeline
from ingest.archive import Archive
from ingest.errors import NothingFound, UsageError
from ingest.lists import CuratedList, decode, parse

Progress = Callable[[str, int, int], None]
"""Told the step, how much of it is done, and how much there is (0: not known)."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits for a query, best first, and the seconds the search took."""

    query: str
    hits: tuple[Hit, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest or a rebuild did."""

    given: int
    read: int
    removed: int
    passages: int
    status: dict[str, Any]


def default_home() -> Path:
    """Return the user's data folder on this platform."""
    return user_data_path("refdesk", appauthor=False)


class Desk:
    """A home's library and models, ready to be asked.

    Args:
        home: the home folder; by default the user's data folder.
        llm: ``auto``, ``extractive``, a pinned model's name, a ``.gguf`` path or a server's URL.
        progress: told of every long step.
        notice: told, once, what was done unasked (a new home being seeded).
    """

    def __init__(
        self,
        home: Path | str | None = None,
        *,
        llm: str = "auto",
        progress: Progress = lambda step, done, total: None,
        notice: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.home = Home(Path(home).expanduser() if home else default_home())
        self._llm = llm
        self._progress = progress
        self._notice = notice
        self._archive = Archive(self.home.archive)
        self._lock = threading.Lock()
        self._embedder: Embedder | None = None
        self._library: Library | None = None
        self._engine: Engine | None = None
        self._chosen = False

    # --- asking

    def ask(
        self,
        question: str,
        *,
        k: int = PASSAGES,
        filters: Filters = Filters(),  # noqa: B008  # immutable
    ) -> Answer:
        """Answer a question from the library.

        Raises:
            UsageError: the question is empty.
            NothingFound: nothing is indexed.
            ModelUnavailable: the model could not be had.
        """
        for event in self.stream(question, k=k, filters=filters):
            if event.name == "done" and event.answer:
                return event.answer
        raise AssertionError("an answer always ends with done")

    def stream(
        self,
        question: str,
        *,
        k: int = PASSAGES,
        filters: Filters = Filters(),  # noqa: B008  # immutable
        stop: Callable[[], bool] = lambda: False,
    ) -> Iterator[Event]:
        """Answer a question and tell what becomes known on the way; see :class:`Event`."""
        if not question.strip():
            raise UsageError("The question is empty: say what you want to know.")
        yield from answering.answer(self.library, question, filters, k, self._model, stop)

    def search(
        self,
        query: str,
        *,
        k: int = 10,
        filters: Filters = Filters(),  # noqa: B008  # immutable
    ) -> SearchResult:
        """Find the best passages for a query, without a model.

        Raises:
            UsageError: the query is empty.
            NothingFound: nothing is indexed.
        """
        if not query.strip():
            raise UsageError("The query is empty: say what to search for.")
        library = self.library
        begun = perf_counter()
        hits = tuple(library.search(query, k, filters))
        return SearchResult(query, hits, perf_counter() - begun)

    # --- keeping

    def ingest(self, inputs: Sequence[str | Path] = (), *, seed: bool = True) -> IngestReport:
        """Take in WARC files, files, folders and ``.jsonl`` documents, and update the library.

        With ``seed`` a new home also gets the primer and the five founding lists.

        Raises:
            UsageError: an input cannot be read; nothing was taken in then.
            HomeBusy: another process is writing to this home.
        """
        for item in inputs:
            _must_be_local(item)
        resources = [
            resource
            for item in inputs
            if not _is_warc(item)
            for resource in given.resources(Path(item))
        ]
        count = len(resources)
        with self.home.writing():
            for item in inputs:
                if _is_warc(item):
                    count += self._archive.import_warc(Path(item).expanduser())
            new = self.home.current() is None
            if (seed and new) or self._has_primer():
                self._archive.add(given.primer())
            if seed and new:
                self._archive.add(catalog.founding_resources())
            self._archive.add(resources)
            return self._update(count)

    def rebuild(self) -> IngestReport:
        """Make the library anew from the archive alone.

        Raises:
            NothingFound: the archive is empty.
        """
        if not any(self._archive.records()):
            raise NothingFound(f"The home {self.home.root} has an empty archive: ingest first.")
        with self.home.writing():
            return self._update(0, afresh=True)

    def status(self) -> dict[str, Any]:
        """Return what the library holds, in the form of ``status --json``."""
        return self.library.status()

    def lists(self) -> list[CuratedList]:
        """Return the lists this home knows."""
        self._seeded()
        return catalog.known(self._archive)

    def add_list(
        self, path: Path, *, name: str | None = None, base: str | None = None
    ) -> CuratedList:
        """Make a Markdown file known as a list; its relative links resolve against ``base``.

        Raises:
            UsageError: the file cannot be read or holds no link.
        """
        _must_be_local(path)
        try:
            text = decode(path.expanduser().read_bytes())
        except OSError as error:
            raise UsageError(f"The list {path} cannot be read: {error.strerror}.") from error
        curated = parse(text, name=name or path.stem, base=base)
        self._seeded()
        with self.home.writing():
            self._archive.add([catalog.added(curated), *given.resources(path)])
            self._update(1)
        return curated

    def remove_list(self, name: str) -> None:
        """Forget a list; the pages it led to stay.

        Raises:
            UsageError: this home knows no such list.
        """
        names = [curated.name for curated in self.lists()]
        if name not in names:
            raise UsageError(f"There is no list {name} here. Known: {', '.join(names)}.")
        with self.home.writing():
            self._archive.add([catalog.removed(name)])
            self._update(0)

    def evaluate(self, questions: Path, *, retrieval_only: bool = False) -> evaluation.Evaluation:
        """Measure retrieval, and answers unless ``retrieval_only``, on a file of questions.

        Raises:
            UsageError: the file cannot be read.
        """
        asked = evaluation.read_questions(questions)
        library = self.library
        answers = None if retrieval_only else self.ask
        return evaluation.evaluate(library, asked, answers, self._progress)

    def verify(self, saved: dict[str, Any]) -> list[dict[str, Any]]:
        """Check a saved ``ask --json`` object against the library; see :mod:`assistant.verify`."""
        from assistant.verify import verify

        return verify(self.library, saved)

    def models(self) -> list[dict[str, Any]]:
        """Return a row per pinned model: name, use, author, licence, bytes, whether it is here."""
        return [
            {
                "name": model.name,
                "use": model.use,
                "author": model.author,
                "licence": model.licence,
                "bytes": sum(file.bytes for file in model.files),
                "here": weights.is_present(model, self.home.models),
            }
            for model in weights.load_pins().values()
        ]

    def pull(self, name: str) -> Path:
        """Have a pinned model now, verified; return where it is.

        Raises:
            UsageError: no pinned model has this name.
            ModelUnavailable: it could not be had.
        """
        self.home.make()
        return weights.obtain(name, self.home.models, self._progress)

    def close(self) -> None:
        """Give the model's memory back."""
        if self._engine is not None:
            self._engine.close()
        self._engine, self._chosen = None, False

    # --- what is opened once

    @property
    def library(self) -> Library:
        """The library; a home without one is seeded first."""
        self._seeded()
        with self._lock:
            if self._library is None:
                self._library = Library(self.home, self._open_embedder())
            return self._library

    def _seeded(self) -> None:
        if self.home.current() is not None:
            return
        with self.home.writing():
            if self.home.current() is not None:
                return
            self._notice(
                f"New home {self.home.root}: putting in the primer and the five founding lists."
            )
            self._archive.add(given.primer())
            self._archive.add(catalog.founding_resources())
            self._update(0)

    def _has_primer(self) -> bool:
        return any(record.url.startswith(given.PRIMER) for record in self._archive.records())

    def _update(self, count: int, *, afresh: bool = False) -> IngestReport:
        change = build.update(
            self.home,
            pipeline.pages(self._archive),
            catalog.known(self._archive),
            self._open_embedder(),
            self._progress,
            afresh=afresh,
        )
        status = Library(self.home, self._open_embedder()).status()
        return IngestReport(count, change.read, change.removed, change.passages, status)

    def _open_embedder(self) -> Embedder:
        if self._embedder is None:
            self.home.make()
            self._embedder = Embedder.open(self.home.models, self._progress)
        return self._embedder

    def _model(self) -> Engine | None:
        with self._lock:
            if not self._chosen:
                self._engine = choose(
                    self._llm, self.home.models, self.home.cache, self._progress, prefix()
                )
                self._chosen = True
            return self._engine


def _is_warc(item: str | Path) -> bool:
    return str(item).endswith((".warc", ".warc.gz"))


def _must_be_local(item: str | Path) -> None:
    if str(item).startswith(("http://", "https://")):
        raise UsageError(
            f"refdesk {item}: this version takes in files only and does not fetch from the web. "
            "Save the page (.html, .md) or a WARC of it, and ingest that."
        )
