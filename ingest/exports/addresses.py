"""A plain text of addresses, one a line, perhaps with a title behind it: OneTab, tab savers."""

import re

from ingest.exports.given import Given
from ingest.exports.shelf import ListBuilder

WHAT = "a text with an address a line"
_LINE = re.compile(r"(https?://\S+)(?:\s*[|\t]\s*(.*))?")
_MARKDOWN = (".md", ".markdown", ".csv", ".tsv")


def recognises(given: Given) -> bool:
    """See `Format`."""
    lines = [line.strip() for line in given.head.splitlines()[:-1] or given.head.splitlines()]
    lines = [line for line in lines if line]
    plain = given.value is None and given.suffix not in _MARKDOWN
    return plain and bool(lines) and all(_LINE.fullmatch(line) for line in lines)


def read(given: Given, shelf: ListBuilder) -> str | None:
    """See `Format`."""
    for line in filter(None, map(str.strip, given.text.splitlines())):
        if match := _LINE.fullmatch(line):
            shelf.take(match[1], match[2] or "")
        else:
            shelf.leave(line, "", "no address")
    return None
