"""What stands above or below the line, written on it: powers, indices, ordinals, marks of notes.

Written without any sign, 10 to the power of 23 would read as 1023, and a footnote's mark would be a
digit of the word before it. Knows the words around a piece, not where they come from (HTML, PDF).
"""

import re

_ORDINAL = re.compile(r"(?:st|nd|rd|th|er|ère|ème|º|ª)", re.IGNORECASE)
_COUNTED = re.compile(r"(?:\d|(?<![^\W_])[a-z])$")
_YEAR = re.compile(r"(?<![\d.,])(?:19\d\d|20[0-3]\d)$")
_SIGNS = re.compile(r"(?:tm|sm|®|©|™|℠)", re.IGNORECASE)
_NOTE = re.compile(r"(?:\d{1,3}|[a-z]|[ivx]{1,4}|[*†‡§¶#]{1,3})(?:\s*[,–-]\s*(?:\d{1,3}|[a-z]))*")
_IN_BRACKETS = re.compile(r"[\[(][^\[\]()]{1,40}[\])]")
_MARKS = re.compile(r"[*†‡§¶]{1,3}")
_UNIT = re.compile(
    r"(?<![^\W_])(?:[kcdmnµμp]?m|in|ft|yd|mi|[mnµμ]?s|k?g|k?W|[MG]?Hz|[kMG]?B)$"
)  # of which there are squares and inverses
_BASE = re.compile(r"(?:[\d)\]}|∞π]|(?<![^\W_])[^\W\d_]|[^\W\d_]_\w)$")
"""What has powers: a number, a closed bracket, a name of one letter, with its index or without."""

_PRODUCT = re.compile(r"(?<![^\W_])[^\W\d_]\s?=\s?[^\W\d_]{2,3}$")
"""What a name of one letter is equal to: the mc of E=mc squared."""

_FUNCTION = re.compile(
    r"(?<![^\W_])(?:log|ln|lg|exp|a?(?:sin|cos|tan)h?|cot|sec|tanh|softmax|erf|det|poly)(?:_\w)?$"
)
"""A function whose powers are written at its name: log squared of n."""

_ELEMENTS = re.compile(r"(?:[A-Z][a-z]?\d*){2,}$")
_SIMPLE = re.compile(r"[-+]?[^\W_]+|[-+*′']|∞")
_MINUS = str.maketrans({"−": "-", "–": "-", "⁻": "-", "\xa0": " "})
_LONGEST, _MOST_SPACES = 30, 3  # characters: more is a text set small


def superscript(text: str, before: str, after: str = "", *, is_note: bool = False) -> str:
    """Return a superscript as it is written on the line.

    Args:
        text: what stands above the line.
        before: what stands before it on the line, as far as it is known.
        after: what stands after it.
        is_note: whether it is known to refer to a footnote.

    Returns:
        ``^23`` or ``^{n+1}`` for a power, ``[12]`` for the mark of a footnote, ``th`` for an
        ordinal's ending, and a text that is only set small with a space before it.
    """
    text = " ".join(text.translate(_MINUS).split())
    if not text or _IN_BRACKETS.fullmatch(text):
        return text
    if is_note:
        return f"[{text}]"
    near = before[-40:]
    if (_ORDINAL.fullmatch(text) and _COUNTED.search(near)) or _SIGNS.fullmatch(text):
        return text
    powers = (
        _BASE.search(near)
        or ((_UNIT.search(near) or _PRODUCT.search(near)) and re.fullmatch(r"-?\d", text))
        or (_FUNCTION.search(near) and re.fullmatch(r"-?\d|[a-z]", text) and after[:1] in " (\xa0")
    )
    if _YEAR.search(near) and _NOTE.fullmatch(text):
        return f"[{text}]"
    short = len(text) <= _LONGEST and text.count(" ") < _MOST_SPACES
    if powers and short and not _MARKS.fullmatch(text):
        return f"^{text}" if _SIMPLE.fullmatch(text) else f"^{{{text}}}"
    if _NOTE.fullmatch(text) and near and not near[-1:].isspace():
        return f"[{text}]"
    return _apart(text, before, after)


def subscript(text: str, before: str, after: str = "") -> str:
    """Return a subscript as it is written on the line: ``_model``, ``_{i,j}``, the 2 of CO2."""
    text = " ".join(text.translate(_MINUS).split())
    near = before[-40:]
    if not text or not near or near[-1:].isspace() or len(text) > _LONGEST:
        return _apart(text, before, after)
    if text.isdecimal() and (
        _ELEMENTS.search(near)
        or (re.search(r"(?<![^\W_])[A-Z][a-z]?$", near) and re.match(r"[A-Z]", after))
    ):
        return text
    if not (near[-1].isalnum() or near[-1] in ")]}|"):
        return _apart(text, before, after)
    if _SIMPLE.fullmatch(text):
        return f"_{text}"
    return _apart(text, before, after) if text.count(" ") >= _MOST_SPACES else f"_{{{text}}}"


def _apart(text: str, before: str, after: str) -> str:
    """Set a small text off from the words it touches."""
    left = " " if text and before[-1:].isalnum() and text[:1].isalnum() else ""
    right = " " if text and text[-1:].isalnum() and after[:1].isalnum() else ""
    return f"{left}{text}{right}"
