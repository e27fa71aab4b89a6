"""From a PDF file to Markdown, with an anchor for every page.

Knows pdfium, which gives characters with their boxes and fonts; how they are put in order lies in
`pdf_layout`. pdfium is not made for threads: one file is read at a time.
"""

import ctypes
import math
import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

import pypdfium2
from pypdfium2 import raw

from ingest.reading.decode import MAX_CHARS, UnreadableError
from ingest.reading.extract import Extract
from ingest.reading.pdf_layout import (
    AT_END,
    Piece,
    Sheet,
    in_order,
    join,
    joined,
    paragraphs,
    starts_item,
    without_running_lines,
)
from ingest.reading.titles import name_of
from ingest.text.sentences import FENCE, HEADING, clean

_MOST_PAGES = 2000
_HYPHENS = "\x02\xad\ufffe\u2010"  # what pdfium gives for a hyphen at the end of a line
_WORD_OR_END = re.compile(f"[^\\s{_HYPHENS}]+[{_HYPHENS}]?|[\\r\\n{_HYPHENS}]")
_WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
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
_NO_AUTHOR = re.compile(
    r"anonymous|unknown|(?:the )?authors?|user|admin(?:istrator)?|root|owner", re.IGNORECASE
)
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
            sheets = _sheets(document)
            said = document.get_metadata_dict()
        finally:
            document.close()
    text, anchors = _written(sheets, address)
    if not re.search(r"\w", text):
        raise UnreadableError("empty")
    if len(text) > MAX_CHARS:
        raise UnreadableError("too large")
    title, author = (clean(said.get(key) or "").strip() for key in ("Title", "Author"))
    if len(title) < 5 or _NO_TITLE.search(title):
        title = clean(_largest(sheets)).strip() or name_of(address)
    return Extract(
        title=title,
        text=text,
        author=author if 2 < len(author) < 300 and not _NO_AUTHOR.fullmatch(author) else None,
        published=_day(said.get("CreationDate") or ""),
        anchors=anchors,
    )


def _day(said: str) -> str | None:
    found = re.match(r"D:((?:19|20)\d\d)(\d\d)(\d\d)", said)
    try:
        return date.fromisoformat("-".join(found.groups())).isoformat() if found else None
    except ValueError:
        return None


def _sheets(document: pypdfium2.PdfDocument) -> list[Sheet]:
    """Read all pages; one that is damaged is empty."""
    sheets: list[Sheet] = []
    chars = whole = 0
    for number in range(len(document)):
        try:
            sheets.append(_sheet(document, number))
            whole += 1
        except pypdfium2.PdfiumError:
            sheets.append(Sheet(1.0, 1.0, ()))
        chars += sum(len(piece.text) for piece in sheets[-1].pieces)
        if chars > 1.5 * MAX_CHARS:
            raise UnreadableError("too large")
    if not whole:
        raise UnreadableError("damaged: it has no whole page")
    return sheets


def _sheet(document: pypdfium2.PdfDocument, number: int) -> Sheet:
    page = document[number]
    try:
        text = page.get_textpage()
        try:
            width, height = page.get_size()
            return Sheet(width, height, tuple(_pieces(text)))
        finally:
            text.close()
    finally:
        page.close()


def _pieces(page: pypdfium2.PdfTextPage) -> Iterator[Piece]:
    """Yield the runs of words that stand side by side on one line, upright ones only.

    Boxes are asked for at the two ends of a word alone, since every question to pdfium costs more
    than all else. They are "loose", as high as the font: an underscore is no line of its own.
    """
    handle, count = page.raw, page.count_chars()
    unicode_of = raw.FPDFText_GetUnicode
    shown = "".join([chr(unicode_of(handle, index)) for index in range(count)])
    start, end = raw.FS_RECTF(), raw.FS_RECTF()
    run: list[str] = []
    first = last = 0
    left = right = bottom = top = 0.0

    def piece() -> Iterator[Piece]:
        text = "".join(run).strip()
        run.clear()
        if text and _is_upright(handle, first):
            size = raw.FPDFText_GetFontSize(handle, first)
            # a font scaled by its matrix has size 1: then the box tells
            size = size if size > 3 else 0.9 * (top - bottom)
            bold = _is_bold(handle, first) and _is_bold(handle, last)
            yield Piece(_paired(text), left, right, bottom, top, size, bold)

    for word in _WORD_OR_END.finditer(shown):
        if word[0] in "\r\n":
            yield from piece()
            continue
        raw.FPDFText_GetLooseCharBox(handle, word.start(), start)
        raw.FPDFText_GetLooseCharBox(handle, word.end() - 1, end)
        if run:
            height = max(min(top - bottom, start.top - start.bottom), 1.0)
            shared = min(top, start.top) - max(bottom, start.bottom)
            beside = -0.5 * height < start.left - right < 0.9 * height
            if not beside or shared < 0.5 * height:
                yield from piece()
        if not run:
            first, left, bottom, top = word.start(), start.left, start.bottom, start.top
            right = start.right
        said = word[0].rstrip(_HYPHENS) + AT_END if word[0][-1] in _HYPHENS else word[0]
        run.append(said if not run or start.left - right < 0.5 else f" {said}")
        last, right = word.end() - 1, max(right, end.right)
        if word[0][-1] in _HYPHENS:  # the line ends here, though no line feed says so
            yield from piece()
    yield from piece()


def _paired(text: str) -> str:
    """Put the two halves of characters beyond U+FFFF together."""
    if not re.search("[\ud800-\udfff]", text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _is_upright(handle: object, index: int) -> bool:
    angle = raw.FPDFText_GetCharAngle(handle, index)
    return bool(min(abs(angle), abs(angle - 2 * math.pi)) < 0.1)


def _is_bold(handle: object, index: int) -> bool:
    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    raw.FPDFText_GetFontInfo(handle, index, name, 128, ctypes.byref(flags))
    return bool(re.search(rb"bold|medi|heavy|black|cmbx|-bd", name.value, re.IGNORECASE))


def _written(sheets: Sequence[Sheet], address: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """Return the Markdown of all pages, and where each page starts in it."""
    sizes: Counter[float] = Counter()
    for sheet in sheets:
        for piece in sheet.pieces:
            sizes[round(piece.size, 1)] += len(piece.text)
    usual = sizes.most_common(1)[0][0] if sizes else 10.0
    words = {
        word.lower()
        for sheet in sheets
        for piece in sheet.pieces
        for word in _WORDS.findall(piece.text)
    }
    text = ""
    anchors: list[tuple[int, str]] = []
    open_end = False  # whether the text so far ends within a sentence
    for number, pieces in enumerate(without_running_lines(sheets), 1):
        lines = in_order(pieces, sheets[number - 1].width)
        lines = [line for line in lines if not _LEADER.search(line.text)]
        started = False
        for group in paragraphs(lines):
            block = join(group, words)
            if not block:
                continue
            level = _level(block, group[0], usual)
            # A paragraph that runs over the end of a page is put together again.
            if open_end and not started and block[0].islower() and not level:
                before = len(text)
                text = joined(text, block, words)
                anchors.append((min(before, len(text)), f"{address}#page={number}"))
            else:
                text = text + "\n\n" if text else ""
                if not started:
                    anchors.append((len(text), f"{address}#page={number}"))
                text += _marked(block, level)
            started = True
            open_end = not level and not _closed(text)
    text = text.replace(AT_END, "-")
    return text, tuple((_past_space(text, at), page) for at, page in anchors)


def _past_space(text: str, at: int) -> int:
    return at + 1 if text[at : at + 1] == " " else at


def _marked(block: str, level: int) -> str:
    if starts_item(block):
        return f"- {block[1:].strip()}"
    if level:
        return f"{'#' * level} {block}"
    return "\\" + block if HEADING.match(block) or FENCE.match(block) else block


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


def _largest(sheets: Sequence[Sheet]) -> str:
    """Return the title: the largest text of the first page that has any."""
    sheet = next((sheet for sheet in sheets if sheet.pieces), None)
    if sheet is None:
        return ""
    size = max((piece.size for piece in sheet.pieces if len(piece.text) > 3), default=0.0)
    lines = [piece for piece in in_order(sheet.pieces, sheet.width) if piece.size > 0.95 * size]
    if len(lines) > 5:  # all of one size: no title, but perhaps a first line
        lines = lines[:1] if len(lines[0].text) < 100 else []
    return join(lines[:3], ()).replace(AT_END, "-")


def _closed(text: str) -> bool:
    return text.rstrip().endswith((".", "!", "?", ":", "。", "！", "？"))
