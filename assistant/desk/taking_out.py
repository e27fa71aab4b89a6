"""What leaves the home: references, a vault, lists, the whole library in a file."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.desk.lists import Lists
from ingest.disk import expanded
from ingest.errors import UsageError
from ingest.lists.catalog_file import CuratedList

if TYPE_CHECKING:
    from assistant.listing.entries import Marked
    from assistant.references.csl import Item
    from assistant.vault.folder import Written
    from index.store.lockfile import Lock

_MOST_KEPT = 100_000  # threads, and notes: more than one person may keep


class TakingOut(Lists):
    """Writes what the library holds for other programs."""

    def cite(
        self,
        named: Sequence[str] = (),
        answers: Sequence[Any] = (),
        *,
        thread: str = "",
        owner: str | None = "",
    ) -> "list[Item]":
        """Return sources as items of CSL-JSON; `assistant.references.forms` writes them.

        Args:
            named: names of lists, and addresses of pages.
            answers: saved answers, as ``ask --json`` prints them.
            thread: a kept thread, whose answers' sources follow; its id, or how that begins.
            owner: whose threads are looked at, as in `Threads.show`.

        Raises:
            UsageError: an answer is none, or what is named is neither a list nor an address.
            NothingFound: an address or the thread is not here, or nothing is cited.
        """
        from assistant.references.cited import listed_works, references  # needed here alone
        from ingest.archive.warc import Archive
        from ingest.lists import catalog

        kept = self.threads.show(thread, owner).turns if thread else ()
        every = [*answers, *(turn.answer for turn in kept)]
        listed = listed_works(catalog.known(Archive(self.home.archive)))
        return references(self._snapshot().store, named, every, listed)

    def vault(
        self,
        folder: Path,
        *,
        lists: Sequence[str] = (),
        answers: Sequence[Any] = (),
        owner: str | None = "",
    ) -> "Written":
        """Write the library into a folder of Markdown notes, and change no line of a person's.

        A person's notes and highlights stand with their page, kept threads are notes of their own.

        Args:
            folder: the vault; made if it is not there.
            lists: only the sources and sections of these lists.
            answers: saved answers, as ``ask --json`` prints them.
            owner: whose notes and threads, as in `Threads.latest`.

        Raises:
            UsageError: there is no such list, an answer is none, or the folder cannot be used.
            NothingFound: nothing is indexed.
        """
        from assistant.vault.kept import kept_of  # needed here alone
        from assistant.vault.make import written

        threads = self.threads.latest(owner, limit=_MOST_KEPT)
        kept = kept_of(self.threads, threads, self.notes.latest(owner, limit=_MOST_KEPT))
        return written(self._snapshot(), expanded(folder), lists, answers, kept, self._progress)

    def list_entries(self, name: str) -> "tuple[CuratedList, list[Marked]]":
        """Return a list and its entries, with what became of each link.

        `assistant.listing` writes them as Markdown or OPML.

        Raises:
            UsageError: this home knows no such list.
        """
        from assistant.listing.entries import marked  # needed here alone

        for curated in self.lists():
            if curated.name == name:
                return curated, marked(self._snapshot().store, curated)
        raise UsageError(f"There is no list {name} here: see `refdesk lists show`.")

    def export(self, file: Path, *, archive: bool = False) -> int:
        """Write the library into one file, with the archive if asked; return its bytes.

        Beside it stands its lockfile, ``FILE.lock.json``: what another home compares itself with.

        Raises:
            UsageError: the file exists or cannot be written.
            NothingFound: nothing is indexed.
        """
        from assistant.home import carrying  # no question waits for what packs

        self._opened.seed()
        return carrying.export(self._opened.keeper(), file, archive=archive)

    def lock(self) -> "Lock":
        """Return what the library holds: every source's address, SHA-256 and passages, the lists.

        Raises:
            NothingFound: nothing is indexed.
            UsageError: the library is damaged.
        """
        from index.store.lockfile import lock_of  # needed here alone

        self._opened.seed()
        return lock_of(self.home)
