"""Taking things in and building the library: what a desk does when it is not asked.

Apart from the desk, since reading pages needs libraries that a question does not.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index import build
from index.doctor import Examination, examine
from index.embedder import Embedder
from index.generation import Home
from index.library import Library
from ingest import catalog, given, pipeline
from ingest.archive import Archive
from ingest.catalog_file import CuratedList
from ingest.errors import NothingFound, UsageError
from ingest.list_check import check_text
from ingest.lists import decode, parse
from ingest.values import PRIMER

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest or a rebuild did: files given, pages read, passages taken out and put in.

    ``status`` is the library's status afterwards.
    """

    given: int
    read: int
    removed: int
    passages: int
    status: dict[str, Any]


class Keeper:
    """Writes to one home: its archive, its lists and its library."""

    def __init__(self, home: Home, embedder: Embedder, progress: Progress) -> None:
        self._home = home
        self._embedder = embedder
        self._progress = progress
        self._archive = Archive(home.archive)

    def seed(self) -> None:
        """Put the primer and the founding lists into a home that has no library, and build it."""
        with self._home.writing():
            if self._home.current() is None:
                self._archive.add(given.primer())
                self._archive.add(catalog.founding_resources())
                self._update(0)

    def ingest(self, inputs: Sequence[str | Path], *, seed: bool) -> IngestReport:
        """See :meth:`assistant.desk.Desk.ingest`."""
        for item in inputs:
            _must_be_local(item)
        resources = [
            resource
            for item in inputs
            if not _is_warc(item)
            for resource in given.resources(Path(item))
        ]
        count = len(resources)
        with self._home.writing():
            for item in inputs:
                if _is_warc(item):
                    count += self._archive.import_warc(Path(item).expanduser())
            new = self._home.current() is None
            if (seed and new) or self._has_primer():
                self._archive.add(given.primer())
            if seed and new:
                self._archive.add(catalog.founding_resources())
            self._archive.add(resources)
            return self._update(count)

    def rebuild(self) -> IngestReport:
        """See :meth:`assistant.desk.Desk.rebuild`."""
        if not any(self._archive.records()):
            raise NothingFound(f"The home {self._home.root} has an empty archive: ingest first.")
        with self._home.writing():
            return self._update(0, afresh=True)

    def lists(self) -> list[CuratedList]:
        """Return the lists this home knows."""
        return catalog.known(self._archive)

    def add_list(self, path: Path, name: str | None, base: str | None) -> CuratedList:
        """See :meth:`assistant.desk.Desk.add_list`."""
        _must_be_local(path)
        curated = parse(decode(_bytes_of(path)), name=name or path.stem, base=base)
        with self._home.writing():
            self._archive.add([catalog.added(curated), *given.resources(path)])
            self._update(1)
        return curated

    def check_list(self, path: Path, name: str | None, base: str | None) -> Examination:
        """See :meth:`assistant.desk.Desk.check_list`."""
        _must_be_local(path)
        data = _bytes_of(path)
        text = decode(data)
        curated = parse(text, name=name or path.stem, base=base)
        found = check_text(data, curated.name, base)
        return examine(Library(self._home, self._embedder), curated, found, text)

    def remove_list(self, name: str) -> None:
        """See :meth:`assistant.desk.Desk.remove_list`."""
        names = [curated.name for curated in self.lists()]
        if name not in names:
            raise UsageError(f"There is no list {name} here. Known: {', '.join(names)}.")
        with self._home.writing():
            self._archive.add([catalog.removed(name)])
            self._update(0)

    def _has_primer(self) -> bool:
        return any(record.url.startswith(PRIMER) for record in self._archive.records())

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


def _bytes_of(path: Path) -> bytes:
    try:
        return path.expanduser().read_bytes()
    except OSError as error:
        raise UsageError(f"The list {path} cannot be read: {error.strerror}.") from error


def _is_warc(item: str | Path) -> bool:
    return str(item).endswith((".warc", ".warc.gz"))


def _must_be_local(item: str | Path) -> None:
    if str(item).startswith(("http://", "https://")):
        raise UsageError(
            f"{item}: this version takes in files only and does not fetch from the web. "
            "Save the page (.html, .md) or a WARC of it, and ingest that."
        )
