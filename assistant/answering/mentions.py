"""Whether passages mention the names in a question, spelled as they may be."""

import re
from collections.abc import Sequence

from assistant.answering.question import names, versions
from index.search.library import Hit

_PART = re.compile(r"[a-z]+|\d+(?:\.\d+)*")
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_QUANTITY = re.compile(r"\d+(?:\.\d+)?-?[A-Za-z]{1,3}")  # 13B, 80GB, 4-bit: no name by itself
_HALF = 3  # letters, at the least, of each word of a name that may be written as one
_JOINED = 2 * _HALF
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def unmentioned(question: str, hits: Sequence[Hit]) -> tuple[str, ...]:
    """Return the names and versions in a question that none of these passages mentions."""
    text = _text(hits)
    versioned = [
        f"{name} {of}" for name, of in versions(question) if not _has_version(text, name, of)
    ]
    return (*_missing(question, text), *versioned)


def unmentioned_words(question: str, hits: Sequence[Hit]) -> tuple[str, ...]:
    """Return the names alone: a version or number says nothing without its name."""
    return tuple(name for name in _missing(question, _text(hits)) if not name[0].isdigit())


def _text(hits: Sequence[Hit]) -> str:
    return " ".join(
        " ".join((hit.passage.title, *hit.passage.heading, hit.passage.text)) for hit in hits
    ).casefold()


def _missing(question: str, text: str) -> list[str]:
    return [
        name
        for name in names(question)
        if not _QUANTITY.fullmatch(name) and not _mentions(text, name)
    ]


def _apart(name: str, text: str) -> bool:
    """Say whether a text writes a name in two words: "Lending Club"."""
    return any(f"{name[:at]} {name[at:]}" in text for at in range(_HALF, len(name) - _HALF + 1))


def _has_version(text: str, name: str, number: str) -> bool:
    """Say whether a case-folded text names this version: Gemma 3 is not Gemma 2.

    A space or hyphen may stand between the parts of a name in one and not in the other, a year be
    short in one (WMT14); and before there was a second, the first had no number.
    """
    if number == "1":
        return True
    parts = [re.escape(part.casefold()) for part in _WORDS.findall(name)]
    loose = r"[\s_-]?".join(parts)
    between = r"(?:[\s_-]+[a-z]+[\s_-]+|[\s_-]*)"  # ZeRO-3 is ZeRO stage 3
    return bool(re.search(rf"{loose}{between}v?(?:20)?{re.escape(number)}(?!\d|\.\d)", text))


def _mentions(text: str, name: str) -> bool:
    """Say whether a case-folded text holds a name, as it is or in parts ("WMT14": "WMT 2014")."""
    name = name.casefold().removesuffix("'s")
    if name.rstrip("s") in text and not _NUMBER.fullmatch(name):
        return True
    if name.isalpha() and len(name) >= _JOINED and _apart(name, text):
        return True
    parts = _PART.findall(name)
    words = [part.rstrip("s") for part in parts if part.isalpha() and len(part) > 1]
    numbers = [re.escape(part) for part in parts if part[0].isdigit()]
    return (
        bool(words or numbers)
        and all(word in text for word in words)
        and all(re.search(rf"(?<![\d.]){number}(?![\d])|20{number}\b", text) for number in numbers)
    )
