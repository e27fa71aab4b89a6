"""Whether a number in a text bounds what it counts: at least, at most, English and Chinese."""

import re
from enum import StrEnum

_REACH = 32  # characters on either side of a number in which its bound stands


class Bound(StrEnum):
    """What a number is to what it counts."""

    LOWER = "at least"
    UPPER = "at most"
    NONE = ""


_NOT = r"\b(?:no|not|never|n[’']t|cannot)(?: be)? "
_NOT_ZH = "不(?:能|得|会|可)?"
_MORE = r"(?:(?:more|greater|larger|higher|longer|bigger|older) than|above|over|exceed(?:s|ing)?)"
_LESS = r"(?:(?:less|fewer|smaller|lower|shorter|younger) than|below|under|within)"
_MORE_ZH, _LESS_ZH = "(?:超过|多于|大于|高于)", "(?:少于|小于|低于|不足|不到)"
_OF = r"(?: [a-z]+){0,2}(?: of)?(?: either)?"  # a maximum punishment of either 6 months
_LOWEST = rf"at least|minimum{_OF}"
_HIGHEST = rf"at most|maximum{_OF}|up to|as (?:many|much) as"
_OPENS = r"(?: or equal to)?\s*(?:the |a |an |about |around )?[$€£¥~≈(\"'“]*$"
_BEFORE = tuple(
    (side, re.compile(f"(?:{words}){_OPENS}", re.IGNORECASE))
    for side, words in (
        (Bound.UPPER, f"{_NOT}{_MORE}|{_NOT_ZH}{_MORE_ZH}"),
        (Bound.LOWER, f"{_NOT}{_LESS}|{_NOT_ZH}{_LESS_ZH}"),
        (Bound.LOWER, rf"\b(?:{_LOWEST}|{_MORE})|>=?|≥|至少有?|最少|起码|{_MORE_ZH}"),
        (Bound.UPPER, rf"\b(?:{_HIGHEST}|{_LESS})|<=?|≤|至多|最多|{_LESS_ZH}"),
    )
)
_UNIT = r"\s?(?:[\w%]+ ){0,3}"
_AFTER = tuple(
    (side, re.compile(words, re.IGNORECASE))
    for side, words in (
        (
            Bound.LOWER,
            rf"{_UNIT}(?:or|and) (?:more|above|over|older|higher|longer|larger)\b"
            rf"|{_UNIT}at least\b"
            r"|\+(?!\w)|[^\s，。；,.]{0,3}以上",
        ),
        (
            Bound.UPPER,
            rf"{_UNIT}(?:or|and) (?:less|fewer|below|under|younger|lower|shorter|smaller)\b"
            rf"|{_UNIT}at most\b|[^\s，。；,.]{{0,3}}(?:以下|以内)",
        ),
    )
)


def bound_of(text: str, start: int, end: int) -> Bound:
    """Return whether the number at a span of a text is a bound, and which."""
    before = text[max(0, start - _REACH) : start]
    for side, pattern in _BEFORE:
        if pattern.search(before):
            return side
    after = text[end : end + _REACH]
    return next((side for side, pattern in _AFTER if pattern.match(after)), Bound.NONE)
