"""How near a question is to those that sections of the library are known to answer."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.search.dense import Vectors
from index.search.texts import Texts
from index.store.values import StoredPassage
from ingest.primer_questions import questions, questions_of_note


def nearness(
    library: Texts,
    passages: Sequence[StoredPassage],
    queries: NDArray[np.float32],
    lang: str,
) -> NDArray[np.float64]:
    """Return the cosine of each query to the nearest known question of each passage's section.

    Args:
        library: what the passages are of; its model made the queries.
        passages: one of each section.
        queries: vectors, shape (queries, dimension).
        lang: the language of the queries.

    Returns:
        Shape (passages, queries); -1 where no question of a section is known.
    """
    near = np.full((len(passages), len(queries)), -1.0)
    for row, passage in enumerate(passages):
        if known := questions(passage.url, passage.heading, lang):
            near[row] = (library.sentence_vectors(known) @ queries.T).max(axis=0)
    return near


def nearness_of_documents(
    library: Texts, urls: Sequence[str], query: Vectors, lang: str
) -> dict[str, float]:
    """Return the cosine of a query to the nearest known question of each document, or -1."""
    known = {url: questions_of_note(url, lang) for url in urls}
    return {
        url: float((library.sentence_vectors(asked) @ query).max()) if asked else -1.0
        for url, asked in known.items()
    }
