"""Breaking lines for a terminal, also in languages that put no space between words.

Rich takes a run without spaces for one word: Chinese text would begin a line of its own, and names
in it be cut in two. Here a line may end at a space and beside a wide character, unless punctuation
would begin the next line or end this one (the rules of UAX #14 that matter to such text). Lines
that go on are indented as what they go on with.
"""

import re
from collections.abc import Iterator
from typing import Any

from rich.cells import cell_len, chop_cells
from rich.containers import Lines
from rich.text import Text

_NEVER_FIRST = frozenset("，。、；：？！）》〉】』」”’…—～·,.;:?!)]}%％°")
_NEVER_LAST = frozenset("（《〈【『「“‘([{$￥#")
_START = re.compile(r" *(?:• )?")
_DEEPEST = 0.5  # share of a line that its indent may take


class Wrapped(Text):
    """Text whose lines are broken so."""

    @classmethod
    def of(cls, text: Text) -> "Wrapped":
        """Return the same text."""
        return cls(
            text.plain, text.style, justify=text.justify, overflow=text.overflow,
            no_wrap=text.no_wrap, end=text.end, tab_size=text.tab_size, spans=list(text.spans),
        )  # fmt: skip

    def wrap(self, console: Any, width: int, **given: Any) -> Lines:
        """Return the lines, each at most ``width`` columns."""
        if given.get("no_wrap") or given.get("overflow") not in (None, "fold"):
            return super().wrap(console, width, **given)
        if given.get("justify") not in (None, "default", "left"):
            return super().wrap(console, width, **given)
        lines = Lines()
        for line in self.split(allow_blank=True):
            line.expand_tabs(given.get("tab_size", 8))
            indent = _indent(line.plain, width)
            first, *rest = line.divide(_ends(line.plain, width, indent))
            lines.append(first)
            lines.extend(Text(" " * indent).append_text(part) for part in rest)
        for line in lines:
            line.rstrip()
        return lines


def _indent(line: str, width: int) -> int:
    """Return by how many columns what goes on with a line is indented."""
    start = _START.match(line)
    depth = cell_len(start.group()) if start else 0
    return depth if depth <= _DEEPEST * width else 0


def _ends(line: str, width: int, indent: int) -> list[int]:
    """Return the offsets at which a line is broken."""
    ends: list[int] = []
    left, at = width, 0
    for word in _pieces(line):
        needed = cell_len(word.rstrip(" "))
        if needed > left and left < width - (indent if ends else 0):
            ends.append(at)
            left = width - indent
        if needed > left:  # longer than a line: cut where it is full
            *full, last = chop_cells(word, left)
            for part in full:
                at += len(part)
                ends.append(at)
            left, word = width - indent, last
        left -= cell_len(word)
        at += len(word)
    return ends


def _pieces(line: str) -> Iterator[str]:
    """Yield the parts between which a line may be broken, spaces at their ends."""
    begun = 0
    for at in range(1, len(line)):
        if _may_break(line[at - 1], line[at]):
            yield line[begun:at]
            begun = at
    if begun < len(line):
        yield line[begun:]


def _may_break(before: str, after: str) -> bool:
    if after == " " or after in _NEVER_FIRST or before in _NEVER_LAST:
        return False
    return before == " " or cell_len(before) > 1 or cell_len(after) > 1
