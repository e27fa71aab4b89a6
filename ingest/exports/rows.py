"""Rows of read-later services, from CSV or JSON: which column means what.

Columns are recognised by their names, as Pocket, Instapaper, Raindrop, Readwise Reader, Omnivore,
Pinboard, Matter, Wallabag, Reddit, YouTube and Zotero's CSV call them.
"""

import ast
import json
from collections.abc import Iterable, Mapping
from typing import Any

from ingest.exports.shelf import ListBuilder

_COLUMNS = {
    "url": ("url", "link", "href", "address", "uri", "given_url", "resolved_url", "original_url",
            "source_url", "website", "permalink"),
    "title": ("title", "name", "given_title", "resolved_title", "document title"),
    "note": ("note", "notes", "selection", "excerpt", "description", "extended", "document note",
             "abstract note", "summary", "full_text", "highlights", "annotations"),
    "tags": ("tags", "labels", "document tags", "keywords", "manual tags"),
    "folder": ("folder", "collection", "list", "location", "category", "status", "state"),
    "added": ("time_added", "created", "created_at", "createdat", "savedat", "saved_at",
              "saved date", "timestamp", "time", "date added", "date", "added", "addedat",
              "savedate", "playlist video creation timestamp"),
}  # fmt: skip
_PLACES = {
    "unread": "Unread", "new": "New", "later": "Later", "archive": "Archive", "archived": "Archive",
    "feed": "Feed", "shortlist": "Shortlist", "succeeded": "", "processing": "", "active": "",
}  # fmt: skip
_VIDEO = "video id"
_WATCH = "https://www.youtube.com/watch?v="
_MOST_MARKS = 100  # of a page
_LONGEST_LIST = 10_000  # characters of a list of tags inside a cell

Row = Mapping[str, Any]


def columns_of(names: Iterable[str]) -> dict[str, list[str]]:
    """Return which of these names stand for url, title, note, tags, folder and added, best first.

    Nothing where none of them is an address: then these are rows of something else.
    """
    by_name = {str(name).strip().lower(): str(name) for name in names}
    known = {
        meaning: [by_name[name] for name in spellings if name in by_name]
        for meaning, spellings in _COLUMNS.items()
    }
    if "extended" in by_name:  # Pinboard, once Delicious: its title is called description
        known["title"].append(by_name.get("description", ""))
        known["note"] = [by_name["extended"]]
    if not known["url"] and _VIDEO in by_name:
        known["url"] = known["video"] = [by_name[_VIDEO]]
    return known if known["url"] else {}


def take_rows(rows: Iterable[Row], shelf: ListBuilder) -> None:
    """Put rows on a shelf; one without an address is noted."""
    for row in rows:
        columns = columns_of(row)

        def first(meaning: str, row: Row = row, columns: Mapping[str, Any] = columns) -> Any:
            return next((row[name] for name in columns.get(meaning, ()) if row.get(name)), "")

        title = first("title")
        notes = [_said(row[name]) for name in columns.get("note", ())]
        place = text_of(first("folder"))
        place = _PLACES.get(place.lower(), place)
        shelf.take(
            _address(text_of(first("url")), columns),
            text_of(title),
            [part for part in place.split("/") if part.strip()],
            note=" ".join(dict.fromkeys(filter(None, notes))),
            tags=tags_of(first("tags"))
            if "extended" not in row
            else text_of(first("tags")).split(),
            added=text_of(first("added")),
        )


def _address(said: str, columns: Mapping[str, Any]) -> str:
    """Return an address; YouTube's own lists hold nothing but the names of videos."""
    return f"{_WATCH}{said}" if said and columns["url"] == columns.get("video") else said


def _said(value: object) -> str:
    """Return a note: a text, or what was marked in a page, with what was remarked on it."""
    if not isinstance(value, list):
        return text_of(value)
    marks = [mark for mark in value[:_MOST_MARKS] if isinstance(mark, dict)]
    return " ".join(filter(None, (_mark_of(text_of(mark.get("quote")), mark) for mark in marks)))


def _mark_of(quote: str, mark: Mapping[str, Any]) -> str:
    remark = text_of(mark.get("text") or mark.get("note") or mark.get("annotation"))
    return " ".join(filter(None, [f"“{quote}”" if quote else "", remark]))


def text_of(value: object) -> str:
    """Return a cell as text: numbers as they are written, lists and objects as nothing."""
    return str(value) if isinstance(value, (str, int, float)) else ""


def tags_of(value: object) -> list[str]:
    """Return tags: a list of names or of objects with a name, or a text that parts them."""
    if isinstance(value, str):
        text = value.strip()
        if text.startswith("[") and text.endswith("]") and len(text) <= _LONGEST_LIST:
            value = _listed(text)
        else:
            mark = next((mark for mark in ("|", ";", ",") if mark in text), "\n")
            return [part.strip() for part in text.split(mark)]
    if not isinstance(value, list):
        return []
    return [text_of(tag.get("name") or tag.get("label", "")) if isinstance(tag, dict)
            else text_of(tag) for tag in value]  # fmt: skip


def _listed(text: str) -> object:
    """Read a list inside a cell, in JSON or as Python prints it."""
    for load in (json.loads, ast.literal_eval):
        try:
            return load(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            continue
    return []
