"""Taking things in and building the library: what a desk does when it is not asked.

Apart from the desk, since reading pages needs libraries that a question does not.
"""

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.home import checking
from assistant.home.checking import Checkup
from assistant.home.forgetting import Chooser, Going
from assistant.home.notices import notices
from assistant.home.reports import Fetching, ForgetReport, IngestReport
from assistant.refreshing.digest import Digest
from assistant.refreshing.looks import Looks, digest_of, known_of
from index.building import build, verify, widening
from index.building.work import Here, Work
from index.doctor import Examination, examine
from index.milvus import mirror
from index.models.embedder import Embedder
from index.search.library import Library
from index.search.opening import embedder_of
from index.store import carry, lockfile, sums
from index.store.generation import Home
from index.store.sqlite import Store
from ingest import pipeline
from ingest.archive import given, moving
from ingest.archive.erase import erase
from ingest.archive.warc import Archive
from ingest.bounded.lists import ListReader
from ingest.bounded.quarantine import Quarantine
from ingest.errors import HomeBusy, NothingFound, UsageError
from ingest.exports import registry, saved_pages
from ingest.gathering import collected, zotero
from ingest.gathering.collect import Budget, Collector, CollectRequest
from ingest.gathering.gather import PageOutcome
from ingest.gathering.ledger import Ledger
from ingest.gathering.sent import SeenPage, file_resource, page_resource
from ingest.links.kinds import split
from ingest.links.urls import canonical
from ingest.lists import catalog
from ingest.lists.catalog_file import CuratedList
from ingest.lists.changes import ListChanges, changes_between
from ingest.lists.check import check_text
from ingest.lists.parser import decode, founding, parse
from ingest.values import PRIMER

__all__ = ["Fetching", "ForgetReport", "HomeWriter", "IngestReport"]

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
        self._home = home
        self._ray = ray
        self._embedder = embedder
        self._progress = progress
        self._archive = Archive(home.archive)

    @contextmanager
    def _writing(self, what: str = "write") -> Iterator[None]:
        """Be the one writer; an import that was interrupted is finished or undone first."""
        with self._home.writing(what):
            carry.finish(self._home)
            yield

    def seed(self) -> None:
        """Put the primer and the founding lists into a home that has no library, and build it.

        Another process that does the same is waited for.

        Raises:
            HomeBusy: another process fills this home in another way.
        """
        other_s = 0.0  # for which the writer has been one that does not seed
        while self._home.current() is None:
            try:
                with self._writing(_SEED):
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
        skipped: list[str] = []
        resources = [
            resource
            for file in files
            if not _is_warc(file)
            for resource in given.resources(file, skipped.append)
        ]
        count = len(resources)
        with self._writing():
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
            got: list[PageOutcome] = []
            if not fetching.offline and (pages or lists):
                request = CollectRequest(
                    lists,
                    pages,
                    depth=fetching.depth,
                    refresh=fetching.refresh,
                    most=fetching.most,
                    wayback=fetching.wayback,
                )
                with ListReader() as reader:
                    got = self._collector(fetching, reader).collect(request)
            report = self._update(count)
            return replace(
                report,
                got=_as_read(got, report.status, catalog.stored(self._archive)),
                mended=tuple(mended),
                notices=(*skipped, *report.notices),
            )

    def refresh(self, budget: Budget, fetching: Fetching) -> Digest:
        """See :meth:`assistant.desk.Desk.refresh`; it knows what questions are answered now."""
        at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        with self._writing():
            self._changeable()
            mended = self._archive.mend()
            before, lists = Ledger(self._archive), self._by_name()
            with ListReader() as reader:
                got = self._collector(fetching, reader).refresh(budget)
            old = known_of(self._store(), got)
            report = self._update(0)
            now = self._by_name()
            changes = [
                # a list that is new here is a feed that was followed for the first time
                changes_between(lists.get(name, replace(state, entries=())), state)
                for name, state in now.items()
            ]
            seen = Looks(
                _as_read(got, report.status, catalog.stored(self._archive)),
                old,
                known_of(Library(self._home, self._embedder).store, got),
                frozenset(each.url for each in got if before.is_good(each.url)),
            )
            return digest_of(at, seen, changes, (*mended, *report.notices))

    def _by_name(self) -> dict[str, CuratedList]:
        return {curated.name: curated for curated in catalog.stored(self._archive)}

    def rebuild(self) -> IngestReport:
        """See :meth:`assistant.desk.Desk.rebuild`."""
        with self._writing():
            self._changeable()
            if not self._archive.files():
                raise NothingFound(
                    f"The home {self._home.root} has an empty archive: ingest first."
                )
            mended = self._archive.mend()
            report = replace(self._update(0, afresh=True), mended=tuple(mended))
            before = Home(self._home.root)
            folder, served = before.library, before.served
            if folder != self._home.library:
                self._home.keep_named()
                shutil.rmtree(folder, ignore_errors=True)
                said = f"The library moved; what it was in {folder} is gone."
                if served is not None:
                    said = (
                        f"The library moved; the one at {served} stays as it is, for its readers."
                    )
                report = replace(report, notices=(*report.notices, said))
            return report

    def move_archive(self, url: str | None) -> int:
        """See :meth:`assistant.desk.Desk.move_archive`."""
        with self._writing():
            self._changeable()
            self._archive.mend()
            moved = moving.move(self._archive, url, self._progress)
            self._archive = Archive(self._home.archive)
            return moved

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
        with self._writing():
            self._changeable()
            if _is_web(where):
                self._archive.mend()
                with ListReader() as reader:
                    collector = self._collector(fetching, reader)
                    curated = collector.fetch_list(str(where), name, base)
                self._archive.add([catalog.added(curated)])
            elif str(where).startswith(zotero.SCHEME):
                with ListReader() as reader:
                    curated, resources = collected.read_zotero(str(where), name, reader)
                self._archive.add([catalog.added(curated), *resources])
            else:
                path = Path(where)
                with ListReader() as reader:
                    curated, resources = collected.read(path, name, base, reader)
                self._archive.add([catalog.added(curated), *resources])
            report = self._update(1)
            there = {row["name"]: row for row in report.status["lists"]}
            if name not in there:
                raise RuntimeError(f"the list {name} was added and is not there")
            # as it stands in the library now
            stands = next(each for each in self.lists() if each.name == name)
            return replace(stands, attached=curated.attached)

    def take_page(self, page: SeenPage) -> IngestReport:
        """See :meth:`assistant.desk.Desk.take_page`."""
        resource = page_resource(page)
        with self._writing():
            self._changeable()
            mended = self._archive.mend()
            before = {curated.name: curated for curated in catalog.stored(self._archive)}
            curated = saved_pages.with_page(
                before.get(saved_pages.NAME), resource.url, page.title, page.selection, page.note,
                f"{datetime.now(UTC):%Y-%m-%d}",
            )  # fmt: skip
            self._archive.add([resource, catalog.added(curated)])
            return replace(self._update(1), mended=tuple(mended))

    def take_file(self, name: str, data: bytes) -> IngestReport:
        """See :meth:`assistant.desk.Desk.take_file`."""
        if registry.is_export(name, data):
            with ListReader() as reader:
                curated = collected.read_sent(name, data, reader)
            new = catalog.added(curated)
        else:
            new = file_resource(name, data)
        with self._writing():
            self._changeable()
            mended = self._archive.mend()
            self._archive.add([new])
            return replace(self._update(1), mended=tuple(mended))

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
            with self._writing():
                self._archive.mend()
                with ListReader() as reader:
                    collector = self._collector(fetching, reader)
                    fetched = collector.fetch_list(origin, name or origin, base)
            text = Ledger(self._archive).markdown(origin) or ""
            data, base = text.encode(), fetched.base
        else:
            data = collected.bytes_of(Path(where))
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
        with self._writing():
            self._archive.add([catalog.removed(name)])
            self._confirm_gone(name, self._update(0))

    def forget(self, what: Sequence[str | Path], *, quarantined: bool) -> ForgetReport:
        """See :meth:`assistant.desk.Desk.forget`."""
        with self._writing():
            self._changeable()
            store = self._store()
            held = Quarantine(self._home.quarantine)
            chooser = Chooser(self._archive, store, catalog.known(self._archive))
            going = Going()
            for each in what:
                chooser.choose(each, going)
            if quarantined:
                chooser.quarantined(held, going)
            chooser.pictures(going)
            before = set() if store is None else store.document_urls()
            if going:
                self._archive.forget(
                    addresses=going.addresses,
                    documents=going.documents,
                    files=going.files,
                    places=going.places,
                )
                self._archive.add(catalog.removed(name) for name in sorted(going.lists))
                held.release(going.digests)
            report = self._update(0)
            for name in going.lists:
                self._confirm_gone(name, report)
            after = Library(self._home, self._embedder).store
            still = [url for url in going.addresses if after.page_is_there(url)]
            if still:
                raise RuntimeError(f"{still[0]} is still in the library")
            erase(self._archive)
            self._home.drop_older()
            if (served := self._home.served) is not None:
                mirror.only_current(served)
            records = (f"{file}@{offset}" for file, offset in going.places)
            return ForgetReport(
                tuple(sorted(going.lists)),
                tuple(sorted(before - after.document_urls())),
                (*sorted(going.files), *sorted(records)),
                report.status,
            )

    def repair(self) -> Checkup:
        """See :meth:`assistant.desk.Desk.check`."""
        found = checking.damages(self._home)
        if not found:
            return Checkup(())

        def make_anew() -> None:
            self._archive = Archive(self._home.archive)
            self._update(0, afresh=True)

        with self._writing():
            checking.repair(self._home, make_anew)
        return checking.compared(found, checking.damages(self._home))

    def _store(self) -> Store | None:
        """Return the store of the library as it is, None where that cannot be read."""
        current = self._home.current()
        if current is None or sums.damage(current, every_byte=True):
            return None
        return Store(current / "library.sqlite")

    def _confirm_gone(self, name: str, report: IngestReport) -> None:
        if any(row["name"] == name for row in report.status["lists"]):
            raise RuntimeError(f"the list {name} is still there")

    def _collector(self, fetching: Fetching, reader: ListReader) -> Collector:
        return Collector(self._archive, fetching.told, reader, fetching.transport, fetching.limits)

    def _has_primer(self) -> bool:
        return any(record.url.startswith(PRIMER) for record in self._archive.records())

    def export(self, file: Path, *, archive: bool) -> int:
        """See :meth:`assistant.desk.Desk.export`."""
        if self._home.served is not None:
            raise UsageError(
                f"The library of this home lies at {self._home.served}: move it into a folder by "
                f"`refdesk rebuild --library {self._home.root / 'library'}`, then export."
            )
        with self._writing():
            current = self._home.current()
            if current is not None and (harm := sums.damage(current, every_byte=True)):
                raise UsageError(
                    f"The library in {self._home.root} is damaged ({harm[0][0]}: {harm[0][1]}): "
                    "run `refdesk check --repair` first."
                )
            file = file.expanduser()
            lock = file.with_name(file.name + lockfile.SUFFIX)
            if lock.exists():
                raise UsageError(f"{lock} exists already: choose another name.")
            if archive and self._archive.store is not None:
                raise UsageError(
                    f"The archive lies at {self._archive.store.url}: export without --archive, or "
                    "bring it back first with `refdesk archive home`."
                )
            size = carry.export(self._home, file, archive=archive)
            lockfile.write(lockfile.lock_of(self._home), lock)
            return size

    @staticmethod
    def carry_in(
        home: Home, file: Path, opened: Callable[[str | None], Embedder], progress: Progress
    ) -> None:
        """See :meth:`assistant.desk.Desk.carry_in`; ``opened`` opens the model of a library.

        With its archive a library is made anew from that; without, it is compared with itself.
        """
        if home.served is not None:
            raise UsageError(
                f"An import goes into a folder, and this library lies at {home.served}: import "
                f"into another home, then `refdesk rebuild --library {home.served}` there."
            )
        with home.writing():
            carry.finish(home)
            arrived = carry.unpack(home, file.expanduser())
            try:
                embedder = opened(embedder_of(arrived.home))
                if arrived.archive:
                    HomeWriter(arrived.home, embedder, progress)._made_anew(file)
                else:
                    folder = arrived.home.current()
                    assert folder is not None  # noqa: S101  # the manifest names it
                    for fault in verify.faults(folder, embedder):
                        raise UsageError(
                            f"{file} is not to be believed: {fault}. Nothing was taken in."
                        )
            except BaseException:
                carry.discard(home)
                raise
            carry.settle(home)

    def _made_anew(self, file: Path) -> None:
        """Make the library of an archive that arrived; the one that came with it goes."""
        came = self._home.generations()
        self._archive.seal.adopt([each.name for each in self._archive.files()])
        damaged = [bad for bad in self._archive.bad() if bad.damaged]
        if damaged:
            raise UsageError(
                f"{file} holds a damaged archive ({damaged[0].file}: {damaged[0].reason}). "
                "Nothing was taken in."
            )
        self._update(0, afresh=True)
        folder = self._home.current()
        assert folder is not None  # noqa: S101  # made a line ago
        if not verify.sample_fits(folder, self._embedder):
            # the vectors it brought are not those of its passages: they are computed here
            (self._home.cache / "vectors.sqlite").unlink(missing_ok=True)
            self._update(0, afresh=True)
        for each in came:
            shutil.rmtree(each, ignore_errors=True)

    def widen(self) -> None:
        """Embed the library once more, for questions in other languages than English.

        Raises:
            NothingFound: there is no library yet.
            HomeBusy: another process is writing to this home.
            ModelUnavailable: the model for other languages cannot be had.
        """
        with self._home.writing():
            widening.add(self._home, self._embedder, self._progress)

    def _changeable(self) -> None:
        if self._home.without_archive.exists():
            raise UsageError(
                f"The home {self._home.root} was imported without its archive: it can be asked, "
                "but not changed. Export it again with --archive, or use another home."
            )

    def _workers(self) -> AbstractContextManager[Work]:
        quarantine = Quarantine(self._home.quarantine)
        if self._ray is None:
            return Here(quarantine, self._embedder)
        from index.building.on_ray import OnRay  # an extra

        return OnRay(self._ray, quarantine, self._embedder, self._home, self._archive)

    def _update(self, count: int, *, afresh: bool = False) -> IngestReport:
        said = notices(self._home, self._archive)
        found = [*pipeline.pages(self._archive), *catalog.unreadable(self._archive)]
        with self._workers() as work:
            change = build.update(
                self._home,
                found,
                catalog.known(self._archive),
                self._embedder,
                self._progress,
                work,
                afresh=afresh,
            )
        for older in self._home.generations()[:-1]:
            if sums.damage(older, every_byte=False):  # nobody can go on reading it
                shutil.rmtree(older)
        status = Library(self._home, self._embedder).status()
        return IngestReport(
            count, change.read, change.removed, change.passages, status, notices=tuple(said)
        )


def _as_read(
    got: Sequence[PageOutcome], status: dict[str, Any], lists: Sequence[CuratedList]
) -> tuple[PageOutcome, ...]:
    """Report a page that came and cannot be read (a wall, an empty shell) as the failure it is.

    What a list is read from, a feed say, need not be a page.
    """
    sources = {canonical(url) for each in lists for url in (each.origin, *each.feeds) if url}
    reasons = {each["url"]: each["reason"] for each in status["failures"]
               if each["url"] not in sources}  # fmt: skip
    return tuple(
        replace(page, state="failed", reason=reasons[page.url])
        if page.state != "failed" and page.url in reasons
        else page
        for page in got
    )


def _is_warc(item: str | Path) -> bool:
    return str(item).endswith((".warc", ".warc.gz"))


def _is_web(item: str | Path) -> bool:
    return str(item).startswith(("http://", "https://"))


def _name_of(where: str | Path) -> str:
    """Name a list by its file, or by its repository when it is a README."""
    if str(where).startswith(zotero.SCHEME):
        return "zotero"
    if not _is_web(where):
        return Path(where).stem
    parts = [part for part in split(canonical(str(where))).path.split("/") if part]
    name = Path(parts[-1]).stem if parts else split(str(where)).netloc
    return parts[1] if name.lower() == "readme" and len(parts) > 1 else name
