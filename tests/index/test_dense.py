"""The vector index finds exactly what brute force finds, filtered or not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import dense

RANDOM = np.random.default_rng(7)
VECTORS = RANDOM.normal(size=(200, 16)).astype(np.float32)
VECTORS /= np.linalg.norm(VECTORS, axis=1, keepdims=True)
NUMBERS = np.cumsum(RANDOM.integers(1, 5, size=200))


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("vectors")
    dense.write(folder, [int(n) for n in NUMBERS], VECTORS)
    return dense.VectorIndex(folder)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 1000),
    k=st.integers(1, 50),
    allowed=st.none() | st.sets(st.sampled_from([int(n) for n in NUMBERS]), max_size=60),
)
def test_it_equals_brute_force(index, seed, k, allowed):
    query = np.random.default_rng(seed).normal(size=16).astype(np.float32)
    query /= np.linalg.norm(query)
    found = index.search(query, k, None if allowed is None else sorted(allowed))
    rows = [r for r, n in enumerate(NUMBERS) if allowed is None or int(n) in allowed]
    scores = VECTORS[rows] @ query
    best = np.argsort(-scores, kind="stable")[:k]
    assert [number for number, _ in found] == [int(NUMBERS[rows[b]]) for b in best]
    assert np.allclose([score for _, score in found], scores[best], atol=1e-5)


def test_stored_vectors_come_back(index):
    chosen = [int(n) for n in NUMBERS[[3, 150, 42]]]
    assert np.array_equal(index.vectors(chosen), VECTORS[[3, 150, 42]])


def test_an_empty_index_finds_nothing(tmp_path):
    dense.write(tmp_path, [], np.empty((0, 16), dtype=np.float32))
    assert dense.VectorIndex(tmp_path).search(VECTORS[0], 5) == []
