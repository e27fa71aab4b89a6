"""What an answer says and in which order: groups of units, chosen for every part of a question.

The one selection there is: the extract shows it, the model reads it, and what is quoted after the
model's words comes from it. How long an answer is stands here and nowhere else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.answering.citation import curated_twin
from assistant.answering.evidence import Evidence, Line
from assistant.answering.sections import Section, Unit

WORDS = {"narrow": 90, "plain": 150, "wide": 240}
"""How many words an answer has at most, by the scope of its question."""
_WORDS_PER_PART = 60  # more, for every part after the first
_MOST_WORDS = 340

# A section is worth showing from this share of the best one's score on.
_WORTH = 0.72
_WORTH_ELSEWHERE = 0.85  # in a document that is not about what is asked
_OPENING = 0.35  # what the beginning of the leading document is worth beside its score
_LEADING = 0.25
_MOST_GROUPS = 5
_FEWEST_WORDS = 30  # what is left for a group, at least
_MOST_OPENING = 70  # words in which a document says what it is about
_UNIT_WORTH = 0.3  # share of the best unit's chance, for units beside it
_NARROW_WORTH = 0.7
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
    """Choose what answers a question, at most ``most_words`` of it, and put it in order."""
    question = evidence.question
    parts = max(len(question.parts), 1)
    words = most_words or min(WORDS[question.scope] + _WORDS_PER_PART * (parts - 1), _MOST_WORDS)
    if question.scope == "narrow":
        return _pointed(evidence, found, words)
    return _explained(evidence, found, words)


def led_by(planned: Plan, line: Line) -> Plan:
    """Return a plan that begins with the group a line stands in."""
    first = [group for group in planned.groups if line in group.lines]
    return Plan((*first, *(group for group in planned.groups if group not in first)))


def _explained(evidence: Evidence, found: Sequence[Section], words: int) -> Plan:
    """Choose whole sections, or the best runs of long ones, in the order of their sources.

    What is needed most takes its room first.
    """
    shown: set[int] = set()
    kept: list[tuple[Section, list[int]]] = []
    left = words
    for section in _picked(evidence, found, words):
        if left < _FEWEST_WORDS:
            break
        room = min(left, _MOST_OPENING) if section.opens else left
        rows = [row for unit in _run(evidence, section, room) for row in unit.rows
                if not _said(evidence, row, shown)]  # fmt: skip
        if rows:
            kept.append((section, rows))
            shown.update(rows)
            left -= sum(unit.words for unit in section.units if set(unit.rows) & set(rows))
    order = list(dict.fromkeys(section.url for section, _ in kept))
    kept.sort(key=lambda pair: (order.index(pair[0].url), pair[0].start))
    return Plan(tuple(_group(evidence, section, rows) for section, rows in kept))


def _picked(evidence: Evidence, found: Sequence[Section], words: int) -> list[Section]:
    """Return the sections to show, most needed first: one for every target, then what is left."""
    if not found:
        return []
    sides = len(evidence.question.sides)
    count = len(evidence.queries)
    targets = range(1 + sides, count) if len(evidence.question.parts) > 1 else range(count)

    def worth(section: Section, targets: Iterable[int]) -> float:
        """What a section is worth for some queries, the best of them counting."""
        own = max(float(section.scores[at]) for at in targets)
        leads = section.url == evidence.lead
        return own + _LEADING * leads + _OPENING * (leads and section.opens)

    picked: list[Section] = []
    for target in targets:
        best = max(found, key=lambda section: worth(section, [target]))
        if best not in picked:
            picked.append(best)
    top = max(worth(section, targets) for section in found)
    spent = sum(min(section.words, words) for section in picked)
    for section in sorted(found, key=lambda section: -worth(section, targets)):
        if len(picked) >= _MOST_GROUPS or spent >= words:
            break
        least = _WORTH if section.url in (evidence.lead, picked[0].url) else _WORTH_ELSEWHERE
        if section not in picked and worth(section, targets) >= least * top:
            picked.append(section)
            spent += section.words
    return picked


def _run(evidence: Evidence, section: Section, words: int) -> list[Unit]:
    """Return the units of a section to show: all that fit, else a run around the best one."""
    units = list(section.units)
    if section.words <= 1.15 * words:
        return units
    chances = [_chance(evidence, unit) for unit in units]
    best = max(range(len(units)), key=lambda at: chances[at])
    first = last = best
    spent = units[best].words
    while True:
        beside = [
            at
            for at in (last + 1, first - 1)
            if 0 <= at < len(units)
            and spent + units[at].words <= words
            and chances[at] >= _UNIT_WORTH * chances[best]
        ]
        if not beside:
            return units[first : last + 1]
        at = max(beside, key=lambda at: (chances[at], at))
        first, last = min(first, at), max(last, at)
        spent += units[at].words


def _pointed(evidence: Evidence, found: Sequence[Section], words: int) -> Plan:
    """Choose the units that answer a question for a fact, best first."""
    ranked = sorted(
        ((section, unit) for section in found for unit in section.units),
        key=lambda pair: -_chance(evidence, pair[1]),
    )
    if not ranked:
        return Plan(())
    top = _chance(evidence, ranked[0][1])
    shown: set[int] = set()
    kept: list[tuple[Section, Unit]] = []
    left = words
    for section, unit in ranked:
        if kept and (_chance(evidence, unit) < _NARROW_WORTH * top or unit.words > left):
            continue
        if any(_said(evidence, row, shown) for row in unit.rows):
            continue
        kept.append((section, unit))
        shown.update(unit.rows)
        left -= unit.words
        if left <= 0 or len(kept) >= _MOST_GROUPS:
            break
    groups: dict[tuple[str, tuple[str, ...]], tuple[Section, list[int]]] = {}
    for section, unit in kept:
        _, rows = groups.setdefault((section.url, section.heading), (section, []))
        rows += unit.rows
    return Plan(tuple(_group(evidence, section, sorted(rows)) for section, rows in groups.values()))


def _group(evidence: Evidence, section: Section, rows: Sequence[int]) -> Group:
    own = section.heading[-1] if section.heading else ""
    title = "" if own == section.title or section.opens else own
    lines = [evidence.lines[row] for row in rows]
    own = [line if line.piece.block else curated_twin(evidence, line) for line in lines]
    return Group(title, section.url, tuple(own))


def _chance(evidence: Evidence, unit: Unit) -> float:
    return max(evidence.lines[row].score for row in unit.rows)


def _said(evidence: Evidence, row: int, shown: Iterable[int]) -> bool:
    """Say whether a line says again what is shown already."""
    return any(float(evidence.vectors[row] @ evidence.vectors[other]) >= _SAME for other in shown)
