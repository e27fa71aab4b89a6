"""Google's slides, sheets and documents, by their public exports: text, CSV and Markdown.

The exports are those the Drive interface names in a file's ``exportLinks``; the pages themselves
are programs. What is not shared with everybody answers with a sign-in page.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from urllib.parse import unquote, urlsplit

from ingest.archive.values import Reply
from ingest.failures import Failure
from ingest.reading.decode import HTML, MAX_CHARS, Content, UnreadableError, decode_reply
from ingest.reading.document import make_document, read_document, status_reason
from ingest.reading.extract import Extract, extract_markdown
from ingest.sites import web
from ingest.sites.adapter import Replies, Request
from ingest.sites.page import page_of, read_shell
from ingest.text.blocks import guarded
from ingest.text.sentences import clean, one_line
from ingest.values import Document, Rejection

_FILE = re.compile(
    r"(https://docs\.google\.com/(document|spreadsheets|presentation)/d/(?:e/)?[\w-]+)(?:[/?].*)?"
)
_EXPORTS = {
    "presentation": "/export/txt",
    "spreadsheets": "/export?format=csv",  # of the first sheet unless one is named
    "document": "/export?format=md",
}
_PUBLISHED = {"spreadsheets": "/pub?output=csv"}  # other published files are ordinary pages

_PART = 1200  # characters of a table before its header row is said again: about one passage
_SUFFIX = re.compile(r"\.(?:txt|csv|md|markdown)$", re.IGNORECASE)
_FIRST_SHEET = re.compile(r" ?- ?(?:Sheet|工作表|シート) ?\d+$")
_SLIDE_NUMBER = re.compile(r"^[ \t]*‹#›[ \t]*$", re.MULTILINE)
_PICTURES = re.compile(r"^\[[^\]\n]+\]: *<data:[^>\n]*>[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _File:
    kind: str  # document, spreadsheets, presentation
    address: str
    export: str | None


def covers(url: str) -> bool:
    """Cover the files of the three kinds."""
    return _FILE.fullmatch(url) is not None


def requests(url: str, replies: Replies) -> Sequence[Request]:
    """Ask for the export."""
    file = _file(url)
    if file.export is None:
        return web.requests(url, replies)
    return () if file.export in replies else (Request(file.export, interface=True),)


def read(url: str, replies: Replies) -> Document | Rejection:
    """Read the export, else the page."""
    file = _file(url)
    export = _export_of(file, replies)
    if export is None:
        return read_shell(url, page_of(url, replies))
    if isinstance(export, Rejection):
        return Rejection(url, export.reason)
    if reason := status_reason(export):
        return Rejection(url, reason)
    try:
        content = decode_reply(export)
    except UnreadableError as error:
        return Rejection(url, error.reason)
    if content.media_type == HTML or urlsplit(export.url).hostname == "accounts.google.com":
        page = read_document(export)
        walled = isinstance(page, Rejection) and page.reason == Failure.BOT_WALL
        return Rejection(url, Failure.BOT_WALL if walled else Failure.SIGN_IN_WALL)
    extract = _extract(file, content, _title(export))
    if not extract.text.removeprefix(f"# {extract.title}").strip():
        return Rejection(url, "empty")
    if len(extract.text) > MAX_CHARS:
        return Rejection(url, Failure.TOO_LARGE)
    return make_document(url, extract, export.fetched_at)


def _file(url: str) -> _File:
    match = _FILE.fullmatch(url)
    if match is None:
        return _File("document", url, None)
    address, kind = match.groups()
    path = (_PUBLISHED if "/d/e/" in address else _EXPORTS).get(kind)
    if path and kind == "spreadsheets":
        path += _sheet_of(url)
    return _File(kind, address, path and address + path)


def _sheet_of(url: str) -> str:
    """Return the parameter that names a sheet, empty for the first."""
    sheet = re.search(r"[?&](gid=\d+)", url)
    return f"&{sheet[1]}" if sheet else ""


def _export_of(file: _File, replies: Replies) -> Reply | Rejection | None:
    """Return the reply of the export asked for, or of one that somebody else asked for."""
    if file.export is None:
        return None
    if file.export in replies:
        return replies[file.export]
    start = file.export.partition("?")[0]
    alike = [asked for asked in sorted(replies) if asked.partition("?")[0] == start]
    if sheet := _sheet_of(file.export):
        alike = [asked for asked in alike if _sheet_of(asked) == sheet]
    return next((replies[asked] for asked in alike), None)


def _title(reply: Reply) -> str:
    """Return the file's name as the export is called, without suffix; empty if it has none."""
    said = reply.header("Content-Disposition") or ""
    name = ""
    if encoded := re.search(r"filename\*\s*=\s*utf-8''([^;\s]+)", said, re.IGNORECASE):
        name = unquote(encoded[1])
    elif plain := re.search(r'filename\s*=\s*(?:"([^"]*)"|([^;\s]+))', said, re.IGNORECASE):
        name = plain[1] or plain[2] or ""
    name = _SUFFIX.sub("", one_line(name))
    return _FIRST_SHEET.sub("", name).strip()


def _extract(file: _File, content: Content, title: str) -> Extract:
    if file.kind == "document":
        page = extract_markdown(clean(_PICTURES.sub("", content.text)), file.address)
        named = page.title != file.address.rpartition("/")[2]
        return replace(page, title=title or (page.title if named else "Google document"))
    if file.kind == "presentation":
        text = _slides(content.text)
        title = title or text.partition("\n")[0][:100] or "Google slides"
    else:
        text = _sheet(content.text)
        title = title or "Google sheet"
    return Extract(title, f"# {title}\n\n{text}".strip())


def _slides(text: str) -> str:
    # A soft line break of a slide is a vertical tab, the end of a slide may be a form feed.
    text = clean(re.sub(r"\x0b", "\n", text).replace("\f", "\n\n"))
    text = _SLIDE_NUMBER.sub("", text)
    lines = [line.strip() for line in text.split("\n")]
    # No line of a slide is a heading or a fence: the text comes without marks.
    lines = list(map(guarded, lines))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _sheet(text: str) -> str:
    """Write the rows as Markdown tables, each with the header row and no longer than a passage."""
    try:
        rows = [[one_line(cell) for cell in row] for row in csv.reader(StringIO(text, newline=""))]
    except csv.Error:  # a cell longer than the module takes: no table is meant
        return clean(text).strip()
    rows = [row for row in rows if any(row)]
    used = [any(row[at : at + 1] != [""] for row in rows if len(row) > at) for at in _columns(rows)]
    rows = [[cell for cell, kept in zip(row, used, strict=False) if kept] for row in rows]
    # What stands alone in its row, above the first row of a table, is a title or a remark.
    first = next((at for at, row in enumerate(rows) if sum(map(bool, row)) > 1), len(rows))
    blocks = [" ".join(filter(None, row)) for row in rows[:first]]
    return "\n\n".join([*blocks, *_tables(rows[first:])])


def _columns(rows: Sequence[Sequence[str]]) -> range:
    return range(max(map(len, rows), default=0))


def _tables(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if not rows:
        return
    width = len(_columns(rows))
    head, *body = ["| " + " | ".join(_cells(row, width)) + " |" for row in rows]
    head += "\n|" + " --- |" * width
    part: list[str] = []
    long = len(head)
    for line in body:
        if part and long + len(line) > _PART:
            yield "\n".join([head, *part])
            part, long = [], len(head)
        part.append(line)
        long += len(line)
    yield "\n".join([head, *part])


def _cells(row: Sequence[str], width: int) -> list[str]:
    return [cell.replace("|", "\\|") for cell in row] + [""] * (width - len(row))
