"""Which words of a passage carry a sentence: the ones to mark when the passage is shown.

Knows text only; what comes back is HTML of escaped text, formulas and ``mark`` elements.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from ingest.text.formulas import FORMULA
from ingest.text.plain import plain_lines
from ingest.text.scripts import HAN
from ingest.text.stems import stem
from ui.page.formulas import typeset

_UNIT = re.compile(rf"[{HAN}]|[^\W_{HAN}]+")
_SIGN = re.compile(r"[^\W_]")
_CLOSING = re.compile(r"[.!?。！？)”\"]*")
_SHORT = 3
_COMMON_WORDS = """
about after also and any are because been before being between both but can could does each for
from had has have how into its itself may more most much not of only other our over same she
should some such than that the their them then there these they this those through under use
used using very was were what when where which while who why will with would you your
"""
_COMMON = frozenset(_COMMON_WORDS.split())


def readable(passage: str) -> str:
    """Return a passage's Markdown as plain text, line by line, without its marks."""
    return "\n".join(plain_lines(passage)).strip()


def marked(passage: str, said: Sequence[str], *, verbatim: bool) -> str:
    """Return a passage as HTML with what it lends to some sentences, or to a query, marked.

    Quotations are marked where they stand; of other sentences, and of a query, the words shared.
    """
    text = readable(passage)
    quoted = [_sentence(text, readable(sentence)) for sentence in said] if verbatim else []
    spans = [span for group in quoted for span in group]
    return _html(text, sorted(spans) or _words(text, " ".join(said)))


def _sentence(text: str, sentence: str) -> list[tuple[int, int]]:
    """Find a sentence by its letters and digits; return its span with the mark that ends it."""
    places = [match.start() for match in _SIGN.finditer(text)]
    shown, wanted = ("".join(_SIGN.findall(string)) for string in (text, sentence))
    at = shown.find(wanted) if wanted else -1
    if at < 0:
        return []
    end = places[at + len(wanted) - 1] + 1
    closing = _CLOSING.match(text, end)
    return [(places[at], closing.end() if closing else end)]


def _words(text: str, sentence: str) -> list[tuple[int, int]]:
    wanted = {stem(unit.casefold()) for unit in _UNIT.findall(sentence) if _tells(unit)}
    pairs = _pairs(sentence)
    spans = [match.span() for match in _UNIT.finditer(text) if stem(match[0].casefold()) in wanted]
    spans += [
        (at, at + 2) for at in range(len(text) - 1) if text[at : at + 2] in pairs
    ]  # Chinese has no spaces: two characters in a row count as a word
    return sorted(spans)


def _tells(unit: str) -> bool:
    if re.match(f"[{HAN}]", unit):
        return False
    folded = unit.casefold()
    short = len(unit) < _SHORT and not (unit.isupper() or unit.isdigit())
    return not short and folded not in _COMMON


def _pairs(text: str) -> set[str]:
    runs: Iterable[str] = re.findall(f"[{HAN}]{{2,}}", text)
    return {run[at : at + 2] for run in runs for at in range(len(run) - 1)}


def _html(text: str, spans: Iterable[tuple[int, int]]) -> str:
    out, here = [], 0
    for start, end in _with_whole_formulas(text, _merged(spans)):
        out += [typeset(text[here:start]), "<mark>", typeset(text[start:end]), "</mark>"]
        here = end
    return "".join(out) + typeset(text[here:])


def _with_whole_formulas(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans that touch a formula with all of it: no mark begins within one."""
    ends = [end for _, end in spans]
    touched = []
    for match in FORMULA.finditer(text):
        first = bisect_left(ends, match.start() + 1)
        if first < len(spans) and spans[first][0] < match.end():
            touched.append(match.span())
    return _merged(sorted([*spans, *touched]))


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined
