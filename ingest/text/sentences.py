"""Written text as every floor needs it: sentences, languages, clean characters.

Knows nothing of documents or pages. Sentence rules come from `sentencex` (Wikimedia's segmenter);
this module gives it one block at a time, since list items and code lines are not prose.
"""

import re
import unicodedata
from functools import cache
from typing import Any

import sentencex

from ingest.text.blocks import (
    FENCE,
    HEADING,
    LIST_MARKER,
    QUOTE_MARKER,
    TABLE_ROW,
    TABLE_RULE,
    Block,
    blocks,
    closes_fence,
    code_lines,
    code_spans,
    lines,
)
from ingest.text.scripts import is_east_asian, letters
from ingest.text.words import FUNCTION_WORDS

__all__ = [
    "CLOSERS",
    "FENCE",
    "HEADING",
    "LIST_MARKER",
    "TABLE_ROW",
    "clean",
    "closes_fence",
    "is_east_asian",
    "language",
    "language_within",
    "last_mark",
    "sentences",
]

# Abbreviations of papers and manuals that end no sentence and that sentencex does not know.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:Secs?|Eqs?|Eqn|Tabs?|Ch|Chap|Vol|No|Refs?|Algs?|Thm|Def|App|Figs?|approx|resp|vol"
    r"|ch|sec|eq|pp|ca|incl|w\.r\.t|s\.t|i\.i\.d|a\.k\.a|cf|vs|al)\.\s*$"
)
_CONTINUES = re.compile(r"[a-z0-9($\\]")
# What is written on without a space is one name: torch.nn.Linear, ./data; a word that carries no
# subject begins a sentence whose space was forgotten.
_WITHIN_NAME = re.compile(r"(?<=[A-Za-z0-9_]\.)([A-Za-z_]\w*)|(?<=\.)/\w", re.ASCII)
_CLOSERS = re.compile(r"[*_)\]\"”’»」』`]+(?=\s|$)")
CLOSERS = "\"'”’)]*_`"
"""What may stand behind the mark that ends a sentence."""

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
_STRETCH, _LONGEST = 4_000, 8_000  # characters that are cut into sentences at once


def clean(text: str) -> str:
    """Return the text in NFC with line feeds, plain spaces and no invisible characters."""
    text = _LINE_ENDS.sub("\n", text)
    text = _ODD_SPACES.sub(" ", _INVISIBLE.sub("", text))
    return unicodedata.normalize("NFC", text)


def one_line(text: str) -> str:
    """Return a clean text on one line: every run of white space is a space."""
    return " ".join(clean(text).split())


def last_mark(text: str, closers: str = CLOSERS) -> str:
    """Return the last character of a text but for what closes a quotation or a mark of Markdown.

    "" if there is none.
    """
    return text.removesuffix("\n").rstrip(closers)[-1:]


def sentences(text: str, fence: str = "") -> list[tuple[int, int]]:
    """Return the spans ``(start, end)`` of the sentences of a Markdown or plain text, in order.

    Every span is trimmed of white space and list, quote or heading marks. A heading, a table row
    and a line of code are each a sentence of their own. Nothing else is left out.

    Args:
        text: Markdown.
        fence: the fence that is open where it begins, if it was cut out of a block of code.
    """
    spans: list[tuple[int, int]] = []
    for block in blocks(text, fence):
        if block.kind == "heading":
            _add(text, block.content, block.end, spans)
        elif block.kind == "code":
            for start, end in code_lines(text, block):
                _add(text, start, end, spans)
        elif block.kind == "table":
            for start, line in lines(text[block.start : block.end]):
                if not TABLE_RULE.match(line):
                    _add(text, block.start + start, block.start + start + len(line), spans)
        else:
            for start, end in _paragraphs(text, block):
                for first, last in _prose(text[start:end]):
                    _add(text, start + first, start + last, spans)
    return spans


def _paragraphs(text: str, block: Block) -> list[tuple[int, int]]:
    """Return a block of prose whole, or every line that is quoted in a piece of its own."""
    spans = [(block.content, block.end)]
    if ">" not in text[block.start : block.end]:
        return spans
    for here, line in lines(text[block.content : block.end]):
        start = block.content + here
        mark = QUOTE_MARKER.match(line)
        if mark:
            spans[-1] = (spans[-1][0], max(spans[-1][0], start - 1))
            spans.append((start + mark.end(), start + len(line)))
        else:
            spans[-1] = (spans[-1][0], start + len(line))
    return [(start, end) for start, end in spans if start < end]


def _add(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> None:
    piece = text[start:end]
    inner = piece.strip()
    if inner:
        start += len(piece) - len(piece.lstrip())
        spans.append((start, start + len(inner)))


def _boundaries(block: str) -> list[int]:
    """Return where sentencex ends the sentences of a block of prose.

    It needs the square of their number, and of that of quotation marks: a long block is given to it
    in stretches, each from the beginning of a sentence.
    """
    ends: list[int] = []
    at, window = 0, _STRETCH
    while at < len(block):
        stretch = block[at : at + window]
        stops = [
            boundary["end_index"] for boundary in sentencex.get_sentence_boundaries("en", stretch)
        ]
        if at + window < len(block):
            if len(stops) < 2 and window < _LONGEST:
                window *= 2
                continue
            stops = stops[:-1]  # the last one may go on
        ends += [at + end for end in stops]
        at, window = (ends[-1] if stops else at + window), _STRETCH
    return ends


def _prose(block: str) -> list[tuple[int, int]]:
    """Cut one block of prose: sentencex's boundaries, less those inside a unit."""
    if not block.strip():
        return []
    ends = _boundaries(block)
    formulas = iter(_FORMULA.finditer(block) if len(ends) > 1 else ())
    formula = next(formulas, None)
    spans: list[tuple[int, int]] = []
    start = 0
    for end in ends[:-1]:
        if end <= start:
            continue
        closers = _CLOSERS.match(block, end)
        if closers and not block[end - 1].isspace():
            end = closers.end()
        rest = block[end : end + 40].lstrip()
        if not rest or _is_within_name(block, end):
            continue
        if _CONTINUES.match(rest) and _ABBREVIATION.search(block, max(start, end - 20), end):
            continue
        while formula and formula.end() <= end:
            formula = next(formulas, None)
        if formula and formula.start() < end:
            continue
        spans.append((start, end))
        start = end
    spans.append((start, len(block)))
    return spans


def _is_within_name(block: str, at: int) -> bool:
    """Say whether a place behind a full stop is within a dotted name or a path."""
    name = _WITHIN_NAME.match(block, at)
    return name is not None and (name[1] or "").lower() not in FUNCTION_WORDS["en"]


_ASIAN = ("zh", "ja", "ko")
# Words of English that no language near it has; one in eight says enough, and takes no model.
_PARTICLES = frozenset(("the", "of", "and", "that", "this", "which", "with", "from", "are", "by"))
_FULL = 1 / 8
_REPEATED = re.compile(r"([^\W\d_]{1,4}?)\1{4,}")  # no word: aaaaa, hahahahaha
_TELLING = 40  # letters: fewer in another script are names and formulas


def language_within(text: str, whole: str) -> str:
    """Return the language of a part of a text: that of the ``whole`` unless its script differs."""
    if text.isascii() and whole not in _ASIAN:
        return whole
    counts = letters(text)
    if counts.is_east_asian == (whole in _ASIAN) or counts.every + 3 * counts.east_asian < _TELLING:
        return whole
    return language(text)


def language(text: str) -> str:
    """Guess the language of a text: its two-letter ISO 639-1 code.

    Script decides where it can (Kana, Hangul, Han); Latin text is English if it is short and not
    clearly another language, or full of English particles; other text is judged by py3langid on
    its first 2,000 characters. What holds few letters beside code and letters said over and over
    is in no language, and counts as English.
    """
    sample = text[:4000]
    if sample.isascii() and (len(sample) < _SHORT or _is_full_of_particles(sample[:2000])):
        return "en"
    counts = letters(sample)
    if counts.every == 0:
        return "en"
    if counts.language:
        return counts.language
    if len(sample) >= _SHORT and letters(_REPEATED.sub(" ", _beside_code(sample))).every < _TELLING:
        return "en"
    code, probability = language_code(sample[:2000])
    return "en" if len(sample) < _SHORT and probability < 0.95 else code


def _beside_code(text: str) -> str:
    parts = []
    at = 0
    for start, end in [*code_spans(text), (len(text), len(text))]:
        parts.append(text[at:start])
        at = end
    return "".join(parts)


def language_code(text: str) -> tuple[str, float]:
    """Return the likeliest language of a text by its letters, two letters, and how likely."""
    code, probability = _langid().classify(text)
    return str(code), float(probability)


def _is_full_of_particles(text: str) -> bool:
    words = text.lower().split()
    return sum(word in _PARTICLES for word in words) >= _FULL * len(words) > 0


@cache
def _langid() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # slow to import and load

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    # Pidgins and minor languages, known by three letters, take texts full of code for theirs.
    identifier.set_languages([label for label in identifier.labels if len(label) == 2])
    return identifier
