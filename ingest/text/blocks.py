"""The blocks of a Markdown text: the one reader of headings, lists, tables and fenced code.

Knows CommonMark's blocks as far as documents use them (`ingest.reading.markdown` writes no others):
no indented code, no setext headings, no HTML. A piece cut out of a document is read right when it
is told which fence was open where it begins.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

FENCE = re.compile(r"[ \t]*(`{3,}(?=[^`]*$)|~{3,})")
HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$)")
LIST_MARKER = re.compile(r"[ \t]*(?:[-*+•]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")
TABLE_ROW = re.compile(r"[ \t]*\|")
TABLE = re.compile(r"(?:^[ \t]*\|[^\n]*(?:\n|\Z)){3,}", re.MULTILINE)  # head, rule, a row
TABLE_RULE = re.compile(r"[ \t|:-]+$")
QUOTE_MARKER = re.compile(r"(?:[ \t]*>)+[ \t]?")
_CLOSING_MARKS = re.compile(r"(?:^|[ \t])#+$")

Kind = Literal["heading", "code", "table", "item", "prose"]


@dataclass(frozen=True, slots=True)
class Block:
    """One block: ``text[start:end]`` are its whole lines, without the last line feed.

    ``content`` is where its own words start: behind the marks of a heading or an item, on the line
    below the fence of code. ``fence`` is what opened a block of code (three or more backticks or
    tildes), ``closed`` whether its closing fence is there. ``heading`` are the titles it stands
    under, outermost first, a heading's own last; ``level`` is a heading's, 1 to 6, else 0.
    """

    kind: Kind
    start: int
    end: int
    content: int
    heading: tuple[str, ...] = ()
    level: int = 0
    fence: str = ""
    closed: bool = True


def blocks(text: str, fence: str = "") -> Iterator[Block]:
    """Yield the blocks of a text in order; blank lines belong to none.

    Args:
        text: Markdown.
        fence: the fence that is open where the text begins, if it was cut out of a block of code.
    """
    path: list[tuple[int, str]] = []
    above: tuple[str, ...] = ()
    kind: Kind | None = "code" if fence else None
    start = end = content = 0
    opened = fence

    def done(*, closed: bool = True) -> Block:
        assert kind is not None  # noqa: S101  # a block is open
        return Block(kind, start, end, min(content, end), above, 0, opened, closed)

    for here, line in lines(text):
        if opened:
            end = here + len(line)
            if closes_fence(line, opened):
                yield done()
                kind, opened = None, ""
            continue
        line_kind: Kind | None
        mark = None
        if not line or line.isspace():
            line_kind = None
        elif fenced := FENCE.match(line):
            line_kind = "code"
        elif marks := HEADING.match(line):
            line_kind = "heading"
        elif TABLE_ROW.match(line):
            line_kind = "table"
        elif mark := LIST_MARKER.match(line):
            line_kind = "item"
        else:
            line_kind = "item" if kind == "item" else "prose"
        new = line_kind != kind or line_kind in ("code", "heading") or mark is not None
        if new and kind is not None:
            yield done()
        if new:
            start = content = here
        kind, end = line_kind, here + len(line)
        if line_kind == "code" and fenced:
            opened, content = fenced[1], here + len(line) + 1
        elif line_kind == "item" and mark:
            content = here + mark.end()
        elif line_kind == "heading" and marks:
            level = len(marks[1])
            title = _CLOSING_MARKS.sub("", line[marks.end() :].strip()).strip()
            path = [heading for heading in path if heading[0] < level]
            path.append((level, title))
            above = tuple(name for _, name in path if name)
            yield Block("heading", here, end, min(here + marks.end(), end), above, level)
            kind = None
    if kind is not None and len(text) > start:
        yield done(closed=not opened)


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield every line of a text with its offset; only a line feed ends one."""
    at = 0
    for line in text.split("\n"):
        yield at, line
        at += len(line) + 1


def code_spans(text: str, fence: str = "") -> list[tuple[int, int]]:
    """Return the spans of the blocks of code, fences included."""
    return [(block.start, block.end) for block in blocks(text, fence) if block.kind == "code"]


def code_lines(text: str, block: Block) -> Iterator[tuple[int, int]]:
    """Yield the spans of the lines between the fences of a block of code."""
    for here, line in lines(text[block.content : block.end]):
        end = block.content + here + len(line)
        last = block.closed and end == block.end and block.content <= block.end
        if not (last and closes_fence(line, block.fence)):
            yield block.content + here, end


def closes_fence(line: str, fence: str) -> bool:
    """Say whether a line ends the block of code that ``fence`` began."""
    stripped = line.strip()
    return len(stripped) >= len(fence) and stripped == fence[0] * len(stripped)


def open_fence(text: str, fence: str = "") -> str:
    """Return the fence that is open at the end of a text, "" if none is."""
    last = None
    for last in blocks(text, fence):  # noqa: B007  # the last one tells
        pass
    return last.fence if last is not None and not last.closed else ""


def first_heading(text: str, deepest: int = 6) -> str:
    """Return the title of the first heading of a level up to ``deepest``, "" if there is none."""
    for block in blocks(text):
        if 0 < block.level <= deepest and text[block.content : block.end].strip("# \t"):
            return block.heading[-1]
    return ""


def guarded(line: str) -> str:
    """Return a line of prose as Markdown that reads as no heading and no fence."""
    return "\\" + line if HEADING.match(line) or FENCE.match(line) else line


def fenced(code: str, language: str = "") -> str:
    """Return code as a fenced block; the fence is longer than any run of backticks in it."""
    longest = max((len(ticks) for ticks in re.findall(r"`{3,}", code)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{code}\n{fence}"
