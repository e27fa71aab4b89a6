"""Fusing what vectors and words found: each half has a say as far as it can know.

Scores of a list are normalised by their distribution (Mazzeschi 2023), so that halves compare. How
far words can know is measured from the query: the share of its words, rare ones weighing more, that
the best passage explains. How far vectors can, from whether their model knows its language.
Everything is continuous: no query falls from one rule into another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

Ranked = Sequence[tuple[int, float]]

_EXPLAINED = 0.4
"""Words that explain this share of a query are trusted as much as vectors. Between languages they
explain 0.1 of it (names, numbers), within one 0.6 (BENCHMARKS.md, "Languages")."""
_STRANGE = 0.3  # the trust in vectors of a model that does not know the query's language
_SAID_AT_HOME = 0.5  # where words explain so much, the answer stands in the query's own language,
_ABROAD = 0.3  # and passages in others step back by this share
_FULL = 100  # scores tell their own distribution; fewer lean on that of the whole library


@dataclass(frozen=True, slots=True)
class Spread:
    """How the scores of a list lie: their number, mean and standard deviation."""

    count: int
    mean: float
    deviation: float

    @classmethod
    def of(cls, ranked: Ranked) -> "Spread":
        """Measure a list."""
        scores = np.array([score for _, score in ranked])
        return cls(len(ranked), float(scores.mean()), float(scores.std())) if ranked else _NONE

    def within(self, whole: "Spread") -> "Spread":
        """Return it as part of a whole: the fewer its scores, the more it is the whole's."""
        own = min(1.0, self.count / _FULL)
        return Spread(
            self.count,
            own * self.mean + (1 - own) * whole.mean,
            own * self.deviation + (1 - own) * whole.deviation,
        )


_NONE = Spread(0, 0.0, 0.0)


def normalised(ranked: Ranked, spread: Spread | None = None) -> dict[int, float]:
    """Map scores so that three standard deviations below and above the mean become 0 and 1."""
    spread = spread or Spread.of(ranked)
    low, wide = spread.mean - 3 * spread.deviation, 6 * spread.deviation
    return {item: (score - low) / wide if wide > 1e-9 else 0.5 for item, score in ranked}


def fuse(*halves: tuple[Mapping[int, float], float]) -> dict[int, float]:
    """Return the mean of normalised scores, each half with its weight; a missing item counts 0."""
    total = sum(weight for _, weight in halves)
    return {
        item: sum(weight * scores.get(item, 0.0) for scores, weight in halves) / total
        for item in chain.from_iterable(scores for scores, _ in halves)
    }


def best_first(scores: Mapping[int, float]) -> list[tuple[int, float]]:
    """Return items with their scores, best first, equals by their numbers: always the same."""
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))


@dataclass(frozen=True, slots=True)
class Trust:
    """How much vectors and words each have to say, 0 to 1."""

    vectors: float
    words: float

    @classmethod
    def of(cls, explained: float, *, understood: bool) -> "Trust":
        """Return the trust in both for a query.

        ``explained`` is the share of it that words explain; ``understood`` says that the model
        knows its language. Where the vectors cannot know, words are all there is.
        """
        if not understood:
            return cls(_STRANGE, 1.0)
        return cls(1.0, min(1.0, explained / _EXPLAINED) ** 3)

    @property
    def together(self) -> float:
        """How far what is found first is confirmed by both: so far the query moves towards it."""
        return self.vectors * self.words


def step_back(explained_at_home: float) -> float:
    """Return what passages in other languages than the query's lose of their score.

    Nothing where the words of passages in its own explain nothing of the query: it has no answer
    there.
    """
    return _ABROAD * min(1.0, explained_at_home / _SAID_AT_HOME) ** 2


def feedback(
    query: NDArray[np.float32], seeds: NDArray[np.float32], weight: float = 0.4
) -> NDArray[np.float32]:
    """Move a query vector towards the passages found first (Rocchio 1971, positive part only).

    ``query`` has shape (dimension,), ``seeds`` shape (n, dimension), n >= 1; the result is a unit
    vector.
    """
    moved: NDArray[np.float32] = query + np.float32(weight) * seeds.mean(axis=0, dtype=np.float32)
    moved /= np.linalg.norm(moved)
    return moved
