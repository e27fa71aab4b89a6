"""The catalog of a generation: its lists, entries and topics, and what became of the links."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from index.store.sqlite import Store
from index.store.values import Difficulty, Recommendation
from ingest.failures import Failure
from ingest.links.urls import canonical


def recommendations_of(store: Store, urls: Iterable[str]) -> dict[str, tuple[Recommendation, ...]]:
    """Return, for each of these documents, every place in the lists, in list order."""
    by_url: dict[str, list[Recommendation]] = {url: [] for url in urls}
    rows = store.rows(
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


def list_rows(store: Store) -> list[dict[str, Any]]:
    """Return a row per list: its name, its entries and topics, what became of its links."""
    names = [row[0] for row in store.rows("SELECT name FROM lists ORDER BY place")]
    return [{"name": name} | _tally(store, name) for name in names]


def _tally(store: Store, name: str) -> dict[str, int]:
    def one(query: str) -> int:
        return int(next(store.rows(query, (name,)))[0])

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


def missing_entries(store: Store) -> list[dict[str, Any]]:
    """Return every entry whose page gave no document, with the reason, in list order."""
    rows = store.rows(
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


def failure_rows(store: Store) -> list[dict[str, str]]:
    """Return every address that gave no document, with the reason, sorted by address.

    The feed that a list is made of is none: its entries are there.
    """
    origins = store.rows("SELECT origin FROM lists WHERE origin IS NOT NULL")
    lists = {canonical(origin) for (origin,) in origins}
    rows = store.rows("SELECT DISTINCT url, source, reason FROM failures ORDER BY url")
    return [
        {"url": url, "source": source, "reason": reason}
        for url, source, reason in rows
        if not (reason.startswith("a feed") and url in lists)
    ]


def catalog_rows(store: Store) -> Iterator[tuple[str, ...]]:
    """Yield every entry and topic as plain text, in list order."""
    yield from store.rows(
        "SELECT list, url, entries.title, section, coalesce(difficulty, ''), kind FROM entries"
        " JOIN lists ON entries.list = lists.name ORDER BY lists.place, entries.place"
    )
    yield from store.rows(
        "SELECT list, topics.title, section FROM topics JOIN lists ON list = name"
        " ORDER BY lists.place, topics.rowid"
    )


def entry_rows(
    store: Store,
) -> Iterator[tuple[str, str, str, tuple[str, ...], Difficulty | None, str]]:
    """Yield (list, title, url, section, difficulty, kind) of every entry, in list order."""
    for row in store.rows(
        "SELECT list, entries.title, url, section, difficulty, kind FROM entries"
        " JOIN lists ON entries.list = lists.name ORDER BY lists.place, entries.place"
    ):
        yield row[0], row[1], row[2], tuple(json.loads(row[3])), row[4], row[5]


def link_titles(store: Store, urls: Sequence[str]) -> dict[str, str]:
    """Return the titles the lists give these links."""
    rows = store.rows(
        "SELECT url, title FROM entries WHERE url IN (SELECT value FROM json_each(?))",
        (json.dumps(list(urls)),),
    )
    return dict(rows)


def unreached(store: Store) -> list[str]:
    """Return the addresses of the entries that lead to no document, sorted."""
    return [
        str(row[0])
        for row in store.rows(
            "SELECT DISTINCT address FROM entries"
            " WHERE address NOT IN (SELECT url FROM addresses) ORDER BY address"
        )
    ]
