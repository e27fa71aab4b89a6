"""Annotations of Hypothesis, exported or from its interface: their pages, with what was said."""

from typing import Any

from ingest.exports.given import Given
from ingest.exports.rows import tags_of, text_of
from ingest.exports.shelf import ListBuilder

WHAT = "annotations of Hypothesis"


def recognises(given: Given) -> bool:
    """See `Format`."""
    return any("uri" in row and "target" in row for row in _rows(given.value)[:20])


def read(given: Given, shelf: ListBuilder) -> str | None:
    """See `Format`."""
    pages: dict[str, list[dict[str, Any]]] = {}
    for row in _rows(given.value):
        pages.setdefault(text_of(row.get("uri")), []).append(row)
    for address, rows in pages.items():
        shelf.take(
            address,
            _title(rows),
            note=" ".join(filter(None, (_said(row) for row in rows))),
            tags=[tag for row in rows for tag in tags_of(row.get("tags"))],
            added=text_of(rows[0].get("created")),
        )
    return None


def _title(rows: list[dict[str, Any]]) -> str:
    for row in rows:
        document = row.get("document")
        titles = document.get("title") if isinstance(document, dict) else None
        if isinstance(titles, list) and titles:
            return text_of(titles[0])
    return ""


def _said(row: dict[str, Any]) -> str:
    """Return the words that were marked, and what was noted on them."""
    targets = row.get("target")
    selectors = [
        selector
        for target in (targets if isinstance(targets, list) else [])
        if isinstance(target, dict) and isinstance(target.get("selector"), list)
        for selector in target["selector"]
        if isinstance(selector, dict)
    ]
    marked = next((text_of(each["exact"]) for each in selectors if each.get("exact")), "")
    return " ".join(filter(None, (f"“{marked}”" if marked else "", text_of(row.get("text")))))


def _rows(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        value = value.get("rows") or value.get("annotations")
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
