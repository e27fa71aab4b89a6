r"""Formulas as a terminal can show them: TeX becomes Unicode on one line.

By `pylatexenc`, which knows the signs. What TeX stacks is told apart by brackets here: a fraction's
numerator and denominator, an exponent of more than one word. TeX that it does not know stays as it
is.
"""

import re
from functools import lru_cache
from typing import Any

from ingest.text.formulas import FORMULA, tex_of

_WORD = re.compile(r"[\w.]+")
_RAISED = re.compile(r"\^(?:\{(-?\d+)\}|(\d))")
_LOWERED = re.compile(r"_(?:\{(\d+)\}|(\d))")
_SCRIPT = re.compile(r"(?P<mark>[\^_])\{(?P<inner>[^{}]*)\}")
_ONE = re.compile(r"[^\W_⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉]+|\([^()]*\)")  # needs no brackets around it
_SIGN = re.compile(r"\s*([=≈≠≤≥∈∝→←×·≪≫])\s*")
_NO_BRACKET = re.compile(r"\\(?:left|right)\s*\.")
_SIGNS = {"gets": "←", "bmod": " mod ", "|": "‖"}
_FUNCTIONS = (
    "arg", "cos", "det", "exp", "gcd", "inf", "lim", "ln", "log", "max", "min", "sin", "sup", "tan",
)  # fmt: skip
_OF = re.compile(rf"({'|'.join(_FUNCTIONS)}) (?=[(\[_^⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉])")
_INSIDE = re.compile(r"(?<=[(\[⌈⌊]) +| +(?=[)\]⌉⌋,])")
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def typeset(text: str) -> str:
    """Return plain text with its formulas (``$...$``, ``$$...$$``) in Unicode."""
    return FORMULA.sub(lambda match: _formula(match[0], tex_of(match)[0]), text)


@lru_cache(maxsize=4096)
def _formula(whole: str, tex: str) -> str:
    try:
        nodes, _, _ = _parsed(f"${_NO_BRACKET.sub('', tex)}$")
        line = str(_converter().nodelist_to_text(nodes))
    except Exception:  # whatever a library makes of TeX that somebody wrote
        return whole
    if "\\" in line or not line.strip():
        return whole
    line = _RAISED.sub(lambda match: (match[1] or match[2]).translate(_SUPERSCRIPTS), line)
    line = _LOWERED.sub(lambda match: (match[1] or match[2]).translate(_SUBSCRIPTS), line)
    while (bracketed := _SCRIPT.sub(_script, line)) != line:  # from within outwards
        line = bracketed
    return _INSIDE.sub("", _OF.sub(r"\1", " ".join(_SIGN.sub(r" \1 ", line).split())))


def _parsed(tex: str) -> Any:
    from pylatexenc.latexwalker import LatexWalker

    return LatexWalker(tex, latex_context=_grammar(), tolerant_parsing=False).get_latex_nodes()


@lru_cache(maxsize=1)
def _grammar() -> Any:
    from pylatexenc.latexwalker import get_default_latex_context_db
    from pylatexenc.macrospec import std_macro

    known = get_default_latex_context_db()
    pairs = (std_macro(name, "{{") for name in ("tfrac", "dfrac", "binom"))
    known.add_context_category(
        "arguments", macros=[*pairs, std_macro("operatorname", "*{")], prepend=True
    )
    return known


def _script(match: re.Match[str]) -> str:
    """Return what is raised or lowered in round brackets, which a reader knows, or in none."""
    inner = match["inner"].strip()
    return match["mark"] + (inner if _ONE.fullmatch(inner) else f"({inner})")


@lru_cache(maxsize=1)
def _converter() -> Any:
    from pylatexenc.latex2text import (  # few answers hold formulas
        LatexNodes2Text,
        MacroTextSpec,
        get_default_latex_context_db,
    )

    known = get_default_latex_context_db()
    names = ("frac", "tfrac", "dfrac")
    sizes = (f"{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", *"lrm"))
    known.add_context_category(
        "signs",
        [
            *(MacroTextSpec(name, "") for name in ("left", "right", "middle", *sizes)),
            *(MacroTextSpec(name, sign) for name, sign in _SIGNS.items()),
            *(MacroTextSpec(name, f" {name} ") for name in _FUNCTIONS),
            MacroTextSpec("operatorname", " %(2)s"),
            MacroTextSpec("binom", "C(%(1)s, %(2)s)"),
        ],
        prepend=True,
    )
    known.add_context_category(
        "fractions", [MacroTextSpec(name, simplify_repl=_fraction) for name in names], prepend=True
    )
    known.set_unknown_macro_spec(MacroTextSpec("", simplify_repl=_unknown))
    return LatexNodes2Text(
        math_mode="text",
        latex_context=known,
        keep_braced_groups=True,
        keep_braced_groups_minlen=2,
        strict_latex_spaces={"in-equations": True},
    )


def _unknown(node: Any) -> str:
    raise ValueError(f"no sign for {node.macroname}")


def _fraction(node: Any, l2tobj: Any) -> str:
    above, below = (_term(l2tobj.nodelist_to_text([part])) for part in node.nodeargd.argnlist)
    return f"{above}/{below} "


def _term(text: str) -> str:
    inner = text.removeprefix("{").removesuffix("}").strip()
    return inner if _WORD.fullmatch(inner) else f"({inner})"
