"""The one writer of a home: holds its lock, builds its library from its archive.

Apart from the desk, since reading pages needs libraries that a question does not. What is taken in
and out stands beside it: `intake`, `given_lists`, `forgetting`, `carrying`.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

from assistant.home import checking
from assistant.home.checking import Checkup
from assistant.home.notices import notices
from assistant.home.reports import Fetching, IngestReport
from assistant.kept.store import KeptKind
from index.building import build, widening
from index.building.work import Here, Work
from index.models.embedder import Embedder
from index.search.library import Library
from index.store import carry, sums
from index.store.generation import Home, drop
from index.store.sqlite import Store
from ingest import pipeline
from ingest.archive import check as archive_check
from ingest.archive import given, moving, writing
from ingest.archive.warc import Archive
from ingest.bounded.lists import ListReader
from ingest.bounded.quarantine import Quarantine
from ingest.disk import remove
from ingest.errors import HomeBusy, NothingFound, UsageError
from ingest.gathering.collect import Collector
from ingest.lists import catalog
from ingest.lists.catalog_file import CuratedList
from ingest.values import PRIMER

Progress = Callable[[str, int, int], None]
_SEED = "seed"
_LOOK_S = 0.2
_NOTE_S = 2.0  # between having the lock and saying what for a writer may be held up


class HomeWriter:
    """Writes to one home: its archive, its lists and its library.

    With ``ray``, the address of a cluster or ``local``, pages are read and embedded there.
    """

    def __init__(
        self, home: Home, embedder: Embedder, progress: Progress, ray: str | None = None
    ) -> None:
        self.home = home
        self._ray = ray
        self.embedder = embedder
        self.progress = progress
        self.archive = Archive(home.archive)

    @contextmanager
    def writing(self, what: str = "write") -> Iterator[None]:
        """Be the one writer; an import that was interrupted is finished or undone first."""
        with self.home.writing(what):
            carry.finish(self.home)
            yield

    def seed(self) -> None:
        """Put the primer and the founding lists into a home that has no library, and build it.

        Another process that does the same is waited for.

        Raises:
            HomeBusy: another process fills this home in another way.
        """
        other_s = 0.0  # for which the writer has been one that does not seed
        while self.home.current() is None:
            try:
                with self.writing(_SEED):
                    if self.home.current() is None:
                        writing.add(self.archive, given.primer())
                        writing.add(self.archive, catalog.founding_resources())
                        self.update(0)
            except HomeBusy:
                other_s = 0.0 if self.home.writer().get("what") == _SEED else other_s + _LOOK_S
                if other_s > _NOTE_S:
                    raise
                time.sleep(_LOOK_S)

    def renew_primer(self) -> None:
        """Take in this version's primer, where an older one is kept, but for what was forgotten."""
        if any(record.url.startswith(PRIMER) for record in self.archive.records()):
            gone = {url for forgotten in self.archive.forgotten() for url in forgotten.addresses}
            writing.add(self.archive, (note for note in given.primer() if note.url not in gone))

    def rebuild(self) -> IngestReport:
        """See :meth:`assistant.desk.Desk.rebuild`."""
        with self.writing():
            self.check_changeable()
            if not self.archive.files():
                raise NothingFound(f"The home {self.home.root} has an empty archive: ingest first.")
            mended = self.archive.mend()
            archive_check.index_as_it_is(self.archive)
            self.renew_primer()
            report = replace(self.update(0, afresh=True), mended=tuple(mended))
            before = Home(self.home.root)
            folder, served = before.library, before.served
            if folder != self.home.library:
                self.home.keep_named()
                drop(folder)
                said = f"The library moved; what it was in {folder} is gone."
                if served is not None:
                    said = (
                        f"The library moved; the one at {served} stays as it is, for its readers."
                    )
                report = replace(report, notices=(*report.notices, said))
            return report

    def move_archive(self, url: str | None) -> int:
        """See :meth:`assistant.desk.Desk.move_archive`."""
        with self.writing():
            self.check_changeable()
            self.archive.mend()
            moved = moving.move(self.archive, url, self.progress)
            self.archive = Archive(self.home.archive)
            return moved

    def lists(self) -> list[CuratedList]:
        """Return the lists this home knows."""
        if self.home.without_archive.exists():
            return carry.lists_of(self.home)
        return catalog.known(self.archive)

    def repair(self, kept: Sequence[KeptKind]) -> Checkup:
        """See :meth:`assistant.desk.Desk.check`; ``kept`` as in `checking.damages`."""
        damages = checking.damages(self.home, kept)
        if not damages:
            return Checkup(())

        def make_anew() -> None:
            self.archive = Archive(self.home.archive)
            self.update(0, afresh=True)

        with self.writing():
            checking.repair(self.home, kept, make_anew)
        return checking.compared(damages, checking.damages(self.home, kept))

    def widen(self) -> None:
        """Embed the library once more, for questions in other languages than English.

        Raises:
            NothingFound: there is no library yet.
            HomeBusy: another process is writing to this home.
            ModelUnavailable: the model for other languages cannot be had.
        """
        with self.home.writing():
            widening.add(self.home, self.embedder, self.progress)

    def store(self) -> Store | None:
        """Return the store of the library as it is, None where that cannot be read."""
        current = self.home.current()
        if current is None or sums.damage(current, every_byte=True):
            return None
        return Store(current / "library.sqlite")

    def check_gone(self, name: str, report: IngestReport) -> None:
        """Raise RuntimeError if a list is in the library still."""
        if any(row["name"] == name for row in report.status["lists"]):
            raise RuntimeError(f"the list {name} is still there")

    def collector(self, fetching: Fetching, reader: ListReader) -> Collector:
        """Return what fetches pages and lists into the archive."""
        return Collector(self.archive, fetching.told, reader, fetching.transport, fetching.limits)

    def check_changeable(self) -> None:
        """Raise UsageError if the home was imported without its archive."""
        if self.home.without_archive.exists():
            raise UsageError(
                f"The home {self.home.root} was imported without its archive: it can be asked, "
                "but not changed. Export it again with --archive, or use another home."
            )

    def _workers(self) -> AbstractContextManager[Work]:
        quarantine = Quarantine(self.home.quarantine)
        if self._ray is None:
            return Here(quarantine, self.embedder)
        from index.building.on_ray import OnRay  # an extra

        return OnRay(self._ray, quarantine, self.embedder, self.home, self.archive)

    def update(self, count: int, *, afresh: bool = False) -> IngestReport:
        """Build the next generation of the library; ``count`` files were given."""
        said = notices(self.home, self.archive)
        pages = [*pipeline.pages(self.archive), *catalog.unreadable(self.archive)]
        with self._workers() as work:
            change = build.update(
                self.home,
                pages,
                catalog.known(self.archive),
                self.embedder,
                self.progress,
                work,
                afresh=afresh,
            )
        for older in self.home.generations()[:-1]:
            if sums.damage(older, every_byte=False):  # nobody can go on reading it
                remove(older)
        status = Library(self.home, self.embedder).status()
        return IngestReport(
            count, change.read, change.removed, change.passages, status, notices=tuple(said)
        )


def check_named(items: Sequence[str | Path]) -> None:
    """Make sure that every name names something: an empty one would be the folder one is in.

    Raises:
        UsageError: one is empty.
    """
    if not all(str(item).strip() for item in items):
        raise UsageError(
            "One of the names is empty. Name a file, a folder, an address or a list; the folder "
            "you are in is called `.`."
        )
