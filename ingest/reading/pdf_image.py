"""One page of a PDF file as a picture, with its lines of text and where each character stands.

Or a figure's place on it, without them. Knows pdfium; nothing of which words matter. Bounded in
size: what a page claims to be does not say how large its picture gets.
"""

import base64
import io
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

import pypdfium2
from pypdfium2 import raw

from ingest.reading.decode import UnreadableError
from ingest.reading.pdf_figures import Place
from ingest.reading.pdf_pages import LOCK
from ingest.reading.picture_image import SIDE, PictureImage

_WIDTH = 1400  # pixels
_MOST_PIXELS = 4_000_000
_MOST_CHARS = 30_000  # of a page
_FIGURE_SCALE = 2.0  # pixels a point: as sharp as a close look needs


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text in the picture, in pixels; ``edges`` are where its characters begin, and end.

    There is one edge more than characters.
    """

    text: str
    top: float
    bottom: float
    edges: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page as a WebP picture of so many pixels, and how many pages there are."""

    picture: bytes
    width: int
    height: int
    pages: int
    lines: tuple[TextLine, ...]

    def to_plain(self) -> dict[str, Any]:
        """Return it as an object of JSON."""
        return {**asdict(self), "picture": base64.b64encode(self.picture).decode()}

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> "PageImage":
        """Return the page of :meth:`to_plain`."""
        lines = tuple(
            TextLine(**{**line, "edges": tuple(line["edges"])}) for line in plain["lines"]
        )
        return cls(**{**plain, "picture": base64.b64decode(plain["picture"]), "lines": lines})


def page_image(body: bytes, number: int) -> PageImage:
    """Draw a page of a PDF file; pages are counted from 1, the nearest there is is drawn.

    Raises:
        UnreadableError: the file is none, needs a password, or its page is damaged.
    """
    return _on_page(body, number, _drawn)


def size_of(place: Place) -> tuple[int, int]:
    """Return the width and height of the picture of a place on a page, in pixels."""
    scale = _scale(place)
    return max(1, round(place.width * scale)), max(1, round(place.height * scale))


def place_image(body: bytes, place: Place) -> PictureImage:
    """Draw a place on a page of a PDF file.

    Raises:
        UnreadableError: as `page_image`, or the page has no such place.
    """
    return _on_page(body, place.page, lambda page, _: _cut(page, place))


def _scale(place: Place) -> float:
    return min(_FIGURE_SCALE, SIDE / max(place.width, place.height))


def _cut(page: pypdfium2.PdfPage, place: Place) -> PictureImage:
    width, height = page.get_size()
    right, bottom = width - place.left - place.width, height - place.top - place.height
    if not (math.isfinite(width * height) and right > -2 and bottom > -2):
        raise UnreadableError("this page has no such place")
    bitmap = page.render(
        scale=_scale(place), crop=(place.left, max(0, bottom), max(0, right), place.top)
    )
    try:
        out = io.BytesIO()
        bitmap.to_pil().convert("RGB").resize(size_of(place)).save(out, "WEBP", quality=85)
        return PictureImage(out.getvalue(), *size_of(place))
    finally:
        bitmap.close()


def _on_page(body: bytes, number: int, draw: Callable[[pypdfium2.PdfPage, int], T]) -> T:
    with LOCK:
        try:
            document = pypdfium2.PdfDocument(body)
        except pypdfium2.PdfiumError as error:
            raise UnreadableError("damaged: it is no whole PDF") from error
        try:
            count = len(document)
            if not count:
                raise UnreadableError("damaged: it has no page")
            page = document[max(1, min(number, count)) - 1]
            try:
                return draw(page, count)
            finally:
                page.close()
        except pypdfium2.PdfiumError as error:
            raise UnreadableError("damaged: this page cannot be drawn") from error
        finally:
            document.close()


def _drawn(page: pypdfium2.PdfPage, count: int) -> PageImage:
    width, height = page.get_size()
    if not (width > 0 and height > 0 and math.isfinite(width * height)):
        raise UnreadableError("damaged: this page has no size")
    scale = min(_WIDTH / width, math.sqrt(_MOST_PIXELS / (width * height)), 8_000 / height)
    bitmap = page.render(scale=scale)
    try:
        out = io.BytesIO()
        bitmap.to_pil().save(out, "WEBP", lossless=True, method=2)
        at = bitmap.get_posconv(page)
        text = page.get_textpage()
        try:
            lines = _lines(text, at)
        finally:
            text.close()
        return PageImage(out.getvalue(), bitmap.width, bitmap.height, count, lines)
    finally:
        bitmap.close()


def _lines(text: pypdfium2.PdfTextPage, at: Any) -> tuple[TextLine, ...]:
    """Return the upright lines of a page, in pixels of its picture."""
    lines: list[TextLine] = []
    run: list[tuple[str, float, float, float, float]] = []

    def end() -> None:
        if line := _line(run):
            lines.append(line)
        run.clear()

    for index in range(min(text.count_chars(), _MOST_CHARS)):
        char = chr(raw.FPDFText_GetUnicode(text.raw, index))
        if char in "\r\n":
            end()
            continue
        left, bottom, right, top = text.get_charbox(index, loose=True)
        (x0, y0), (x1, y1) = at.to_bitmap(left, top), at.to_bitmap(right, bottom)
        box = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
        if run and not char.isspace():
            _, _, before, high, low = run[-1]
            apart = box[0] - before > 3 * (low - high) or box[1] < run[0][1]
            if apart or box[2] > low or box[3] < high:
                end()  # another column, or another line that nothing announced
        if char.isspace() and run:  # generated ones have no box of their own
            run.append((" ", run[-1][2], run[-1][2], run[-1][3], run[-1][4]))
        elif char.isprintable() and not char.isspace():
            run.append((char, *box))
    end()
    return tuple(lines)


def _line(run: list[tuple[str, float, float, float, float]]) -> TextLine | None:
    while run and run[-1][0] == " ":
        run.pop()
    if not run:
        return None
    edges = [round(char[1], 1) for char in run] + [round(max(char[2] for char in run), 1)]
    top, bottom = min(char[3] for char in run), max(char[4] for char in run)
    tall = bottom - top > 3 * (edges[-1] - edges[0]) and len(run) > 3  # it runs up or down
    if tall or edges[-1] <= edges[0] or bottom <= top:
        return None
    return TextLine("".join(char[0] for char in run), round(top, 1), round(bottom, 1), tuple(edges))
