r"""Which symbols a formula of TeX is written with: letters with their accents, ``\hat v``, ``n``.

Knows nothing of what they stand for, but which of them a sentence names: "the share $p$".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.text.formulas import FORMULA, tex_of

_UPRIGHT = re.compile(
    r"\\(?:text|mathrm|operatorname\*?|mathbb|mathsf|mathtt|begin|end|label|tag)\s*\{[^{}]{0,200}\}"
)
_SCRIPT = re.compile(r"[_^]\s*(?:\{[^{}]{0,200}\}|\\[A-Za-z]+|[^\s\\{}])")
_ACCENT = r"hat|widehat|tilde|widetilde|bar|overline|vec|dot"
_GREEK = (
    r"\\(?:var)?(?:alpha|beta|gamma|delta|epsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|pi|rho|"
    r"sigma|tau|upsilon|phi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Phi|Psi|Omega|ell)(?![A-Za-z])"
)
_LATIN = r"(?<![A-Za-z\\])[A-Za-z](?![A-Za-z])"
_PRODUCT = r"(?<![A-Za-z\\])[A-Za-z]{1,2}(?![A-Za-z])"  # longer runs of letters are words
_FACE = r"mathbf|boldsymbol|bm|mathcal|mathit"
_SYMBOL = re.compile(
    rf"\\(?P<accent>{_ACCENT})\s*(?:\{{\s*)?(?:\\(?:{_FACE})\s*(?:\{{\s*)?)?(?P<under>{_GREEK}|{_LATIN})"
    rf"|(?:\\(?:{_FACE})\s*(?:\{{\s*)?)?(?:(?P<greek>{_GREEK})|(?P<plain>{_PRODUCT}))"
)
_ORDER = re.compile(r"(?:\\mathcal\s*\{O\}|\bO)\s*(?:\\left)?\(")  # O(n): of no symbol O
_NUMBER_E = re.compile(r"(?<![A-Za-z\\])e\s*\^")
_DEFINES = re.compile(r"[^=]{1,40}(?:=|\\gets|\\leftarrow|\\coloneqq)")
_FUNCTION = re.compile(r"\\(?:ln|log|exp|sqrt|sin|cos|tanh)(?![A-Za-z])")


@dataclass(frozen=True, slots=True)
class Use:
    """A formula in a text: its symbols, what stands before and after.

    ``defines``: it is an equation; ``computed``: a value of a function, without a symbol.
    """

    symbols: frozenset[str]
    before: str
    after: str
    defines: bool
    computed: bool


def symbols(tex: str) -> frozenset[str]:
    """Return the symbols of a formula, without what stands below or above them."""
    bare = _ORDER.sub("(", _UPRIGHT.sub(" ", _NUMBER_E.sub(" ", tex)))
    bare = _SCRIPT.sub(" ", _SCRIPT.sub(" ", bare))
    found: set[str] = set()
    for match in _SYMBOL.finditer(bare):
        if match["accent"]:
            found.add(f"{match['accent']} {match['under']}")
        else:
            found.update(match["plain"] or (match["greek"],))
    return frozenset(found)


def uses(text: str) -> Iterator[Use]:
    """Yield the formulas of a text but those that are part of a word: "top-$k$", "$n$-gram"."""
    for match in FORMULA.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        if before.endswith("-") or after.startswith("-"):
            continue
        tex = tex_of(match)[0]
        found = symbols(tex)
        computed = not found and bool(_FUNCTION.search(tex))
        yield Use(found, before, after, bool(_DEFINES.match(tex)), computed)
