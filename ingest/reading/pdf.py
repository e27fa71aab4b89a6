"""From a PDF file to Markdown, with an anchor for every page.

What stands on its pages is read in `pdf_pages`; how that is put in order lies in `pdf_layout`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from ingest.failures import Failure
from ingest.reading.decode import MAX_CHARS, UnreadableError
from ingest.reading.extract import Extract
from ingest.reading.pdf_figures import CAPTION, placed, regions
from ingest.reading.pdf_layout import (
    AT_END,
    Sheet,
    TextRun,
    in_order,
    join,
    joined,
    paragraphs,
    starts_item,
    without_running_lines,
)
from ingest.reading.pdf_pages import pages
from ingest.reading.titles import name_of
from ingest.text.blocks import guarded
from ingest.text.sentences import clean
from ingest.values import Figure

_MOST_FIGURES = 200  # of one file
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


def extract_pdf(body: bytes, address: str) -> Extract:
    """Read a PDF file.

    Args:
        body: the file.
        address: where it is; anchors are this address with ``#page=N``.

    Raises:
        UnreadableError: damaged, protected by a password, without text or with one that nobody
            can read, or too large.
    """
    file = pages(body)
    text, anchors, figures = _written(file.sheets, address)
    if file.garbled and not re.search(r"\w", text):
        raise UnreadableError("its text cannot be read, needs OCR")
    if not re.search(r"\w", text):
        raise UnreadableError("empty")
    if len(text) > MAX_CHARS:
        raise UnreadableError(Failure.TOO_LARGE)
    title, author = (clean(file.said.get(key) or "").strip() for key in ("Title", "Author"))
    if len(title) < 5 or _NO_TITLE.search(title):
        title = clean(_largest(file.sheets)).strip() or name_of(address)
    return Extract(
        title=title,
        text=text,
        author=author if 2 < len(author) < 300 and not _NO_AUTHOR.fullmatch(author) else None,
        published=_day(file.said.get("CreationDate") or ""),
        anchors=anchors,
        figures=figures,
    )


def _day(said: str) -> str | None:
    match = re.match(r"D:((?:19|20)\d\d)(\d\d)(\d\d)", said)
    try:
        return date.fromisoformat("-".join(match.groups())).isoformat() if match else None
    except ValueError:
        return None


def _written(
    sheets: Sequence[Sheet], address: str
) -> tuple[str, tuple[tuple[int, str], ...], tuple[Figure, ...]]:
    """Return the Markdown of all pages, where each page starts in it, and its figures."""
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
    figures: list[Figure] = []
    open_end = False  # whether the text so far ends within a sentence
    for number, pieces in enumerate(without_running_lines(sheets), 1):
        lines = in_order(pieces, sheets[number - 1].width)
        lines = [line for line in lines if not _LEADER.search(line.text)]
        started = False
        captions: list[tuple[Sequence[TextRun], tuple[int, int]]] = []
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
                start = len(text)
                text += _marked(block, level)
                if CAPTION.match(block) and len(figures) + len(captions) < _MOST_FIGURES:
                    captions.append((group, (start, len(text))))
            started = True
            open_end = not level and not _closed(text)
        figures += _figures(captions, sheets[number - 1], usual, address, number)
    text = text.replace(AT_END, "-")
    starts = tuple((_past_space(text, at), page) for at, page in anchors)
    return text, starts, tuple(figures)


def _figures(
    captions: Sequence[tuple[Sequence[TextRun], tuple[int, int]]],
    sheet: Sheet,
    usual: float,
    address: str,
    number: int,
) -> Iterator[Figure]:
    """Yield the figures of a page, given its captions and where they stand in the text."""
    if not sheet.drawn:
        return
    found = regions([caption for caption, _ in captions], sheet.pieces, sheet.drawn, usual)
    for (_, span), where in zip(captions, found, strict=True):
        if where is not None:
            yield Figure(
                span[0], *span, placed(*sheet.as_shown(where), file=address, number=number).address
            )


def _past_space(text: str, at: int) -> int:
    return at + 1 if text[at : at + 1] == " " else at


def _marked(block: str, level: int) -> str:
    if starts_item(block):
        return f"- {block[1:].strip()}"
    if level:
        return f"{'#' * level} {block}"
    return guarded(block)


def _level(text: str, line: TextRun, usual: float) -> int:
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
