"""How sure a mean over questions is: bootstrap over the questions, the same draw every time."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_RESAMPLES = 1000
_SEED = 20_240_501
_BOUNDS = (2.5, 97.5)


def interval(values: Sequence[float]) -> list[float] | None:
    """Return the 95 % interval [low, high] of the mean of ``values``, None where there are none."""
    if not values:
        return None
    low, high = np.percentile(_means(values), _BOUNDS)
    return [float(low), float(high)]


def paired(before: Sequence[float], now: Sequence[float]) -> tuple[list[float], float] | None:
    """Return the 95 % interval of the mean difference ``now - before``, and its p-value.

    Both give one value a question, in the same order. The p-value is two-sided: how rarely a
    resample has no difference, or one the other way.
    """
    if not before:
        return None
    means = _means([b - a for a, b in zip(before, now, strict=True)])
    low, high = np.percentile(means, _BOUNDS)
    other_way = min(int((means <= 0).sum()), int((means >= 0).sum()))
    return [float(low), float(high)], min(1.0, 2 * (other_way + 1) / (_RESAMPLES + 1))


def _means(values: Sequence[float]) -> NDArray[np.float64]:
    drawn = np.random.default_rng(_SEED).integers(0, len(values), (_RESAMPLES, len(values)))
    means: NDArray[np.float64] = np.asarray(values, dtype=np.float64)[drawn].mean(axis=1)
    return means
