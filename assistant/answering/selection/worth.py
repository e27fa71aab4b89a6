"""What a unit is worth in an answer, and which documents are about what is asked."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.answering.evidence import Evidence
from assistant.answering.fitted import table
from assistant.answering.selection.sections import Section, Unit

_FITTED = table("plan")


@dataclass(frozen=True, slots=True)
class Subject:
    """The addresses of the documents that are about what is asked.

    That is one, also of a comparison where one is about all its sides (``whole``), else one for
    each side where each has a document of its own.
    """

    urls: tuple[str, ...]
    whole: bool = False


def targets_of(evidence: Evidence) -> range:
    """Return which queries have to be answered: the sides and parts, of one part all."""
    return range(int(len(evidence.question.parts) > 1), len(evidence.queries))


def chance_of(section: Section, unit: Unit, targets: Sequence[int], subject: Subject) -> float:
    """Return how likely a unit answers any of the queries.

    Where one document is about all sides, others are to answer the question: what speaks of one
    side alone may speak of another thing of that name.
    """
    if subject.whole and section.url not in subject.urls:
        return float(unit.chances[0])
    return max(float(unit.chances[target]) for target in targets)


def worth_of(
    evidence: Evidence,
    section: Section,
    unit: Unit,
    place: int,
    subject: Subject,
    least: float,
) -> float:
    """Return what a unit is worth; ``least`` is its chance from which it may open the answer."""
    chance = chance_of(section, unit, targets_of(evidence), subject)
    opens = section.opens and section.url in subject.urls and not place and chance >= least
    opening = _FITTED["opening"] if opens and evidence.question.scope != "narrow" else 0.0
    contrast = _FITTED["contrast"] if _contrasts(evidence, unit) else 0.0
    return chance + opening + contrast


def _contrasts(evidence: Evidence, unit: Unit) -> bool:
    """Say whether a unit, under its headings, speaks of every side of a comparison."""
    sides = evidence.wanted[1 : 1 + len(evidence.question.sides)]
    if len(sides) < 2:
        return False
    lines = [evidence.lines[row] for row in unit.rows]
    said = evidence.above[lines[0].hit.passage.key].union(*(line.terms for line in lines))
    return all(evidence.recall(side, said) >= _FITTED["mentions"] for side in sides)


def subject_of(evidence: Evidence, candidates: Sequence[Section]) -> Subject:
    """Find the documents that are about what is asked, by the openings of those found."""
    sides = slice(1, 1 + len(evidence.question.sides))
    chances: dict[str, NDArray[np.float64]] = {}
    for section in candidates if len(evidence.question.sides) > 1 else ():
        if section.opens:
            own = np.max([unit.chances[sides] for unit in section.units], axis=0)
            chances[section.url] = np.maximum(own, chances.get(section.url, own))
    lead = (evidence.lead,) if evidence.lead else ()
    if not chances:
        return Subject(lead)
    likeliest = max(chances, key=lambda url: float(chances[url].min()))
    if chances[likeliest].min() >= _FITTED["about_all"]:
        return Subject((likeliest,), whole=True)
    by_side = np.array(list(chances.values())).T
    for side, about in zip(by_side, evidence.about[sides], strict=True):
        side *= [about.get(url, 0.0) >= _FITTED["is_about"] for url in chances]
    best = (int(side.argmax()) for side in by_side if side.max() >= _FITTED["about_side"])
    own_of_each = tuple(dict.fromkeys(list(chances)[place] for place in best))
    return Subject(own_of_each if len(own_of_each) > 1 else lead)
