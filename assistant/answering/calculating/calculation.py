"""What a question asks to be worked out: the rule as a note states it, then the sum line by line.

The rules and the reading of the question stand in `rules`, the arithmetic in `sums`. Nothing is
worked out unless the library holds every sentence that the sum rests on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from assistant.answering.calculating.rules import CalculationRequest, Case, Quote, asked, unit_of
from assistant.answering.calculating.sums import held_against, number, results, value, written
from assistant.answering.evidence import Line
from assistant.answering.evidence.pieces import pieces
from assistant.answering.question import Question
from assistant.answering.selection import Plan
from index.search.library import Hit, Library
from ingest.values import PRIMER

_TITLES = {"en": "Calculation", "zh": "计算"}
_AFTER = {"en": "What the sources say", "zh": "来源的说法"}


@dataclass(frozen=True, slots=True)
class Sum:
    """One line of a calculation, and the lines of the notes that it is worked out from."""

    text: str
    sources: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Calculation:
    """The rules as their notes state them, the sums, and what the notes say comes on top.

    ``title`` is its heading, ``after`` that of what follows it without a heading of its own.
    """

    title: str
    after: str
    rules: tuple[Line, ...]
    sums: tuple[Sum, ...]
    beside: tuple[Line, ...]

    @property
    def quoted(self) -> tuple[Line, ...]:
        """What it takes over word for word."""
        return (*self.rules, *self.beside)

    def followed_by(self, planned: Plan) -> Plan:
        """Return what is shown after it: a plan without what it quotes, under headings."""
        there = {(line.hit.passage.key, line.piece.start) for line in self.quoted}
        groups = []
        for group in planned.groups:
            left = tuple(
                unit for unit in group.units
                if not any((line.hit.passage.key, line.piece.start) in there for line in unit)
            )  # fmt: skip
            if left:
                groups.append(replace(group, title=group.title or self.after, units=left))
        return Plan(tuple(groups))


def calculate(library: Library, question: Question) -> Calculation | None:
    """Work out what a question asks for, exactly, by the rules that the primer states.

    None where the question asks for no result of a rule, leaves a value open that has no default,
    or the library does not hold a sentence that the result rests on.
    """
    wanted = asked(question.text)
    if wanted is None:
        return None
    lang = "zh" if question.lang == "zh" else "en"
    notes = _Notes(library)
    sums: list[Sum] = []
    rules: list[Line] = []
    beside: list[Line] = []
    for case in wanted.cases:
        bases = notes.lines([*case.rule.quotes, *case.quotes, *wanted.memory_quotes])
        extra = notes.lines(case.rule.beside)
        if bases is None or extra is None:
            return None
        sums.append(Sum(_line(case, wanted, lang, len({b.hit.passage.key for b in bases})), bases))
        rules += bases
        beside += extra
    return Calculation(_TITLES[lang], _AFTER[lang], _once(rules), tuple(sums), _once(beside))


def _line(case: Case, wanted: CalculationRequest, lang: str, sources: int) -> str:
    """Write one case on a line: name, sum, results, what it is held against, what was assumed."""
    rule = case.rule
    chinese = lang == "zh"

    def said(name: str, amount: Fraction) -> str:
        if name.isidentifier():
            unit = unit_of(name, lang, amount)
        else:
            unit = rule.units[lang].get(name, "")
        return f"{number(amount)} {unit}".rstrip()

    name = rule.name[lang].format(
        **{key: number(quantity) for key, quantity in case.values.items()}
    )
    name = ("，" if chinese else ", ").join((name, *case.of))
    amount = value(rule.expression, case.values)
    text = written(rule.expression, case.values, said)
    text += results(amount, rule.calculates, lang, binary=rule.binary)
    tail = ["据来源计算" if chinese else f"computed from the source{'s' * (sources > 1)}"]
    if "≈" in text:
        tail.append("≈ 为四舍五入" if chinese else "≈ is rounded")
    if case.assumed:
        values = (said(assumption, case.values[assumption]) for assumption in case.assumed)
        tail.append(
            ("假定 " if chinese else "assumed: ") + ("、" if chinese else ", ").join(values)
        )
    if wanted.memory:
        text += held_against(amount, *wanted.memory, lang)
    if chinese:
        return f"{name}：{text}（{'；'.join(tail)}）"
    return f"{name}: {text} ({'; '.join(tail)})"


class _Notes:
    """The sentences of the primer's notes as lines of a library."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._known: dict[str, list[Line]] = {}

    def lines(self, quotes: Sequence[Quote]) -> tuple[Line, ...] | None:
        """Return the lines that are these quotes; None if the library lacks one."""
        quoted = []
        for note, quote in quotes:
            text = " ".join(quote.split())
            lines = (line for line in self._of(note) if " ".join(line.text.split()) == text)
            if (line := next(lines, None)) is None:
                return None
            quoted.append(line)
        return tuple(quoted)

    def _of(self, note: str) -> list[Line]:
        if note not in self._known:
            self._known[note] = list(self._read(PRIMER + note))
        return self._known[note]

    def _read(self, url: str) -> Iterator[Line]:
        store = self._library.store
        for passage in store.passages(store.passages_of([url])).values():
            hit = Hit(1, 1.0, passage, (), None, None)
            for piece in pieces(passage.text, passage.fence):
                yield Line(hit, piece, frozenset(self._library.terms(piece.text)), 1.0)


def _once(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return lines without those that stand at the same place in the same passage."""
    return tuple({(line.hit.passage.key, line.piece.start): line for line in lines}.values())
