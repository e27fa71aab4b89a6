"""Obsidian's and Logseq's marks in Markdown, as what they mean to a reader.

Links by a note's name, embeds, comments, callouts, highlights and the names of blocks, properties
of blocks. What stands in code stays as it is. Knows the marks, not the notes they name.
"""

import re
from collections.abc import Iterator

from ingest.text.blocks import FENCE, closes_fence

_LINK = re.compile(r"(!?)\[\[([^\[\]\n|\\]{0,300}+)(?:\\?\|([^\[\]\n]{0,300}+))?\]\]")
"""A link by name, with what it is shown as; in a table the bar is escaped."""
_CALLOUT = re.compile(r"((?:>[ \t]?){1,9})\[!(\w[\w-]{0,30})(?:\|[^\]\n]{0,40})?\][+-]?[ \t]*")
_HIGHLIGHT = re.compile(r"==(?![=\s])([^=\n]{1,500}+)(?<!\s)==")
_BLOCK_NAME = re.compile(r"(?:^|(?<=\s))\^[A-Za-z0-9-]{1,40}[ \t]*$")
_CODE = re.compile(r"(`+[^`\n]*+`+)")
_QUOTE = re.compile(r"[ \t>]*+")
_FILE = re.compile(
    r"\.(?:png|jpe?g|gif|svg|webp|avif|bmp|mp[34]|webm|wav|ogg|m4a|mov|pdf|canvas|base)$", re.I
)
_PROPERTY = re.compile(
    r"[ \t]*+(?:- )?(?:id|collapsed|title|alias|tags|type|icon|template|public|heading|created-at|"
    r"updated-at|card-[a-z-]{1,30}|query-[a-z-]{1,30}|logseq\.[\w.-]{1,40}|hl-[a-z-]{1,20}|"
    r"ls-type):: "
)
"""A property that Logseq keeps for itself."""
_TITLE = re.compile(r"\ufeff?(?:[ \t]*[\w.-]{1,40}:: [^\n]{0,300}\n){0,10}?title:: ([^\n]{1,300})")
_REFERENCE = re.compile(r"[ \t]?\(\([0-9a-f]{8}-[0-9a-f-]{27}\)\)")
_MACRO = re.compile(r"\{\{(?:video|embed|tweet|youtube) (https?://[^\s{}]{1,1000})\}\}")
_WORD = re.compile(r"[^\W\d_]")
_OURS, _OURS_END = "<!-- refdesk:begin ", "<!-- refdesk:end "


def as_markdown(text: str) -> str:
    """Return a note as plain Markdown: links as the words they are shown as."""
    if not any(mark in text for mark in ("[[", "%%", "[!", "==", "^", "::", "((", "{{")):
        return text
    return "\n".join(
        line if is_code else _inline(_block(line))
        for line, is_code in _visible(text)
        if is_code or not _PROPERTY.match(line)
    )


def without_ours(text: str) -> str:
    """Return a note without the blocks that refdesk wrote into it: its own words are no source.

    They are marked as `assistant.vault.note` marks them.
    """
    kept: list[str] = []
    at = 0
    while (begin := text.find(_OURS, at)) >= 0:
        end = text.find(_OURS_END, begin)
        close = text.find("-->", end) if end >= 0 else -1
        if close < 0:
            break
        kept.append(text[at:begin])
        at = close + 3
    return "".join([*kept, text[at:]])


def title_in(text: str) -> str:
    """Return what a note of Logseq says it is called, "" if it does not."""
    match = _TITLE.match(text)
    return match[1].strip() if match else ""


def links_of(text: str) -> Iterator[tuple[str, str]]:
    """Yield the links and embeds by name: the note's name, and what it is shown as."""
    for line, is_code in _visible(text):
        for part in [] if is_code else _CODE.split(line)[::2]:
            for match in _LINK.finditer(part):
                name = match[2].partition("#")[0].strip()
                if name and _is_name(match[2]) and not _FILE.search(name):
                    yield name, (match[3] or name).strip()


def _visible(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the lines without their comments, and whether they are code."""
    fence, commented = "", False
    for line in text.split("\n"):
        bare = line[_QUOTE.match(line).end() :] if line[:1] == ">" else line  # type: ignore[union-attr]
        if fence:
            if closes_fence(bare, fence):
                fence = ""
            yield line, True
            continue
        if not commented and (mark := FENCE.match(bare)):
            fence = mark[1]
            yield line, True
            continue
        if "%%" in line or commented:
            kept = []
            for number, part in enumerate(line.split("%%")):
                commented = commented if number == 0 else not commented
                if not commented:
                    kept.append(part)
            line = "".join(kept)
            if not line.strip():
                continue
        yield line, False


def _block(line: str) -> str:
    """Turn the head of a callout into a line in bold, and drop the name of a block."""
    head = _CALLOUT.match(line)
    if head is not None:
        said = line[head.end() :].strip() or head[2].capitalize()
        return f"{head[1]}**{said}**\n{head[1].rstrip()}"  # a paragraph of its own
    return _BLOCK_NAME.sub("", line)


def _inline(line: str) -> str:
    parts = _CODE.split(line)
    parts[::2] = [
        _MACRO.sub(r"\1", _REFERENCE.sub("", _HIGHLIGHT.sub(r"\1", _LINK.sub(_shown, part))))
        for part in parts[::2]
    ]
    return "".join(parts)


def _shown(match: re.Match[str]) -> str:
    embed, name, alias = match.groups()
    if not _is_name(name):
        return match[0]
    if _FILE.search(name.strip()) and embed:
        return ""
    return (alias or name.strip().replace("#", " > ").removeprefix(" > ")).strip()


def _is_name(name: str) -> bool:
    """Say whether what stands between double brackets may be a note's: a matrix is none."""
    return bool(_WORD.search(name)) or (bool(name.strip()) and name.strip().isalnum())
