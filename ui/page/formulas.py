"""Formulas as MathML, which browsers set themselves and screen readers read.

By `latex2mathml`, on the server: nothing is loaded from outside. TeX that it does not know is shown
as it stands.
"""

import re
from functools import lru_cache
from html import escape

from latex2mathml.converter import convert

_LONGEST = 1000  # characters of TeX
_DEEPEST = 30  # brackets within brackets
_FORMULA = re.compile(
    rf"\$\$([^$]{{1,{_LONGEST}}})\$\$|(?<![\\$\w])\$(?! )([^$\n]{{1,{_LONGEST}}})(?<! )\$(?![\d$])"
)

_SIGNS = {"ell": "ℓ", "arg": r"\operatorname{arg}"}  # what the library lacks and notes use
_LACKED = re.compile(r"\\(ell|arg)(?![A-Za-z])")


def typeset(text: str) -> str:
    """Return plain text as HTML: formulas (``$...$``, ``$$...$$``) as MathML, all else escaped."""
    out, here = [], 0
    for found in _FORMULA.finditer(text):
        displayed = found[1] is not None
        out += [escape(text[here : found.start()]), _formula(found[1] or found[2], displayed)]
        here = found.end()
    return "".join(out) + escape(text[here:])


@lru_cache(maxsize=4096)
def _formula(tex: str, displayed: bool) -> str:
    mark = "$$" if displayed else "$"
    as_it_stands = f"<code>{escape(f'{mark}{tex}{mark}')}</code>"
    if _depth(tex) > _DEEPEST:
        return as_it_stands
    try:
        known = _LACKED.sub(lambda found: _SIGNS[found[1]], tex)
        math = str(convert(known, display="block" if displayed else "inline"))
    except Exception:  # whatever a library makes of TeX that somebody wrote
        return as_it_stands
    return as_it_stands if "<mi>\\" in math else math


def _depth(tex: str) -> int:
    depth = deepest = 0
    for sign in tex:
        depth += (sign in "{[(") - (sign in "}])")
        deepest = max(deepest, depth)
    return deepest
