"""A sentence is embedded once, and only so many are kept."""

import numpy as np

from index.search.kept_vectors import KeptVectors


def test_each_text_is_embedded_once_and_the_oldest_is_forgotten():
    asked = []

    def embed(texts):
        asked.extend(texts)
        return np.array([[len(text), ord(text[0])] for text in texts], dtype=np.float32)

    kept = KeptVectors(embed, most=2)
    assert kept.of(["a", "bb", "a"]).tolist() == [[1, 97], [2, 98], [1, 97]]
    assert asked == ["a", "bb"]
    assert kept.of(["bb", "ccc"]).tolist() == [[2, 98], [3, 99]]
    assert asked == ["a", "bb", "ccc"]
    kept.of(["a"])
    assert asked == ["a", "bb", "ccc", "a"]
