"""A curated list's Markdown, HTML and all, as a flat run of blocks.

Knows the markup people really write in lists; knows nothing of sections, topics or addresses. The
Markdown is rendered to HTML first, so that Markdown links and HTML links are read the same way.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Literal

from markdown_it import MarkdownIt


@dataclass(frozen=True, slots=True)
class Link:
    """A link as written; ``picture`` is the address of the image it consists of, if any."""

    target: str
    title: str
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """An image as written."""

    target: str
    title: str


Piece = str | Link | Image


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, list item, other paragraph, or HTML comment, as lines of pieces.

    ``level`` is 1 to 6 for a heading; else how many lists it stands in, 0 for none.
    """

    kind: Literal["heading", "item", "text", "comment"]
    level: int
    lines: tuple[tuple[Piece, ...], ...]
    quoted: bool = False


class _Markdown(MarkdownIt):
    """CommonMark that keeps every target as written, so that it can be reported as such."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": True, "maxNesting": 200})
        # Indented code would swallow the deeply indented bullets that lists are full of.
        self.enable(["table", "strikethrough"]).disable("code")

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the library's name
        return url

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        return True


_FRONT_MATTER = re.compile(r"\A\s*---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_GLUED_MARK = re.compile(
    r"^[ \t>]*(?:(?:[-+]|\d+[.)])(?=!?\[)|\*(?=!?\[[^*\n]*$)|#{2,6}(?=[^\s#]))", re.MULTILINE
)
_BARE_URL = re.compile(r"https?://[^\s<>\"'`|，。；、（）]+")


def read_blocks(text: str) -> list[Block]:
    """Read a list's blocks in order; front matter is left out."""
    text = _FRONT_MATTER.sub("", text, count=1)
    text = _GLUED_MARK.sub(r"\g<0> ", text)  # "-[title](address)" is meant as a bullet
    reader = _Reader()
    reader.feed(_Markdown().render(text))
    reader.close()
    reader.end_block()
    return reader.blocks


def plain(pieces: Sequence[Piece]) -> str:
    """The text of a line, links by their titles and images left out."""
    words = "".join(
        piece if isinstance(piece, str) else piece.title if isinstance(piece, Link) else ""
        for piece in pieces
    )
    return " ".join(words.split())


_BLOCK_TAGS = re.compile(
    r"p|div|[uod]l|li|d[td]|h[1-6r]|table|thead|tbody|t[rdh]|blockquote|details|summary|pre"
    r"|section|article|header|footer|center"
)
_SILENT = frozenset({"script", "style", "pre"})


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._pieces: list[Piece] = []
        self._heading = 0
        self._lists = 0
        self._quotes = 0
        self._silent = 0
        self._code = 0
        self._at_item = False
        self._anchor: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if _BLOCK_TAGS.fullmatch(tag):
            self.end_block()
        if tag in ("ul", "ol"):
            self._lists += 1
        elif tag == "li":
            self._at_item = True
        elif tag == "blockquote":
            self._quotes += 1
        elif re.fullmatch(r"h[1-6]", tag):
            self._heading = int(tag[1])
        elif tag == "br":
            self._add("\n")
        elif tag == "code":
            self._code += 1
        elif tag == "img":
            self._image(given.get("src", ""), given.get("alt", ""))
        elif tag == "a" and "href" in given:
            self._end_anchor()
            self._anchor = (given["href"], [])
        if tag in _SILENT:
            self._silent += 1

    def handle_endtag(self, tag: str) -> None:
        if _BLOCK_TAGS.fullmatch(tag):
            self.end_block()
        if tag in ("ul", "ol"):
            self._lists = max(0, self._lists - 1)
        elif tag == "li":
            self._at_item = False
        elif tag == "blockquote":
            self._quotes = max(0, self._quotes - 1)
        elif tag == "code":
            self._code = max(0, self._code - 1)
        elif tag == "a":
            self._end_anchor()
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._anchor is not None:
            self._anchor[1].append(data)
        elif self._code:
            self._add(data)
        else:
            for piece in _with_bare_links(data):
                self._add(piece)

    def handle_comment(self, data: str) -> None:
        links = tuple(
            piece
            for block in read_blocks(data.replace("<!--", ""))  # comments do not nest
            for line in block.lines
            for piece in line
            if not isinstance(piece, str)
        )
        self.blocks.append(Block("comment", 0, (links,)))

    def end_block(self) -> None:
        self._end_anchor()
        lines = tuple(line for line in _lines(self._pieces) if any(map(_shows, line)))
        if lines:
            kind: Literal["heading", "item", "text"] = "text"
            if self._heading:
                kind = "heading"
            elif self._at_item:
                kind, self._at_item = "item", False
            level = self._heading or self._lists
            self.blocks.append(Block(kind, level, lines, quoted=self._quotes > 0))
        self._pieces = []
        self._heading = 0

    def _add(self, piece: Piece) -> None:
        self._pieces.append(piece)

    def _image(self, target: str, title: str) -> None:
        self._add(Image(target, " ".join(title.split())))

    def _end_anchor(self) -> None:
        if self._anchor is None:
            return
        target, words = self._anchor
        self._anchor = None
        title, picture = " ".join("".join(words).split()), ""
        if not title and self._pieces and isinstance(image := self._pieces[-1], Image):
            title, picture = image.title, image.target
        self._add(Link(target.strip(), title, picture))


def _shows(piece: Piece) -> bool:
    return not isinstance(piece, str) or bool(piece.strip())


def _lines(pieces: Sequence[Piece]) -> Iterator[tuple[Piece, ...]]:
    line: list[Piece] = []
    for piece in pieces:
        if not isinstance(piece, str):
            line.append(piece)
            continue
        first, *rest = piece.split("\n")
        line.append(first)
        for text in rest:
            yield tuple(line)
            line = [text]
    yield tuple(line)


def _with_bare_links(text: str) -> Iterator[Piece]:
    start = 0
    for match in _BARE_URL.finditer(text):
        target = match[0].rstrip(".,;:!?*_")
        while target.endswith(")") and target.count(")") > target.count("("):
            target = target[:-1]
        yield text[start : match.start()]
        yield Link(target, "")
        start = match.start() + len(target)
    yield text[start:]
