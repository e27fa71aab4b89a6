"""Zotero RDF, which Zotero writes beside a folder ``files`` when it exports a library with files.

Items name their parts by reference: attachments and notes; collections name their items.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from lxml import etree

from ingest.exports.folders import path_of
from ingest.exports.given import Given
from ingest.exports.shelf import ListBuilder, from_html, without_tags
from ingest.exports.works import ZOTERO_FORMS, File, Work, take_work
from ingest.reading.xml_tree import root_of

WHAT = "an export of Zotero (RDF)"
_SPACES = {
    "z": "http://www.zotero.org/namespaces/export#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "bib": "http://purl.org/net/biblio#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "prism": "http://prismstandard.org/namespaces/1.2/basic/",
    "link": "http://purl.org/rss/1.0/modules/link/",
}
_ABOUT, _RESOURCE = (f"{{{_SPACES['rdf']}}}{name}" for name in ("about", "resource"))


def recognises(given: Given) -> bool:
    """See `Format`."""
    return _SPACES["z"] in given.head and "<rdf:RDF" in given.head


def read(given: Given, shelf: ListBuilder) -> str | None:
    """See `Format`."""
    # of its text: whatever its bytes were written in, it says UTF-8 of itself
    things = [thing for thing in root_of(given.text.encode("utf-8", "replace")) if _kind(thing)]
    by_name = {name: thing for thing in things if (name := thing.get(_ABOUT))}
    sections = _sections(things)
    parts = {to for thing in things for to in _parts(thing)}
    for thing in things:
        name, kind = thing.get(_ABOUT) or "", _kind(thing)
        if kind == "collection" or name in parts:
            continue
        within = [by_name[to] for to in _parts(thing) if to in by_name]
        if kind == "note":
            shelf.leave("", from_html(_said(thing, "rdf:value")), "a note without a work")
        else:
            take_work(shelf, _work(thing, kind, within), *sections.get(name, ()))
    return None


def _work(thing: "etree._Element", kind: str, within: Iterable["etree._Element"]) -> Work:
    notes = [from_html(_said(part, "rdf:value")) for part in within if _kind(part) == "note"]
    kept = [thing, *(part for part in within if _kind(part) == "attachment")]
    paths = [path.get(_RESOURCE) for part in kept for path in _all(part, "rdf:resource")]
    names = [
        (_said(person, "foaf:surname"), _said(person, "foaf:givenName"))
        for person in _all(thing, "bib:authors/rdf:Seq/rdf:li/foaf:Person")
    ]
    said = [*_texts(thing, "dc:identifier"), *_texts(thing, "dcterms:isPartOf/*/dc:identifier"),
            *_texts(thing, "prism:number"), *_texts(thing, "dc:description")]  # fmt: skip
    periodical = "dcterms:isPartOf/*"
    return Work(
        without_tags(_said(thing, "dc:title")),
        url=_said(thing, "dc:identifier/dcterms:URI/rdf:value"),
        doi=next((one for one in said if one.lower().startswith("doi ")), ""),
        arxiv=next((one for one in said if one.lower().startswith("arxiv")), ""),
        authors=[", ".join(filter(None, name)) for name in names],
        names=[name if name[0] else (name[1], "") for name in names],
        date=_said(thing, "dc:date"),
        form=ZOTERO_FORMS.get(kind, ""),
        venue=_said(thing, f"{periodical}/dc:title"),
        publisher=_said(thing, "dc:publisher/foaf:Organization/foaf:name"),
        volume=_said(thing, f"{periodical}/prism:volume") or _said(thing, "prism:volume"),
        issue=_said(thing, f"{periodical}/prism:number"),
        pages=_said(thing, "bib:pages"),
        tags=[*_texts(thing, "dc:subject"), *_texts(thing, "dc:subject/*/rdf:value")],
        note=" ".join(filter(None, notes)),
        files=[File(path) for path in paths if path],
    )


def _kind(thing: "etree._Element") -> str:
    """Return what a thing is in Zotero's words, "" for what is no part of a library."""
    if not isinstance(thing.tag, str):
        return ""
    name = etree.QName(thing).localname
    if name == "Collection":
        return "collection"
    return "note" if name == "Memo" else _said(thing, "z:itemType")


def _parts(thing: "etree._Element") -> list[str]:
    """Return the names of a thing's attachments and notes."""
    links = (*_all(thing, "link:link"), *_all(thing, "dcterms:isReferencedBy"))
    return [to for link in links if (to := link.get(_RESOURCE))]


def _sections(things: Iterable["etree._Element"]) -> Mapping[str, list[tuple[str, ...]]]:
    """Return the collections that each item is in, by the item's name."""
    collections = {
        thing.get(_ABOUT) or "": thing for thing in things if _kind(thing) == "collection"
    }
    held = [
        (outer, link.get(_RESOURCE) or "")
        for outer, thing in collections.items()
        for link in _all(thing, "dcterms:hasPart")
    ]
    parents = {inner: outer for outer, inner in held if inner in collections}
    folders = {name: (_said(thing, "dc:title"), parents.get(name, ""))
               for name, thing in collections.items()}  # fmt: skip
    sections: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for outer, inner in held:
        if inner not in collections:
            sections[inner].append(path_of(outer, folders))
    return sections


def _all(thing: "etree._Element", path: str) -> list["etree._Element"]:
    below: list[etree._Element] = thing.findall(path, _SPACES)
    return below


def _texts(thing: "etree._Element", path: str) -> Iterator[str]:
    for element in _all(thing, path):
        if text := " ".join((element.text or "").split()):
            yield text


def _said(thing: "etree._Element", path: str) -> str:
    return next(_texts(thing, path), "")
