r"""Formulas as MathML, which browsers set themselves and screen readers read.

By `latex2mathml`, on the server: nothing is loaded from outside, and nothing changes its look once
it stands. TeX that the library does not know is shown as it stands. The library puts the words of
``\text`` and the addresses of ``\href`` into its markup as they are, so the tree it makes is
written out here: text escaped, and no element or attribute but those that set a formula. What is
copied is TeX again: `assets/tex.js` reads it from the element.
"""

import re
from functools import lru_cache
from html import escape, unescape
from xml.etree.ElementTree import Element  # of elements made here; no XML is read

from latex2mathml.converter import convert_to_element

from ingest.text.formulas import FORMULA, tex_of

_OPENING = "([{“‘\"'（【「《"
_CLOSING = ",.;:!?%)]}”’\"'-–，。；：！？、）】」》…"
_DEEPEST = 30  # brackets within brackets
_SIGNS = {"ell": "ℓ", "arg": r"\operatorname{arg}"}  # what the library lacks and notes use
_LACKED = re.compile(r"\\(ell|arg)(?![A-Za-z])")
_ESCAPED = re.compile(r"(?<!\\)\\(?:([()\[\]])|\n)")
"""What is left of TeX that was read as Markdown: brackets with a stroke, half the end of a row."""
_NAMES = re.compile(r"\\(?:label|tag\*?)\{[^{}]*\}|\\(?:nonumber|notag)(?![A-Za-z])")
"""What names a formula rather than being part of it."""

_ELEMENTS = frozenset((
    "math", "merror", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom",
    "mprescripts", "mroot", "mrow", "ms", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup",
    "mtable", "mtd", "mtext", "mtr", "munder", "munderover", "menclose", "none", "mfenced",
    "mlabeledtr",
))  # fmt: skip
_ATTRIBUTES = frozenset((
    "accent", "accentunder", "align", "columnalign", "columnlines", "columnspacing", "columnspan",
    "depth", "display", "displaystyle", "fence", "form", "frame", "height", "largeop",
    "linebreak", "linethickness", "lspace", "mathbackground", "mathcolor", "mathsize",
    "mathvariant", "maxsize", "minsize", "movablelimits", "notation", "rowlines", "rowspacing",
    "rowspan", "rspace", "scriptlevel", "separator", "stretchy", "symmetric", "voffset", "width",
    "xmlns",
))  # fmt: skip


def typeset(text: str) -> str:
    """Return plain text as HTML: formulas as MathML, all else escaped."""
    if "$" not in text and "\\" not in text:  # most texts hold no formula
        return escape(text)
    out, here = [], 0
    for match in FORMULA.finditer(text):
        tex, displayed = tex_of(match)
        formula = _formula(match[0], tex, displayed)
        begins, ends = match.span() if displayed else _with_signs(text, here, *match.span())
        before, after = text[begins : match.start()], text[match.end() : ends]
        if before or after:
            formula = f'<span class="unbroken">{escape(before)}{formula}{escape(after)}</span>'
        out += [escape(text[here:begins]), formula]
        here = ends
    return "".join(out) + escape(text[here:])


def _with_signs(text: str, here: int, begins: int, ends: int) -> tuple[int, int]:
    """Return a formula's span with the signs at it: browsers would break the line between them."""
    while begins > here and text[begins - 1] in _OPENING:
        begins -= 1
    while ends < len(text) and text[ends] in _CLOSING:
        ends += 1
    return begins, ends


@lru_cache(maxsize=4096)
def _formula(whole: str, tex: str, displayed: bool) -> str:
    as_it_stands = f"<code>{escape(whole)}</code>"
    if _depth(tex) > _DEEPEST:
        return as_it_stands
    try:
        known = _ESCAPED.sub(lambda match: match[1] or "\\\\\n", _NAMES.sub("", tex))
        known = _LACKED.sub(lambda match: _SIGNS[match[1]], known)
        tree = convert_to_element(known, display="block" if displayed else "inline")
        math = _written(tree, f' data-tex="{escape(whole)}"')
    except Exception:  # whatever a library makes of TeX that somebody wrote
        return as_it_stands
    if "<mi>\\" in math:  # a command that it does not know
        return as_it_stands
    return f'<span class="formula" tabindex="0">{math}</span>' if displayed else math


def _written(element: Element, more: str = "") -> str:
    """Return an element of a formula as markup; its texts hold character references."""
    if element.tag not in _ELEMENTS:
        raise ValueError(f"{element.tag} is no part of a formula")
    said = "".join(
        f' {name}="{escape(unescape(value))}"'
        for name, value in element.attrib.items()
        if name in _ATTRIBUTES
    )
    inside = "".join(_written(child) + escape(unescape(child.tail or "")) for child in element)
    text = escape(unescape(element.text or ""))
    return f"<{element.tag}{more}{said}>{text}{inside}</{element.tag}>"


def _depth(tex: str) -> int:
    depth = deepest = 0
    for sign in tex:
        depth += (sign in "{[(") - (sign in "}])")
        deepest = max(deepest, depth)
    return deepest
