"""Reading units: what coheres in a source stays together.

A section is what stands under one heading of a document, as far as it was read. It is made of
units, each to be shown whole or not at all: a sentence with the one it refers back to, an
introduction with its list, a formula with the sentences around it. Knows nothing of budgets.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.answering.evidence import Evidence, Line
from assistant.answering.question import wants_title
from index.search.library import Library

_LONGEST_UNIT = 130  # words
_LONGEST_TABLE = 1500  # characters
_LONGEST_CODE = 1200
_EXPLAINS_SIGNS = ("where ", "here ", "with $", "and $", "其中")


@dataclass(frozen=True, slots=True)
class Unit:
    """Rows of the evidence that are shown together, and how many words they have."""

    rows: tuple[int, ...]
    words: int


@dataclass(frozen=True, slots=True)
class Section:
    """What was read of one section of a document, in reading order.

    ``scores`` says how well it answers each query, shape (queries,). ``opens``: it stands before
    the document's first own heading, where a note says what its subject is.
    """

    url: str
    title: str
    heading: tuple[str, ...]
    start: int
    units: tuple[Unit, ...]
    scores: NDArray[np.float64]
    opens: bool

    @property
    def words(self) -> int:
        """How many words it has."""
        return sum(unit.words for unit in self.units)


def sections(library: Library, evidence: Evidence) -> list[Section]:
    """Return the sections of the evidence that hold something to show, scored, in reading order."""
    grouped: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for row, line in enumerate(evidence.lines):
        passage = line.hit.passage
        grouped.setdefault((passage.url, passage.heading), []).append(row)
    parts = [(rows, list(_units(evidence, rows))) for rows in grouped.values()]
    parts = [(rows, units) for rows, units in parts if units]
    scores = _scores(library, evidence, [rows for rows, _ in parts])
    found = []
    for (rows, units), score in zip(parts, scores, strict=True):
        passage = evidence.lines[rows[0]].hit.passage
        opens = len(passage.heading) <= 1 and passage.start < _NEAR_TOP
        found.append(
            Section(passage.url, passage.title, passage.heading, passage.start, tuple(units),
                    score, opens)
        )  # fmt: skip
    return found


_NEAR_TOP = 400  # characters
# What each sign of a section weighs: the score of its best passage, its likeness to the query, that
# of its heading, its best sentence, the query's words in it.
_WEIGHTS = np.array([0.8, 1.0, 1.0, 0.5, 0.4])


def _scores(
    library: Library, evidence: Evidence, parts: Sequence[Sequence[int]]
) -> list[NDArray[np.float64]]:
    """Return how well each part of the lines answers each query."""
    if not parts:
        return []
    queries = [library.embedder.embed_query(query) for query in evidence.queries]
    hits = [[evidence.lines[row].hit for row in rows] for rows in parts]
    keys = {hit.passage.key: hit.passage.number for each in hits for hit in each}
    stored = dict(zip(keys, library.vectors(list(keys.values())), strict=True))
    headings = library.sentence_vectors(
        [": ".join((each[0].passage.title, *each[0].passage.heading[-1:])) for each in hits]
    )
    understood = float(evidence.understood)
    found = []
    for rows, each, heading in zip(parts, hits, headings, strict=True):
        passages = {hit.passage.key for hit in each}
        signs = [
            [
                max(evidence.nearness[at].get(key, 0.0) for key in passages),
                understood * max(float(stored[key] @ query) for key in passages),
                understood * float(heading @ query),
                max(float(evidence.chances[at, row]) for row in rows),
                _recall(evidence, at, rows),
            ]
            for at, query in enumerate(queries)
        ]
        found.append(np.array(signs) @ _WEIGHTS)
    return found


def _recall(evidence: Evidence, query: int, rows: Sequence[int]) -> float:
    """Return the share of a query's words, rare ones weighing more, in lines and headings."""
    above = evidence.above[evidence.lines[rows[0]].hit.passage.key]
    own = above.union(*(evidence.lines[row].terms for row in rows))
    return evidence.recall(evidence.wanted[query], own)


def _units(evidence: Evidence, rows: Sequence[int]) -> Iterator[Unit]:
    """Yield the units of neighbouring rows: what is understood only together is one unit."""
    titles = wants_title(evidence.question.text)
    held: list[int] = []
    for place, row in enumerate(rows):
        line = evidence.lines[row]
        if not _shown(line, titles=titles):
            continue
        before = evidence.lines[held[-1]] if held else None
        if before is not None and _belongs(line, before, evidence.lines[held[0]]):
            held.append(row)
            continue
        if held:
            yield _unit(evidence, held)
        held = [] if _alone(line, evidence, rows[place + 1 :]) else [row]
    if held:
        yield _unit(evidence, held)


def _unit(evidence: Evidence, rows: Sequence[int]) -> Unit:
    words = sum(count_words(evidence.lines[row].text) for row in rows)
    return Unit(tuple(rows), words)


def _shown(line: Line, *, titles: bool) -> bool:
    """Say whether a line can be shown at all."""
    piece = line.piece
    if piece.form in ("row", "heading"):
        return piece.form == "heading" and titles and piece.whole
    if piece.block:
        longest = {"code": _LONGEST_CODE, "table": _LONGEST_TABLE}.get(piece.form, _LONGEST_CODE)
        return len(piece.text) <= longest
    return (piece.whole or piece.leads) and bool(line.terms)


def _belongs(line: Line, before: Line, first: Line) -> bool:
    """Say whether a line is understood only with the one before it in its section."""
    if line.piece.block:
        return before.piece.ends_in_colon or (before.piece.leads and not before.piece.item)
    if line.piece.item:
        return before.piece.item or before.piece.leads
    if before.piece.form == "formula":
        return line.text.lower().startswith(_EXPLAINS_SIGNS)
    return line.piece.refers_back and not first.piece.item


def _alone(line: Line, evidence: Evidence, after: Sequence[int]) -> bool:
    """Say whether a line says nothing by itself: a block nobody announces, an announcement."""
    if line.piece.block:
        return line.piece.form != "table"
    return line.piece.leads and not after


def count_words(text: str) -> int:
    """Return how many words a text has; a Chinese character counts for half a word."""
    wide = sum("\u3400" <= sign <= "\u9fff" for sign in text)
    return len(text.split()) + wide // 2
