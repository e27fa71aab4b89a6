"""Scores of two lists become one; feedback moves a query towards what was found."""

import numpy as np
import pytest

from index.search.fusion import feedback, fuse


def test_an_item_high_in_both_lists_comes_first():
    fused = fuse([(1, 0.9), (2, 0.8), (3, 0.1)], [(2, 12.0), (4, 11.0), (1, 2.0)])
    assert next(item for item, _ in fused) == 2


def test_the_scale_of_a_list_does_not_matter():
    one = fuse([(1, 0.9), (2, 0.5), (3, 0.1)], [(3, 7.0), (1, 2.0)])
    two = fuse([(1, 90.0), (2, 50.0), (3, 10.0)], [(3, 0.7), (1, 0.2)])
    assert [item for item, _ in one] == [item for item, _ in two]
    assert [score for _, score in one] == pytest.approx([score for _, score in two])


def test_equal_scores_are_ordered_by_number():
    assert fuse([(5, 1.0), (2, 1.0), (9, 1.0)]) == [(2, 0.5), (5, 0.5), (9, 0.5)]


def test_empty_lists_fuse_to_nothing():
    assert fuse([], []) == []


def test_feedback_is_a_unit_vector_nearer_to_the_seeds():
    query = np.array([1, 0, 0], dtype=np.float32)
    seeds = np.array([[0, 1, 0], [0, 0.8, 0.6]], dtype=np.float32)
    moved = feedback(query, seeds)
    assert np.linalg.norm(moved) == pytest.approx(1.0)
    assert moved @ seeds[0] > query @ seeds[0]
