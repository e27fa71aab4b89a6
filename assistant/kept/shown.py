"""The text a document in Markdown shows, and which token shows what: what notes stand on."""

from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from ingest.text.formulas import FORMULA

_LEAVES = ("text", "code_inline")
_BLOCKS = ("fence", "code_block")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A token that shows text, and where that begins in the shown text."""

    token: Token
    start: int


def parser(renderer: type[RendererHTML] = RendererHTML) -> MarkdownIt:
    """Return the reader of documents: CommonMark with tables and formulas, HTML stays text."""
    made = MarkdownIt("commonmark", {"html": False}, renderer_cls=renderer)
    made.enable(["table", "strikethrough"])
    made.inline.ruler.before("escape", "formula", _formula)
    made.block.ruler.before("fence", "formula", _displayed, {"alt": ["paragraph"]})
    return made


def _formula(state: StateInline, silent: bool) -> bool:
    """Take a formula whole: its signs are TeX's, not Markdown's."""
    if state.src[state.pos] not in "$\\":
        return False
    match = FORMULA.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.push("formula", "math", 0).content = match[0]
    state.pos = match.end()
    return True


def _displayed(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """Take lines that are one formula as a paragraph, whatever Markdown would see in them."""
    begins = state.bMarks[first] + state.tShift[first]
    if not state.src.startswith(("$$", "\\"), begins):
        return False
    match = FORMULA.match(state.src, begins)
    if match is None or "\n" not in match[0]:
        return False
    line = next((at for at in range(first, last) if state.eMarks[at] >= match.end()), None)
    if line is None or state.src[match.end() : state.eMarks[line]].strip():
        return False
    if not silent:
        state.line = line + 1
        state.push("paragraph_open", "p", 1).map = [first, state.line]
        inline = state.push("inline", "", 0)
        inline.content, inline.map, inline.children = match[0], [first, state.line], []
        state.push("paragraph_close", "p", -1)
    return True


def leaves(tokens: Sequence[Token]) -> tuple[str, list[Leaf]]:
    """Return the text that tokens of Markdown show, and what shows it; blocks are lines apart."""
    parts: list[str] = []
    collected: list[Leaf] = []
    length = 0

    def show(text: str, token: Token | None = None) -> None:
        nonlocal length
        if token is not None:
            collected.append(Leaf(token, length))
        parts.append(text)
        length += len(text)

    for token in tokens:
        if token.type == "inline":
            for child in token.children or ():
                if child.type in _LEAVES:
                    show(child.content, child)
                elif child.type == "formula":
                    show(child.content)
                elif child.type in ("softbreak", "hardbreak"):
                    show("\n")
            show("\n")
        elif token.type in _BLOCKS:
            show(token.content, token)
    return "".join(parts), collected


def shown_text(markdown: str) -> str:
    """Return the text a document in Markdown shows."""
    return leaves(parser().parse(markdown))[0]
