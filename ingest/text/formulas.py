r"""Where formulas stand in written text: TeX between ``$``, ``$$``, ``\(``, ``\[``, environments.

Knows what tells them from money, shell variables and escaped brackets; nothing of what they say.
"""

import re
from collections.abc import Callable

_LONGEST = 1000  # characters of TeX
_PATTERN = (
    rf"(?<![\\$])\$\$(?P<dollars>[^$]{{1,{_LONGEST}}})\$\$(?!\$)"
    rf"|(?<![\\$\w])\$(?![\s$])(?P<dollar>[^$\n]{{1,{_LONGEST}}})(?<!\s)\$(?![\d$])"
    rf"|(?<!\\)\\\((?P<round>(?:[^\\\n]|\\[^()\n]){{1,{_LONGEST}}})\\\)"
    # Markdown escapes brackets so too: TeX shows itself by its signs
    r"|(?<!\\)\\\[(?=[^\]]{0,200}?(?:\\[A-Za-z]|[\^_=]))"
    rf"(?P<square>(?:[^\\]|\\[^\[\]]){{1,{_LONGEST}}})\\\]"
    r"|(?P<whole>\\begin\{(?P<name>(?:align|equation|gather|multline)\*?)\}"
    rf"(?:[^\\]|\\(?!end\{{(?P=name)\}})){{1,{2 * _LONGEST}}}\\end\{{(?P=name)\}})"
)
FORMULA = re.compile(_PATTERN)
"""A formula with its delimiters; :func:`tex_of` reads what was matched."""

_BEGUN = re.compile(r"\$[^$\n]+\$|\\\(|\\\[")
_COMMAND = re.compile(r"\\[a-zA-Z]+")
DISPLAYED = re.compile(r"^[ \t]*\$\$(?:[^$]|\$(?!\$)){1,2000}\$\$[ \t.,;]*$", re.MULTILINE)
"""A formula between double dollars on lines of its own."""

INLINE = re.compile(r"\$(?=\S)((?:[^$\\]|\\.){1,200})(?<=\S)\$")
"""A short formula between single dollars, as titles have them."""


def count(text: str) -> int:
    """Return about how many formulas a text has: those of one line, and those that begin."""
    return len(_BEGUN.findall(text))


def commands(text: str) -> int:
    """Return how many commands of TeX a text holds, inside formulas and outside."""
    return len(_COMMAND.findall(text))


def tex_of(match: re.Match[str]) -> tuple[str, bool]:
    """Return the TeX of a match of ``FORMULA``, and whether it is displayed on lines of its own."""
    for name in ("dollar", "round"):
        if match[name] is not None:
            return match[name], False
    return match["dollars"] or match["square"] or match["whole"], True


def outside(text: str, change: Callable[[str], str]) -> str:
    """Return a text with ``change`` made to what stands outside its formulas."""
    parts, here = [], 0
    for match in FORMULA.finditer(text):
        parts += [change(text[here : match.start()]), match[0]]
        here = match.end()
    return "".join(parts) + change(text[here:])
