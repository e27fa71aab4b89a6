"""What a question asks: its language and parts, what it compares, how much it wants to hear."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.wording import wording
from ingest.text.scripts import has_han
from ingest.text.sentences import language
from ingest.text.things import names
from ingest.text.words import QUESTION_WORDS, says_nothing, without_asking

_WORDING = wording("questions")
_LEAD = _WORDING.patterns["lead"]
_TAIL = _WORDING.patterns["tail"]
_SEPARATED = _WORDING.patterns["separated"]
# A first side that may be anything begins its line: searched for from every place it would cost the
# square of the length.
_COMPARISONS = _WORDING.several["comparisons"]
_ENUMERATED = _WORDING.patterns["enumerated"]
_ASKS_ITSELF = _WORDING.patterns["asks_itself"]
_LONGEST_SIDE = 8  # words
_MOST_SIDES = 8

_PARTS = _WORDING.patterns["parts"]
_FEWEST_LETTERS = 4
_FEW_WORDS = 4  # of a first part that the later ones are searched with
_WHY = _WORDING.patterns["why"]
_ASKS = _WORDING.patterns["asks"]

_STATES = _WORDING.patterns["states"]
_EXPLAINS = _WORDING.patterns["explains"]
_NARROW = _WORDING.patterns["narrow"]
_WIDE = _WORDING.patterns["wide"]


_WORK = _WORDING.patterns["work"]
_SAID = re.compile(r"(?<!['’])\b[\w-]+")  # without what an apostrophe joins: "what's"
_STANDS_FOR = _WORDING.patterns["stands_for"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question as asked: its language, the things it compares and the parts it has.

    ``sides`` is empty where nothing is compared. ``parts`` holds at least one text, each in words
    that can be searched alone; a question that asks one thing is its only part. ``scope`` says how
    much an answer should cover: ``narrow`` (a number, a name), ``wide`` (an explanation,
    a comparison) or ``plain``.
    """

    text: str
    lang: str
    sides: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    scope: str = "plain"


def wants_title(text: str) -> bool:
    """Say whether a question asks for a work by name, so that a heading may be its answer."""
    return bool(_WORK.search(text))


def understand(text: str) -> Question:
    """Read a question: its language, sides, parts and scope, by the form of its words alone."""
    text = " ".join(text.split())
    pieces = asked_in_turn(text)
    parts = _parts(text, pieces, ())
    sides = tuple(dict.fromkeys(_sides_of(text, pieces)))[:_MOST_SIDES]
    sides = sides if len(sides) > 1 else ()
    scopes = {"wide"} if sides else {_scope(part) for part in parts}
    scope = next(scope for scope in ("wide", "plain", "narrow") if scope in scopes)
    return Question(text, language(text), sides, parts, scope)


def _scope(part: str) -> str:
    """Return how much one part of a question wants to hear."""
    if _EXPLAINS.match(part):
        return "wide"
    if _NARROW.search(part):
        return "narrow"
    return "wide" if _WIDE.search(part) else "plain"


def _sides_of(text: str, pieces: Sequence[str]) -> tuple[str, ...]:
    """Return the sides of a question, or of the first of its later pieces that compares.

    "What is DPO and how is it different from RLHF?" compares DPO.
    """
    compared = (_sides(piece) for piece in pieces[1:])
    sides = next((sides for sides in compared if len(sides) > 1), None)
    subject = _subject(pieces[0]) if len(pieces) > 1 else ""
    return tuple(
        subject if subject and _STANDS_FOR.fullmatch(side) else side
        for side in sides or (pieces and _sides(pieces[0])) or _sides(text)
    )


def _sides(text: str) -> tuple[str, ...]:
    """Return the things a question compares, two or more; none where it compares nothing."""
    plain = text.rstrip(" ?？.。!！")
    listed = _ENUMERATED.match(plain)
    if listed and len(sides := _separate(listed[1])) >= 2:
        return _completed(sides)
    for pattern in _COMPARISONS:
        if match := pattern.search(plain):
            first = _LEAD.sub("", match[1]).strip()
            sides = (*_separate(first), *_separate(_TAIL.sub("", _LEAD.sub("", match[2])).strip()))
            if len(sides) >= 2 and not any(map(_ASKS_ITSELF.search, sides)):
                return _completed(sides)
    return ()


def _completed(sides: tuple[str, ...]) -> tuple[str, ...]:
    """Return sides with the noun that only the last one names: tensor and pipeline parallelism."""
    _, _, noun = sides[-1].partition(" ")
    return tuple(
        f"{side} {noun}" if len(noun) > 1 and _lacks_noun(side) else side for side in sides
    )


def _lacks_noun(side: str) -> bool:
    return side.isalpha() and side[1:].islower() and not _STANDS_FOR.fullmatch(side)


def _separate(text: str) -> tuple[str, ...]:
    """Return the things an enumeration names, in a few words each; what is longer is no name."""
    text = _LEAD.sub("", text)
    sides = tuple(side.strip(" ?？.。") for side in _SEPARATED.split(text) if side.strip(" ?？.。"))
    return sides if all(len(side.split()) <= _LONGEST_SIDE for side in sides) else (text,)


def parts_about(text: str, named: Sequence[str]) -> tuple[str, ...]:
    """Return what a question asks one after the other, each with the subject of the first part.

    "What does it solve and how?" asks how of the same thing. ``named`` are the subjects that the
    first part is known to name; the names that are seen by their capitals stand beside them.
    """
    return _parts(text, asked_in_turn(text), named)


def _parts(text: str, pieces: Sequence[str], named: Sequence[str]) -> tuple[str, ...]:
    if len(pieces) < 2:
        return (text,)
    first = _subject(pieces[0])
    known = ", ".join(named).casefold()
    # after "why does the loss rise in training" a later "it" is the rise, else what is named
    beside = _telling(pieces[0]) if _WHY.search(pieces[0]) else _named(pieces[0])
    others = " ".join([word for word in beside if word.casefold() not in known][:_FEW_WORDS])
    subject = ", ".join(filter(None, (*named, others))) if named else first
    parts = [pieces[0]]
    for piece in pieces[1:]:
        bare = len(piece.split()) < 2 and (piece.isascii() or len(piece) < _FEWEST_LETTERS)
        if bare:
            parts.append(f"{piece} {first}")
        elif subject and (not _named(piece) or _refers_back(piece)):
            parts.append(f"{piece} ({subject})")
        else:
            parts.append(piece)
    return tuple(parts)


def asked_in_turn(text: str) -> list[str]:
    """Return what a question asks one after the other, each as it stands there."""
    text = " ".join(text.split())  # the pattern tries every run of spaces from each of its places
    pieces = [piece.strip(" ,，") for piece in _PARTS.split(text.rstrip(" ?？.。!！"))]
    pieces = [piece for piece in pieces if piece]
    # "In simple terms, what is ...?"
    asking = next((at for at, piece in enumerate(pieces) if _ASKS.search(piece)), len(pieces) - 1)
    parts = [", ".join(pieces[: asking + 1])] if pieces else []
    for piece in pieces[asking + 1 :]:
        if _STATES.match(piece):  # "Why does it fail? It can do calculus."
            parts[-1] += f", {piece}"
        else:
            parts.append(piece)
    return parts


def _named(part: str) -> list[str]:
    """Return the names in a part of a question; the word it begins with is none by its capital."""
    return names(part[:1].lower() + part[1:])


def _refers_back(part: str) -> bool:
    """Say whether a part has a word for what was named before it."""
    return any(map(_STANDS_FOR.fullmatch, part.split())) or bool(
        has_han(part) and _STANDS_FOR.match(part)
    )


def _subject(part: str) -> str:
    """Return what a part is about: its names, else its words that do not only ask."""
    if named := _named(part):
        return ", ".join(dict.fromkeys(named))
    return " ".join(_telling(part)[-_FEW_WORDS:])


def _telling(part: str) -> list[str]:
    """Return the words of a part that do not only ask, the runs of Chinese that do not."""
    words = _SAID.findall(without_asking(part) if has_han(part) else part)
    return [
        word for word in words
        if word.casefold() not in QUESTION_WORDS and not says_nothing(word.casefold())
    ]  # fmt: skip
