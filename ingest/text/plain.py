"""Markdown's marks within a line taken off, and put on: one reading of them for every floor.

Knows inline marks (CommonMark's code spans, emphasis, links, images, escapes, tags; GitHub's
strikethrough and footnotes) and leaves formulas as they are; blocks are `ingest.text.blocks`. One
pass over the text, without backtracking: whatever it holds, time grows with its length.

There are two readings on purpose. `plain` is what a reader sees. `as_quoted` is a sentence as
answers hold it, which is Markdown still: marks of code stay, for what shows it to set it as code.
"""

import re
from collections import defaultdict
from collections.abc import Callable

from ingest.text.blocks import blocks, code_lines
from ingest.text.formulas import FORMULA

_TOKEN = re.compile(
    rf"(?P<formula>{FORMULA.pattern})"
    r"|\\(?P<escaped>[!-/:-@\[-`{-~])|(?P<ticks>`++)|(?P<open>!?\[)|(?P<close>\])"
    r"|(?P<tag><[/a-zA-Z!][^<>]*+>)|(?P<marks>\*++|_++|~++)"
)
_TARGET = re.compile(r"\((?:[^()\n]|\([^()\n]*+\))*+\)")
_BLOCK_MARKS = re.compile(
    r"[\s>]*+(?:(?:[-*+]|\d{1,9}[.)]|(?P<heading>#{1,6}))\s++)?(?:\[[ xX]\]\s++)?"
)
_NO_WORDS = re.compile(r"[\s:|=*_-]*+")
_MARKS = "\\`*_[]<>#|"
# Bounds: what opens and never closes is not looked for to the end of the text again and again.
_LINK = re.compile(r"!?\[([^\]]{0,600}+)\]\([^)\s]{0,600}+(?:\s{1,9}+\"[^\"]{0,300}+\")?\)")
# ASCII: marks within a word are no emphasis, but Chinese has no spaces around a bold term
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3}|_{1,3})(?=\S)(.{1,600}?)(?<=\S)\1(?![\w*])", re.ASCII)
_LONGEST_MARKS = 3


def plain(text: str, *, keep_tags: bool = False) -> str:
    """Return a stretch of Markdown as a reader sees it: without inline marks, on one line.

    Links are their labels; images, footnote marks and tags are left out; code keeps what it holds.

    Args:
        text: Markdown.
        keep_tags: in what a model wrote a tag is a word, and no mark: ``<think>``.
    """
    return " ".join(_unmarked(text, keep_tags=keep_tags).split())


def as_quoted(text: str) -> str:
    """Return a sentence of a passage as answers hold it, on one line.

    Links and images are their labels, emphasis is gone; code, escapes and tags stay as written.
    """
    return " ".join(_EMPHASIS.sub(r"\2", _LINK.sub(r"\1", text)).split())


def plain_line(line: str) -> str:
    """Return one line of Markdown as a reader sees it, without the marks of its block either.

    A rule, and the rule of a table, is "".
    """
    if _NO_WORDS.fullmatch(line):
        return ""
    match = _BLOCK_MARKS.match(line)
    said = plain(line[match.end() :] if match else line)
    return said.rstrip("#").rstrip() if match and match["heading"] else said


def plain_lines(text: str, fence: str = "") -> list[str]:
    """Return a Markdown text line by line as a reader sees it; code and tables keep their lines.

    Lines of code stand as they are, without their fences; cells of a table are set apart by " · ",
    its rule is an empty line.

    Args:
        text: Markdown.
        fence: the fence that is open where it begins, see `ingest.text.blocks.blocks`.
    """
    shown: list[str] = []
    end = 0
    for block in blocks(text, fence):
        if shown and "\n" in text[end : block.start].strip(" \t").removeprefix("\n"):
            shown.append("")  # a blank line
        end = block.end
        if block.kind == "code":
            shown += [text[start:stop] for start, stop in code_lines(text, block)]
            continue
        for line in text[block.start : block.end].split("\n"):
            said = plain_line(line)
            if block.kind == "table":
                said = " · ".join(filter(None, (cell.strip() for cell in said.split("|"))))
            shown.append(said)
    return shown


def escape(text: str, also: str = "") -> str:
    """Return words as Markdown that reads as just these words, on one line.

    ``also`` are marks that the reader of this Markdown knows beyond CommonMark's.
    """
    return escape_marks(" ".join(text.split()), also)


def escape_marks(text: str, also: str = "") -> str:
    """Return a text with a backslash before each mark of Markdown; white space stays."""
    return text.translate({ord(mark): f"\\{mark}" for mark in _MARKS + also})


def inline_code(text: str) -> str:
    """Return words as a code span on one line, in as many backticks as they need."""
    text = " ".join(text.split())
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    return f"{fence} {text} {fence}" if "`" in text else f"{fence}{text}{fence}"


def _unmarked(text: str, *, keep_tags: bool) -> str:
    if not _TOKEN.search(text):
        return text
    parts: list[str] = []
    brackets: list[int] = []  # where in `parts` each open bracket stands
    openers: dict[str, list[int]] = defaultdict(list)  # where each run of marks that opens stands
    ticks = _code_ends(text)
    at = 0
    while match := _TOKEN.search(text, at):
        parts.append(text[at : match.start()])
        at = match.end()
        if match["formula"]:
            parts.append(match[0])  # its signs are TeX's, not Markdown's
        elif match["escaped"]:
            parts.append(match["escaped"])
        elif match["ticks"]:
            end = _next(ticks[len(match[0])], at)
            if end is None:
                parts.append(match[0])
            else:
                parts.append(text[at:end].strip())
                at = end + len(match[0])
        elif match["open"]:
            brackets.append(len(parts))
            parts.append(match[0])
        elif match["close"]:
            at = _close(text, at, parts, brackets)
        elif match["tag"] and keep_tags:
            parts.append(match[0])
        elif match["marks"]:
            parts.append(_emphasis(text, match, parts, openers))
    parts.append(text[at:])
    return "".join(parts)


def _code_ends(text: str) -> dict[int, list[int]]:
    """Return where runs of backticks stand by their length, the last first."""
    ends: dict[int, list[int]] = defaultdict(list)
    for run in re.finditer("`++", text):
        ends[len(run[0])].append(run.start())
    for starts in ends.values():
        starts.reverse()
    return ends


def _next(starts: list[int], at: int) -> int | None:
    while starts and starts[-1] < at:
        starts.pop()
    return starts[-1] if starts else None


def _close(text: str, at: int, parts: list[str], brackets: list[int]) -> int:
    """Take a closing bracket; return where the text goes on."""
    if not brackets:
        parts.append("]")
        return at
    opened = brackets.pop()
    target = _TARGET.match(text, at)
    image = parts[opened] == "!["
    note = not image and "".join(parts[opened + 1 : opened + 2]).startswith("^")
    if (image and target) or note:
        del parts[opened:]
        parts.append("")
        # what stood inside is gone, and marks that opened there close nothing any more
        return target.end() if target and image else at
    if target:
        parts[opened] = ""
        return target.end()
    parts.append("]")
    return at


def _emphasis(
    text: str, match: re.Match[str], parts: list[str], openers: dict[str, list[int]]
) -> str:
    """Return what stays of a run of marks: nothing where it closes a run that opened before."""
    marks = match[0]
    if len(marks) > _LONGEST_MARKS or (marks[0] == "~" and len(marks) != 2):
        return marks
    before = text[max(0, match.start() - 1) : match.start()]
    after = text[match.end() : match.end() + 1]
    joins = _joins(marks)
    word_before, word_after = joins(before), joins(after)
    if before and not before.isspace() and not word_after:
        waiting = openers[marks]
        while waiting and (waiting[-1] >= len(parts) or parts[waiting[-1]] != marks):
            waiting.pop()
        if waiting and waiting[-1] < len(parts) - 1:
            parts[waiting.pop()] = ""
            return ""
    if after and not after.isspace() and not word_before:
        openers[marks].append(len(parts))
    return marks


def _joins(marks: str) -> Callable[[str], bool]:
    """Return what tells the characters beside which a run of marks is part of a word or a sum.

    ``snake_case`` and ``2*3`` hold no emphasis, but ``**bold**ly`` does, and in Chinese, which has
    no spaces, all of it stands within words.
    """
    if marks[0] == "_":
        return str.isalnum
    if len(marks) > 1:
        return str.isdecimal
    return lambda char: char.isascii() and char.isalnum()
