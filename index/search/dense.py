"""The vector index: passages by the inner product of their unit vectors, by FAISS.

Its kind follows from its size, by what was measured (BENCHMARKS.md): every vector is looked at
while that is fast, beyond that the codes in the cells nearest the query, by product quantisation
with tables that fit into registers (Andre, Kermarrec and Le Scouarnec 2015). What these find is
scored again from 8-bit codes, and the best of it from the stored vectors: there a score is the
exact inner product, further down right to 0.004. Files are written once and then only read,
memory-mapped.
"""

import math
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from index.store.within import Within

_faiss: Any = faiss  # its stubs lack the arguments of the classes used here

Vectors = NDArray[np.float32]
Numbers = NDArray[np.int64]

FLAT_UP_TO = 20_000
_PROBES = 64
_PROBES_AMONG = 32  # for a query that lies among passages: BENCHMARKS.md, "Growth"
_SCORED_ONE_BY_ONE = 20_000
"""Up to this many allowed passages each one is scored; beyond, cells are probed."""

_AGAIN = 2.5  # times as many as wanted are scored from 8-bit codes,
_LEAST = 250  # and at least so many
_EXACT = 32  # of what is found then so many are scored from the stored vectors
_TRAINED_ON = 64  # vectors a cell
# CPython 3.11 counts the depth of syntax trees for all threads at once: of two that let numpy read
# a header, which it evaluates, one may end with a SystemError.
_reading_a_header = threading.Lock()
_KEPT = 1024  # rows of stored vectors, 1.5 MB


class VectorIndex:
    """A written vector index, opened for searching."""

    def __init__(self, folder: Path) -> None:
        # FAISS kills the process when a memory-mapped index is changed: nothing here changes it
        path = str(folder / "vectors.faiss")
        with _reading_a_header:
            self.numbers: Numbers = np.load(folder / "numbers.npy", mmap_mode="r")
        stored = folder / "vectors.f32"
        self._index: Any = faiss.read_index(path, faiss.IO_FLAG_MMAP_IFC)
        self._stored = None
        if stored.exists():
            self._stored = _Stored(stored, self._index.d)
            self._cells: int = _faiss.extract_index_ivf(self._index).nlist

    def search(
        self,
        query: Vectors,
        limit: int,
        allowed: Sequence[int] | Numbers | None = None,
        *,
        without: Sequence[int] | Numbers = (),
        among: bool = False,
    ) -> list[tuple[int, float]]:
        """Return the ``limit`` nearest passages as (number, cosine), nearest first.

        ``query`` is one unit vector, shape (dimension,); ``among`` says that it lies among those
        of passages, as one moved towards them does: then few cells hold all that is near. With
        ``allowed`` only those passage numbers are found, and there are ``min(limit, len(allowed))``
        of them; else those of ``without`` are not.
        """
        rows = None if allowed is None else self.rows(allowed)
        within = {}
        if rows is not None:
            within = {"sel": self._only(rows)}
        elif len(without):
            within = {"sel": self._only(self.rows(without), there=False)}
        there = len(self) - len(without) if rows is None else len(rows)
        limit = min(limit, there)
        if limit < 1:
            return []
        if self._stored is None:
            params = _faiss.SearchParameters(**within) if within else None
            return self._numbered(*_found(self._index, query, limit, params))
        if rows is None or len(rows) > _SCORED_ONE_BY_ONE:
            probes = _PROBES_AMONG if among else _PROBES
            nearest, scores = self._in_cells(query, max(limit, _EXACT), within, there, probes)
            return self._numbered(*self._exactly(query, nearest, scores, _EXACT))[:limit]
        nearest, scores = self._one_by_one(query, limit + _EXACT, rows)
        return self._numbered(*self._exactly(query, nearest, scores, len(nearest)))[:limit]

    def near(
        self, query: Vectors, limit: int, within: Within, *, among: bool = False
    ) -> list[tuple[int, float]]:
        """Return the nearest passages; see `index.search.halves.PassageVectors`."""
        allowed: Sequence[int] | Numbers | None = None
        without: Sequence[int] | Numbers = ()
        if within.narrowed is not None:
            allowed = within.narrowed.numbers
            if within.only is not None:
                allowed = [number for number in allowed if number in within.only.numbers]
            elif within.without is not None:
                allowed = [number for number in allowed if number not in within.without.numbers]
        elif within.only is not None:
            allowed = within.only.ascending
        elif within.without is not None:
            without = within.without.ascending
        wide = limit + len(within.left_out)
        found = self.search(query, wide, allowed, without=without, among=among)
        return [pair for pair in found if pair[0] not in within.left_out][:limit]

    def _in_cells(
        self, query: Vectors, wanted: int, within: dict[str, Any], there: int, probes: int
    ) -> tuple[Numbers, Vectors]:
        """Find so many of the passages there are, or all, in as many cells as it takes."""
        again = max(_AGAIN, _LEAST / wanted)
        while True:
            cells = _faiss.SearchParametersIVF(nprobe=probes, **within)
            params = _faiss.IndexRefineSearchParameters(k_factor=again, base_index_params=cells)
            nearest, scores = _found(self._index, query, wanted, params)
            if len(nearest) >= min(wanted, there) or probes >= self._cells:
                return nearest, scores
            probes *= 4

    def _one_by_one(self, query: Vectors, wanted: int, rows: Numbers) -> tuple[Numbers, Vectors]:
        """Find the best so many of these passages by their 8-bit codes."""
        codes = _faiss.downcast_index(self._index.refine_index)
        within = _faiss.SearchParameters(sel=self._only(rows))
        return _found(codes, query, wanted, within)

    def _exactly(
        self, query: Vectors, rows: Numbers, scores: Vectors, first: int
    ) -> tuple[Numbers, Vectors]:
        """Score the first so many rows from the stored vectors; return all in their new order."""
        assert self._stored is not None  # noqa: S101  # asked for only where there are some
        scores[:first] = self._stored.rows(rows[:first]) @ query
        order = np.lexsort((rows, -scores))
        return rows[order], scores[order]

    def _numbered(self, rows: Numbers, scores: Vectors) -> list[tuple[int, float]]:
        return list(zip(self.numbers[rows].tolist(), scores.tolist(), strict=True))

    def _only(self, rows: Numbers, *, there: bool = True) -> Any:
        """Let these rows through, or with ``there`` false all others."""
        wanted = np.full(len(self), not there)
        wanted[rows] = there
        return _faiss.IDSelectorBitmap(np.packbits(wanted, bitorder="little"))

    def vectors(self, numbers: Sequence[int] | Numbers) -> Vectors:
        """Return the stored vectors of these passages, shape (len(numbers), dimension)."""
        rows = self.rows(numbers)
        if self._stored is not None:
            return self._stored.rows(rows)
        out = np.empty((len(rows), self._index.d), dtype=np.float32)
        for place, row in enumerate(rows):
            out[place] = self._index.reconstruct(int(row))
        return out

    def rows(self, numbers: Sequence[int] | Numbers) -> Numbers:
        """Return the rows of these passage numbers; numbers are kept in ascending order."""
        return np.searchsorted(self.numbers, np.asarray(numbers, dtype=np.int64)).astype(np.int64)

    def __len__(self) -> int:
        return int(self._index.ntotal)


def kind_for(count: int, dimension: int) -> str:
    """Return the kind of index for so many vectors, as FAISS's factory names it."""
    if count <= FLAT_UP_TO:
        return "Flat"
    parts = dimension // 2 if dimension % 2 == 0 else dimension
    return f"IVF{2 ** round(math.log2(2 * count) / 2)},PQ{parts}x4fs,Refine(SQ8)"


def write(folder: Path, numbers: Sequence[int], vectors: Vectors, kind: str | None = None) -> None:
    """Write the index of ``vectors``, shape (len(numbers), dimension), ``numbers`` ascending.

    ``kind`` is that of `kind_for` unless another is given.
    """
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    kind = kind or kind_for(*vectors.shape)
    index = _faiss.index_factory(vectors.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
    if not index.is_trained:
        cells = _faiss.extract_index_ivf(index).nlist
        sample = np.random.default_rng(0).permutation(len(vectors))[: _TRAINED_ON * cells]
        index.train(vectors[np.sort(sample)])
    index.add(vectors)
    faiss.write_index(index, str(folder / "vectors.faiss"))
    if kind != "Flat":
        vectors.tofile(folder / "vectors.f32")
    np.save(folder / "numbers.npy", np.asarray(numbers, dtype=np.int64))


def _found(index: Any, query: Vectors, wanted: int, params: Any) -> tuple[Numbers, Vectors]:
    """Return the rows FAISS finds and their scores, best first, without its places left empty."""
    scores, rows = index.search(query[None, :], wanted, params=params)
    there = rows[0] >= 0
    return rows[0][there], scores[0][there]


class _Stored:
    """The stored vectors in their file: only the rows that are asked for are read.

    Not memory-mapped: at random places the system would map the whole file bit by bit. The last few
    are kept: the second search for a question finds most of what the first found.
    """

    def __init__(self, file: Path, dimension: int) -> None:
        self._stream = stream = file.open("rb", buffering=0)  # __del__ closes it
        self._dimension = dimension
        size = 4 * dimension
        turn = threading.Lock()  # Windows has no call that both goes to a place and reads there

        def read(row: int) -> bytes:
            with turn:
                stream.seek(row * size)
                return stream.read(size)

        self._row = lru_cache(maxsize=_KEPT)(read)

    def __del__(self) -> None:
        self._stream.close()

    def rows(self, rows: Numbers) -> Vectors:
        data = b"".join(map(self._row, rows.tolist()))
        return np.frombuffer(data, dtype=np.float32).reshape(len(rows), self._dimension)
