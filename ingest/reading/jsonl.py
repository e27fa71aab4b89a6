"""A ``.jsonl`` file of documents, one to a line: ``_id``, ``title``, ``text``, ``url``."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ingest.archive.values import Reply
from ingest.failures import Failure
from ingest.links.kinds import split
from ingest.links.schemes import is_web
from ingest.links.urls import canonical
from ingest.reading.decode import MAX_CHARS
from ingest.reading.document import make_document
from ingest.reading.extract import Extract
from ingest.reading.repair import repair
from ingest.text.sentences import clean
from ingest.values import Document, Rejection

JSONL = "application/jsonl"
"""The media type of such a file."""

_TITLE = 80  # characters of a text that stand for the title it lacks


@dataclass(frozen=True, slots=True)
class _Row:
    """One line that is not blank: the address, title and text of its row.

    ``wrong`` says why it is no row that counts; ``address`` is then that of the row that it
    repeats, or "" if it says nothing.
    """

    number: int
    address: str = ""
    title: str = ""
    text: str = ""
    wrong: str = ""


def read_rows(reply: Reply) -> Iterator[Document | Rejection]:
    """Yield the document of each row, or why it is none; a row has ``_id, title, text, url``.

    A row without a text is found by its title. A row's own address counts where it is one of the
    web and no row before has it; else the row is known by file and ``_id``, or by its line.
    """
    if not reply.body.strip():
        yield Rejection(reply.url, "empty")
    for row in _rows(reply.body, reply.url):
        if row.wrong:
            yield Rejection(f"{reply.url}#{row.number}", row.wrong)
        elif not row.text or len(row.text) > MAX_CHARS:
            yield Rejection(row.address, Failure.TOO_LARGE if row.text else "empty")
        else:
            # Whoever gives a text means it: it is not looked at as a page that may be a wall.
            extract = Extract(*repair(row.title or _opening(row.text), row.text))
            yield make_document(row.address, extract, reply.fetched_at)


def without_rows(body: bytes, file: str, gone: Collection[str]) -> bytes:
    """Return the rows of a file without those of these addresses, and what repeats them.

    Their lines are blank afterwards: a row may be known by the number of its line.
    """
    blank = {row.number for row in _rows(body, file) if row.address in gone}
    lines = body.splitlines(keepends=True)
    return b"".join(b"\n" if number in blank else line for number, line in enumerate(lines, 1))


def _rows(body: bytes, file: str) -> Iterator[_Row]:
    taken: dict[str, tuple[str, str, int]] = {}
    for number, line in enumerate(body.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if not isinstance(row, dict):
                raise ValueError("no object")
        except (ValueError, RecursionError):
            yield _Row(number, wrong=f"line {number} is no object of JSON")
            continue
        text, title = _text_of(row.get("text")), _text_of(row.get("title"))
        if text is None or title is None:
            wrong = f'line {number} has a "text" or "title" that is no text'
            yield _Row(number, wrong=wrong)
            continue
        text, title = clean(text).strip(), clean(title).strip()
        text = text or title  # some corpora hold titles alone
        address = _address_of(row, file, number, taken)
        if address in taken and (title, text) == taken[address][:2]:
            wrong = f"line {number} says the same as line {taken[address][2]}"
            yield _Row(number, address, wrong=wrong)
            continue
        if address in taken:
            address = f"{file}#{row.get('_id', '')}-{number}"
        taken[address] = title, text, number
        yield _Row(number, address, title, text)


def _text_of(value: object) -> str | None:
    """Return a value of a row as text: a number as it is written, None where it is no text."""
    if value is None or isinstance(value, str):
        return (value or "").encode("utf-8", "replace").decode()
    return str(value) if isinstance(value, int | float) else None


def _address_of(row: Mapping[str, Any], file: str, number: int, taken: Mapping[str, object]) -> str:
    said = row.get("url")
    own = f"{file}#{_text_of(row.get('_id')) or number}"
    if not isinstance(said, str) or not is_web(said):
        return own
    address = canonical(said.encode("utf-8", "replace").decode())
    if not split(address).hostname:
        return own
    same = taken.get(address)
    text = clean(_text_of(row.get("text")) or "").strip()
    if same is None or (isinstance(same, tuple) and same[1] == text):
        return address
    return own


def _opening(text: str) -> str:
    line = text.partition("\n")[0]
    return line if len(line) <= _TITLE else f"{line[:_TITLE].rpartition(' ')[0] or line[:_TITLE]} …"
