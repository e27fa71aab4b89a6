"""Texts to tokens by a unigram vocabulary, as SentencePiece (Kudo and Richardson 2018) cuts them.

The library `tokenizers` gives the same tokens, but holds such a vocabulary of 250,000 pieces in
300 MB and needs a second to load it; this takes a sixth of the memory and a tenth of the time.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from math import inf
from pathlib import Path

from index.models.e5_weights import Pieces, read_pieces

_SPACE = "▁"  # stands for the space before a word
_UNKNOWN_PENALTY = 10.0
_CACHED_CHARS = 24  # longer words, and unspaced Chinese, hardly come again
_WORD = re.compile(r"[^ ]+")

Tokens = tuple[tuple[int, int], ...]
"""Tokens of a word: the id of each, and the character of the spelling at which it starts."""


class UnigramTokenizer:
    """The tokenizer of XLM-R-like models. Make one by `UnigramTokenizer.open`."""

    def __init__(self, pieces: Pieces) -> None:
        self._pieces = pieces
        self._longest = max(map(len, pieces.ids))
        self._unknown = min(pieces.scores) - _UNKNOWN_PENALTY
        self._cached = lru_cache(maxsize=1 << 14)(self._best)

    @classmethod
    def open(cls, weights: Path) -> "UnigramTokenizer":
        """Read the vocabulary out of a weights file (see `index.models.e5_weights.read_pieces`)."""
        return cls(read_pieces(weights))

    def ids(self, text: str) -> list[int]:
        """Return the tokens of a text between those for start and end."""
        tokens = [self._pieces.start]
        spelt = text.translate(self._pieces.replaced)
        for word in unicodedata.normalize("NFC", spelt).split(" "):
            if word:
                tokens.extend(number for number, _ in self._cut(word))
        tokens.append(self._pieces.end)
        return tokens

    def starts(self, text: str) -> list[int]:
        """Return the offsets at which the tokens of a text start, without the special ones."""
        replaced = self._pieces.replaced
        spelt = text.translate(replaced)
        whence: Sequence[int] = range(len(text))
        if any(len(replaced[sign]) != 1 for sign in set(map(ord, text)) & replaced.keys()):
            whence = [at for at, sign in enumerate(text) for _ in replaced.get(ord(sign), sign)]
        offsets = []
        for match in _WORD.finditer(spelt):
            word = unicodedata.normalize("NFC", match.group())
            # a composed word is shorter than it was: about there is near enough
            stretch = len(match.group()) / len(word)
            for _, at in self._cut(word):
                offsets.append(whence[match.start() + int(at * stretch)])
        return offsets

    def _cut(self, word: str) -> Tokens:
        return self._cached(word) if len(word) <= _CACHED_CHARS else self._best(word)

    def _best(self, word: str) -> Tokens:
        """Return the most probable way (Viterbi) to cut a word, with the space before it."""
        spelt = _SPACE + word
        ids, scores, longest = self._pieces.ids, self._pieces.scores, self._longest
        length = len(spelt)
        best = [0.0] + [-inf] * length
        last: list[tuple[int, int]] = [(0, 0)] * (length + 1)
        for start in range(length):
            here = best[start]
            if spelt[start] not in ids and here + self._unknown > best[start + 1]:
                best[start + 1] = here + self._unknown
                last[start + 1] = (self._pieces.unknown, start)
            for end in range(start + 1, min(start + longest, length) + 1):
                number = ids.get(spelt[start:end])
                if number is not None and here + scores[number] > best[end]:
                    best[end], last[end] = here + scores[number], (number, start)
        tokens: list[tuple[int, int]] = []
        at = length
        while at:
            number, at = last[at]
            if tokens and number == self._pieces.unknown == tokens[-1][0]:
                tokens.pop()  # unknown characters in a row are one token
            tokens.append((number, max(at - len(_SPACE), 0)))
        return tuple(reversed(tokens))
