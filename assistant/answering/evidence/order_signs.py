"""What is seen of a sentence that may give orders, apart from its vector.

The signs of `data/wording/order_signs.toml`, and its words by themselves and in twos, which say how
it is put: "is to be", "whoever asks", 凡问. The latter are known by the places they fall on.
"""

import re
import zlib
from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from assistant.wording import wording

PLACES = 4096
"""How many places words fall on."""

_WORDING = wording("order_signs")
_SIGNS = (
    _WORDING.exact["machine"], _WORDING.exact["model"], _WORDING.exact["reader"],
    _WORDING.exact["relay"], _WORDING.exact["answer"], _WORDING.exact["duty"],
    _WORDING.exact["sells"], _WORDING.exact["secret"], _WORDING.exact["runs"],
    _WORDING.exact["first"], _WORDING.exact["only"], _WORDING.exact["you"], _WORDING.exact["we"],
    _WORDING.exact["site"], _WORDING.exact["quoted"], _WORDING.exact["reports"],
    _WORDING.exact["commands"],
)  # fmt: skip
SIGNS = len(_SIGNS) * (len(_SIGNS) + 1) // 2
"""How many numbers `order_signs` returns for a text: one a sign, one for each two of them."""
_READ = 600  # characters of a sentence that are looked at: a longer one is never shown
_SITE = re.compile(r"\S{0,80}(?:://|@|\.[a-z])\S{0,80}")  # names of sites say nothing of wording
_WORD = re.compile(r"[a-z']{1,40}|[\u4e00-\u9fff]")


def order_signs(texts: Sequence[str]) -> NDArray[np.float64]:
    """Return which signs stand in each text, then which two of them together do.

    Shape (texts, SIGNS).
    """
    seen = np.array([_seen(text) for text in texts], dtype=np.float64).reshape(-1, len(_SIGNS))
    pairs = [seen[:, one] * seen[:, other] for one, other in combinations(range(len(_SIGNS)), 2)]
    return np.column_stack([seen, *pairs])


@lru_cache(maxsize=4096)  # the same passages are read for one question after the other
def word_places(text: str) -> tuple[int, ...]:
    """Return the places, below `PLACES`, of a text's words, its Han characters and its twos."""
    words = _WORD.findall(_SITE.sub(" ", text[:_READ].lower()))
    said = {*words, *(f"{one} {other}" for one, other in pairwise(words))}
    return tuple(sorted({zlib.crc32(each.encode()) % PLACES for each in said}))


@lru_cache(maxsize=4096)
def _seen(text: str) -> tuple[bool, ...]:
    text = text[:_READ].lower()
    return tuple(sign.search(text) is not None for sign in _SIGNS)
