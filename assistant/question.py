"""What a question asks: its language and, when it is about two things, each of them."""

import re
from dataclasses import dataclass

from ingest.text import language

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


@dataclass(frozen=True, slots=True)
class Question:
    """A question as asked, with its language and the two things it compares, if it does."""

    text: str
    lang: str
    sides: tuple[str, ...] = ()


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
