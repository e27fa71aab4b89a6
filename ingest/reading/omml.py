"""Formulas of Word and PowerPoint (Office Math, ECMA-376 part 1, chapter 22) as TeX."""

import re
import unicodedata
from collections.abc import Callable

from lxml import etree

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_DEEPEST = 60
_ROWS = " \\\\ "  # between rows
_SIGNS = {
    "⋅": "\\cdot", "×": "\\times", "÷": "\\div", "±": "\\pm", "∓": "\\mp", "∑": "\\sum",
    "∏": "\\prod", "∐": "\\coprod", "∫": "\\int", "∬": "\\iint", "∭": "\\iiint", "∮": "\\oint",
    "⋃": "\\bigcup", "⋂": "\\bigcap", "∪": "\\cup", "∩": "\\cap", "≤": "\\le", "≥": "\\ge",
    "≠": "\\ne", "≈": "\\approx", "≡": "\\equiv", "∼": "\\sim", "∝": "\\propto", "∈": "\\in",
    "∉": "\\notin", "⊂": "\\subset", "⊆": "\\subseteq", "→": "\\to", "←": "\\leftarrow",
    "⇒": "\\Rightarrow", "⇔": "\\Leftrightarrow", "↦": "\\mapsto", "∞": "\\infty",
    "∂": "\\partial", "∇": "\\nabla", "∀": "\\forall", "∃": "\\exists", "…": "\\ldots",
    "⋯": "\\cdots", "⊙": "\\odot", "⊗": "\\otimes", "⊕": "\\oplus", "∘": "\\circ", "‖": "\\|",
    "⊤": "\\top", "⊥": "\\bot", "∥": "\\|",
    "∣": "|", "⟨": "\\langle", "⟩": "\\rangle", "⌈": "\\lceil", "⌉": "\\rceil", "⌊": "\\lfloor",
    "⌋": "\\rfloor", "ℓ": "\\ell", "ℝ": "\\mathbb{R}", "ℕ": "\\mathbb{N}", "ℤ": "\\mathbb{Z}",
    "𝔼": "\\mathbb{E}", "−": "-", "′": "'", "\xa0": " ", "\u2061": "", "\u2062": "", "\u2063": "",
    "#": "\\#", "%": "\\%", "&": "\\&", "_": "\\_", "{": "\\{", "}": "\\}", "$": "", "\\": "",
    "~": "\\sim", "^": "\\wedge",
}  # fmt: skip
_ACCENTS = {
    "\u0302": "\\hat", "^": "\\hat", "\u0303": "\\tilde", "~": "\\tilde", "\u0304": "\\bar",
    "\u0305": "\\overline", "¯": "\\bar", "\u20d7": "\\vec", "→": "\\vec", "\u0307": "\\dot",
    "\u0308": "\\ddot", "\u030c": "\\check", "\u0306": "\\breve",
}  # fmt: skip
_BRACES = {"⏟": "\\underbrace", "⏞": "\\overbrace"}
_ALPHABETS = {"double-struck": "\\mathbb", "script": "\\mathcal", "fraktur": "\\mathfrak"}
_WHOLE = re.compile(
    r"\\[A-Za-z]+ ?|\\(?:math\w+|underbrace|overbrace|hat|bar|tilde|vec)\{[^{}]*+\}"
)
"""What takes an index as it stands."""

_FUNCTIONS = frozenset((
    "arccos", "arcsin", "arctan", "arg", "cos", "cosh", "cot", "csc", "deg", "det", "dim", "exp",
    "gcd", "hom", "inf", "ker", "lg", "lim", "liminf", "limsup", "ln", "log", "max", "min", "Pr",
    "sec", "sin", "sinh", "sup", "tan", "tanh",
))  # fmt: skip
_GREEK = re.compile(r"GREEK (SMALL|CAPITAL) LETTER (\w+)$")
_LIKE_LATIN = frozenset(
    ("ALPHA", "BETA", "EPSILON", "ZETA", "ETA", "IOTA", "KAPPA", "MU", "NU", "OMICRON", "RHO",
     "TAU", "UPSILON", "CHI")
)  # fmt: skip
"""Greek capitals that TeX has no command for."""


def tex_of(formula: "etree._Element") -> str:
    """Return the TeX of an ``m:oMath`` or ``m:oMathPara``."""
    return " ".join(_inside(formula, 0).split())


def write_formulas(root: "etree._Element", text: Callable[[str], "etree._Element"]) -> None:
    """Put TeX between dollar signs in place of every formula of a part.

    ``text`` makes the element that holds it.
    """
    for formula in list(root.iter(f"{M}oMathPara", f"{M}oMath")):
        parent = formula.getparent()
        if parent is None or next(formula.iterancestors(f"{M}oMathPara"), None) is not None:
            continue
        tex = tex_of(formula)
        mark = "$$" if formula.tag == f"{M}oMathPara" else "$"
        made = text(f"{mark}{tex}{mark}" if tex else "")
        made.tail = formula.tail
        parent.replace(formula, made)


def _inside(element: "etree._Element | None", depth: int) -> str:
    """Return the TeX of what stands in an element, "" of none."""
    if element is None or depth > _DEEPEST:
        return ""
    parts: list[str] = []
    upright = ""  # letters that Word sets one by one and that make one name
    for child in element:
        name = _name(child)
        said = _run(child) if name == "r" else ""
        if name == "r" and said.strip().isalpha() and _is_upright(child):
            upright += said.strip()
            continue
        parts += [_named(upright), said if name == "r" else _part(child, name, depth)]
        upright = ""
    return "".join([*parts, _named(upright)])


def _part(element: "etree._Element", name: str, depth: int) -> str:
    def of(child: str) -> str:
        return _inside(element.find(f"{M}{child}"), depth + 1).strip()

    def all_of(child: str) -> list[str]:
        return [_inside(each, depth + 1).strip() for each in element.findall(f"{M}{child}")]

    match name:
        case "f":
            above, below = of("num"), of("den")
            kind = _said(element, "fPr", "type")
            if kind in ("lin", "skw"):
                return f"{_grouped(above)}/{_grouped(below)}"
            return f"{{{above} \\atop {below}}}" if kind == "noBar" else (
                f"\\frac{{{above}}}{{{below}}}")  # fmt: skip
        case "sSub" | "sSup" | "sSubSup" | "sPre":
            scripts = "".join(
                f"{sign}{{{of(child)}}}"
                for sign, child in (("_", "sub"), ("^", "sup"))
                if element.find(f"{M}{child}") is not None
            )
            base = _base(of("e"))
            return f"{{}}{scripts}{base}" if name == "sPre" else f"{base}{scripts}"
        case "rad":
            degree = of("deg")
            return f"\\sqrt[{degree}]{{{of('e')}}}" if degree else f"\\sqrt{{{of('e')}}}"
        case "nary":
            sign = _signs(_said(element, "naryPr", "chr") or "∫").strip()
            limits = [f"{mark}{{{said}}}" for mark, said in (("_", of("sub")), ("^", of("sup")))
                      if said]  # fmt: skip
            return f"{sign}{''.join(limits)} {of('e')} "
        case "d":
            return _fenced(element, all_of("e"))
        case "func":
            return f"{of('fName')} {of('e')} "
        case "limLow" | "limUpp":
            said = of("lim")
            if said in _BRACES:
                return f"{_BRACES[said]}{{{of('e')}}}"
            return f"{_base(of('e'))}{'_' if name == 'limLow' else '^'}{{{said}}}"
        case "acc":
            accent = _ACCENTS.get(_said(element, "accPr", "chr") or "\u0302", "\\hat")
            return f"{accent}{{{of('e')}}}"
        case "bar":
            side = "over" if _said(element, "barPr", "pos") == "top" else "under"
            return f"\\{side}line{{{of('e')}}}"
        case "groupChr":
            side = "over" if _said(element, "groupChrPr", "pos") == "top" else "under"
            return f"\\{side}brace{{{of('e')}}}"
        case "m":
            rows = (" & ".join(_inside(cell, depth + 1).strip() for cell in row)
                    for row in element.findall(f"{M}mr"))  # fmt: skip
            return f"\\begin{{matrix}}{_ROWS.join(rows)}\\end{{matrix}}"
        case "eqArr":
            return f"\\begin{{aligned}}{_ROWS.join(all_of('e'))}\\end{{aligned}}"
        case "t":
            return _signs(element.text or "")
    return "" if name.endswith("Pr") else _inside(element, depth + 1)


def _fenced(element: "etree._Element", inside: list[str]) -> str:
    said = [_said(element, "dPr", name, default) for name, default in
            (("begChr", "("), ("endChr", ")"), ("sepChr", "|"))]  # fmt: skip
    opening, closing, between = ((_signs(mark).strip() or ".") for mark in said)
    body = f" {between} ".join(inside)
    plain = "\\" not in body and "^" not in body
    if plain and "." not in (opening, closing):
        return f"{opening}{body}{closing}"
    return f"\\left{opening} {body} \\right{closing}"


def _run(run: "etree._Element") -> str:
    said = _signs("".join(text.text or "" for text in run.iter(f"{M}t")))
    alphabet = _ALPHABETS.get(_said(run, "rPr", "scr"), "")
    return f"{alphabet}{{{said}}}" if alphabet and said.isalpha() else said


def _signs(text: str) -> str:
    """Return characters as TeX writes them."""
    return "".join(_SIGNS[char] + (" " if _SIGNS[char][-1:].isalpha() else "")
                   if char in _SIGNS else _letter(char) for char in text)  # fmt: skip


def _letter(char: str) -> str:
    if char.isascii():
        return char
    plain = unicodedata.normalize("NFKC", char)  # 𝑥 is an x that is set in italics
    plain = plain if len(plain) == 1 else char
    greek = _GREEK.match(unicodedata.name(plain, ""))
    if greek is None or (greek[1] == "CAPITAL" and greek[2] in _LIKE_LATIN):
        return _SIGNS.get(plain, plain)
    name = "lambda" if greek[2] == "LAMDA" else greek[2].lower()
    if name == "omicron" or name.startswith("final"):
        return plain
    return f"\\{name if greek[1] == 'SMALL' else name.capitalize()} "


def _is_upright(run: "etree._Element") -> bool:
    how = run.find(f"{M}rPr")
    if how is None:
        return False
    style = how.find(f"{M}sty")
    return how.find(f"{M}nor") is not None or (
        style is not None and style.get(f"{M}val") in ("p", "b")
    )


def _named(letters: str) -> str:
    """Return letters that are set upright: the name of a function, or of something else."""
    if letters in _FUNCTIONS:
        return f"\\{letters} "
    return f"\\mathrm{{{letters}}}" if len(letters) > 1 else letters


def _said(element: "etree._Element", how: str, name: str, default: str = "") -> str:
    """Return a property; one that is there and empty says that there is no such mark."""
    found = element.find(f"{M}{how}/{M}{name}")
    return default if found is None else found.get(f"{M}val", default)


def _grouped(tex: str) -> str:
    return tex if len(tex) < 2 else f"{{{tex}}}"


def _base(tex: str) -> str:
    return tex if len(tex) < 2 or _WHOLE.fullmatch(tex) else f"{{{tex}}}"


def _name(element: "etree._Element") -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
