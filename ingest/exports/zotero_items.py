"""Items as Zotero's interface gives them (web API, version 3), with the collections they are in.

What `ingest.gathering.zotero` asks of a running Zotero, and what somebody saved of it. Attachments
and notes are items of their own that name their parent.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from ingest.exports.folders import path_of
from ingest.exports.given import Given
from ingest.exports.rows import text_of
from ingest.exports.shelf import ListBuilder, from_html, without_tags
from ingest.exports.works import ZOTERO_FORMS, File, Work, take_work

WHAT = "items of Zotero"
_LOOKED_AT = 20
_EDITS = ("editor", "translator", "seriesEditor")
_KEPT = "path"  # of an attachment: where its file lies, which `gathering.zotero` adds


def recognises(given: Given) -> bool:
    """See `Format`."""
    return any(text_of(data.get("itemType")) for data in _data(given.value, "items")[:_LOOKED_AT])


def read(given: Given, shelf: ListBuilder) -> str | None:
    """See `Format`."""
    items = _data(given.value, "items")
    folders = {
        text_of(row.get("key")): (text_of(row.get("name")), text_of(row.get("parentCollection")))
        for row in _data(given.value, "collections")
    }
    there = {text_of(row.get("key")) for row in items}
    parts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in items:
        parts[text_of(row.get("parentItem"))].append(row)
    for row in items:
        kind, key = text_of(row.get("itemType")), text_of(row.get("key"))
        if text_of(row.get("parentItem")) in there or kind == "annotation":
            continue
        if kind == "note":
            shelf.leave("", from_html(text_of(row.get("note"))), "a note without a work")
            continue
        named = row.get("collections")
        keys = [text_of(name) for name in named] if isinstance(named, list) else []
        sections = [path_of(name, folders) for name in keys]
        take_work(shelf, _work(row, kind, parts.get(key, [])), *sections)
    return "Zotero"


def _work(item: Mapping[str, Any], kind: str, parts: list[dict[str, Any]]) -> Work:
    wrote = [one for one in _objects(item.get("creators")) if one.get("creatorType") not in _EDITS]
    names = [name for author in wrote if (name := _name(author))[0]]
    kept = [item, *(part for part in parts if text_of(part.get("itemType")) == "attachment")]
    notes = [
        from_html(text_of(part.get("note"))) for part in parts if part.get("itemType") == "note"
    ]
    number = next((said for name in ("archiveID", "number", "extra")
                   if "arxiv" in (said := text_of(item.get(name))).lower()), "")  # fmt: skip
    venue = ("publicationTitle", "proceedingsTitle", "bookTitle", "websiteTitle", "blogTitle")
    publisher = ("publisher", "university", "institution", "repository")
    return Work(
        without_tags(text_of(item.get("title"))),
        url=text_of(item.get("url")),
        doi=text_of(item.get("DOI")),
        arxiv=number[number.lower().index("arxiv") :] if number else "",
        authors=[f"{given} {family}".strip() for family, given in names],
        names=names,
        date=text_of(item.get("date")),
        form=ZOTERO_FORMS.get(kind, ""),
        venue=_first(item, *venue),
        publisher=_first(item, *publisher),
        volume=text_of(item.get("volume")),
        issue=text_of(item.get("issue")),
        pages=text_of(item.get("pages")),
        tags=[text_of(tag.get("tag")) for tag in _objects(item.get("tags"))],
        note=" ".join(filter(None, notes)),
        files=[File(path, text_of(part.get("key"))) for part in kept
               if (path := text_of(part.get(_KEPT)))],
    )  # fmt: skip


def _name(author: Mapping[str, Any]) -> tuple[str, str]:
    family, given = text_of(author.get("lastName")), text_of(author.get("firstName"))
    if whole := text_of(author.get("name")):
        return whole, ""
    return (family, given) if family else (given, "")


def _first(item: Mapping[str, Any], *names: str) -> str:
    return next((said for name in names if (said := text_of(item.get(name)))), "")


def _data(value: Any, name: str) -> list[dict[str, Any]]:
    """Return what items hold: the objects called ``data`` of an array, or of one of this name."""
    rows = value.get(name) if isinstance(value, dict) else value if name == "items" else []
    return [row["data"] for row in _objects(rows) if isinstance(row.get("data"), dict)]


def _objects(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
