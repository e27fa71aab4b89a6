"""Scores of two halves become one, each by what it can know; feedback moves a query."""

import numpy as np
import pytest

from index.search.fusion import (
    Spread,
    Trust,
    best_first,
    feedback,
    fuse,
    normalised,
    step_back,
)


def equally(*lists):
    return best_first(fuse(*((normalised(each), 1.0) for each in lists)))


def test_an_item_high_in_both_lists_comes_first():
    fused = equally([(1, 0.9), (2, 0.8), (3, 0.1)], [(2, 12.0), (4, 11.0), (1, 2.0)])
    assert next(item for item, _ in fused) == 2


def test_the_scale_of_a_list_does_not_matter():
    one = equally([(1, 0.9), (2, 0.5), (3, 0.1)], [(3, 7.0), (1, 2.0)])
    two = equally([(1, 90.0), (2, 50.0), (3, 10.0)], [(3, 0.7), (1, 0.2)])
    assert [item for item, _ in one] == [item for item, _ in two]
    assert [score for _, score in one] == pytest.approx([score for _, score in two])


def test_equal_scores_are_ordered_by_number():
    assert equally([(5, 1.0), (2, 1.0), (9, 1.0)]) == [(2, 0.5), (5, 0.5), (9, 0.5)]


def test_empty_lists_fuse_to_nothing():
    assert equally([], []) == []


def test_a_half_counts_by_its_weight():
    near, said = normalised([(1, 0.9), (2, 0.1)]), normalised([(2, 9.0), (1, 1.0)])
    assert best_first(fuse((near, 1.0), (said, 0.2)))[0][0] == 1
    assert best_first(fuse((near, 0.2), (said, 1.0)))[0][0] == 2


def test_words_that_explain_nothing_leave_the_vectors_as_they_are():
    trust = Trust.of(0.0, understood=True)
    near = [(1, 0.9), (2, 0.5), (3, 0.1)]
    fused = fuse((normalised(near), trust.vectors), (normalised([(3, 5.0)]), trust.words))
    assert [item for item, _ in best_first(fused)] == [1, 2, 3]
    assert trust.together == 0.0


def test_trust_in_words_grows_with_what_they_explain_and_never_jumps():
    shares = np.linspace(0, 1, 101)
    trust = [Trust.of(float(share), understood=True).words for share in shares]
    steps = np.diff(trust)
    assert (steps >= 0).all()
    assert steps.max() < 0.08
    assert (trust[0], trust[-1]) == (0.0, 1.0)


def test_vectors_that_do_not_know_a_language_say_little():
    trust = Trust.of(0.9, understood=False)
    assert trust.words == 1.0
    assert trust.vectors < 0.5


def test_other_languages_step_back_where_the_own_explains_the_query():
    assert step_back(0.0) == 0.0
    assert 0 < step_back(0.2) < step_back(0.5) == step_back(1.0)


def test_few_scores_lean_on_those_of_the_whole():
    few, whole = Spread.of([(1, 0.9), (2, 0.8)]), Spread(100, 0.3, 0.1)
    leaning = few.within(whole)
    assert whole.mean < leaning.mean < few.mean
    assert normalised([(1, 0.9)], leaning)[1] > normalised([(1, 0.9), (2, 0.8)], few)[1]
    many = Spread(100, 0.5, 0.2)
    assert many.within(whole) == many


def test_feedback_is_a_unit_vector_nearer_to_the_seeds():
    query = np.array([1, 0, 0], dtype=np.float32)
    seeds = np.array([[0, 1, 0], [0, 0.8, 0.6]], dtype=np.float32)
    moved = feedback(query, seeds)
    assert np.linalg.norm(moved) == pytest.approx(1.0)
    assert moved @ seeds[0] > query @ seeds[0]
