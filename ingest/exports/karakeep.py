"""Karakeep's (once Hoarder's) export: links, texts and files, and lists of them."""

from typing import Any

from ingest.exports.given import Given
from ingest.exports.rows import tags_of, text_of
from ingest.exports.shelf import ListBuilder

WHAT = "an export of Karakeep"
_DEEPEST = 40


def recognises(given: Given) -> bool:
    """See `Format`."""
    return any(
        isinstance(bookmark.get("content"), dict) for bookmark in _rows(given.value, "bookmarks")
    )


def read(given: Given, shelf: ListBuilder) -> str | None:
    """See `Format`."""
    lists = {text_of(row.get("id")): row for row in _rows(given.value, "lists")}
    for bookmark in _rows(given.value, "bookmarks"):
        content = bookmark.get("content")
        content = content if isinstance(content, dict) else {}
        title = text_of(bookmark.get("title")) or text_of(content.get("title"))
        url = text_of(content.get("url") or content.get("sourceUrl"))  # of a file: whence it came
        if not url:
            kind = text_of(content.get("type")) or "nothing"
            shelf.leave("", title or text_of(content.get("text")), f"no page ({kind})")
            continue
        ids = bookmark.get("lists") if isinstance(bookmark.get("lists"), list) else []
        shelf.take(
            url,
            title,
            _path(text_of(ids[0]), lists) if ids else [],
            note=text_of(bookmark.get("note")),
            tags=tags_of(bookmark.get("tags")),
            added=text_of(bookmark.get("createdAt")),
        )
    return None


def _path(key: str, lists: dict[str, dict[str, Any]]) -> list[str]:
    path: list[str] = []
    while (here := lists.get(key)) is not None and len(path) < _DEEPEST:
        path.insert(0, text_of(here.get("name")))
        key = text_of(here.get("parentId"))
    return path


def _rows(value: Any, name: str) -> list[dict[str, Any]]:
    rows = value.get(name) if isinstance(value, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
