"""Words that say the contrary of one another, English and Chinese.

The words stand in ``data/contraries.toml``: each word of one side is contrary to each of the other.
Stems are compared, so that "increased" and "decrease" are contrary too.
"""

import re
import tomllib
from functools import cache

from ingest.shipped import shipped
from ingest.text.stems import stem

_PREFIXES = ("un", "in", "im", "ir", "il", "dis", "non", "mis", "anti")
_SHORTEST = 4  # letters of what a prefix is put before


@cache
def measured_otherwise(one: str, other: str) -> bool:
    """Say whether two stems tell how much or how surely, and not alike: some and all."""
    return other in _sides("measure").get(one, ())


@cache
def as_strong(word: str) -> frozenset[str]:
    """Return the stems that claim as much as this one, itself among them; none of other words.

    A sentence that says all, must or only claims more than one that does not.
    """
    for line in _tables()["strong"].strip().split("\n"):
        asked, _, alike = line.partition(":")
        if word in map(stem, asked.split()):
            return frozenset(map(stem, (*asked.split(), *alike.split())))
    return frozenset()


@cache
def contrary(one: str, other: str) -> bool:
    """Say whether two stems, or two Chinese words, are contrary: by the table or by a prefix."""
    if other in _sides("contrary").get(one, ()):
        return True
    long, short = (one, other) if len(one) > len(other) else (other, one)
    prefixed = len(short) >= _SHORTEST and long.endswith(short)
    return prefixed and long[: -len(short)] in _PREFIXES


def has_contrary(word: str) -> bool:
    """Say whether the tables know a contrary or another measure to a stem or a Chinese word."""
    return word in _sides("contrary") or word in _sides("measure") or bool(as_strong(word))


def chinese_words() -> list[str]:
    """Return the Chinese words of the tables, longest first."""
    words = {word for table in _tables().values() for word in re.split(r"[\s|:]+", table)}
    return sorted((word for word in words if not word.isascii()), key=lambda w: (-len(w), w))


@cache
def _tables() -> dict[str, str]:
    return tomllib.loads(shipped("contraries.toml").read_text("utf-8"))


@cache
def _sides(table: str) -> dict[str, frozenset[str]]:
    """Return what stands on the other side of each stem of a table."""
    others: dict[str, set[str]] = {}
    for line in _tables()[table].strip().split("\n"):
        left, right = (set(map(stem, side.split())) for side in line.split("|"))
        for here, there in ((left, right), (right, left)):
            for word in here:
                others.setdefault(word, set()).update(there)
    return {word: frozenset(every - {word}) for word, every in others.items()}
