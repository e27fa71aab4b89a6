"""What a question asks: its language and, when it is about two things, each of them."""

import re
from dataclasses import dataclass

from ingest.text.sentences import language

_LEAD = re.compile(
    r"^(?:please\s+)?(?:explain|compare|contrast|describe|what(?:'s| is| are)|"
    r"how (?:do|does|is|are)|tell me about|请?(?:解释|比较|说明|介绍)(?:一下)?)\s*",
    re.IGNORECASE,
)
_TAIL = re.compile(r"\s*(?:之间)?的?(?:区别|不同|差别|差异)(?:是什么|在哪里|有哪些)?\s*$")
_PATTERNS = (
    re.compile(r"differences?\s+between\s+(.+?)\s+and\s+(.+)", re.IGNORECASE),
    re.compile(r"how\s+\w+\s+(.+?)\s+(?:differ|different)\s+(?:from|to)\s+(.+)", re.IGNORECASE),
    re.compile(r"(?:compare|contrast)\s+(.+?)\s+(?:and|with|to)\s+(.+)", re.IGNORECASE),
    re.compile(r"(.+?)\s+compared?\s+(?:to|with)\s+(.+)", re.IGNORECASE),
    re.compile(r"(.+?)\s+(?:vs\.?|versus)\s+(.+)", re.IGNORECASE),
    re.compile(r"(.+?)\s*(?:和|与|跟)\s*(.+?)(?:之间)?(?:的|有什么|有何)(?:区别|不同|差别|差异)"),
)  # fmt: skip


ASKING = (
    "a about am an and any are as ask at be been being between by can compare compared contrast "
    "could describe did differ difference differences different do does doing each every explain "
    "for from "
    "get give had happen has have how i if in is it its just list long make many may me mean means "
    "might much must my need of on one or our please should show so some summarise summarize take "
    "tell than that the their them then there these they this those to try use used using versus "
    "very vs was way were what when where whether which who whom whose why will with work works "
    "would you your"
)
"""Words that say that something is asked, not what."""

_NAME = re.compile(r"(?=\d*[A-Za-z])[a-zA-Z\d][\w+]*(?:[-.][\w+]+)*|\d+(?:\.\d+)+", re.ASCII)
_FIRST = re.compile(r"^\W*\w+")
_VERSION = re.compile(
    r"(?<![A-Za-z0-9.])(?P<name>[A-Za-z]*[A-Z][A-Za-z]*)[- ]?v?"
    r"(?P<number>\d{1,2}(?:\.\d{1,2})?)(?![A-Za-z0-9%]|\.\d)"
)
_WORK = re.compile(
    r"\b(?:papers?|articles?|titles?|titled|called|named?|works?|posts?|which|who)\b|论文|文章|标题|哪",
    re.IGNORECASE,
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


@dataclass(frozen=True, slots=True)
class Question:
    """A question as asked, with its language and the two things it compares, if it does."""

    text: str
    lang: str
    sides: tuple[str, ...] = ()


def names(text: str) -> list[str]:
    """Return the names in a question: words with a capital or a digit, three signs or longer.

    The first word counts only when it has a digit or a second capital.
    """
    first = _FIRST.match(text)
    start = first.end() if first else 0
    found = []
    for word in _NAME.finditer(text):
        inside = word[0][1:]
        odd = any(sign.isupper() or sign.isdigit() for sign in inside)
        if len(word[0]) >= 3 and (odd or (word.start() >= start and word[0][0].isupper())):
            found.append(word[0])
    return found


def wants_title(text: str) -> bool:
    """Say whether a question asks for a work by name, so that a heading may be its answer."""
    return bool(_WORK.search(text))


def versions(text: str) -> list[tuple[str, str]]:
    """Return names with the version that follows them: ("Gemma", "3"), ("FlashAttention", "2")."""
    return [
        (found["name"], found["number"])
        for found in _VERSION.finditer(text)
        if found["name"].casefold() not in _PLACES
    ]


def understand(text: str) -> Question:
    """Read a question; ``sides`` holds both sides of a comparison and is empty otherwise."""
    text = " ".join(text.split())
    plain = text.rstrip(" ?？.。!！")
    for pattern in _PATTERNS:
        found = pattern.search(plain)
        if found:
            sides = tuple(_TAIL.sub("", _LEAD.sub("", side)).strip() for side in found.groups())
            if all(sides):
                return Question(text, language(text), sides)
    return Question(text, language(text))
