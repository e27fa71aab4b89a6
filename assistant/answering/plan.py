"""What an answer says and in which order: groups of units, chosen for every part of a question.

The one selection there is: the extract shows it, the model reads it, and what is quoted after the
model's words comes from it. How long an answer is stands here and nowhere else.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.citation import curated_twin
from assistant.answering.evidence import Evidence, Line
from assistant.answering.sections import Section, Unit

WORDS = {"narrow": 120, "plain": 220, "wide": 300}
"""How many words an answer has at most, by the scope of its question."""
_WORDS_PER_PART = 40  # more, for every part after the first
_MOST_WORDS = 380

_LEAST = 0.3  # chance of a unit from which it is shown
_RELATIVE = {"narrow": 0.65, "plain": 0.4, "wide": 0.35}  # and its share of the best one's
_BESIDE = 0.15  # what it adds to a unit's chance to stand next to one that is shown
_IN_LIST = 0.35  # and to go on with a list that is begun
_OPENING = 0.2  # and to say what the subject of an explanation is
_ELSEWHERE = 0.12  # what a unit loses in another document than the one that is about it
_SAME = 0.9  # cosine of two sentences that say the same


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of one section in reading order, under the heading of the source."""

    title: str
    url: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What an answer is made of, in order."""

    groups: tuple[Group, ...]

    @property
    def lines(self) -> list[Line]:
        """All lines, in order."""
        return [line for group in self.groups for line in group.lines]


def plan(evidence: Evidence, found: Sequence[Section], most_words: int | None = None) -> Plan:
    """Choose what answers a question, at most ``most_words`` of it, and put it in order.

    Each part and side of the question has its best unit; then come the likeliest units, those next
    to one that is chosen before others, until nothing likely is left or the answer is full. What
    is chosen of a section stays in its order; a document that answers first comes first.
    """
    question = evidence.question
    extra = _WORDS_PER_PART * (max(len(question.parts), 1) - 1)
    words = most_words or min(WORDS[question.scope] + extra, _MOST_WORDS)
    every = [(section, place) for section in found for place in range(len(section.units))]
    chosen: dict[tuple[int, int], float] = {}
    left = words
    worth = {
        (id(section), place): _worth(evidence, section, section.units[place], place)
        for section, place in every
    }
    top = max(worth.values(), default=0.0)

    def take(section: Section, place: int) -> None:
        nonlocal left
        chosen[id(section), place] = worth[id(section), place]
        left -= section.units[place].words

    def fits(section: Section, place: int) -> bool:
        unit = section.units[place]
        new = (id(section), place) not in chosen
        room = unit.words <= left or not chosen
        return new and room and not _said(evidence, unit, _rows(found, chosen))

    for target in _targets(evidence):
        best = max(every, key=lambda at: _chance(at[0].units[at[1]], [target]), default=None)
        if best is not None and fits(*best):
            take(*best)
    while True:
        open_ = [
            (worth[id(section), place] + _beside(section, place, chosen), section, place)
            for section, place in every
            if fits(section, place)
        ]
        value, section, place = max(open_, key=lambda each: each[0], default=(0.0, None, 0))
        if section is None or value < max(_LEAST, _RELATIVE[question.scope] * top):
            break
        take(section, place)
    return _ordered(evidence, found, chosen)


def led_by(planned: Plan, line: Line) -> Plan:
    """Return a plan that begins with the group a line stands in."""
    first = [group for group in planned.groups if line in group.lines]
    return Plan((*first, *(group for group in planned.groups if group not in first)))


def _targets(evidence: Evidence) -> range:
    """Return which queries have to be answered: the parts, else the question and its sides."""
    sides = len(evidence.question.sides)
    several = len(evidence.question.parts) > 1
    return range(1 + sides if several else 0, len(evidence.queries))


def _chance(unit: Unit, targets: Sequence[int]) -> float:
    return max(float(unit.chances[target]) for target in targets)


def _worth(evidence: Evidence, section: Section, unit: Unit, place: int) -> float:
    opens = section.opens and section.url == evidence.lead and not place
    opening = _OPENING if opens and evidence.question.scope != "narrow" else 0.0
    elsewhere = _ELSEWHERE if evidence.lead not in (None, section.url) else 0.0
    return _chance(unit, _targets(evidence)) + opening - elsewhere


def _beside(section: Section, place: int, chosen: dict[tuple[int, int], float]) -> float:
    """Return what a unit gains by its neighbours: what coheres stays together, lists above all."""
    if section.units[place].item and (id(section), place - 1) in chosen:
        return _IN_LIST
    near = any((id(section), other) in chosen for other in (place - 1, place + 1))
    return _BESIDE if near else 0.0


def _rows(found: Sequence[Section], chosen: dict[tuple[int, int], float]) -> list[int]:
    return [
        row
        for section in found
        for place, unit in enumerate(section.units)
        if (id(section), place) in chosen
        for row in unit.rows
    ]


def _said(evidence: Evidence, unit: Unit, shown: Sequence[int]) -> bool:
    """Say whether a unit says again what is shown already."""
    if not shown:
        return False
    own = [row for row in unit.rows if not evidence.lines[row].piece.block]
    alike = evidence.vectors[own] @ evidence.vectors[list(shown)].T
    return bool(own) and bool((alike.max(axis=1) >= _SAME).all())


def _ordered(
    evidence: Evidence, found: Sequence[Section], chosen: dict[tuple[int, int], float]
) -> Plan:
    """Return the groups: documents and, for a fact, sections by their best unit, else in order."""
    kept = []
    for section in found:
        places = [at for at in range(len(section.units)) if (id(section), at) in chosen]
        if places:
            best = max(chosen[id(section), at] for at in places)
            kept.append((section, places, best))
    documents: dict[str, float] = {}
    for section, _, best in kept:
        documents[section.url] = max(best, documents.get(section.url, 0.0))
    narrow = evidence.question.scope == "narrow"
    kept.sort(
        key=lambda each: (
            -documents[each[0].url],
            -each[2] if narrow else 0.0,
            each[0].start,
        )
    )
    return Plan(tuple(_group(evidence, section, places) for section, places, _ in kept))


def _group(evidence: Evidence, section: Section, places: Sequence[int]) -> Group:
    own = section.heading[-1] if section.heading else ""
    title = "" if own == section.title or section.opens else own
    rows = [row for place in places for row in section.units[place].rows]
    lines = [evidence.lines[row] for row in rows]
    said = [line if line.piece.block else curated_twin(evidence, line) for line in lines]
    return Group(title, section.url, tuple(said))
