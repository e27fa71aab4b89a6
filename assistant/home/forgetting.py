"""Forgetting: from names, addresses and files to what the archive holds, and that taken out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistant.home.keeping import HomeWriter, check_named
from assistant.home.reports import ForgetReport
from index.milvus import mirror
from index.search.library import Library
from index.store.sqlite import Store
from ingest.archive import writing
from ingest.archive.erase import erase
from ingest.archive.values import OURS
from ingest.archive.warc import Archive
from ingest.bounded.quarantine import Quarantine
from ingest.disk import expanded, real, sha256_of
from ingest.errors import NothingFound
from ingest.links.schemes import is_web, scheme_of
from ingest.links.urls import canonical
from ingest.lists import catalog
from ingest.lists.catalog_file import CuratedList
from ingest.text.digits import whole_number
from ingest.thinning import thinned


def forget(writer: HomeWriter, what: Sequence[str | Path], *, quarantined: bool) -> ForgetReport:
    """See :meth:`assistant.desk.Desk.forget`."""
    check_named(what)
    with writer.writing():
        writer.check_changeable()
        store = writer.store()
        held = Quarantine(writer.home.quarantine)
        chooser = Chooser(writer.archive, store, catalog.known(writer.archive))
        going = Going()
        for named in what:
            chooser.choose(named, going)
        if quarantined:
            chooser.quarantined(held, going)
        if not going:
            raise NothingFound(
                "No page and no record here is one that cannot be read, and nothing else was "
                "named: nothing was forgotten."
            )
        chooser.pictures(going)
        before = set() if store is None else store.document_urls()
        _note(writer.archive, going)
        held.release(going.digests)
        report = writer.update(0)
        for name in going.lists:
            writer.check_gone(name, report)
        after = Library(writer.home, writer.embedder).store
        still = [url for url in going.addresses if after.page_is_there(url)]
        if still:
            raise RuntimeError(f"{still[0]} is still in the library")
        erase(writer.archive)
        writer.home.drop_older()
        if (served := writer.home.served) is not None:
            mirror.only_current(served)
        records = (f"{file}@{offset}" for file, offset in going.places)
        return ForgetReport(
            tuple(sorted(going.lists)),
            tuple(sorted(before - after.document_urls())),
            (*sorted(going.files), *sorted(records)),
            report.status,
        )


def _note(archive: Archive, going: "Going") -> None:
    """Write down what no longer counts; single rows of files leave their files."""
    rows = thinned(archive, going.documents)
    writing.forget(
        archive,
        addresses=going.addresses | rows.empty,
        documents=rows.documents,
        files=going.files,
        places=going.places | rows.places,
        instead=rows.instead,
    )
    writing.add(archive, (catalog.removed(name) for name in sorted(going.lists)))


@dataclass(slots=True)
class Going:
    """What is to go: pages by address, single documents by (page, address), files, records, lists.

    ``digests`` are those of pages held in quarantine that go too.
    """

    addresses: set[str] = field(default_factory=set)
    documents: set[tuple[str, str]] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    places: set[tuple[str, int]] = field(default_factory=set)
    lists: set[str] = field(default_factory=set)
    digests: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.addresses or self.documents or self.files or self.places or self.lists)


class Chooser:
    """Finds what is meant.

    Args:
        archive: the home's archive.
        store: the library as it is, None where it cannot be read.
        lists: the lists the home knows.
    """

    def __init__(self, archive: Archive, store: Store | None, lists: Sequence[CuratedList]) -> None:
        self._archive = archive
        self._store = store
        self._lists = lists
        records = [record for record in archive.records() if not record.url.startswith(OURS)]
        self._given = {canonical(record.url) for record in records if not record.asked_for}
        self._visited = set(archive.visits())

    def choose(self, what: str | Path, going: Going) -> None:
        """Add what is named to what goes.

        Raises:
            NothingFound: nothing of it is here.
        """
        name = str(what)
        chosen = (
            self._list(name, going)
            or self._record(name, going)
            or self._file(name, going)
            or self._page(name, going)
        )
        if not chosen:
            raise NothingFound(
                f"Nothing of {name} is here: name the address of a page, a file or folder that was "
                "given, an archive file, or a list. Nothing was forgotten."
            )

    def pictures(self, going: Going) -> None:
        """Add the pictures of the figures of pages that go, and of no other page."""
        if self._store is None:
            return
        pages = self._store.pictures()
        gone = {page for page in pages if page in going.addresses}
        ends = {canonical(url) for page in gone for url in pages[page]}
        stay = {canonical(url) for page in pages.keys() - gone for url in pages[page]}
        going.addresses |= ends - stay - self._visited - self._store.document_urls()

    def quarantined(self, held: Quarantine, going: Going) -> None:
        """Add every record that cannot be read."""
        for page in held.all():
            going.addresses.add(canonical(page.url))
            going.digests.add(page.digest)
        for bad in self._archive.bad():
            going.places.add((bad.file, bad.offset))

    def _list(self, name: str, going: Going) -> bool:
        """A list goes with the pages that were fetched for it alone."""
        wanted = [curated for curated in self._lists if curated.name == name]
        if not wanted:
            return False
        others = {
            canonical(entry.url)
            for curated in self._lists
            if curated.name != name
            for entry in curated.entries
        }
        own = {canonical(entry.url) for entry in wanted[0].entries}
        own |= {canonical(curated.origin) for curated in wanted if curated.origin}
        going.lists.add(name)
        going.addresses |= (own & self._visited) - others - self._given
        return True

    def _record(self, name: str, going: Going) -> bool:
        file, _, said = name.removeprefix("warc:").rpartition("@")
        offset = whole_number(said)
        if not name.startswith("warc:") or offset is None or not self._archive.holds(file, offset):
            return False
        going.places.add((file, offset))
        return True

    def _file(self, name: str, going: Going) -> bool:
        """A file or folder that was given, or an archive file, by its name here or where it lay."""
        if is_web(name):
            return False
        here = [warc.name for warc in self._archive.files()] + self._archive.lost()
        if "/" not in name and name in here:
            going.files.add(name)
            return True
        path = expanded(Path(name))
        if name.endswith((".warc", ".warc.gz")) and path.is_file():
            there = writing.imported(self._archive, sha256_of(path)[:16])
            if there is not None:
                going.files.add(there)
                return True
        if scheme_of(name) == "file":
            return False
        uri = real(path).as_uri()
        inside = {url for url in self._given if url == uri or url.startswith(f"{uri}/")}
        going.addresses |= inside
        return bool(inside)

    def _page(self, name: str, going: Going) -> bool:
        url = canonical(name)
        if url in self._given or url in self._visited:
            going.addresses.add(url)
            return True
        bad = [(bad.file, bad.offset) for bad in self._archive.bad() if bad.url == name]
        going.places |= set(bad)
        if self._store is None:
            return bool(bad)
        for address in dict.fromkeys((name, url)):
            document = self._store.document(address)
            page = None if document is None else self._store.page_of(document.url)
            if document is None or page is None:
                continue
            if page in self._given | self._visited and self._store.documents_of(page) == 1:
                going.addresses |= {page, url}
            else:
                going.documents.add((page, document.url))
            return True
        return bool(bad)
