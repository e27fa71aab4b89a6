"""CommonMark as this floor parses it, by markdown-it: with footnotes, in time linear in the text.

Knows the library's weaknesses: every opening bracket is read on to the end of its paragraph, once
for each level of nesting that is allowed. Blocks may nest deeply (bullets do); within a line
nothing that people write nests more than a few levels. Its pattern of comments reads on to the end
for each that is opened, wherever dashes stand before the ``-->`` that would close it: here a
comment ends at the first ``-->``, as CommonMark has it since 0.31.

GitHub's footnotes are rendered where they are defined, as paragraphs of the class `NOTE`, each
beginning with a `LABEL`; what refers to one is a `MARK`.
"""

import re
from copy import copy, deepcopy
from functools import lru_cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, html_inline
from markdown_it.token import Token

NOTE, LABEL, MARK = "footnote-def", "footnote-label", "footnote-ref"
"""The classes of a footnote, of its label and of a reference to it."""

_INLINE_NESTING = 6
_EMPTY = ("<!-->", "<!--->")  # comments, too
_WITHIN = 2  # columns: from this indentation on a paragraph belongs to the footnote above it
_OPENS = re.compile(r"#{1,6}\s|```|~~~|[|><]|[-*+]\s|\d+[.)]\s")  # a block, so no further line
_DEFINES = re.compile(r"\[\^([^\]\[\s]{1,100})\]:[ \t]*")
_REFERS = re.compile(r"\[\^([^\]\[\s]{1,100})\](?![(:])")


def commonmark(made: MarkdownIt, nesting: int) -> MarkdownIt:
    """Set a parser up for HTML, tables, strikethrough and footnotes; return it.

    Args:
        made: a parser of the preset "commonmark".
        nesting: how deep blocks may nest; what lies deeper is left out.
    """
    made.options["html"] = True
    made.options["maxNesting"] = nesting
    made.enable(["table", "strikethrough"])
    made.block.ruler.before("reference", "footnote", _definition, {"alt": ["paragraph"]})
    made.inline.ruler.before("link", "footnote", _reference)
    made.inline.ruler.at("html_inline", _html)
    shallow = copy(made)
    shallow.options = deepcopy(made.options)
    shallow.options["maxNesting"] = _INLINE_NESTING

    def inline(state: StateCore) -> None:
        for token in state.tokens:
            if token.type == "inline":
                token.children = []
                if "note" in token.meta:
                    token.children.append(_marked(LABEL, token.meta["note"]))
                made.inline.parse(token.content, shallow, state.env, token.children)

    made.core.ruler.at("inline", inline)
    return made


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take the definition of a footnote: its lines, and the indented paragraphs that follow."""
    match = _DEFINES.match(_line(state, start))
    if match is None:
        return False
    if silent:
        return True
    paragraphs: list[list[str]] = [[_line(state, start)[match.end() :]]]
    line, last = start + 1, start + 1
    blank = False
    while line < end:
        said = _line(state, line)
        within = state.sCount[line] - state.blkIndent >= _WITHIN
        if not said.strip():
            blank = True
        elif _DEFINES.match(said) or (not within and (blank or _OPENS.match(said))):
            break
        else:
            if blank:
                paragraphs.append([])
            paragraphs[-1].append(said)
            blank, last = False, line + 1
        line += 1
    for number, paragraph in enumerate(paragraphs):
        opening = state.push("paragraph_open", "p", 1)
        opening.attrs = {"class": NOTE, "data-note": match[1]}
        token = state.push("inline", "", 0)
        token.content = "\n".join(paragraph).strip()
        token.children = []
        if not number:
            token.meta["note"] = match[1]
        state.push("paragraph_close", "p", -1)
    state.line = last
    return True


def _reference(state: StateInline, silent: bool) -> bool:
    match = _REFERS.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.push("html_inline", "", 0).content = _marked(MARK, match[1]).content
    state.pos = match.end()
    return True


def _html(state: StateInline, silent: bool) -> bool:
    """Take a tag, or a comment up to the first ``-->``."""
    if not state.src.startswith("<!--", state.pos):
        return html_inline(state, silent)
    if state.src.startswith(_EMPTY, state.pos):
        end = state.src.index(">", state.pos) + 1
    elif _last_close(state.src) < state.pos + 4:
        return False
    else:
        end = state.src.index("-->", state.pos + 4) + 3
    if end > state.posMax:
        return False
    if not silent:
        state.push("html_inline", "", 0).content = state.src[state.pos : end]
    state.pos = end
    return True


@lru_cache(maxsize=1)
def _last_close(text: str) -> int:
    return text.rfind("-->")


def _marked(name: str, label: str) -> Token:
    said = escape(label)
    content = f'<sup class="{name}" data-note="{said}">[{said}]</sup>'
    return Token("html_inline", "", 0, content=f"{content} " if name == LABEL else content)
