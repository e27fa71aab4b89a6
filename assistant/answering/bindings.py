"""What stands together in a sentence and in no source: a number of another name, say."""

from collections.abc import Iterator
from itertools import pairwise

from assistant.answering.alignment import context_of
from assistant.answering.doubt import MOST_OF, Doubt
from assistant.answering.evidence import Evidence
from assistant.answering.matching import places_of, stands
from ingest.text.claims import Claims, Kind, Term

_BESIDE = 6  # terms between a name and a word that stand beside one another in a sentence


def unbound(said: Claims, evidence: Evidence) -> Iterator[Doubt]:
    """Yield what stands beside a name or number in a sentence and in no source sentence."""
    content = [term for term in said.terms if term.kind != Kind.RELATION]
    beside = [(one, two) for one, two in pairwise(content) if one.hard or two.hard]
    apart = [pair for pair in pairwise(term for term in content if term.hard) if pair not in beside]
    rows = range(len(evidence.lines))
    for one, two in [*apart, *beside]:
        if one.statement != two.statement:
            continue  # what follows may speak of another thing
        soft = one if two.hard else two
        if not soft.hard and (one.clause != two.clause or not _found(soft, evidence)):
            continue
        near = (one, two) in beside and one.clause == two.clause
        if not any(_together(one, two, evidence, row, near=near) for row in rows):
            yield Doubt(f"no source says {two.text} of {one.text}")


def _found(term: Term, evidence: Evidence) -> bool:
    return any(places_of(term, line.text) for line in evidence.lines if not line.piece.code)


def of_another(said: Claims, evidence: Evidence) -> Iterator[Doubt]:
    """Yield a name of which no source says what the sentence says, while one does of another."""
    lines = [row for row, line in enumerate(evidence.lines) if not line.piece.code]
    for name in said.terms:
        if name.kind != Kind.NAME:
            continue
        words = [
            term for term in said.terms
            if term.statement == name.statement and term.kind == Kind.WORD
        ]  # fmt: skip
        held = {
            row: sum(bool(places_of(term, evidence.lines[row].text)) for term in words)
            for row in lines
        }
        best = max(held.values(), default=0)
        of_it = max(
            (
                count for row, count in held.items()
                if stands(name, f"{evidence.lines[row].text} {context_of(evidence, row)}")
            ),
            default=0,
        )  # fmt: skip
        if best - of_it >= 2 and of_it < MOST_OF * best:  # one may be by chance
            yield Doubt(f"no source says this of {name.text}")


def _together(one: Term, two: Term, evidence: Evidence, row: int, *, near: bool) -> bool:
    """Say whether a source sentence holds both, or one and the other is what it speaks of."""
    line = evidence.lines[row]
    if line.piece.code:
        return False
    here = [stands(term, line.text) for term in (one, two)]
    if all(here):
        return not near or abs(steps(one, two, line.text)) <= _BESIDE
    if not any(here):
        return False
    before = context_of(evidence, row)
    return all(there or stands(term, before) for there, term in zip(here, (one, two), strict=True))


def steps(one: Term, two: Term, source: str) -> int:
    """Return how many terms after one the other stands in a source that holds both, at the least.

    Negative where it stands before it; that the two are in order counts for as close.
    """
    gaps = [q - p for p in places_of(one, source) for q in places_of(two, source) if p != q]
    return min(gaps, key=lambda gap: (abs(gap), gap < 0), default=0)
