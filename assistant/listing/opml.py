"""A list as OPML 2.0: an outline of sections, a ``link`` for every entry."""

from collections.abc import Sequence
from typing import Any

from lxml import etree

from assistant.listing.entries import Marked, Section, sections
from ingest.lists.catalog_file import CuratedList
from ingest.text.characters import NOT_IN_XML

# what XML cannot hold, even as a reference


def opml(curated: CuratedList, entries: Sequence[Marked]) -> str:
    """Return the list; a dead link says so in ``status`` and names its copy in ``archivedUrl``."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = _held(curated.title)
    if curated.origin:
        etree.SubElement(head, "docs").text = _held(curated.origin)
    _fill(etree.SubElement(root, "body"), sections(entries, curated))
    body: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return body.decode()


def _fill(outline: Any, section: Section) -> None:
    for marked in section.entries:
        etree.SubElement(outline, "outline", _attributes(marked))
    for topic in section.topics:
        etree.SubElement(outline, "outline", text=_held(topic))
    for below in section.below.values():
        _fill(etree.SubElement(outline, "outline", text=_held(below.name)), below)


def _attributes(marked: Marked) -> dict[str, str]:
    entry = marked.entry
    said = {
        "text": entry.title,
        "type": "link",
        "url": entry.url,
        "category": f"/{entry.difficulty}" if entry.difficulty else "",
        "_note": entry.note or "",
        "status": "dead" if marked.dead else "",
        "archivedUrl": marked.copy if marked.dead else "",
    }
    return {name: _held(value) for name, value in said.items() if value}


def _held(text: str) -> str:
    return NOT_IN_XML.sub("", text)
