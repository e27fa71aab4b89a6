"""Written text as every floor needs it: sentences, languages, Han runs, clean characters.

Knows nothing of documents or pages. Sentence rules come from `sentencex` (Wikimedia's segmenter);
this module gives it one block at a time, since list items and code lines are not prose.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any

import sentencex

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_KANA = "\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_HANGUL = "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"
_CJK_RUN = re.compile(f"[{_HAN}{_KANA}{_HANGUL}々〇]+")
_HAN_CHAR = re.compile(f"[{_HAN}]")
_KANA_CHAR = re.compile(f"[{_KANA}]")
_HANGUL_CHAR = re.compile(f"[{_HANGUL}]")
_LETTER = re.compile(r"[^\W\d_]")

FENCE = re.compile(r"[ \t]*(`{3,}(?=[^`]*$)|~{3,})")
HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$)")
LIST_MARKER = re.compile(r"[ \t]*(?:[-*+•]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")
TABLE_ROW = re.compile(r"[ \t]*\|")
_TABLE_RULE = re.compile(r"[ \t|:-]+$")
_QUOTE_MARKER = re.compile(r"(?:[ \t]*>)+[ \t]?")

# Abbreviations of papers and manuals that end no sentence and that sentencex does not know.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:Secs?|Eqs?|Eqn|Tabs?|Ch|Chap|Vol|No|Refs?|Algs?|Thm|Def|App|Figs?|approx|resp|vol"
    r"|ch|sec|eq|pp|ca|incl|w\.r\.t|s\.t|i\.i\.d|a\.k\.a|cf|vs|al)\.\s*$"
)
_CONTINUES = re.compile(r"[a-z0-9($\\]")
_CLOSERS = re.compile(r"[*_)\]\"”’»」』`]+(?=\s|$)")
_FORMULA = re.compile(r"\$[^\s$](?:[^$\n]{0,200}[^\s$])?\$|`[^`\n]{1,200}`")

# Format, control and tag characters that show nothing: bidi overrides, zero-width spaces, soft
# hyphens, lone surrogates. The joiners U+200C and U+200D stay: scripts and emoji need them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")
_ODD_SPACES = re.compile("[\xa0\u2000-\u200a\u202f\u205f]")
_SHORT = 200


def clean(text: str) -> str:
    """Return the text in NFC with line feeds, plain spaces and no invisible characters."""
    text = _LINE_ENDS.sub("\n", text)
    text = _ODD_SPACES.sub(" ", _INVISIBLE.sub("", text))
    return unicodedata.normalize("NFC", text)


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the spans ``(start, end)`` of the sentences of a Markdown or plain text, in order.

    Every span is trimmed of white space and list, quote or heading marks. A heading, a table row
    and a line of code are each a sentence of their own. Nothing else is left out.
    """
    spans: list[tuple[int, int]] = []
    prose: tuple[int, int] | None = None
    fence: str | None = None
    at = 0
    for line in text.split("\n"):
        start, end = at, at + len(line)
        at = end + 1
        mark = FENCE.match(line)
        if fence is not None or mark:
            _close(text, prose, spans)
            prose = None
            if fence is None and mark:
                fence = mark[1]
            elif fence is not None and closes_fence(line, fence):
                fence = None
            else:
                _add(text, start, end, spans)
            continue
        if not line or line.isspace():
            _close(text, prose, spans)
            prose = None
        elif heading := HEADING.match(line):
            _close(text, prose, spans)
            prose = None
            _add(text, start + heading.end(), end, spans)
        elif TABLE_ROW.match(line):
            _close(text, prose, spans)
            prose = None
            if not _TABLE_RULE.match(line):
                _add(text, start, end, spans)
        else:
            mark = LIST_MARKER.match(line) or _QUOTE_MARKER.match(line)
            if mark or prose is None:
                _close(text, prose, spans)
                prose = (start + (mark.end() if mark else 0), end)
            else:
                prose = (prose[0], end)
    _close(text, prose, spans)
    return spans


def closes_fence(line: str, fence: str) -> bool:
    """Say whether a line ends the code block that ``fence`` began."""
    stripped = line.strip()
    return len(stripped) >= len(fence) and stripped == fence[0] * len(stripped)


def _add(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> None:
    piece = text[start:end]
    inner = piece.strip()
    if inner:
        start += len(piece) - len(piece.lstrip())
        spans.append((start, start + len(inner)))


def _close(text: str, prose: tuple[int, int] | None, spans: list[tuple[int, int]]) -> None:
    if prose is not None:
        block = text[prose[0] : prose[1]]
        for start, end in _prose(block):
            _add(text, prose[0] + start, prose[0] + end, spans)


def _prose(block: str) -> list[tuple[int, int]]:
    """Cut one block of prose: sentencex's boundaries, less those inside a unit."""
    if not block.strip():
        return []
    ends = [end for part in _parts(block) for end in part]
    formulas = [found.span() for found in _FORMULA.finditer(block)] if len(ends) > 1 else []
    spans: list[tuple[int, int]] = []
    start = 0
    for end in ends[:-1]:
        if end <= start:
            continue
        closers = _CLOSERS.match(block, end)
        if closers and not block[end - 1].isspace():
            end = closers.end()
        rest = block[end : end + 40].lstrip()
        if not rest:
            continue
        if _CONTINUES.match(rest) and _ABBREVIATION.search(block, max(start, end - 20), end):
            continue
        while formulas and formulas[0][1] <= end:
            formulas.pop(0)
        if formulas and formulas[0][0] < end:
            continue
        spans.append((start, end))
        start = end
    spans.append((start, len(block)))
    return spans


def _parts(block: str) -> Iterator[list[int]]:
    """Yield the ends that sentencex finds in a block, part by part.

    Its time grows with the square of the quotation marks in what it is given: no paragraph that
    people write is longer than a part.
    """
    start = 0
    while True:
        stop = start + _LONGEST
        if stop < len(block):
            space = max(block.rfind(" ", start, stop), block.rfind("\n", start, stop))
            stop = space + 1 if space >= start else stop
        piece = block[start:stop]
        found = sentencex.get_sentence_boundaries("en", piece)
        ends = [start + int(each["end_index"]) for each in found]
        if stop >= len(block):
            yield ends
            return
        # where a part ends, no sentence need: what is open is read on with the next part
        yield ends[:-1]
        start = ends[-2] if len(ends) > 1 else stop


_LONGEST = 30_000  # characters
_ASIAN = ("zh", "ja", "ko")
# Words of English that no language near it has; one in eight says enough, and takes no model.
_PARTICLES = frozenset(("the", "of", "and", "that", "this", "which", "with", "from", "are", "by"))
_FULL = 1 / 8
_TELLING = 40  # letters: fewer in another script are names and formulas


def is_east_asian(text: str) -> bool:
    """Say whether a text is mainly in Han, Kana or Hangul."""
    letters, wide = _letters(text)
    # One Han character says about as much as four Latin letters.
    return wide > 0 and 4 * wide >= 0.4 * (letters + 3 * wide)


def _letters(text: str) -> tuple[int, int]:
    patterns = (_HAN_CHAR, _KANA_CHAR, _HANGUL_CHAR)
    return len(_LETTER.findall(text)), sum(len(pattern.findall(text)) for pattern in patterns)


def language_within(text: str, whole: str) -> str:
    """Return the language of a part of a text: that of the ``whole`` unless its script differs."""
    if text.isascii() and whole not in _ASIAN:
        return whole
    letters, wide = _letters(text)
    is_asian = is_east_asian(text)
    if is_asian == (whole in _ASIAN) or letters + 3 * wide < _TELLING:
        return whole
    return language(text)


def language(text: str) -> str:
    """Guess the language of a text: its two-letter ISO 639-1 code.

    Script decides where it can (Kana, Hangul, Han); Latin text is English if it is short and not
    clearly another language, or full of English particles; other text is judged by py3langid on
    its first 2,000 characters.
    """
    sample = text[:4000]
    if sample.isascii() and (len(sample) < _SHORT or _is_full_of_particles(sample[:2000])):
        return "en"
    letters = len(_LETTER.findall(sample))
    if letters == 0:
        return "en"
    han, kana, hangul = (
        len(pattern.findall(sample)) for pattern in (_HAN_CHAR, _KANA_CHAR, _HANGUL_CHAR)
    )
    # One Han character says about as much as four Latin letters.
    if 4 * (han + kana + hangul) >= 0.4 * (letters + 3 * (han + kana + hangul)):
        if hangul > han + kana:
            return "ko"
        return "ja" if kana > 0.1 * (han + kana) else "zh"
    code, probability = _langid().classify(sample[:2000])
    return "en" if len(sample) < _SHORT and probability < 0.95 else str(code)


def _is_full_of_particles(text: str) -> bool:
    words = text.lower().split()
    return sum(word in _PARTICLES for word in words) >= _FULL * len(words) > 0


@cache
def _langid() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # slow to import and load

    found = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    # Pidgins and minor languages, known by three letters, take texts full of code for theirs.
    found.set_languages([label for label in found.labels if len(label) == 2])
    return found


def han_bigrams(text: str) -> str:
    """Cut every Han, Kana or Hangul run into overlapping pairs set apart by spaces.

    A run of one character stays as it is, as does all other text. Index and query must both pass
    through here: ``"用GQA缓存键"`` becomes ``" 用 GQA 缓存 存键 "``.
    """
    return _CJK_RUN.sub(_pairs, text)


def _pairs(run: re.Match[str]) -> str:
    word = run[0]
    if len(word) == 1:
        return f" {word} "
    return " " + " ".join(word[i : i + 2] for i in range(len(word) - 1)) + " "
