"""Taking out of a multilingual vector what only tells its language.

A multilingual model puts texts of one language nearer together than texts of one meaning: a
Chinese question finds Chinese pages first, whatever they say. The mean vector of a language's texts
holds that part; without it vectors compare across languages (Libovický, Rosa and Fraser 2020). The
means ship as a file, computed from our own texts, so that a vector depends on its text and the
model alone.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.text.sentences import is_east_asian

Vectors = NDArray[np.float32]


class LanguageMeans:
    """The mean vectors of alphabetic and of East Asian texts, shape (2, dimension)."""

    def __init__(self, file: Path) -> None:
        self._means: Vectors = np.load(file, allow_pickle=False)

    def without(self, vector: Vectors, text: str) -> Vectors:
        """Return ``vector``, shape (dimension,), without its language's mean, of length 1."""
        rest: Vectors = vector - self._means[int(is_east_asian(text))]
        rest /= np.linalg.norm(rest)
        return rest
