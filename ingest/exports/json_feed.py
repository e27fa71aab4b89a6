"""JSON Feed, versions 1 and 1.1."""

from typing import Any

from ingest.exports.feeds import SUMMARY
from ingest.exports.given import Given
from ingest.exports.rows import tags_of, text_of
from ingest.exports.shelf import ListBuilder, from_html, plain

WHAT = "a feed (JSON Feed)"


def recognises(given: Given) -> bool:
    """See `Format`."""
    return "jsonfeed.org/version/" in text_of(_object(given.value).get("version"))


def read(given: Given, shelf: ListBuilder) -> str | None:
    """See `Format`."""
    feed = _object(given.value)
    items = feed.get("items")
    for value in items if isinstance(items, list) else []:
        item = _object(value)
        text = text_of(item.get("summary") or item.get("content_text"))
        text = text or from_html(text_of(item.get("content_html")))
        shelf.take(
            text_of(item.get("url")) or text_of(item.get("external_url")),
            text_of(item.get("title")),
            note=plain(text, SUMMARY),
            tags=tags_of(item.get("tags")),
            added=text_of(item.get("date_published")),
        )
    return text_of(feed.get("title"))


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
