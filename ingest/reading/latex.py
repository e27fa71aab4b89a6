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
    return _Writer(_read_lines([*titles, *body.split("\n")], macros)).written()


class _Writer:
    """Writes lines of LaTeX as Markdown, one after the other.

    What stands on a line behind something that ends there goes back to the lines to come.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = deque(lines)
        self._made: list[str] = []
        self._numbers: list[int] = []  # of the last item of each open list, -1 where it has none
        self._code: list[str] | None = None  # the lines of the code that is open
        self._formula: list[str] | None = None

    def written(self) -> str:
        """Return the Markdown of all lines."""
        while self._lines:
            self._take(self._lines.popleft())
        if self._code is not None:
            self._made.append(fenced("\n".join(self._code)))
        if self._formula is not None:
            self._made.append(" ".join(self._formula))
        return "\n".join(self._made)

    def _take(self, line: str) -> None:
        if self._code is None and len(parts := _STRUCTURE.split(_uncommented(line).strip())) > 1:
            self._lines.extendleft(reversed(parts))
            return
        inside = _BEGIN.match(line)
        if self._code is not None:
            self._take_code(self._code, line, inside)
        elif self._formula is not None:
            self._take_formula(self._formula, _uncommented(line), inside)
        elif inside:
            self._take_environment(begins=inside[1] == "begin", name=inside[2], rest=inside[3])
        else:
            self._take_text(_uncommented(line))

    def _take_code(self, code: list[str], line: str, inside: re.Match[str] | None) -> None:
        if inside and inside[1] == "end" and inside[2] in _VERBATIM:
            self._made.append(fenced("\n".join(code)))
            self._code = None
        else:
            code.append(line)

    def _take_formula(self, formula: list[str], line: str, inside: re.Match[str] | None) -> None:
        if inside and inside[1] == "end" and inside[2] in _DISPLAY:
            self._made += ["", _displayed(" ".join(formula)), ""]
            self._formula = None
            self._put_back(inside[3].strip())
        else:
            formula.append(line)

    def _take_environment(self, *, begins: bool, name: str, rest: str) -> None:
        """Take the beginning or the end of an environment, and what stands behind it."""
        if name in _VERBATIM:
            self._code = []
        elif name in _DISPLAY:
            self._formula = [rest] if begins else None
        elif begins and name in _TABLES:
            self._made += ["", *_table(_until(self._lines, name, rest), _TABLES[name]), ""]
        else:
            self._made.append("\n## Abstract\n" if name == "abstract" and begins else "")
            if name in _LISTS and begins:
                self._numbers.append(0 if name == "enumerate" else -1)
            elif name in _LISTS and self._numbers:
                self._numbers.pop()
            arguments = _ARGUMENTS.match(rest)
            self._put_back(rest[arguments.end() if arguments else 0 :].strip())

    def _take_text(self, line: str) -> None:
        if section := _SECTION.match(line):
            title = braced(section[2])
            self._made.append(f"\n{'#' * _LEVELS[section[1]]} {_tex_inline(title)}\n")
            if section[1] != "title":
                self._put_back(section[2][len(title) + 1 :].strip())
        elif bare := _BARE.match(line):
            self._lines.appendleft(line[bare.end() :].lstrip())
        elif unread := _UNREAD_TEX.match(line):
            self._made.append("")
            self._put_back(_after_arguments_of(line[unread.end() :]))
        elif item := _ITEM.match(line):
            self._made.append(self._item(item[1], item[2]))
        else:
            self._made.append(guarded(_tex_inline(line.strip())))

    def _item(self, label: str | None, said: str) -> str:
        if not said and self._lines and not any(own.match(self._lines[0]) for own in _OWN_LINES):
            said = _uncommented(self._lines.popleft()).strip()  # it begins on the next line
        shown = f"{_tex_inline(label)}: " if label else ""
        mark = "-"
        if self._numbers and self._numbers[-1] >= 0:
            self._numbers[-1] += 1
            mark = f"{self._numbers[-1]}."
        return f"{mark} {shown}{_tex_inline(said)}"

    def _put_back(self, rest: str) -> None:
        if rest:
            self._lines.appendleft(rest)


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
