"""Near-duplicates: which documents are copies of one another, and which of them stands for all.

Texts are compared by their runs of five words (w-shingling and MinHash, Broder 1997): a sketch
finds the candidates, the shingles themselves decide. Copies differ by what a renderer does to a
text: translations and new editions stay documents of their own. Short texts must be equal.
"""

import re
import zlib
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeVar
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from ingest.links.urls import source_of
from ingest.text.scripts import EAST_ASIAN

_RUN = 5  # words to a shingle
_PERMUTATIONS = 64
_BANDS = 16
_SHORT = 100  # words: pages made of one template are not copies
_ALIKE = 0.85
"""The share of common shingles (Jaccard) from which two texts are one."""

_PRIME = np.uint64((1 << 31) - 1)
_generator = np.random.default_rng(1997)
_FACTORS = _generator.integers(1, 1 << 31, _PERMUTATIONS, dtype=np.uint64)
_OFFSETS = _generator.integers(0, 1 << 31, _PERMUTATIONS, dtype=np.uint64)
_WORD = re.compile(rf"[{EAST_ASIAN}]|[^\W{EAST_ASIAN}]+")

Key = TypeVar("Key", bound=Hashable)


def sketch(text: str) -> bytes:
    """Return the MinHash of a text: 64 numbers of 4 bytes; equal texts have equal sketches."""
    shingles = _shingles(text)
    hashed = (shingles[:, None] * _FACTORS + _OFFSETS) % _PRIME
    return bytes(hashed.min(axis=0).astype(np.uint32).tobytes())


def groups(sketches: Mapping[Key, bytes], text_of: Callable[[Key], str]) -> list[set[Key]]:
    """Return the groups of two or more keys whose texts are near-duplicates."""
    buckets: dict[tuple[int, bytes], list[Key]] = defaultdict(list)
    width = 4 * _PERMUTATIONS // _BANDS
    for key, value in sketches.items():
        for band in range(_BANDS):
            buckets[band, value[band * width : (band + 1) * width]].append(key)
    leader = {key: key for key in sketches}

    def find(key: Key) -> Key:
        while leader[key] != key:
            key = leader[key]
        return key

    for members in buckets.values():
        # one comparison with the first of each cluster so far is enough: alike is alike
        firsts: list[Key] = []
        for key in members:
            for first in firsts:
                if find(first) == find(key) or _alike(sketches, first, key, text_of):
                    leader[find(key)] = find(first)
                    break
            else:
                firsts.append(key)
    copies: dict[Key, set[Key]] = defaultdict(set)
    for key in sketches:
        copies[find(key)].add(key)
    return [group for group in copies.values() if len(group) > 1]


def standing_for_all(urls: Sequence[str]) -> str:
    """Choose the address of several copies by rule, whichever came first.

    A known site before any other, a whole repository before a file in it, a short path before a
    long one, then by the alphabet.
    """
    return min(urls, key=_simplicity)


def _simplicity(url: str) -> tuple[bool, bool, int, int, str]:
    parts = urlsplit(url)
    return (
        source_of(url) == "other",
        bool(parts.query),
        parts.path.strip("/").count("/"),
        len(url),
        url,
    )


def _alike(
    sketches: Mapping[Key, bytes], one: Key, other: Key, text_of: Callable[[Key], str]
) -> bool:
    a, b = (np.frombuffer(sketches[key], dtype=np.uint32) for key in (one, other))
    if float((a == b).mean()) < _ALIKE - 0.2:
        return False
    first, second = (np.unique(_shingles(text_of(key))) for key in (one, other))
    common = len(np.intersect1d(first, second, assume_unique=True))
    return common >= _ALIKE * (len(first) + len(second) - common)


def _shingles(text: str) -> NDArray[np.uint64]:
    words = [zlib.crc32(word.encode()) for word in _WORD.findall(text.lower())]
    codes = np.array(words, dtype=np.uint64)
    if len(codes) < _SHORT:
        return np.array([zlib.crc32(text.encode())], dtype=np.uint64)
    total = np.zeros(len(codes) - _RUN + 1, dtype=np.uint64)
    for place in range(_RUN):
        total = total * np.uint64(1_000_003) + codes[place : len(codes) - _RUN + 1 + place]
    return total % _PRIME
