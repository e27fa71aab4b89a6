"""Where words stand on a page of a PDF: found by their letters, since lines break and hyphenate.

Knows lines of text with the edges of their characters; nothing of pictures and HTML.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.reading.pdf_image import TextLine

_SURE = 12  # letters that hardly stand in a row by chance
_MOST = 20_000  # letters that are looked for


@dataclass(frozen=True, slots=True)
class Box:
    """A stretch of one line, in pixels of the page's picture."""

    left: float
    top: float
    right: float
    bottom: float


def holds(lines: Sequence[TextLine], words: str) -> bool:
    """Say whether words stand on a page in one piece."""
    return _letters(words)[:_MOST] in _letters("".join(line.text for line in lines))


def boxes(lines: Sequence[TextLine], words: str) -> list[Box]:
    """Return where words stand on a page, in parts where they run over its end; none if nowhere."""
    letters, places = [], []
    for number, line in enumerate(lines):
        for at, char in enumerate(line.text):
            for letter in _letters(char):
                letters.append(letter)
                places.append((number, at))
    wanted = _letters(words)[:_MOST]
    marked: dict[int, tuple[int, int]] = {}
    made: list[Box] = []
    for start, end in _found("".join(letters), wanted):
        marked.clear()
        for number, at in places[start:end]:
            first, last = marked.get(number, (at, at))
            marked[number] = min(first, at), max(last, at)
        made += [_box(lines[number], *span) for number, span in marked.items()]
    return made


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def _found(page: str, wanted: str) -> list[tuple[int, int]]:
    """Return the spans of a page that hold the letters: all in a row, or halves of them."""
    spans, left = [], [(0, len(wanted))] if wanted else []
    while left:
        start, end = left.pop()
        at = page.find(wanted[start:end])
        if at >= 0:
            spans.append((at, at + end - start))
        elif end - start >= 2 * _SURE:
            half = (start + end) // 2
            left += [(start, half), (half, end)]
    return sorted(spans)


def _box(line: TextLine, first: int, last: int) -> Box:
    return Box(
        line.edges[first], line.top, max(line.edges[last + 1], line.edges[first]), line.bottom
    )
