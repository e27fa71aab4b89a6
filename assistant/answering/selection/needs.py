"""What a unit of a section is understood only with: other units of the section.

Those that say what its symbols stand for, the block it points at, the things it calls the same. A
unit whose need is not met in its section is left out. Knows nothing of questions.
"""

import re
from collections.abc import Iterable, Sequence

from assistant.answering.evidence import Evidence, Line
from assistant.answering.evidence.pieces import Piece
from assistant.wording import wording
from ingest.text.symbols import Use, uses

Units = Sequence[Sequence[int]]
"""The units of a section in reading order, each by its rows of the evidence."""

_WORDING = wording("sentences")
_SAME = _WORDING.patterns["same_things"]
_NAMES_NOTHING = _WORDING.patterns["names_no_symbol"]
_EXPLAINS = _WORDING.patterns["explains_symbol"]
_NAMED = re.compile(r"[^\W\d_]\s?$")


def understandable(evidence: Evidence, units: Units) -> list[list[int]]:
    """Return the units that are understood by themselves or with others of them."""
    left = [list(rows) for rows in units]
    while True:
        found = _pointed_at(evidence, left)
        kept = [rows for rows, places in zip(left, found, strict=True) if None not in places]
        if len(kept) == len(left):
            return kept
        left = kept


def needs(evidence: Evidence, units: Units) -> list[frozenset[int]]:
    """Return for each unit the places of the others that it is shown with, at whatever remove."""
    pointed = _pointed_at(evidence, units)
    symbols = _introductions(evidence, units)
    direct = [
        {place for place in one if place is not None} | other
        for one, other in zip(pointed, symbols, strict=True)
    ]
    whole = []
    for place, found in enumerate(direct):
        reached: set[int] = set()
        ahead = set(found)
        while ahead:
            other = ahead.pop()
            reached.add(other)
            ahead |= direct[other] - reached
        whole.append(frozenset(reached - {place}))
    return whole


def _pointed_at(evidence: Evidence, units: Units) -> list[set[int | None]]:
    """Return for each unit the places of what it points at; None stands for what is not there."""
    blocks = [any(line.piece.block for line in _lines(evidence, rows)) for rows in units]
    found: list[set[int | None]] = []
    for place, rows in enumerate(units):
        places: set[int | None] = set()
        pieces = [line.piece for line in _lines(evidence, rows)]
        for at, piece in enumerate(pieces):
            before = reversed(range(place))
            if piece.points_up and not _has_block(pieces[:at]):
                places.add(next((other for other in before if blocks[other]), None))
            if piece.points_down and not _has_block(pieces[at + 1 :]) and not piece.leads:
                after = range(place + 1, len(units))
                places.add(next((other for other in after if blocks[other]), None))
            if (same := _SAME.search(piece.text)) and not piece.block:
                places.add(_last_with(evidence, units[:place], next(filter(None, same.groups()))))
        found.append(places - {place})
    return found


def _last_with(evidence: Evidence, units: Units, things: str) -> int | None:
    """Return the place of the last unit that speaks of things by these words."""
    said = [any(things.lower() in line.text.lower() for line in _lines(evidence, rows))
            for rows in units]  # fmt: skip
    return next((place for place in reversed(range(len(units))) if said[place]), None)


def _has_block(pieces: Iterable[Piece]) -> bool:
    return any(piece.block for piece in pieces)


def _introductions(evidence: Evidence, units: Units) -> list[set[int]]:
    r"""Return for each unit the places of those that introduce the symbols it uses.

    A symbol is introduced by a displayed formula, by an equation, or by the word before it ("the
    share $p$"), and stands for that until it is introduced again. A value worked out of numbers
    alone, as $\ln 2$ is, belongs to the formula before.
    """
    introduced: dict[str, int] = {}
    formula: int | None = None
    found: list[set[int]] = []
    for place, rows in enumerate(units):
        used: set[str] = set()
        own: set[str] = set()
        computed = False
        for line in _lines(evidence, rows):
            for use in uses(line.text) if line.piece.form not in ("code", "table") else ():
                used |= use.symbols
                own |= _introduced(line, use, introduced)
                computed = computed or use.computed
        places = {introduced[symbol] for symbol in used - own if symbol in introduced}
        if any(line.piece.form == "formula" for line in _lines(evidence, rows)):
            formula = place
        found.append(places | {formula} if computed and formula is not None else places)
        introduced |= dict.fromkeys(own, place)
    return found


def _introduced(line: Line, use: Use, known: Iterable[str]) -> frozenset[str]:
    """Return the symbols that a formula, as it is used in a line, introduces."""
    if len(use.symbols) == 1 and _is_named(use):
        return use.symbols
    if line.piece.form == "formula" or use.defines:
        return use.symbols - frozenset(known)
    return frozenset()


def _is_named(use: Use) -> bool:
    if _EXPLAINS.match(use.after):
        return True
    return bool(_NAMED.search(use.before)) and not _NAMES_NOTHING.search(use.before)


def _lines(evidence: Evidence, rows: Iterable[int]) -> list[Line]:
    return [evidence.lines[row] for row in rows]
