"""A channel of Are.na, as its interface gives it: links, and blocks whose source is known."""

from typing import Any

from ingest.exports.given import Given
from ingest.exports.rows import text_of
from ingest.exports.shelf import ListBuilder

WHAT = "a channel of Are.na"


def recognises(given: Given) -> bool:
    """See `Format`."""
    return any("class" in block and "source" in block for block in _blocks(given.value)[:50])


def read(given: Given, shelf: ListBuilder) -> str | None:
    """See `Format`."""
    for block in _blocks(given.value):
        source = block.get("source")
        source = source if isinstance(source, dict) else {}
        title = text_of(block.get("title")) or text_of(source.get("title"))
        if not source.get("url"):
            kind = text_of(block.get("class")).lower() or "nothing"
            shelf.leave("", title or text_of(block.get("content")), f"no page ({kind})")
            continue
        shelf.take(
            text_of(source["url"]),
            title,
            note=text_of(block.get("description")),
            added=text_of(block.get("created_at")),
        )
    return text_of(given.value.get("title")) or None


def _blocks(value: Any) -> list[dict[str, Any]]:
    rows = value.get("contents") if isinstance(value, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
