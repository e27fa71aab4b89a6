"""Fusing ranked lists by their scores, and the feedback that asks a second time."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ranked = Sequence[tuple[int, float]]


def fuse(*lists: Ranked) -> list[tuple[int, float]]:
    """Sum the normalised scores of several ranked lists (item, score), best first.

    Scores of one list are mapped so that three standard deviations below and above their mean
    become 0 and 1 (distribution-based score fusion, Mazzeschi 2023); a missing item counts 0.
    Items with equal sums keep the order of their numbers, so the result is the same every time.
    """
    total: dict[int, float] = {}
    for ranked in filter(None, lists):
        mean = sum(score for _, score in ranked) / len(ranked)
        deviation = math.sqrt(sum((score - mean) ** 2 for _, score in ranked) / len(ranked))
        low, spread = mean - 3 * deviation, 6 * deviation
        for item, score in ranked:
            share = (score - low) / spread if spread > 1e-9 else 0.5
            total[item] = total.get(item, 0.0) + share / len(lists)
    return sorted(total.items(), key=lambda pair: (-pair[1], pair[0]))


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
