"""Slides (.pptx): the slides in their order, each under its title, with what the speaker noted.

Office Open XML, ECMA-376: PresentationML for slides, DrawingML for the text in their shapes.
"""

import posixpath
from collections.abc import Iterator

from lxml import etree, html

from ingest.reading import markdown, omml
from ingest.reading.decode import MAX_CHARS, UnreadableError
from ingest.reading.extract import Extract
from ingest.reading.office import said_of
from ingest.reading.packed import Packed
from ingest.reading.prune import prune
from ingest.reading.titles import name_of
from ingest.reading.xml_tree import root_of
from ingest.text.digits import whole_number

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PLACE = "ppt/presentation.xml"
_TITLES = ("title", "ctrTitle")
_AROUND = ("sldNum", "dt", "ftr", "hdr", "sldImg")  # what stands on every slide
_DEEPEST = 8  # levels of a bullet; the format knows nine
_NO_TITLE = ("powerpoint presentation", "powerpoint-präsentation", "présentation powerpoint")

Links = dict[str, tuple[str, str]]
"""Of the parts a part leads to: kind and address, by their ids."""


def extract_pptx(body: bytes, url: str) -> Extract:
    """Read slides.

    Raises:
        UnreadableError: they are damaged, too large or locked, or hold no text.
    """
    packed = Packed(body)
    if _PLACE not in packed.names:
        raise UnreadableError("damaged: it holds no slides")
    links = _links(packed, _PLACE)
    order = [element.get(_ID) for element in root_of(packed.part(_PLACE)).iter(f"{_P}sldId")]
    slides: list[str] = []
    first, length = "", 0
    for place in (links[name][1] for name in dict.fromkeys(order) if name in links):
        if place in packed.names:
            title, text = _slide(packed, place, len(slides) + 1)
            first = first or title
            slides.append(text)
            length += len(text)
        if length > MAX_CHARS:
            raise UnreadableError("too large")
    if not any(slides):
        raise UnreadableError("empty: slides without text")
    said = said_of(packed)
    own = "" if said["title"].lower() in _NO_TITLE else said["title"]
    title = own or first or name_of(url).removesuffix(".pptx")
    return Extract(
        title,
        "\n\n".join(filter(None, slides)),
        author=said["author"] or None,
        published=said["date"][:10] or None,
    )


def _slide(packed: Packed, place: str, number: int) -> tuple[str, str]:
    """Return the title of a slide and its text."""
    page = html.fromstring("<div></div>")
    titles: list[etree._Element] = []
    rest: list[etree._Element] = []
    for shape in _shapes(root_of(packed.part(place))):
        (titles if _role(shape) in _TITLES else rest).append(shape)
    title = " ".join(" ".join(_plain(line) for shape in titles for line in _lines(shape)).split())
    for shape in rest:
        _write(shape, page)
    noted = next(
        (at for kind, at in _links(packed, place).values() if kind.endswith("/notesSlide")), ""
    )
    if noted in packed.names:
        _write_notes(root_of(packed.part(noted)), page)
    if not title and not len(page):
        return "", ""
    heading = html.Element("h2")
    heading.text = title or f"Slide {number}"
    page.insert(0, heading)
    prune(page)
    return title, markdown.write(page)


def _shapes(root: "etree._Element") -> Iterator["etree._Element"]:
    """Yield shapes and tables in their order, those of groups too."""
    for element in root.iter(f"{_P}sp", f"{_P}graphicFrame"):
        if _role(element) not in _AROUND and not _is_fallback(element):
            yield element


def _role(shape: "etree._Element") -> str:
    place = shape.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
    return "" if place is None else place.get("type") or "body"


def _write(shape: "etree._Element", page: html.HtmlElement) -> None:
    """Put the text of a shape, or its table, at the end of a page."""
    if (table := next(shape.iter(f"{_A}tbl"), None)) is not None:
        rows = etree.SubElement(page, "table")
        for row in table.iter(f"{_A}tr"):
            cells = etree.SubElement(rows, "tr")
            for cell in row.iter(f"{_A}tc"):
                text = " ".join(_plain(line) for line in cell.iter(f"{_A}p"))
                etree.SubElement(cells, "td").text = text
        return
    levels: list[html.HtmlElement] = []  # the open list of each level
    bulleted = _role(shape) in ("body", "obj", "subTitle") and len(_lines(shape)) > 1
    for line in _lines(shape):
        if not bulleted:
            etree.SubElement(page, "p").text = _plain(line)
            continue
        level = _level(line)
        del levels[level + 1 :]
        while len(levels) <= level:
            above = levels[-1][-1] if levels and len(levels[-1]) else None
            if levels and above is None:
                above = etree.SubElement(levels[-1], "li")
            levels.append(etree.SubElement(page if above is None else above, "ul"))
        etree.SubElement(levels[level], "li").text = _plain(line)


def _write_notes(root: "etree._Element", page: html.HtmlElement) -> None:
    lines = [_plain(line) for shape in _shapes(root) for line in _lines(shape)]
    for number, line in enumerate(filter(None, lines)):
        etree.SubElement(page, "p").text = f"Notes: {line}" if number == 0 else line


def _lines(shape: "etree._Element") -> list["etree._Element"]:
    """Return the paragraphs of a shape that hold text."""
    return [line for line in shape.iter(f"{_A}p") if _plain(line)]


def _level(line: "etree._Element") -> int:
    said = line.find(f"{_A}pPr")
    level = "" if said is None else said.get("lvl") or ""
    return min(whole_number(level) or 0, _DEEPEST)


def _plain(line: "etree._Element") -> str:
    """Return the text of a paragraph, a formula as TeX."""
    parts = [_said(part) for part in line.iter(f"{_A}t", f"{_A}br", f"{omml.M}oMath")
             if not _is_fallback(part)]  # fmt: skip
    return " ".join("".join(parts).split())


def _said(part: "etree._Element") -> str:
    if part.tag == f"{omml.M}oMath":
        return f"${tex}$" if (tex := omml.tex_of(part)) else ""
    return " " if part.tag == f"{_A}br" else part.text or ""


def _is_fallback(element: "etree._Element") -> bool:
    """Say whether an element is the plainer one that a newer one comes with."""
    return next(element.iterancestors(_FALLBACK), None) is not None


def _links(packed: Packed, part: str) -> Links:
    """Return what a part leads to, addresses within the package as names of parts."""
    folder, name = posixpath.split(part)
    place = f"{folder}/_rels/{name}.rels"
    if place not in packed.names:
        return {}
    links: Links = {}
    for relation in root_of(packed.part(place)).iter("{*}Relationship"):
        target, kind = relation.get("Target") or "", relation.get("Type") or ""
        if relation.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        links[relation.get("Id") or ""] = kind, target
    return links
