"""Which passages a search is narrowed to, as it is said: engines turn it into what they search by.

The local one asks for passage numbers, Milvus for expressions over the same facts, among them the
places in the lists.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from index.store.sqlite import Store
from index.store.values import Filters, Recommendation

Numbers = NDArray[np.int64]

FOREIGN = ""
"""The group of all passages that are not in English."""


@dataclass(frozen=True, slots=True)
class Group:
    """The passages in one language, or those in all but English (`FOREIGN`).

    ``numbers`` are to look up in, ``ascending`` to search among.
    """

    lang: str
    numbers: frozenset[int]
    ascending: Numbers

    @classmethod
    def of(cls, lang: str, numbers: Iterable[int]) -> "Group":
        """Make a group of passage numbers."""
        there = frozenset(numbers)
        return cls(lang, there, np.array(sorted(there), dtype=np.int64))


class Narrowed:
    """The passages that filters let through: by their numbers, or by the places in the lists."""

    def __init__(self, filters: Filters, store: Store) -> None:
        self.filters = filters
        self._store = store

    @cached_property
    def numbers(self) -> list[int]:
        """Their numbers, ascending."""
        return _matching(self._store, self.filters)

    @cached_property
    def places(self) -> list[str]:
        """The places in the lists that the filters mean, as `Recommendation.place` has them."""
        return _places(self._store, self.filters)


@dataclass(frozen=True, slots=True)
class Within:
    """Where is searched: in what filters let through, in a group or outside it, without some.

    ``left_out`` are the passages that only stand for a link, or none.
    """

    narrowed: Narrowed | None = None
    only: Group | None = None
    without: Group | None = None
    left_out: frozenset[int] = frozenset()


EVERYWHERE = Within()


def _matching(store: Store, filters: Filters) -> list[int]:
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
    rows = store.rows(
        "SELECT passages.id FROM passages JOIN documents ON document = documents.id"
        f" WHERE {' AND '.join(where)} ORDER BY passages.id",
        values,
    )
    return [int(row[0]) for row in rows]


def _places(store: Store, filters: Filters) -> list[str]:
    """Return the places that a filter means, sorted, as `Recommendation.place` has them."""
    inside, values = _entries(filters)
    rows = store.rows(
        f"SELECT DISTINCT list, section, difficulty FROM entries WHERE {inside}", values
    )
    return sorted(
        Recommendation(name, tuple(json.loads(section)), difficulty).place
        for name, section, difficulty in rows
    )


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
