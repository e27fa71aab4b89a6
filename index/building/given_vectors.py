"""Vectors that ship with refdesk: those of the passages of a new home, of the models that ship.

Making them takes from 20 seconds to three minutes on two cores. They are the models' own
(`python -m tests.benchmarks.fit_passages HOME`), kept in eight bits a number; a passage that
changed meanwhile is embedded like any other.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

from index.search.dense import Vectors
from ingest.shipped import shipped

FILE = "passage-vectors.npz"
_KEY = 16  # bytes of a key that are kept
_LEVELS = 127


def given_vector(key: bytes) -> Vectors | None:
    """Return the vector of a key of `index.building.vector_cache`, of length 1, if it ships."""
    rows, codes = _given()
    row = rows.get(key[:_KEY])
    if row is None:
        return None
    vector: Vectors = codes[row].astype(np.float32)
    return vector / np.linalg.norm(vector)


def write(path: Path, vectors: Mapping[bytes, Vectors]) -> None:
    """Write the vectors of one dimension as the file that ships, by their keys."""
    keys = sorted(vectors)
    rows = [vectors[key] for key in keys]
    codes = [np.rint(row * (_LEVELS / np.abs(row).max())).astype(np.int8) for row in rows]
    heads = np.frombuffer(b"".join(key[:_KEY] for key in keys), dtype=np.uint8)
    np.savez(path, keys=heads.reshape(len(keys), _KEY), codes=np.array(codes, dtype=np.int8))


@cache
def _given() -> tuple[dict[bytes, int], "np.ndarray[tuple[int, int], np.dtype[np.int8]]"]:
    with np.load(shipped(FILE), allow_pickle=False) as file:
        rows = {key.tobytes(): row for row, key in enumerate(file["keys"])}
        return rows, file["codes"]
