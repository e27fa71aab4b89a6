"""The lists that the home knows."""

from pathlib import Path
from typing import TYPE_CHECKING

from assistant.desk.base import Base
from ingest.lists.catalog_file import CuratedList

if TYPE_CHECKING:
    from index.doctor import Examination
    from ingest.lists.changes import ListChanges


class Lists(Base):
    """Keeps the lists."""

    def lists(self) -> list[CuratedList]:
        """Return the lists this home knows."""
        self._opened.seed()
        return self._opened.keeper().lists()

    def add_list(
        self, where: str | Path, *, name: str | None = None, base: str | None = None
    ) -> CuratedList:
        """Make a list known: a Markdown file, what another program exported, notes, an address.

        Its relative links resolve against ``base``, else against its address.

        Raises:
            UsageError: it cannot be read or holds no link.
        """
        from assistant.home import given_lists  # no question waits for what reads pages

        self._opened.seed()
        return given_lists.add_list(self._opened.keeper(), where, name, base, self._fetching())

    def check_list(
        self, where: str | Path, *, name: str | None = None, base: str | None = None
    ) -> "Examination":
        """Examine a list: malformed, dead and moved links, empty sections, candidates.

        ``where`` is a Markdown file, an address, or the name of a known list.

        Raises:
            UsageError: it cannot be read or holds no link.
        """
        from assistant.home import given_lists  # as above

        self._opened.seed()
        return given_lists.check_list(self._opened.keeper(), where, name, base, self._fetching())

    def list_changes(self, name: str) -> "ListChanges":
        """Return what the curator of a list changed between its last two states known here.

        Raises:
            UsageError: this home knows no such list.
        """
        from assistant.home import given_lists  # as above

        self._opened.seed()
        return given_lists.changes(self._opened.keeper(), name)

    def remove_list(self, name: str) -> None:
        """Forget a list; the pages it led to stay.

        Raises:
            UsageError: this home knows no such list.
        """
        from assistant.home import given_lists  # as above

        self._opened.seed()
        given_lists.remove_list(self._opened.keeper(), name)
