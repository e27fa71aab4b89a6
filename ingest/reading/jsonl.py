"""A ``.jsonl`` file of documents, one to a line: ``_id``, ``title``, ``text``, ``url``."""

import json
from collections.abc import Iterator, Mapping
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

_TITLE = 80  # characters of a text that stand for the title it lacks


def read_rows(reply: Reply) -> Iterator[Document | Rejection]:
    """Yield the document of each row, or why it is none; a row has ``_id, title, text, url``.

    A row without a text is found by its title. A row's own address counts where it is one of the
    web and no row before has it; else the row is known by file and ``_id``, or by its line.
    """
    taken: dict[str, tuple[str, str, int]] = {}
    for number, line in enumerate(reply.body.splitlines(), 1):
        if not line.strip():
            continue
        place = f"{reply.url}#{number}"
        try:
            row = json.loads(line)
            if not isinstance(row, dict):
                raise ValueError("no object")
        except (ValueError, RecursionError):
            yield Rejection(place, f"line {number} is no object of JSON")
            continue
        text, title = _text_of(row.get("text")), _text_of(row.get("title"))
        if text is None or title is None:
            yield Rejection(place, f'line {number} has a "text" or "title" that is no text')
            continue
        text, title = clean(text).strip(), clean(title).strip()
        text = text or title  # some corpora hold titles alone
        address = _address_of(row, reply.url, number, taken)
        if address in taken and (title, text) == taken[address][:2]:
            yield Rejection(place, f"line {number} says the same as line {taken[address][2]}")
            continue
        if address in taken:
            address = f"{reply.url}#{row.get('_id', '')}-{number}"
        taken[address] = title, text, number
        if not text or len(text) > MAX_CHARS:
            yield Rejection(address, Failure.TOO_LARGE if text else "empty")
            continue
        # Whoever gives a text means it: it is not looked at as a page that may be a wall.
        extract = Extract(*repair(title or _opening(text), text))
        yield make_document(address, extract, reply.fetched_at)


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
