"""The SQLite half of a generation: documents, passages, catalog, failures and settings.

Plain rows in, plain rows out; what is searched by meaning or by words lies in other files. A store
being built is writable; a finished one is opened read-only, by any number of threads.
"""

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from index.values import Filters, Recommendation, StoredPassage
from ingest.catalog_file import CuratedList
from ingest.urls import canonical, source_of
from ingest.values import Document, Passage, Rejection

_SCHEMA = """
CREATE TABLE documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT NOT NULL UNIQUE, page TEXT NOT NULL,
    title TEXT NOT NULL, text TEXT NOT NULL, sha256 TEXT NOT NULL, author TEXT, date TEXT,
    lang TEXT NOT NULL, source TEXT NOT NULL, kind TEXT NOT NULL, fetched_at TEXT NOT NULL,
    links TEXT NOT NULL);
CREATE TABLE pages (url TEXT PRIMARY KEY, digest TEXT NOT NULL);
CREATE TABLE addresses (url TEXT PRIMARY KEY, document TEXT NOT NULL, page TEXT NOT NULL);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE,
    document INTEGER NOT NULL REFERENCES documents(id), start INTEGER NOT NULL,
    end INTEGER NOT NULL, heading TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE lists (
    name TEXT PRIMARY KEY, title TEXT NOT NULL, origin TEXT, lang TEXT NOT NULL,
    place INTEGER NOT NULL);
CREATE TABLE entries (
    list TEXT NOT NULL, place INTEGER NOT NULL, url TEXT NOT NULL, address TEXT NOT NULL,
    title TEXT NOT NULL, section TEXT NOT NULL, difficulty TEXT, kind TEXT NOT NULL,
    source TEXT NOT NULL, note TEXT);
CREATE TABLE topics (list TEXT NOT NULL, title TEXT NOT NULL, section TEXT NOT NULL);
CREATE TABLE failures (
    url TEXT NOT NULL, page TEXT NOT NULL, source TEXT NOT NULL, reason TEXT NOT NULL);
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE INDEX passages_document ON passages(document);
CREATE INDEX documents_page ON documents(page);
CREATE INDEX addresses_document ON addresses(document);
CREATE INDEX addresses_page ON addresses(page);
CREATE INDEX entries_address ON entries(address);
"""


class Store:
    """One generation's SQLite file."""

    def __init__(self, path: Path, *, writable: bool = False) -> None:
        self._path = path
        self._writable = writable
        self._local = threading.local()
        if writable and not path.exists():
            self._db.executescript(_SCHEMA)

    @property
    def _db(self) -> sqlite3.Connection:
        """This thread's connection: SQLite connections are not shared between threads."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            if self._writable:
                connection = sqlite3.connect(self._path)
            else:
                uri = f"{self._path.resolve().as_uri()}?mode=ro&immutable=1"
                connection = sqlite3.connect(uri, uri=True)
            self._local.connection = connection
        return connection

    def branch(self, path: Path) -> "Store":
        """Return a writable copy of this store at ``path``."""
        copy = sqlite3.connect(path)
        self._db.backup(copy)
        copy.close()
        return Store(path, writable=True)

    def close(self) -> None:
        """Make what was written durable and close this thread's connection."""
        if self._writable:
            self._db.commit()
        self._db.close()
        del self._local.connection

    # --- writing

    def put_page(self, url: str, digest: str) -> None:
        """Note that the page at ``url`` was read in the state ``digest`` names."""
        self._db.execute("INSERT OR REPLACE INTO pages VALUES (?, ?)", (url, digest))

    def put_addresses(self, page: str, addresses: Iterable[str]) -> None:
        """Replace the addresses that lead to a page's documents.

        The page's own addresses lead to its document where it has one; of several documents in one
        file each has its own address only.
        """
        self._db.execute("DELETE FROM addresses WHERE page = ?", (page,))
        query = "SELECT url FROM documents WHERE page = ?"
        documents = [row[0] for row in self._db.execute(query, (page,))]
        rows = [(url, url, page) for url in documents]
        if len(documents) == 1:
            rows += [(url, documents[0], page) for url in addresses]
        self._db.executemany("INSERT OR REPLACE INTO addresses VALUES (?, ?, ?)", rows)

    def put_document(self, page: str, document: Document, passages: Sequence[Passage]) -> list[int]:
        """Add a document and its passages; return the passages' numbers."""
        row = self._db.execute(
            "INSERT INTO documents (url, page, title, text, sha256, author, date, lang, source,"
            " kind, fetched_at, links) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (
                document.url, page, document.title, document.text, document.sha256, document.author,
                document.date, document.lang, document.source, document.kind, document.fetched_at,
                json.dumps(document.links, ensure_ascii=False),
            ),
        ).fetchone()  # fmt: skip
        numbers = []
        for passage in passages:
            number = self._db.execute(
                "INSERT INTO passages (key, document, start, end, heading, text)"
                " VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
                (
                    passage.id, row[0], passage.start, passage.end,
                    json.dumps(passage.heading, ensure_ascii=False), passage.text,
                ),
            ).fetchone()[0]  # fmt: skip
            numbers.append(int(number))
        return numbers

    def drop_page(self, url: str) -> list[int]:
        """Take a page with all that came of it out; return the numbers of its passages."""
        numbers = self._numbers(
            "SELECT passages.id FROM passages JOIN documents ON document = documents.id"
            " WHERE page = ?",
            (url,),
        )
        self._db.execute(
            "DELETE FROM passages WHERE document IN (SELECT id FROM documents WHERE page = ?)",
            (url,),
        )
        for table, column in (
            ("documents", "page"), ("addresses", "page"), ("failures", "page"), ("pages", "url"),
        ):  # fmt: skip
            self._db.execute(f"DELETE FROM {table} WHERE {column} = ?", (url,))
        return numbers

    def put_failure(self, page: str, rejection: Rejection) -> None:
        """Note why an address gave no document."""
        self._db.execute(
            "INSERT INTO failures VALUES (?, ?, ?, ?)",
            (rejection.url, page, source_of(rejection.url), rejection.reason),
        )

    def drop_lost(self) -> None:
        """Forget the failures of addresses that lead to no page."""
        self._db.execute("DELETE FROM failures WHERE page = ''")

    def put_catalog(self, lists: Sequence[CuratedList]) -> None:
        """Replace the catalog by these lists, in this order."""
        for table in ("lists", "entries", "topics"):
            self._db.execute(f"DELETE FROM {table}")
        for place, curated in enumerate(lists):
            self._db.execute(
                "INSERT INTO lists VALUES (?, ?, ?, ?, ?)",
                (curated.name, curated.title, curated.origin, curated.lang, place),
            )
            self._db.executemany(
                "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        curated.name, number, entry.url, canonical(entry.url), entry.title,
                        json.dumps(entry.section, ensure_ascii=False), entry.difficulty, entry.kind,
                        entry.source, entry.note,
                    )
                    for number, entry in enumerate(curated.entries)
                ],
            )  # fmt: skip
            self._db.executemany(
                "INSERT INTO topics VALUES (?, ?, ?)",
                [
                    (curated.name, topic.title, json.dumps(topic.section, ensure_ascii=False))
                    for topic in curated.topics
                ],
            )

    def put_setting(self, name: str, value: str) -> None:
        """Set one setting."""
        self._db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))

    # --- reading

    def setting(self, name: str) -> str | None:
        """Return one setting."""
        row = self._db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def page_digests(self) -> dict[str, str]:
        """Return the digest of every page that was read."""
        return dict(self._db.execute("SELECT url, digest FROM pages"))

    def has_document(self, url: str) -> bool:
        """Say whether a document of this address is there."""
        query = "SELECT 1 FROM documents WHERE url = ?"
        return self._db.execute(query, (url,)).fetchone() is not None

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
            "SELECT passages.id, key, start, end, heading, passages.text, url, title, lang, kind,"
            " source, fetched_at, sha256 FROM passages JOIN documents ON document = documents.id"
            f" WHERE {column} IN (SELECT value FROM json_each(?))",
            (json.dumps(list(values)),),
        ):
            yield StoredPassage(row[0], row[1], row[2], row[3], tuple(json.loads(row[4])), *row[5:])

    def documents(self) -> Iterator[Document]:
        """Yield every document, sorted by address."""
        for row in self._db.execute(_DOCUMENT + " ORDER BY url"):
            yield _document(row)

    def document(self, url: str) -> Document | None:
        """Return the document an address leads to, whichever of its addresses it is."""
        row = self._db.execute(
            _DOCUMENT + " WHERE url = ?1 OR url IN (SELECT document FROM addresses WHERE url = ?2)"
            " ORDER BY url <> ?1 LIMIT 1",
            (url, canonical(url)),
        ).fetchone()
        return None if row is None else _document(row)

    def addresses(self, document_url: str) -> set[str]:
        """Return every canonical address that leads to a document, its own among them."""
        rows = self._db.execute("SELECT url FROM addresses WHERE document = ?", (document_url,))
        return {document_url} | {row[0] for row in rows}

    def recommendations(self, document_url: str) -> tuple[Recommendation, ...]:
        """Return every place in the lists that recommends a document, in list order."""
        rows = self._db.execute(
            "SELECT DISTINCT entries.list, section, difficulty FROM entries"
            " JOIN lists ON entries.list = lists.name"
            " WHERE address IN (SELECT value FROM json_each(?))"
            " ORDER BY lists.place, entries.place",
            (json.dumps(sorted(self.addresses(document_url))),),
        )
        return tuple(Recommendation(row[0], tuple(json.loads(row[1])), row[2]) for row in rows)

    def matching(self, filters: Filters) -> list[int]:
        """Return the numbers of all passages a filter lets through, ascending."""
        where, values = ["1"], []
        for column, wanted in (("kind", filters.kinds), ("lang", filters.langs)):
            if wanted:
                where.append(f"documents.{column} IN (SELECT value FROM json_each(?))")
                values.append(json.dumps(wanted))
        if filters.lists or filters.sections or filters.difficulties:
            inside = ["1"]
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
            listed = (
                "documents.url IN (SELECT addresses.document FROM entries JOIN addresses"
                f" ON entries.address = addresses.url WHERE {' AND '.join(inside)})"
            )
            if "primer" in filters.lists and not (filters.sections or filters.difficulties):
                listed = f"({listed} OR documents.kind = 'note')"
            where.append(listed)
        return self._numbers(
            "SELECT passages.id FROM passages JOIN documents ON document = documents.id"
            f" WHERE {' AND '.join(where)} ORDER BY passages.id",
            values,
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
            "dead": one(f"{failed} LIKE 'dead%'"),
            "unsupported": one(f"{failed} NOT LIKE 'dead%'"),
        }

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

    def entries(self) -> Iterator[tuple[str, str, str, tuple[str, ...], str | None, str]]:
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

    def _numbers(self, query: str, values: Sequence[str]) -> list[int]:
        return [int(row[0]) for row in self._db.execute(query, tuple(values))]


_DOCUMENT = (
    "SELECT url, title, text, author, date, lang, source, kind, fetched_at, links FROM documents"
)


def _document(row: tuple[Any, ...]) -> Document:
    url, title, text, author, date, lang, source, kind, fetched_at, links = row
    return Document(
        url, title, text, author, date, lang, source, kind, fetched_at, tuple(json.loads(links))
    )
