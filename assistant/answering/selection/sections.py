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
from assistant.answering.evidence.known_questions import nearness
from assistant.answering.evidence.learned_sections import below_nearest, of_section
from assistant.answering.fitted import logistic, table
from assistant.answering.question import wants_title
from assistant.answering.selection.needs import needs, understandable
from index.search.library import Library
from index.store.values import StoredPassage
from ingest.text.scripts import is_chinese, letters

_LONGEST_TABLE = 1500  # characters
_LONGEST_CODE = 1200
_RUNNING = ("prose", "continued")  # text, in which a sentence may lean on the one before
_LONGEST_LIST = 60  # words, of one unit
_NEAR_TOP = 400  # characters

SIGNALS = ("best", "cosine", "chance", "heading", "place", "words", "asked", "about", "learned")
"""What tells whether a unit answers a query: the best chance of a line in its section; its cosine,
below the best one; its own chance; the cosine of the section's heading; its place in the section,
0 to 1; the share of the query's words in it; the share of its section in what is asked, by the
questions that the section is known to answer (`ingest.primer_questions`); how likely its document
is about the question; how far its section is below the nearest of the primer's, by what is learnt
of their questions."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Rows of the evidence that are shown together.

    ``words``: how many they have; ``chances``: how likely they answer each query, shape
    (queries,), 0.5 being as often as not, had there been as many of the one as of the other.
    ``item``: it begins with an item of a list that the unit before announces or began; ``begins``:
    it begins a paragraph; ``needs``: places in its section of the units it is understood with.
    """

    rows: tuple[int, ...]
    words: int
    chances: NDArray[np.float64]
    item: bool = False
    begins: bool = True
    needs: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Section:
    """What was read of one section of a document, in reading order.

    ``opens``: it stands before the document's first own heading, where a note says what its subject
    is. ``asked``: its share in what is asked, of all sections found.
    """

    url: str
    title: str
    heading: tuple[str, ...]
    start: int
    units: tuple[Unit, ...]
    opens: bool
    asked: float


def sections(library: Library, evidence: Evidence) -> list[Section]:
    """Return the sections of the evidence that hold something to show, in reading order."""
    parts = units_of(evidence)
    candidates = []
    measured = signals(library, evidence, parts)
    model = logistic("units", SIGNALS, understood=evidence.understood)
    for units, own_signals in zip(parts, measured, strict=True):
        chances = model.chances(own_signals)
        passage = evidence.lines[units[0][0]].hit.passage
        scored = [
            Unit(
                tuple(rows),
                sum(count_words(evidence.lines[row].text) for row in rows),
                own,
                evidence.lines[rows[0]].piece.item,
                _begins(evidence, rows[0]),
                needed,
            )
            for rows, own, needed in zip(units, chances, needs(evidence, units), strict=True)
        ]
        opens = len(passage.heading) <= 1 and passage.start < _NEAR_TOP
        candidates.append(
            Section(passage.url, passage.title, passage.heading, passage.start, tuple(scored),
                    opens, float(own_signals[0, 0, SIGNALS.index("asked")]))
        )  # fmt: skip
    return _in_its_language(evidence, candidates)


def _in_its_language(evidence: Evidence, found: list[Section]) -> list[Section]:
    """Leave out Chinese sections where it is not asked in Chinese and others were found."""
    if evidence.question.lang == "zh":
        return found
    own = [section for section in found
           if not is_chinese(evidence.lines[section.units[0].rows[0]].text)]  # fmt: skip
    return own or found


def units_of(evidence: Evidence) -> list[list[list[int]]]:
    """Return, section by section, the rows of every unit that can be shown."""
    grouped: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for row, line in enumerate(evidence.lines):
        passage = line.hit.passage
        grouped.setdefault((passage.url, passage.heading), []).append(row)
    parts = [understandable(evidence, list(_telling(evidence, rows))) for rows in grouped.values()]
    return [units for units in parts if units]


def signals(
    library: Library, evidence: Evidence, parts: Sequence[Sequence[Sequence[int]]]
) -> list[NDArray[np.float64]]:
    """Return the signals of the units of each section, each of shape (units, queries, 9)."""
    if not parts:
        return []
    abouts = evidence.about or ({},) * len(evidence.queries)
    passages = [evidence.lines[units[0][0]].hit.passage for units in parts]
    names = [(passage.heading or (passage.title,))[-1] for passage in passages]
    queries = evidence.query_vectors
    headings = library.sentence_vectors(names) @ queries.T
    asked = _asked(library, evidence, passages, headings)
    learned = below_nearest(library, queries)
    top = evidence.near.max(axis=1)
    by_section = []
    for units, passage, heading, share in zip(parts, passages, headings, asked, strict=True):
        every = [row for rows in units for row in rows]
        best = evidence.chances[:, every].max(axis=1)
        last = max(len(units) - 1, 1)
        below = np.broadcast_to(of_section(learned, passage.url, passage.heading), len(queries))
        by_section.append(
            np.stack(
                [
                    np.stack(
                        [
                            best,
                            evidence.near[:, rows].max(axis=1) - top,
                            evidence.chances[:, rows].max(axis=1),
                            heading,
                            np.full(len(queries), place / last),
                            evidence.signals[:, rows, 1].max(axis=1),
                            share,
                            [about.get(passage.url, 0.0) for about in abouts],
                            below,
                        ],
                        axis=1,
                    )
                    for place, rows in enumerate(map(list, units))
                ]
            )
        )
    return by_section


def _asked(
    library: Library,
    evidence: Evidence,
    passages: Sequence[StoredPassage],
    headings: NDArray[np.float32],
) -> NDArray[np.float64]:
    """Return the share of each section in what each query asks, shape (sections, queries).

    A section is as near as the nearest of its heading and the questions that it answers.
    """
    known = nearness(library, passages, evidence.query_vectors, evidence.question.lang)
    near = np.maximum(headings.astype(np.float64), known)
    shares: NDArray[np.float64] = np.exp(table("units")["peaked"] * (near - near.max(axis=0)))
    whole: NDArray[np.float64] = shares.sum(axis=0)
    return shares / whole


def _telling(evidence: Evidence, rows: Sequence[int]) -> Iterator[list[int]]:
    """Yield the units of neighbouring rows that tell something, or any where a title is wanted."""
    titles = wants_title(evidence.question.text)
    for unit in _units(evidence, rows):
        if titles or evidence.informs[unit].any():
            yield unit


def _units(evidence: Evidence, rows: Sequence[int]) -> Iterator[list[int]]:
    """Yield the units of neighbouring rows: what is understood only together is one unit."""
    titles = wants_title(evidence.question.text)
    held: list[int] = []
    long_list = _long_list(evidence, rows)
    cut = False
    for place, row in enumerate(rows):
        line = evidence.lines[row]
        cut = line.piece.form in _RUNNING and (
            not _shown(line, titles=titles) or (cut and line.piece.refers_back)
        )
        if cut or not _shown(line, titles=titles):
            continue
        before = evidence.lines[held[-1]] if held else None
        next_item = long_list and line.piece.form == "item" and before and before.piece.item
        if before is not None and not next_item and _belongs(line, before, evidence.lines[held[0]]):
            held.append(row)
            continue
        if held:
            yield held
        held = [] if _alone(line, evidence, rows[place + 1 :]) else [row]
    if held:
        yield held


def _begins(evidence: Evidence, row: int) -> bool:
    """Say whether a line is the first of its paragraph."""
    line, before = evidence.lines[row], evidence.lines[row - 1]
    if not row or before.hit.passage.key != line.hit.passage.key:
        return True
    between = line.hit.passage.text[before.piece.end : line.piece.start]
    return between.count("\n") > 1


def _long_list(evidence: Evidence, rows: Sequence[int]) -> bool:
    """Say whether the items of a section are too many to be shown all or not at all."""
    items = [evidence.lines[row].text for row in rows if evidence.lines[row].piece.item]
    return sum(map(count_words, items)) > _LONGEST_LIST


def _shown(line: Line, *, titles: bool) -> bool:
    """Say whether a line can be shown at all."""
    piece = line.piece
    if piece.form in ("row", "heading"):
        return piece.form == "heading" and titles and piece.whole
    if piece.block:
        longest = {"code": _LONGEST_CODE, "table": _LONGEST_TABLE}.get(piece.form, _LONGEST_CODE)
        return len(piece.text) <= longest
    return (piece.leads or (piece.whole and not piece.points_away)) and bool(line.terms)


def _belongs(line: Line, before: Line, first: Line) -> bool:
    """Say whether a line is understood only with the one before it in its section."""
    if line.piece.block:
        if line.piece.form == before.piece.form == "formula":
            return True
        return before.piece.ends_in_colon or (before.piece.leads and not before.piece.item)
    if line.piece.item:
        return before.piece.item or before.piece.leads
    if before.piece.form == "formula":
        return not line.piece.title
    if before.piece.form == "table" and line.piece.of_table:
        return True
    return line.piece.refers_back and not first.piece.item


def _alone(line: Line, evidence: Evidence, after: Sequence[int]) -> bool:
    """Say whether a line says nothing by itself: a block nobody announces, an announcement."""
    if line.piece.block:
        return line.piece.form != "table"
    return line.piece.leads and not after


def count_words(text: str) -> int:
    """Return how many words a text has; a Chinese character counts for half a word."""
    return len(text.split()) + letters(text).han // 2
