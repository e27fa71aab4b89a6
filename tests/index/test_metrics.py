"""The measures come out as their definitions say."""

import math

import pytest

from index.metrics import mean, scores


def test_measures_of_known_ranks():
    found = scores({"a": 1, "b": 3, "c": None, "d": 11})
    assert found["a"] == dict.fromkeys(found["a"], 1.0)
    assert found["b"]["recall@1"] == 0
    assert found["b"]["recall@5"] == 1
    assert found["b"]["mrr@10"] == pytest.approx(1 / 3)
    assert found["b"]["ndcg@10"] == pytest.approx(1 / math.log2(4))
    assert set(found["c"].values()) == {0.0}
    assert set(found["d"].values()) == {0.0}
    assert mean(found, ["a", "c"])["recall@5"] == 0.5


def test_nothing_measured_is_null():
    assert mean({}, []) == {
        "n": 0, "recall@1": None, "recall@5": None, "recall@10": None, "mrr@10": None,
        "ndcg@10": None,
    }  # fmt: skip
