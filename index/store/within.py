"""Which passages a search is narrowed to, as it is said: engines turn it into what they search by.

The local one asks for passage numbers, Milvus for expressions over the same facts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from index.store.sqlite import Store
from index.store.values import Filters

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
        return self._store.matching(self.filters)

    @cached_property
    def places(self) -> list[str]:
        """The places in the lists that the filters mean, as `Recommendation.place` has them."""
        return self._store.places(self.filters)


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
