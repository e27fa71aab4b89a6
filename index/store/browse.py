"""What there is to look through: the links of the lists with their state, and documents' figures.

Reading only. A link is in the library when its address leads to a document; else its last failure
says what became of it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from index.store.sqlite import LISTED, Store
from index.store.values import Difficulty
from ingest.failures import WALLS, Failure, failure_of

HERE, DEAD, BROWSER, FAILED, MISSING = "here", "dead", "browser", "failed", "missing"
"""States of a link: in the library; gone; only shown to a browser; unreadable; never fetched."""


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a list.

    ``document`` is the address of its document, "" where there is none; ``length`` the document's,
    in characters; ``reason`` says why it could not be had.
    """

    list: str
    title: str
    url: str
    section: tuple[str, ...]
    difficulty: Difficulty | None
    kind: str
    state: str
    document: str
    length: int
    lang: str
    reason: str


@dataclass(frozen=True, slots=True)
class Holding:
    """A document as a shelf shows it: ``length`` in characters, ``added`` the day it came."""

    url: str
    title: str
    kind: str
    lang: str
    length: int
    date: str | None
    added: str


def links(store: Store, name: str | None = None) -> list[Link]:
    """Return the links of a list, or of all lists, in the lists' order."""
    failures: dict[str, str] = {}
    for url, page, reason in store.rows("SELECT url, page, reason FROM failures"):
        failures.setdefault(page or url, reason)
        failures.setdefault(url, reason)
    rows = store.rows(
        "SELECT entries.list, entries.title, entries.url, entries.section, entries.difficulty,"
        " entries.kind, entries.address, coalesce(documents.url, ''),"
        " coalesce(length(documents.text), 0), coalesce(documents.lang, '')"
        " FROM entries JOIN lists ON entries.list = lists.name"
        " LEFT JOIN addresses ON addresses.url = entries.address"
        " LEFT JOIN documents ON documents.url = addresses.document"
        " WHERE ?1 = '' OR entries.list = ?1 ORDER BY lists.place, entries.place",
        (name or "",),
    )
    entries = []
    for row in rows:
        reason = "" if row[7] else failures.get(row[6], "")
        entries.append(
            Link(
                list=row[0], title=row[1], url=row[2], section=tuple(json.loads(row[3])),
                difficulty=row[4], kind=row[5], state=_state(bool(row[7]), reason),
                document=row[7], length=row[8], lang=row[9], reason=reason,
            )
        )  # fmt: skip
    return entries


def _state(here: bool, reason: str) -> str:
    if here:
        return HERE
    if not reason:
        return MISSING
    kind = failure_of(reason)
    if kind is Failure.DEAD:
        return DEAD
    return BROWSER if kind in WALLS else FAILED


def shelves(store: Store) -> list[Holding]:
    """Return every document without its text, by title."""
    rows = store.rows(
        "SELECT url, title, kind, lang, length(text), date, substr(fetched_at, 1, 10)"
        " FROM documents WHERE page NOT LIKE ?1 ORDER BY title COLLATE NOCASE, url",
        (f"{LISTED}%",),
    )
    return [Holding(*row) for row in rows]


def unlisted(store: Store) -> list[Holding]:
    """Return the documents no list recommends, by title."""
    listed = {
        row[0]
        for row in store.rows(
            "SELECT addresses.document FROM entries"
            " JOIN addresses ON addresses.url = entries.address"
        )
    }
    return [shelf for shelf in shelves(store) if shelf.url not in listed]


def topics(store: Store, name: str) -> dict[tuple[str, ...], list[str]]:
    """Return the topics of a list by the section they stand under, in the list's order."""
    titles: dict[tuple[str, ...], list[str]] = {}
    query = "SELECT section, title FROM topics WHERE list = ?1 ORDER BY rowid"
    for section, title in store.rows(query, (name,)):
        titles.setdefault(tuple(json.loads(section)), []).append(title)
    return titles


def dates(store: Store, urls: Sequence[str]) -> dict[str, str]:
    """Return the date (``YYYY-MM-DD``) of those of these documents that have one."""
    rows = store.rows(
        "SELECT url, date FROM documents WHERE date IS NOT NULL"
        " AND url IN (SELECT value FROM json_each(?1))",
        (json.dumps(list(urls)),),
    )
    return {row[0]: row[1] for row in rows}
