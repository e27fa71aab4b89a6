"""How many or how long a question asks, and whether anything found says so.

A passage may use all words of such a question and still not answer it: how BERT is trained does not
tell on how many GPUs. A number of what is counted must be said where its names stand. English only.
"""

import re
from collections.abc import Callable

from assistant.answering.checking import places_of, stands
from assistant.answering.evidence import Evidence, Line
from assistant.wording import wording
from ingest.text.claims import Kind, Term, read
from ingest.text.numbers import quantities

_WORDING = wording("questions")
_MANY = _WORDING.patterns["how_many"]
_LONG = _WORDING.patterns["how_long"]
_EACH = _WORDING.words["each"]
_TIMES = frozenset(["millisecond", "second", "minute", "hour", "day", "week", "month", "year"])

_SIZES = frozenset(["byte", "KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB"])


def asks_a_number(question: str) -> Callable[[str], bool] | None:
    """Return what says whether a text counts what a question asks the number of, if it does."""
    if _LONG.search(question):
        return lambda text: _counts(None, text)
    match = _MANY.search(question)
    words = read(match["counted"]).terms if match else ()
    if not words:
        return None
    whole = "" if match and match["rate"] else rf"(?! (?:for )?{_EACH}|/)"
    counted = re.compile(
        rf"\d[\d,.]*\+?\s*(?:thousand|million|billion|trillion|[kmbt]\b)?[ -]"
        rf"(?:(?!(?:per|in|of|for)\b)\w+ ){{0,2}}?"
        rf"{re.escape(words[-1].text.removesuffix('s'))}s?\b{whole}",
        re.IGNORECASE,
    )
    return lambda text: bool(counted.search(text))


def uncounted(question: str, evidence: Evidence) -> str:
    """Return what a question asks the number of and nothing found counts; empty where it does.

    A line counts it that holds a number and the word, or a number in such a unit, in a passage that
    holds the question's names, under its headings.
    """
    counted = None
    if not _LONG.search(question):
        match = _MANY.search(question)
        words = read(match["counted"]).terms if match else ()
        if not words:
            return ""
        counted = words[-1]
    names = [
        term for term in read(question).terms
        if term.kind == Kind.NAME and (counted is None or term.key != counted.key)
    ]  # fmt: skip
    for line in evidence.lines:
        if _counts(counted, line.text):
            around = _around(line, evidence)
            if all(stands(name, around) for name in names):
                return ""
    return counted.text if counted else "time"


def _counts(counted: Term | None, text: str) -> bool:
    """Say whether a text holds a number of what is counted; of a time where that is None."""
    numbers = quantities(text)
    if counted is None:
        return any(number.unit in _TIMES for number in numbers)
    unit = next((number.unit for number in quantities(f"2 {counted.text}")), "")
    alike = next((units for units in (_TIMES, _SIZES) if unit in units), {unit} - {""})
    return any(number.unit in alike for number in numbers) or (
        bool(numbers) and bool(places_of(counted, text))
    )


def _around(line: Line, evidence: Evidence) -> str:
    passage = line.hit.passage
    same = (other.text for other in evidence.lines if other.hit.passage.key == passage.key)
    return " ".join((passage.title, *passage.heading, *same))
