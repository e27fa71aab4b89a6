"""The SQLite half of a generation: documents, passages, catalog, failures and settings.

Plain rows; what is searched by meaning or by words lies in other files. Opened read-only, by any
number of threads; a generation that is being made is written by `index.store.writer`. What the
lists say is asked for by `index.store.catalog`.
"""

import contextlib
import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from index.store.rows import DOCUMENT, between, document_of, figures_of
from index.store.values import StoredPassage
from ingest.links.urls import canonical
from ingest.values import PRIMER, Document, Figure

LISTED = "refdesk:entry/"
"""What the page of a document begins with that stands for a link whose page is not here."""


class _Reading(sqlite3.Connection):
    """A thread's connection for reading, which closes with what holds it.

    Threads and generations end unseen. Python collects it then, in whichever thread, and from 3.13
    on complains of a connection that was not closed.
    """

    def __del__(self) -> None:
        with contextlib.suppress(sqlite3.ProgrammingError):  # it never opened
            self.close()


class Store:
    """One generation's SQLite file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()

    @property
    def _db(self) -> sqlite3.Connection:
        """This thread's connection: SQLite connections are not shared between threads."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._connect()
        return connection

    def _connect(self) -> sqlite3.Connection:
        address = f"{self._path.resolve().as_uri()}?mode=ro&immutable=1"
        return sqlite3.connect(address, uri=True, check_same_thread=False, factory=_Reading)

    def copy(self, path: Path) -> None:
        """Write a copy of the file to ``path``."""
        with contextlib.closing(sqlite3.connect(path)) as copy:
            self._db.backup(copy)

    def close(self) -> None:
        """Close this thread's connection."""
        self._db.close()
        del self._local.connection

    def sketches(self) -> dict[tuple[str, str], tuple[bytes, str | None]]:
        """Return the sketch of every document by (page, address), and what stands for it."""
        return {
            (row[0], row[1]): (row[2], row[3])
            for row in self._db.execute(
                "SELECT page, url, sketch, NULL FROM documents WHERE page NOT LIKE ?"
                " UNION ALL SELECT page, url, sketch, same_as FROM copies",
                (f"{LISTED}%",),
            )
        }

    def aliases(self, numbers: Sequence[int]) -> dict[int, str]:
        """Return the other names of the subjects of these passages' documents, as one line."""
        rows = self._db.execute(
            "SELECT passages.id, aliases FROM passages JOIN documents ON document = documents.id"
            " WHERE passages.id IN (SELECT value FROM json_each(?)) AND aliases <> '[]'",
            (json.dumps(list(numbers)),),
        )
        return {row[0]: ", ".join(json.loads(row[1])) for row in rows}

    def names_of_subjects(self) -> list[str]:
        """Return what the subjects of the primer's notes are called here, topics ahead."""
        rows = self._db.execute(
            "SELECT title, aliases FROM documents WHERE url > ? AND url < ?",
            (PRIMER, PRIMER + chr(0x10FFFF)),
        )
        return [name for title, aliases in rows for name in (title, *json.loads(aliases))]

    def abbreviations(self) -> list[tuple[str, str]]:
        """Return the (short form, long form) of every document that defines it."""
        return self._db.execute("SELECT short, long FROM abbreviations").fetchall()

    def passages_of(self, urls: Iterable[str]) -> list[int]:
        """Return the numbers of the passages of the documents of these addresses."""
        return self._numbers(
            "SELECT passages.id FROM passages JOIN documents ON document = documents.id"
            " WHERE url IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(urls)),),
        )

    def titles_of(self, numbers: Sequence[int]) -> dict[int, str]:
        """Return the titles of the documents of these passages."""
        rows = self._db.execute(
            "SELECT passages.id, title FROM passages JOIN documents ON document = documents.id"
            " WHERE passages.id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(numbers)),),
        )
        return dict(rows)

    def beside(self, numbers: Sequence[int]) -> dict[int, list[int]]:
        """Return the passages before and after each of these in their documents, in order."""
        rows = self._db.execute(
            "SELECT here.id, other.id FROM passages AS here JOIN passages AS other"
            " ON other.document = here.document AND other.id IN ("
            " (SELECT id FROM passages WHERE document = here.document AND start < here.start"
            "  ORDER BY start DESC LIMIT 1),"
            " (SELECT id FROM passages WHERE document = here.document AND start > here.start"
            "  ORDER BY start LIMIT 1))"
            " WHERE here.id IN (SELECT value FROM json_each(?)) ORDER BY other.start",
            (json.dumps(list(numbers)),),
        )
        neighbours: dict[int, list[int]] = {}
        for number, other in rows:
            neighbours.setdefault(number, []).append(other)
        return neighbours

    def text_of(self, page: str, url: str) -> str:
        """Return the text of a document or of a copy."""
        row = self._db.execute(
            "SELECT document FROM copies WHERE page = ? AND url = ?", (page, url)
        ).fetchone()
        if row is not None:
            return document_of(json.loads(row[0])).text
        row = self._db.execute("SELECT text FROM documents WHERE url = ?", (url,)).fetchone()
        return str(row[0])

    def is_sound(self) -> bool:
        """Say whether the file holds together."""
        try:
            return bool(self._db.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
        except sqlite3.Error:
            return False

    def setting(self, name: str) -> str | None:
        """Return one setting."""
        row = self._db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def page_digests(self) -> dict[str, str]:
        """Return the digest of every page that was read."""
        return dict(self._db.execute("SELECT url, digest FROM pages"))

    def page_of(self, url: str) -> str | None:
        """Return the page that the document of this address came from, if there is one."""
        query = "SELECT page FROM documents WHERE url = ?"
        row = self._db.execute(query, (url,)).fetchone()
        return None if row is None else str(row[0])

    def document_urls(self) -> set[str]:
        """Return the addresses of all documents; no stand-ins for links that are not here."""
        rows = self._db.execute("SELECT url FROM documents WHERE page NOT LIKE ?", (f"{LISTED}%",))
        return {str(row[0]) for row in rows}

    def page_is_there(self, url: str) -> bool:
        """Say whether a page of this address was read."""
        return self._db.execute("SELECT 1 FROM pages WHERE url = ?", (url,)).fetchone() is not None

    def documents_of(self, page: str) -> int:
        """Return how many documents, copies included, came of a page."""
        row = self._db.execute(
            "SELECT (SELECT count(*) FROM documents WHERE page = ?1)"
            " + (SELECT count(*) FROM copies WHERE page = ?1)",
            (page,),
        ).fetchone()
        return int(row[0])

    def listed(self) -> list[int]:
        """Return the numbers of the passages that stand for a link whose page is not here."""
        return self._numbers(
            "SELECT passages.id FROM passages JOIN documents ON document = documents.id"
            " WHERE page LIKE ?",
            (f"{LISTED}%",),
        )

    def foreign(self) -> dict[str, list[int]]:
        """Return the numbers of the passages in each language but English."""
        numbers: dict[str, list[int]] = {}
        for number, lang in self._db.execute("SELECT id, lang FROM passages WHERE lang <> 'en'"):
            numbers.setdefault(lang, []).append(number)
        return numbers

    def count_documents(self) -> int:
        """Return the number of documents; stand-ins for links that are not here do not count."""
        query = "SELECT count(*) FROM documents WHERE page NOT LIKE ?"
        return int(self._db.execute(query, (f"{LISTED}%",)).fetchone()[0])

    def count(self, table: str) -> int:
        """Return the number of rows of a table of this module's schema."""
        return int(self._db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

    def passages(self, numbers: Sequence[int]) -> dict[int, StoredPassage]:
        """Return the passages of these numbers, by number."""
        return {passage.number: passage for passage in self._passages("passages.id", numbers)}

    def passage(self, key: str) -> StoredPassage | None:
        """Return the passage of this key."""
        return next(self._passages("passages.key", [key]), None)

    def _passages(self, column: str, values: Sequence[int | str]) -> Iterator[StoredPassage]:
        for row in self._db.execute(
            "SELECT passages.id, key, start, end, heading, passages.text, url, title,"
            " passages.lang, kind,"
            " source, fetched_at, sha256, page LIKE ?2, anchors, fence"
            " FROM passages JOIN documents ON document = documents.id"
            f" WHERE {column} IN (SELECT value FROM json_each(?1))",
            (json.dumps(list(values)), f"{LISTED}%"),
        ):
            anchors = between(json.loads(row[14]), row[2], row[3])
            heading = tuple(json.loads(row[4]))
            yield StoredPassage(*(*row[:4], heading, *row[5:13], bool(row[13]), anchors, row[15]))

    def documents(self) -> Iterator[Document]:
        """Yield every document, sorted by address; no stand-ins for links that are not here."""
        where = f" WHERE page NOT LIKE '{LISTED}%'"
        for row in self._db.execute(DOCUMENT + where + " ORDER BY url"):
            yield document_of(row)

    def document(self, url: str) -> Document | None:
        """Return the document an address leads to, whichever of its addresses it is."""
        row = self._db.execute(
            DOCUMENT + " WHERE page NOT LIKE ?3 AND"
            " (url = ?1 OR url IN (SELECT document FROM addresses WHERE url = ?2))"
            " ORDER BY url <> ?1 LIMIT 1",
            (url, canonical(url), f"{LISTED}%"),
        ).fetchone()
        return None if row is None else document_of(row)

    def figures(self, urls: Iterable[str]) -> dict[str, tuple[Figure, ...]]:
        """Return the figures of those of these documents that have any, by the address."""
        rows = self._db.execute(
            "SELECT url, figures FROM documents WHERE figures <> '[]'"
            " AND url IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(urls)),),
        )
        return {row[0]: figures_of(json.loads(row[1])) for row in rows}

    def pictures(self) -> dict[str, set[str]]:
        """Return the addresses of the pictures of all figures, by the page they are on."""
        pictures: dict[str, set[str]] = {}
        # the last field of a copy, as of a document
        rows = self._db.execute(
            "SELECT page, figures FROM documents WHERE figures <> '[]'"
            " UNION ALL SELECT page, json_extract(document, '$[#-1]') FROM copies"
        )
        for page, figures in rows:
            shown = figures_of(json.loads(figures))
            pictures.setdefault(page, set()).update(figure.url for figure in shown)
        return pictures

    def first_passages(self, urls: Iterable[str]) -> dict[str, tuple[str, str]]:
        """Return (key, SHA-256 of the document) of the first passage of each of these documents."""
        rows = self._db.execute(
            "SELECT url, key, sha256, min(start) FROM passages JOIN documents"
            " ON document = documents.id WHERE page NOT LIKE ?2"
            " AND url IN (SELECT value FROM json_each(?1)) GROUP BY url",
            (json.dumps(sorted(urls)), f"{LISTED}%"),
        )
        return {row[0]: (row[1], row[2]) for row in rows}

    def addresses(self, document_url: str) -> set[str]:
        """Return every canonical address that leads to a document, its own among them."""
        rows = self._db.execute("SELECT url FROM addresses WHERE document = ?", (document_url,))
        return {document_url} | {row[0] for row in rows}

    def rows(self, query: str, values: Sequence[str] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a reading query; for modules of this floor."""
        yield from self._db.execute(query, tuple(values))

    def _numbers(self, query: str, values: Sequence[str]) -> list[int]:
        return [int(row[0]) for row in self._db.execute(query, tuple(values))]
