"""A passage taken apart: its sentences as they read, and what each is.

Knows Markdown, nothing of questions.
"""

import re
from dataclasses import dataclass

from assistant.wording import wording
from ingest.text.blocks import HEADING, LIST_MARKER, TABLE, TABLE_ROW, code_spans
from ingest.text.formulas import DISPLAYED
from ingest.text.plain import as_quoted
from ingest.text.sentences import last_mark, sentences

_ENDS = tuple(".!。！")
_LEADS = tuple(":：")
_WORDING = wording("sentences")
_REFERS_BACK = _WORDING.patterns["refers_back"]
# What is shown further up: "the formula above", "the above table", 上式. Of other nouns nothing
# tells whether "above" goes with them or with what follows: accuracy above chance.
_POINTS_UP = _WORDING.patterns["points_up"]
_POINTS_DOWN = _WORDING.patterns["points_down"]
_POINTS_AWAY = _WORDING.patterns["points_away"]
_OF_A_TABLE = _WORDING.patterns["of_a_table"]
_TORN = re.compile(r"[^(（]{0,12}[)）]")  # closes what the piece before opened
_LONGEST = 600  # characters
BLOCKS = ("code", "formula", "table")
_TITLE = 5  # words


@dataclass(frozen=True, slots=True)
class Piece:
    """One sentence, list item, row or whole of a table, displayed formula or block of code.

    ``form`` is ``prose``, ``item``, ``continued`` (a later sentence of an item), ``row``,
    ``heading``, or one of `BLOCKS`: a fenced block, a formula or a table as it stands. ``text`` is
    plain text but for those; ``start`` and ``end`` are its span in the passage. ``whole``: a
    sentence of prose, a list item or a long heading (a paper's title, in lists of papers) that can
    be shown as it stands. ``leads``: it introduces what follows, items of a list or a block.
    ``refers_back``: it needs the piece before. ``points_up``: it speaks of what is shown above it,
    ``points_down`` below it, ``of_table`` of a table or its parts, wherever that stands.
    ``points_away``: it says only where, in this text or another, something is said.
    """

    text: str
    start: int
    end: int
    form: str
    whole: bool
    leads: bool
    refers_back: bool
    points_up: bool = False
    of_table: bool = False
    points_down: bool = False
    points_away: bool = False

    @property
    def item(self) -> bool:
        """Whether it belongs to a list item."""
        return self.form in ("item", "continued")

    @property
    def block(self) -> bool:
        """Whether it is a block that stands as it is: code, a formula, a table."""
        return self.form in BLOCKS

    @property
    def code(self) -> bool:
        """Whether it is a fenced block."""
        return self.form == "code"

    @property
    def title(self) -> bool:
        """Whether it is a heading."""
        return self.form == "heading"

    @property
    def ends_in_colon(self) -> bool:
        """Whether what it announces follows."""
        return self.text.endswith((":", "：")) and not self.block


def pieces(text: str, fence: str = "") -> list[Piece]:
    """Return the pieces of a passage in reading order; a table comes before its rows.

    ``fence`` is the one that is open where the passage begins (`ingest.values.Passage.fence`).
    """
    blocks = _blocks(text, fence)
    inside = [(start, end) for form, start, end in blocks if form != "table"]
    spans = [
        span
        for span in sentences(text, fence)
        if not any(start <= span[0] < end for start, end in inside)
    ]
    begins = {start for _, start, _ in blocks}
    parts = [Piece(text[start:end], start, end, form, False, False, False)
             for form, start, end in blocks]  # fmt: skip
    for place, (start, end) in enumerate(spans):
        line = as_quoted(text[start:end])
        if len(line) <= 2:
            continue
        form = _form(text, start)
        if form == "item" and place and _same_line(text, spans[place - 1][0], start):
            form = "continued"
        torn = _TORN.match(line) and form not in ("item", "continued")
        prose = form != "row" and len(line) <= _LONGEST and not torn
        after = spans[place + 1][0] if place + 1 < len(spans) else len(text)
        ends = last_mark(line) in _ENDS or _stands_alone(text, start, end)
        announces = prose and last_mark(line) in _LEADS
        to_block = prose and (announces or not ends) and _next_line(text, end) in begins
        to_items = announces and after < len(text) and _form(text, after) == "item"
        back = place > 0 and bool(_REFERS_BACK.match(line))
        whole = prose and (ends or to_items)
        up = bool(_POINTS_UP.search(line))
        leads, of_table = to_items or to_block, bool(_OF_A_TABLE.search(line))
        down, away = bool(_POINTS_DOWN.search(line)), bool(_POINTS_AWAY.search(line))
        parts.append(Piece(line, start, end, form, whole, leads, back, up, of_table, down, away))
    return sorted(parts, key=lambda piece: (piece.start, -piece.end))


def _blocks(text: str, fence: str) -> list[tuple[str, int, int]]:
    """Return form and span of the blocks that stand as they are."""
    code = code_spans(text, fence)
    blocks = [("code", start, end) for start, end in code]
    for form, pattern in (("formula", DISPLAYED), ("table", TABLE)):
        for block in pattern.finditer(text):
            if not any(start <= block.start() < end for start, end in code):
                blocks.append((form, block.start(), block.end()))
    return blocks


def _next_line(text: str, at: int) -> int:
    """Return where the next line that holds something begins."""
    rest = re.compile(r"[^\S\n]*\n\s*").match(text, at)
    return rest.end() if rest else len(text)


def _same_line(text: str, one: int, other: int) -> bool:
    """Say whether two places stand on one line."""
    return "\n" not in text[one:other]


def _form(text: str, at: int) -> str:
    first, last = _line_of(text, at)
    if TABLE_ROW.match(text, first):
        return "row"
    if LIST_MARKER.match(text, first):
        return "item"
    return "heading" if HEADING.match(text[first:last]) else "prose"


def _line_of(text: str, at: int) -> tuple[int, int]:
    end = text.find("\n", at)
    return text.rfind("\n", 0, at) + 1, end if end >= 0 else len(text)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Say whether a span is all of a list item or heading: such are left without a full stop."""
    first, last = _line_of(text, start)
    if text[end - 1] in "?？":
        return False
    if HEADING.match(text[first:last]):
        return len(text[start:end].split()) >= _TITLE
    mark = LIST_MARKER.match(text, first, last)
    return mark is not None and mark.end() == start and end >= last - 1
