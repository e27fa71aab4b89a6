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


def tex_of(found: re.Match[str]) -> tuple[str, bool]:
    """Return the TeX of a match of ``FORMULA``, and whether it is displayed on lines of its own."""
    for name in ("dollar", "round"):
        if found[name] is not None:
            return found[name], False
    return found["dollars"] or found["square"] or found["whole"], True


def outside(text: str, change: Callable[[str], str]) -> str:
    """Return a text with ``change`` made to what stands outside its formulas."""
    parts, here = [], 0
    for found in FORMULA.finditer(text):
        parts += [change(text[here : found.start()]), found[0]]
        here = found.end()
    return "".join(parts) + change(text[here:])
