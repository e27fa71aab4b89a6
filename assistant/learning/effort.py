"""What a source asks of a reader: minutes, and a difficulty where no list marks one.

Estimates from what is known offline: the kind of source, its title, and its text if it is in the
library. Knows nothing of topics or paths.
"""

import math

from assistant.wording import wording
from index.store.values import DIFFICULTIES
from ingest.links.urls import source_of
from ingest.text.blocks import blocks, code_lines
from ingest.text.formulas import count
from ingest.text.scripts import count_spaced, letters
from ingest.values import Document

DEFAULT_MINUTES = {
    "paper": 60, "post": 15, "repository": 20, "code": 15, "notebook": 30, "video": 45,
    "slides": 20, "course": 600, "docs": 15, "thread": 5, "list": 15, "note": 10,
}  # fmt: skip
"""Minutes assumed for a source whose text says nothing about how long it takes."""

_WORDS_A_MINUTE = 220
_HAN_A_MINUTE = 400
_CODE_WORDS_A_MINUTE = 80
# Their page is not what takes the time: it shows a player, or a table of contents.
_NEVER_BY_TEXT = ("video", "course")
# Their page is only the beginning: an abstract, a README.
_AT_LEAST = ("paper", "repository")

# 0 is easy, 1 medium, 2 hard.
_BY_KIND = {
    "thread": 0.4, "video": 0.4, "course": 0.6, "slides": 0.8, "list": 0.8, "post": 0.9,
    "note": 1.0, "docs": 1.0, "notebook": 1.1, "repository": 1.2, "code": 1.4, "paper": 1.8,
}  # fmt: skip
_WORDING = wording("sentences")
_GENTLE = _WORDING.patterns["gentle"]
_STEEP = _WORDING.patterns["steep"]
_TITLE_STEP = 0.5
# Marked formulas to a word: of the primer's own notes half of the hard ones and a quarter of the
# easy ones have more.
_MANY_FORMULAS = 0.02
_FORMULA_STEP = 0.4
_LONG_MINUTES, _SHORT_MINUTES = 30, 4
_LENGTH_STEP = 0.3


def text_minutes(text: str) -> int:
    """Return the minutes it takes to read a Markdown text, at least 1.

    220 words a minute, 400 Chinese characters, 80 words in blocks of code.
    """
    prose, code = _apart(text)
    han = letters(prose).han
    words = count_spaced(prose)
    minutes = words / _WORDS_A_MINUTE + han / _HAN_A_MINUTE
    minutes += count_spaced(code) / _CODE_WORDS_A_MINUTE
    return max(1, math.ceil(minutes))


def minutes(url: str, kind: str, document: Document | None) -> tuple[int, bool]:
    """Return the minutes a source takes, and whether its own text says so (else its kind does)."""
    if kind == "course" and source_of(url) == "hf-course":
        kind = "docs"  # one chapter, not the course
    default = DEFAULT_MINUTES.get(kind, DEFAULT_MINUTES["post"])
    if document is None or kind in _NEVER_BY_TEXT:
        return default, False
    read = text_minutes(document.text)
    if kind in _AT_LEAST and read < default:
        return default, False
    return read, True


def difficulty(title: str, kind: str, document: Document | None) -> str:
    """Estimate how hard a source is from its kind, its title's words, its formulas and length."""
    level = _BY_KIND.get(kind, 1.0)
    level -= _TITLE_STEP * bool(_GENTLE.search(title))
    level += _TITLE_STEP * bool(_STEEP.search(title))
    if document is not None and kind not in _NEVER_BY_TEXT:
        words = max(1, count_spaced(document.text))
        formulas = count(document.text)
        level += _FORMULA_STEP * (formulas / words > _MANY_FORMULAS)
        read = text_minutes(document.text)
        level += _LENGTH_STEP * ((read >= _LONG_MINUTES) - (read <= _SHORT_MINUTES))
    return DIFFICULTIES[min(2, max(0, math.floor(level + 0.5)))]


def _apart(text: str) -> tuple[str, str]:
    """Return the prose and the fenced code of a Markdown text."""
    prose: list[str] = []
    code: list[str] = []
    for block in blocks(text):
        if block.kind == "code":
            code += [text[start:end] for start, end in code_lines(text, block)]
        else:
            prose.append(text[block.start : block.end])
    return "\n".join(prose), "\n".join(code)


def duration(minutes: int, lang: str = "en") -> str:
    """Return minutes as hours and minutes, in English or Chinese."""
    hours, rest = divmod(minutes, 60)
    units = ("小时", "分钟") if lang == "zh" else ("h", "min")
    parts = [f"{hours} {units[0]}"] * bool(hours) + [f"{rest} {units[1]}"] * bool(rest or not hours)
    return " ".join(parts)
