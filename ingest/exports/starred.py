"""Starred entries of feed readers in Google Reader's form, as Inoreader and FreshRSS write it."""

from typing import Any

from ingest.exports.given import Given
from ingest.exports.rows import text_of
from ingest.exports.shelf import ListBuilder

WHAT = "starred entries of a feed reader"
_LABEL = "/label/"
_LOOKED_AT = 20


def recognises(given: Given) -> bool:
    """See `Format`."""
    return any(_address(item) for item in _items(given.value)[:_LOOKED_AT])


def read(given: Given, shelf: ListBuilder) -> str | None:
    """See `Format`."""
    for item in _items(given.value):
        origin, said = item.get("origin"), item.get("categories")
        labels = [text_of(each) for each in said] if isinstance(said, list) else []
        shelf.take(
            _address(item),
            text_of(item.get("title")),
            [text_of(origin.get("title"))] if isinstance(origin, dict) else [],
            note=" ".join(text_of(each.get("body")) for each in _objects(item, "annotations")),
            tags=[label.rpartition(_LABEL)[2] for label in labels if _LABEL in label],
            added=text_of(item.get("starred") or item.get("timestampUsec")),
        )
    return text_of(given.value.get("title")) or None


def _address(item: dict[str, Any]) -> str:
    links = [*_objects(item, "canonical"), *_objects(item, "alternate")]
    return next((text_of(link["href"]) for link in links if link.get("href")), "")


def _items(value: Any) -> list[dict[str, Any]]:
    return _objects(value, "items") if isinstance(value, dict) else []


def _objects(value: dict[str, Any], name: str) -> list[dict[str, Any]]:
    held = value.get(name)
    return [each for each in held if isinstance(each, dict)] if isinstance(held, list) else []
