"""Bookmarks as browsers keep them: Chromium's `Bookmarks`, Firefox's backup, Safari's plist."""

from collections.abc import Iterator
from typing import Any

from ingest.exports.given import Given
from ingest.exports.rows import text_of
from ingest.exports.shelf import ListBuilder
from ingest.text.digits import whole_number

WHAT = "bookmarks as a browser keeps them"
_DEEPEST, _MOST = 40, 500_000
_SINCE_1601 = 11_644_473_600  # seconds until 1970: Chromium counts from there
_NAMES = {
    "BookmarksBar": "Favourites",
    "BookmarksMenu": "",
    "com.apple.ReadingList": "Reading List",
}


def recognises(given: Given) -> bool:
    """See `Format`."""
    value = given.value
    if not isinstance(value, dict):
        return False
    roots = value.get("roots")
    chromium = isinstance(roots, dict) and any(_children(root) for root in roots.values())
    return chromium or "WebBookmarkType" in value or value.get("root") == "placesRoot"


def read(given: Given, shelf: ListBuilder) -> str | None:
    """See `Format`."""
    roots = given.value.get("roots")
    for root in roots.values() if isinstance(roots, dict) else [given.value]:
        if isinstance(root, dict):
            _walk(root, shelf)
    return None


def _walk(root: dict[str, Any], shelf: ListBuilder) -> None:
    open_: list[tuple[dict[str, Any], tuple[str, ...]]] = [(root, ())]
    for _ in range(_MOST):  # a property list may hold one folder in many places
        if not open_:
            return
        node, path = open_.pop()
        address = next((text_of(node[name]) for name in ("url", "uri", "URLString")
                        if node.get(name)), "")  # fmt: skip
        if address.startswith("place:"):
            shelf.leave(address, _title(node), "a saved search of the browser")
        elif address:
            shelf.take(address, _title(node), path, note=_note(node), added=_added(node),
                       tags=text_of(node.get("tags")).split(","))  # fmt: skip
        if node.get("root") == "tagsFolder" or len(path) > _DEEPEST:
            continue  # what has a tag stands elsewhere, too
        named = _title(node) if not node.get("root") else ""
        under = (*path, named) if named else path
        open_ += [(child, under) for child in reversed(list(_children(node)))]


def _children(node: object) -> Iterator[dict[str, Any]]:
    held = (node.get("children") or node.get("Children")) if isinstance(node, dict) else None
    yield from (child for child in held or () if isinstance(child, dict))


def _title(node: dict[str, Any]) -> str:
    words = node.get("URIDictionary")
    said = [node.get("name"), node.get("title"), node.get("Title"),
            words.get("title") if isinstance(words, dict) else ""]  # fmt: skip
    title = next((text for each in said if (text := text_of(each))), "")
    return _NAMES.get(title, title)


def _note(node: dict[str, Any]) -> str:
    kept = node.get("annos")
    told = [
        text_of(each.get("value"))
        for each in (kept if isinstance(kept, list) else [])
        if isinstance(each, dict) and each.get("name") == "bookmarkProperties/description"
    ]
    reading = node.get("ReadingList")
    if isinstance(reading, dict):
        told.append(text_of(reading.get("PreviewText")))
    return " ".join(filter(None, told))


def _added(node: dict[str, Any]) -> str:
    """Return when a bookmark was kept: in a form that `day_of` knows."""
    reading = node.get("ReadingList")
    if isinstance(reading, dict):
        return str(reading.get("DateAdded", ""))
    chromium = whole_number(text_of(node.get("date_added")))
    if chromium is not None:
        return str(max(0, chromium // 1_000_000 - _SINCE_1601))
    return text_of(node.get("dateAdded"))
