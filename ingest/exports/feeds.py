"""Feeds, RSS and Atom of every version: what a site published lately, entry by entry."""

import io
from time import strftime
from typing import Any

from ingest.exports.given import Given
from ingest.exports.shelf import ListBuilder, from_html, plain
from ingest.reading.feed_heads import is_xml_feed
from ingest.reading.xml_tree import checked

WHAT = "a feed (RSS or Atom)"
SUMMARY = 300  # characters of what a feed says of an entry


def recognises(given: Given) -> bool:
    """See `Format`."""
    return is_xml_feed(given.head)


def read(given: Given, shelf: ListBuilder) -> str | None:
    """See `Format`."""
    import feedparser  # few lists are feeds

    where = {"content-location": shelf.base} if shelf.base else {}
    # a stream: a string it would take for an address, or for a file's name
    feed = feedparser.parse(io.BytesIO(checked(given.data)), response_headers=where)
    for entry in feed.entries:
        said = plain(_text(entry, "summary"), SUMMARY)
        title = plain(_text(entry, "title"), SUMMARY)
        shelf.take(
            entry.get("link", ""),
            title,
            note="" if said == title else said,
            tags=[tag.get("term") or "" for tag in entry.get("tags", ())],
            added=_day(entry.get("published_parsed") or entry.get("updated_parsed")),
        )
    called: str | None = feed.feed.get("title")
    return called


def _text(entry: Any, name: str) -> str:
    """Return the words of a part of an entry, which may be HTML."""
    said: str = entry.get(name, "")
    return said if entry.get(f"{name}_detail", {}).get("type") == "text/plain" else from_html(said)


def _day(parsed: Any) -> str:
    try:
        return strftime("%Y-%m-%d", parsed) if parsed else ""
    except (ValueError, TypeError):
        return ""
