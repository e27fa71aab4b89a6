"""What may be asked: a question and what was said before it, and how long both may be.

The rules of questions, names and follow-ups read a text many times over; these bounds are what
keeps them quick, so they stand here once and every door goes through them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.errors import UsageError
from ingest.text.characters import encodable

QUESTION = 4_000
"""The most characters of a question, a query or a topic."""
PASTED = 32_000
"""The most characters of a pasted log or traceback, which is condensed first."""
EXCHANGES = 50
"""How many exchanges before a question count: the last ones."""
ANSWER = 20_000
"""How many characters of an earlier answer count: the first ones."""

_LOG = 12  # line ends: a text with fewer is prose
_COUNTERS = re.compile(r"0x[0-9a-fA-F]++|\d++")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question asked before, as it was asked, and the text of its answer."""

    question: str
    answer: str = ""


def asked(text: str, what: str = "question") -> str:
    """Return a question fit to be answered; halves of characters become U+FFFD, NUL a space.

    A pasted log may be longer. In a question its lines that differ only in their numbers stand
    once; a query is searched by the words that tell (see `Library.telling`).

    Args:
        text: what a person or program asked.
        what: what it is called in the refusal: question, query or topic.

    Raises:
        UsageError: it is longer than `QUESTION` characters.
    """
    if QUESTION < len(text) <= PASTED and text.count("\n") >= _LOG:
        if what == "query":
            return readable(text)
        text = _said_once(text)
    if len(text) > QUESTION:
        raise UsageError(
            f"The {what} has {len(text):,} characters, and {QUESTION:,} is the most: ask about one "
            "thing, and leave longer texts to `refdesk ingest`."
        )
    return readable(text)


def _said_once(text: str) -> str:
    lines = reversed(text.splitlines())
    alike = {_COUNTERS.sub("0", line).strip(): line.rstrip() for line in lines}
    return "\n".join(line for shape, line in reversed(alike.items()) if shape)


def said_before(history: Sequence[Exchange]) -> tuple[Exchange, ...]:
    """Return the part of a conversation that counts for a follow-up; the rest is cut off."""
    return tuple(
        replace(
            exchange,
            question=readable(exchange.question[:QUESTION]),
            answer=readable(exchange.answer[:ANSWER]),
        )
        for exchange in history[-EXCHANGES:]
    )


def readable(text: str) -> str:
    """Return a text that can be written in UTF-8 and into databases."""
    return encodable(text).replace("\0", " ")
