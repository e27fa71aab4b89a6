"""Names of things in a text: what capitals and digits tell, and which version is meant.

Names of persons are read by `ingest.text.names`, what a source must hold by `ingest.text.claims`.
"""

import re

from ingest.text.words import QUESTION_WORDS

_NAME = re.compile(
    r"(?=\d{0,40}[A-Za-z])[a-zA-Z\d][\w+]*(?:[-.][\w+]+)*|(?<!\d)\d++(?:\.\d++)+", re.ASCII
)
_BEGUN = re.compile(r"(?:^|[?!]|[a-z]{3}\.\s)\W*$")
_VERSION = re.compile(
    r"(?<![A-Za-z0-9.])(?P<name>[A-Za-z]*[A-Z][A-Za-z]*)[- ]?v?"
    r"(?P<number>\d{1,2}(?:\.\d{1,2})?)(?![A-Za-z0-9%]|\.\d)"
)
_PLACES = (
    "figure",
    "fig",
    "table",
    "section",
    "chapter",
    "step",
    "part",
    "top",
    "page",
    "appendix",
)
_NO_NAMES = QUESTION_WORDS | set(_PLACES)
_PART = re.compile(r"[a-z]+|\d+(?:\.\d+)*")
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_QUANTITY = re.compile(r"\d+(?:\.\d+)?-?[A-Za-z]{1,3}")
_HALF = 3  # letters, at the least, of each word of a name that may be written as one
_JOINED = 2 * _HALF
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SAID = re.compile(r"[A-Z][\w+#-]* \d[\w.]*(?<!\.)|[A-Za-z0-9][\w+#]*(?:[-.][\w+#]+)*", re.ASCII)
_ODD = re.compile(r".[A-Z0-9]|_")
_PLURAL = re.compile(r"(?<=[A-Z0-9])s$")
_DOTTED = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{2,}) (\d+(?:\.\d+)+)(?!\w|\.\d)")
_BEGINS = re.compile(r"(?:^|[.!?。！？]\s)\W*(\w)")


def names(text: str) -> list[str]:
    """Return the names in a question: words with a capital or a digit, three signs or longer.

    The first word of a sentence counts only when it has a digit or a second capital.
    """
    words = []
    for word in _NAME.finditer(text):
        inside = word[0][1:]
        odd = any(sign.isupper() or sign.isdigit() for sign in inside)
        named = word[0][0].isupper() and not _BEGUN.search(text, 0, word.start())
        if len(word[0]) >= 3 and (odd or named):
            words.append(word[0])
    return words


def is_name(word: str) -> bool:
    """Say whether a word alone is a name: it has a capital or a digit, or is like top-k."""
    odd = any(sign.isupper() or sign.isdigit() for sign in word) or word[-2:-1] == "-"
    return odd and bool(_SAID.fullmatch(word))


def names_said(text: str) -> list[str]:
    """Return the names in a text, each once: words with a capital or a digit, or like top-k.

    A word that begins a sentence counts if it has a digit or a second capital.
    """
    first = {match.start(1) for match in _BEGINS.finditer(text)}
    known = []
    for word in _SAID.finditer(text):
        inside = word[0][1:]
        odd = any(sign.isupper() or sign.isdigit() for sign in inside) or word[0][-2:-1] == "-"
        begins = word.start() in first
        capital = word[0][0].isupper() and not begins and len(word[0]) > 1
        if (odd or capital) and not word[0].isdigit():
            known.append(word[0])
    return list(dict.fromkeys(known))


def versions(text: str) -> list[tuple[str, str]]:
    """Return names with the version that follows them: ("Gemma", "3"), ("FlashAttention", "2")."""
    return [
        (match["name"], match["number"])
        for match in _VERSION.finditer(text)
        if match["name"].casefold() not in _NO_NAMES
    ]


def dotted_versions(text: str) -> set[tuple[str, str]]:
    """Return names without case with the version of several numbers after them: Llama 3.1."""
    return {(match[1].casefold(), match[2]) for match in _DOTTED.finditer(text)}


def odd_parts(name: str) -> list[str]:
    """Return the parts of a name between hyphens that are spelt as no word is, in the singular."""
    return [_PLURAL.sub("", part) for part in name.split("-") if _ODD.search(part)]


def is_quantity(name: str) -> bool:
    """Say whether what looks like a name is a number with its unit: 13B, 80GB, 4-bit."""
    return bool(_QUANTITY.fullmatch(name))


def has_version(text: str, name: str, number: str) -> bool:
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


def mentions(text: str, name: str) -> bool:
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


def _apart(name: str, text: str) -> bool:
    """Say whether a text writes a name in two words: "Lending Club"."""
    return any(f"{name[:at]} {name[at:]}" in text for at in range(_HALF, len(name) - _HALF + 1))
