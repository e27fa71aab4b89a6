"""A curated list's Markdown, HTML and all, as a flat run of blocks.

Knows the markup people really write in lists; knows nothing of sections, topics or addresses. The
Markdown is rendered to HTML first, so that Markdown links and HTML links are read the same way.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import zip_longest

from lxml import etree, html
from markdown_it import MarkdownIt

from ingest.lists.pieces import Block, Image, Inline, Kind, Link, Mark, Strong, plain, shows
from ingest.lists.tables import Table
from ingest.reading.front_matter import without
from ingest.text.characters import NOT_IN_XML
from ingest.text.commonmark import LABEL, MARK, NOTE, commonmark
from ingest.text.scripts import EAST_ASIAN

__all__ = ["Block", "Image", "Inline", "Link", "Mark", "Strong", "plain", "read_blocks"]


class _Markdown(MarkdownIt):
    """CommonMark that keeps every target as written, so that it can be reported as such."""

    def __init__(self) -> None:
        super().__init__("commonmark")
        # Indented code would swallow the deeply indented bullets that lists are full of.
        commonmark(self, nesting=_NESTING).disable("code")

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the library's name
        return url

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        return True


@cache
def _markdown() -> _Markdown:
    return _Markdown()


_GLUED_MARK = re.compile(
    r"^[ \t>]*(?:(?:[-+]|\d+[.)])(?=!?\[)|\*(?=!?\[[^*\n]*$)|#{2,6}(?=[^\s#]))", re.MULTILINE
)
# A bare address ends at white space, at marks that quote or fence it, and where East Asian text
# goes on without a space.
_BARE_URL = re.compile(
    rf"(?:https?://|(?<![\w/.@-])www\.(?=[\w-]+\.\w))[^\s<>\"'`|\\^{EAST_ASIAN}\u2018-\u201f\u2026\u3000-\u303f\uff00-\uff65«»]++"
)
_PAIRS = {")": "(", "]": "[", "}": "{"}
_NESTING = 200
_BLOCK_TAGS = re.compile(
    r"p|div|[uod]l|li|d[td]|h[1-6r]|table|thead|tbody|t[rdh]|blockquote|details|summary|pre"
    r"|section|article|header|footer|center"
)
_SILENT = frozenset({"script", "style", "pre"})
# A table that holds any of these is there for its looks: its cells are blocks like any other.
_LAYOUT = ("ul", "ol", "table", "pre", "blockquote", "details", "h1", "h2", "h3", "h4", "h5", "h6")
_LONGEST_LABEL = 80  # characters


def read_blocks(text: str) -> list[Block]:
    """Read a list's blocks in order; front matter is left out."""
    text = _GLUED_MARK.sub(r"\g<0> ", without(text))  # "-[title](address)" is meant as a bullet
    parser = html.HTMLParser(huge_tree=True, no_network=True, remove_pis=True)
    rendered = NOT_IN_XML.sub("", _markdown().render(text))
    reader = _Reader()
    try:
        reader.read(html.document_fromstring(f"<div>{rendered}</div>", parser=parser))
    except etree.ParserError:  # nothing but white space
        return []
    return list(_with_labels(reader.blocks))


def _with_labels(blocks: Sequence[Block]) -> Iterator[Block]:
    """Make labels of the lines in bold that stand right above a list or a table."""
    for block, after in zip_longest(blocks, blocks[1:]):
        above = after is not None and after.kind in ("item", "row") and block.level == 0
        if block.kind == "text" and above and not block.note and _is_label(block.lines):
            yield replace(block, kind="label")
        else:
            yield block


def _is_label(lines: Sequence[Sequence[Inline]]) -> bool:
    if len(lines) != 1 or len(plain(lines[0])) > _LONGEST_LABEL:
        return False
    bold = [piece for piece in lines[0] if isinstance(piece, Strong) and piece.strip()]
    rest = [piece for piece in lines[0] if not isinstance(piece, (Strong, Image, Mark))]
    return bool(bold) and not any(
        isinstance(piece, Link) or re.search(r"\w", piece) for piece in rest
    )


class _Reader:
    """Reads an HTML tree from its beginning to its end, as a stream of tags and words."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._pieces: list[Inline] = []
        self._heading = 0
        self._summary: int | None = None
        self._lists = 0
        self._quotes = 0
        self._silent = 0
        self._code = 0
        self._bold = 0
        self._at_item = False
        self._note = ""
        self._anchor: tuple[str, list[str]] | None = None
        self._table: Table | None = None

    def read(self, root: html.HtmlElement) -> None:
        """Read a tree; ``blocks`` holds what was found."""
        for event, element in etree.iterwalk(root, events=("start", "end", "comment")):
            if event == "comment":
                self._comment(element.text or "")
                self._data(element.tail or "")
            elif event == "start":
                self._start(element)
                self._data(element.text or "")
            else:
                self._end(element.tag, element)
                self._data(element.tail or "")
        self._end_block()

    def _start(self, element: html.HtmlElement) -> None:
        tag, given = element.tag, element.attrib
        if _BLOCK_TAGS.fullmatch(tag):
            self._end_block()
        if tag in ("ul", "ol"):
            self._lists += 1
        elif tag == "li":
            self._at_item = True
        elif tag == "blockquote":
            self._quotes += 1
        elif re.fullmatch(r"h[1-6]", tag):
            self._heading = int(tag[1])
        elif tag == "summary":
            self._summary = 0
        elif tag == "br":
            self._add("\n")
        elif tag == "code":
            self._code += 1
        elif tag in ("b", "strong"):
            self._bold += 1
        elif tag == "img":
            self._image(given.get("src", ""), given.get("alt", ""))
        elif tag == "a" and "href" in given:
            self._end_anchor()
            self._anchor = (given["href"], [])
        elif tag == "p" and given.get("class") == NOTE:
            self._note = given.get("data-note", "")
        elif tag == "sup" and given.get("class") in (MARK, LABEL):
            if given["class"] == MARK:
                self._add(Mark(given.get("data-note", "")))
            self._silent += 1
        elif tag == "table" and self._table is None and not self._lists:
            if next(element.iterdescendants(*_LAYOUT), None) is None:
                self._table = Table()
        elif self._table and tag in ("td", "th"):
            self._table.begin(element)
        if tag in _SILENT:
            self._silent += 1

    def _end(self, tag: str, element: html.HtmlElement) -> None:
        if self._table and tag in ("td", "th"):
            self._end_anchor()
            self._table.end(self._pieces)
            self._pieces = []
        elif self._table and tag == "tr":
            if row := self._table.row():
                self.blocks.append(row)
        elif tag == "table":
            self._end_block()
            self._table = None
        if _BLOCK_TAGS.fullmatch(tag):
            self._end_block()
        if tag in ("ul", "ol"):
            self._lists = max(0, self._lists - 1)
        elif tag == "li":
            self._at_item = False
        elif tag == "blockquote":
            self._quotes = max(0, self._quotes - 1)
        elif tag == "summary":
            self._summary = None
        elif tag == "details":
            self.blocks.append(Block("unfold", self._lists, ()))
        elif tag == "code":
            self._code = max(0, self._code - 1)
        elif tag in ("b", "strong"):
            self._bold = max(0, self._bold - 1)
        elif tag == "a":
            self._end_anchor()
        elif tag == "p":
            self._note = ""
        elif tag == "sup" and element.get("class") in (MARK, LABEL):
            self._silent = max(0, self._silent - 1)
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)

    def _data(self, data: str) -> None:
        if self._silent or not data:
            return
        if self._anchor is not None:
            self._anchor[1].append(data)
        elif self._code:
            self._add(data)
        else:
            for piece in _with_bare_links(data):
                bold = self._bold and isinstance(piece, str)
                self._add(Strong(piece) if bold else piece)

    def _comment(self, data: str) -> None:
        links = tuple(
            piece
            for block in read_blocks(data.replace("<!", ""))  # comments do not nest
            for line in block.lines
            for piece in line
            if isinstance(piece, (Link, Image))
        )
        self.blocks.append(Block("comment", 0, (links,)))

    def _end_block(self) -> None:
        if self._table and self._table.open:
            self._add("\n")  # of a cell all lines are one
            return
        self._end_anchor()
        lines = tuple(line for line in _lines(self._pieces) if any(map(shows, line)))
        self._pieces = []
        if lines:
            kind: Kind = "text"
            if self._summary is not None:
                kind = "fold"
            elif self._heading:
                kind = "heading"
            elif self._at_item:
                kind, self._at_item = "item", False
            level = self._heading if kind in ("fold", "heading") else self._lists
            made = Block(kind, level, lines, quoted=self._quotes > 0, note=self._note)
            self.blocks.append(made)
        self._heading = 0

    def _add(self, piece: Inline) -> None:
        self._pieces.append(piece)

    def _image(self, target: str, title: str) -> None:
        self._add(Image(target, " ".join(title.split())))

    def _end_anchor(self) -> None:
        if self._anchor is None:
            return
        target, words = self._anchor
        self._anchor = None
        title, picture = " ".join("".join(words).split()), ""
        if title == target.strip():  # "<address>": nothing is said of it
            title = ""
        if not title and self._pieces and isinstance(image := self._pieces[-1], Image):
            title, picture = image.title, image.target
        self._add(Link(target.strip(), title, picture))


def _lines(pieces: Sequence[Inline]) -> Iterator[tuple[Inline, ...]]:
    line: list[Inline] = []
    for piece in pieces:
        if not isinstance(piece, str):
            line.append(piece)
            continue
        kind = type(piece)
        first, *rest = piece.split("\n")
        line.append(kind(first))
        for text in rest:
            yield tuple(line)
            line = [kind(text)]
    yield tuple(line)


def _with_bare_links(text: str) -> Iterator[Inline]:
    start = 0
    for match in _BARE_URL.finditer(text):
        target = _bare(match[0])
        yield text[start : match.start()]
        yield Link(target if "://" in target else f"http://{target}", "")
        start = match.start() + len(target)
    yield text[start:]


def _bare(address: str) -> str:
    """Return a bare address without what closes a bracket around it or ends its sentence."""
    opened: list[str] = []
    for at, char in enumerate(address):
        if char in "([{":
            opened.append(char)
        elif char in _PAIRS:
            if not opened or opened[-1] != _PAIRS[char]:
                address = address[:at]
                break
            opened.pop()
    return address.rstrip(".,;:!?*_([{")
