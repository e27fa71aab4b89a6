"""Linkwarden's export: collections, each with its links, inside the collection above it."""

from typing import Any

from ingest.exports.given import Given
from ingest.exports.rows import tags_of, text_of
from ingest.exports.shelf import ListBuilder

WHAT = "an export of Linkwarden"
_DEEPEST = 40


def recognises(given: Given) -> bool:
    """See `Format`."""
    return any("links" in collection for collection in _collections(given.value))


def read(given: Given, shelf: ListBuilder) -> str | None:
    """See `Format`."""
    collections = _collections(given.value)
    by_id = {
        collection.get("id"): collection
        for collection in collections
        if isinstance(collection.get("id"), int)
    }
    for collection in collections:
        section = _path(collection, by_id)
        links = collection.get("links")
        for link in links if isinstance(links, list) else []:
            if not isinstance(link, dict):
                shelf.leave(str(link), "", "no object with an address")
            elif not link.get("url"):
                kind = text_of(link.get("type")) or "file"
                shelf.leave("", text_of(link.get("name")), f"an uploaded {kind}, not a page")
            else:
                shelf.take(
                    text_of(link["url"]),
                    text_of(link.get("name")) or text_of(link.get("description")),
                    section,
                    note=text_of(link.get("description")),
                    tags=tags_of(link.get("tags")),
                    added=text_of(link.get("importDate") or link.get("createdAt")),
                )
    return None


def _path(collection: dict[str, Any], by_id: dict[Any, dict[str, Any]]) -> list[str]:
    path: list[str] = []
    here: dict[str, Any] | None = collection
    while here is not None and len(path) < _DEEPEST:
        path.insert(0, text_of(here.get("name")))
        parent = here.get("parentId")
        here = by_id.get(parent) if isinstance(parent, int) else None
    return path


def _collections(value: Any) -> list[dict[str, Any]]:
    collections = value.get("collections") if isinstance(value, dict) else None
    return (
        [collection for collection in collections if isinstance(collection, dict)]
        if isinstance(collections, list)
        else []
    )
