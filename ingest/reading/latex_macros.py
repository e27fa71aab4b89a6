"""Macros that a text in LaTeX defines for itself and that take no arguments.

Only what stands between the braces is taken over; nothing is run, and what macros make of one
another is bounded.
"""

import re
from collections.abc import Mapping

_DEFINES = re.compile(
    r"\\(?:(?:new|renew|provide)command\*?\s{0,9}(?:\{\s{0,9}\\([A-Za-z]{1,40})\s{0,9}\}|\\([A-Za-z]{1,40}))"
    r"|def\s{0,9}\\([A-Za-z]{1,40}))\s{0,9}\{"
)
_XSPACE = re.compile(r"\\xspace(?![A-Za-z])")
_CALL = re.compile(r"\\([A-Za-z]{1,40})(?![A-Za-z])(?:\{\}|\\(?=\s))?")
_LONGEST = 300  # characters that a macro may stand for
_MOST = 500  # macros
_DEEPEST = 4  # macros within macros
_MOST_GROWTH = 20_000  # characters of one line


def macros_of(text: str) -> tuple[str, dict[str, str]]:
    """Return a text without the definitions of its macros, and what each of these stands for."""
    macros: dict[str, str] = {}
    kept: list[str] = []
    at = 0
    for found in _DEFINES.finditer(text):
        if found.start() < at or len(macros) >= _MOST:
            continue
        value = braced(text[found.end() : found.end() + _LONGEST + 1])
        if len(value) > _LONGEST:  # it is not closed, or no name
            continue
        macros[found[1] or found[2] or found[3]] = _XSPACE.sub("", value).strip()
        kept.append(text[at : found.start()])
        at = found.end() + len(value) + 1
    for _ in range(_DEEPEST):
        macros = {
            name: value if len(said := expanded(value, macros)) > _LONGEST else said
            for name, value in macros.items()
        }
    return "".join([*kept, text[at:]]), macros


def expanded(line: str, macros: Mapping[str, str]) -> str:
    """Return a line with what its macros stand for, as far as it stays of a size to be read."""
    if not macros or "\\" not in line:
        return line
    left = _MOST_GROWTH

    def value_of(call: re.Match[str]) -> str:
        nonlocal left
        value = macros.get(call[1])
        if value is None or len(value) > left:
            return call[0]
        left -= len(value)
        return value

    return _CALL.sub(value_of, line)


def braced(text: str) -> str:
    """Return what stands before the brace that closes one opened ahead of the text."""
    depth = 1
    for brace in re.finditer(r"\\.|[{}]", text, re.DOTALL):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if not depth:
            return text[: brace.start()]
    return text
