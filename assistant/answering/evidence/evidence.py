"""The values of evidence: what was found for a question, and its sentences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assistant.answering.evidence.pieces import Piece
from assistant.answering.question import Question
from index.search.dense import Vectors
from index.search.library import Hit

_FEWEST_TERMS = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a passage found.

    ``terms`` are its content terms, ``score`` (0 to 1) says how likely it belongs to the answer.
    """

    hit: Hit
    piece: Piece
    terms: frozenset[str]
    score: float

    @property
    def text(self) -> str:
        """The line as it reads."""
        return self.piece.text

    @property
    def whole(self) -> bool:
        """Whether it says something and can be shown as it stands."""
        return self.piece.whole and len(self.terms) >= _FEWEST_TERMS


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found for a question: hits, their sentences in reading order, and vectors.

    ``queries`` are what was searched for: the question, each side of a comparison, each part;
    ``query_vectors`` are their vectors, shape (queries, dimension);
    ``chances`` say of each line how likely it answers each of them, shape (queries, lines).
    ``vectors`` has one row a line, shape (len(lines), dimension); ``idf`` covers all terms met;
    ``asked`` are the question's terms, ``absent`` those of them that stand in no passage of the
    library; ``understood`` says
    that the embedding model knows the question's language, so that cosines count; ``signals`` are
    what `relevance` judged by, shape (queries, lines, 9); ``above`` holds the terms of each
    passage's title and headings; ``about`` says of each query how likely each document found is
    about it, ``lead`` is the one that is about the question, if any is; ``wanted`` are the content
    terms of each query, ``near`` the cosine of each line to each, shape (queries, lines),
    ``cosines`` that of the nearest sentence or passage, ``asked_before`` of the nearest question
    that a section here is known to answer, or of what no question is known of, ``unasked`` whether
    it is the latter; ``across`` says that it was looked for in documents alone that speak another
    language than the question; ``informs`` says of each line whether it tells something;
    ``naming_most`` are the documents that mention most of the names in a question for a fact.
    """

    question: Question
    hits: tuple[Hit, ...]
    lines: tuple[Line, ...]
    vectors: Vectors
    idf: dict[str, float]
    asked: frozenset[str]
    understood: bool = True
    signals: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 0, 0)))
    above: dict[str, frozenset[str]] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    queries: tuple[str, ...] = ()
    query_vectors: Vectors = field(default_factory=lambda: np.empty((0, 0), dtype=np.float32))
    chances: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 0)))
    lead: str | None = None
    about: tuple[dict[str, float], ...] = ()
    wanted: tuple[frozenset[str], ...] = ()
    near: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 0)))
    cosines: tuple[float, ...] = ()
    asked_before: tuple[float, ...] = ()
    unasked: tuple[bool, ...] = ()
    across: bool = False
    informs: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, dtype=bool))
    naming_most: frozenset[str] = frozenset()

    def recall(self, wanted: frozenset[str], present: frozenset[str]) -> float:
        """Return the share of ``wanted`` terms that are ``present``, rare terms weighing more."""
        total = sum(self.idf.get(term, 0.0) for term in wanted)
        return sum(self.idf.get(t, 0.0) for t in wanted & present) / total if total else 0.0


def windows(evidence: Evidence) -> Iterator[frozenset[str]]:
    """Yield the terms of each line with its neighbours, and of the headings they stand under."""
    for row in range(len(evidence.lines)):
        near = [
            other
            for other in range(max(0, row - 1), min(row + 2, len(evidence.lines)))
            if _same_passage(evidence, row, other)
        ]
        above = evidence.above[evidence.lines[row].hit.passage.key]
        yield above.union(*(evidence.lines[other].terms for other in near))


def _same_passage(evidence: Evidence, one: int, other: int) -> bool:
    return evidence.lines[one].hit.passage.key == evidence.lines[other].hit.passage.key


def rows_of(evidence: Evidence, chosen: Sequence[Line]) -> list[int]:
    """Return the rows of chosen lines in ``evidence.vectors``."""
    place = {id(line): row for row, line in enumerate(evidence.lines)}
    return [place[id(line)] for line in chosen]
