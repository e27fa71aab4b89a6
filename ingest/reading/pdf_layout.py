"""From pieces of text with positions to lines in reading order.

Knows the geometry of a page: columns, running headers, paragraphs. Coordinates are points, with y
growing upwards, as PDF has it.
"""

import itertools
import re
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass

from ingest.reading.raised import subscript, superscript
from ingest.text.sentences import clean

_EDGE = 0.09  # of a page's height, at its top and bottom: where running headers and footers stand
_GUTTER = (0.38, 0.62)  # of a page's width: where the space between two columns may lie
_SMALL, _RAISED, _LOWERED = 0.88, 0.2, 0.05  # of the size of a line: what stands above or below it
_FULL_WIDTH = 0.35  # of the lines may cross the gutter (title, figures) beside two columns

AT_END = "\u2010"
"""A hyphen at the end of a line, until the lines are joined."""

_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\xa0": " "}
)
_BROKEN = re.compile(rf"([^\W\d_][\w-]*)[{AT_END}-]$")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_NO_SPACES = r"[\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]"  # Han, Kana and their marks
_BETWEEN_HAN = re.compile(f"{_NO_SPACES}\n{_NO_SPACES}")


@dataclass(frozen=True, slots=True)
class TextRun:
    """A run of characters on one line: its box, font size in points, and whether it is bold."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float
    bold: bool

    @property
    def middle(self) -> float:
        """The height at which it stands."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in points from its lower left corner."""

    left: float
    bottom: float
    right: float
    top: float

    def near(self, other: "Box", distance: float) -> bool:
        """Say whether another one lies within a distance in both directions."""
        across = max(self.left, other.left) - min(self.right, other.right)
        along = max(self.bottom, other.bottom) - min(self.top, other.top)
        return across <= distance and along <= distance

    def around(self, other: "Box") -> "Box":
        """Return the rectangle around both."""
        return Box(
            min(self.left, other.left), min(self.bottom, other.bottom),
            max(self.right, other.right), max(self.top, other.top),
        )  # fmt: skip

    def turned(self, turn: int, width: float, height: float) -> "Box":
        """Return where it lies once its page is turned with the clock by so many quarters.

        ``width`` and ``height`` are those of the page before.
        """
        match turn % 4:
            case 1:
                return Box(self.bottom, width - self.right, self.top, width - self.left)
            case 2:
                return Box(width - self.right, height - self.top, width - self.left,
                           height - self.bottom)  # fmt: skip
            case 3:
                return Box(height - self.top, self.left, height - self.bottom, self.right)
        return self


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page: its width and height, its pieces as the file has them, and what else is drawn.

    ``drawn`` is filled where a caption stands on the page. All stands as it does once the page is
    turned by ``turn`` quarters with the clock, so that its text is upright; a viewer turns it by
    ``rotation``. ``corner`` is its lower left corner in points.
    """

    width: float
    height: float
    pieces: tuple[TextRun, ...]
    drawn: tuple[Box, ...] = ()
    turn: int = 0
    rotation: int = 0
    corner: tuple[float, float] = (0.0, 0.0)

    def as_shown(self, box: Box) -> tuple[Box, float, float]:
        """Return where a box lies on the page as a viewer shows it, and that page's size."""
        west, south = self.corner
        box = Box(box.left - west, box.bottom - south, box.right - west, box.top - south)
        back = box.turned(-self.turn, self.width, self.height)
        sides = (self.width, self.height)
        width, height = sides if self.turn % 2 == 0 else sides[::-1]
        shown = back.turned(self.rotation, width, height)
        return (shown, width, height) if self.rotation % 2 == 0 else (shown, height, width)


def without_running_lines(sheets: Sequence[Sheet]) -> list[list[TextRun]]:
    """Return the pieces of each page without headers, footers and page numbers."""
    seen = Counter(
        name for sheet in sheets for name in {_name(p) for p in sheet.pieces if _at_edge(p, sheet)}
    )
    often = max(2, min(3, len(sheets) // 2))
    return [
        [
            piece
            for piece in sheet.pieces
            if not (
                _at_edge(piece, sheet)
                and (_is_number(piece.text) or (len(sheets) > 1 and seen[_name(piece)] >= often))
            )
        ]
        for sheet in sheets
    ]


def in_order(pieces: Sequence[TextRun], width: float) -> list[TextRun]:
    """Return a page's lines as they are read: columns left to right, each from its top."""
    gutter = _gutter(pieces, width)
    if gutter is None:
        return _lines(pieces)

    def crosses(piece: TextRun) -> bool:
        return piece.left < gutter - 1 and piece.right > gutter + 1

    # from the top down; pieces at one height stay in their order
    rest = sorted((piece for piece in pieces if not crosses(piece)), key=lambda p: -p.middle)
    ordered: list[TextRun] = []
    at = 0
    # what spans both columns divides them into bands
    for line in [*_lines([piece for piece in pieces if crosses(piece)]), None]:
        floor = line.top if line else float("-inf")
        start = at
        while at < len(rest) and rest[at].middle >= floor:
            at += 1
        band = rest[start:at]
        ordered += _lines([piece for piece in band if piece.right <= gutter + 1])
        ordered += _lines([piece for piece in band if piece.right > gutter + 1])
        if line:
            ordered.append(line)
    return ordered


def paragraphs(lines: Sequence[TextRun]) -> list[list[TextRun]]:
    """Group lines in reading order into paragraphs: by distance, indentation and size."""
    if not lines:
        return []
    steps = [a.bottom - b.bottom for a, b in itertools.pairwise(lines)]
    down = sorted(step for step in steps if 0 < step < 40) or [12.0]
    usual = down[len(down) // 3]  # the distance within paragraphs: there are many short ones
    groups = [[lines[0]]]
    for before, line in itertools.pairwise(lines):
        step = before.bottom - line.bottom
        indented = line.left > min(line.left for line in groups[-1][-4:]) + 0.8 * line.size
        new = (
            abs(step) > 1.45 * max(usual, line.size)
            or abs(before.size - line.size) > 0.12 * max(before.size, line.size)
            or before.bold != line.bold
            or starts_item(line.text)
            or (indented and step > 0 and _ends(before.text))
        )
        # a sentence that goes on at the top of the next column or page is one paragraph
        goes_on = step < 0 and not _ends(before.text) and line.text[:1].islower()
        if new and not goes_on:
            groups.append([])
        groups[-1].append(line)
    return groups


def starts_item(text: str) -> bool:
    """Say whether a line begins an item of a list."""
    return bool(re.match(r"[•‣▪●○◦–∗]\s", text))


def join(lines: Sequence[TextRun], words: Container[str]) -> str:
    """Join the lines of a paragraph; ``words`` are those of the whole file, in lower case."""
    text = ""
    for line in lines:
        said = clean(line.text.translate(_LIGATURES)).strip()
        text = joined(text, said, words) if text else said
    return text


def joined(text: str, more: str, words: Container[str]) -> str:
    """Join a line to the text before it; mend a word that was broken between them.

    Where a compound met its own hyphen ("self-attention"), the document's other lines tell.
    """
    broken = _BROKEN.search(text[-80:])
    if not broken:
        joint = "" if _BETWEEN_HAN.fullmatch(f"{text[-1:]}\n{more[:1]}") else " "
        return text + joint + more
    rest = _FIRST_WORD.match(more)
    if rest is None or not more[0].islower():  # "GPT-" and "4"
        return f"{text[:-1]}-{more}"
    last = broken[1].lower()
    whole, compound = last + rest[0].lower(), f"{last}-{rest[0].lower()}"
    keeps = compound in words or "-" in last or last in ("self", "non", "cross")
    return f"{text[:-1]}-{more}" if keeps and whole not in words else text[:-1] + more


def _lines(pieces: Sequence[TextRun]) -> list[TextRun]:
    """Join pieces that stand on one line, from top to bottom."""
    rows: list[list[TextRun]] = []
    main: TextRun | None = None  # the longest of the row: what stands above the line may come first
    for piece in sorted(pieces, key=lambda piece: (-piece.middle, piece.left)):
        if main and min(main.top, piece.top) - max(main.bottom, piece.bottom) > 0.4 * min(
            main.top - main.bottom, piece.top - piece.bottom
        ):
            rows[-1].append(piece)
            main = piece if len(piece.text) > len(main.text) else main
        else:
            rows.append([piece])
            main = piece
    return [_joined(sorted(row, key=lambda piece: piece.left)) for row in rows]


def _joined(row: Sequence[TextRun]) -> TextRun:
    main = max(row, key=lambda piece: len(piece.text))
    text = row[0].text
    for before, piece in itertools.pairwise(row):
        said = piece.text
        apart = piece.left - before.right > 0.15 * piece.size
        if not apart and piece.size <= _SMALL * main.size:
            raised = piece.bottom - main.bottom
            if raised > _RAISED * main.size:
                said = superscript(said, text)
            elif raised < -_LOWERED * main.size:
                said = subscript(said, text)
        text += (" " if apart and not text.endswith(" ") else "") + said
    return TextRun(
        text.strip(),
        row[0].left,
        max(piece.right for piece in row),
        main.bottom,
        main.top,
        main.size,
        main.bold,
    )


def _gutter(pieces: Sequence[TextRun], width: float) -> float | None:
    """Return where the space between two columns lies, or None if there is one column."""
    best: tuple[int, float] | None = None
    for percent in range(int(_GUTTER[0] * 100), int(_GUTTER[1] * 100) + 1):
        x = width * percent / 100
        crossing = sum(piece.left < x - 1 and piece.right > x + 1 for piece in pieces)
        if best is None or (crossing, abs(x - width / 2)) < (best[0], abs(best[1] - width / 2)):
            best = (crossing, x)
    if best is None:
        return None
    crossing, x = best
    left = sum(piece.right <= x + 1 for piece in pieces)
    right = sum(piece.left >= x - 1 for piece in pieces)
    if min(left, right) < 4 or crossing > _FULL_WIDTH * len(pieces):
        return None
    return x


def _at_edge(piece: TextRun, sheet: Sheet) -> bool:
    return piece.middle < _EDGE * sheet.height or piece.middle > (1 - _EDGE) * sheet.height


def _name(piece: TextRun) -> str:
    return re.sub(r"\d+", "#", piece.text.strip().lower())


def _is_number(text: str) -> bool:
    return bool(
        re.fullmatch(r"\W*(page\s*)?(\d{1,4}|[ivxlc]{1,6})(\s*(of|/)\s*\d+)?\W*", text, re.I)
    )


def _ends(text: str) -> bool:
    return text.rstrip().endswith((".", "!", "?", ":", "。", "！", "？", "：", '."', ".”", ".)"))
