"""Whether the evidence bears a sentence in a model's own words, and if not, why.

One idea: the sentence is laid beside the source sentences that hold most of it, term by term, and
what differs is looked at. A name or number that stands in none of them is false; a denial or a
contrary in the place of what the source says is false; names that stand together in the sentence
must stand together in a source, and in the same order. Where the words alone do not tell whether
the difference matters, the source is to be quoted instead: dropping would lose what is true.

Knows what a sentence claims from `ingest.text.claims`; nothing of questions or of models.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from assistant.answering.evidence import Evidence, Line, rows_of
from index.search.library import Library
from ingest.text.claims import Claims, Kind, Term, find_name, holds_name, numbers_of, read
from ingest.text.opposites import as_strong, contrary, has_contrary, measured_otherwise

SUPPORTED = 0.75
WEAK = 0.70
WEAK_BY_WORDS = 0.55
"""Where the embedding model does not know the language: pairs of characters repeat less."""
_MEANING = 0.25  # what cosines weigh against words: by WiCE and BEGIN, where more tells less
_MOST_SOURCES = 4
_GAIN = 0.08  # of a sentence's weight, for which another source sentence is taken along
_HARD = 2.0  # what a name or number weighs against a word
_ABOUT = 0.5  # of a sentence's weight, from which its source is about the same
_CONTRACTED = re.compile(r"\b\w+n[’']t\b")  # "doesn't" is a denial, its halves no words
_REACH = 3  # terms between a word and the contrary that stands in its place
_BESIDE = 6  # terms between a name and a word that stand beside one another in a sentence
_MOST_OF = 0.6
_PREFIX = 5  # letters by which two stems are forms of one word


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence may be shown: ``supported``, ``weak`` or ``dropped``, and why not.

    ``sources`` are the lines it rests on, the one that holds most of it first. ``quote_instead``:
    its words do not hold, but its first source is about the same and can stand in its place.
    """

    status: str
    score: float
    reason: str = ""
    sources: tuple[Line, ...] = ()
    quote_instead: bool = False


@dataclass(frozen=True, slots=True)
class _Doubt:
    """What differs; ``certain`` where the sentence is false and not only unproven."""

    reason: str
    certain: bool = False


class Support:
    """The judge of sentences: `check`."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def check(self, sentence: str, evidence: Evidence) -> Verdict:
        """Say whether the evidence bears a sentence."""
        said = _named(read(sentence), evidence)
        terms = frozenset(self._library.terms(_CONTRACTED.sub("", sentence)))
        if not terms or not said.terms or not evidence.lines:
            return Verdict("dropped", 0.0, "it says nothing to check")
        if sentence.rstrip().endswith(("?", "？")):
            return Verdict("dropped", 0.0, "it says nothing to check")
        grounds = _grounds(said, evidence)
        if not grounds:
            return Verdict("dropped", 0.0, "no passage supports it")
        sources = tuple(ground.line for ground in grounds)
        score = self._score(sentence, terms, sources, evidence)
        about = grounds[0].weight >= _ABOUT * _weight(said.terms)
        doubt = next(_differences(said, grounds, evidence), None)
        if doubt is not None:
            return Verdict("dropped", score, doubt.reason, sources, about)
        if score < (WEAK if evidence.understood else WEAK_BY_WORDS):
            return Verdict("dropped", score, "no passage supports it", sources)
        return Verdict("supported" if score >= SUPPORTED else "weak", score, "", sources)

    def _score(
        self, sentence: str, terms: frozenset[str], sources: Sequence[Line], evidence: Evidence
    ) -> float:
        """Return how much of a sentence its sources hold, by words and by meaning (0 to 1)."""
        idf = self._library.idf(sorted(terms))
        rows = _with_neighbours(evidence, rows_of(evidence, sources))
        held = frozenset().union(*(evidence.lines[row].terms for row in rows))
        total = sum(idf.values()) or 1.0
        recall = sum(idf[term] for term in terms & held) / total
        if not evidence.understood:
            return recall
        texts = [sentence, " ".join(line.text for line in sources)]
        vector, whole = self._library.embedder.embed(texts if len(sources) > 1 else texts[:1] * 2)
        near = max(float(evidence.vectors[row] @ vector) for row in rows)
        if len(sources) > 1:
            near = max(near, float(whole @ vector))
        return _MEANING * max(near, 0.0) + (1 - _MEANING) * recall


def _with_neighbours(evidence: Evidence, rows: Sequence[int]) -> list[int]:
    """Return rows and those beside them in their passages: what their pronouns stand for."""
    keys = [line.hit.passage.key for line in evidence.lines]
    near = {row + step for row in rows for step in (-1, 0, 1)}
    beside = [row for row in near if 0 <= row < len(keys)]
    return sorted(row for row in beside if any(keys[row] == keys[own] for own in rows))


@dataclass(frozen=True)
class _Ground:
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


def missing(sentence: str, source: str) -> str | None:
    """Return the first number or name of a sentence that a source does not hold, if any."""
    return _missing(read(sentence), source)


def denied_otherwise(sentence: str, source: str) -> bool:
    """Say whether one of two texts denies and the other does not, by their words."""
    return (read(sentence).denials > 0) != (read(source).denials > 0)


def _named(said: Claims, evidence: Evidence) -> Claims:
    """Return claims whose opening words are names where the sources write them as names alone."""
    if not any(term.opens for term in said.terms):
        return said
    there = [other for line in evidence.lines for other in read(line.text).terms]
    terms = []
    for term in said.terms:
        kinds = {other.kind for other in there if term.opens and _same(term, other)}
        terms.append(replace(term, kind=Kind.NAME) if kinds == {Kind.NAME} else term)
    return replace(said, terms=tuple(terms))


def _grounds(said: Claims, evidence: Evidence) -> list[_Ground]:
    """Return the source sentences that hold a sentence, the one with most of it first.

    Each next one is that which holds most of what is still missing, of the same passage rather
    than of another.
    """
    lines = [row for row, line in enumerate(evidence.lines) if not line.piece.code]
    held = {row: _held(said, evidence.lines[row].text) for row in lines}
    total = _weight(said.terms)
    left = set(range(len(said.terms)))
    chosen: list[int] = []
    near: set[str] = set()
    while len(chosen) < _MOST_SOURCES and left:
        gains = [
            (_weight([said.terms[n] for n in held[row] & left]),
             evidence.lines[row].hit.passage.key in near, evidence.lines[row].score, -row)
            for row in lines if row not in chosen
        ]  # fmt: skip
        new, _, _, row = max(gains, default=(0.0, False, 0.0, 0))
        if new <= (_GAIN * total if chosen else 0.0):
            break
        chosen.append(-row)
        near.add(evidence.lines[-row].hit.passage.key)
        left -= held[-row]
    return [_laid_beside(said, evidence, row) for row in chosen]


def _held(said: Claims, source: str) -> set[int]:
    """Return the indices of a sentence's terms that a source sentence holds."""
    return {n for n, term in enumerate(said.terms) if _places(term, source)}


def _places(term: Term, source: str) -> list[int]:
    """Return where among the terms of a source sentence a term stands."""
    there = read(source).terms
    found = [n for n, other in enumerate(there) if _same(term, other)]
    if found or term.kind != Kind.NAME or (span := find_name(source, term.text)) is None:
        return found
    return [n for n, other in enumerate(there) if span[0] <= other.start < span[1]][:1]


def _same(term: Term, other: Term) -> bool:
    if term.quantity is not None:
        return other.quantity is not None and term.quantity.met_by(other.quantity)
    if term.kind == Kind.NAME or other.kind == Kind.NAME:
        return _same_name(term, other)
    return term.key == other.key or _forms(term.key, other.key)


def _same_name(term: Term, other: Term) -> bool:
    if other.quantity is not None:
        return False
    one, two = term.text.casefold(), other.text.casefold()
    return (
        one == two
        or term.key == other.key
        or _derived(term, other)
        or (term.kind != other.kind and _forms(one, two))
    )


def _derived(term: Term, other: Term) -> bool:
    """Say whether one plain name is made of the other: Australian of Australia."""
    short, long = sorted((term.text.casefold(), other.text.casefold()), key=len)
    plain = short.isalpha() and long.isalpha() and len(short) >= _PREFIX
    return (
        plain
        and long.startswith(short[:-1])
        and long[len(short) - 1 :].endswith(("n", "ese", "ish", "ic", "i", "s"))
        and len(long) - len(short) <= 3
    )  # letters of such an ending


def _forms(one: str, other: str) -> bool:
    """Say whether two stems are forms of one word: publish and public(ation)."""
    if not (one.isascii() and other.isascii()) or min(len(one), len(other)) < _PREFIX:
        return False
    shared = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        shared += 1
    rest = max(len(one), len(other)) - shared
    return (
        shared >= max(_PREFIX, 0.75 * min(len(one), len(other)))
        and rest < _PREFIX
        and not contrary(one, other)
    )


def _weight(terms: Sequence[Term]) -> float:
    return sum(0.0 if term.kind == Kind.RELATION else _HARD if term.hard else 1.0 for term in terms)


def _laid_beside(said: Claims, evidence: Evidence, row: int) -> _Ground:
    """Lay a sentence beside a source sentence: the longest run in order first, then the rest."""
    line = evidence.lines[row]
    source = read(line.text)
    options = [_places(term, line.text) for term in said.terms]
    places = _in_order(options, len(source.terms))
    for n, every in enumerate(options):
        free = [place for place in every if place not in places.values()]
        if n not in places and (free or every):
            near = [places[m] for m in sorted(places, key=lambda m: abs(m - n))[:1]]
            places[n] = min(free or every, key=lambda p: abs(p - near[0]) if near else p)
    weight = _weight([said.terms[n] for n in places])
    return _Ground(line, source, places, weight, _before(evidence, row))


def _in_order(options: Sequence[Sequence[int]], length: int) -> dict[int, int]:
    """Return the longest common subsequence of terms as places by index."""
    best = [[0] * (length + 1) for _ in range(len(options) + 1)]
    for n in range(len(options) - 1, -1, -1):
        for place in range(length - 1, -1, -1):
            here = best[n + 1][place + 1] + 1 if place in options[n] else 0
            best[n][place] = max(here, best[n + 1][place], best[n][place + 1])
    found: dict[int, int] = {}
    n = place = 0
    while n < len(options) and place < length:
        if place in options[n] and best[n][place] == best[n + 1][place + 1] + 1:
            found[n] = place
            n, place = n + 1, place + 1
        elif best[n + 1][place] >= best[n][place + 1]:
            n += 1
        else:
            place += 1
    return _drawn_together(found, options)


def _drawn_together(places: dict[int, int], options: Sequence[Sequence[int]]) -> dict[int, int]:
    """Move each term of a run as near to the next as its options allow, the order kept."""
    order = sorted(places)
    for at in range(len(order) - 2, -1, -1):
        low = places[order[at - 1]] if at else -1
        high = places[order[at + 1]]
        places[order[at]] = max(place for place in options[order[at]] if low < place < high)
    return places


def _before(evidence: Evidence, row: int) -> str:
    """Return what a line is understood with: title, headings, and the lines it refers back to."""
    line = evidence.lines[row]
    passage = line.hit.passage
    parts = [passage.title, *passage.heading]
    at = row
    while at and row - at < 2 and _leans(evidence.lines[at]):  # sentences back
        at -= 1
        if evidence.lines[at].hit.passage.key != passage.key:
            break
        parts.append(evidence.lines[at].text)
    return " ".join(parts)


def _leans(line: Line) -> bool:
    """Say whether a line speaks of what was named before: it refers back, or names nothing."""
    names = [term for term in read(line.text).terms if term.kind == Kind.NAME]
    return line.piece.refers_back or line.piece.item or not names


def _differences(said: Claims, grounds: Sequence[_Ground], evidence: Evidence) -> Iterator[_Doubt]:
    """Yield what a sentence says otherwise than its sources, what is certainly false first."""
    whole = " ".join(f"{ground.before} {ground.line.text}" for ground in grounds)
    if (detail := _missing(said, whole)) is not None:
        yield _Doubt(f"{detail} is not in what it would cite", certain=True)
    yield from _denied(said, grounds)
    for ground in grounds:
        yield from _turned(said, ground)
    for opening in _openings(said, whole):
        yield _Doubt(f"{opening} is not in what it would cite")
    yield from _exchanged(said, grounds)
    yield from _unbound(said, evidence)
    yield from _of_another(said, evidence)
    yield from _named_in_place(said, grounds)
    yield from _put_in_place(said, grounds)
    yield from _stronger(said, grounds)
    if said.compares and not any(ground.claims.compares for ground in grounds):
        yield _Doubt("its source compares nothing")
    yield from _unconditional(said, grounds)


def _missing(said: Claims, source: str) -> str | None:
    have = numbers_of(source)
    for term in said.terms:
        if term.quantity is not None:
            if not any(term.quantity.met_by(each) for each in have):
                return term.text
        elif (
            term.kind == Kind.NAME
            and not holds_name(source, term.text)
            and not any(
                _same_name(term, other) for other in read(source).terms if other.kind != Kind.NUMBER
            )
        ):
            return term.text
    return None


def _openings(said: Claims, source: str) -> Iterator[str]:
    """Yield the words with which a sentence opens that may be names and that no source holds."""
    there = read(source).terms
    for term in said.terms:
        if term.opens and not any(_same(term, other) for other in there):
            yield term.text


def _denied(said: Claims, grounds: Sequence[_Ground]) -> Iterator[_Doubt]:
    """Yield what a sentence denies and its sources do not, or the other way round."""
    matched = 0
    for scope in _scopes(said):
        held = [
            any(g.claims.terms[g.places[n]].denied for g in grounds if n in g.places)
            for n in scope
            if any(n in g.places for g in grounds)
        ]
        if held and 2 * sum(held) < len(held):
            yield _Doubt("it denies what its source says", certain=True)
        matched += bool(held)
    about = [g for g in grounds if g.weight >= _MOST_OF * grounds[0].weight]
    if said.denials > max(matched, sum(ground.claims.denials for ground in about)):
        yield _Doubt("it denies more than its source")
    for ground in grounds:
        source = ground.claims
        back = {place: n for n, place in ground.places.items()}
        for place, other in enumerate(source.terms):
            if not other.heads or (ground is not grounds[0] and place not in back):
                continue
            scope = [
                p for p, each in enumerate(source.terms)
                if each.denied and each.clause == other.clause and each.kind != Kind.RELATION
            ]  # fmt: skip
            repeated = [said.terms[back[p]] for p in scope if p in back]
            same = 2 * len(repeated) > len(scope)
            if (same or (place in back and ground is grounds[0])) and not any(
                term.denied or _clause_denies(said, term) for term in repeated
            ):
                yield _Doubt("its source denies it", certain=place in back)


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
    return any(each.denied and each.clause == term.clause for each in claims.terms)


def _turned(said: Claims, ground: _Ground) -> Iterator[_Doubt]:
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
            family = [place for place in family if place not in ground.taken]
        if not family:
            continue
        nearest = min(family, key=lambda p: (abs(p - expected), source[p].key != term.key))
        other = source[nearest]
        if other.key == term.key or abs(nearest - expected) > _REACH:
            continue
        if contrary(term.key, other.key):
            if term.denied == other.denied:
                yield _Doubt(f"its source says {other.text}, not {term.text}", certain=True)
        else:
            yield _Doubt(f"its source says {other.text}, not {term.text}")


def _exchanged(said: Claims, grounds: Sequence[_Ground]) -> Iterator[_Doubt]:
    """Yield names, or numbers, that stand in another order than in their source.

    Of several places where both stand the closest count.
    """
    names = {(one.key, two.key) for one, two in pairwise(said.terms) if _one_name(one, two)}
    for ground in grounds:
        for kind in (Kind.NAME, Kind.NUMBER):
            order = [
                term
                for n, term in enumerate(said.terms)
                if term.kind == kind and n in ground.places
            ]
            for one, two in pairwise(order):
                if {(one.key, two.key), (two.key, one.key)} & names:
                    continue  # the name is said twice, or its words are
                if _steps(one, two, ground.line.text) < 0:
                    yield _Doubt(
                        f"{one.text} and {two.text} stand in another order than in its source"
                    )


def _steps(one: Term, two: Term, source: str) -> int:
    """Return how many terms after one the other stands in a source that holds both, at the least.

    Negative where it stands before it; that the two are in order counts for as close.
    """
    gaps = [q - p for p in _places(one, source) for q in _places(two, source) if p != q]
    return min(gaps, key=lambda gap: (abs(gap), gap < 0), default=0)


def _one_name(one: Term, two: Term) -> bool:
    """Say whether two terms are words of one name: nothing but a space is between them."""
    return one.kind == two.kind == Kind.NAME and two.start - one.end <= 1


def _unbound(said: Claims, evidence: Evidence) -> Iterator[_Doubt]:
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
            yield _Doubt(f"no source says {two.text} of {one.text}")


def _found(term: Term, evidence: Evidence) -> bool:
    return any(_places(term, line.text) for line in evidence.lines if not line.piece.code)


def _of_another(said: Claims, evidence: Evidence) -> Iterator[_Doubt]:
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
            row: sum(bool(_places(term, evidence.lines[row].text)) for term in words)
            for row in lines
        }
        best = max(held.values(), default=0)
        of_it = max(
            (
                count for row, count in held.items()
                if _stands(name, f"{evidence.lines[row].text} {_before(evidence, row)}")
            ),
            default=0,
        )  # fmt: skip
        if best - of_it >= 2 and of_it < _MOST_OF * best:  # one may be by chance
            yield _Doubt(f"no source says this of {name.text}")


def _together(one: Term, two: Term, evidence: Evidence, row: int, *, near: bool) -> bool:
    """Say whether a source sentence holds both, or one and the other is what it speaks of."""
    line = evidence.lines[row]
    if line.piece.code:
        return False
    here = [_stands(term, line.text) for term in (one, two)]
    if all(here):
        return not near or abs(_steps(one, two, line.text)) <= _BESIDE
    if not any(here):
        return False
    before = _before(evidence, row)
    return all(there or _stands(term, before) for there, term in zip(here, (one, two), strict=True))


def _stands(term: Term, text: str) -> bool:
    if term.quantity is not None:
        return any(term.quantity.met_by(each) for each in numbers_of(text))
    return bool(_places(term, text))


def _named_in_place(said: Claims, grounds: Sequence[_Ground]) -> Iterator[_Doubt]:
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
            yield _Doubt(f"its source says {other.text}, not {name.text}")


def _put_in_place(said: Claims, grounds: Sequence[_Ground]) -> Iterator[_Doubt]:
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
            yield _Doubt(f"its source says {other.text}, not {said.terms[n].text}")


def _stronger(said: Claims, grounds: Sequence[_Ground]) -> Iterator[_Doubt]:
    """Yield the words by which a sentence claims more than any of its sources: all, must, only."""
    there = {term.key for ground in grounds for term in ground.claims.terms}
    for term in said.terms:
        alike = as_strong(term.key)
        if alike and not term.denied and not alike & there:
            yield _Doubt(f"its source does not say {term.text}")


def _unconditional(said: Claims, grounds: Sequence[_Ground]) -> Iterator[_Doubt]:
    """Yield the conditions of the main source that a sentence leaves out."""
    ground = grounds[0]
    source = ground.claims.terms
    for clause in {term.clause for term in source if term.conditional}:
        inside = {p for p, term in enumerate(source) if term.clause == clause}
        if not inside & ground.taken and not any(term.conditional for term in said.terms):
            yield _Doubt("its source says so under a condition only")
