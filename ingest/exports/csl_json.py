"""CSL-JSON, as Zotero and citation tools write it, and Better BibTeX's JSON beside it."""

import re
from typing import Any

from ingest.exports.given import Given
from ingest.exports.rows import tags_of, text_of
from ingest.exports.shelf import ListBuilder, without_tags
from ingest.exports.works import ZOTERO_FORMS, File, Work, take_work

WHAT = "a CSL-JSON bibliography"
_SAYS = ("issued", "author", "DOI", "container-title", "publisher", "accessed", "citation-key",
         "creators")  # fmt: skip
_LOOKED_AT = 20
_ARXIV = re.compile(r"(?:^|\n)\s{0,8}(arxiv:\s{0,3}\S{5,30})", re.IGNORECASE)


def recognises(given: Given) -> bool:
    """See `Format`."""
    return any(
        isinstance(item, dict)
        and isinstance(item.get("type", item.get("itemType")), str)
        and isinstance(item.get("title"), str)
        and any(name in item for name in _SAYS)
        for item in _items(given.value)[:_LOOKED_AT]
    )


def read(given: Given, shelf: ListBuilder) -> str | None:
    """See `Format`."""
    for item in _items(given.value):
        if not isinstance(item, dict):
            shelf.leave(text_of(item), "", "no object with a title")
            continue
        number = text_of(item.get("number"))
        names = [name for author in _authors(item) if (name := _name(author))[0]]
        work = Work(
            without_tags(text_of(item.get("title"))),
            url=text_of(item.get("URL") or item.get("url")),
            doi=text_of(item.get("DOI")),
            arxiv=number if "arxiv" in number.lower() else _arxiv_in(text_of(item.get("note"))),
            authors=[f"{given} {family}".strip() for family, given in names],
            names=names,
            date=_date(item),
            form=_form(text_of(item.get("type"))),
            venue=text_of(item.get("container-title") or item.get("publicationTitle")),
            publisher=text_of(item.get("publisher")),
            volume=text_of(item.get("volume")),
            issue=text_of(item.get("issue")),
            pages=text_of(item.get("page") or item.get("pages")),
            tags=tags_of(item.get("keyword")) or _tags(item.get("tags")),
            note=text_of(item.get("note") or item.get("annote")),
            files=[File(path) for path in _files(item)],
        )
        take_work(shelf, work)
    return None


def _items(value: Any) -> list[Any]:
    if isinstance(value, dict):
        value = value.get("items")
    return value if isinstance(value, list) else []


def _authors(item: dict[str, Any]) -> list[Any]:
    authors = item.get("author") or item.get("creators")
    return authors if isinstance(authors, list) else []


def _name(author: Any) -> tuple[str, str]:
    if not isinstance(author, dict):
        return "", ""
    if said := text_of(author.get("literal") or author.get("name")):
        return said, ""
    given = text_of(author.get("given") or author.get("firstName"))
    before = text_of(author.get("non-dropping-particle") or author.get("dropping-particle"))
    family = text_of(author.get("family") or author.get("lastName"))
    if before and family and not family.startswith(before):
        family = f"{before} {family}"
    return (family, given) if family else (given, "")


def _arxiv_in(note: str) -> str:
    """Return the arXiv number of a note, where Zotero puts what it has no field for."""
    said = _ARXIV.search(note)
    return said[1] if said else ""


def _form(kind: str) -> str:
    """Return CSL's own type; Better BibTeX's JSON has Zotero's."""
    return ZOTERO_FORMS.get(kind, kind if re.fullmatch("[a-z_-]{3,30}", kind) else "")


def _date(item: dict[str, Any]) -> str:
    issued = item.get("issued")
    if not isinstance(issued, dict):
        return text_of(issued) or text_of(item.get("date"))
    parts = issued.get("date-parts")
    first = parts[0] if isinstance(parts, list) and parts else []
    numbers = [text_of(part) for part in first[:3]] if isinstance(first, list) else []
    said = "-".join(number.zfill(2) for number in numbers if number)
    return said or text_of(issued.get("raw") or issued.get("literal"))


def _tags(value: Any) -> list[str]:
    tags = value if isinstance(value, list) else []
    return [text_of(tag.get("tag")) for tag in tags if isinstance(tag, dict)]


def _files(item: dict[str, Any]) -> list[str]:
    """Return the paths of what is kept with an item: Better BibTeX's, or a ``file`` field."""
    kept = item.get("attachments")
    paths = [text_of(file.get("path")) for file in kept if isinstance(file, dict)] if (
        isinstance(kept, list)) else []  # fmt: skip
    said = item.get("file")
    paths += [text_of(path) for path in (said if isinstance(said, list) else [said])]
    return [path for path in paths if path]
