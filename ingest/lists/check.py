"""What is wrong with a curated list, as its Markdown alone shows.

Knows odd forms of links, headings and bullets and where they stand. Fetches nothing: whether a
link is dead or moved is the library's to say.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal
from urllib.parse import unquote, urlsplit

from ingest.links.sites.registry import SITES
from ingest.links.urls import NO_BASE, canonical, resolve
from ingest.lists.lines import cleaned, is_housekeeping, names_something
from ingest.lists.parser import decode

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to put right: ``line`` counts from 1, ``text`` is the piece it is about.

    ``code`` is a stable short name; ``message`` says what is wrong and what to do.
    """

    code: str
    line: int
    text: str
    message: str
    severity: Severity = "error"


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


_LINK = re.compile(
    r"(?P<mark>!?)\[(?P<title>(?:\\.|[^\[\]\\]|\[(?:\\.|[^\[\]\\])*+\])*+)\]"
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
_GLUED = re.compile(r"^\s*(?:>\s*)*[-+*](?=\[[^\]\n]*\]\()")
_BULLET = re.compile(r"^\s*(?:>\s*)*(?:[-+*]|\d+[.)])(?:\s+(?P<text>.*))?$")
_RULE = re.compile(r"^\s*(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$")
_FENCE = re.compile(r"^\s*(?:>\s*)*(`{3,}|~{3,})")
_SAYS_NOTHING = re.compile(
    r"x|link|links|here|click here|this|url|source|read more|more|page|website|site|post|tweet"
    r"|article|链接|这里|点击这里|此处|原文",
    re.IGNORECASE,
)
_HOST_ONLY = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}/?", re.IGNORECASE)
_VIEW = re.compile(
    r"utm_\w+|fbclid|gclid|msclkid|mc_cid|mc_eid|ref_src|ref_url|spm|vd_source|igshid|usp|fw"
    r"|si|feature|tab",
    re.IGNORECASE,
)
_VIEW_FRAGMENT = re.compile(r"\b(?:scrollTo|gid|slide)=")
_MOST_HINTS, _MOST_LIKELY, _LONGEST_ANCHOR = 30, 1000, 100
_EXAMPLE = re.compile(r"(?:^|\.)example(?:\.(?:com|org|net))?$")


def check_text(text: bytes | str, name: str, base: str | None = None) -> list[Finding]:
    """Return everything wrong with a list's Markdown, in the order of its lines.

    Args:
        text: the list's file as bytes, so that mojibake shows, or its text.
        name: what the list is called; used in messages.
        base: what relative links resolve against, or None.

    Raises:
        UsageError: the bytes are no text.
    """
    raw = text if isinstance(text, str) else _read(text)
    good = decode(text if isinstance(text, bytes) else text.encode("utf-8"))
    lines = _blank_front_matter(good.split("\n"))
    links = list(links_of(good))
    found = [
        *_mojibake(raw, good),
        *_bullets(lines),
        *_links(links, base, name),
        *_anchors(links, good),
        *_repeats(links, base),
        *_hosts(links),
        *_empty_sections(good),
    ]
    return sorted(set(found), key=lambda finding: (finding.line, finding.code, finding.text))


def links_of(text: str) -> Iterator[FoundLink]:
    """Yield every link and image of a list's text as written, code left out."""
    comment = False
    for number, line in _visible(_blank_front_matter(text.split("\n"))):
        kind: Where = "text"
        if _HEADING.match(line):
            kind = "heading"
        elif _BULLET.match(line) or _GLUED.match(line) or line.lstrip().startswith("|"):
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
    lines = _blank_front_matter(text.split("\n"))
    rows: list[tuple[int, int, str, int]] = []
    linked = Counter(
        link.line
        for link in links_of(text)
        if link.where != "comment" and not link.image and not link.target.startswith("#")
    )
    for number, line in _visible(lines):
        if match := _HEADING.match(line):
            title = cleaned(_without_markup(match["title"]))
            # a heading that is itself a link is its own entry
            rows.append((number, len(match["marks"]), title, linked[number]))
        elif rows:
            bullet = _BULLET.match(line)
            named = bool(bullet and names_something(_without_markup(bullet["text"] or "")))
            count = linked[number] or int(named and not _RULE.match(line))
            rows[-1] = (*rows[-1][:3], rows[-1][3] + count)
    spoken = _prose_lines(lines)
    found: list[Heading] = []
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
        found.append(Heading(number, level, title, path, own, inside, prose))
        stack.append((level, title))
    return found


def _prose_lines(lines: list[str]) -> list[int]:
    return [
        number
        for number, line in _visible(lines)
        if names_something(line) and not (_HEADING.match(line) or _BULLET.match(line))
    ]


def _read(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return decode(data)  # another charset is not mojibake
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _blank_front_matter(lines: list[str]) -> list[str]:
    """Blank the front matter's lines, so that line numbers stay those of the file."""
    if lines and lines[0].strip() == "---":
        for end, line in enumerate(lines[1:], 1):
            if line.strip() in ("---", "..."):
                return [""] * (end + 1) + lines[end + 1 :]
    return list(lines)


def _visible(lines: list[str]) -> Iterator[tuple[int, str]]:
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


def _mojibake(raw: str, good: str) -> Iterator[Finding]:
    for number, (was, meant) in enumerate(zip(raw.split("\n"), good.split("\n"), strict=False), 1):
        if was != meant:
            yield Finding(
                "mojibake",
                number,
                was.strip()[:100],
                "UTF-8 text that was saved after being read in another encoding; it was meant as: "
                f"{meant.strip()[:100]}",
            )


def _bullets(lines: list[str]) -> Iterator[Finding]:
    for number, line in _visible(lines):
        if _GLUED.match(line):
            yield Finding(
                "no-space-after-dash",
                number,
                line.strip()[:100],
                "no list item, since no space follows the dash: put one there",
            )
        bullet = _BULLET.match(line)
        if bullet and not (bullet["text"] or "").strip() and not _RULE.match(line):
            following = lines[number] if number < len(lines) else ""
            if not following.startswith((" ", "\t")) or not following.strip():
                yield Finding(
                    "empty-bullet",
                    number,
                    line.strip(),
                    "a bullet without anything in it: fill it or take it out",
                )


def _links(links: list[FoundLink], base: str | None, name: str) -> Iterator[Finding]:
    for link in links:
        piece = _piece(link)
        if link.where == "comment":
            host = urlsplit(link.target).hostname or ""
            if not link.image and not _EXAMPLE.search(host):  # an example is a template
                message = "a link inside an HTML comment, which no reader sees: show or remove it"
                yield Finding("commented-link", link.line, piece, message, "warning")
        elif not link.target:
            message = "a link without an address: give one or take it out"
            yield Finding("empty-link", link.line, piece, message)
        elif link.image:
            if link.target.endswith("/"):
                message = "the image's address is a folder: name the file"
                yield Finding("image-of-directory", link.line, piece, message)
        else:
            yield from _of_target(link, base, name)
            says = link.title.strip()
            if says and (_SAYS_NOTHING.fullmatch(says) or _HOST_ONLY.fullmatch(says)):
                message = f"the title {says!r} says nothing: name what the page is about"
                yield Finding("title-says-nothing", link.line, piece, message)
            if link.where == "alone":
                message = "a link that is no list item: put `- ` before it"
                yield Finding("not-a-list-item", link.line, piece, message, "warning")


def _of_target(link: FoundLink, base: str | None, name: str) -> Iterator[Finding]:
    piece = _piece(link)
    if link.target.startswith(("#", "mailto:")):
        return
    address, reason = resolve(link.target, base)
    if reason:
        message = f"{reason}: say what the links of {name!r} are relative to, or write it in full"
        code = "relative-without-base" if reason == NO_BASE else "unreadable-address"
        yield Finding(code, link.line, piece, message)
        return
    parts = urlsplit(address)
    if parts.query.endswith("&"):
        yield Finding("dangling-ampersand", link.line, piece, "the address ends in `&`: cut it off")
    names = [pair.partition("=")[0] for pair in parts.query.split("&")]
    noise = [part for part in names if _VIEW.fullmatch(part)]
    if noise:
        message = f"says how the page is shown or who links to it, not what it is: drop {noise}"
        yield Finding("view-parameter", link.line, piece, message)
    if _VIEW_FRAGMENT.search(parts.fragment):
        message = "the fragment is a position in somebody's view and may go: link the page itself"
        yield Finding("view-fragment", link.line, piece, message, "warning")
    if re.fullmatch(r"https?://(?:www\.)?github\.com/[^/]+/[^/]+/tree/(?:main|master)/?", address):
        message = f"a repository's root in a longer spelling: write {canonical(address)}"
        yield Finding("repository-root", link.line, piece, message, "warning")


def _anchors(links: list[FoundLink], good: str) -> Iterator[Finding]:
    targets = anchors_of(good)
    likely = sorted(target for target in targets if len(target) <= _LONGEST_ANCHOR)[:_MOST_LIKELY]
    hints = _MOST_HINTS
    for link in links:
        if link.image or link.where == "comment" or not link.target.startswith("#"):
            continue
        anchor = unquote(link.target[1:])
        if anchor and anchor not in targets and anchor.lower() not in targets:
            near = []
            if hints and len(anchor) <= _LONGEST_ANCHOR:  # comparing with all of them takes long
                near, hints = get_close_matches(anchor.lower(), likely, 1, 0.7), hints - 1
            hint = f"did you mean #{near[0]}?" if near else "point it at a heading or take it out"
            message = f"no heading of this list has this anchor: {hint}"
            yield Finding("broken-anchor", link.line, _piece(link), message)


def anchors_of(text: str) -> set[str]:
    """Return the anchors GitHub gives a document's headings, and those its HTML names itself.

    GitHub lower-cases a heading, keeps letters, marks, digits, ``_`` and ``-``, writes spaces as
    ``-`` and numbers repeats ``-1``, ``-2``, ... (html-pipeline's table-of-contents filter).
    """
    seen: Counter[str] = Counter()
    anchors: set[str] = set()
    for _, line in _visible(_blank_front_matter(text.split("\n"))):
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


def _repeats(links: list[FoundLink], base: str | None) -> Iterator[Finding]:
    first: dict[str, FoundLink] = {}
    for link in links:
        address, reason = resolve(link.target, base)
        if reason or link.image or link.where in ("comment", "text", "html"):
            continue
        before = first.setdefault(canonical(address), link)
        if before is link:
            continue
        if before.title == link.title:
            message = f"the same target as in line {before.line}: keep one"
            yield Finding("same-target-twice", link.line, _piece(link), message)
        else:
            message = f"line {before.line} leads there as {before.title!r}: agree on one title"
            yield Finding("same-target-two-titles", link.line, _piece(link), message)


def _hosts(links: list[FoundLink]) -> Iterator[Finding]:
    hosts = [
        (link, (urlsplit(link.target).hostname or "").removeprefix("www."))
        for link in links
        if link.where != "comment" and link.target.startswith("http")
    ]
    used = {host for _, host in hosts}
    for twins in filter(None, (site.names for site in SITES)):
        for link, host in hosts:
            if twins <= used and host in twins:
                message = f"one site under two names in this list ({', '.join(sorted(twins))})"
                yield Finding(
                    "two-hosts", link.line, _piece(link), f"{message}: use one", "warning"
                )


def _empty_sections(good: str) -> Iterator[Finding]:
    for heading in headings_of(good):
        title = heading.title
        if heading.inside == 0 and names_something(title) and not is_housekeeping(title):
            if heading.prose:
                message = "a section of prose without an entry: add what to read"
                yield Finding("empty-section", heading.line, title, message, "warning")
            else:
                message = "a section with no entry and no topic: fill it or take it out"
                yield Finding("empty-section", heading.line, title, message)


def _piece(link: FoundLink) -> str:
    return f"{'!' if link.image else ''}[{link.title}]({link.target})"[:200]
