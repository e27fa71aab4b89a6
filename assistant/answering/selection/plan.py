"""What an answer says and in which order: groups of units, chosen for every part of a question.

The one selection there is: the extract shows it, the model reads it, and what is quoted after the
model's words comes from it. How long an answer is stands here and nowhere else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from assistant.answering.checking import curated_twin
from assistant.answering.evidence import Evidence, Line
from assistant.answering.fitted import table
from assistant.answering.selection.choice import Choice
from assistant.answering.selection.sections import Section, count_words
from assistant.answering.selection.worth import targets_of
from assistant.wording import wording

WORDS = {"narrow": 120, "plain": 280, "wide": 360}
"""How many words an answer has at most, by the scope of its question."""
_SECTIONS = {"narrow": 4, "plain": 4, "wide": 6}
"""From how many sections it is put together at most; each further part or side may add one."""
_WORDS_PER_PART = 40  # more, for every part after the first
_MOST_WORDS = 420

_SHORT = {"narrow": 0, "plain": 200, "wide": 250}
"""Words below which an answer that says what its subject is reads on in the document about it."""
_FIRST_WORDS = 30  # of an answer that opens with what was chosen, at least
_FITTED = table("plan")
_RELATED = wording("sentences").patterns["related"]


@dataclass(frozen=True, slots=True)
class Group:
    """Units of one section in reading order, under the heading of the source.

    ``opens``: the section says what its document is about.
    """

    title: str
    url: str
    units: tuple[tuple[Line, ...], ...]
    opens: bool = False

    @property
    def lines(self) -> list[Line]:
        """All lines, in order."""
        return [line for unit in self.units for line in unit]


@dataclass(frozen=True, slots=True)
class Plan:
    """What an answer is made of, in order.

    ``asked``: it begins with a section that is asked for itself.
    """

    groups: tuple[Group, ...]
    asked: bool = False

    @property
    def opens(self) -> bool:
        """Whether it begins by saying what its subject is."""
        return bool(self.groups) and self.groups[0].opens

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
    if question.scope == "narrow":
        candidates = _of_the_named(evidence, candidates)
    extra = _WORDS_PER_PART * (max(len(question.parts), 1) - 1)
    words = most_words or min(WORDS[question.scope] + extra, _MOST_WORDS)
    things = max(len(question.parts), len(question.sides), 1)
    choice = Choice(evidence, candidates, words, _SECTIONS[question.scope] + things - 1)
    for target in targets_of(evidence):
        best = max(
            choice.places,
            key=lambda at: choice.chance(at, target),
            default=None,
        )
        if best is not None and choice.fits(best):
            choice.take(best)
    least = max(
        _FITTED["least"],
        _FITTED["relative"][question.scope] * max(choice.worth.values(), default=0.0),
    )
    while True:
        best = max(filter(choice.fits, choice.places), key=choice.value, default=None)
        if best is None or choice.value(best) < least:
            break
        choice.take(best)
    choice.leave_out_said()
    while words - choice.left < _SHORT[question.scope] and (beside := choice.read_on()):
        choice.take(beside)
    return _ordered(evidence, candidates, choice)


def _of_the_named(evidence: Evidence, candidates: Sequence[Section]) -> Sequence[Section]:
    """Return the sections where a fact about a thing may stand: where it is named, if one answers.

    How many operations training takes tells nothing of how many one model took, if a page about
    that model is there.
    """
    best = {
        section.url: max(float(unit.chances[0]) for unit in section.units)
        for section in candidates if section.units
    }  # fmt: skip
    naming = max((best.get(url, 0.0) for url in evidence.naming_most), default=0.0)
    if naming < _FITTED["relative"]["narrow"] * max(best.values(), default=0.0):
        return candidates
    return [section for section in candidates if section.url in evidence.naming_most]


def opened_by(planned: Plan, line: Line) -> Plan:
    """Return a plan that opens with the unit a line stands in, ahead of all headings.

    A short one takes those after it along; an item of a list stays in its group, which comes first.
    A plan that opens by saying what its subject is stays as it is, and one that begins with what is
    asked for opens with a unit of that.
    """
    first = planned.groups[0]
    said = not first.title
    for group in (first,) if planned.asked else planned.groups:
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


def _ordered(evidence: Evidence, candidates: Sequence[Section], choice: Choice) -> Plan:
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
            narrow or group[0].url not in choice.subject.urls,
            -documents[group[0].url],
            -group[2] if narrow else 0.0,
            group[0].start,
        )
    )
    one = not (narrow or evidence.question.sides or len(evidence.question.parts) > 1)
    asked = _asked_for([section for section, _, _ in kept]) if one else None
    if asked is not None:
        kept.sort(key=lambda group: group[0] is not asked)
    about = choice.subject.urls
    if len(about) > 1:
        sides = [[group for group in kept if group[0].url == url] for url in about]
        turns = [group for turn in zip_longest(*sides) for group in turn if group]
        kept = turns + [group for group in kept if group[0].url not in about]
    opens = not kept or asked is not None or kept[0][0].opens or evidence.question.sides
    number, place = (0, 0) if opens else _likeliest_of(kept[0][0].url, candidates, choice)
    if place and not narrow:  # what stands within a section leans on what stands before it
        kept.sort(key=lambda group: group[0] is not candidates[number])
    groups: list[Group] = []
    for section, places, _ in kept:
        below_a_heading = any(group.title for group in groups)
        groups.append(_group(evidence, section, places, named=below_a_heading))
    planned = Plan(tuple(groups), asked=asked is not None)
    if opens or (place and not narrow):
        return planned
    line = evidence.lines[candidates[number].units[place].rows[0]]
    return opened_by(planned, _shown(evidence, line))


def _likeliest_of(url: str, candidates: Sequence[Section], choice: Choice) -> tuple[int, int]:
    """Return the number of the section, and the place there, of a document's best unit chosen."""
    first = [at for at in choice.chosen if candidates[at[0]].url == url]
    return max(first, key=choice.worth.__getitem__)


def _asked_for(kept: Sequence[Section]) -> Section | None:
    """Return the section that is asked for rather than the document that it stands in, if one is.

    It has most of what is asked, its document's opening little: the one on what a learning rate is
    in a note on the words of training.
    """
    own = (section for section in kept if not _RELATED.match("".join(section.heading[-1:])))
    most = max(own, key=lambda section: section.asked, default=None)
    if most is None or most.opens or most.asked < _FITTED["asked"] or most.url != kept[0].url:
        return None
    opening = max((section.asked for section in kept if section.opens), default=0.0)
    return most if opening <= _FITTED["asked_little"] * most.asked else None


def _shown(evidence: Evidence, line: Line) -> Line:
    """Return what is shown for a line: a sentence of a curated source where one says the same."""
    return line if line.piece.block else curated_twin(evidence, line)


def _group(evidence: Evidence, section: Section, places: Sequence[int], *, named: bool) -> Group:
    """Return the units of a section; where a document opens, its name stands above if ``named``.

    Unnamed it would be read as more of what stands under the heading before.
    """
    own = section.heading[-1] if section.heading else ""
    title = (section.title if named else "") if own == section.title or section.opens else own
    units: list[tuple[Line, ...]] = []
    for run in _runs(section, places):
        rows = [row for place in run for row in section.units[place].rows]
        units.append(tuple(_shown(evidence, evidence.lines[row]) for row in rows))
    return Group(title, section.url, tuple(units), opens=section.opens)


def _runs(section: Section, places: Sequence[int]) -> list[list[int]]:
    """Return the places of units, those from one to another that it is understood with as one."""
    reaches = [(place, *section.units[place].needs) for place in places]
    runs: list[list[int]] = []
    for place in places:
        if runs and any(min(reach) < place <= max(reach) for reach in reaches):
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs
