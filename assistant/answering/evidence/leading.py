"""Which of the documents found is about what is asked: it leads the answer and is read whole."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.answering.evidence.known_questions import nearness_of_documents
from assistant.answering.evidence.learned_sections import below_nearest, of_note
from assistant.answering.fitted import logistic, table
from index.search.dense import Vectors
from index.search.library import Hit, Library

SIGNALS = ("share", "rank", "known", "learned")
"""What tells whether a document is the one: its share of what the hits score; one over the place of
its first; how much nearer than the next its headings and known questions are to what is asked,
0 for the nearest; how far it is below the nearest note by what is learnt of their questions."""


def chances_of(
    library: Library, hits: Sequence[Hit], query: Vectors, lang: str
) -> dict[str, float]:
    """Return how likely each document is the one, by address, in the order found.

    Args:
        library: where the hits were found; its model made the query's vector.
        hits: what was found, the best first.
        query: the question's vector, shape (dimension,).
        lang: the question's language.
    """
    if not hits:
        return {}
    urls = dict.fromkeys(hit.passage.url for hit in hits)
    understood = lang == "en" or library.embedder.multilingual
    model = logistic("lead", SIGNALS, understood=understood)
    chances = model.chances(signals(library, hits, query, lang))
    return dict(zip(urls, map(float, chances), strict=True))


def lead_of(chances: Mapping[str, float]) -> str | None:
    """Return the address of the document that is about what is asked, or None."""
    best = max(chances, key=chances.__getitem__, default=None)
    return best if best is not None and chances[best] >= table("lead")["leads"] else None


def signals(
    library: Library, hits: Sequence[Hit], query: Vectors, lang: str
) -> NDArray[np.float64]:
    """Return the signals of each document in the order found, shape (documents, 4)."""
    total = sum(hit.score for hit in hits) or 1.0
    share: dict[str, float] = {}
    first: dict[str, int] = {}
    for place, hit in enumerate(hits, 1):
        share[hit.passage.url] = share.get(hit.passage.url, 0.0) + hit.score / total
        first.setdefault(hit.passage.url, place)
    names = [(hit.passage.heading or (hit.passage.title,))[-1] for hit in hits]
    headings = library.sentence_vectors(names) @ query
    near = nearness_of_documents(library, list(share), query, lang)
    for hit, heading in zip(hits, headings, strict=True):
        near[hit.passage.url] = max(near[hit.passage.url], float(heading))
    nearest = max(near.values())
    learned = below_nearest(library, query[np.newaxis])
    return np.array(
        [[share[url], 1 / first[url], near[url] - nearest, of_note(learned, url)] for url in share]
    )
