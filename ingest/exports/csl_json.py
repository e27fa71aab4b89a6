"""CSL-JSON, as Zotero and citation tools write it, and Better BibTeX's JSON beside it."""

from typing import Any

from ingest.exports.given import Given
from ingest.exports.rows import tags_of, text_of
from ingest.exports.shelf import Shelf
from ingest.exports.works import take_work

WHAT = "a CSL-JSON bibliography"
_SAYS = ("issued", "author", "DOI", "container-title", "publisher", "accessed", "citation-key",
         "creators")  # fmt: skip
_LOOKED_AT = 20


def recognises(given: Given) -> bool:
    """See `Format`."""
    return any(
        isinstance(item, dict)
        and isinstance(item.get("type", item.get("itemType")), str)
        and isinstance(item.get("title"), str)
        and any(name in item for name in _SAYS)
        for item in _items(given.value)[:_LOOKED_AT]
    )


def read(given: Given, shelf: Shelf) -> str | None:
    """See `Format`."""
    for item in _items(given.value):
        if not isinstance(item, dict):
            shelf.leave(text_of(item), "", "no object with a title")
            continue
        number = text_of(item.get("number"))
        take_work(
            shelf,
            text_of(item.get("title")),
            url=text_of(item.get("URL") or item.get("url")),
            doi=text_of(item.get("DOI")),
            arxiv=number if "arxiv" in number.lower() else "",
            authors=[name for author in _authors(item) if (name := _name(author))],
            year=_year(item),
            tags=tags_of(item.get("keyword")) or _tags(item.get("tags")),
            note=text_of(item.get("note") or item.get("annote")),
        )
    return None


def _items(value: Any) -> list[Any]:
    if isinstance(value, dict):
        value = value.get("items")
    return value if isinstance(value, list) else []


def _authors(item: dict[str, Any]) -> list[Any]:
    authors = item.get("author") or item.get("creators")
    return authors if isinstance(authors, list) else []


def _name(author: Any) -> str:
    if not isinstance(author, dict):
        return ""
    if said := text_of(author.get("literal") or author.get("name")):
        return said
    given = text_of(author.get("given") or author.get("firstName"))
    return f"{given} {text_of(author.get('family') or author.get('lastName'))}".strip()


def _year(item: dict[str, Any]) -> str:
    issued = item.get("issued")
    if not isinstance(issued, dict):
        return text_of(issued) or text_of(item.get("date"))
    parts = issued.get("date-parts")
    while isinstance(parts, list) and parts:
        parts = parts[0]
    return text_of(parts) or text_of(issued.get("raw") or issued.get("literal"))


def _tags(value: Any) -> list[str]:
    tags = value if isinstance(value, list) else []
    return [text_of(tag.get("tag")) for tag in tags if isinstance(tag, dict)]
