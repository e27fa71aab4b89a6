"""What stands together in a sentence and in no source: a number of another name, say."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.answering.checking.alignment import Ground, context_of, weight_of
from assistant.answering.checking.doubt import MOST_OF, Doubt
from assistant.answering.checking.matching import places_of, same, stands
from assistant.answering.evidence import Evidence
from assistant.answering.fitted import table
from ingest.text.claims import Claims, Kind, Term, holds_name, read

_BESIDE = 6  # terms between a name and a word that stand beside one another in a sentence
_TELLING = 2  # words of a clause by which its source is known
_SAID = 4  # terms of a statement, from which it may be put together of several sources
_OF_ONE: float = table("support")["of_one"]


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


def beside(one: Term, two: Term) -> bool:
    """Say whether nothing but a space is between two terms."""
    return two.start - one.end <= 1


def put_together(said: Claims, evidence: Evidence) -> Iterator[Doubt]:
    """Yield names of several words, and dates, that no source writes: a month of another day."""
    texts = [line.text for line in evidence.lines if not line.piece.code]
    above = {" ".join((hit.passage.title, *hit.passage.heading)) for hit in evidence.hits}
    for one, two in pairwise(said.terms):
        if one.kind != Kind.NAME or not two.hard or not beside(one, two):
            continue
        ways = (1, -1) if two.quantity else (1,)
        if not any(
            steps(one, two, text) in ways or holds_name(text, f"{one.text} {two.text}")
            for text in (*texts, *above)
        ):
            yield Doubt(f"no source says {one.text} {two.text}")


def scattered(said: Claims, grounds: Sequence[Ground]) -> Iterator[Doubt]:
    """Yield the statements that no one source makes, though several hold their words together.

    What a source is understood with counts as held by it. Pairs of Chinese characters lie over each
    other, and do not count.
    """
    for statement in {term.statement for term in said.terms}:
        here = [
            n for n, term in enumerate(said.terms)
            if term.statement == statement and term.kind != Kind.RELATION and term.key.isascii()
        ]  # fmt: skip
        whole = weight_of([said.terms[n] for n in here])
        most = max(weight_of([said.terms[n] for n in _held_by(said, here, g)]) for g in grounds)
        if len(here) >= _SAID and most < _OF_ONE * whole:
            yield Doubt("no one source says all of it")


def _held_by(said: Claims, here: Sequence[int], ground: Ground) -> list[int]:
    before = {term.key for term in read(ground.before).terms}
    return [n for n in here if n in ground.places or said.terms[n].key in before]


def filled_otherwise(said: Claims, evidence: Evidence) -> Iterator[Doubt]:
    """Yield a name or number in a clause whose source has another one in it.

    The source of a clause is that which holds most of its words; what it is understood with counts
    as standing in it.
    """
    rows = [row for row, line in enumerate(evidence.lines) if not line.piece.code]
    for clause in {term.clause for term in said.terms if term.hard}:
        here = [term for term in said.terms if term.clause == clause]
        words = [term for term in here if term.kind == Kind.WORD]
        held = {
            row: sum(bool(places_of(term, evidence.lines[row].text)) for term in words)
            for row in rows
        }
        most = max(held.values(), default=0)
        best = [row for row in rows if held[row] == most]
        if most < _TELLING:
            continue
        for term in here:
            if term.hard and not any(_speaks_of(term, evidence, row) for row in best):
                other = _instead(term, here, evidence.lines[best[0]].text)
                if other is not None:
                    yield Doubt(f"its source says so of {other.text}, not of {term.text}")


def _speaks_of(term: Term, evidence: Evidence, row: int) -> bool:
    return stands(term, f"{evidence.lines[row].text} {context_of(evidence, row)}")


def _instead(term: Term, here: Sequence[Term], source: str) -> Term | None:
    """Return what a source has of the kind of a term that its clause does not repeat."""
    return next(
        (
            other for other in read(source).terms
            if other.kind == term.kind and not any(same(own, other) for own in here)
        ),
        None,
    )  # fmt: skip


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
