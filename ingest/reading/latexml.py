"""From the HTML that LaTeXML makes of a paper (arXiv's HTML version) to Markdown.

Its classes (``ltx_…``) say what everything is. Formulas become LaTeX again; the bibliography is
left out: it tells of other papers, not of this one.
"""

import base64
import re
from collections.abc import Iterable, Iterator

from lxml import etree, html

from ingest.reading import figures, markdown
from ingest.reading.extract import Extract
from ingest.reading.prune import prune
from ingest.text.sentences import one_line
from ingest.values import Figure

_ENOUGH = 2_000  # characters: a conversion that failed leaves less
_FAILED = re.compile(r"Conversion to HTML had a Fatal error|document may be truncated or damaged")
_OUT = (
    "ltx_bibliography", "ltx_page_navbar", "ltx_page_header", "ltx_page_footer", "ltx_note_mark",
    "ltx_note_type", "ltx_tag_note", "ltx_ERROR", "ltx_authors", "ltx_dates", "ltx_title_document",
    "ltx_pagination", "package-alerts", "ltx_TOC", "ltx_tag_listingline", "ltx_rule",
)  # fmt: skip
_TAGS = {
    "ltx_tabular": "table", "ltx_thead": "tbody", "ltx_tbody": "tbody", "ltx_tfoot": "tbody",
    "ltx_tr": "tr", "ltx_td": "td", "ltx_th": "th",
}  # fmt: skip
_MARK = re.compile(r"⟦§([^⟧\n]{1,200})⟧ *")
_NO_WORDS = re.compile(r"[\s,.;:&]*")
_STYLE = re.compile(r"\\(?:display|text)style(?![A-Za-z])\s*")
_LINE_COMMENT = re.compile(r"(?<!\\)%[ \t]*\n\s*")
# what lxml lets in when it parses and refuses when it is set
_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPAN = re.compile(r"ltx_(colspan|rowspan)_(\d+)")


def extract_latexml(page: str, address: str, *, with_abstract: bool) -> Extract | None:
    """Read a paper, with an anchor (``address#S3``) for every section.

    Args:
        page: the HTML page.
        address: where it is.
        with_abstract: whether to keep the abstract.

    Returns:
        Its title and what it says; None if it is no paper, or one whose conversion failed.
    """
    try:
        tree = markdown.tree_of(_NO_XML.sub("", page))
        return _read(tree, address, with_abstract)
    except (etree.ParserError, ValueError):  # a character reference can still name such a character
        return None


def _read(tree: html.HtmlElement, address: str, with_abstract: bool) -> Extract | None:
    article = next(_named(tree, "ltx_document"), None)
    if article is None or _FAILED.search(tree.text_content()):
        return None
    title = next(_named(article, "ltx_title_document"), None)
    for name in _OUT:
        if name != "ltx_title_document":
            _drop(article, name)
    if not with_abstract:
        _drop(article, "ltx_abstract")
    _write_formulas(article)
    if title is not None:
        _drop(title, "ltx_note")
    said = "" if title is None else _line(title)
    _drop(article, "ltx_title_document")
    _write_code(article)
    _make_tables(article)
    _drop(article, "ltx_tag_item")  # an item's bullet or number
    _move_notes(article)
    for abstract in _named(article, "ltx_abstract"):
        for heading in abstract.iter("h1", "h2", "h3", "h4", "h5", "h6"):
            heading.tag = "h2"
    pictures = figures.mark(article, address)
    prune(article)
    _mark_sections(article)
    marked, shown = figures.taken(markdown.write(article), pictures)
    text, anchors = _anchored(marked, address)
    if len(text) < _ENOUGH:
        return None
    return Extract(said, text, anchors=anchors, figures=tuple(_without(marked, shown)))


def _without(marked: str, shown: Iterable[Figure]) -> Iterator[Figure]:
    """Yield figures as they stand in a text once the marks of its sections are taken out."""
    marks = [mark.span() for mark in _MARK.finditer(marked)]

    def now(at: int) -> int:
        return at - sum(min(end, at) - start for start, end in marks if start < at)

    for figure in shown:
        yield Figure(now(figure.at), now(figure.start), now(figure.end), figure.url)


def _named(root: html.HtmlElement, name: str) -> Iterator[html.HtmlElement]:
    """Yield the elements of a class, so that they may be taken out on the way."""
    elements = root.xpath(
        ".//*[contains(concat(' ', normalize-space(@class), ' '), $name)]", name=f" {name} "
    )
    yield from elements


def _outermost(root: html.HtmlElement, name: str) -> Iterator[html.HtmlElement]:
    """Yield the elements of a class that stand in no other of it."""
    within: set[html.HtmlElement] = set()
    for element in root.iter():
        if element.getparent() in within:
            within.add(element)
        elif isinstance(element.tag, str) and name in (element.get("class") or "").split():
            within.add(element)
            yield element


def _drop(root: html.HtmlElement, name: str) -> None:
    for element in _named(root, name):
        if element.getparent() is not None:
            element.drop_tree()


def _line(element: html.HtmlElement) -> str:
    return one_line(element.text_content())


def _put(element: html.HtmlElement, tag: str, text: str) -> html.HtmlElement:
    """Put an element that holds nothing but text in place of one; return it."""
    made = html.Element(tag)
    made.text, made.tail = text, element.tail
    element.getparent().replace(element, made)
    return made


def _latex(formula: html.HtmlElement) -> str:
    tex = formula.get("alttext") or formula.xpath(
        "string(.//annotation[@encoding='application/x-tex'])"
    )
    return " ".join(_STYLE.sub("", _LINE_COMMENT.sub("", tex)).split())


def _write_formulas(article: html.HtmlElement) -> None:
    """Put LaTeX where MathML stands, a line of a displayed formula in one piece.

    An equation is a table to LaTeXML, its formula cut up into cells where lines are aligned.
    """
    for row in list(_named(article, "ltx_eqn_row")):
        _drop(row, "ltx_eqn_eqno")
        formulas = list(row.iter("math"))
        between = "".join(row.xpath(".//text()[not(ancestor::math)]"))
        if formulas and _NO_WORDS.fullmatch(between):
            latex = " ".join(filter(None, map(_latex, formulas)))
            _put(row, "p", f"$${latex}$$" if latex else "")
        else:
            row.tag = "p"
    for table in _named(article, "ltx_eqn_table"):
        table.tag = "div"
        for body in table.iter("tbody", "tr"):
            body.tag = "div"
    for formula in list(article.iter("math")):
        latex = _latex(formula)
        mark = "$$" if formula.get("display") == "block" else "$"
        _put(formula, "span", f"{mark}{latex}{mark}" if latex else "")


def _write_code(article: html.HtmlElement) -> None:
    """Make a block of code of a listing or an algorithm: LaTeXML has an element for every line."""
    for listing in list(_outermost(article, "ltx_listing")):
        lines = list(_named(listing, "ltx_listingline"))
        if not lines or listing.getparent() is None:
            continue
        code = _source(listing) or "\n".join(
            line.text_content().replace("\xa0", " ").strip("\n") for line in lines
        )
        language = re.search(r"ltx_lst_language_([\w+#-]+)", listing.get("class") or "")
        made = _put(listing, "pre", code)
        if language:
            made.set("class", f"language-{language[1].lower()}")


def _source(listing: html.HtmlElement) -> str:
    """Return the listing's source as it was typed, which lies in a link beside it."""
    for link in listing.xpath(".//*[contains(@class, 'ltx_listing_data')]//a/@href"):
        kind, _, data = link.partition(",")
        if kind == "data:text/plain;base64":
            try:
                return _NO_XML.sub("", base64.b64decode(data, validate=True).decode())
            except ValueError:
                return ""
    return ""


def _make_tables(article: html.HtmlElement) -> None:
    """Make a table of what is one by its class alone, and say what its cells span."""
    for name, tag in _TAGS.items():
        for element in _named(article, name):
            if element.tag not in ("td", "th", "table", "tbody", "tr"):
                element.tag = tag
    for table in reversed(list(article.iter("table"))):
        if next(table.iterancestors("td", "th"), None) is not None:
            # lines broken within a cell
            _put(table, "span", " ".join(_line(cell) for cell in table.iter("td", "th")))
    _say_spans(article)


def _say_spans(article: html.HtmlElement) -> None:
    """Write the spans that a class names as the attributes they are in HTML."""
    for cell in article.iter("td", "th"):
        for name, said in _SPAN.findall(cell.get("class") or ""):
            cell.set(name, said)


def _move_notes(article: html.HtmlElement) -> None:
    """Set a footnote after the paragraph whose sentence it would interrupt."""
    for note in list(_named(article, "ltx_note")):
        paragraph = next(note.iterancestors("p"), None)
        words = _line(note)
        if paragraph is None or not words:
            note.text = f" ({words})" if words else ""
            for child in list(note):
                note.remove(child)
            continue
        note.drop_tree()
        made = html.Element("p")
        made.text = words
        paragraph.addnext(made)


def _mark_sections(article: html.HtmlElement) -> None:
    """Write a section's id into its heading, so that it can be found in the text again."""
    for section in article.iter("section"):
        name = section.get("id")
        heading = next(iter(section.xpath("./h1|./h2|./h3|./h4|./h5|./h6")), None)
        if name and heading is not None:
            words = _line(heading)
            for child in list(heading):
                heading.remove(child)
            heading.text = f"⟦§{name}⟧ {words}"


def _anchored(text: str, address: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """Take the marks out again; return the text and where each section starts."""
    anchors: list[tuple[int, str]] = []
    pieces: list[str] = []
    length = at = line = 0
    for mark in _MARK.finditer(text):
        piece = text[at : mark.start()]
        line = length + piece.rfind("\n") + 1 if "\n" in piece else line
        length += len(piece)
        pieces.append(piece)
        anchors.append((line, f"{address}#{mark[1]}"))
        at = mark.end()
    return "".join(pieces) + text[at:], tuple(anchors)
