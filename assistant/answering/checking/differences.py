"""What a sentence says otherwise than the source sentences it rests on.

Where the words alone do not tell whether a difference matters, the doubt is not certain: the source
can be quoted instead.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.answering.checking.alignment import Ground
from assistant.answering.checking.bindings import (
    beside,
    filled_otherwise,
    of_another,
    put_together,
    scattered,
    steps,
    unbound,
)
from assistant.answering.checking.copies import copied_otherwise
from assistant.answering.checking.copying import in_short
from assistant.answering.checking.doubt import MOST_OF, Doubt
from assistant.answering.checking.matching import places_of, same, same_name
from assistant.answering.evidence import Evidence
from ingest.text.bounds import bound_of
from ingest.text.claims import Claims, Kind, Term, holds_name, numbers_of, read
from ingest.text.opposites import as_strong, contrary, has_contrary, measured_otherwise

_REACH = 3  # terms between a word and the contrary that stands in its place


def differences(
    sentence: str, said: Claims, grounds: Sequence[Ground], evidence: Evidence
) -> Iterator[Doubt]:
    """Yield what a sentence says otherwise than its sources, what is certainly false first."""
    whole = " ".join(f"{ground.before} {ground.line.text}" for ground in grounds)
    if (detail := missing_of(said, whole)) is not None:
        yield Doubt(f"{detail} is not in what it would cite", certain=True)
    yield from _denied(said, grounds)
    for ground in grounds:
        yield from _turned(said, ground)
    for opening in _openings(said, whole):
        yield Doubt(f"{opening} is not in what it would cite")
    yield from _exchanged(said, grounds)
    yield from unbound(said, evidence)
    yield from of_another(said, evidence)
    yield from put_together(said, evidence)
    yield from filled_otherwise(said, evidence)
    yield from _named_in_place(said, grounds)
    yield from _put_in_place(said, grounds)
    yield from _stronger(said, grounds)
    yield from _bounded(sentence, said, grounds)
    if said.compares and not any(ground.claims.compares for ground in grounds):
        yield Doubt("its source compares nothing")
    yield from _unconditional(said, grounds)
    yield from copied_otherwise(sentence, evidence)
    lines = tuple(line.text for line in evidence.lines if not line.piece.code)
    if (
        in_short(sentence, lines) == sentence
    ):  # else one source says what another's word is short for
        yield from scattered(said, grounds)


def missing_of(said: Claims, source: str) -> str | None:
    """Return the first number or name of a sentence that a source does not hold, if any."""
    have = numbers_of(source)
    for term in said.terms:
        if term.quantity is not None:
            if not any(term.quantity.met_by(quantity) for quantity in have):
                return term.text
        elif (
            term.kind == Kind.NAME
            and not holds_name(source, term.text)
            and not any(
                same_name(term, other) for other in read(source).terms if other.kind != Kind.NUMBER
            )
        ):
            return term.text
    return None


def _openings(said: Claims, source: str) -> Iterator[str]:
    """Yield the words with which a sentence opens that may be names and that no source holds."""
    there = read(source).terms
    for term in said.terms:
        if term.opens and not any(same(term, other) for other in there):
            yield term.text


def _denied(said: Claims, grounds: Sequence[Ground]) -> Iterator[Doubt]:
    """Yield what a sentence denies and its sources do not, or the other way round."""
    matched = 0
    for scope in _scopes(said):
        held = [
            any(g.claims.terms[g.places[n]].denied for g in grounds if n in g.places)
            for n in scope
            if any(n in g.places for g in grounds)
        ]
        if held and 2 * sum(held) < len(held):
            yield Doubt("it denies what its source says", certain=True)
        elif any(_says_whole(said, scope, ground) for ground in grounds):
            yield Doubt("it denies what its source says")
        matched += bool(held)
    about = [g for g in grounds if g.weight >= MOST_OF * grounds[0].weight]
    if said.denials > max(matched, sum(ground.claims.denials for ground in about)):
        yield Doubt("it denies more than its source")
    for ground in grounds:
        source = ground.claims
        back = {place: n for n, place in ground.places.items()}
        for place, other in enumerate(source.terms):
            if not other.heads or (ground is not grounds[0] and place not in back):
                continue
            scope = [
                p for p, term in enumerate(source.terms)
                if term.denied and term.clause == other.clause and term.kind != Kind.RELATION
            ]  # fmt: skip
            repeated = [said.terms[back[p]] for p in scope if p in back]
            same = 2 * len(repeated) > len(scope)
            if (same or (place in back and ground is grounds[0])) and not any(
                term.denied or _clause_denies(said, term) for term in repeated
            ):
                yield Doubt("its source denies it", certain=place in back)


def _says_whole(said: Claims, scope: Sequence[int], ground: Ground) -> bool:
    """Say whether a source says what a denial begins with, more than a word, and denies none."""
    clause = said.terms[scope[0]].clause if scope else 0
    begun = [n for n in scope if said.terms[n].clause == clause]
    there = [ground.claims.terms[ground.places[n]] for n in begun if n in ground.places]
    return len(there) == len(begun) >= 2 and not any(term.denied for term in there)


def _scopes(said: Claims) -> list[list[int]]:
    """Return the indices of the terms that each denial of a sentence reaches."""
    scopes: list[list[int]] = []
    for n, term in enumerate(said.terms):
        if term.heads:
            scopes.append([])
        if term.denied and term.kind != Kind.RELATION and scopes:
            scopes[-1].append(n)
    return scopes


def _clause_denies(claims: Claims, term: Term) -> bool:
    return any(other.denied and other.clause == term.clause for other in claims.terms)


def _turned(said: Claims, ground: Ground) -> Iterator[Doubt]:
    """Yield the words of a sentence in whose place its source has a contrary."""
    source = ground.claims.terms
    for n, term in enumerate(said.terms):
        if not (has_contrary(term.key) or term.kind == Kind.WORD) or term.quantity is not None:
            continue
        anchor = min(
            (m for m in ground.places if m != n and said.terms[m].kind != Kind.RELATION),
            key=lambda m: (abs(m - n), m < n),
            default=None,
        )
        family = [
            place
            for place, other in enumerate(source)
            if other.key == term.key
            or contrary(term.key, other.key)
            or measured_otherwise(term.key, other.key)
        ]
        if not family or anchor is None or abs(anchor - n) > _REACH:
            continue
        at = ground.places[anchor]
        expected = at + (n - anchor)
        if n not in ground.places:
            family = [p for p in family if p not in ground.taken or p == expected]
        if not family:
            continue
        nearest = min(family, key=lambda p: (abs(p - expected), source[p].key != term.key))
        other = source[nearest]
        if other.key == term.key or abs(nearest - expected) > _REACH:
            continue
        certain = contrary(term.key, other.key) and term.denied == other.denied
        yield Doubt(f"its source says {other.text}, not {term.text}", certain)


def _exchanged(said: Claims, grounds: Sequence[Ground]) -> Iterator[Doubt]:
    """Yield names, or numbers, that stand in another order than in their source.

    Of a name of several words that which tells most stands for it; of several places where both
    stand the closest count.
    """
    times = Counter(term.key for term in said.terms)
    for ground in grounds:
        for kind in (Kind.NAME, Kind.NUMBER):
            order = [
                min(run, key=lambda term: (times[term.key], len(places_of(term, ground.line.text))))
                for run in _names_whole(said, ground, kind)
            ]
            for one, two in pairwise(order):
                if one.key != two.key and steps(one, two, ground.line.text) < 0:
                    yield Doubt(
                        f"{one.text} and {two.text} stand in another order than in its source"
                    )


def _names_whole(said: Claims, ground: Ground, kind: Kind) -> list[list[Term]]:
    """Return the names, or numbers, that a source holds, the words of one name together."""
    runs: list[list[Term]] = []
    for n, term in enumerate(said.terms):
        if term.kind == kind and n in ground.places:
            if runs and kind == Kind.NAME and beside(runs[-1][-1], term):
                runs[-1].append(term)
            else:
                runs.append([term])
    return runs


def _named_in_place(said: Claims, grounds: Sequence[Ground]) -> Iterator[Doubt]:
    """Yield the names beside a word beside which the source has another name."""
    ground = grounds[0]
    content = [n for n, term in enumerate(said.terms) if term.kind != Kind.RELATION]
    for n, m in [*pairwise(content), *((m, n) for n, m in pairwise(content))]:
        name, word = said.terms[n], said.terms[m]
        if name.kind != Kind.NAME or word.kind == Kind.NAME:
            continue
        if m not in ground.places or n in ground.places or name.clause != word.clause:
            continue
        place = ground.places[m] + (1 if n > m else -1)
        other = ground.claims.terms[place] if 0 <= place < len(ground.claims.terms) else None
        if other and other.kind == Kind.NAME and place not in ground.taken:
            yield Doubt(f"its source says {other.text}, not {name.text}")


def _put_in_place(said: Claims, grounds: Sequence[Ground]) -> Iterator[Doubt]:
    """Yield the words that stand where the source has another, both neighbours the same."""
    ground = grounds[0]
    content = [n for n, term in enumerate(said.terms) if term.kind != Kind.RELATION]
    for place in range(1, len(content) - 1):
        before, n, after = content[place - 1 : place + 2]
        if n in ground.places or not (before in ground.places and after in ground.places):
            continue
        if not said.terms[n].key.isascii():
            continue  # pairs of Chinese characters lie over each other
        left, right = ground.places[before], ground.places[after]
        between = [p for p in range(left + 1, right) if p not in ground.taken]
        if 0 < len(between) <= 2:  # more is a whole phrase, put otherwise
            other = ground.claims.terms[between[0]]
            yield Doubt(f"its source says {other.text}, not {said.terms[n].text}")


def _stronger(said: Claims, grounds: Sequence[Ground]) -> Iterator[Doubt]:
    """Yield the words by which a sentence claims more than any of its sources: all, must, only."""
    there = {term.key for ground in grounds for term in ground.claims.terms}
    for term in said.terms:
        alike = as_strong(term.key)
        if alike and not term.denied and not alike & there:
            yield Doubt(f"its source does not say {term.text}")


def _bounded(sentence: str, said: Claims, grounds: Sequence[Ground]) -> Iterator[Doubt]:
    """Yield the numbers that are a bound in a sentence and none, or the other one, in its sources.

    Or the other way round: up to 80 is not 80.
    """
    for term in said.terms:
        if term.quantity is None:
            continue
        there = {
            bound_of(ground.line.text, other.start, other.end)
            for ground in grounds
            for other in numbers_of(ground.line.text)
            if term.quantity.met_by(other)
        }
        bound = bound_of(sentence, term.start, term.end)
        if there and bound not in there:
            said_so = f"{bound} {term.text}".strip()
            yield Doubt(
                f"its source says {' or '.join(sorted(there)) or 'just'} that, not {said_so}"
            )


def _unconditional(said: Claims, grounds: Sequence[Ground]) -> Iterator[Doubt]:
    """Yield the conditions of the main source that a sentence leaves out."""
    ground = grounds[0]
    source = ground.claims.terms
    for clause in {term.clause for term in source if term.conditional}:
        inside = {p for p, term in enumerate(source) if term.clause == clause}
        if not inside & ground.taken and not any(term.conditional for term in said.terms):
            yield Doubt("its source says so under a condition only")
