"""Writing to the SQLite file of a generation that is being made."""

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from index.store.rows import FIELDS, SCHEMA, document_of, row_of
from index.store.sqlite import LISTED, Store
from ingest.links.urls import canonical, source_of
from ingest.lists.catalog_file import CuratedList
from ingest.text.sentences import language_within
from ingest.values import Document, Passage, Rejection


class StoreWriter(Store):
    """A generation's SQLite file while it is made; an empty one if there is none at ``path``."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        if not path.exists():
            self._db.executescript(SCHEMA)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path)
        connection.execute("PRAGMA secure_delete = ON")  # what goes is overwritten
        return connection

    def close(self) -> None:
        """Make what was written durable and close this thread's connection."""
        self._db.commit()
        super().close()

    def abandon(self) -> None:
        """Close this thread's connection, if it is open, and keep nothing of what is unfinished."""
        if hasattr(self._local, "connection"):
            super().close()

    @contextlib.contextmanager
    def whole_or_not(self) -> Iterator[None]:
        """Undo everything the block wrote if it raises."""
        self._db.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK TO part")
            raise
        finally:
            self._db.execute("RELEASE part")

    def put_page(self, url: str, digest: str) -> None:
        """Note that the page at ``url`` was read in the state ``digest`` names."""
        self._db.execute("INSERT OR REPLACE INTO pages VALUES (?, ?)", (url, digest))

    def put_aliases(self, page: str, urls: Iterable[str]) -> None:
        """Replace the addresses that lead to a page."""
        self._db.execute("DELETE FROM aliases WHERE page = ?", (page,))
        self._db.executemany(
            "INSERT OR IGNORE INTO aliases VALUES (?, ?)", [(page, url) for url in urls]
        )

    def settle_addresses(self) -> None:
        """Work out which document every address leads to.

        Each document has its own address and those of its copies. The addresses of a page lead to
        its document where it has one; of several in one file each has its own address only.
        """
        self._db.execute("DELETE FROM addresses")
        self._db.executescript(
            "CREATE TEMP VIEW whole AS SELECT url, page, url AS leads FROM documents"
            f" WHERE page NOT LIKE '{LISTED}%'"
            " UNION ALL SELECT url, page, same_as FROM copies;"
            "INSERT INTO addresses SELECT url, min(leads) FROM whole GROUP BY url;"
            "INSERT OR IGNORE INTO addresses SELECT aliases.url, leads FROM aliases"
            " JOIN whole ON whole.page = aliases.page"
            " WHERE aliases.page IN (SELECT page FROM whole GROUP BY page HAVING count(*) = 1)"
            " ORDER BY aliases.page;"
            "DROP VIEW whole;"
        )

    def put_document(
        self, page: str, document: Document, sketch: bytes, passages: Sequence[Passage]
    ) -> list[int]:
        """Add a document and its passages; return the passages' numbers."""
        row = self._db.execute(
            f"INSERT INTO documents ({FIELDS}, page, sha256, sketch)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (*row_of(document), page, document.sha256, sketch),
        ).fetchone()
        numbers = []
        for passage in passages:
            number = self._db.execute(
                "INSERT INTO passages (key, document, start, end, heading, fence, text, lang)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                (
                    passage.id, row[0], passage.start, passage.end,
                    json.dumps(passage.heading, ensure_ascii=False), passage.fence, passage.text,
                    language_within(passage.text, document.lang),
                ),
            ).fetchone()[0]  # fmt: skip
            numbers.append(int(number))
        return numbers

    def put_abbreviations(self, url: str, pairs: Iterable[tuple[str, str]]) -> None:
        """Add the (short form, long form) a document defines; they go when it goes."""
        self._db.executemany(
            "INSERT INTO abbreviations SELECT id, ?, ? FROM documents WHERE url = ?",
            [(short, long, url) for short, long in pairs],
        )

    def put_copy(self, page: str, document: Document, sketch: bytes, same_as: str) -> None:
        """Add a document that is a copy of another, which stands for it."""
        self._db.execute(
            "INSERT OR REPLACE INTO copies VALUES (?, ?, ?, ?, ?)",
            (document.url, page, json.dumps(row_of(document)), sketch, same_as),
        )

    def take_document(self, page: str, url: str) -> tuple[Document, bytes, list[int]]:
        """Take a document or copy out; return it, its sketch and its passages' numbers."""
        row = self._db.execute(
            "SELECT document, sketch FROM copies WHERE page = ? AND url = ?", (page, url)
        ).fetchone()
        if row is not None:
            self._db.execute("DELETE FROM copies WHERE page = ? AND url = ?", (page, url))
            return document_of(json.loads(row[0])), row[1], []
        row = self._db.execute(
            f"SELECT {FIELDS}, sketch, id FROM documents WHERE url = ?", (url,)
        ).fetchone()
        numbers = self._numbers("SELECT id FROM passages WHERE document = ?", (row[-1],))
        self._db.execute("DELETE FROM passages WHERE document = ?", (row[-1],))
        self._db.execute("DELETE FROM documents WHERE id = ?", (row[-1],))
        return document_of(row[:-2]), row[-2], numbers

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
            ("documents", "page"), ("copies", "page"), ("aliases", "page"), ("failures", "page"),
            ("pages", "url"),
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
