"""Write an HTML tree as the Markdown that documents are made of, and read raw Markdown into it.

Block structure is kept (headings, lists, tables, fenced code); inline text is written as a reader
sees it, without marks for bold, links or inline code, so that a quotation is literal and can be
found again in the page.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate, islice, pairwise

from lxml import etree, html
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from ingest.reading.tables import grid
from ingest.text.blocks import HEADING, code_spans, fenced, guarded
from ingest.text.commonmark import commonmark
from ingest.text.digits import whole_number
from ingest.text.sentences import clean

# Beyond this nesting a tree is no longer written by structure, only its text is taken.
MAX_DEPTH = 150
_DEEPEST_LIST = 24  # lists in each other; what lies deeper is not indented yet more

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
_NEAR = 50  # elements of a block of code, among which one may name its language
_LANGUAGE_NOISE = {"default", "none", "plaintext", "text", "notranslate", "highlight", "source"}
_NESTING_TAGS = re.compile(
    r"</?(?:[a-z]\w*-\w+|[abiu]|em|strong|font|span|div|section|center|blockquote|[uo]l|li|d[ltd]"
    r"|table|tbody|t[rd])\b[^<>]*+>",
    re.IGNORECASE,
)
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
    inside = (element for element in islice(pre.iter(), _NEAR) if element.tag == "code")
    near = [pre, *inside, *islice(pre.iterancestors(), 2)]
    for element in near:
        match = _LANGUAGE.search(element.get("class") or "")
        if match and match[1].lower() not in _LANGUAGE_NOISE:
            return str(match[1])
    return ""


def _line(text: str) -> str:
    """Collapse white space as a browser does; a ``<br>`` becomes a new line."""
    return re.sub(f" ?{_BREAK} ?", "\n", _SPACES.sub(" ", text)).strip()


def _paragraph(text: str) -> list[str]:
    lines = [guarded(line) for line in _line(text).split("\n") if line]
    return ["\n".join(lines)] if lines else []


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
    if depth > MAX_DEPTH:
        return _paragraph("".join(element.itertext()))
    tag = element.tag
    if tag in _HEADINGS:
        title = _line(" ".join(element.itertext()).replace(_BREAK, " "))
        return [f"{'#' * int(tag[1])} {title}"] if title else []
    if tag == "pre":
        return _code(element)
    if tag in _LISTS and sum(1 for _ in element.iterancestors(*_LISTS)) < _DEEPEST_LIST:
        items = "\n".join(_items(element, depth))
        return [items] if items else []
    if tag == "table" and not any(True for _ in element.iterdescendants(*_LAYOUT)):
        return _table(element, depth)
    return _flow(element, depth)


def _code(pre: html.HtmlElement) -> list[str]:
    code = "".join(pre.itertext()).replace("\r\n", "\n").replace(_BREAK, "\n").strip("\n").rstrip()
    if not code.strip():
        return []
    return [fenced(code, pre.get("data-language", ""))]


def _items(element: html.HtmlElement, depth: int) -> Iterator[str]:
    start = whole_number(element.get("start", ""))
    number = 1 if start is None else start
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
    return tree_of(f"<html><body>{rendered}</body></html>")


def tree_of(page: str) -> html.HtmlElement:
    """Read a page of HTML into a tree; of one nested beyond reason nothing is lost but the nesting.

    Raises:
        lxml.etree.ParserError: it holds nothing.
    """
    reader = parser()
    tree = html.document_fromstring(page, parser=reader)
    if any("depth" in entry.message for entry in reader.error_log):
        # libxml2 stops at 2,048 levels and leaves out what is below.
        tree = html.document_fromstring(_NESTING_TAGS.sub(" ", page), parser=parser())
    return tree


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
    match = _FORMULA.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.push("text", "", 0).content = match[0]
    state.pos = match.end()
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
    r"(?:import\s.+\sfrom\s+|import\s+|export\s++\w++\s++[^=]*+=.*)[\"'{].*$|:::+.*$"
)
_COMPONENT = re.compile(r"</?[A-Z][\w.]*+(?=[\s/>])|\{/\*")
_LONGEST_TAG = 20_000  # characters


def _without_components(text: str) -> str:
    """Drop MDX's module lines, component tags and comments, and Quarto's div lines, not in code."""
    if not _COMPONENT.search(text) and "\nimport " not in text and ":::" not in text:
        return text
    parts: list[str] = []
    at = 0
    for start, end in [*code_spans(text), (len(text), len(text))]:
        lines = text[at:start].split("\n")
        prose = "\n".join("" if _MODULE_LINE.match(line) else line for line in lines)
        parts += [_without_tags(prose), text[start:end]]
        at = end
    return "".join(parts)


def _without_tags(text: str) -> str:
    openings = list(_COMPONENT.finditer(text))
    ends = _tag_ends(text, openings)
    parts: list[str] = []
    at = 0
    for opening, end in zip(openings, ends, strict=True):
        if opening.start() >= at:
            parts.append(text[at : opening.start()])
            at = end
    return "".join([*parts, text[at:]])


def _tag_ends(text: str, openings: Sequence[re.Match[str]]) -> list[int]:
    """Return where each tag or comment ends; braces in a tag's attributes may hold anything.

    A tag ends at the first ``>`` outside the braces that it opened. Read from the last opening to
    the first, with the ends that may still matter on a stack, deepest on top.
    """
    marks = list(re.finditer(r"[{}>]", text))
    depths = list(accumulate((1 if m[0] == "{" else -1 if m[0] == "}" else 0) for m in marks))
    waiting: list[tuple[int, int]] = []  # depth and place of ends
    ends: list[int] = []
    at = len(marks)
    limit = len(text)  # what lies beyond it need not be searched for the end of a comment
    for opening in reversed(openings):
        start = opening.end()
        while at and marks[at - 1].start() >= start:
            at -= 1
            if marks[at][0] == ">":
                while waiting and waiting[-1][0] >= depths[at]:
                    waiting.pop()
                waiting.append((depths[at], marks[at].end()))
        if opening[0] == "{/*":
            end = text.find("*/}", start, limit)
            ends.append(end + 3 if end >= 0 else start)
            limit = ends[-1] if end >= 0 else start + 2
            continue
        depth = depths[at - 1] if at else 0
        fits = bisect_right(waiting, (depth, len(text))) - 1
        end = waiting[fits][1] if fits >= 0 else 0
        ends.append(end if start < end <= start + _LONGEST_TAG else start)
    return ends[::-1]
