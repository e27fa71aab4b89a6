"""Write an HTML tree as the Markdown that documents are made of, and read raw Markdown into it.

Block structure is kept (headings, lists, tables, fenced code); inline text is written as a reader
sees it, without marks for bold, links or inline code, so that a quotation is literal and can be
found again in the page.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from lxml import etree, html
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from ingest.reading.tables import grid
from ingest.text.commonmark import commonmark
from ingest.text.sentences import FENCE, HEADING, clean

# Beyond this nesting a tree is no longer written by structure, only its text is taken.
MAX_DEPTH = 150

_INLINE = (
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
    "font", "g-emoji", "i", "ins", "kbd", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s",
    "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
)  # fmt: skip
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_LISTS = {"ul", "ol", "menu"}
_LAYOUT = ("pre", "table", "h1", "h2", "h3", "h4", "h5", "h6")
_LANGUAGE = re.compile(
    r"(?:^|\s)(?:highlight-source-|(?:lang(?:uage)?|highlight)[-:]|brush:\s?)([\w+#-]+)"
)
_LANGUAGE_NOISE = {"default", "none", "plaintext", "text", "notranslate", "highlight", "source"}
_BREAK = "\ufdd0"  # a code that no text may use
_SPACES = re.compile(r"[ \t\n\r\f\xa0]+")


def write(root: html.HtmlElement) -> str:
    """Write a tree as Markdown text; the tree is used up. Drops nothing but comments and images."""
    for pre in root.iter("pre"):
        pre.set("data-language", _code_language(pre))
    for line_break in root.iter("br"):
        line_break.tail = _BREAK + (line_break.tail or "")
    etree.strip_elements(root, etree.Comment, etree.ProcessingInstruction, "img", with_tail=False)
    etree.strip_tags(root, "br", *_INLINE)
    return clean("\n\n".join(_flow(root, 0))).strip()


def _code_language(pre: html.HtmlElement) -> str:
    near = [pre, *pre.iter("code"), *list(pre.iterancestors())[:2]]
    for element in near:
        found = _LANGUAGE.search(element.get("class") or "")
        if found and found[1].lower() not in _LANGUAGE_NOISE:
            return str(found[1])
    return ""


def _line(text: str) -> str:
    """Collapse white space as a browser does; a ``<br>`` becomes a new line."""
    return re.sub(f" ?{_BREAK} ?", "\n", _SPACES.sub(" ", text)).strip()


def _paragraph(text: str) -> list[str]:
    lines = [_guarded(line) for line in _line(text).split("\n") if line]
    return ["\n".join(lines)] if lines else []


def _guarded(line: str) -> str:
    """Keep a line of prose from being read as a heading or the fence of a code block."""
    return "\\" + line if HEADING.match(line) or FENCE.match(line) else line


def _flow(element: html.HtmlElement, depth: int) -> list[str]:
    """Return the blocks of an element's content."""
    if depth > MAX_DEPTH:
        return _paragraph("".join(element.itertext()))
    blocks: list[str] = []
    run = element.text or ""
    for child in element:
        blocks += _paragraph(run)
        blocks += _block(child, depth + 1)
        run = child.tail or ""
    return blocks + _paragraph(run)


def _block(element: html.HtmlElement, depth: int) -> list[str]:
    tag = element.tag
    if tag in _HEADINGS:
        title = _line(" ".join(element.itertext()).replace(_BREAK, " "))
        return [f"{'#' * int(tag[1])} {title}"] if title else []
    if tag == "pre":
        return _code(element)
    if tag in _LISTS:
        items = "\n".join(_items(element, depth))
        return [items] if items else []
    if tag == "table" and not any(True for _ in element.iterdescendants(*_LAYOUT)):
        return _table(element, depth)
    return _flow(element, depth)


def _code(pre: html.HtmlElement) -> list[str]:
    code = "".join(pre.itertext()).replace("\r\n", "\n").replace(_BREAK, "\n").strip("\n").rstrip()
    if not code.strip():
        return []
    longest = max((len(ticks) for ticks in re.findall(r"`{3,}", code)), default=2)
    fence = "`" * (longest + 1)
    return [f"{fence}{pre.get('data-language', '')}\n{code}\n{fence}"]


def _items(element: html.HtmlElement, depth: int) -> Iterator[str]:
    number = int(start) if (start := element.get("start", "")).isdecimal() else 1
    for child in element:
        blocks = _block(child, depth + 1) if child.tag in _LISTS else _flow(child, depth + 1)
        if not blocks:
            continue
        mark = f"{number}. " if element.tag == "ol" else "- "
        number += 1
        indent = " " * len(mark)
        text = blocks[0]
        for before, block in pairwise(blocks):
            tight = _starts_list(block) or _starts_list(before)
            text += ("\n" if tight else "\n\n") + block
        lines = [_unheaded(line) for line in text.split("\n")]
        yield mark + "\n".join([lines[0], *(indent + line if line else "" for line in lines[1:])])


def _starts_list(block: str) -> bool:
    return re.match(r"(?:- |\d+\. )", block) is not None


def _unheaded(line: str) -> str:
    # A heading inside a list item is no section of the document.
    marks = HEADING.match(line)
    return line[marks.end() :] if marks else line


def _table(table: html.HtmlElement, depth: int) -> list[str]:
    blocks = [line for caption in table.iter("caption") for line in _flow(caption, depth)]

    def text_of(cell: html.HtmlElement) -> str:
        return " ".join(_flow(cell, depth)).replace("\n", " ").replace("|", "\\|")

    rows = grid(table, text_of)
    width = len(rows[0]) if rows else 0
    if width == 1 or len(rows) == 1:  # no grid, only layout
        return blocks + [cell.replace("\\|", "|") for row in rows for cell in row if cell]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    if lines:
        lines.insert(1, "|" + " --- |" * width)
        blocks.append("\n".join(lines))
    return blocks


def parse(text: str) -> html.HtmlElement:
    """Read raw Markdown (CommonMark with tables, HTML, formulas, MDX components) into a tree."""
    rendered = _parser().render(_without_components(text))
    return html.document_fromstring(f"<html><body>{rendered}</body></html>", parser=parser())


def parser() -> html.HTMLParser:
    """Return a parser that is not stopped by depth and never asks the network."""
    return html.HTMLParser(huge_tree=True, no_network=True, remove_comments=True, remove_pis=True)


@cache
def _parser() -> MarkdownIt:
    made = commonmark(MarkdownIt("commonmark"), nesting=60)
    made.inline.ruler.before("escape", "formula", _formula)
    made.block.ruler.before("fence", "formula", _formula_block, {"alt": ["paragraph"]})
    return made


_FORMULA = re.compile(
    r"\$\$(?:[^$\\]|\\.)++\$\$|\$(?![\s$])(?:[^$\\\n]|\\.)*+(?<!\s)\$(?!\d)", re.DOTALL
)


def _formula(state: StateInline, silent: bool) -> bool:
    """Take a formula between dollar signs as it stands: its marks are not Markdown's."""
    if state.src[state.pos] != "$":
        return False
    found = _FORMULA.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        state.push("text", "", 0).content = found[0]
    state.pos = found.end()
    return True


def _formula_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take the lines from one ``$$`` to the next as one paragraph of text."""
    first = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    if not first.startswith("$$") or first.count("$$") > 1:
        return False
    for line in range(start + 1, end):
        text = state.src[state.bMarks[line] : state.eMarks[line]]
        if "$$" in text:
            if not silent:
                state.push("paragraph_open", "p", 1)
                content = state.getLines(start, line + 1, state.blkIndent, False)
                state.push("inline", "", 0).content = content.strip()
                state.tokens[-1].children = []
                state.push("paragraph_close", "p", -1)
                state.line = line + 1
            return True
    return False


_MODULE_LINE = re.compile(
    r"(?:import\s.+\sfrom\s+|import\s+|export\s+\w+\s+.*=.*)[\"'{].*$|:::+.*$"
)
_COMPONENT = re.compile(r"</?[A-Z][\w.]*(?=[\s/>])|\{/\*")


def _without_components(text: str) -> str:
    """Drop MDX's module lines, component tags and comments, and Quarto's div lines, not in code."""
    if not _COMPONENT.search(text) and "\nimport " not in text and ":::" not in text:
        return text
    kept: list[str] = []
    prose: list[str] = []
    fence: str | None = None
    for line in [*text.split("\n"), None]:
        mark = FENCE.match(line) if line is not None else None
        if fence is None and (line is None or mark):
            kept.append(_without_tags("\n".join(prose)))
            prose = []
        if line is None:
            break
        if fence is None and mark is None:
            prose.append("" if _MODULE_LINE.match(line) else line)
            continue
        kept.append(line)
        if fence is None and mark:
            fence = mark[1]
        elif (
            fence is not None
            and line.strip().startswith(fence)
            and not line.strip(" \t" + fence[0])
        ):
            fence = None
    return "\n".join([*kept, *prose])


def _without_tags(text: str) -> str:
    parts: list[str] = []
    at = 0
    while found := _COMPONENT.search(text, at):
        parts.append(text[at : found.start()])
        at = _tag_end(text, found)
    return "".join([*parts, text[at:]])


def _tag_end(text: str, opening: re.Match[str]) -> int:
    """Return where a component tag ends; braces in its attributes may hold anything."""
    if opening[0] == "{/*":
        end = text.find("*/}", opening.end())
        return end + 3 if end >= 0 else opening.end()
    depth = 0
    for found in re.compile(r"[{}>]").finditer(text, opening.end(), opening.end() + 20_000):
        depth += {"{": 1, "}": -1, ">": 0}[found[0]]
        if found[0] == ">" and depth <= 0:
            return found.end()
    return opening.end()
