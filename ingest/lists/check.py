"""What is wrong with a curated list, as its Markdown alone shows.

Knows odd forms of links, headings and bullets and where they stand. Fetches nothing: whether a
link is dead or moved is the library's to say.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal
from urllib.parse import unquote, urlsplit

from ingest.links.sites.registry import SITES
from ingest.links.urls import NO_BASE, canonical, resolve
from ingest.lists.lines import is_housekeeping, names_something
from ingest.lists.parser import decode
from ingest.lists.written import (
    BULLET,
    GLUED,
    RULE,
    FoundLink,
    anchors_of,
    blank_front_matter,
    headings_of,
    links_of,
    visible,
)

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
    lines = blank_front_matter(good.split("\n"))
    links = list(links_of(good))
    findings = [
        *_mojibake(raw, good),
        *_bullets(lines),
        *_links(links, base, name),
        *_anchors(links, good),
        *_repeats(links, base),
        *_hosts(links),
        *_empty_sections(good),
    ]
    return sorted(set(findings), key=lambda finding: (finding.line, finding.code, finding.text))


def _read(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return decode(data)  # another charset is not mojibake
    return text.replace("\r\n", "\n").replace("\r", "\n")


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
    for number, line in visible(lines):
        if GLUED.match(line):
            yield Finding(
                "no-space-after-dash",
                number,
                line.strip()[:100],
                "no list item, since no space follows the dash: put one there",
            )
        bullet = BULLET.match(line)
        if bullet and not (bullet["text"] or "").strip() and not RULE.match(line):
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
