"""The fitted numbers of answering, as `data/fitted.toml` has them."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.shipped import shipped


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic model over named signals."""

    weights: NDArray[np.float64]
    bias: float

    def chances(self, signals: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return a chance for every row of signals; shape (..., signals) gives shape (...)."""
        chances: NDArray[np.float64] = 1 / (1 + np.exp(-(signals @ self.weights + self.bias)))
        return chances


def logistic(section: str, signals: Sequence[str], *, understood: bool) -> Logistic:
    """Return a section's model over these signals; a signal it does not name weighs nothing.

    Without ``understood``, the one for questions in a language the embedding model does not know.
    """
    table = _tables()[section]
    name = "weights" if understood else "words_alone"
    bias = table["bias" if name == "weights" else f"{name}_bias"]
    return Logistic(np.array([table[name].get(signal, 0.0) for signal in signals]), float(bias))


def table(section: str) -> dict[str, Any]:
    """Return a section as it stands."""
    return dict(_tables()[section])


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(shipped("fitted.toml").read_text("utf-8"))
