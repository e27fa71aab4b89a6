"""Taking in, refreshing, forgetting, checking: what changes the library."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.answering import inquiry
from assistant.desk.base import Base, Progress
from ingest.errors import NothingFound, UsageError

if TYPE_CHECKING:
    from assistant.home.checking import Checkup
    from assistant.home.reports import ForgetReport, IngestReport
    from assistant.refreshing.digest import Digest
    from ingest.gathering.gather import OnOutcome
    from ingest.gathering.sent import SeenPage

_ASKED_AGAIN = 50  # refused questions after a refresh, those asked last


class Keeping(Base):
    """Changes what the home holds."""

    def ingest(
        self,
        inputs: Sequence[str | Path] = (),
        *,
        seed: bool = True,
        offline: bool = False,
        refresh: bool = False,
        depth: int = 1,
        limit: int | None = None,
        wayback: bool = False,
        told: "OnOutcome" = lambda outcome, done, total: None,
        progress: Progress | None = None,
        ray: str | None = None,
    ) -> "IngestReport":
        """Take things in, fetch what lists link to, and update the library.

        Args:
            inputs: names or addresses of known lists, addresses of pages, WARC files, files,
                folders, ``.jsonl`` documents. Without any: everything the known lists link to.
            seed: give a new home the primer and the five founding lists.
            offline: fetch nothing.
            refresh: ask of every page whether it changed.
            depth: 2 to fetch also what the lists inside lists link to.
            limit: visit no more pages than this.
            wayback: of dead pages, get the Internet Archive's copy.
            told: hears what became of each page.
            progress: told of every step instead of the desk's.
            ray: read and embed on the Ray cluster at this address, ``local``: one made here.

        Raises:
            UsageError: an input cannot be read; nothing was taken in then.
            HomeBusy: another process is writing to this home.
        """
        fetching = self._fetching(
            offline=offline, refresh=refresh, depth=depth, most=limit, wayback=wayback, told=told
        )
        from assistant.home import intake  # no question waits for what reads pages

        keeper = self._opened.keeper(progress, ray)
        return intake.ingest(keeper, inputs, seed=seed, fetching=fetching)

    def refresh(
        self,
        *,
        limit: int = 500,
        minutes: float = 30.0,
        wayback: bool = False,
        told: "OnOutcome" = lambda outcome, done, total: None,
        progress: Progress | None = None,
    ) -> "Digest":
        """Look at what is due, lists and feeds first, and say what is new since the last time.

        A page is due by how often it was seen to change. Questions that were refused and can be
        answered now are told in the digest, and forgotten as gaps.

        Args:
            limit: look at no more pages than this, those most overdue.
            minutes: begin with no more pages after this time.
            wayback: of dead pages, get the Internet Archive's copy.
            told: hears what became of each page.
            progress: told of every step instead of the desk's.

        Raises:
            HomeBusy: another process is writing to this home.
        """
        from assistant.home import intake  # as above
        from assistant.refreshing import digest as digests
        from ingest.gathering.collect import Budget

        self._opened.seed()
        budget = Budget(limit, 60 * minutes, wayback)
        digest = intake.refresh(self._opened.keeper(progress), budget, self._fetching(told=told))
        digest = replace(digest, answered=tuple(self._answered_now()))
        digests.keep(self.home.root, digest)
        self._gaps.forget(digest.answered)
        return digest

    def digests(self) -> list[dict[str, Any]]:
        """Return the last digests, the oldest first, as ``refresh --json`` has them."""
        from assistant.refreshing import digest as digests  # needed here alone

        return digests.read(self.home.root)

    def _answered_now(self) -> Iterator[str]:
        """Yield the refused questions that the sources answer by now, without a model."""
        try:
            gaps = self._gaps.read()
        except UsageError:  # a database that does not answer takes no digest away
            return
        for gap in gaps[:_ASKED_AGAIN]:
            library = partial(self._snapshot, gap.question)
            if not inquiry.answer_alone(library, gap.question, lambda: None).refused:
                yield gap.question

    def rebuild(
        self, *, progress: Progress | None = None, ray: str | None = None
    ) -> "IngestReport":
        """Make the library anew from the archive alone; arguments as in :meth:`ingest`.

        An older primer in it is replaced by the one of this version first.

        Raises:
            NothingFound: the archive is empty.
        """
        return self._opened.keeper(progress, ray).rebuild()

    def move_archive(self, url: str | None) -> int:
        """Move the archive's files to the object store at ``url``, None: into the home.

        Returns how many were moved. What breaks off in the middle changed nothing.

        Raises:
            UsageError: the address is none, or holds files of another archive.
            ArchiveUnreachable: the store cannot be used.
        """
        return self._opened.keeper().move_archive(url)

    def carry_in(self, file: Path) -> dict[str, Any]:
        """Take an exported library into this empty home; return its status.

        Raises:
            UsageError: the file is no export of this version, or the home is not empty.
        """
        self._opened.carry_in(file)
        return self.library.status()

    def forget(
        self, what: Sequence[str | Path] = (), *, quarantined: bool = False
    ) -> "ForgetReport":
        """Take out what is named; the library follows.

        What was forgotten is not fetched again unless it is named.

        Args:
            what: addresses of pages, files and folders that were given, archive files, or names of
                lists (a list goes with the pages fetched for it alone).
            quarantined: also every record that cannot be read.

        Raises:
            NothingFound: nothing of one of them is here; nothing was forgotten then.
        """
        from assistant.home import forgetting  # as above

        return forgetting.forget(self._opened.keeper(), what, quarantined=quarantined)

    def check(self, *, repair: bool = False) -> "Checkup":
        """Look for damage anywhere in the home, and put right what can be.

        Raises:
            NothingFound: there is no home yet.
        """
        if not self.home.root.is_dir():
            raise NothingFound(f"There is no home {self.home.root} yet.")
        from assistant.home import checking  # needed here alone

        if not repair:  # which needs no model
            return checking.Checkup(tuple(checking.damages(self.home, self._kept())))
        return self._opened.keeper().repair(self._kept())

    def take_page(self, page: "SeenPage", *, progress: Progress | None = None) -> "IngestReport":
        """Take in a page as a person's browser shows it: nothing is fetched.

        It joins the list ``saved-pages``, with what was marked and written beside it.

        Raises:
            UsageError: its address is none of the public web, or it is empty or too large.
            HomeBusy: another process is writing to this home.
        """
        from assistant.home import intake  # as above

        self._opened.seed()
        return intake.take_page(self._opened.keeper(progress), page)

    def take_file(
        self, name: str, data: bytes, *, progress: Progress | None = None
    ) -> "IngestReport":
        """Take in a file by its name and bytes: a document, or another program's export, a list.

        Raises:
            UsageError: it is of a kind that is not read, or too large.
            HomeBusy: another process is writing to this home.
        """
        from assistant.home import intake  # as above

        self._opened.seed()
        return intake.take_file(self._opened.keeper(progress), name, data)
