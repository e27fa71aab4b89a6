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
from ingest.errors import UsageError
from ingest.primer_questions import known_sections
from ingest.shipped import shipped

Below = Mapping[str, Mapping[str, NDArray[np.float64]]]
"""By address and heading, how far the cosine of a section to each query is below that of the
nearest section, at most 0: shape (queries,)."""


def cosines_of(library: Texts, queries: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the cosine of each section of the primer to each query, shape (sections, queries).

    The greatest of a query says how plainly it asks for something that the primer tells. For other
    models there is no section.

    Args:
        library: its embedding model made the queries.
        queries: vectors, shape (queries, dimension).

    Raises:
        UsageError: the sections fitted are not those of the notes.
    """
    fitted = _fitted().get(library.embedder.name)
    if fitted is None or not len(queries):
        return np.empty((0, len(queries)))
    turn, sections = fitted
    if len(sections) != len(_sections()):
        raise UsageError(
            "What refdesk has learnt of the primer's questions belongs to other notes than those "
            "that are here: reinstall refdesk."
        )
    turned = queries @ turn
    turned /= np.linalg.norm(turned, axis=1, keepdims=True)
    return (sections @ turned.T).astype(np.float64)


def below_nearest(library: Texts, queries: NDArray[np.float32]) -> Below:
    """Return how near each section of the primer is to each query, as `cosines_of` takes them."""
    cosines = cosines_of(library, queries)
    if not len(cosines):
        return {}
    notes: dict[str, dict[str, NDArray[np.float64]]] = {}
    for (url, heading), below in zip(_sections(), cosines - cosines.max(axis=0), strict=True):
        notes.setdefault(url, {})[heading] = below
    return notes


def of_section(below: Below, url: str, heading: tuple[str, ...]) -> NDArray[np.float64] | float:
    """Return how far a section is below the nearest to each query.

    Of what is no section of the primer nothing is known: a number of its own stands for it.
    """
    return below.get(url, {}).get(heading[-1] if heading else "", _unknown())


def of_note(below: Below, url: str) -> float:
    """Return how far the nearest section of a document is below the nearest to the first query."""
    return max((float(own[0]) for own in below.get(url, {}).values()), default=_unknown())


def likeliest_notes(below: Below) -> list[tuple[str, float]]:
    """Return for each query the likeliest note, by its address, and how likely it is."""
    if not below:
        return []
    temperature = table("learned_sections")["temperature"]
    shares = np.array(
        [np.exp(np.array(list(own.values())) / temperature).sum(axis=0) for own in below.values()]
    )
    chances = (shares / shares.sum(axis=0)).T
    return [(list(below)[own.argmax()], float(own.max())) for own in chances]


def _unknown() -> float:
    return float(table("learned_sections")["unknown"])


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
