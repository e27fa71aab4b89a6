"""Which section of the primer answers a question, learnt from the questions it is known to answer.

A question's vector is turned by a matrix and compared with one vector a section; both were fitted
so that the known questions of a section (`ingest.primer_questions`) find it (a proxy loss:
Movshovitz-Attias et al., arXiv 1703.07464). Fitted for the embedding models that ship
(`python -m tests.benchmarks.fit_sections`); with another one nothing is said.
"""

from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from assistant.answering.fitted import table
from index.search.texts import Texts
from ingest.primer_questions import known_sections
from ingest.shipped import shipped

Cosines = Mapping[tuple[str, str], NDArray[np.float64]]
"""The cosine of each section, by address and heading, to each query: shape (queries,)."""


def cosines_of_sections(library: Texts, queries: NDArray[np.float32]) -> Cosines:
    """Return how near each section of the primer is to each query; nothing for other models.

    Args:
        library: its embedding model made the queries.
        queries: vectors, shape (queries, dimension).
    """
    fitted = _fitted().get(library.embedder.name)
    if fitted is None or not len(queries):
        return {}
    turn, sections = fitted
    turned = queries @ turn
    turned /= np.linalg.norm(turned, axis=1, keepdims=True)
    return dict(zip(_sections(), (sections @ turned.T).astype(np.float64), strict=True))


def below_best(cosines: Cosines, url: str, heading: tuple[str, ...]) -> NDArray[np.float64] | float:
    """Return how far a section is below the nearest to each query, at most 0.

    Of what is no section of the primer nothing is known: a number of its own stands for it.
    """
    own = cosines.get((url, heading[-1] if heading else ""))
    if own is None:
        return float(table("learned_sections")["unknown"])
    below: NDArray[np.float64] = own - np.max(list(cosines.values()), axis=0)
    return below


def best_of_note(cosines: Cosines, url: str) -> float:
    """Return how far the nearest section of a document is below the nearest to the first query."""
    own = [float(cosine[0]) for (note, _), cosine in cosines.items() if note == url]
    if not own:
        return float(table("learned_sections")["unknown"])
    return max(own) - max(float(cosine[0]) for cosine in cosines.values())


def likeliest_notes(cosines: Cosines) -> list[tuple[str, float]]:
    """Return for each query the likeliest note, by its address, and how likely it is."""
    if not cosines:
        return []
    values = np.array(list(cosines.values()))
    shares = np.exp((values - values.max(axis=0)) / table("learned_sections")["temperature"])
    notes: dict[str, NDArray[np.float64]] = {}
    for (url, _), share in zip(cosines, shares / shares.sum(axis=0), strict=True):
        notes[url] = notes.get(url, 0.0) + share
    by_query = np.array(list(notes.values())).T
    return [(list(notes)[own.argmax()], float(own.max())) for own in by_query]


@cache
def _sections() -> tuple[tuple[str, str], ...]:
    return known_sections()


@cache
def _fitted() -> dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Return by embedding model the matrix, (dimension, dimension), and a row a section."""
    folder, fitted = shipped("learned-sections"), {}
    for name in table("learned_sections")["models"]:
        both = np.load(folder / f"{name}.npy", allow_pickle=False).astype(np.float32)
        fitted[name] = both[: both.shape[1]], both[both.shape[1] :]
    return fitted
