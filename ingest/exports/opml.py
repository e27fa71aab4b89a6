"""OPML: outlines of feeds and links, as feed readers and outliners exchange them.

A feed's site is an entry; what the feed itself holds joins the list when it is looked at.
"""

import re
from collections.abc import Iterator

from ingest.exports.given import Given
from ingest.exports.shelf import ListBuilder, without_tags
from ingest.reading.feed_heads import is_outline
from ingest.reading.xml_tree import root_of

WHAT = "an OPML outline"
_LINK = re.compile(
    r'<a\s[^<>]{0,300}?href="(?P<a>https?:[^"<>\s]{1,2000})"[^<>]{0,300}>(?P<b>[^<>]{0,500})</a>'
    r"|\[(?P<c>[^\[\]]{1,500})\]\((?P<d>https?:[^()\s]{1,2000})\)"
    r"|(?P<e>https?://[^\s<>\"]{1,2000})"
)


def recognises(given: Given) -> bool:
    """See `Format`."""
    return is_outline(given.head)


def read(given: Given, shelf: ListBuilder) -> str | None:
    """See `Format`."""
    root = root_of(given.data)
    section: list[str] = []
    # by a walk, not by recursion: how deep it nests is its author's choice
    from lxml import etree

    for event, element in etree.iterwalk(root, events=("start", "end"), tag=("outline", "Outline")):
        # (feed readers write the attributes in every case)
        said = {name.lower(): value for name, value in element.attrib.items()}
        name = without_tags(said.get("title") or said.get("text") or "")
        if event == "end":
            section.pop()
            continue
        page = said.get("htmlurl") or said.get("url") or ""
        feed = said.get("xmlurl") or ""
        if feed:
            shelf.follow(feed, name)
        if page:
            shelf.take(page, name, section, note=said.get("description") or said.get("_note", ""),
                       tags=[part.strip(" /") for part in said.get("category", "").split(",")],
                       added=said.get("created", ""))  # fmt: skip
        elif not feed and (inside := list(_links_in(said.get("text") or name))):
            for url, label in inside:
                shelf.take(url, label, section, note=said.get("_note", ""))
        elif not feed and len(element) == 0:
            shelf.cover(name, section)
        section.append(name)
    title: str | None = root.findtext("head/title")
    return title


def _links_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield address and label of the links inside a line of an outliner."""
    whole = _LINK.sub(lambda link: link["b"] or link["c"] or "", text).strip()
    for link in _LINK.finditer(text) if "://" in text else ():
        yield link["a"] or link["d"] or link["e"], link["b"] or link["c"] or whole
