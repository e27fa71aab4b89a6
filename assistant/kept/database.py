"""What people keep in PostgreSQL, by SQLAlchemy: for desks that share it.

Each kind is a schema of its own there, ``refdesk_KIND``. One transaction at a time writes to a
kind, as with a file: they take an advisory lock. What goes wrong is said for people.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from assistant.kept.file import Damaged
from assistant.kept.words import like
from ingest.errors import HomeBusy, UsageError

DATABASE = "REFDESK_DATABASE"
"""Environment variable that holds the address of the database."""

_FORMAT = 1
_CONNECT_S = 3
_WAIT_S = 2
_ANSWER_S = 10
_SILENCE_S = 10  # after which a connection that lets nothing through counts as lost
_CONNECTIONS = 8  # of a desk, at once
_BUSY = ("55P03",)  # of PostgreSQL's codes: a lock was not had in time
_SLOW = ("57014",)
_DAMAGE = ("XX001", "XX002")
_GONE = ("3F000", "42P01")  # no such schema, no such table
_DENIED = ("28", "42501")
_DENIED_WORDS = ("password", "authentication", "pg_hba", "role ")


class DatabaseUnavailable(UsageError):
    """The database of what people keep cannot be reached, or does not do what it is asked."""


class Database:
    """A database on a PostgreSQL server; connected to when it is first asked.

    Args:
        address: ``postgresql://USER@HOST[:PORT]/NAME``, with libpq's options after a ``?``.

    Raises:
        UsageError: it is no such address, or holds a password.
    """

    def __init__(self, address: str) -> None:
        scheme, _, rest = address.partition("://")
        if scheme not in ("postgresql", "postgres") or not rest:
            raise UsageError(
                f"{address.split('@')[-1]} is no address of a database: write "
                "postgresql://USER@HOST/NAME."
            )
        user, at, _ = rest.rpartition("@")
        if (at and ":" in user) or "password=" in rest:
            raise UsageError(
                "Keep the password out of the database's address: set PGPASSWORD, or write it "
                "into ~/.pgpass."
            )
        self.address = f"postgresql://{rest}"
        self._lock = threading.Lock()
        self._engine: Any = None

    def __str__(self) -> str:
        return self.address.partition("?")[0]

    @contextmanager
    def connected(self, first: str) -> Iterator[Any]:
        """Open a transaction that begins with a statement; errors are said for people.

        Raises:
            DatabaseUnavailable: it cannot be reached, refuses, or takes too long.
            HomeBusy: another process writes for longer than two seconds.
            Damaged: what is kept there cannot be read.
        """
        engine = self._opened()
        import sqlalchemy

        try:
            with engine.begin() as connection:
                connection.exec_driver_sql(
                    f"{first}; SET LOCAL statement_timeout = '{_ANSWER_S}s';"
                    f"SET LOCAL lock_timeout = '{_WAIT_S}s'"
                )
                yield connection
        except sqlalchemy.exc.SQLAlchemyError as error:
            raise self._said(error) from error

    def close(self) -> None:
        """Close its connections; the next question opens them again."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    def _opened(self) -> Any:
        with self._lock:
            if self._engine is None:
                self._engine = self._open()
            return self._engine

    def _open(self) -> Any:
        try:
            import psycopg  # noqa: F401  # said here, where it is wanting
            import sqlalchemy
        except ImportError:
            raise UsageError(
                f"For the database {self} SQLAlchemy and psycopg are needed: install "
                "refdesk[postgresql]."
            ) from None
        try:
            url = sqlalchemy.make_url(self.address).set(drivername="postgresql+psycopg")
        except (sqlalchemy.exc.ArgumentError, ValueError) as error:
            raise UsageError(f"{self} is no address of a database: {error}.") from error
        return sqlalchemy.create_engine(
            url, pool_pre_ping=True, pool_size=_CONNECTIONS, max_overflow=0,
            pool_timeout=_CONNECT_S, hide_parameters=True,
            connect_args={
                "connect_timeout": _CONNECT_S, "application_name": "refdesk",
                "prepare_threshold": None,  # poolers between us and the server know none
                "keepalives_idle": _SILENCE_S, "keepalives_interval": 2, "keepalives_count": 3,
                "tcp_user_timeout": _SILENCE_S * 1000,
            },
        )  # fmt: skip

    def _said(self, error: Exception) -> UsageError | HomeBusy:
        cause = getattr(error, "orig", None) or error
        code = getattr(cause, "sqlstate", None) or ""
        told = " ".join(str(cause).split())[:200]
        if code in _BUSY:
            return HomeBusy(f"The database {self} is being written to: try again.")
        if code in _DAMAGE:
            return Damaged(f"What is kept in the database {self} is damaged ({told}).")
        if code in _SLOW:
            return DatabaseUnavailable(
                f"The database {self} did not answer within {_ANSWER_S} seconds: try again. "
                "Nothing was changed."
            )
        if code in _GONE:
            return DatabaseUnavailable(
                f"The database {self} lacks tables of refdesk ({told}): they were taken away "
                "meanwhile. Start refdesk again, and they are made anew."
            )
        if code.startswith(_DENIED) or (not code and any(word in told for word in _DENIED_WORDS)):
            return DatabaseUnavailable(
                f"The database {self} refuses us ({told}): set PGPASSWORD or ~/.pgpass, and let "
                "the user make schemas there."
            )
        if code:
            return DatabaseUnavailable(
                f"The database {self} could not do it ({told}). Nothing was changed."
            )
        return DatabaseUnavailable(
            f"The database {self} cannot be reached ({told}). See that it runs and that the "
            "address is right, then try again. Nothing is kept by halves."
        )


class TableRows:
    """The tables of a kind in an open transaction; see `assistant.kept.store.Rows`."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> Any:
        """Carry out a statement."""
        return self._connection.exec_driver_sql(
            sql.replace("%", "%%").replace("?", "%s"), tuple(values)
        )

    def lists(self, column: str) -> str:
        """Return the condition that a value is in the JSON list of a column."""
        each = f"json_array_elements_text({column}::json)"
        return f"EXISTS (SELECT 1 FROM {each} AS each (value) WHERE value = ?)"

    def put_words(self, number: int, body: str) -> None:
        """Have a row's text searched."""
        self.execute(
            "INSERT INTO words (number, body, folded) VALUES (?, ?, ?)",
            (number, body, body.casefold()),
        )

    def drop_words(self, numbers: Iterable[int]) -> None:
        """Search the text of these rows no more."""
        self.execute("DELETE FROM words WHERE number = ANY(?)", (list(numbers),))

    def words_of(self, number: int) -> str:
        """Return a row's text."""
        row = self.execute("SELECT body FROM words WHERE number = ?", (number,)).fetchone()
        return str(row[0]) if row else ""

    def rows_with(self, term: str) -> set[int]:
        """Return the numbers of the rows that hold a word."""
        pattern = like(term.casefold())
        rows = self.execute("SELECT number FROM words WHERE folded LIKE ? ESCAPE '\\'", (pattern,))
        return {number for (number,) in rows}


class KeptTables:
    """One kind of what people keep in a database; see `assistant.kept.store.Kept`.

    Args:
        database: where.
        kind: which kind.
        tables: its tables, as SQLite has them.
        searched: whether texts of rows are searched for words.
    """

    def __init__(self, database: Database, kind: str, tables: str, *, searched: bool) -> None:
        self._database = database
        self._schema = f"refdesk_{kind}"
        self._tables = _as_here(tables)
        self._searched = searched
        self._made = False

    @property
    def name(self) -> str:
        """The database and the schema."""
        return f"{self._database}, {self._schema}"

    @contextmanager
    def reading(self) -> Iterator[TableRows]:
        """Open the tables to read, as they are at this moment."""
        self._make()
        first = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
        with self._database.connected(f"{first}; {self._here}") as connection:
            yield TableRows(connection)

    @contextmanager
    def writing(self, *, erasing: bool = False) -> Iterator[TableRows]:
        """Open the tables to write, as one transaction.

        What is deleted leaves the server's files when it vacuums them: ``erasing`` changes nothing.
        """
        self._make()
        with self._database.connected(self._here) as connection:
            self._alone(connection)
            yield TableRows(connection)

    def set_aside(self) -> str:
        """Give the schema another name; return that name."""
        aside = f"{self._schema}_damaged_{datetime.now(UTC):%Y%m%d%H%M%S}"
        with self._database.connected(self._here) as connection:
            connection.exec_driver_sql(f"ALTER SCHEMA {self._schema} RENAME TO {aside}")
        self._made = False
        return aside

    def is_sound(self, every_row: Callable[[TableRows], object]) -> bool:
        """Say whether every row can be read.

        Raises:
            DatabaseUnavailable: the database cannot be asked.
        """
        try:
            with self.reading() as rows:
                every_row(rows)
                return True
        except (Damaged, ValueError, KeyError, TypeError):
            return False
        except HomeBusy:
            return True

    @property
    def _here(self) -> str:
        return f"SET LOCAL search_path TO {self._schema}, public"

    def _alone(self, connection: Any) -> None:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext(%s))", (self._schema,))

    def _make(self) -> None:
        """See once a process that the tables are there."""
        if self._made:
            return
        with self._database.connected(self._here) as connection:
            self._alone(connection)
            named = (f"{self._schema}.format",)
            if connection.exec_driver_sql("SELECT to_regclass(%s)", named).scalar() is None:
                self._create(connection)
            version = connection.exec_driver_sql("SELECT version FROM format").scalar()
            if version > _FORMAT:
                raise UsageError(f"A newer refdesk wrote {self.name}: this one leaves it alone.")
        self._made = True

    def _create(self, connection: Any) -> None:
        import sqlalchemy

        if self._searched:
            try:  # without it words are found by reading every row
                with connection.begin_nested():
                    connection.exec_driver_sql(
                        "CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public"
                    )
                grams = True
            except sqlalchemy.exc.DBAPIError:
                grams = False
        connection.exec_driver_sql(
            f"CREATE SCHEMA IF NOT EXISTS {self._schema}; {self._tables};"
            f"CREATE TABLE format (version BIGINT NOT NULL); INSERT INTO format VALUES ({_FORMAT})"
        )
        if self._searched:
            connection.exec_driver_sql(
                "CREATE TABLE words (number BIGINT PRIMARY KEY, body TEXT NOT NULL,"
                ' folded TEXT COLLATE "C" NOT NULL)'
            )
            if grams:
                connection.exec_driver_sql(
                    "CREATE INDEX grams ON words USING gin (folded gin_trgm_ops)"
                )


def _as_here(tables: str) -> str:
    """Return tables of SQLite as PostgreSQL has them, texts ordered as there: by their bytes."""
    counted = "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"
    here = tables.replace("INTEGER PRIMARY KEY", counted).replace("INTEGER", "BIGINT")
    return here.replace("TEXT", 'TEXT COLLATE "C"')
