"""From a PDF file to Markdown, with an anchor for every page.

Knows pdfium, which gives characters with their boxes and fonts; how they are put in order lies in
`pdf_layout`. pdfium is not made for threads: one file is read at a time.
"""

import ctypes
import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence

import pypdfium2
from pypdfium2 import raw

from ingest.decode import MAX_CHARS, UnreadableError
from ingest.extract import Extract
from ingest.pdf_layout import (
    Piece,
    Sheet,
    in_order,
    paragraphs,
    starts_item,
    without_running_lines,
)
from ingest.text import clean
from ingest.titles import name_of

_MOST_PAGES = 2000
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\xa0": " "}
)
_HYPHENS = "\x02\xad\ufffe"  # what pdfium gives for a hyphen at the end of a line
_NUMBERED = re.compile(
    r"(\d{1,2}(?:\.\d{1,2}){0,3})\.?\s+[^\W\d]|[A-Z](?:\.\d{1,2}){0,3}\s+[A-Z]\w"
)
_NAMED = re.compile(
    r"(abstract|introduction|references|bibliography|conclusions?|acknowledge?ments?|appendix)\W*",
    re.IGNORECASE,
)
_LEADER = re.compile(r"(?:\. ?){5,}\s*(?:\d+|[ivxlc]+)?$")
"""A line of a table of contents."""

_NO_TITLE = re.compile(r"untitled|microsoft word|\.(docx?|tex|dvi|pdf|indd)\b|^\W*$", re.IGNORECASE)
_LOCK = threading.Lock()


def extract_pdf(body: bytes, address: str) -> Extract:
    """Read a PDF file.

    Args:
        body: the file.
        address: where it is; anchors are this address with ``#page=N``.

    Raises:
        UnreadableError: damaged, protected by a password, without text, or too large.
    """
    with _LOCK:
        try:
            document = pypdfium2.PdfDocument(body)
        except pypdfium2.PdfiumError as error:
            locked = "password" in str(error).lower()
            reason = "needs a password" if locked else "damaged: it is no whole PDF"
            raise UnreadableError(reason) from error
        try:
            if len(document) > _MOST_PAGES:
                raise UnreadableError("too large")
            sheets = [_sheet(document, number) for number in range(len(document))]
            said = document.get_metadata_dict()
        finally:
            document.close()
    text, anchors = _written(sheets, address)
    if not re.search(r"\w", text):
        raise UnreadableError("empty")
    if len(text) > MAX_CHARS:
        raise UnreadableError("too large")
    named = (said.get("Title") or "").strip()
    title = named if len(named) > 4 and not _NO_TITLE.search(named) else _largest(sheets[0])
    author = (said.get("Author") or "").strip()
    made = re.match(r"D:(\d{4})(\d{2})(\d{2})", said.get("CreationDate") or "")
    return Extract(
        title=clean(title).strip() or name_of(address),
        text=text,
        author=author if 2 < len(author) < 200 else None,
        published="-".join(made.groups()) if made else None,
        anchors=anchors,
    )


def _sheet(document: pypdfium2.PdfDocument, number: int) -> Sheet:
    page = document[number]
    text = page.get_textpage()
    try:
        width, height = page.get_size()
        return Sheet(width, height, tuple(_pieces(text)))
    except pypdfium2.PdfiumError:
        return Sheet(1.0, 1.0, ())
    finally:
        text.close()
        page.close()


def _pieces(page: pypdfium2.PdfTextPage) -> Iterator[Piece]:
    """Yield the runs of characters that stand side by side on one line, upright ones only."""
    box = [ctypes.c_double() for _ in range(4)]
    run: list[str] = []
    left = right = bottom = top = 0.0
    first = 0

    def piece() -> Iterator[Piece]:
        text = "".join(run).strip()
        run.clear()
        if text and abs(raw.FPDFText_GetCharAngle(page, first)) < 0.1:
            size = raw.FPDFText_GetFontSize(page, first)
            height = top - bottom
            # a font scaled by its matrix has size 1: then the box tells
            size = size if size > 3 else height
            yield Piece(text, left, right, bottom, top, size, _is_bold(page, first))

    for index in range(page.count_chars()):
        code = raw.FPDFText_GetUnicode(page, index)
        char = chr(code)
        if char in "\r\n":
            yield from piece()
            continue
        raw.FPDFText_GetCharBox(page, index, *(ctypes.byref(edge) for edge in box))
        x0, x1, y0, y1 = (edge.value for edge in box)
        if char.isspace() or char in _HYPHENS or x1 <= x0:
            if run:
                run.append(char)
            continue
        if run:
            height = max(top - bottom, 1.0)
            aside = x0 - right > 1.6 * height or x0 < left - 1 or y0 > top or y1 < bottom
            if aside:
                yield from piece()
        if not run:
            first, left, right, bottom, top = index, x0, x1, y0, y1
        run.append(char)
        right, bottom, top = max(right, x1), min(bottom, y0), max(top, y1)
    yield from piece()


def _is_bold(page: pypdfium2.PdfTextPage, index: int) -> bool:
    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    raw.FPDFText_GetFontInfo(page, index, name, 128, ctypes.byref(flags))
    return bool(re.search(rb"bold|medi|heavy|black|cmbx|-bd", name.value, re.IGNORECASE))


def _written(sheets: Sequence[Sheet], address: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """Return the Markdown of all pages, and where each page starts in it."""
    sizes: Counter[float] = Counter()
    for sheet in sheets:
        for piece in sheet.pieces:
            sizes[round(piece.size, 1)] += len(piece.text)
    usual = sizes.most_common(1)[0][0] if sizes else 10.0
    text = ""
    anchors: list[tuple[int, str]] = []
    for number, pieces in enumerate(without_running_lines(sheets), 1):
        lines = in_order(pieces, sheets[number - 1].width)
        lines = [line for line in lines if not _LEADER.search(line.text)]
        started = False
        for group in paragraphs(lines):
            block = clean(_block(group, usual)).strip()
            if not block:
                continue
            # A paragraph that runs over the end of a page is put together again.
            goes_on = not started and text and block[:1].islower() and not _closed(text)
            if goes_on and text.endswith("-") and text[-2:-1].isalpha():
                text = text[:-1]
            elif text:
                text += " " if goes_on else "\n\n"
            if not started:
                anchors.append((len(text), f"{address}#page={number}"))
                started = True
            text += block
    return text, tuple(anchors)


def _block(lines: Sequence[Piece], usual: float) -> str:
    text = ""
    for line in lines:
        said = line.text.translate(_LIGATURES)
        joined = bool(text) and text[-1] in _HYPHENS + "-" and text[-2:-1].isalpha()
        if joined and said[:1].islower():
            text = text[:-1] + said
        else:
            text += (" " if text else "") + said
    for hyphen in _HYPHENS:
        text = text.replace(hyphen, "-")
    if starts_item(text):
        return f"- {text[1:].strip()}"
    level = _level(text, lines[0], usual)
    return f"{'#' * level} {text}" if level else text


def _level(text: str, line: Piece, usual: float) -> int:
    """Return the heading level of a block, 0 if it is none."""
    if len(text) > 140 or not re.search(r"[^\W\d_]{2}", text) or text.endswith((",", ";")):
        return 0
    larger = line.size > 1.12 * usual
    numbered = _NUMBERED.match(text)
    if numbered and (larger or line.bold) and not text.endswith("."):
        return min(2 + (numbered[1] or text.split()[0]).count("."), 6)
    if _NAMED.fullmatch(text) and (larger or line.bold):
        return 2
    return 2 if line.size > 1.25 * usual and len(text) > 3 else 0


def _largest(sheet: Sheet) -> str:
    if not sheet.pieces:
        return ""
    size = max(piece.size for piece in sheet.pieces if len(piece.text) > 3 or len(sheet.pieces) < 3)
    lines = [p for p in in_order(sheet.pieces, sheet.width) if p.size > 0.95 * size]
    return " ".join(line.text for line in lines[:3]).translate(_LIGATURES)


def _closed(text: str) -> bool:
    return text.rstrip().endswith((".", "!", "?", ":", "。", "！", "？"))
