"""Where the figures of a PDF file stand on its pages: what is drawn above or below its caption.

A figure is a place on a page, whether pictures, lines or both make it. Its address is the file's
with the parameters ``page`` and ``viewrect`` of RFC 8118: a viewer opens the file there, and it
says what is to be drawn. Coordinates are points, with y growing upwards.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pypdfium2
from pypdfium2 import raw

from ingest.reading.pdf_layout import Box, TextRun

CAPTION = re.compile(
    r"(?:Figure|Fig\.?|FIGURE|FIG\.?)\s*(?:[A-Z]\.?)?\d{1,3}(?:\.\d{1,3})?\s*[:.|—–]|"
    r"图\s*\d{1,3}(?:[.-]\d{1,3})?\s*[:：.．\s]"
)
"""How a caption begins; a sentence that speaks of a figure goes on otherwise."""

_MOST_DRAWN = 20_000  # lines and pictures of a page that are looked at
_GROUND = 0.8  # of a page: what is larger lies behind it
_LEAST = 48.0  # points a side
_NEAR = 10.0  # points between parts of one figure
_ROUNDS = 12  # of growing by what is near
_MARGIN = 4.0
_BODY = 30  # letters: what stands in a figure is shorter
_BODY_SIZE = 0.85  # of the usual size
_RULE, _EDGE = 2.0, 0.09  # a rule at the top of a page belongs to its running line
_PLACE = re.compile(
    r"(.+)#page=(\d{1,4})&viewrect=(\d{1,5}),(\d{1,5}),(\d{1,5}),(\d{1,5})", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Place:
    """A place on a page of a file: the file's address, and whole points from the top left."""

    file: str
    page: int
    left: int
    top: int
    width: int
    height: int

    @property
    def address(self) -> str:
        """The address that opens the file there."""
        rectangle = f"{self.left},{self.top},{self.width},{self.height}"
        return f"{self.file}#page={self.page}&viewrect={rectangle}"


def place_of(address: str) -> Place | None:
    """Return the place on a page that an address names, None if it names none."""
    match = _PLACE.fullmatch(address)
    if match is None:
        return None
    page, left, top, width, height = map(int, match.groups()[1:])
    return Place(match[1], page, left, top, width, height) if width and height and page else None


def drawn_on(page: pypdfium2.PdfPage, turn: int) -> tuple[Box, ...]:
    """Return the boxes of what is drawn on a page beside its text, once it is turned.

    Of a page that is turned and does not begin at its lower left corner, none.
    """
    west, south, east, north = page.get_cropbox()
    if turn and (west or south):
        return ()
    width, height = east - west, north - south
    kinds = (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_SHADING,
             raw.FPDF_PAGEOBJ_FORM)  # fmt: skip
    boxes = []
    for count, drawn in enumerate(page.get_objects(kinds, max_depth=1)):
        if count == _MOST_DRAWN:
            break
        try:
            left, bottom, right, top = drawn.get_bounds()
        except pypdfium2.PdfiumError:
            continue
        box = Box(max(left, west), max(bottom, south), min(right, east), min(top, north))
        if not (box.left <= box.right and box.bottom <= box.top):
            continue  # off the page, or no number
        box = box.turned(turn, width, height)
        upper = north if not turn else (height, width)[turn % 2]
        rule = box.top - box.bottom < _RULE and box.bottom > upper - _EDGE * (upper - south)
        area = (box.right - box.left) * (box.top - box.bottom)
        if not rule and area <= _GROUND * width * height:
            boxes.append(box)
    return tuple(dict.fromkeys(boxes))


def regions(
    captions: Sequence[Sequence[TextRun]],
    pieces: Sequence[TextRun],
    drawn: Sequence[Box],
    usual: float,
) -> list[Box | None]:
    """Return what is drawn above each caption of a page, or below each, whichever more have.

    Arguments as those of `region`.
    """
    above = [region(caption, pieces, drawn, usual) for caption in captions]
    if None not in above:
        return above
    upside_down = _mirrored(drawn)
    mirrored = [_upside_down(piece) for piece in pieces]
    below = [
        region([_upside_down(line) for line in caption], mirrored, upside_down, usual)
        for caption in captions
    ]
    if sum(map(bool, below)) <= sum(map(bool, above)):
        return above
    return [next(iter(_mirrored([box])), None) if box else None for box in below]


def _mirrored(boxes: Sequence[Box]) -> list[Box]:
    """Return boxes with what is below above."""
    return [Box(box.left, -box.top, box.right, -box.bottom) for box in boxes]


def _upside_down(piece: TextRun) -> TextRun:
    return replace(piece, bottom=-piece.top, top=-piece.bottom)


def region(
    caption: Sequence[TextRun], pieces: Sequence[TextRun], drawn: Sequence[Box], usual: float
) -> Box | None:
    """Return what is drawn above a caption, None if nothing is.

    Args:
        caption: its lines.
        pieces: the page's runs of words.
        drawn: what is drawn on it beside them.
        usual: the size of the file's text, in points.
    """
    below = max(line.top for line in caption) - 2
    left, right = min(line.left for line in caption), max(line.right for line in caption)

    def is_text(piece: TextRun) -> bool:
        letters = sum(map(str.isalpha, piece.text))
        return (letters >= _BODY and piece.size >= _BODY_SIZE * usual) or bool(
            CAPTION.match(piece.text)
        )

    over = [
        piece.bottom
        for piece in pieces
        if piece.bottom > below and piece.left < right and piece.right > left and is_text(piece)
    ]
    above = min(over, default=float("inf")) + 2
    inside = [box for box in drawn if box.top > below and box.bottom < above]
    inside = [Box(b.left, max(b.bottom, below), b.right, min(b.top, above)) for b in inside]
    region: Box | None = None
    for box in inside:
        if box.left < right and box.right > left:
            region = box if region is None else region.around(box)
    if region is None:
        return None
    labels = [
        Box(piece.left, piece.bottom, piece.right, piece.top)
        for piece in pieces
        if not is_text(piece) and piece.bottom >= below and piece.top <= above
    ]
    rest = inside + labels
    for _ in range(_ROUNDS):
        near = [box for box in rest if region.near(box, _NEAR)]
        if not near:
            break
        for box in near:
            region = region.around(box)
        rest = [box for box in rest if not region.near(box, 0)]
    large = min(region.right - region.left, region.top - region.bottom) >= _LEAST
    return region if large else None


def placed(region: Box, width: float, height: float, *, file: str, number: int) -> Place:
    """Return the place of a region on a page of so many points, with a margin around it."""
    left = int(max(0.0, region.left - _MARGIN))
    top = int(max(0.0, height - region.top - _MARGIN))
    right = min(width, region.right + _MARGIN)
    bottom = min(height, height - region.bottom + 1)
    return Place(file, number, left, top, int(right - left), int(bottom - top))
