"""Karakeep's (once Hoarder's) export: links, texts and files, and lists of them."""

from typing import Any

from ingest.exports.given import Given
from ingest.exports.rows import tags_of, text_of
from ingest.exports.shelf import Shelf

WHAT = "an export of Karakeep"
_DEEPEST = 40


def recognises(given: Given) -> bool:
    """See `Format`."""
    return any(isinstance(each.get("content"), dict) for each in _rows(given.value, "bookmarks"))


def read(given: Given, shelf: Shelf) -> str | None:
    """See `Format`."""
    lists = {text_of(each.get("id")): each for each in _rows(given.value, "lists")}
    for each in _rows(given.value, "bookmarks"):
        content = each.get("content")
        content = content if isinstance(content, dict) else {}
        title = text_of(each.get("title")) or text_of(content.get("title"))
        if content.get("type") != "link":
            kind = text_of(content.get("type")) or "nothing"
            shelf.leave("", title or text_of(content.get("text")), f"no page ({kind})")
            continue
        ids = each.get("lists") if isinstance(each.get("lists"), list) else []
        shelf.take(
            text_of(content.get("url")),
            title,
            _path(text_of(ids[0]), lists) if ids else [],
            note=text_of(each.get("note")),
            tags=tags_of(each.get("tags")),
            added=text_of(each.get("createdAt")),
        )
    return None


def _path(key: str, lists: dict[str, dict[str, Any]]) -> list[str]:
    path: list[str] = []
    while (here := lists.get(key)) is not None and len(path) < _DEEPEST:
        path.insert(0, text_of(here.get("name")))
        key = text_of(here.get("parentId"))
    return path


def _rows(value: Any, name: str) -> list[dict[str, Any]]:
    found = value.get(name) if isinstance(value, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
