"""Which words of a passage carry a sentence: the ones to mark when the passage is shown.

Knows text only; what comes back is HTML of escaped text and ``mark`` elements.
"""

import re
from collections.abc import Iterable, Sequence
from html import escape

from ingest.text.text_fragment import plain

_HAN = "\u3400-\u9fff"
_UNIT = re.compile(rf"[{_HAN}]|[^\W_{_HAN}]+")
_ENDING = re.compile(r"(?:ies|es|s|ing|ed|ly|e)$")
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
    lines, fenced = [], False
    for line in passage.splitlines():
        if re.match(r"\s*(```|~~~)", line):
            fenced = not fenced
        elif fenced:
            lines.append(line)
        else:
            text = plain(line).strip("| ")
            lines.append(re.sub(r"\s*\|\s*", " · ", text))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def marked(passage: str, said: Sequence[str], *, verbatim: bool) -> str:
    """Return a passage as HTML with what it lends to some sentences, or to a query, marked.

    Quotations are marked where they stand; of other sentences, and of a query, the words shared.
    """
    text = readable(passage)
    quoted = [_sentence(text, readable(each)) for each in said] if verbatim else []
    spans = [span for each in quoted for span in each]
    return _html(text, sorted(spans) or _words(text, " ".join(said)))


def _sentence(text: str, sentence: str) -> list[tuple[int, int]]:
    units = [re.escape(unit) for unit in _UNIT.findall(sentence)]
    if not units:
        return []
    found = re.search(r"[\W_]*".join(units) + r"[.!?。！？)”\"]*", text)
    return [found.span()] if found else []


def _words(text: str, sentence: str) -> list[tuple[int, int]]:
    wanted = {_stem(unit) for unit in _UNIT.findall(sentence) if _tells(unit)}
    pairs = _pairs(sentence)
    spans = [each.span() for each in _UNIT.finditer(text) if _stem(each[0]) in wanted]
    spans += [
        (at, at + 2) for at in range(len(text) - 1) if text[at : at + 2] in pairs
    ]  # Chinese has no spaces: two characters in a row count as a word
    return sorted(spans)


def _tells(unit: str) -> bool:
    if re.match(f"[{_HAN}]", unit):
        return False
    folded = unit.casefold()
    short = len(unit) < _SHORT and not (unit.isupper() or unit.isdigit())
    return not short and folded not in _COMMON


def _stem(unit: str) -> str:
    folded = unit.casefold()
    cut = _ENDING.sub("", folded)
    return cut if len(cut) >= _SHORT else folded


def _pairs(text: str) -> set[str]:
    runs: Iterable[str] = re.findall(f"[{_HAN}]{{2,}}", text)
    return {run[at : at + 2] for run in runs for at in range(len(run) - 1)}


def _html(text: str, spans: Iterable[tuple[int, int]]) -> str:
    out, here = [], 0
    for start, end in _merged(spans):
        out += [escape(text[here:start]), "<mark>", escape(text[start:end]), "</mark>"]
        here = end
    return "".join(out) + escape(text[here:])


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined
