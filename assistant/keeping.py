"""Taking things in and building the library: what a desk does when it is not asked.

Apart from the desk, since reading pages needs libraries that a question does not.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from index.building import build
from index.doctor import Examination, examine
from index.models.embedder import Embedder
from index.search.library import Library
from index.store import carry
from index.store.generation import Home
from ingest import pipeline
from ingest.archive import given
from ingest.archive.warc import Archive
from ingest.errors import HomeBusy, NothingFound, UsageError
from ingest.fetch.pace import Limits
from ingest.gathering.collect import Collector, Wish
from ingest.gathering.gather import Got, Told
from ingest.gathering.ledger import Ledger
from ingest.links.urls import canonical
from ingest.lists import catalog
from ingest.lists.catalog_file import CuratedList
from ingest.lists.changes import ListChanges, changes_between
from ingest.lists.check import check_text
from ingest.lists.parser import decode, founding, parse
from ingest.values import PRIMER

Progress = Callable[[str, int, int], None]
_SEED = "seed"
_LOOK_S = 0.2
_NOTE_S = 2.0  # between having the lock and saying what for a writer may be held up


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest or a rebuild did: files given, pages read, passages taken out and put in.

    ``got`` says what became of every page that was asked for, ``mended`` names archive files whose
    end a crash had torn off, ``status`` is the library's status afterwards.
    """

    given: int
    read: int
    removed: int
    passages: int
    status: dict[str, Any]
    got: tuple[Got, ...] = ()
    mended: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fetching:
    """How an ingest fetches; see ``refdesk ingest --help``.

    ``told`` hears what became of each page; ``transport`` and ``limits`` are the fetcher's.
    """

    offline: bool = False
    refresh: bool = False
    depth: int = 1
    most: int | None = None
    wayback: bool = False
    told: Told = lambda got, done, total: None
    transport: httpx.AsyncBaseTransport | None = None
    limits: Limits = Limits()  # noqa: RUF009  # immutable


class Keeper:
    """Writes to one home: its archive, its lists and its library."""

    def __init__(self, home: Home, embedder: Embedder, progress: Progress) -> None:
        self._home = home
        self._embedder = embedder
        self._progress = progress
        self._archive = Archive(home.archive)

    def seed(self) -> None:
        """Put the primer and the founding lists into a home that has no library, and build it.

        Another process that does the same is waited for.

        Raises:
            HomeBusy: another process fills this home in another way.
        """
        other_s = 0.0  # for which the writer has been one that does not seed
        while self._home.current() is None:
            try:
                with self._home.writing(_SEED):
                    if self._home.current() is None:
                        self._archive.add(given.primer())
                        self._archive.add(catalog.founding_resources())
                        self._update(0)
            except HomeBusy:
                other_s = 0.0 if self._home.writer().get("what") == _SEED else other_s + _LOOK_S
                if other_s > _NOTE_S:
                    raise
                time.sleep(_LOOK_S)

    def ingest(
        self, inputs: Sequence[str | Path], *, seed: bool, fetching: Fetching
    ) -> IngestReport:
        """See :meth:`assistant.desk.Desk.ingest`."""
        known = catalog.known(self._archive)
        if seed and self._home.current() is None:
            known = [*known, *founding()]
        at = {canonical(each.origin): each.name for each in known if each.origin}
        asked = [at.get(canonical(str(item)), str(item)) for item in inputs]
        names = {curated.name for curated in known}
        pages = tuple(item for item in asked if _is_web(item))
        lists = tuple(item for item in asked if item in names) if asked else tuple(sorted(names))
        files = [Path(item) for item in asked if item not in lists and not _is_web(item)]
        if fetching.offline and (pages or (asked and lists)):
            raise UsageError(f"{(pages or lists)[0]} cannot be fetched with --offline.")
        resources = [
            resource for file in files if not _is_warc(file) for resource in given.resources(file)
        ]
        count = len(resources)
        with self._home.writing():
            self._changeable()
            mended = self._archive.mend()
            for file in files:
                if _is_warc(file):
                    count += self._archive.import_warc(file.expanduser())
            new = self._home.current() is None
            if (seed and new) or self._has_primer():
                self._archive.add(given.primer())
            if seed and new:
                self._archive.add(catalog.founding_resources())
            self._archive.add(resources)
            got: list[Got] = []
            if not fetching.offline and (pages or lists):
                collector = self._collector(fetching)
                wish = Wish(
                    lists,
                    pages,
                    depth=fetching.depth,
                    refresh=fetching.refresh,
                    most=fetching.most,
                    wayback=fetching.wayback,
                )
                got = collector.collect(wish)
            report = self._update(count)
            return replace(report, got=_as_read(got, report.status), mended=tuple(mended))

    def rebuild(self) -> IngestReport:
        """See :meth:`assistant.desk.Desk.rebuild`."""
        self._changeable()
        if not any(self._archive.records()):
            raise NothingFound(f"The home {self._home.root} has an empty archive: ingest first.")
        with self._home.writing():
            mended = self._archive.mend()
            return replace(self._update(0, afresh=True), mended=tuple(mended))

    def lists(self) -> list[CuratedList]:
        """Return the lists this home knows."""
        if self._home.without_archive.exists():
            return carry.lists_of(self._home)
        return catalog.known(self._archive)

    def add_list(
        self, where: str | Path, name: str | None, base: str | None, fetching: Fetching
    ) -> CuratedList:
        """See :meth:`assistant.desk.Desk.add_list`."""
        name = name or _name_of(where)
        if "/" in name:
            raise UsageError(f"A list cannot be named {name}: a name holds no slash.")
        with self._home.writing():
            self._changeable()
            if _is_web(where):
                self._archive.mend()
                curated = self._collector(fetching).fetch_list(str(where), name, base)
                self._archive.add([catalog.added(curated)])
            else:
                path = Path(where)
                curated = parse(decode(_bytes_of(path)), name=name, base=base)
                self._archive.add([catalog.added(curated), *given.resources(path)])
            self._update(1)
        return curated

    def check_list(
        self, where: str | Path, name: str | None, base: str | None, fetching: Fetching
    ) -> Examination:
        """See :meth:`assistant.desk.Desk.check_list`."""
        known = {curated.name: curated for curated in self.lists()}
        origin = str(where)
        if origin in known:
            name, base = origin, known[origin].base
            origin = known[origin].origin or ""
            if not origin:
                raise UsageError(f"Where the list {name} lives is not known: give its file.")
        if _is_web(origin):
            with self._home.writing():
                self._archive.mend()
                fetched = self._collector(fetching).fetch_list(origin, name or origin, base)
            text = Ledger(self._archive).markdown(origin) or ""
            data, base = text.encode(), fetched.base
        else:
            data = _bytes_of(Path(where))
            text = decode(data)
        curated = parse(text, name=name or _name_of(where), base=base)
        found = check_text(data, curated.name, base)
        return examine(Library(self._home, self._embedder), curated, found, text)

    def changes(self, name: str) -> ListChanges:
        """See :meth:`assistant.desk.Desk.list_changes`."""
        states = [each for each in catalog.history(self._archive).get(name, []) if each]
        if not states:
            names = [curated.name for curated in self.lists()]
            raise UsageError(f"There is no list {name} here. Known: {', '.join(names)}.")
        return changes_between(states[-2] if len(states) > 1 else None, states[-1])

    def remove_list(self, name: str) -> None:
        """See :meth:`assistant.desk.Desk.remove_list`."""
        self._changeable()
        names = [curated.name for curated in self.lists()]
        if name not in names:
            raise UsageError(f"There is no list {name} here. Known: {', '.join(names)}.")
        with self._home.writing():
            self._archive.add([catalog.removed(name)])
            self._update(0)

    def _collector(self, fetching: Fetching) -> Collector:
        return Collector(self._archive, fetching.told, fetching.transport, fetching.limits)

    def _has_primer(self) -> bool:
        return any(record.url.startswith(PRIMER) for record in self._archive.records())

    def export(self, file: Path, *, archive: bool) -> int:
        """See :meth:`assistant.desk.Desk.export`."""
        with self._home.writing():
            return carry.export(self._home, file.expanduser(), archive=archive)

    def carry_in(self, file: Path) -> None:
        """See :meth:`assistant.desk.Desk.carry_in`."""
        with self._home.writing():
            carry.carry_in(self._home, file.expanduser())

    def _changeable(self) -> None:
        if self._home.without_archive.exists():
            raise UsageError(
                f"The home {self._home.root} was imported without its archive: it can be asked, "
                "but not changed. Export it again with --archive, or use another home."
            )

    def _update(self, count: int, *, afresh: bool = False) -> IngestReport:
        change = build.update(
            self._home,
            pipeline.pages(self._archive),
            catalog.known(self._archive),
            self._embedder,
            self._progress,
            afresh=afresh,
        )
        status = Library(self._home, self._embedder).status()
        return IngestReport(count, change.read, change.removed, change.passages, status)


def _as_read(got: Sequence[Got], status: dict[str, Any]) -> tuple[Got, ...]:
    """Report a page that came and cannot be read (a wall, an empty shell) as the failure it is."""
    reasons = {each["url"]: each["reason"] for each in status["failures"]}
    return tuple(
        replace(page, state="failed", reason=reasons[page.url])
        if page.state != "failed" and page.url in reasons
        else page
        for page in got
    )


def _bytes_of(path: Path) -> bytes:
    try:
        return path.expanduser().read_bytes()
    except OSError as error:
        raise UsageError(f"The list {path} cannot be read: {error.strerror}.") from error


def _is_warc(item: str | Path) -> bool:
    return str(item).endswith((".warc", ".warc.gz"))


def _is_web(item: str | Path) -> bool:
    return str(item).startswith(("http://", "https://"))


def _name_of(where: str | Path) -> str:
    """Name a list by its file, or by its repository when it is a README."""
    if not _is_web(where):
        return Path(where).stem
    parts = [part for part in urlsplit(canonical(str(where))).path.split("/") if part]
    name = Path(parts[-1]).stem if parts else urlsplit(str(where)).netloc
    return parts[1] if name.lower() == "readme" and len(parts) > 1 else name
