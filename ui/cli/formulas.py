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
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def typeset(text: str) -> str:
    """Return plain text with its formulas (``$...$``, ``$$...$$``) in Unicode."""
    return FORMULA.sub(lambda match: _formula(match[0], tex_of(match)[0]), text)


@lru_cache(maxsize=4096)
def _formula(whole: str, tex: str) -> str:
    try:
        line = str(_converter().latex_to_text(f"${tex}$", tolerant_parsing=False))
    except Exception:  # whatever a library makes of TeX that somebody wrote
        return whole
    if "\\" in line or not line.strip():
        return whole
    line = _RAISED.sub(lambda match: (match[1] or match[2]).translate(_SUPERSCRIPTS), line)
    line = _LOWERED.sub(lambda match: (match[1] or match[2]).translate(_SUBSCRIPTS), line)
    while (bracketed := _SCRIPT.sub(_script, line)) != line:  # from within outwards
        line = bracketed
    return " ".join(_SIGN.sub(r" \1 ", line).split())


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
    return f"{above}/{below}"


def _term(text: str) -> str:
    inner = text.removeprefix("{").removesuffix("}").strip()
    return inner if _WORD.fullmatch(inner) else f"({inner})"
