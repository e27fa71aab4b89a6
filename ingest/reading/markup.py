"""reStructuredText, Org and LaTeX as Markdown, as far as reading needs it.

Knows headings, code, lists, notes and footnotes of each; what only a program makes of a file
(tables of contents, includes, macros) is left out or left as it stands.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator
from itertools import dropwhile

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
    body = list(dropwhile(_OPTION.match, _dedented(body)))
    if name in _CODE:
        if any(row.strip() for row in body):
            made += ["", fenced("\n".join(body).strip("\n"), said.split(" ")[0]), ""]
    elif name in ("math",):
        formula = " ".join([said, *(row.strip() for row in body)]).strip()
        made += ["", f"$${formula}$$" if formula else "", ""]
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


_LEVELS = {
    "part": 1, "chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4, "paragraph": 5,
    "subparagraph": 6, "title": 1,
}  # fmt: skip
_COMMENT = re.compile(r"(?<!\\)%.*")
_SECTION = re.compile(
    r"\s*+\\(part|chapter|(?:sub){0,2}section|(?:sub)?paragraph|title)\*?\s*+(?:\[[^\]]*+\])?\{(.*)"
)
_BEGIN = re.compile(r"\s*+\\(begin|end)\{([\w*]++)\}(?:\[[^\]]*+\])?(.*)")
_VERBATIM = {"verbatim", "lstlisting", "minted", "Verbatim", "alltt"}
_DISPLAY = {"equation", "equation*", "align", "align*", "gather", "gather*", "multline", "eqnarray",
            "eqnarray*", "displaymath"}  # fmt: skip
_UNREAD_TEX = re.compile(
    r"\s*+\\(?:documentclass|usepackage|bibliography(?:style)?|input"
    r"|include(?:graphics)?|new(?:command|theorem)|renewcommand|def|vspace|hspace"
    r"|date|author|bibitem|setlength|pagestyle)\b.*"
)
_BARE = re.compile(
    r"(?:\s*+\\(?:maketitle|tableofcontents|newpage|clearpage|appendix|centering|noindent|par"
    r"|bigskip|medskip|smallskip|indent)(?![A-Za-z]))++"
)
_STRUCTURE = re.compile(  # of which several may stand on a line
    r"(?<=.)(?=\\(?:(?:chapter|(?:sub){0,2}section|(?:sub)?paragraph|item|maketitle)(?![A-Za-z])"
    r"|(?:begin|end)\{(?!(?:[pbBvV]|small)?matrix|cases|array|split|aligned|gathered)))"
)
_ARGUMENTS = re.compile(r"(?:\s*+\{[^{}]*+\}|\s*+\[[^\]]*+\])++")
_WRAPS = re.compile(
    r"\\(?:emph|textbf|textit|textsc|texttt|textrm|underline|mbox|text|url|footnotesize)\{([^{}]*+)\}"
)
_FOOTNOTES = re.compile(r"\\(?:footnote|thanks)\{([^{}]*+)\}")
_CITES = re.compile(
    r"~?\\(?:cite[a-z]*|ref|eqref|autoref|cref|label|index)\*?(?:\[[^\]\\]{0,200}+\])*+\{[^{}]*+\}"
)
_HREF = re.compile(r"\\href\{[^{}]*+\}\{([^{}]*+)\}")
_ITEM = re.compile(r"\s*+\\item\s*+(?:\[([^\]]*+)\])?\s*+(.*)")
_TEX_SIGNS = {"~": " ", "---": "—", "--": "–", "``": "“", "''": "”", "\\%": "%", "\\&": "&",
              "\\_": "_", "\\#": "#", "\\$": "$", "\\{": "{", "\\}": "}", "\\ldots": "…",
              "\\\\": " "}  # fmt: skip
_TEX_SIGN = re.compile(
    "|".join(re.escape(sign) for sign in sorted(_TEX_SIGNS, key=len, reverse=True))
)


def _tex(text: str) -> str:
    """Return a text in LaTeX as Markdown: formulas stay LaTeX, macros of its own as they stand."""
    begin = text.find("\\begin{document}")
    head, body = (text[:begin], text[begin + 16 :]) if begin >= 0 else ("", text)
    titles = re.findall(r"\\title\b.*", head)[:1]
    made: list[str] = []
    code: list[str] | None = None
    formula: list[str] | None = None
    lines = deque([*titles, *body.split("\n")])
    while lines:
        line = lines.popleft()
        if code is None and len(parts := _STRUCTURE.split(_COMMENT.sub("", line).strip())) > 1:
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
        line = _COMMENT.sub("", line)
        if formula is not None:
            if inside and inside[1] == "end" and inside[2] in _DISPLAY:
                made += ["", f"$${' '.join(' '.join(formula).split())}$$", ""]
                formula = None
                if rest := inside[3].strip():
                    lines.appendleft(rest)
            else:
                formula.append(_CITES.sub("", line))
        elif inside and inside[2] in _VERBATIM:
            code = []
        elif inside and inside[2] in _DISPLAY:
            formula = [inside[3]] if inside[1] == "begin" else None
        elif inside:
            made.append(
                "\n## Abstract\n" if inside[2] == "abstract" and inside[1] == "begin" else ""
            )
            arguments = _ARGUMENTS.match(inside[3])
            if rest := inside[3][arguments.end() if arguments else 0 :].strip():
                lines.appendleft(rest)
        elif section := _SECTION.match(line):
            title = _braced(section[2])
            made.append(f"\n{'#' * _LEVELS[section[1]]} {_tex_inline(title)}\n")
            if (rest := section[2][len(title) + 1 :].strip()) and section[1] != "title":
                lines.appendleft(rest)
        elif bare := _BARE.match(line):
            lines.appendleft(line[bare.end() :].lstrip())
        elif _UNREAD_TEX.match(line):
            made.append("")
        elif item := _ITEM.match(line):
            label = f"{_tex_inline(item[1])}: " if item[1] else ""
            made.append(f"- {label}{_tex_inline(item[2])}")
        else:
            made.append(guarded(_tex_inline(line.strip())))
    if code is not None:
        made.append(fenced("\n".join(code)))
    if formula is not None:
        made.append(" ".join(formula))
    return "\n".join(made)


def _braced(text: str) -> str:
    """Return what stands before the brace that closes one opened ahead of the text."""
    depth = 1
    for brace in re.finditer(r"[{}]", text):
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            return text[: brace.start()]
    return text


def _tex_inline(text: str) -> str:
    if "\\" not in text and "~" not in text and "--" not in text and "``" not in text:
        return text
    parts = re.split(r"(\$[^$]++\$)", text)  # formulas stay as they are
    return "".join(part if at % 2 else _tex_words(part) for at, part in enumerate(parts))


def _tex_words(text: str) -> str:
    text = _CITES.sub("", text)
    for _ in range(3):  # marks within marks
        text = _HREF.sub(r"\1", _FOOTNOTES.sub(r" (\1)", _WRAPS.sub(r"\1", text)))
    return _TEX_SIGN.sub(lambda sign: _TEX_SIGNS[sign[0]], text)


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
    "tex": _tex,
    "latex": _tex,
}
"""What reads a text by the suffix of its file."""


def as_markdown(text: str, suffix: str) -> str:
    """Return a text in one of the markups of `READERS` as Markdown."""
    lines = READERS[suffix](text).split("\n")
    return "\n".join(_without_gaps(lines)).strip()
