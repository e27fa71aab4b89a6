"""What stands on the pages of a PDF file: runs of words with their places and sizes.

Knows pdfium, which gives characters with their boxes and fonts, and is not made for threads: one
file is read at a time.
"""

import ctypes
import itertools
import math
import re
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pypdfium2
from pypdfium2 import raw

from ingest.failures import Failure
from ingest.reading.decode import MAX_CHARS, UnreadableError
from ingest.reading.garbled import is_garbled
from ingest.reading.pdf_figures import CAPTION, drawn_on
from ingest.reading.pdf_layout import AT_END, Sheet, TextRun
from ingest.reading.raised import subscript, superscript

_MOST_PAGES = 2000
_HYPHENS = "\x02\xad\ufffe\u2010"  # what pdfium gives for a hyphen at the end of a line
_WORD_OR_END = re.compile(f"[^\\s{_HYPHENS}]+[{_HYPHENS}]?|[\\r\\n{_HYPHENS}]")
_SAMPLE = 300  # characters of a page whose direction is asked for
_DIGIT = re.compile(r"\d")
_SMALL = 0.88  # of the size of its line: what is smaller may stand above or below it
_RAISED, _LOWERED = 0.15, 0.05  # of the size of the line
LOCK = threading.Lock()
"""Held by whoever uses pdfium."""


@dataclass(frozen=True, slots=True)
class Pages:
    """What a file holds; a page that is garbled or damaged is empty.

    ``garbled`` says whether any is; ``said`` is what the file says about itself: Title, Author,
    CreationDate and others.
    """

    sheets: Sequence[Sheet]
    garbled: bool
    said: Mapping[str, str]


def pages(body: bytes) -> Pages:
    """Read all pages of a PDF file.

    Raises:
        UnreadableError: damaged, protected by a password, or too large.
    """
    with LOCK:
        try:
            document = pypdfium2.PdfDocument(body)
        except pypdfium2.PdfiumError as error:
            locked = "password" in str(error).lower()
            reason = "needs a password" if locked else "damaged: it is no whole PDF"
            raise UnreadableError(reason) from error
        try:
            if len(document) > _MOST_PAGES:
                raise UnreadableError(Failure.TOO_LARGE)
            return Pages(*_sheets(document), document.get_metadata_dict())
        finally:
            document.close()


def _sheets(document: pypdfium2.PdfDocument) -> tuple[list[Sheet], bool]:
    """Read all pages, and say whether any is garbled; such a page is empty, as a damaged one is."""
    sheets: list[Sheet] = []
    chars = whole = 0
    garbled = False
    for number in range(len(document)):
        try:
            sheet = _sheet(document, number)
            if is_garbled(" ".join(piece.text for piece in sheet.pieces)):
                garbled, sheet = True, Sheet(sheet.width, sheet.height, ())
            whole += 1
        except pypdfium2.PdfiumError:
            sheet = Sheet(1.0, 1.0, ())
        sheets.append(sheet)
        chars += sum(len(piece.text) for piece in sheets[-1].pieces)
        if chars > 1.5 * MAX_CHARS:
            raise UnreadableError(Failure.TOO_LARGE)
    if not whole:
        raise UnreadableError("damaged: it has no whole page")
    return sheets, garbled


def _sheet(document: pypdfium2.PdfDocument, number: int) -> Sheet:
    """Read a page, turned so that most of its text is upright."""
    page = document[number]
    try:
        text = page.get_textpage()
        try:
            # characters stand where they are before the page itself is turned
            west, south, east, north = page.get_cropbox()
            width, height = east - west, north - south
            turn = _turn_of(text)
            glyphs = _Glyphs(text.raw, turn, width, height)
            if turn % 2:
                width, height = height, width
            pieces = tuple(_pieces(text, glyphs))
            captioned = any(CAPTION.match(piece.text) for piece in pieces)
            return Sheet(
                width, height, pieces, drawn_on(page, turn) if captioned else (),
                turn, page.get_rotation() // 90, (west, south),
            )  # fmt: skip
        finally:
            text.close()
    finally:
        page.close()


def _turn_of(page: pypdfium2.PdfTextPage) -> int:
    """Return by how many quarters of a circle, against the clock, most characters are turned."""
    handle, count = page.raw, page.count_chars()
    step = max(1, count // _SAMPLE)
    turns: Counter[int] = Counter()
    for index in range(0, count, step):
        if raw.FPDFText_IsGenerated(handle, index) or raw.FPDFText_GetUnicode(handle, index) <= 32:
            continue
        angle = raw.FPDFText_GetCharAngle(handle, index)
        turns[round(-2 * angle / math.pi) % 4] += 1  # pdfium counts with the clock
    return turns.most_common(1)[0][0] if turns else 0


class _Glyphs:
    """The places and sizes of a page's characters, once it is turned upright."""

    def __init__(self, handle: object, turn: int, width: float, height: float) -> None:
        self._handle = handle
        self._turn = turn
        self._width = width
        self._height = height
        self._box = raw.FS_RECTF()
        self._x, self._y = ctypes.c_double(), ctypes.c_double()

    def box(self, index: int) -> tuple[float, float, float, float]:
        """Return a character's left, right, bottom and top, loosely: as high as the font."""
        box = self._box
        raw.FPDFText_GetLooseCharBox(self._handle, index, box)
        match self._turn:
            case 1:
                return box.bottom, box.top, self._width - box.right, self._width - box.left
            case 2:
                return (
                    self._width - box.right, self._width - box.left,
                    self._height - box.top, self._height - box.bottom,
                )  # fmt: skip
            case 3:
                return self._height - box.top, self._height - box.bottom, box.left, box.right
        return box.left, box.right, box.bottom, box.top

    def baseline(self, index: int) -> float:
        """Return the height at which a character stands."""
        raw.FPDFText_GetCharOrigin(self._handle, index, self._x, self._y)
        x, y = self._x.value, self._y.value
        return float((y, self._width - x, self._height - y, x)[self._turn])

    def size(self, index: int) -> float:
        """Return the size of a character's font; 1 where a matrix scales it."""
        return float(raw.FPDFText_GetFontSize(self._handle, index))

    def is_upright(self, index: int) -> bool:
        """Whether a character stands as most of the page do."""
        angle = raw.FPDFText_GetCharAngle(self._handle, index) + self._turn * math.pi / 2
        return bool(abs((angle + math.pi) % (2 * math.pi) - math.pi) < 0.1)


def _pieces(page: pypdfium2.PdfTextPage, glyphs: _Glyphs) -> Iterator[TextRun]:
    """Yield the runs of words that stand side by side on one line, upright ones only.

    Boxes are asked for at the two ends of a word alone, since every question to pdfium costs more
    than all else. They are "loose", as high as the font: an underscore is no line of its own.
    """
    handle, count = page.raw, page.count_chars()
    unicode_of = raw.FPDFText_GetUnicode
    shown = "".join([chr(unicode_of(handle, index)) for index in range(count)])
    run: list[str] = []
    first = last = full = 0
    left = right = bottom = top = 0.0

    def piece() -> Iterator[TextRun]:
        text = "".join(run).strip()
        run.clear()
        if text and glyphs.is_upright(first):
            size = glyphs.size(full)
            # a font scaled by its matrix has size 1: then the box tells
            size = size if size > 3 else 0.9 * (top - bottom)
            bold = _is_bold(handle, first) and _is_bold(handle, last)
            yield TextRun(_paired(text), left, right, bottom, top, size, bold)

    for word in _WORD_OR_END.finditer(shown):
        if word[0] in "\r\n":
            yield from piece()
            continue
        begins, _, low, high = glyphs.box(word.start())
        _, ends, *_ = glyphs.box(word.end() - 1)
        if run:
            height = max(min(top - bottom, high - low), 1.0)
            shared = min(top, high) - max(bottom, low)
            beside = -0.5 * height < begins - right < 0.9 * height
            # what began above or below a line that only now goes on is told apart by its size
            begun_small = glyphs.size(full) < _SMALL * glyphs.size(word.start())
            if not beside or shared < 0.5 * height or begun_small:
                yield from piece()
        if not run:
            first, left, bottom, top, right = word.start(), begins, low, high, begins
            full = first
        near = begins - right < 0.5
        said, full = _on_line(glyphs, word, "".join(run[-3:]) if near else "", full)
        said = said.rstrip(_HYPHENS) + AT_END if word[0][-1] in _HYPHENS else said
        run.append(said if not run or near else f" {said}")
        last, right = word.end() - 1, max(right, ends)
        if word[0][-1] in _HYPHENS:  # the line ends here, though no line feed says so
            yield from piece()
    yield from piece()


def _on_line(glyphs: _Glyphs, word: re.Match[str], before: str, full: int) -> tuple[str, int]:
    """Return a word with what stands above and below its line written on it.

    Also returns the last of its characters that has the full size, or ``full``, which is the last
    one before it. Only words with a digit and those whose ends differ are looked at more closely.
    """
    start, end = word.span()
    text = word[0]
    usual = glyphs.size(full)
    sizes = [glyphs.size(start), glyphs.size(end - 1)]
    if len(text) > 2 and _DIGIT.search(text):
        sizes = [glyphs.size(index) for index in range(start, end)]
    if min(sizes) > _SMALL * max(*sizes, usual if before else 0.0):
        return text, end - 1
    sizes = [glyphs.size(index) for index in range(start, end)]
    largest = max(*sizes, usual if before else 0.0)
    fulls = [start + at for at, size in enumerate(sizes) if size > _SMALL * largest]
    full = fulls[0] if fulls else full
    line = glyphs.baseline(full)
    said = ""
    for small, group in itertools.groupby(
        range(len(text)), lambda at: sizes[at] <= _SMALL * largest
    ):
        places = list(group)
        part = text[places[0] : places[-1] + 1]
        height = glyphs.baseline(start + places[0]) - line if small else 0.0
        after = text[places[-1] + 1 :]
        if height > _RAISED * largest:
            part = superscript(part, before + said, after)
        elif height < -_LOWERED * largest:
            part = subscript(part, before + said, after)
        said += part
    return said, fulls[-1] if fulls else full


def _paired(text: str) -> str:
    """Put the two halves of characters beyond U+FFFF together."""
    if not re.search("[\ud800-\udfff]", text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _is_bold(handle: object, index: int) -> bool:
    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    raw.FPDFText_GetFontInfo(handle, index, name, 128, ctypes.byref(flags))
    return bool(re.search(rb"bold|medi|heavy|black|cmbx|-bd", name.value, re.IGNORECASE))
