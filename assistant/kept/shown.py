"""The text a document in Markdown shows, and which token shows what: what notes stand on."""

from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

_LEAVES = ("text", "code_inline")
_BLOCKS = ("fence", "code_block")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A token that shows text, and where that begins in the shown text."""

    token: Token
    start: int


def parser(renderer: type[RendererHTML] = RendererHTML) -> MarkdownIt:
    """Return the reader of documents: CommonMark with tables, HTML stays text."""
    made = MarkdownIt("commonmark", {"html": False}, renderer_cls=renderer)
    made.enable(["table", "strikethrough"])
    return made


def leaves(tokens: Sequence[Token]) -> tuple[str, list[Leaf]]:
    """Return the text that tokens of Markdown show, and what shows it; blocks are lines apart."""
    parts: list[str] = []
    found: list[Leaf] = []
    length = 0

    def show(text: str, token: Token | None = None) -> None:
        nonlocal length
        if token is not None:
            found.append(Leaf(token, length))
        parts.append(text)
        length += len(text)

    for token in tokens:
        if token.type == "inline":
            for child in token.children or ():
                if child.type in _LEAVES:
                    show(child.content, child)
                elif child.type in ("softbreak", "hardbreak"):
                    show("\n")
            show("\n")
        elif token.type in _BLOCKS:
            show(token.content, token)
    return "".join(parts), found


def shown_text(markdown: str) -> str:
    """Return the text a document in Markdown shows."""
    return leaves(parser().parse(markdown))[0]
