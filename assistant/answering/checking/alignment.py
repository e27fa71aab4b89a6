"""The source sentences that a sentence rests on, and which of its terms stand where in them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from assistant.answering.checking.matching import places_of, same
from assistant.answering.evidence import Evidence, Line
from assistant.answering.fitted import table
from ingest.text.claims import Claims, Kind, Term, read

_MOST_SOURCES = 4
_FITTED = table("support")
_HARD: float = _FITTED["hard"]


@dataclass(frozen=True)
class Ground:
    """A source sentence with its claims, and which of a sentence's terms stand where in it.

    ``places`` maps the index of a term of the sentence to that of a term of the source; ``before``
    is what the source sentence is understood with: its headings and what it refers back to.
    """

    line: Line
    claims: Claims
    places: dict[int, int]
    weight: float
    before: str

    @cached_property
    def taken(self) -> frozenset[int]:
        """The indices of the source's terms that the sentence repeats."""
        return frozenset(self.places.values())


def grounds_of(said: Claims, evidence: Evidence) -> list[Ground]:
    """Return the source sentences that hold a sentence, the one with most of it first.

    Each next one is that which holds most of what is still missing, of the same passage rather
    than of another.
    """
    lines = [row for row, line in enumerate(evidence.lines) if not line.piece.code]
    held = {row: _held(said, evidence.lines[row].text) for row in lines}
    total = weight_of(said.terms)
    left = set(range(len(said.terms)))
    chosen: list[int] = []
    near: set[str] = set()
    while len(chosen) < _MOST_SOURCES and left:
        gains = [
            (weight_of([said.terms[n] for n in held[row] & left]),
             evidence.lines[row].hit.passage.key in near, evidence.lines[row].score, -row)
            for row in lines if row not in chosen
        ]  # fmt: skip
        new, _, _, row = max(gains, default=(0.0, False, 0.0, 0))
        if new <= (_FITTED["gain"] * total if chosen else 0.0):
            break
        chosen.append(-row)
        near.add(evidence.lines[-row].hit.passage.key)
        left -= held[-row]
    return [_laid_beside(said, evidence, row) for row in chosen]


def _held(said: Claims, source: str) -> set[int]:
    """Return the indices of a sentence's terms that a source sentence holds."""
    return {n for n, term in enumerate(said.terms) if places_of(term, source)}


def named_by(said: Claims, evidence: Evidence) -> Claims:
    """Return claims whose opening words are names where the sources write them as names alone."""
    if not any(term.opens for term in said.terms):
        return said
    there = _written_in(tuple(line.text for line in evidence.lines))
    terms = (
        replace(term, kind=Kind.NAME) if term.opens and _is_named(term, there) else term
        for term in said.terms
    )
    return replace(said, terms=tuple(terms))


@lru_cache(maxsize=64)
def _written_in(texts: tuple[str, ...]) -> tuple[Term, ...]:
    """Return the terms of texts that do not open a sentence: how these are written tells."""
    return tuple(term for text in texts for term in read(text).terms if not term.opens)


def _is_named(term: Term, there: Sequence[Term]) -> bool:
    return {other.kind for other in there if same(term, other)} == {Kind.NAME}


def weight_of(terms: Sequence[Term]) -> float:
    """Return how much terms say: names and numbers more than words, relations nothing."""
    return sum(0.0 if term.kind == Kind.RELATION else _HARD if term.hard else 1.0 for term in terms)


def _laid_beside(said: Claims, evidence: Evidence, row: int) -> Ground:
    """Lay a sentence beside a source sentence: the longest run in order first, then the rest."""
    line = evidence.lines[row]
    source = read(line.text)
    options = [places_of(term, line.text) for term in said.terms]
    places = _in_order(options, len(source.terms))
    for n, every in enumerate(options):
        free = [place for place in every if place not in places.values()]
        if n not in places and (free or every):
            near = [places[m] for m in sorted(places, key=lambda m: abs(m - n))[:1]]
            places[n] = min(free or every, key=lambda p: abs(p - near[0]) if near else p)
    weight = weight_of([said.terms[n] for n in places])
    return Ground(line, source, places, weight, context_of(evidence, row))


def _in_order(options: Sequence[Sequence[int]], length: int) -> dict[int, int]:
    """Return the longest common subsequence of terms as places by index."""
    best = [[0] * (length + 1) for _ in range(len(options) + 1)]
    for n in range(len(options) - 1, -1, -1):
        for place in range(length - 1, -1, -1):
            here = best[n + 1][place + 1] + 1 if place in options[n] else 0
            best[n][place] = max(here, best[n + 1][place], best[n][place + 1])
    places: dict[int, int] = {}
    n = place = 0
    while n < len(options) and place < length:
        if place in options[n] and best[n][place] == best[n + 1][place + 1] + 1:
            places[n] = place
            n, place = n + 1, place + 1
        elif best[n + 1][place] >= best[n][place + 1]:
            n += 1
        else:
            place += 1
    return _drawn_together(places, options)


def _drawn_together(places: dict[int, int], options: Sequence[Sequence[int]]) -> dict[int, int]:
    """Move each term of a run as near to the next as its options allow, the order kept."""
    order = sorted(places)
    for at in range(len(order) - 2, -1, -1):
        low = places[order[at - 1]] if at else -1
        high = places[order[at + 1]]
        places[order[at]] = max(place for place in options[order[at]] if low < place < high)
    return places


def context_of(evidence: Evidence, row: int) -> str:
    """Return what a line is understood with: title, headings, and the lines it refers back to."""
    line = evidence.lines[row]
    passage = line.hit.passage
    parts = [passage.title, *passage.heading]
    at = row
    while at and row - at < 2 and _leans(evidence, at):  # sentences back
        at -= 1
        if evidence.lines[at].hit.passage.key != passage.key:
            break
        parts.append(evidence.lines[at].text)
    return " ".join(parts)


def _leans(evidence: Evidence, row: int) -> bool:
    """Say whether a line speaks of what was named before: it refers back, or names nothing.

    One that begins with what its document or section is called names that.
    """
    line = evidence.lines[row]
    passage = line.hit.passage
    terms = named_by(read(line.text), evidence).terms
    above = {term.key for term in read(" ".join((passage.title, *passage.heading))).terms}
    names = any(term.kind == Kind.NAME for term in terms) or (terms and terms[0].key in above)
    return line.piece.refers_back or line.piece.item or not names
