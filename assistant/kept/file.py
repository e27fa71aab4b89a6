"""A file of a home that holds what a person keeps: SQLite, for its owner's eyes only.

Neither archive nor library: what is fetched or built anew leaves it alone. Words are found by
three characters in a row (SQLite's FTS5, tokenizer ``trigram``), in any script; shorter ones, as
Chinese words often are, by reading every row.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from assistant.bounds import readable
from ingest.disk import is_held
from ingest.errors import HomeBusy, NothingFound, UsageError

_WAIT_S = 2.0
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
_FORMAT = 1
_TERMS = 8
"""The most words of a search that count."""
_GRAM = 3
_WORDS = "CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(body, tokenize = 'trigram')"


class Damaged(UsageError):
    """A file of what a person keeps cannot be read any more."""


class CannotWrite(UsageError):
    """A file of what a person keeps, or its folder, can only be read."""


class KeptFile:
    """One such file.

    Args:
        path: where it stands; it is made when something is first written.
        schema: its tables, ``CREATE TABLE IF NOT EXISTS ...;`` each; ``words``, which holds the
            searched text of a row under that row's number, comes by itself.
    """

    def __init__(self, path: Path, schema: str) -> None:
        self.path = path
        self._schema = f"{schema};{_WORDS};"

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Open the file to read; where there is none, one that is empty.

        Raises:
            Damaged: it cannot be read.
            HomeBusy: another process writes for longer than two seconds.
            UsageError: a newer refdesk wrote it.
        """
        with self._told():
            there = self.path.exists()
            place = f"{self.path.absolute().as_uri()}?mode=ro" if there else ":memory:"
            with closing(sqlite3.connect(place, timeout=_WAIT_S, uri=there)) as db:
                if there:
                    self._check(db)
                else:
                    db.executescript(self._schema)
                yield db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open the file to write, as one transaction; errors as :meth:`reading`.

        Raises:
            CannotWrite: it cannot be written.
        """
        with self._told():
            try:
                self.path.touch(mode=0o600)  # nobody else's business
            except OSError as error:
                raise CannotWrite(f"{self.path} cannot be written: {error.strerror}.") from error
            with closing(sqlite3.connect(self.path, timeout=_WAIT_S)) as db:
                self._check(db)
                if not db.execute("PRAGMA user_version").fetchone()[0]:
                    db.executescript(f"{self._schema}PRAGMA user_version = {_FORMAT}")
                with db:
                    db.execute("BEGIN IMMEDIATE")
                    yield db

    def set_aside(self) -> Path:
        """Give a damaged file another name, so that a new one is begun; return that name."""
        aside = self.path.with_suffix(".damaged")
        number = 1
        while aside.exists():
            number += 1
            aside = self.path.with_suffix(f".damaged-{number}")
        self.path.replace(aside)
        journal = self.path.with_name(f"{self.path.name}-journal")
        with suppress(FileNotFoundError):  # it belongs to the file that went
            journal.replace(aside.with_name(f"{aside.name}-journal"))
        return aside

    def is_sound(self, every_row: Callable[[sqlite3.Connection], object]) -> bool:
        """Say whether the file can be read, all of it; ``every_row`` reads the rows.

        It may raise ValueError, KeyError or TypeError for a row that is not as it was written.
        """
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


def terms(query: str) -> list[str]:
    """Return the words of a search that are looked for, each once.

    Raises:
        UsageError: there is none.
    """
    wanted = list(dict.fromkeys(readable(query).split()))[:_TERMS]
    if not wanted:
        raise UsageError("Say which words to look for.")
    return wanted


def rows_with(db: sqlite3.Connection, term: str) -> set[int]:
    """Return the numbers of the rows whose text holds ``term``, in capitals or not."""
    if len(term) >= _GRAM:
        quoted = '"' + term.replace('"', '""') + '"'
        rows = db.execute("SELECT rowid FROM words WHERE words MATCH ?", (quoted,))
    else:
        rows = db.execute("SELECT rowid FROM words WHERE body LIKE ? ESCAPE '\\'", (like(term),))
    return {number for (number,) in rows}


def like(term: str) -> str:
    """Return the pattern of LIKE for texts that hold ``term``."""
    escaped = term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def around(text: str, wanted: list[str], width: int = 160) -> str:
    """Return about ``width`` characters of a text, around the first of the words it holds."""
    flat = " ".join(text.split())
    folded = flat.casefold()
    places = [at for term in wanted if (at := folded.find(term.casefold())) >= 0]
    start = max(0, min(places, default=0) - width // 3)
    cut = flat[start : start + width]
    return f"{'… ' if start else ''}{cut}{' …' if start + width < len(flat) else ''}"
