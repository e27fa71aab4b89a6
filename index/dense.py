"""The vector index: passages by the inner product of their unit vectors, by FAISS.

Its kind follows from its size, by what was measured (BENCHMARKS.md): every vector is looked at
while that is fast, beyond that the 8-bit codes in the cells nearest the query. What such an index
finds is scored again from the stored vectors, so a score is the exact inner product either way.
Files are written once and then only read, memory-mapped.
"""

import math
import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

_faiss: Any = faiss  # its stubs lack the arguments of the classes used here

Vectors = NDArray[np.float32]
Numbers = NDArray[np.int64]

FLAT_UP_TO = 50_000
_PROBES = 16
_PROBES_AMONG = 8  # for a query that lies among passages: BENCHMARKS.md, "Growth"
_SCORED_ONE_BY_ONE = 20_000
"""Up to this many allowed passages each one is scored; beyond, cells are probed."""

_AGAIN = 1.25  # times as many candidates as wanted are scored again; 2 found no more
_TRAINED_ON = 64  # vectors a cell
_KEPT = 1024  # rows of stored vectors, 1.5 MB


class VectorIndex:
    """A written vector index, opened for searching."""

    def __init__(self, folder: Path) -> None:
        # FAISS kills the process when a memory-mapped index is changed: nothing here changes it
        path = str(folder / "vectors.faiss")
        self.numbers: Numbers = np.load(folder / "numbers.npy", mmap_mode="r")
        stored = folder / "vectors.f32"
        # one flag maps flat indexes, the other the lists of cells
        flag = faiss.IO_FLAG_MMAP if stored.exists() else faiss.IO_FLAG_MMAP_IFC
        self._index: Any = faiss.read_index(path, flag)
        self._stored = _Stored(stored, self._index.d) if stored.exists() else None

    def search(
        self,
        query: Vectors,
        limit: int,
        allowed: Sequence[int] | None = None,
        *,
        among: bool = False,
    ) -> list[tuple[int, float]]:
        """Return the ``limit`` nearest passages as (number, cosine), nearest first.

        ``query`` is one unit vector, shape (dimension,); ``among`` says that it lies among those
        of passages, as one moved towards them does: then few cells hold all that is near. With
        ``allowed`` only those passage numbers are found, and there are ``min(limit, len(allowed))``
        of them.
        """
        limit = min(limit, len(self.numbers))
        rows = None
        if allowed is not None:
            rows = self.rows(allowed)
            limit = min(limit, len(rows))
        if limit < 1:
            return []
        if self._stored is None:
            return self._exact(query, limit, rows)
        if rows is not None and len(rows) <= _SCORED_ONE_BY_ONE:
            return self._scored(query, rows, limit)
        wanted = min(math.ceil(_AGAIN * limit), len(self.numbers if rows is None else rows))
        probes = _PROBES_AMONG if among else _PROBES
        return self._scored(query, self._candidates(query, limit, wanted, rows, probes), limit)

    def _exact(self, query: Vectors, limit: int, rows: Numbers | None) -> list[tuple[int, float]]:
        scores, found = self._index.search(query[None, :], limit, params=_within(rows))
        there = found[0] >= 0
        return self._numbered(found[0][there], scores[0][there])

    def _numbered(self, rows: Numbers, scores: Vectors) -> list[tuple[int, float]]:
        return list(zip(self.numbers[rows].tolist(), scores.tolist(), strict=True))

    def _candidates(
        self, query: Vectors, limit: int, wanted: int, rows: Numbers | None, probes: int
    ) -> Numbers:
        """Return the rows of at least ``limit`` passages near the query."""
        while True:
            _, found = self._index.search(query[None, :], wanted, params=_probing(probes, rows))
            near: Numbers = found[0][found[0] >= 0]
            if len(near) >= limit or probes >= self._index.nlist:
                return near
            probes *= 4

    def _scored(self, query: Vectors, rows: Numbers, limit: int) -> list[tuple[int, float]]:
        """Score these rows from the stored vectors; return the best."""
        assert self._stored is not None  # noqa: S101  # asked for only where there are some
        rows = np.sort(rows)
        scores = self._stored.rows(rows) @ query
        best = np.lexsort((rows, -scores))[:limit]
        return self._numbered(rows[best], scores[best])

    def vectors(self, numbers: Sequence[int]) -> Vectors:
        """Return the stored vectors of these passages, shape (len(numbers), dimension)."""
        rows = self.rows(numbers)
        if self._stored is not None:
            return self._stored.rows(rows)
        out = np.empty((len(rows), self._index.d), dtype=np.float32)
        for place, row in enumerate(rows):
            out[place] = self._index.reconstruct(int(row))
        return out

    def rows(self, numbers: Sequence[int]) -> Numbers:
        """Return the rows of these passage numbers; numbers are kept in ascending order."""
        return np.searchsorted(self.numbers, np.asarray(numbers, dtype=np.int64)).astype(np.int64)

    def __len__(self) -> int:
        return int(self._index.ntotal)


def kind_for(count: int) -> str:
    """Return the kind of index for so many vectors, as FAISS's factory names it."""
    if count <= FLAT_UP_TO:
        return "Flat"
    return f"IVF{2 ** round(math.log2(2 * math.sqrt(count)))},SQ8"


def write(folder: Path, numbers: Sequence[int], vectors: Vectors, kind: str | None = None) -> None:
    """Write the index of ``vectors``, shape (len(numbers), dimension), ``numbers`` ascending.

    ``kind`` is that of `kind_for` unless another is given.
    """
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    kind = kind or kind_for(len(vectors))
    index = _faiss.index_factory(vectors.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
    if not index.is_trained:
        sample = np.random.default_rng(0).permutation(len(vectors))[: _TRAINED_ON * index.nlist]
        index.train(vectors[np.sort(sample)])
    index.add(vectors)
    faiss.write_index(index, str(folder / "vectors.faiss"))
    if kind != "Flat":
        vectors.tofile(folder / "vectors.f32")
    np.save(folder / "numbers.npy", np.asarray(numbers, dtype=np.int64))


class _Stored:
    """The stored vectors in their file: only the rows that are asked for are read.

    Not memory-mapped: at random places the system would map the whole file bit by bit. The last few
    are kept: the second search for a question finds most of what the first found.
    """

    def __init__(self, file: Path, dimension: int) -> None:
        self._descriptor = descriptor = os.open(file, os.O_RDONLY)
        self._dimension = dimension
        size = 4 * dimension
        self._row = lru_cache(maxsize=_KEPT)(lambda row: os.pread(descriptor, size, row * size))

    def __del__(self) -> None:
        os.close(self._descriptor)

    def rows(self, rows: Numbers) -> Vectors:
        data = b"".join(map(self._row, rows.tolist()))
        return np.frombuffer(data, dtype=np.float32).reshape(len(rows), self._dimension)


def _within(rows: Numbers | None) -> Any:
    return None if rows is None else _faiss.SearchParameters(sel=_faiss.IDSelectorBatch(rows))


def _probing(probes: int, rows: Numbers | None) -> Any:
    within = {} if rows is None else {"sel": _faiss.IDSelectorBatch(rows)}
    return _faiss.SearchParametersIVF(nprobe=probes, **within)
