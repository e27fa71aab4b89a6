"""The SQLite half of a generation: documents, passages, catalog, failures and settings.

Plain rows; what is searched by meaning or by words lies in other files. Opened read-only, by any
number of threads; a generation that is being made is written by `index.store.writer`.
"""

import contextlib
import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from index.store.rows import DOCUMENT, between, document_of, figures_of
from index.store.values import Difficulty, Filters, Recommendation, StoredPassage
from ingest.failures import Failure
from ingest.links.urls import canonical
from ingest.values import Document, Figure

LISTED = "refdesk:entry/"
"""What the page of a document begins with that stands for a link whose page is not here."""


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
        return sqlite3.connect(f"{self._path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)

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

    def missing(self) -> list[str]:
        """Return the addresses of the entries that lead to no document, sorted."""
        return [
            str(row[0])
            for row in self._db.execute(
                "SELECT DISTINCT address FROM entries"
                " WHERE address NOT IN (SELECT url FROM addresses) ORDER BY address"
            )
        ]

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

    def recommendations(self, urls: Iterable[str]) -> dict[str, tuple[Recommendation, ...]]:
        """Return, for each of these documents, every place in the lists, in list order."""
        by_url: dict[str, list[Recommendation]] = {url: [] for url in urls}
        rows = self._db.execute(
            "SELECT DISTINCT document, entries.list, section, difficulty FROM"
            " (SELECT value AS document, value AS url FROM json_each(?1) UNION"
            "  SELECT document, url FROM addresses"
            "  WHERE document IN (SELECT value FROM json_each(?1))) AS wanted"
            " JOIN entries ON entries.address = wanted.url JOIN lists ON entries.list = lists.name"
            " ORDER BY lists.place, entries.place",
            (json.dumps(list(by_url)),),
        )
        for url, name, section, difficulty in rows:
            by_url[url].append(Recommendation(name, tuple(json.loads(section)), difficulty))
        return {url: tuple(places) for url, places in by_url.items()}

    def matching(self, filters: Filters) -> list[int]:
        """Return the numbers of all passages a filter lets through, ascending."""
        where, values = ["1"], []
        for column, wanted in (
            ("documents.kind", filters.kinds),
            ("passages.lang", filters.langs),
            ("documents.url", filters.documents),
        ):
            if wanted:
                where.append(f"{column} IN (SELECT value FROM json_each(?))")
                values.append(json.dumps(wanted))
        if filters.of_lists:
            inside, wanted_of_lists = _entries(filters)
            values += wanted_of_lists
            listed = (
                "documents.url IN (SELECT addresses.document FROM entries JOIN addresses"
                f" ON entries.address = addresses.url WHERE {inside})"
            )
            if filters.primer:
                listed = f"({listed} OR documents.kind = 'note')"
            where.append(listed)
        return self._numbers(
            "SELECT passages.id FROM passages JOIN documents ON document = documents.id"
            f" WHERE {' AND '.join(where)} ORDER BY passages.id",
            values,
        )

    def places(self, filters: Filters) -> list[str]:
        """Return the places that a filter means, sorted, as `Recommendation.place` has them."""
        inside, values = _entries(filters)
        rows = self._db.execute(
            f"SELECT DISTINCT list, section, difficulty FROM entries WHERE {inside}", values
        )
        return sorted(
            Recommendation(name, tuple(json.loads(section)), difficulty).place
            for name, section, difficulty in rows
        )

    def list_rows(self) -> list[dict[str, Any]]:
        """Return a row per list: its name, its entries and topics, what became of its links."""
        names = [row[0] for row in self._db.execute("SELECT name FROM lists ORDER BY place")]
        return [{"name": name} | self._tally(name) for name in names]

    def _tally(self, name: str) -> dict[str, int]:
        def one(query: str) -> int:
            return int(self._db.execute(query, (name,)).fetchone()[0])

        failed = (
            "SELECT count(DISTINCT entries.address) FROM entries JOIN failures"
            " ON failures.page = entries.address OR failures.url = entries.address"
            " WHERE entries.list = ? AND reason"
        )
        return {
            "entries": one("SELECT count(DISTINCT url) FROM entries WHERE list = ?"),
            "topics": one("SELECT count(*) FROM topics WHERE list = ?"),
            "in_library": one(
                "SELECT count(DISTINCT entries.url) FROM entries"
                " JOIN addresses ON entries.address = addresses.url WHERE entries.list = ?"
            ),
            "dead": one(f"{failed} LIKE '{Failure.DEAD}%'"),
            "unsupported": one(f"{failed} NOT LIKE '{Failure.DEAD}%'"),
        }

    def missing_entries(self) -> list[dict[str, Any]]:
        """Return every entry whose page gave no document, with the reason, in list order."""
        rows = self._db.execute(
            "SELECT DISTINCT entries.list, entries.title, entries.url, section, reason FROM entries"
            " JOIN lists ON entries.list = lists.name"
            " JOIN failures ON failures.page = entries.address OR failures.url = entries.address"
            f" WHERE reason NOT LIKE '%copy is kept)' OR reason LIKE '{Failure.DEAD}%'"
            " ORDER BY lists.place, entries.place"
        )
        return [
            {"list": row[0], "title": row[1], "url": row[2], "section": json.loads(row[3]),
             "reason": row[4]}
            for row in rows
        ]  # fmt: skip

    def failures(self) -> list[dict[str, str]]:
        """Return every address that gave no document, with the reason, sorted by address."""
        rows = self._db.execute("SELECT DISTINCT url, source, reason FROM failures ORDER BY url")
        return [{"url": row[0], "source": row[1], "reason": row[2]} for row in rows]

    def catalog(self) -> Iterator[tuple[str, ...]]:
        """Yield every entry and topic as plain text, in list order."""
        yield from self._db.execute(
            "SELECT list, url, entries.title, section, coalesce(difficulty, ''), kind FROM entries"
            " JOIN lists ON entries.list = lists.name ORDER BY lists.place, entries.place"
        )
        yield from self._db.execute(
            "SELECT list, topics.title, section FROM topics JOIN lists ON list = name"
            " ORDER BY lists.place, topics.rowid"
        )

    def entries(
        self,
    ) -> Iterator[tuple[str, str, str, tuple[str, ...], Difficulty | None, str]]:
        """Yield (list, title, url, section, difficulty, kind) of every entry, in list order."""
        for row in self._db.execute(
            "SELECT list, entries.title, url, section, difficulty, kind FROM entries"
            " JOIN lists ON entries.list = lists.name ORDER BY lists.place, entries.place"
        ):
            yield row[0], row[1], row[2], tuple(json.loads(row[3])), row[4], row[5]

    def titles(self, urls: Sequence[str]) -> dict[str, str]:
        """Return the titles the lists give these links."""
        rows = self._db.execute(
            "SELECT url, title FROM entries WHERE url IN (SELECT value FROM json_each(?))",
            (json.dumps(list(urls)),),
        )
        return dict(rows)

    def rows(self, query: str, values: Sequence[str] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a reading query; for modules of this floor."""
        yield from self._db.execute(query, tuple(values))

    def _numbers(self, query: str, values: Sequence[str]) -> list[int]:
        return [int(row[0]) for row in self._db.execute(query, tuple(values))]


def _entries(filters: Filters) -> tuple[str, list[str]]:
    """Return which entries a filter means, as a condition with its values."""
    inside, values = ["1"], []
    if filters.lists:
        inside.append("entries.list IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(filters.lists))
    if filters.difficulties:
        inside.append("entries.difficulty IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(filters.difficulties))
    if filters.sections:
        inside.append(
            "EXISTS (SELECT 1 FROM json_each(?) AS wanted"
            " WHERE instr(lower(entries.section), lower(wanted.value)))"
        )
        values.append(json.dumps(filters.sections))
    return " AND ".join(inside), values
