"""The vector index finds exactly what brute force finds, filtered or not, whatever its kind."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.search import dense

RANDOM = np.random.default_rng(7)
VECTORS = RANDOM.normal(size=(2000, 16)).astype(np.float32)
VECTORS /= np.linalg.norm(VECTORS, axis=1, keepdims=True)
NUMBERS = np.cumsum(RANDOM.integers(1, 5, size=2000))
EVERY = [int(number) for number in NUMBERS]


@pytest.fixture(scope="module", params=["Flat", "IVF32,PQ8x4fs,Refine(SQ8)"])
def index(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("vectors")
    dense.write(folder, EVERY, VECTORS, request.param)
    return dense.VectorIndex(folder)


def brute_force(query, k, allowed):
    rows = [row for row, number in enumerate(EVERY) if allowed is None or number in allowed]
    scores = VECTORS[rows] @ query
    best = np.argsort(-scores, kind="stable")[:k]
    return [(EVERY[rows[place]], float(scores[place])) for place in best]


def unit(seed):
    query = np.random.default_rng(seed).normal(size=16).astype(np.float32)
    return query / np.linalg.norm(query)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 1000),
    k=st.integers(1, 50),
    allowed=st.sets(st.sampled_from(EVERY), max_size=60),
)
def test_a_filtered_search_equals_brute_force(index, seed, k, allowed):
    query = unit(seed)
    found = index.search(query, k, sorted(allowed))
    wanted = brute_force(query, k, allowed)
    assert [number for number, _ in found] == [number for number, _ in wanted]
    assert np.allclose([s for _, s in found], [s for _, s in wanted], atol=1e-5)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 1000), k=st.integers(1, 400), share=st.floats(0.05, 1.0))
def test_a_wide_filter_misses_none_and_lets_nothing_else_through(index, seed, k, share):
    """Where cells are probed, since there are too many to score each, none may be missing."""
    before = dense._SCORED_ONE_BY_ONE
    dense._SCORED_ONE_BY_ONE = 20
    try:
        rng = np.random.default_rng(seed)
        allowed = sorted(int(n) for n in NUMBERS[rng.random(len(NUMBERS)) < share])
        found = index.search(unit(seed), k, allowed)
    finally:
        dense._SCORED_ONE_BY_ONE = before
    numbers = [number for number, _ in found]
    assert len(numbers) == len(set(numbers)) == min(k, len(allowed))
    assert set(numbers) <= set(allowed)
    assert [s for _, s in found] == sorted((s for _, s in found), reverse=True)


def test_an_unfiltered_search_finds_nearly_all_of_the_nearest(index):
    hits = 0
    for seed in range(50):
        query = unit(seed)
        wanted = {number for number, _ in brute_force(query, 10, None)}
        hits += len(wanted & {number for number, _ in index.search(query, 10)})
    assert hits >= 0.95 * 500


def test_near_what_is_stored_few_cells_hold_nearly_all(tmp_path):
    """As text does, vectors lie in clusters; a query moved among them finds its own."""
    centres = RANDOM.normal(size=(100, 64))
    vectors = np.repeat(centres, 40, axis=0) + 0.5 * RANDOM.normal(size=(4000, 64))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    dense.write(tmp_path, range(4000), vectors, "IVF128,PQ32x4fs,Refine(SQ8)")
    clustered = dense.VectorIndex(tmp_path)
    hits = 0
    for row in range(0, 4000, 80):
        wanted = np.argsort(-(vectors @ vectors[row]))[:10]
        found = clustered.search(vectors[row], 10, among=True)
        hits += len({int(n) for n in wanted} & {number for number, _ in found})
    assert hits >= 0.97 * 500


def test_scores_are_exact(index):
    query = unit(3)
    for number, score in index.search(query, 5):
        row = EVERY.index(number)
        assert score == pytest.approx(float(VECTORS[row] @ query), abs=1e-5)


def test_stored_vectors_come_back(index):
    chosen = [int(n) for n in NUMBERS[[3, 150, 42]]]
    assert np.array_equal(index.vectors(chosen), VECTORS[[3, 150, 42]])


def test_an_empty_index_finds_nothing(tmp_path):
    dense.write(tmp_path, [], np.empty((0, 16), dtype=np.float32))
    assert dense.VectorIndex(tmp_path).search(VECTORS[0], 5) == []


def test_the_kind_follows_from_the_size():
    sizes = (0, 20_000, 20_001, 100_000, 1_000_000)
    assert [dense.kind_for(count, 384) for count in sizes] == [
        "Flat", "Flat", "IVF256,PQ192x4fs,Refine(SQ8)", "IVF512,PQ192x4fs,Refine(SQ8)",
        "IVF1024,PQ192x4fs,Refine(SQ8)",
    ]  # fmt: skip


def test_an_odd_dimension_has_a_kind(tmp_path):
    vectors = RANDOM.normal(size=(2000, 15)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    dense.write(tmp_path, range(2000), vectors, dense.kind_for(20_001, 15).replace("256", "16"))
    assert dense.VectorIndex(tmp_path).search(vectors[7], 1) == [(7, pytest.approx(1, abs=1e-5))]
