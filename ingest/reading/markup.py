"""reStructuredText, Org and, by `latex`, LaTeX as Markdown, as far as reading needs it.

Knows headings, code, lists, tables, formulas, notes and footnotes; what only a program makes of a
file (tables of contents, includes, macros) is left out or left as it stands.
"""

import re
from collections.abc import Callable, Iterator
from itertools import dropwhile

from ingest.reading import latex, rst_tables
from ingest.text.blocks import fenced, guarded

_RULE = re.compile(r"([!-/:-@\[-`{-~])\1{2,}\s*+$")
_DIRECTIVE = re.compile(r"(\s*+)\.\.\s+([\w:-]+)::\s*+(.*)")
_EXPLICIT = re.compile(r"(\s*+)\.\.(?:\s++(.*)|$)")
_OPTION = re.compile(r":[\w-]+:")
_FOOTNOTE = re.compile(r"\[(#?[\w.*#-]*)\]\s++(.*)")
_CODE = {"code", "code-block", "sourcecode", "parsed-literal", "highlight", "doctest", "ipython"}
_UNREAD = {
    "image", "figure", "toctree", "contents", "include", "raw", "index", "only", "meta", "sectnum",
    "highlight", "currentmodule", "module", "automodule", "autoclass", "autofunction", "math-macro",
    "literalinclude", "plot", "graphviz", "default-role", "role", "replace", "unicode", "date",
}  # fmt: skip
_ROLE = re.compile(r":[\w:.+-]{1,40}:`([^`]*+)`")
_MATH = re.compile(r":math:`([^`]++)`")
_FIELD = re.compile(r":(\w[\w -]{0,40}):(?:\s++(.*)|$)")
_LITERAL = re.compile(r"``([^`]++)``")
_LINK = re.compile(r"`([^`<>]*+)<[^<>`]*+>`__?")
_PHRASE = re.compile(r"`([^`<>]++)`__?")
_NOTE_MARK = re.compile(r"\[(#?[\w.*#-]*)\]_(?!\w)")


def _rst(text: str) -> str:
    """Return a text in reStructuredText as Markdown."""
    lines = text.expandtabs(4).split("\n")
    styles: list[str] = []
    made: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        rows, after = rst_tables.table_at(lines, at)
        if after > at:
            cells = [[_inline(cell) for cell in row] for row in rows]
            made += ["", *rst_tables.markdown(cells), ""]
            at = after
            continue
        under = lines[at + 1].rstrip() if at + 1 < len(lines) else ""
        over = _RULE.match(line) and at + 2 < len(lines) and lines[at + 2].rstrip() == line.rstrip()
        if over and under.strip():
            made.append(_title(under.strip(), line[0] * 2, styles))
            at += 3
        elif line.strip() and not line[0].isspace() and _is_under(under, line):
            made.append(_title(line.strip(), under[0], styles))
            at += 2
        elif match := _DIRECTIVE.match(line):
            at = _directive(lines, at, match, made)
        elif match := _EXPLICIT.match(line):
            note = _FOOTNOTE.match(match[2] or "")
            body, at = _indented(lines, at + 1, len(match[1]))
            if note:
                said = " ".join([note[2], *(row.strip() for row in body)]).strip()
                made += [f"[{note[1].lstrip('#') or '#'}] {_inline(said)}", ""]
        elif line.rstrip().endswith("::"):
            said = line.rstrip()[:-1] if line.strip() != "::" else ""
            made.append(_inline(said.rstrip(":") + ":" if said else ""))
            body, at = _indented(lines, at + 1, len(line) - len(line.lstrip()))
            if any(row.strip() for row in body):
                made += ["", fenced("\n".join(_dedented(body)).strip("\n")), ""]
        elif _RULE.match(line):
            made.append("")
            at += 1
        elif field := _FIELD.match(line):
            made += ["", f"{field[1]}: {_inline(field[2] or '')}".rstrip(), ""]
            at += 1
        else:
            made.append(guarded(_inline(line)))
            at += 1
    return "\n".join(made)


def _is_under(rule: str, title: str) -> bool:
    return bool(re.fullmatch(r"([!-/:-@\[-`{-~])\1++", rule)) and len(rule) >= min(
        len(title.rstrip()), 4
    )


def _title(title: str, style: str, styles: list[str]) -> str:
    if style not in styles:
        styles.append(style)
    return f"\n{'#' * min(6, styles.index(style) + 1)} {_inline(title)}\n"


def _directive(lines: list[str], at: int, match: re.Match[str], made: list[str]) -> int:
    indent, name, said = len(match[1]), match[2].lower(), match[3].strip()
    body, after = _indented(lines, at + 1, indent)
    whole = _dedented(body)
    body = list(dropwhile(_OPTION.match, whole))
    if name in _CODE:
        if any(row.strip() for row in body):
            made += ["", fenced("\n".join(body).strip("\n"), said.split(" ")[0]), ""]
    elif name in ("math",):
        formula = " ".join([said, *(row.strip() for row in body)]).strip()
        made += ["", f"$${formula}$$" if formula else "", ""]
    elif name in ("list-table", "csv-table"):
        options = whole[: len(whole) - len(body)]
        rows = rst_tables.of_list(body) if name[0] == "l" else rst_tables.of_csv(options, body)
        cells = [[_inline(cell) for cell in row] for row in rows]
        made += ["", _inline(said), "", *rst_tables.markdown(cells), ""]
    elif name not in _UNREAD:
        made += ["", _inline(said), *map(guarded, map(_inline, body)), ""]
    return after


def _indented(lines: list[str], at: int, indent: int) -> tuple[list[str], int]:
    """Return the lines from ``at`` on that are indented deeper, and where the text goes on."""
    start = at
    while at < len(lines):
        line = lines[at]
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            break
        at += 1
    return lines[start:at], at


def _dedented(lines: list[str]) -> list[str]:
    depths = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
    cut = min(depths, default=0)
    return [line[cut:] for line in lines]


def _inline(text: str) -> str:
    text = _LITERAL.sub(r"`\1`", text) if "``" in text else text
    if ":math:`" in text:
        text = _MATH.sub(r"$\1$", text)
    if ":" in text and "`" in text:
        text = _ROLE.sub(lambda match: re.sub(r"\s*<[^<>]*+>$", "", match[1]), text)
    if "`_" in text:
        text = _PHRASE.sub(r"\1", _LINK.sub(lambda match: match[1].strip(), text))
    return _NOTE_MARK.sub(lambda match: f"[{match[1].lstrip('#') or '#'}]", text)


_HEADING = re.compile(r"(\*+)\s++(?:(?:TODO|DONE|NEXT)\s++)?(?:\[#[A-Z]\]\s++)?(.*)")
_TAGS = re.compile(r"(?<!\s)\s++:[\w@#%:]+:\s*$")
_KEYWORD = re.compile(r"\s*+#\+(\w+)(?::\s*+(.*)|(\s.*)?)$")
_DRAWER = re.compile(r"\s*+:[\w-]++:(?:\s.*)?$")
_ORG_LINK = re.compile(r"\[\[[^\[\]]*+\](?:\[([^\[\]]*+)\])?\]")
_ORG_NOTE = re.compile(r"\[fn:([\w-]*+)(?::([^\[\]]*+))?\]")
_ORG_CODE = re.compile(r"(?<![^\s(\[{\"'-])([=~])(?=\S)([^=~\n]*+)\1(?=[\s)\]}\"'.,;:!?-]|$)")


def _org(text: str) -> str:
    """Return a text in Org as Markdown."""
    made: list[str] = []
    code: list[str] | None = None
    language = end = ""
    for line in text.split("\n"):
        word = _KEYWORD.match(line)
        name = word[1].lower() if word else ""
        if code is not None:
            if name == end:
                made += [fenced("\n".join(_dedented(code)), language)]
                code = None
            else:
                code.append(line)
        elif name in ("begin_src", "begin_example"):
            code, end = [], name.replace("begin", "end")
            language = [*line.split(), ""][1] if name == "begin_src" else ""
        elif name == "title":
            made.append(f"# {((word and word[2]) or '').strip()}")
        elif word or _DRAWER.match(line):
            made.append("")
        elif heading := _HEADING.match(line):
            level = min(6, len(heading[1]) + 1)
            made.append(f"\n{'#' * level} {_org_inline(_TAGS.sub('', heading[2]))}\n")
        else:
            made.append(guarded(_org_inline(line)))
    if code is not None:
        made.append(fenced("\n".join(_dedented(code)), language))
    return "\n".join(made)


def _org_inline(text: str) -> str:
    if "[[" in text:
        text = _ORG_LINK.sub(lambda match: match[1] or match[0].strip("[]"), text)
    if "[fn:" in text:
        text = _ORG_NOTE.sub(
            lambda match: f"[{match[1]}]" if not match[2] else f" ({match[2]})", text
        )
    return _ORG_CODE.sub(r"`\2`", text)


def _without_gaps(lines: list[str]) -> Iterator[str]:
    """Yield lines with no more than one blank line in a row."""
    blank = True
    for line in lines:
        if line.strip() or not blank:
            yield line.rstrip()
        blank = not line.strip()


READERS: dict[str, Callable[[str], str]] = {
    "rst": _rst,
    "rest": _rst,
    "org": _org,
    "tex": latex.as_markdown,
    "latex": latex.as_markdown,
}
"""What reads a text by the suffix of its file."""


def as_markdown(text: str, suffix: str) -> str:
    """Return a text in one of the markups of `READERS` as Markdown."""
    lines = READERS[suffix](text).split("\n")
    return "\n".join(_without_gaps(lines)).strip()
