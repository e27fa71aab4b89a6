"""Sentences that sound like orders to the model that reads them or to its user.

A logistic model over the sentence's vector and what is seen of it (`order_signs`), beside the
patterns of `injection`, which know forms of address and every language. Fitted by
`python -m tests.benchmarks.fit_orders` on wordings of our own and the sentences of a library, for
the embedding models that ship: with another one, or in a language that the model does not know,
nothing is found here.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from assistant.answering.evidence.order_signs import PLACES, SIGNS, order_signs, word_places
from assistant.answering.fitted import Logistic, table
from index.models.embedder import Embedder
from index.search.dense import Vectors
from index.search.library import Library
from index.store.values import StoredPassage
from ingest.shipped import shipped
from ingest.text.scripts import has_han
from ingest.values import PRIMER

SHORTEST = 25
"""Characters below which a sentence is too short to say what it is."""
SHORTEST_HAN = 10
"""The same of a sentence with Chinese characters."""


def sound_like_orders(
    embedder: Embedder, texts: Sequence[str], vectors: Vectors
) -> NDArray[np.bool_]:
    """Say for each text, by its vector of this embedding model, whether it sounds like an order."""
    ordered = np.zeros(len(texts), dtype=bool)
    model = _models().get(embedder.name)
    size = vectors.shape[-1]
    if model is None or size + SIGNS + PLACES != len(model.weights):
        return ordered
    near = vectors @ model.weights[:size] + model.bias
    # Signs are only looked for where the vector leaves the matter open: they cost more than it.
    least = table("orders")["least"][embedder.name]
    open_rows = np.flatnonzero(near > least).tolist()
    rows = [row for row in open_rows if can_be_judged(embedder, texts[row])]
    if rows:
        judged = [texts[row] for row in rows]
        signs = order_signs(judged) @ model.weights[size : size + SIGNS]
        words = [model.weights[-PLACES:][list(word_places(text))].sum() for text in judged]
        ordered[rows] = near[rows] + signs + words > 0
    return ordered


def can_be_judged(embedder: Embedder, text: str) -> bool:
    """Say whether a text is long enough and in a language that the embedding model knows."""
    if has_han(text):
        return embedder.multilingual and len(text) >= SHORTEST_HAN
    return len(text) >= SHORTEST


def sounds_like_an_order(library: Library, passage: StoredPassage, text: str) -> bool:
    """Say whether a text of a passage sounds like an order; those of the primer are our own."""
    asked = library.asked_in("zh") if has_han(text) else library
    if is_ours(passage) or asked.embedder.name not in _models():
        return False
    vectors = asked.sentence_vectors([text])
    return bool(sound_like_orders(asked.embedder, [text], vectors)[0])


def is_ours(passage: StoredPassage) -> bool:
    """Say whether refdesk wrote a passage: its notes speak *of* orders to models."""
    return passage.url.startswith(PRIMER)


@cache
def _models() -> dict[str, Logistic]:
    """Return the models by the embedding model that they are for."""
    rows = {
        name: np.load(shipped("orders") / f"{name}.npy", allow_pickle=False).astype(np.float64)
        for name in table("orders")["least"]
    }
    return {name: Logistic(row[:-1], float(row[-1])) for name, row in rows.items()}
