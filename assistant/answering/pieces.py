"""A passage taken apart: its sentences as they read, and what each is.

Knows Markdown, nothing of questions.
"""

import re
from dataclasses import dataclass

from ingest.text.sentences import FENCE, HEADING, LIST_MARKER, TABLE_ROW, closes_fence, sentences

_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)")
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3}|_{1,3})(?=\S)(.+?)(?<=\S)\1(?![\w*])")
_CLOSERS = r"[\"'”’)\]*_`]*$"
_ENDS = re.compile(r"[.!。！]" + _CLOSERS)
_LEADS = re.compile(r"[:：]" + _CLOSERS)
_REFERS_BACK = re.compile(
    r"(?:it|its|this|these|those|they|their|such|that|here|however|thus|therefore|hence|instead|"
    r"then|so|but|also|for example|for instance|in contrast|他|它|这|其|因此|所以|但)\b",
    re.IGNORECASE,
)
_TORN = re.compile(r"[^(（]{0,12}[)）]")  # closes what the piece before opened
_LONGEST = 600  # characters
_TITLE = 5  # words


@dataclass(frozen=True, slots=True)
class Piece:
    """One sentence, list item, table row or line of code.

    ``text`` is plain text, or for ``code`` a whole fenced block as it stands; ``start`` and
    ``end`` are its span in the passage. ``whole``: a sentence of prose, a list item or a long
    heading (a paper's title, in lists of papers) that can be shown as it stands. ``item``: it
    belongs to a list item.
    ``leads``: it introduces the list items that follow. ``refers_back``: it needs the piece before.
    ``title``: it is a heading.
    """

    text: str
    start: int
    end: int
    whole: bool
    item: bool
    leads: bool
    refers_back: bool
    code: bool = False
    title: bool = False

    @property
    def ends_in_colon(self) -> bool:
        """Whether what it announces follows."""
        return self.text.endswith((":", "：")) and not self.code


def pieces(text: str) -> list[Piece]:
    """Return the pieces of a passage in reading order."""
    blocks = code_blocks(text)
    spans = [
        span for span in sentences(text) if not any(start <= span[0] < end for start, end in blocks)
    ]
    items = [_in_item(text, start) for start, _ in spans]
    found = [
        Piece(text[start:end], start, end, False, False, False, False, True)
        for start, end in blocks
    ]
    for place, (start, end) in enumerate(spans):
        line = plain(text[start:end])
        if len(line) <= 2:
            continue
        torn = _TORN.match(line) and not items[place]
        prose = not _in_table(text, start) and len(line) <= _LONGEST and not torn
        last = place + 1 == len(spans)
        leads = prose and bool(_LEADS.search(line)) and not last and items[place + 1]
        ends = bool(_ENDS.search(line)) or _stands_alone(text, start, end)
        back = place > 0 and bool(_REFERS_BACK.match(line))
        whole = prose and (ends or leads)
        title = _is_heading(text, start)
        found.append(Piece(line, start, end, whole, items[place], leads, back, title=title))
    return sorted(found, key=lambda piece: piece.start)


def code_blocks(text: str) -> list[tuple[int, int]]:
    """Return the spans of the fenced blocks, fences included; one cut off ends with the text."""
    blocks, at, opened, fence = [], 0, 0, ""
    for line in text.split("\n"):
        mark = FENCE.match(line)
        if not fence and mark:
            opened, fence = at, mark[1]
        elif fence and closes_fence(line, fence):
            blocks.append((opened, at + len(line)))
            fence = ""
        at += len(line) + 1
    if fence:
        blocks.append((opened, len(text)))
    return blocks


def plain(text: str) -> str:
    """Return a Markdown sentence as it reads: links as their labels, no emphasis marks."""
    text = _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", text))
    return " ".join(text.split())


def _line_of(text: str, at: int) -> tuple[int, int]:
    end = text.find("\n", at)
    return text.rfind("\n", 0, at) + 1, end if end >= 0 else len(text)


def _in_item(text: str, at: int) -> bool:
    return bool(LIST_MARKER.match(text, _line_of(text, at)[0]))


def _in_table(text: str, at: int) -> bool:
    return bool(TABLE_ROW.match(text, _line_of(text, at)[0]))


def _is_heading(text: str, at: int) -> bool:
    first, last = _line_of(text, at)
    return bool(HEADING.match(text[first:last]))


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Say whether a span is all of a list item or heading: such are left without a full stop."""
    first, last = _line_of(text, start)
    if text[end - 1] in "?？":
        return False
    if _is_heading(text, start):
        return len(text[start:end].split()) >= _TITLE
    mark = LIST_MARKER.match(text, first, last)
    return mark is not None and mark.end() == start and end >= last - 1
