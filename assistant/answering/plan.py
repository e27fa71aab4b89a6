"""What an answer says and in which order: groups of units, chosen for every part of a question.

The one selection there is: the extract shows it, the model reads it, and what is quoted after the
model's words comes from it. How long an answer is stands here and nowhere else.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.citation import curated_twin
from assistant.answering.evidence import Evidence, Line
from assistant.answering.sections import Section, Unit

WORDS = {"narrow": 120, "plain": 280, "wide": 360}
"""How many words an answer has at most, by the scope of its question."""
_WORDS_PER_PART = 40  # more, for every part after the first
_MOST_WORDS = 420

_LEAST = 0.3  # worth of a unit from which it is shown
_RELATIVE = {"narrow": 0.65, "plain": 0.4, "wide": 0.4}  # and its share of the best one's
_READ_WITH = 0.15  # worth of what is shown only since it stands beside what is
_RUN = 130  # words of units that are read together, at most
_GO_ON = 0.1  # what a unit loses in a section of which enough is shown
_OPENING = 0.2  # what it gains by saying what the subject of an explanation is
_ELSEWHERE = 0.25  # what it loses in another document than the one that is about it
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

    Each part and side of the question has its best unit; then come the likeliest units, until
    nothing likely is left or the answer is full. A unit comes with those around it in its section,
    as far as they may belong to it: single sentences explain little. What is chosen of a section
    stays in its order; a document that answers first comes first.
    """
    question = evidence.question
    extra = _WORDS_PER_PART * (max(len(question.parts), 1) - 1)
    words = most_words or min(WORDS[question.scope] + extra, _MOST_WORDS)
    choice = _Choice(evidence, found, words)
    for target in _targets(evidence):
        best = max(
            choice.places,
            key=lambda at: _chance(found[at[0]].units[at[1]], [target]),
            default=None,
        )
        if best is not None and choice.fits(best):
            choice.take(best)
    least = max(_LEAST, _RELATIVE[question.scope] * max(choice.worth.values(), default=0.0))
    while True:
        best = max(filter(choice.fits, choice.places), key=choice.value, default=None)
        if best is None or choice.value(best) < least:
            return _ordered(evidence, found, choice)
        choice.take(best)


Place = tuple[int, int]
"""A section by its number, and the number of a unit in it."""


class _Choice:
    """What is chosen so far, and how many words are left."""

    def __init__(self, evidence: Evidence, found: Sequence[Section], words: int) -> None:
        self._evidence = evidence
        self._found = found
        self._left = words
        self.chosen: set[Place] = set()
        self.worth = {
            (number, place): _worth(evidence, section, section.units[place], place)
            for number, section in enumerate(found)
            for place in range(len(section.units))
        }
        self.places = list(self.worth)

    def value(self, at: Place) -> float:
        """Return what a unit is worth now."""
        begun = any(number == at[0] for number, _ in self.chosen)
        return self.worth[at] - (_GO_ON if begun else 0.0)

    def fits(self, at: Place) -> bool:
        """Say whether a unit is new and there is room for it."""
        unit = self._unit(at)
        room = unit.words <= self._left or not self.chosen
        return at not in self.chosen and room and not self._is_said(unit)

    def take(self, at: Place) -> None:
        """Choose a unit and what is read with it."""
        number, first = at
        last = first
        self._add(at)
        while True:
            run = sum(self._unit((number, place)).words for place in range(first, last + 1))
            beside = [
                place
                for place in ((number, first - 1), (number, last + 1))
                if place in self.worth and self._is_read_with(place, run)
            ]
            if not beside:
                return
            best = max(beside, key=self.worth.__getitem__)
            self._add(best)
            first, last = min(first, best[1]), max(last, best[1])

    def _is_read_with(self, at: Place, run: int) -> bool:
        unit = self._unit(at)
        if at in self.chosen:
            return True
        room = unit.words <= min(self._left, _RUN - run)
        return room and (unit.item or self.worth[at] >= _READ_WITH)

    def _add(self, at: Place) -> None:
        if at not in self.chosen:
            self.chosen.add(at)
            self._left -= self._unit(at).words

    def _unit(self, at: Place) -> Unit:
        return self._found[at[0]].units[at[1]]

    def _is_said(self, unit: Unit) -> bool:
        """Say whether a unit says again what is shown already."""
        shown = [row for at in sorted(self.chosen) for row in self._unit(at).rows]
        own = [row for row in unit.rows if not self._evidence.lines[row].piece.block]
        if not shown or not own:
            return False
        alike = self._evidence.vectors[own] @ self._evidence.vectors[shown].T
        return bool((alike.max(axis=1) >= _SAME).all())


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


def _ordered(evidence: Evidence, found: Sequence[Section], choice: _Choice) -> Plan:
    """Return the groups: documents and, for a fact, sections by their best unit, else in order."""
    kept = []
    for number, section in enumerate(found):
        places = sorted(place for at, place in choice.chosen if at == number)
        if places:
            best = max(choice.worth[number, place] for place in places)
            kept.append((section, places, best))
    documents: dict[str, float] = {}
    for section, _, best in kept:
        documents[section.url] = max(best, documents.get(section.url, 0.0))
    narrow = evidence.question.scope == "narrow"
    kept.sort(
        key=lambda group: (
            -documents[group[0].url],
            -group[2] if narrow else 0.0,
            group[0].start,
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
