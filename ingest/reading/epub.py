"""Electronic books (EPUB 2 and 3): the chapters in their order, as one text.

A book is a ZIP: ``META-INF/container.xml`` names the package, whose spine names the chapters.
"""

import posixpath
from urllib.parse import unquote

from lxml import etree, html

from ingest.reading import markdown
from ingest.reading.decode import MAX_CHARS, UnreadableError
from ingest.reading.extract import Extract
from ingest.reading.packed import Packed
from ingest.reading.prune import prune
from ingest.reading.titles import name_of
from ingest.reading.xml_tree import root_of

_DC = "{http://purl.org/dc/elements/1.1/}"
_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")


def extract_epub(body: bytes, url: str) -> Extract:
    """Read a book.

    Raises:
        UnreadableError: it is damaged, too large, or its publisher locked it.
    """
    packed = Packed(body)
    if "META-INF/rights.xml" in packed.names or "META-INF/sinf.xml" in packed.names:
        raise UnreadableError("protected: its publisher keeps programs from reading it")
    place = _package_of(packed)
    package = root_of(packed.part(place))
    said = {name: _first(package, f"{_DC}{name}") for name in ("title", "creator", "date")}
    lang = _first(package, f"{_DC}language")[:2].lower()
    chapters: list[str] = []
    length = 0
    for name in _spine(package, posixpath.dirname(place)):
        if name in packed.names:
            chapters.append(_chapter(packed.part(name)))
            length += len(chapters[-1])
        if length > MAX_CHARS:
            raise UnreadableError("too large")
    text = "\n\n".join(filter(None, chapters))
    if not text:
        raise UnreadableError("empty: it is a book without text")
    return Extract(
        said["title"] or name_of(url).removesuffix(".epub"),
        text,
        author=said["creator"] or None,
        published=said["date"][:10] if len(said["date"]) >= 10 else None,
        lang=lang if lang.isalpha() and len(lang) == 2 else None,
    )


def _package_of(packed: Packed) -> str:
    root = root_of(packed.part("META-INF/container.xml"))
    for element in root.iter("{*}rootfile"):
        if path := element.get("full-path"):
            return str(path)
    raise UnreadableError("damaged: it is no book")


def _spine(package: "etree._Element", folder: str) -> list[str]:
    pages = {
        item.get("id"): posixpath.normpath(posixpath.join(folder, unquote(item.get("href") or "")))
        for item in package.iter("{*}item")
        if item.get("media-type") in _PAGES and "nav" not in (item.get("properties") or "").split()
    }
    named = (item.get("idref") for item in package.iter("{*}itemref"))
    return [pages[name] for name in dict.fromkeys(named) if name in pages]


def _chapter(data: bytes) -> str:
    parser = html.HTMLParser(
        encoding="utf-8", huge_tree=True, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        tree = html.document_fromstring(data, parser=parser)
    except (etree.ParserError, ValueError):  # nothing in it
        return ""
    for head in tree.xpath("//head"):
        head.drop_tree()
    prune(tree)
    return markdown.write(tree)


def _first(package: "etree._Element", tag: str) -> str:
    element = next(package.iter(tag), None)
    return "" if element is None else " ".join("".join(element.itertext()).split())
