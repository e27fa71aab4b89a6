"""What an answer says and in which order: groups of units, chosen for every part of a question.

The one selection there is: the extract shows it, the model reads it, and what is quoted after the
model's words comes from it. How long an answer is stands here and nowhere else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from assistant.answering.citation import curated_twin
from assistant.answering.evidence import Evidence, Line
from assistant.answering.sections import Section, Unit, count_words

WORDS = {"narrow": 120, "plain": 280, "wide": 360}
"""How many words an answer has at most, by the scope of its question."""
_WORDS_PER_PART = 40  # more, for every part after the first
_MOST_WORDS = 420

_LEAST = 0.3  # worth of a unit from which it is shown
_RELATIVE = {"narrow": 0.65, "plain": 0.4, "wide": 0.4}  # and its share of the best one's
_SHORT = {"narrow": 0, "plain": 200, "wide": 250}
"""Words below which an answer that says what its subject is reads on in the document about it."""
_READ_ON = 0.15  # of the best one's worth, from which a unit is read on with
_READ_WITH = 0.2  # worth of what is shown only since it stands beside what is
_RUN = 130  # words of units that are read together, at most
_FIRST_WORDS = 30  # of an answer that opens with what was chosen, at least
_GO_ON = 0.1  # what a unit loses in a section of which enough is shown
_OPENING = 0.2  # what it gains by saying what the subject of an explanation is
_OPENS = 0.25  # share of the likeliest unit's chance below which that gains nothing
_ASKED = 0.5  # share in what is asked from which a section is asked for itself,
_ASKED_LITTLE = 0.2  # and of that what the opening of its document has at most
_ABOUT_SIDE = 0.8  # chance of its opening from which a document is about a side of a comparison
_ABOUT_ALL = 0.7  # the same for each side, where one document is about all of them
_CONTRAST = 0.2  # what it gains by speaking of all sides of a comparison
_MENTIONS = 0.5  # share of a side's words, rare ones weighing more, that speak of it
_SIDE = 1.5  # most of an answer that one of several such documents takes, times its equal share
_SAME = 0.9  # cosine of two sentences that say the same


@dataclass(frozen=True, slots=True)
class Group:
    """Units of one section in reading order, under the heading of the source."""

    title: str
    url: str
    units: tuple[tuple[Line, ...], ...]

    @property
    def lines(self) -> list[Line]:
        """All lines, in order."""
        return [line for unit in self.units for line in unit]


@dataclass(frozen=True, slots=True)
class Plan:
    """What an answer is made of, in order."""

    groups: tuple[Group, ...]

    @property
    def lines(self) -> list[Line]:
        """All lines, in order."""
        return [line for group in self.groups for line in group.lines]


def plan(evidence: Evidence, candidates: Sequence[Section], most_words: int | None = None) -> Plan:
    """Choose what answers a question, at most ``most_words`` of it, and put it in order.

    Each part and side of the question has its best unit; then come the likeliest units, until
    nothing likely is left or the answer is full. A unit comes with those around it in its section,
    as far as they may belong to it: single sentences explain little. What is chosen of a section
    stays in its order; a document that answers first comes first.
    """
    question = evidence.question
    extra = _WORDS_PER_PART * (max(len(question.parts), 1) - 1)
    words = most_words or min(WORDS[question.scope] + extra, _MOST_WORDS)
    choice = _Choice(evidence, candidates, words)
    for target in _targets(evidence):
        best = max(
            choice.places,
            key=lambda at: choice.chance(at, target),
            default=None,
        )
        if best is not None and choice.fits(best):
            choice.take(best)
    least = max(_LEAST, _RELATIVE[question.scope] * max(choice.worth.values(), default=0.0))
    while True:
        best = max(filter(choice.fits, choice.places), key=choice.value, default=None)
        if best is None or choice.value(best) < least:
            break
        choice.take(best)
    while words - choice.left < _SHORT[question.scope] and (beside := choice.read_on()):
        choice.take(beside)
    return _ordered(evidence, candidates, choice)


@dataclass(frozen=True, slots=True)
class _Subject:
    """The addresses of the documents that are about what is asked.

    That is one, also of a comparison where one is about all its sides (``whole``), else one for
    each side where each has a document of its own.
    """

    urls: tuple[str, ...]
    whole: bool = False


Place = tuple[int, int]
"""A section by its number, and the number of a unit in it."""


class _Choice:
    """What is chosen so far, and how many words are left."""

    def __init__(self, evidence: Evidence, candidates: Sequence[Section], words: int) -> None:
        self._evidence = evidence
        self._candidates = candidates
        self.left = words
        self.subject = _subject(evidence, candidates)
        sides = len(self.subject.urls)
        most = words * _SIDE / sides if sides > 1 else words
        self._left_of = dict.fromkeys((section.url for section in candidates), most)
        self.chosen: set[Place] = set()
        opens = _OPENS * max(
            (
                _chance(each, unit, _targets(evidence), self.subject)
                for each in candidates
                for unit in each.units
            ),
            default=0.0,
        )
        self.worth = {
            (number, place): _worth(
                evidence, section, section.units[place], place, self.subject, opens
            )
            for number, section in enumerate(candidates)
            for place in range(len(section.units))
        }
        self.places = list(self.worth)

    def value(self, at: Place) -> float:
        """Return what a unit is worth now."""
        begun = any(number == at[0] for number, _ in self.chosen)
        return self.worth[at] - (_GO_ON if begun else 0.0)

    def chance(self, at: Place, target: int) -> float:
        """Return how likely a unit answers one of the queries."""
        section = self._candidates[at[0]]
        return _chance(section, section.units[at[1]], [target], self.subject)

    def fits(self, at: Place) -> bool:
        """Say whether a unit is new and there is room for it."""
        room = self._words(self._from_its_beginning(at)) <= self._room(at) or not self.chosen
        return at not in self.chosen and room and not self._is_said(self._unit(at))

    def read_on(self) -> Place | None:
        """Return the first unit not chosen of a document about what is asked, whose opening is."""
        begun = {
            section.url
            for section in (self._candidates[number] for number, _ in self.chosen)
            if section.opens and section.url in self.subject.urls
        }
        least = _READ_ON * max(self.worth.values(), default=0.0)
        places = (
            at for at in self.places
            if self._candidates[at[0]].url in begun and self.worth[at] >= least
        )  # fmt: skip
        return next(filter(self.fits, places), None)

    def take(self, at: Place) -> None:
        """Choose a unit and what is read with it: whole paragraphs before, units after."""
        number = at[0]
        places = self._from_its_beginning(at)
        while places:
            for place in places:
                self._add(place)
            first, last = self._ends_of_run(at)
            before = (number, first - 1)
            beside = [
                self._from_its_beginning(before) if before in self.worth else [],
                [(number, last + 1)] if (number, last + 1) in self.worth else [],
            ]
            run = sum(self._unit((number, place)).words for place in range(first, last + 1))
            beside = [places for places in beside if places and self._is_read_with(places, run)]
            places = max(beside, key=self._most_worth, default=[])

    def _ends_of_run(self, at: Place) -> tuple[int, int]:
        """Return the numbers of the first and the last unit chosen beside each other around one."""
        number, first = at
        last = first
        while (number, first - 1) in self.chosen:
            first -= 1
        while (number, last + 1) in self.chosen:
            last += 1
        return first, last

    def _from_its_beginning(self, at: Place) -> list[Place]:
        """Return a unit and those before it in its paragraph, alone where these are too many."""
        number, first = at
        while first and not self._unit((number, first)).begins:
            first -= 1
        places = [(number, place) for place in range(first, at[1] + 1)]
        return places if self._words(places) <= _RUN else [at]

    def _is_read_with(self, places: Sequence[Place], run: int) -> bool:
        if self._words(places) > min(self._room(places[0]), _RUN - run):
            return False
        return self._unit(places[-1]).item or self._most_worth(places) >= _READ_WITH

    def _most_worth(self, places: Sequence[Place]) -> float:
        return max(self.worth[place] for place in places)

    def _words(self, places: Sequence[Place]) -> int:
        """Return how many words of these are not chosen yet."""
        return sum(self._unit(place).words for place in places if place not in self.chosen)

    def _add(self, at: Place) -> None:
        if at not in self.chosen:
            self.chosen.add(at)
            self.left -= self._unit(at).words
            self._left_of[self._candidates[at[0]].url] -= self._unit(at).words

    def _room(self, at: Place) -> float:
        return min(self.left, self._left_of[self._candidates[at[0]].url])

    def _unit(self, at: Place) -> Unit:
        return self._candidates[at[0]].units[at[1]]

    def _is_said(self, unit: Unit) -> bool:
        """Say whether a unit says again what is shown already."""
        shown = [row for at in sorted(self.chosen) for row in self._unit(at).rows]
        own = [row for row in unit.rows if not self._evidence.lines[row].piece.block]
        if not shown or not own:
            return False
        alike = self._evidence.vectors[own] @ self._evidence.vectors[shown].T
        return bool((alike.max(axis=1) >= _SAME).all())


def opened_by(planned: Plan, line: Line) -> Plan:
    """Return a plan that opens with the unit a line stands in, ahead of all headings.

    A short one takes those after it along; an item of a list stays in its group, which comes first.
    A plan that opens by saying what its subject is stays as it is.
    """
    first = planned.groups[0]
    said = not first.title
    for group in planned.groups:
        place = next((at for at, unit in enumerate(group.units) if line in unit), None)
        if place is None:
            continue
        starts = group is first and not place
        if starts or (said and group.url == first.url):
            return planned
        if group.units[place][0].piece.item:
            return Plan((group, *(other for other in planned.groups if other is not group)))
        end = _end_of_opening(group.units, place)
        left = replace(group, units=group.units[:place] + group.units[end:])
        rest = [left if other is group else other for other in planned.groups]
        opening = Group("", group.url, group.units[place:end])
        return Plan((opening, *(other for other in rest if other.units)))
    return planned


def _end_of_opening(units: Sequence[tuple[Line, ...]], start: int) -> int:
    """Return where the opening that begins with a unit ends: at its first words, or a list."""
    end = start + 1
    words = sum(count_words(line.text) for line in units[start])
    while words < _FIRST_WORDS and end < len(units) and not units[end][0].piece.item:
        words += sum(count_words(line.text) for line in units[end])
        end += 1
    return end


def _targets(evidence: Evidence) -> range:
    """Return which queries have to be answered: the parts, else the question and its sides."""
    sides = len(evidence.question.sides)
    several = len(evidence.question.parts) > 1
    return range(1 + sides if several else 0, len(evidence.queries))


def _chance(section: Section, unit: Unit, targets: Sequence[int], subject: _Subject) -> float:
    """Return how likely a unit answers any of the queries.

    Where one document is about all sides, others are to answer the question: what speaks of one
    side alone may speak of another thing of that name.
    """
    if subject.whole and section.url not in subject.urls:
        return float(unit.chances[0])
    return max(float(unit.chances[target]) for target in targets)


def _worth(
    evidence: Evidence,
    section: Section,
    unit: Unit,
    place: int,
    subject: _Subject,
    least: float,
) -> float:
    """Return what a unit is worth; ``least`` is its chance from which it may open the answer."""
    chance = _chance(section, unit, _targets(evidence), subject)
    opens = section.opens and section.url in subject.urls and not place and chance >= least
    opening = _OPENING if opens and evidence.question.scope != "narrow" else 0.0
    contrast = _CONTRAST if _contrasts(evidence, unit) else 0.0
    return chance + opening + contrast


def _contrasts(evidence: Evidence, unit: Unit) -> bool:
    """Say whether a unit, under its headings, speaks of every side of a comparison."""
    sides = evidence.wanted[1 : 1 + len(evidence.question.sides)]
    if len(sides) < 2:
        return False
    lines = [evidence.lines[row] for row in unit.rows]
    said = evidence.above[lines[0].hit.passage.key].union(*(line.terms for line in lines))
    return all(evidence.recall(side, said) >= _MENTIONS for side in sides)


def _subject(evidence: Evidence, candidates: Sequence[Section]) -> _Subject:
    sides = slice(1, 1 + len(evidence.question.sides))
    chances: dict[str, NDArray[np.float64]] = {}
    for section in candidates if len(evidence.question.sides) > 1 else ():
        if section.opens:
            own = np.max([unit.chances[sides] for unit in section.units], axis=0)
            chances[section.url] = np.maximum(own, chances.get(section.url, own))
    lead = (evidence.lead,) if evidence.lead else ()
    if not chances:
        return _Subject(lead)
    likeliest = max(chances, key=lambda url: float(chances[url].min()))
    if chances[likeliest].min() >= _ABOUT_ALL:
        return _Subject((likeliest,), whole=True)
    by_side = np.array(list(chances.values())).T
    best = (int(side.argmax()) for side in by_side if side.max() >= _ABOUT_SIDE)
    own_of_each = tuple(dict.fromkeys(list(chances)[place] for place in best))
    return _Subject(own_of_each if len(own_of_each) > 1 else lead)


def _ordered(evidence: Evidence, candidates: Sequence[Section], choice: _Choice) -> Plan:
    """Return the groups: documents and, for a fact, sections by their best unit, else in order.

    Where more than a fact is asked, the document that is about it comes first.
    The documents of a comparison's sides take turns, so that like stands beside like.
    """
    kept = []
    for number, section in enumerate(candidates):
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
            narrow or group[0].url != evidence.lead,
            -documents[group[0].url],
            -group[2] if narrow else 0.0,
            group[0].start,
        )
    )
    one = not narrow and len(evidence.question.parts) < 2
    asked = _asked_for([section for section, _, _ in kept]) if one else None
    if asked is not None:
        kept.sort(key=lambda group: group[0] is not asked)
    about = choice.subject.urls
    if len(about) > 1:
        sides = [[group for group in kept if group[0].url == url] for url in about]
        turns = [group for turn in zip_longest(*sides) for group in turn if group]
        kept = turns + [group for group in kept if group[0].url not in about]
    groups: list[Group] = []
    for section, places, _ in kept:
        below_a_heading = any(group.title for group in groups)
        groups.append(_group(evidence, section, places, named=below_a_heading))
    planned = Plan(tuple(groups))
    if not kept or asked is not None or kept[0][0].opens:
        return planned
    first = [at for at in choice.chosen if candidates[at[0]].url == kept[0][0].url]
    number, place = max(first, key=choice.worth.__getitem__)
    line = evidence.lines[candidates[number].units[place].rows[0]]
    return opened_by(planned, _shown(evidence, line))


def _asked_for(kept: Sequence[Section]) -> Section | None:
    """Return the section that is asked for rather than the document that it stands in, if one is.

    It has most of what is asked, its document's opening little: the one on what a learning rate is
    in a note on the words of training.
    """
    most = max(kept, key=lambda section: section.asked, default=None)
    if most is None or most.opens or most.asked < _ASKED or most.url != kept[0].url:
        return None
    opening = max((section.asked for section in kept if section.opens), default=0.0)
    return most if opening <= _ASKED_LITTLE * most.asked else None


def _shown(evidence: Evidence, line: Line) -> Line:
    """Return what is shown for a line: a sentence of a curated source where one says the same."""
    return line if line.piece.block else curated_twin(evidence, line)


def _group(evidence: Evidence, section: Section, places: Sequence[int], *, named: bool) -> Group:
    """Return the units of a section; where a document opens, its name stands above if ``named``.

    Unnamed it would be read as more of what stands under the heading before.
    """
    own = section.heading[-1] if section.heading else ""
    title = (section.title if named else "") if own == section.title or section.opens else own
    units = []
    for place in places:
        lines = [evidence.lines[row] for row in section.units[place].rows]
        units.append(tuple(_shown(evidence, line) for line in lines))
    return Group(title, section.url, tuple(units))
