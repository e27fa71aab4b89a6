"""When a term of a sentence is the same as one of a source, and where in a source it stands."""

from ingest.text.alike import classes
from ingest.text.claims import Kind, Term, find_name, numbers_of, read
from ingest.text.opposites import contrary

_PREFIX = 5  # letters by which two stems are forms of one word


def places_of(term: Term, source: str) -> list[int]:
    """Return where among the terms of a source sentence a term stands."""
    there = read(source).terms
    at = [n for n, other in enumerate(there) if same(term, other)]
    if at or term.kind != Kind.NAME or (span := find_name(source, term.text)) is None:
        return at
    return [n for n, other in enumerate(there) if span[0] <= other.start < span[1]][:1]


def stands(term: Term, text: str) -> bool:
    """Say whether a text holds a term; of a number its value and unit count."""
    if term.quantity is not None:
        return any(term.quantity.met_by(quantity) for quantity in numbers_of(text))
    return bool(places_of(term, text))


def same(term: Term, other: Term) -> bool:
    """Say whether two terms say the same: forms of one word, one name, one quantity."""
    if term.quantity is not None:
        return other.quantity is not None and term.quantity.met_by(other.quantity)
    if term.kind == Kind.NAME or other.kind == Kind.NAME:
        return same_name(term, other)
    if term.key == other.key or _forms(term.key, other.key):
        return True
    stands_for = classes()
    small = stands_for.get(term.text.casefold())
    return small is not None and small == stands_for.get(other.text.casefold())


def same_name(term: Term, other: Term) -> bool:
    """Say whether two terms name the same, however case, plural and ending are written."""
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
