"""Text fragments: the few words of a passage by which a browser finds it on its page.

Knows nothing of addresses. The syntax is that of the WICG draft "URL Fragment Text Directives".
"""

import re
from collections.abc import Iterator
from itertools import accumulate
from urllib.parse import quote

from ingest.text.blocks import blocks, code_lines
from ingest.text.plain import plain, plain_line
from ingest.text.scripts import HAN, KANA
from ingest.text.words import run_together

_WIDE = HAN + KANA
_UNIT = re.compile(rf"(?P<wide>[{_WIDE}])|[^\s{_WIDE}]+")
_SENTENCE_END = re.compile(rf"(?<=[.!?])\s++(?=[^\sa-z])|(?<=[。！？])|(?<=[：；])(?=[{_WIDE}])")
# A formula is drawn by script and an emoji may be an image: neither can be matched as text.
_UNMATCHABLE = re.compile(r"(?<!\$)\$++[^$]++\$++|[\x00\u2600-\u27bf\U0001f000-\U0001faff]++")
_TORN = re.compile(r"[$\\|{}]")  # of a formula, code or a row of a table
_CLOSING = " ,;:，：；、"
_READ = 4000  # characters
_WHOLE, _EDGE, _ENOUGH, _LEAST = 10.0, 5.0, 4.0, 2.0  # in words; a Han character is half a word


def text_directive(text: str, before: str = "", fence: str = "") -> str:
    """Return the percent-encoded value of a ``text=`` directive, or "" if there is no text.

    Args:
        text: the passage as Markdown. Its first sentence of plain text within one line is taken, as
            the two ends of a directive must not need more than one block: whole when short, else
            as ``start,end`` with about five words (ten Han characters) or more each.
        before: what stands before the passage, as far as it is known. A browser goes to the first
            place that fits: where there is one before the right one, a few words ahead of it are
            named too (``prefix-,start``). What comes later on the page needs no such care.
        fence: the fence that is open where the passage begins, see `ingest.values.Passage`.
    """
    sentence = _first_sentence(text, fence)
    start, end = _ends(sentence)
    prefix = _prefix(start, sentence, text, before) if sentence and before else ""
    parts = [f"{_encoded(prefix)}-"] if prefix else []
    return ",".join([*parts, *(_encoded(part.strip(_CLOSING)) for part in (start, end) if part)])


def _ends(sentence: str) -> tuple[str, str]:
    """Return a sentence whole and "" when it is short or cannot be cut, else its two ends."""
    units = list(_UNIT.finditer(sentence))
    weights = [0.0, *accumulate(map(_weight, units))]  # of the units before each
    if weights[-1] <= _WHOLE:
        return sentence, ""
    cuts = [at for at in range(1, len(units)) if _is_boundary(units[at - 1], units[at])]
    head = next((at for at in cuts if weights[at] >= _EDGE), None)
    tail = next((at for at in reversed(cuts) if weights[-1] - weights[at] >= _EDGE), None)
    if head is None or tail is None or head > tail:
        return sentence, ""
    return sentence[: units[head - 1].end()], sentence[units[tail].start() :]


def _prefix(start: str, sentence: str, text: str, before: str) -> str:
    """Return the words right ahead of a sentence, if ``start`` stands further ahead as well.

    They are of one block, as a browser wants them; "" too where they would not help.
    """
    # taking the marks off a whole book takes long: look first whether the words stand there at all
    wanted = map(re.escape, re.findall(r"[^\W_]+", start.casefold()))
    if not re.search(r"[\W_]++".join(wanted), before.casefold()):
        return ""
    ahead, quoted, _ = _lines(text).partition(sentence)
    ahead = f"{_lines(before)}\n{ahead}"
    squeezed = run_together(ahead)
    if not quoted or sentence[:1] in _CLOSING or run_together(start) not in squeezed:
        return ""
    block = ahead.rstrip().rpartition("\n")[2]
    units = list(_UNIT.finditer(block))
    weight = 0.0
    for at in reversed(range(len(units))):
        words = block[units[at].start() :]
        weight += _weight(units[at])
        if weight > _WHOLE or _UNMATCHABLE.search(words) or _TORN.search(words):
            return ""
        cut = at == 0 or _is_boundary(units[at - 1], units[at])
        if not cut or weight < _LEAST or words[0] in _CLOSING:
            continue
        if run_together(words + start) not in squeezed:
            return words
    return ""


def _lines(text: str) -> str:
    return "\n".join(map(plain_line, text.split("\n")))


def _is_boundary(one: re.Match[str], other: re.Match[str]) -> bool:
    """Whether a word surely ends between two units: a browser finds whole words only.

    Where Chinese words end, only a dictionary knows; between two Han characters none may be cut.
    """
    return not (one["wide"] and other["wide"]) or one.end() < other.start()


def _encoded(text: str) -> str:
    return quote(text, safe="", errors="replace").replace("-", "%2D")


def _weight(unit: re.Match[str]) -> float:
    return 0.5 if unit["wide"] else 1.0


def _length(text: str) -> float:
    return sum(map(_weight, _UNIT.finditer(text)))


def _first_sentence(text: str, fence: str) -> str:
    """The first sentence of prose that is long enough to be found, else the best of the rest."""
    best, best_rank = "", -1.0
    if len(text) > _READ:  # more than a passage; the patterns below are not made for books
        text = re.sub(r"\S{1,60}$", "", text[:_READ])
    for piece, is_prose in _pieces(text, fence):
        for sentence in _SENTENCE_END.split(piece):
            runs = [run.strip() for run in _UNMATCHABLE.split(sentence)]
            weights = list(map(_length, runs))
            weight, run = max(zip(weights, runs, strict=True), key=lambda pair: pair[0])
            if not re.search(r"\w", run):
                continue
            if is_prose and weight >= _ENOUGH:
                return run
            rank = min(weight, _ENOUGH) + is_prose
            if rank > best_rank:
                best, best_rank = run, rank
    return best


def _pieces(text: str, fence: str) -> Iterator[tuple[str, bool]]:
    """The blocks of a passage, line by line or cell by cell, and whether each is prose."""
    for block in blocks(text, fence):
        if block.kind == "code":
            yield from ((text[start:end].strip(), False) for start, end in code_lines(text, block))
            continue
        for line in text[block.start : block.end].split("\n"):
            if block.kind == "table":
                yield from ((plain(cell), False) for cell in line.split("|"))
            else:
                yield plain_line(line), block.kind != "heading"
