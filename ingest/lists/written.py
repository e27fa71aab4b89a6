"""Links, headings and anchors of a list's Markdown as written, with the lines they stand in."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ingest.lists.lines import cleaned, names_something


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the list as it stands: ``own`` and ``inside`` count its entries and topics.

    ``own`` are the items before the next heading, ``inside`` those under its subheadings too;
    ``prose`` says whether words or tables stand before the next heading.
    """

    line: int
    level: int
    title: str
    path: tuple[str, ...]
    own: int
    inside: int
    prose: bool = False


Where = Literal["item", "text", "alone", "heading", "comment", "html"]
"""``alone``: a line of its own, in no list."""


@dataclass(frozen=True, slots=True)
class FoundLink:
    """A link as written: a Markdown or HTML link or image, with where it stands."""

    line: int
    title: str
    target: str
    image: bool
    where: Where


_LINK = re.compile(  # a bracket behind a backslash opens nothing
    r"(?P<mark>!?)(?<!\\)\[(?P<title>(?:\\.|[^\[\]\\]|\[(?:\\.|[^\[\]\\])*+\])*+)\]"
    r"\((?P<target><[^<>\n]*+>|(?:\\.|[^\s()\\]|\([^\s()]*+\))*+)(?:\s+[\"'(][^\n]{0,300}?[\"')])?"
    r"\s*+\)"
)
_HTML = re.compile(
    r"<(?:a\b[^<>]{0,500}?\bhref|(?P<img>img)\b[^<>]{0,500}?\bsrc)\s*+=\s*+"
    r"[\"'](?P<target>[^\"'<>]*+)[\"'][^<>]*+>(?P<title>(?:(?!</?a\b).)*+)",
    re.IGNORECASE,
)
_HEADING = re.compile(r" {0,3}(?P<marks>#{1,6})[ \t]+(?P<title>.*?)(?:[ \t]+#+)?[ \t]*$")
_HTML_HEADING = re.compile(r"<h[1-6][^<>]*+>(?P<title>(?:(?!<h[1-6]).)*?)</h[1-6]>")
_NAMED = re.compile(r"<\w[^<>]*?\b(?:id|name)=[\"']([^\"'<>]++)")
GLUED = re.compile(r"^\s*(?:>\s*)*[-+*](?=\[[^\]\n]*\]\()")
BULLET = re.compile(r"^\s*(?:>\s*)*(?:[-+*]|\d+[.)])(?:\s+(?P<text>.*))?$")
RULE = re.compile(r"^\s*(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$")
_FENCE = re.compile(r"^\s*(?:>\s*)*(`{3,}|~{3,})")


def links_of(text: str) -> Iterator[FoundLink]:
    """Yield every link and image of a list's text as written, code left out."""
    comment = False
    for number, line in visible(blank_front_matter(text.split("\n"))):
        kind: Where = "text"
        if _HEADING.match(line):
            kind = "heading"
        elif BULLET.match(line) or GLUED.match(line) or line.lstrip().startswith("|"):
            kind = "item"
        elif re.match(r"\s*\[", line) and not _LINK.sub("", line).strip():
            kind = "alone"
        for piece, inside in _comment_pieces(line, comment):
            plain = re.sub(r"`[^`]*`", "", piece)
            for match in _LINK.finditer(plain):
                where: Where = "comment" if inside else kind
                yield FoundLink(
                    number, match["title"], match["target"].strip("<>"), bool(match["mark"]), where
                )
                for image in _LINK.finditer(match["title"]):
                    yield FoundLink(number, image["title"], image["target"], True, where)
            for match in _HTML.finditer(plain):
                title = re.sub(r"<[^<>]*+>", "", match["title"]).strip()
                where = "comment" if inside else "html"
                yield FoundLink(number, title, match["target"], bool(match["img"]), where)
            comment = inside
        if "<!--" in line or "-->" in line:
            comment = line.rfind("<!--") > line.rfind("-->")


def headings_of(text: str) -> list[Heading]:
    """Return a list's headings with what stands under each; front matter and code left out."""
    lines = blank_front_matter(text.split("\n"))
    rows: list[tuple[int, int, str, int]] = []
    linked = Counter(
        link.line
        for link in links_of(text)
        if link.where != "comment" and not link.image and not link.target.startswith("#")
    )
    for number, line in visible(lines):
        if match := _HEADING.match(line):
            title = cleaned(_without_markup(match["title"]))
            # a heading that is itself a link is its own entry
            rows.append((number, len(match["marks"]), title, linked[number]))
        elif rows:
            bullet = BULLET.match(line)
            named = bool(bullet and names_something(_without_markup(bullet["text"] or "")))
            count = linked[number] or int(named and not RULE.match(line))
            rows[-1] = (*rows[-1][:3], rows[-1][3] + count)
    spoken = _prose_lines(lines)
    headings: list[Heading] = []
    stack: list[tuple[int, str]] = []
    for index, (number, level, title, own) in enumerate(rows):
        stack = [item for item in stack if item[0] < level]
        inside = own
        below = index + 1
        while below < len(rows) and rows[below][1] > level:
            inside += rows[below][3]
            below += 1
        path = tuple(part for _, part in stack if part)
        end = rows[index + 1][0] if index + 1 < len(rows) else len(lines) + 1
        prose = bisect_right(spoken, number) < bisect_left(spoken, end)
        headings.append(Heading(number, level, title, path, own, inside, prose))
        stack.append((level, title))
    return headings


def _prose_lines(lines: list[str]) -> list[int]:
    return [
        number
        for number, line in visible(lines)
        if names_something(line) and not (_HEADING.match(line) or BULLET.match(line))
    ]


def blank_front_matter(lines: list[str]) -> list[str]:
    """Blank the front matter's lines, so that line numbers stay those of the file."""
    if lines and lines[0].strip() == "---":
        for end, line in enumerate(lines[1:], 1):
            if line.strip() in ("---", "..."):
                return [""] * (end + 1) + lines[end + 1 :]
    return list(lines)


def visible(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield the numbered lines outside fenced code."""
    fence = ""
    for number, line in enumerate(lines, 1):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        elif not fence:
            yield number, line


def _comment_pieces(line: str, inside: bool) -> Iterator[tuple[str, bool]]:
    for piece in re.split(r"(<!--|-->)", line):
        if piece in ("<!--", "-->"):
            inside = piece == "<!--"
        elif piece:
            yield piece, inside


def _without_markup(text: str) -> str:
    text = _LINK.sub(lambda match: "" if match["mark"] else match["title"], text)
    text = re.sub(r"<[^<>]*+>", "", text)
    return re.sub(r"[*`~]|\\(?=\W)", "", text).strip()


def anchors_of(text: str) -> set[str]:
    """Return the anchors GitHub gives a document's headings, and those its HTML names itself.

    GitHub lower-cases a heading, keeps letters, marks, digits, ``_`` and ``-``, writes spaces as
    ``-`` and numbers repeats ``-1``, ``-2``, ... (html-pipeline's table-of-contents filter).
    """
    seen: Counter[str] = Counter()
    anchors: set[str] = set()
    for _, line in visible(blank_front_matter(text.split("\n"))):
        anchors.update(_NAMED.findall(line))
        title = _HEADING.match(line) or _HTML_HEADING.search(line)
        if title:
            kept = [c for c in _without_markup(title["title"]).lower() if _in_anchor(c)]
            slug = "".join(kept).replace(" ", "-")
            anchors.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
            seen[slug] += 1
    return anchors


def _in_anchor(char: str) -> bool:
    # a variation selector after an emoji is a mark and stays, the emoji itself does not
    return char in " -_" or unicodedata.category(char)[0] in "LM" or char.isdecimal()
