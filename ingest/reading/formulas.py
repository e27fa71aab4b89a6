"""The formulas of a page as TeX between dollar signs, each once, whatever drew them.

Knows MathML (with its TeX, or its presentation alone), KaTeX, MathJax 2 to 4, Wikipedia's and
WordPress's markup.
"""

import re

from lxml import html

from ingest.text.characters import NOT_IN_XML

_DRAWN = {
    "MathJax_Preview", "MathJax", "MathJax_Display", "MathJax_SVG", "MathJax_SVG_Display",
    "MathJax_CHTML", "MJXc-display", "mjx-chtml",
}  # fmt: skip
"""Classes of what MathJax 2 draws beside the script that holds the TeX."""

_WRAPS = {"katex", "katex-display", "mwe-math-element", "math-renderer"}
_SCRIPTS = ("math/tex", "math/mml", "math/asciimath")
_PREFIXED = re.compile(r"(?:m|mml|mathml):(\w+)")
"""Tags of MathML as XHTML writes them; a reader of HTML knows no namespaces."""

_IMAGES = {"latex", "math", "tex", "texhtml", "mwe-math-fallback-image-inline"}
_STYLE = re.compile(r"^\{\\(?:display|text)style\s?(.*)\}$", re.DOTALL)
_OPERATORS = {"−": "-", "⁢": "", "⁡": "", "⁣": "", "\u2064": "", "\xa0": " "}
_NAMED = re.compile(r"[^\W\d_]{2,}")
_DEEPEST = 60


def write_formulas(root: html.HtmlElement) -> None:
    """Put TeX in place of every formula of a tree."""
    wrapper: dict[html.HtmlElement, html.HtmlElement | None] = {}
    within: set[html.HtmlElement] = set()  # formulas: what is inside one is part of it
    formulas: list[tuple[html.HtmlElement, str, bool]] = []
    _without_prefixes(root)
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        parent = element.getparent()
        outer = wrapper.get(parent) if parent is not None else None
        wraps = element.tag == "mjx-container" or not _WRAPS.isdisjoint(_classes(element))
        wrapper[element] = outer if outer is not None else element if wraps else None
        if parent in within:
            within.add(element)
        elif element.tag == "math":
            within.add(element)
            around = wrapper[element]
            shown = element if around is None else around
            formulas.append((shown, _tex(element), _is_block(element, around)))
        elif element.tag == "script" and element.get("type", "").startswith(_SCRIPTS):
            for drawn in element.itersiblings(preceding=True):
                if _DRAWN.isdisjoint(_classes(drawn)) or (drawn.tail or "").strip():
                    break
                formulas.append((drawn, "", False))
            formulas.append(
                (element, _of_script(element), "mode=display" in element.get("type", ""))
            )
        elif element.tag == "img" and not _IMAGES.isdisjoint(_classes(element)):
            if element.get("alt") and wrapper[element] is None:
                formulas.append((element, _bare(element.get("alt")), False))
        elif wraps and outer is None and next(element.iter("math"), None) is None:
            if tex := next(iter(element.xpath(".//@data-latex | @data-latex")), ""):
                formulas.append((element, tex, element.get("display") == "true"))
            else:  # what is drawn is all there is
                for drawn in element.iter():
                    drawn.attrib.pop("aria-hidden", None)
    done: set[html.HtmlElement] = set()
    for element, tex, display in formulas:
        if element not in done:
            done.add(element)
            _replace(element, tex, display)


def _without_prefixes(root: html.HtmlElement) -> None:
    for element in root.iter():
        if isinstance(element.tag, str) and (named := _PREFIXED.fullmatch(element.tag)):
            element.tag = named[1]


def _of_script(script: html.HtmlElement) -> str:
    """Return the formula MathJax 2 keeps in a script: TeX, AsciiMath, or MathML made TeX."""
    said = script.text or ""
    if not script.get("type", "").startswith("math/mml") or "<" not in said:
        return said
    held = html.fragment_fromstring(NOT_IN_XML.sub("", said), create_parent="div")
    _without_prefixes(held)
    return next(map(_tex, held.iter("math")), "")


def _classes(element: html.HtmlElement) -> list[str]:
    return str(element.get("class") or "").split()


def _is_block(formula: html.HtmlElement, around: html.HtmlElement | None) -> bool:
    if formula.get("display") == "block":
        return True
    return around is not None and (
        around.get("display") == "true" or "katex-display" in _classes(around)
    )


def _replace(element: html.HtmlElement, tex: str, display: bool) -> None:
    if element.getparent() is None:
        return
    mark = "$$" if display else "$"
    tex = " ".join(NOT_IN_XML.sub("", tex).split())
    if tex:
        element.tail = f"{mark}{tex}{mark}{element.tail or ''}"
    element.drop_tree()


def _tex(formula: html.HtmlElement) -> str:
    """Return the TeX a formula carries, else its presentation written in TeX's way."""
    for note in formula.iter("annotation"):
        if "tex" in (note.get("encoding") or "").lower() and (note.text or "").strip():
            return _bare(note.text)
    return _bare(formula.get("alttext") or "") or _written(formula, 0)


def _bare(tex: str) -> str:
    match = _STYLE.match(tex.strip())
    return (match[1] if match else tex).strip()


def _written(element: html.HtmlElement, depth: int) -> str:
    tag = element.tag
    if not isinstance(tag, str) or tag in ("annotation", "annotation-xml", "mspace", "mphantom"):
        return ""
    if depth > _DEEPEST or tag in ("mi", "mn", "mo", "mtext", "ms"):
        return _token(element)
    parts = [_written(child, depth + 1) for child in element]
    match tag, parts:
        case "msup", [base, power]:
            return f"{_base(base)}^{_grouped(power)}"
        case "msub" | "munder", [base, index]:
            return f"{_base(base)}_{_grouped(index)}"
        case "msubsup" | "munderover", [base, index, power]:
            return f"{_base(base)}_{_grouped(index)}^{_grouped(power)}"
        case "mover", [base, over]:
            return f"{_base(base)}^{_grouped(over)}"
        case "mfrac", [above, below]:
            return f"\\frac{{{above}}}{{{below}}}"
        case "mroot", [base, index]:
            return f"\\sqrt[{index}]{{{base}}}"
        case "msqrt", _:
            return f"\\sqrt{{{''.join(parts)}}}"
        case "mfenced", _:
            opening, closing = element.get("open", "("), element.get("close", ")")
            return f"{opening}{','.join(parts)}{closing}"
        case "mtr", _:
            return " & ".join(parts) + " \\\\ "
    own = (element.text or "").strip() if tag in ("math", "mrow", "mtd") else ""
    return own + "".join(parts)


def _token(element: html.HtmlElement) -> str:
    said = " ".join("".join(element.itertext()).split())
    said = "".join(_OPERATORS.get(char, char) for char in said)
    if element.tag == "mtext" and " " in said:
        return f" {said} "
    if element.tag in ("mi", "mo") and _NAMED.fullmatch(said):
        return f"{said} "  # sin x
    return said


def _grouped(tex: str) -> str:
    tex = tex.strip()
    return tex if len(tex) == 1 else f"{{{tex}}}"


def _base(tex: str) -> str:
    tex = tex.strip()
    return tex if tex.replace(".", "").isalnum() or tex[-1:] in ")]|" else f"{{{tex}}}"
