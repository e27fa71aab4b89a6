"""Misspelt words of a query, put right by the words of the library itself.

A word that stands in the library, in whatever form, is never touched; nor is one that the embedding
model has as a whole, with or without a prefix, since it is a word elsewhere ("heard" in a library
of software, "reword"); nor is one with a digit or a capital inside, which is a name, nor a name of
the field (`data/names.txt`). With a capital at its start it may be the name of something that is
not here: a short one is never touched, a longer one has one slip. Of the library's words that
differ by one slip (a letter too many, too few, another, or two swapped; from eight letters on by
two) the likeliest is taken: the fewest slips, then the most frequent (Damerau 1964; Kernighan,
Church and Gale 1990). Where there is none, the beginning of a word stands for it.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from index.search.lexical import WordIndex
from ingest.shipped import shipped

_SHORTEST = 5
_TWO_SLIPS = 8
_WORD = re.compile(r"(?<![\w.-])[A-Za-z][a-z]+(?![\w-]|[.'’]\w)")
_MOST_UNKNOWN = 0.5
_FEW_WORDS = 3
_OFTEN = 5  # passages with a word, at least, for its beginning to stand for it
_MORE_LETTERS = 2  # that all words with a beginning share beyond it
_PREFIXES = ("re", "un", "pre", "non", "over", "under", "mis", "de", "dis", "out", "sub", "co")
_SHORTEST_STEM = 4


@lru_cache(maxsize=1)
def names_of_the_field() -> frozenset[str]:
    """Return the names of models, tools, data sets and people that no spelling is put right to."""
    return frozenset(shipped("names.txt").read_text("utf-8").split())


class Speller:
    """Corrects queries by the words of an index, which are read when first needed.

    ``is_word`` says of a word in small letters whether it is one outside the library too.
    """

    def __init__(self, words: WordIndex, is_word: Callable[[str], bool]) -> None:
        self._words = words
        self._is_word = is_word
        self._likeliest = lru_cache(maxsize=1024)(self._find)

    def corrected(self, query: str) -> str:
        """Return a query with its misspelt words put right.

        A query most of whose words are unknown is in another language, or about something else:
        it stays, unless it has only a word or two.
        """
        words = [match[0] for match in _WORD.finditer(query)]
        unknown = {word for word in words if self._unknown(word)}
        if len(unknown) >= _FEW_WORDS and len(unknown) > _MOST_UNKNOWN * len(words):
            return query
        meant = {}
        for word in unknown:
            name = word[0].isupper() and word != words[0]
            if not (name and len(word) < _TWO_SLIPS):
                most = 1 if name or len(word) < _TWO_SLIPS else 2
                meant[word] = self._likeliest(word.lower(), most)
        return _WORD.sub(lambda match: _as(match[0], meant.get(match[0])), query)

    def _unknown(self, word: str) -> bool:
        return (
            len(word) >= _SHORTEST
            and word.casefold() not in names_of_the_field()
            and not self._words.holds(word)
            and not any(map(self._is_word, _wholes(word.lower())))
        )

    def _find(self, word: str, most: int) -> str | None:
        return self._nearest(word, most) or self._clipped(word)

    def _clipped(self, word: str) -> str | None:
        """Return the word of which this is the beginning: vocab, hyperparams.

        None where words of several kinds begin so, or one that is hardly there.
        """
        beginning = word.removesuffix("s")
        longer = self._words.words_like(beginning)
        if len(beginning) < _SHORTEST or not longer or longer[0][1] < _OFTEN:
            return None
        stem = longer[0][0][: len(beginning) + _MORE_LETTERS]
        return longer[0][0] if all(other.startswith(stem) for other, _ in longer) else None

    def _nearest(self, word: str, most: int) -> str | None:
        best: tuple[int, int, str] | None = None
        for other, count in self._near(word, most):
            slips = _slips(word, other, most)
            if 0 < slips <= most and (best is None or (slips, -count, other) < best):
                best = (slips, -count, other)
        return best[2] if best else None

    def _near(self, word: str, most: int) -> Iterator[tuple[str, int]]:
        """Yield the words that begin as a misspelt one may: slips spare the first letter mostly."""
        for beginning in dict.fromkeys((word[0], word[1])):
            for other, count in self._words.words_like(beginning):
                if abs(len(other) - len(word)) <= most:
                    yield other, count


def _wholes(word: str) -> Iterator[str]:
    """Yield a word and what is left of it without a prefix that makes words of others: reword."""
    yield word
    for prefix in _PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= _SHORTEST_STEM:
            yield word.removeprefix(prefix)


def _as(word: str, other: str | None) -> str:
    if other is None:
        return word
    return other.capitalize() if word[0].isupper() else other


def _slips(one: str, other: str, most: int) -> int:
    """Return by how many slips two words differ, or more than ``most``: optimal alignment."""
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    if not one or not other:
        return max(len(one), len(other))
    if len(set(one) ^ set(other)) > 2 * most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        two_before, before, row = before, row, [place]
        for at, sign in enumerate(other, 1):
            cost = min(before[at] + 1, row[at - 1] + 1, before[at - 1] + (letter != sign))
            if place > 1 and at > 1 and letter == other[at - 2] and one[place - 2] == sign:
                cost = min(cost, two_before[at - 2] + 1)
            row.append(cost)
    return row[-1]
