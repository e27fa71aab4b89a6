"""Where what people keep lies: a file of the home for each kind, or a database that desks share.

Neither archive nor library: what is fetched or built anew leaves it alone. A kind (threads, notes,
cards, gaps) says which tables it has and asks of them in the SQL that SQLite and PostgreSQL both
understand; what differs between the two stands in `file.py` and `database.py`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from assistant.kept.database import Database, KeptTables
from assistant.kept.file import KeptFile

Place = Path | Database
"""A home's folder, or a database."""


class Found(Protocol):
    """What a statement found: rows, each a tuple."""

    @property
    def rowcount(self) -> int:
        """How many rows it changed."""

    def fetchone(self) -> Any:
        """Return the next row, or None."""

    def fetchall(self) -> Sequence[Any]:
        """Return all rows that are left."""

    def __iter__(self) -> Iterator[Any]:
        """Yield the rows that are left."""


class Rows(Protocol):
    """The tables of a kind, opened; with the searched text of a row under that row's number."""

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> Found:
        """Carry out a statement; each ``?`` of it stands for the next value."""

    def lists(self, column: str) -> str:
        """Return the condition that ``?`` is in the JSON list of a column."""

    def put_words(self, number: int, body: str) -> None:
        """Have a row's text searched."""

    def drop_words(self, numbers: Iterable[int]) -> None:
        """Search the text of these rows no more."""

    def words_of(self, number: int) -> str:
        """Return a row's text, "" if it has none."""

    def rows_with(self, term: str) -> set[int]:
        """Return the numbers of the rows whose text holds ``term``, in capitals or not."""


class Kept(Protocol):
    """One kind of what people keep."""

    @property
    def name(self) -> str:
        """What it is called where it is damaged."""

    def reading(self) -> AbstractContextManager[Rows]:
        """Open it to read; where there is nothing, it is empty.

        Raises:
            Damaged: it cannot be read.
            HomeBusy: another process writes for longer than two seconds.
            UsageError: a newer refdesk wrote it, or the database does not answer.
        """

    def writing(self, *, erasing: bool = False) -> AbstractContextManager[Rows]:
        """Open it to write, as one transaction that waits for others; errors as :meth:`reading`.

        ``erasing``: what is deleted is to leave nothing behind.

        Raises:
            CannotWrite: it cannot be written.
        """

    def set_aside(self) -> str:
        """Give what is damaged another name, so that it is begun anew; return that name."""

    def is_sound(self, every_row: Callable[[Rows], object]) -> bool:
        """Say whether all of it can be read; ``every_row`` reads the rows.

        It may raise ValueError, KeyError or TypeError for a row that is not as it was written.
        """


class KeptKind(ABC):
    """What threads, notes, cards and gaps are alike in: where they lie, and whether all is whole.

    Each says in :meth:`_read_all` what its rows must hold.
    """

    def __init__(self, store: Kept) -> None:
        self._store = store

    @property
    def name(self) -> str:
        """What they are called where they are damaged."""
        return self._store.name

    def is_sound(self) -> bool:
        """Say whether all of them can be read, everybody's."""
        return self._store.is_sound(self._read_all)

    def set_aside(self) -> str:
        """See `Kept.set_aside`."""
        return self._store.set_aside()

    @abstractmethod
    def _read_all(self, db: Rows) -> None:
        """Read every row; raise ValueError, KeyError or TypeError for one that was damaged."""


def kept(place: Place, kind: str, tables: str, *, searched: bool = False) -> Kept:
    """Return a kind of what people keep.

    Args:
        place: the home, where it is the file ``KIND.sqlite``, or the database.
        kind: its name, a word in lower case.
        tables: ``CREATE TABLE IF NOT EXISTS ...;`` and indexes as SQLite has them; a column
            ``number INTEGER PRIMARY KEY`` counts rows. No long text may be indexed or unique.
        searched: whether texts of rows are searched for words.
    """
    if isinstance(place, Database):
        return KeptTables(place, kind, tables, searched=searched)
    return KeptFile(place / f"{kind}.sqlite", tables, searched=searched)
