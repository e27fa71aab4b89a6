"""A file of a home that holds what a person keeps: SQLite, for its owner's eyes only.

Words are found by three characters in a row (SQLite's FTS5, tokenizer ``trigram``), in any script;
shorter ones, as Chinese words often are, by reading every row.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from assistant.kept.words import like
from ingest.disk import is_held
from ingest.errors import HomeBusy, NothingFound, UsageError

_WAIT_S = 2.0
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
_FORMAT = 1
_GRAM = 3
_WORDS = "CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(body, tokenize = 'trigram');"


class Damaged(UsageError):
    """What a person keeps cannot be read any more."""


class CannotWrite(UsageError):
    """A file of what a person keeps, or its folder, can only be read."""


class FileRows:
    """The tables of an opened file; see `assistant.kept.store.Rows`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> sqlite3.Cursor:
        """Carry out a statement."""
        return self._db.execute(sql, tuple(values))

    def lists(self, column: str) -> str:
        """Return the condition that a value is in the JSON list of a column."""
        return f"EXISTS (SELECT 1 FROM json_each({column}) WHERE value = ?)"

    def put_words(self, number: int, body: str) -> None:
        """Have a row's text searched."""
        self._db.execute("INSERT INTO words (rowid, body) VALUES (?, ?)", (number, body))

    def drop_words(self, numbers: Iterable[int]) -> None:
        """Search the text of these rows no more."""
        self._db.executemany("DELETE FROM words WHERE rowid = ?", [(each,) for each in numbers])

    def words_of(self, number: int) -> str:
        """Return a row's text."""
        row = self._db.execute("SELECT body FROM words WHERE rowid = ?", (number,)).fetchone()
        return str(row[0]) if row else ""

    def rows_with(self, term: str) -> set[int]:
        """Return the numbers of the rows that hold a word."""
        if len(term) >= _GRAM:
            quoted = '"' + term.replace('"', '""') + '"'
            rows = self._db.execute("SELECT rowid FROM words WHERE words MATCH ?", (quoted,))
        else:
            rows = self._db.execute(
                "SELECT rowid FROM words WHERE body LIKE ? ESCAPE '\\'", (like(term),)
            )
        return {number for (number,) in rows}


class KeptFile:
    """One such file; see `assistant.kept.store.Kept`.

    Args:
        path: where it stands; it is made when something is first written.
        tables: what stands in it.
        searched: whether texts of rows are searched for words.
    """

    def __init__(self, path: Path, tables: str, *, searched: bool) -> None:
        self.path = path
        self._schema = f"{tables};{_WORDS if searched else ''}"
        self._searched = searched

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    @contextmanager
    def reading(self) -> Iterator[FileRows]:
        """Open the file to read; where there is none, one that is empty."""
        with self._told():
            there = self._is_there()
            place = f"{self.path.absolute().as_uri()}?mode=ro" if there else ":memory:"
            with closing(sqlite3.connect(place, timeout=_WAIT_S, uri=there)) as db:
                if there:
                    self._check(db)
                else:
                    db.executescript(self._schema)
                yield FileRows(db)

    @contextmanager
    def writing(self, *, erasing: bool = False) -> Iterator[FileRows]:
        """Open the file to write, as one transaction."""
        with self._told():
            self._is_there()
            try:
                self.path.touch(mode=0o600)  # nobody else's business
            except OSError as error:
                raise CannotWrite(f"{self.path} cannot be written: {error.strerror}.") from error
            with closing(sqlite3.connect(self.path, timeout=_WAIT_S)) as db:
                self._check(db)
                if not db.execute("PRAGMA user_version").fetchone()[0]:
                    db.executescript(f"{self._schema}PRAGMA user_version = {_FORMAT}")
                if erasing:
                    db.execute("PRAGMA secure_delete = ON")
                with db:
                    db.execute("BEGIN IMMEDIATE")
                    yield FileRows(db)
                    if erasing and self._searched:  # else the words stay
                        db.execute("INSERT INTO words (words) VALUES ('optimize')")

    def set_aside(self) -> str:
        """Give a damaged file another name; return that name."""
        aside = self.path.with_suffix(".damaged")
        number = 1
        while aside.exists():
            number += 1
            aside = self.path.with_suffix(f".damaged-{number}")
        self.path.replace(aside)
        journal = self.path.with_name(f"{self.path.name}-journal")
        with suppress(FileNotFoundError):  # it belongs to the file that went
            journal.replace(aside.with_name(f"{aside.name}-journal"))
        return aside.name

    def is_sound(self, every_row: Callable[[FileRows], object]) -> bool:
        """Say whether the file can be read, all of it."""
        try:
            with self.reading() as db:
                if db.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
                    return False
                every_row(db)
                return True
        except (Damaged, ValueError, KeyError, TypeError):
            return False
        except (HomeBusy, UsageError):  # in use, or newer: no damage
            return True

    def _is_there(self) -> bool:
        """Say whether the file is there; SQLite would wait for a pipe for ever."""
        there = self.path.exists()
        if there and not self.path.is_file():
            raise Damaged(
                f"{self.path} is no file: `refdesk check --repair` puts it aside and begins a new "
                "one."
            )
        return there

    def _check(self, db: sqlite3.Connection) -> None:
        if db.execute("PRAGMA user_version").fetchone()[0] > _FORMAT:
            raise UsageError(f"A newer refdesk wrote {self.path}: this one leaves it alone.")

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except UnicodeEncodeError as error:  # half of a character: what is kept holds none
            raise NothingFound("Nothing that is kept is called so.") from error
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if is_held(error):
                raise HomeBusy(f"{self.path} is being written to: try again.") from error
            if code in _DAMAGE:
                raise Damaged(
                    f"{self.path} is damaged ({error}): `refdesk check --repair` puts it aside and "
                    "begins a new one."
                ) from error
            raise CannotWrite(f"{self.path} cannot be used: {error}.") from error
