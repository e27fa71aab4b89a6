"""LaTeX as Markdown, as far as reading needs it.

Knows headings, code, lists, tables, footnotes and formulas, which stay LaTeX. Macros of its own
that take no arguments stand for what they are defined as (`latex_macros`); others stay as they are.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from ingest.reading.latex_macros import braced, expanded, macros_of
from ingest.text.blocks import fenced, guarded

_LEVELS = {
    "part": 1, "chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4, "paragraph": 5,
    "subparagraph": 6, "title": 1,
}  # fmt: skip
_COMMENT = re.compile(r"(\\verb\*?([^\w\s*]).{0,300}?\2|\\.)|%.*")  # and what is none
_AS_IS = re.compile(r"\\verb\*?([^\w\s*]).{0,300}?\1|\$[^$]++\$")
_SECTION = re.compile(
    r"\s*+\\(part|chapter|(?:sub){0,2}section|(?:sub)?paragraph|title)\*?\s*+(?:\[[^\]]*+\])?\{(.*)"
)
_BEGIN = re.compile(r"\s*+\\(begin|end)\{([\w*]++)\}(?:\[[^\]]*+\])?(.*)")
_VERBATIM = {"verbatim", "lstlisting", "minted", "Verbatim", "alltt"}
_DISPLAY = {"equation", "equation*", "align", "align*", "gather", "gather*", "multline", "eqnarray",
            "eqnarray*", "displaymath"}  # fmt: skip
_UNREAD_TEX = re.compile(
    r"\s*+\\(?:documentclass|usepackage|bibliography(?:style)?|input"
    r"|include(?:graphics)?|vspace|hspace|date|author|setlength|pagestyle)(?![A-Za-z])\*?"
    r"|\s*+\\(?:(?:new|renew|provide)command|newtheorem|def|bibitem)(?![A-Za-z]).*"
)
_BARE = re.compile(
    r"(?:\s*+\\(?:tightlist|toprule|midrule|bottomrule|hline|endhead|endfirsthead|endlastfoot"
    r"|endfoot|maketitle|tableofcontents|newpage|clearpage|appendix|centering|noindent|par"
    r"|bigskip|medskip|smallskip|indent)(?![A-Za-z]))++"
)
_STRUCTURE = re.compile(  # of which several may stand on a line
    r"(?<=.)(?=\\(?:(?:chapter|(?:sub){0,2}section|(?:sub)?paragraph|item|maketitle)(?![A-Za-z])"
    r"|(?:begin|end)\{(?!(?:[pbBvV]|small)?matrix|cases|array|split|aligned|gathered)))"
)
_ARGUMENTS = re.compile(r"(?:\s*+\{[^{}]*+\}|\s*+\[[^\]]*+\])++")
_WRAPS = re.compile(
    r"\\(?:emph|textbf|textit|textsc|texttt|textrm|underline|mbox|text|url|footnotesize|caption)\{([^{}]*+)\}"
)
_FOOTNOTES = re.compile(r"\\(?:footnote|thanks)\{([^{}]*+)\}")
_CITES = re.compile(
    r"~?\\(?:cite[a-z]*|ref|eqref|autoref|cref|label|index)\*?(?:\[[^\]\\]{0,200}+\])*+\{[^{}]*+\}"
)
_HREF = re.compile(r"\\href\{[^{}]*+\}\{([^{}]*+)\}")
_TABLES = {"tabular": 1, "longtable": 1, "tabular*": 2, "tabularx": 2, "tabulary": 2}
"""Environments that are tables, and how many arguments each takes."""

_OPTIONS = re.compile(r"\s*+(?:\[[^\]]{0,40}\])?")
_LISTS = {"itemize", "enumerate", "description"}
_ROW_END = re.compile(r"\\\\(?:\[[^\]]{0,40}\])?|\\tabularnewline(?![A-Za-z])")
_CELL_END = re.compile(r"(?<!\\)&")
_RULES = re.compile(
    r"\\(?:toprule|midrule|bottomrule|hline|endhead|endfirsthead|endfoot|endlastfoot|centering"
    r"|raggedright|small|noalign\{[^{}]*+\}|c(?:mid|)(?:rule|line)(?:\([^()]*+\))?\{[^{}]*+\})(?![A-Za-z])"
)
_PICTURE = re.compile(r"\\includegraphics(?:\[[^\]]{0,200}\])?\{[^{}]*+\}")
_SPANS = re.compile(r"\\(?:multicolumn|multirow)\{[^{}]*+\}\{[^{}]*+\}\{([^{}]*+)\}")
_ROUND = re.compile(r"(?<!\\)\\\(((?:[^\\]|\\[^()]){1,1000})\\\)")
_SQUARE = re.compile(r"(?<!\\)\\([\[\]])")
_ACROSS = re.compile(r"\\(?:footnote|thanks|emph|textbf|textit|href\{[^{}]*+\}|caption)\{[^{}]*+\}")
_TARGET = re.compile(
    r"\\hypertarget\{[^{}]*+\}\{%?\s{0,9}(\\\w{4,15}\*?\{[^{}]*+\})(?:\\label\{[^{}]*+\})?\}"
)
_ITEM = re.compile(r"\s*+\\item\s*+(?:\[([^\]]*+)\])?\s*+(.*)")
_AUTHOR = re.compile(r"\\author\s{0,9}(?:\[[^\]]{0,200}\])?\s{0,9}\{")
_MOST_AUTHORS = 100
_LONGEST_AUTHORS = 5_000  # characters
_MOST_ARGUMENTS = 4  # of a command that is not read
_MOST_GROWTH = 1_000_000  # characters that macros may add to a text
_LEFT_OUT = re.compile(r"(\\(?:begin|end)\{comment\})")
_THANKS = re.compile(r"\\thanks\{[^{}]*+\}|\\textsuperscript\{[^{}]*+\}|\$\^[^$]{0,40}\$")
_JOINS = re.compile(r"\\(?:and|And|AND|quad|qquad)(?![A-Za-z])|\\\\")
_OWN_LINES = (_BEGIN, _SECTION, _BARE, _UNREAD_TEX, _ITEM)
_TEX_SIGNS = {"~": " ", "---": "—", "--": "–", "``": "“", "''": "”", "\\%": "%", "\\&": "&",
              "\\_": "_", "\\#": "#", "\\$": "$", "\\{": "{", "\\}": "}", "\\ldots": "…",
              "\\,": " ", "\\;": " ", "\\:": " ", "\\ ": " ", "\\!": "",
              "\\\\": " "}  # fmt: skip
_TEX_SIGN = re.compile(
    "|".join(re.escape(sign) for sign in sorted(_TEX_SIGNS, key=len, reverse=True))
)


def as_markdown(text: str) -> str:
    """Return a text in LaTeX as Markdown."""
    text, macros = macros_of(text)
    begin = text.find("\\begin{document}")
    head, body = (text[:begin], text[begin + 16 :]) if begin >= 0 else ("", text)
    titles = [*re.findall(r"\\title\b.*", head)[:1], *_authors(head)]
    body = _prepared(body.partition("\\end{document}")[0])
    made: list[str] = []
    numbers: list[int] = []  # of the last item of each open list, -1 where it has none
    code: list[str] | None = None
    formula: list[str] | None = None
    lines = deque(_read_lines([*titles, *body.split("\n")], macros))
    while lines:
        line = lines.popleft()
        if code is None and len(parts := _STRUCTURE.split(_uncommented(line).strip())) > 1:
            lines.extendleft(reversed(parts))
            continue
        inside = _BEGIN.match(line)
        if code is not None:
            if inside and inside[1] == "end" and inside[2] in _VERBATIM:
                made.append(fenced("\n".join(code)))
                code = None
            else:
                code.append(line)
            continue
        line = _uncommented(line)
        if formula is not None:
            if inside and inside[1] == "end" and inside[2] in _DISPLAY:
                made += ["", _displayed(" ".join(formula)), ""]
                formula = None
                if rest := inside[3].strip():
                    lines.appendleft(rest)
            else:
                formula.append(line)
        elif inside and inside[2] in _VERBATIM:
            code = []
        elif inside and inside[2] in _DISPLAY:
            formula = [inside[3]] if inside[1] == "begin" else None
        elif inside and inside[1] == "begin" and inside[2] in _TABLES:
            made += ["", *_table(_until(lines, inside[2], inside[3]), _TABLES[inside[2]]), ""]
        elif inside:
            made.append(
                "\n## Abstract\n" if inside[2] == "abstract" and inside[1] == "begin" else ""
            )
            if inside[2] in _LISTS and inside[1] == "begin":
                numbers.append(0 if inside[2] == "enumerate" else -1)
            elif inside[2] in _LISTS and numbers:
                numbers.pop()
            arguments = _ARGUMENTS.match(inside[3])
            if rest := inside[3][arguments.end() if arguments else 0 :].strip():
                lines.appendleft(rest)
        elif section := _SECTION.match(line):
            title = braced(section[2])
            made.append(f"\n{'#' * _LEVELS[section[1]]} {_tex_inline(title)}\n")
            if (rest := section[2][len(title) + 1 :].strip()) and section[1] != "title":
                lines.appendleft(rest)
        elif bare := _BARE.match(line):
            lines.appendleft(line[bare.end() :].lstrip())
        elif unread := _UNREAD_TEX.match(line):
            made.append("")
            if rest := _after_arguments_of(line[unread.end() :]):
                lines.appendleft(rest)
        elif item := _ITEM.match(line):
            said = item[2]
            if not said and lines and not any(each.match(lines[0]) for each in _OWN_LINES):
                said = _uncommented(lines.popleft()).strip()  # it begins on the next line
            label = f"{_tex_inline(item[1])}: " if item[1] else ""
            mark = "-"
            if numbers and numbers[-1] >= 0:
                numbers[-1] += 1
                mark = f"{numbers[-1]}."
            made.append(f"{mark} {label}{_tex_inline(said)}")
        else:
            made.append(guarded(_tex_inline(line.strip())))
    if code is not None:
        made.append(fenced("\n".join(code)))
    if formula is not None:
        made.append(" ".join(formula))
    return "\n".join(made)


def _authors(head: str) -> Iterator[str]:
    """Yield who wrote it, a line for a paper's authors; what they owe thanks for is left out."""
    for said in islice(_AUTHOR.finditer(head), _MOST_AUTHORS):
        names = _THANKS.sub("", braced(head[said.end() : said.end() + _LONGEST_AUTHORS]))
        yield ", ".join(filter(None, (" ".join(name.split()) for name in _JOINS.split(names))))
        yield ""


def _read_lines(lines: Iterable[str], macros: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines that are read, with what macros stand for; code stands as it is."""
    code = hidden = False
    left = _MOST_GROWTH
    for line in lines:
        inside = _BEGIN.match(line)
        if inside and inside[2] in _VERBATIM and not hidden:
            code = inside[1] == "begin"
        if code:
            yield line
            continue
        shown = []
        for part in _LEFT_OUT.split(line):
            if part in ("\\begin{comment}", "\\end{comment}"):
                hidden = part.startswith("\\begin")
            elif not hidden:
                shown.append(part)
        if shown:
            said = "".join(shown)
            full = expanded(said, macros) if left > 0 else said
            left -= len(full) - len(said)
            yield full


def _uncommented(line: str) -> str:
    return _COMMENT.sub(lambda match: match[1] or "", line)


def _after_arguments_of(line: str) -> str:
    """Return what stands on a line behind the arguments of a command that is not read."""
    rest = line.lstrip()
    for _ in range(_MOST_ARGUMENTS):
        if rest[:1] not in ("{", "["):
            break
        length = len(braced(rest[1:])) if rest[0] == "{" else rest.find("]") - 1
        rest = rest[max(length, 0) + 2 :].lstrip()
    return rest


def _prepared(text: str) -> str:
    """Return a text in which what may run over several lines stands on one, or on lines alone."""
    text = _TARGET.sub(r"\1", text)
    text = _ACROSS.sub(lambda match: " ".join(match[0].split()), text)
    text = _ROUND.sub(lambda match: f"${' '.join(match[1].split())}$", text)
    return _SQUARE.sub(
        lambda mark: f"\n\\{'begin' if mark[1] == '[' else 'end'}{{displaymath}}\n", text
    )


def _displayed(formula: str) -> str:
    """Return a formula on lines of its own; what is aligned in columns says so itself."""
    tex = " ".join(_CITES.sub("", formula).split()).removesuffix("\\\\").strip()
    if re.search(r"(?<!\\)&|\\\\", tex) and "\\begin{" not in tex:
        tex = f"\\begin{{aligned}}{tex}\\end{{aligned}}"
    return f"$${tex}$$"


def _until(lines: deque[str], name: str, first: str) -> str:
    """Return what stands before an environment's end, which is taken off with it."""
    inside = [first]
    end = f"\\end{{{name}}}"
    while lines:
        line = _uncommented(lines.popleft())
        before, found, after = line.partition(end)
        inside.append(before)
        if found:
            if after.strip():
                lines.appendleft(after)
            break
    return "\n".join(inside)


def _table(text: str, arguments: int) -> Iterator[str]:
    """Yield the lines of a table in Markdown; its first row is its head."""
    body = _after_arguments(text, arguments)
    rows = []
    for row in _ROW_END.split(_RULES.sub("", _SPANS.sub(r"\1", body))):
        cells = [" ".join(_tex_inline(cell).split()) for cell in _CELL_END.split(row)]
        if any(cells):
            rows.append([cell.replace("|", "\\|") for cell in cells])
    width = max(map(len, rows), default=0)
    for at, row in enumerate(rows):
        yield f"| {' | '.join([*row, *[''] * (width - len(row))])} |"
        if at == 0:
            yield f"|{' --- |' * width}"


def _after_arguments(text: str, count: int) -> str:
    """Return what stands behind an environment's options and ``count`` arguments in braces."""
    text = text[_OPTIONS.match(text).end() :]  # type: ignore[union-attr]  # it matches everything
    for _ in range(count):
        text = text.lstrip()
        if text.startswith("{"):
            text = text[len(braced(text[1:])) + 2 :]
    return text


def _tex_inline(text: str) -> str:
    if "\\" not in text and "~" not in text and "--" not in text and "``" not in text:
        return text
    said, at = [], 0
    for kept in _AS_IS.finditer(text):  # formulas stay as they are, and so does code
        code = f"`{kept[0].partition(kept[1])[2][:-1]}`" if kept[1] else ""
        said += [_tex_words(text[at : kept.start()]), code or kept[0]]
        at = kept.end()
    return "".join([*said, _tex_words(text[at:])])


def _tex_words(text: str) -> str:
    text = _PICTURE.sub("", _ROW_END.sub(" ", _CITES.sub("", text)))
    for _ in range(3):  # marks within marks
        text = _HREF.sub(r"\1", _FOOTNOTES.sub(r" (\1)", _WRAPS.sub(r"\1", text)))
    return _TEX_SIGN.sub(lambda sign: _TEX_SIGNS[sign[0]], text)
