"""The vector index: passages by the inner product of their unit vectors, exact, by FAISS.

Row ``i`` of the index is the passage whose number stands at place ``i`` of ``numbers``. Files are
written once and then only read; they are opened memory-mapped, so a large one costs no memory.
"""

from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Numbers = NDArray[np.int64]


class VectorIndex:
    """A written vector index, opened for searching."""

    def __init__(self, folder: Path) -> None:
        # FAISS kills the process when a memory-mapped index is changed: nothing here changes it
        self._index = faiss.read_index(str(folder / "vectors.faiss"), faiss.IO_FLAG_MMAP_IFC)
        self.numbers: Numbers = np.load(folder / "numbers.npy", mmap_mode="r")

    def search(
        self, query: Vectors, limit: int, allowed: Sequence[int] | None = None
    ) -> list[tuple[int, float]]:
        """Return the ``limit`` nearest passages as (number, cosine), nearest first.

        ``query`` is one unit vector, shape (dimension,). With ``allowed`` only those passage
        numbers are found, and none of the nearest among them is missed.
        """
        limit = min(limit, len(self.numbers))
        if limit < 1:
            return []
        parameters = None
        if allowed is not None:
            rows = self.rows(allowed)
            limit = min(limit, len(rows))
            if limit < 1:
                return []
            parameters = faiss.SearchParameters(  # type: ignore[call-arg]  # its stub lacks it
                sel=faiss.IDSelectorBatch(rows)
            )
        scores, rows = self._index.search(query[None, :], limit, params=parameters)
        return [
            (int(self.numbers[row]), float(score))
            for row, score in zip(rows[0], scores[0], strict=True)
            if row >= 0
        ]

    def vectors(self, numbers: Sequence[int]) -> Vectors:
        """Return the stored vectors of these passages, shape (len(numbers), dimension)."""
        out = np.empty((len(numbers), self._index.d), dtype=np.float32)
        for place, row in enumerate(self.rows(numbers)):
            out[place] = self._index.reconstruct(int(row))
        return out

    def rows(self, numbers: Sequence[int]) -> Numbers:
        """Return the rows of these passage numbers; numbers are kept in ascending order."""
        return np.searchsorted(self.numbers, np.asarray(numbers, dtype=np.int64)).astype(np.int64)

    def __len__(self) -> int:
        return int(self._index.ntotal)


def write(folder: Path, numbers: Sequence[int], vectors: Vectors) -> None:
    """Write the index of ``vectors``, shape (len(numbers), dimension), ``numbers`` ascending."""
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors, dtype=np.float32))
    faiss.write_index(index, str(folder / "vectors.faiss"))
    np.save(folder / "numbers.npy", np.asarray(numbers, dtype=np.int64))
