"""What a desk opens once and keeps: a home's embedding model, its library, the model that writes.

Each is opened when it is first needed. Safe to use from several threads.
"""

import threading
from collections.abc import Callable
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.answering.writing import prefix
from assistant.engines.choice import choose, is_here
from assistant.engines.protocol import Engine
from index.milvus import mirror
from index.models.cross_encoder import CrossEncoderJudge
from index.models.embedder import DEFAULT, MODELS, Embedder
from index.search.library import Library
from index.search.opening import embedder_of
from index.store.generation import Home
from index.store.sums import DamagedLibrary
from ingest.archive.shelf import is_filled
from ingest.errors import ModelUnavailable, RefdeskError, UsageError

if TYPE_CHECKING:
    from assistant.home.keeping import HomeWriter

Progress = Callable[[str, int, int], None]


class Resources:
    """A home's models and library. The arguments are those of `assistant.desk.Desk`."""

    def __init__(
        self,
        home: Home,
        llm: str,
        embedding: str | None,
        progress: Progress,
        notice: Callable[[str], None],
        judge: str = "",
    ) -> None:
        self.llm = llm
        self._judge = judge
        self._home = home
        self._embedding = embedding
        self._progress = progress
        self._notice = notice
        self._lock = threading.Lock()
        self._choosing = threading.Lock()
        self._embedder: Embedder | None = None
        self._library: Library | None = None
        self._may_widen = True
        self._widening = threading.Lock()
        self._engine: Engine | None = None
        self._chosen = False
        self._failed: RefdeskError | None = None  # of loading ahead, to be told to who asks next
        self._ahead: threading.Thread | None = None
        self._leaving = threading.Event()
        self._warned = False  # that the sources stand in for the model

    def library(self, *asked: str) -> Library:
        """Return the library, ready for what is ``asked``; a home without one is seeded first.

        One that is damaged or lost is made again from the archive, if there is one. For a question
        in another language than English its passages are embedded once more, by a model that knows
        the language: once, said, and only if the home can be written to.

        Raises:
            DamagedLibrary: it is damaged and cannot be made again here.
            ModelUnavailable: the embedding model or the judge cannot be had.
        """
        self.seed()
        with self._lock:
            if self._library is None:
                self._library = Library(self._home, self.embedder(), self._named_judge())
            library = self._library
            try:
                library.snapshot()
            except DamagedLibrary as damaged:
                self._notice(f"{damaged} It is being made again now.")
                try:
                    self.keeper().rebuild()
                except (RefdeskError, OSError) as error:
                    raise damaged from error
        if self._may_widen and any(library.lacks(text) for text in asked):
            with self._widening:  # not the library's lock: questions in English go on
                if self._may_widen and any(library.lacks(text) for text in asked):
                    self._widen()
        return library

    def _widen(self) -> None:
        self._may_widen = False  # what fails now fails again: words go on alone
        self._notice(
            "The first question here that is not in English: embedding the library for other "
            "languages, once."
        )
        try:
            self.keeper().widen()
        except (RefdeskError, OSError) as error:
            self._notice(f"That could not be done, so words alone are searched: {error}")

    def seed(self) -> None:
        """Put the primer and the founding lists into a home without a library, and say so.

        A served library is not seeded: its generation that counts is fetched.
        """
        if (served := self._home.served) is not None:
            mirror.follow(self._home, served)
            return
        if self._home.current() is not None:
            return
        from index.store import carry  # a question does not wait for what unpacks

        if carry.is_pending(self._home):
            with self._home.writing():
                carry.finish(self._home)
            if self._home.current() is not None:
                return
        if is_filled(self._home.archive):
            self._notice(f"The home {self._home.root} has no library: it is made anew.")
            self.keeper().rebuild()
            return
        if self._library is not None:  # it was here: a disk was taken out, or a folder moved
            raise UsageError(
                f"The home {self._home.root} is gone: put it back, or say where it is by --home."
            )
        self._notice(
            f"New home {self._home.root}: putting in the primer and the five founding lists."
        )
        self.keeper().seed()

    def keeper(self, progress: Progress | None = None, ray: str | None = None) -> "HomeWriter":
        """Return what writes to the home; it tells ``progress`` of its steps, else the desk's.

        With ``ray``, a cluster's address or ``local``, pages are read and embedded there.
        """
        from assistant.home.keeping import (
            HomeWriter,  # a question does not wait for what reads pages
        )

        return HomeWriter(self._home, self.embedder().ready(), progress or self._progress, ray)

    def carry_in(self, file: Path) -> None:
        """See :meth:`assistant.desk.Desk.carry_in`."""
        from assistant.home import carrying  # as above

        carrying.carry_in(self._home, file, self._of_library, self._progress)

    def _of_library(self, name: str | None) -> Embedder:
        """Open the model of a library that arrived: the one asked for, else a known one."""
        if self._embedding is None and name not in (None, *MODELS):
            raise UsageError(
                f"The library that arrived was built with {name}, which refdesk does not know. If "
                f"you trust it, import again with --embedder {name}."
            )
        chosen = self._embedding or name or DEFAULT
        self._embedder = Embedder.open(self._home.models, self._progress, chosen)
        return self._embedder

    def embedder(self) -> Embedder:
        """Return the embedding model: the one asked for, else the library's, else the default.

        The weights of a known one are had when its first text comes.
        """
        if self._embedder is None:
            with suppress(UsageError) if self._home.current() else nullcontext():
                self._home.make()  # a library that is there may lie where nothing can be written
            name = self._embedding or embedder_of(self._home) or DEFAULT
            self._embedder = Embedder.deferred(self._home.models, self._progress, name)
        return self._embedder

    def _named_judge(self) -> CrossEncoderJudge | None:
        if not self._judge:
            return None
        return CrossEncoderJudge.open(self._judge, self._home.models, self._progress)

    def engine(self) -> Engine | None:
        """Return the model that writes, loaded; None if none is wanted.

        With ``auto`` the sources stand in for a model that cannot be had (no network), cannot run
        on this machine or cannot be loaded (too little memory, a damaged file), which is told once.

        Raises:
            UsageError: there is no such model.
            ModelUnavailable: the one that is named could not be had or loaded.
        """
        with self._choosing:  # not the library's lock: loading takes long, and searches go on
            failed, self._failed = self._failed, None
            if failed:
                raise failed
            return self._had()

    def _had(self) -> Engine | None:
        if not self._chosen:
            self._engine = self._choose()
            self._chosen = True
        return self._engine

    def _choose(self) -> Engine | None:
        try:
            return choose(
                self.llm, self._home.models, self._home.cache, self._progress, prefix(),
                notice=self._notice, given_up=self._leaving.is_set,
            )  # fmt: skip
        except ModelUnavailable as error:
            self.stand_in(error)
            return None

    def stand_in(self, error: ModelUnavailable) -> None:
        """Tell, once, that the sources stand in for the model; raise where a model was named."""
        if self.llm != "auto" or self._leaving.is_set():
            raise error
        if not self._warned:
            self._notice(f"Answers are taken from the sources directly. {error}")
        self._warned = True

    def load_ahead(self) -> None:
        """Begin to load the model that writes beside what comes first, if its weights are here.

        What goes wrong is told when the model is asked for.
        """

        def load() -> None:
            with self._choosing:
                try:
                    self._had()
                except RefdeskError as error:
                    self._failed = error

        if is_here(self.llm, self._home.models):
            self._ahead = threading.Thread(target=load, name="refdesk-load")
            self._ahead.start()

    def count_tokens(self, text: str) -> tuple[int, bool]:
        """See :meth:`assistant.desk.Desk.count_tokens`."""
        engine = self._engine
        if engine is None:
            return (len(text) + 3) // 4, True
        return engine.count_tokens(text), self.asks_a_server

    @property
    def asks_a_server(self) -> bool:
        """See :attr:`assistant.desk.Desk.asks_a_server`."""
        return self.llm.startswith(("http://", "https://"))

    def close(self) -> None:
        """Give the writing model's memory back; one that is loading is given up."""
        self._leaving.set()
        if self._ahead is not None:
            self._ahead.join()
            self._ahead = None
        self._leaving.clear()
        if self._engine is not None:
            self._engine.close()
        self._engine, self._chosen, self._failed = None, False, None
