"""Sentences that sound like orders to the model that reads them, whatever their words.

A logistic model over the sentence's vector, beside the patterns of `injection`,
which know forms of address and every language. Fitted by `python -m tests.benchmarks.fit_orders` on
wordings of our own and the sentences of a library, for one embedding model alone: with another one
nothing is found here.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from assistant.answering.fitted import Logistic, table
from index.models.embedder import Embedder
from index.search.dense import Vectors
from index.search.library import Library
from index.store.values import StoredPassage
from ingest.text.scripts import has_han
from ingest.values import PRIMER

SHORTEST = 25
"""Characters below which a sentence is too short to say what it is."""


def sound_like_orders(
    embedder: Embedder, texts: Sequence[str], vectors: Vectors
) -> NDArray[np.bool_]:
    """Say for each text, by its vector of this embedding model, whether it sounds like an order."""
    model = _models().get(embedder.name)
    if model is None or vectors.shape[-1] != len(model.weights):
        return np.zeros(len(texts), dtype=bool)
    known = np.array([len(text) >= SHORTEST and not has_han(text) for text in texts], dtype=bool)
    ordered: NDArray[np.bool_] = known & (vectors @ model.weights + model.bias > 0)
    return ordered


def sounds_like_an_order(library: Library, passage: StoredPassage, text: str) -> bool:
    """Say whether a text of a passage sounds like an order; those of the primer are our own."""
    if is_ours(passage) or library.embedder.name not in _models():
        return False
    vectors = library.sentence_vectors([text])
    return bool(sound_like_orders(library.embedder, [text], vectors)[0])


def is_ours(passage: StoredPassage) -> bool:
    """Say whether refdesk wrote a passage: its notes speak *of* orders to models."""
    return passage.url.startswith(PRIMER)


@cache
def _models() -> dict[str, Logistic]:
    orders = table("orders")
    return {orders["model"]: Logistic(np.array(orders["weights"]), float(orders["bias"]))}
