"""Curated lists: Markdown read into entries and topics, and the lists refdesk knows from the start.

Knows what the curator meant by headings, bullets and badges. Fetches nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import charset_normalizer

from ingest.errors import UsageError
from ingest.links.public import refusal
from ingest.links.urls import NO_BASE, kind_of, resolve, source_of
from ingest.lists.blocks import Block, Image, Inline, Link, Mark, plain, read_blocks
from ingest.lists.catalog_file import (
    FOUNDING,
    CuratedList,
    Entry,
    Ignored,
    Topic,
    dumps,
    loads,
    without_prose,
)
from ingest.lists.lines import (
    Draft,
    cleaned,
    drafts_of,
    drafts_of_row,
    folded,
    is_housekeeping,
    label_of,
    language_of,
    names_something,
    topic_of,
)
from ingest.shipped import shipped

__all__ = [
    "FOUNDING",
    "CuratedList",
    "Entry",
    "Ignored",
    "Topic",
    "decode",
    "dumps",
    "founding",
    "loads",
    "parse",
    "without_prose",
]


@cache
def founding() -> tuple[CuratedList, ...]:
    """Return the founding lists from the snapshots that ship with refdesk."""
    folder = shipped("lists")
    return tuple(loads((folder / f"{name}.toml").read_text("utf-8")) for name in FOUNDING)


def decode(data: bytes) -> str:
    r"""Return the text of a list file, with ``\n`` line ends and mojibake repaired.

    UTF-8 that was once read as Mac Roman or Windows-1252 and saved again is put right, as a whole
    file or, where only parts were damaged, line by line.

    Raises:
        UsageError: the bytes are no text.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", errors="replace")
    elif b"\0" in data:
        raise UsageError("this is no text file: a list is Markdown; give its .md file or address")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            best = charset_normalizer.from_bytes(data).best()
            text = str(best) if best else data.decode("gb18030", errors="replace")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    whole = _repaired(text)
    if whole != text:
        return whole
    return "\n".join(_repaired(line) for line in text.split("\n"))


def _repaired(text: str) -> str:
    if text.isascii():
        return text
    for wrong in ("mac_roman", "cp1252"):
        try:
            return text.encode(wrong).decode("utf-8")
        except UnicodeError:
            continue
    return text


def parse(
    text: str, *, name: str, base: str | None = None, origin: str | None = None
) -> CuratedList:
    """Read a curated list from Markdown.

    Args:
        text: the list, as ``decode`` gives it.
        name: what the list is called; also its title if it has none.
        base: what relative links resolve against: a GitHub repository, folder or file, or any
            page. Without one, relative links are ignored.
        origin: where the list lives.

    Raises:
        UsageError: the list has no link that leads to a page.
    """
    blocks = read_blocks(text)
    title = _title_block(blocks)
    reading = _Reading(base)
    for block in blocks:
        if block is title:
            reading.links(block, [])
        else:
            reading.read(block)
    if not reading.entries:
        raise UsageError(_no_links(name, reading.ignored, len(reading.topics)))
    return CuratedList(
        name=name,
        title=(cleaned(plain(title.lines[0])) if title else "") or name,
        origin=origin,
        base=base,
        lang=language_of([plain(line) for block in blocks for line in block.lines]),
        entries=tuple(reading.entries.values()),
        topics=tuple(reading.topics),
        ignored=tuple(reading.ignored),
    )


def _no_links(name: str, ignored: Sequence[Ignored], topics: int) -> str:
    counts = f"{len(ignored)} other targets and {topics} headings or bullets without a link"
    hint = "check that it is the list's Markdown source and not a page about it"
    if any(item.reason == NO_BASE for item in ignored):
        hint = "its relative links need the address of its folder: give it with --base"
    return (
        f"the list {name!r} has no links to pages. Looked for Markdown links [title](address), "
        f"HTML links and bare addresses; found {counts}. What to do: {hint}."
    )


def _title_block(blocks: Sequence[Block]) -> Block | None:
    """The first heading, if it names the list and not the first of several chapters."""
    headings = [block for block in blocks if block.kind == "heading"]
    if not headings or headings[0].level != 1:
        return None
    return None if len(headings) > 1 and headings[1].level == 1 else headings[0]


_BADGE = re.compile(r"shields\.io/|/badges?[/.]|badgen\.net/|badge\.fury\.io/|badge\.svg", re.I)


_COPY = re.compile(r"https?://web\.archive\.org/web/", re.I)
"""A copy of a page, whatever the page is: behind a badge it stands for the link before it."""


def _is_anchor(piece: Inline) -> bool:
    """Say whether a piece of a heading is the sign that leads to the heading itself."""
    if not isinstance(piece, Link) or not piece.target.startswith("#"):
        return False
    return not re.search(r"\w", piece.title)


_LABEL_LEVEL = 6.5  # of a line in bold: below every heading


@dataclass(slots=True)
class _Reading:
    """What has been read so far, and where in the list we stand."""

    base: str | None
    entries: dict[tuple[str, tuple[str, ...]], Entry] = field(default_factory=dict)
    topics: dict[Topic, None] = field(default_factory=dict)
    ignored: list[Ignored] = field(default_factory=list)
    headings: list[tuple[float, str]] = field(default_factory=list)
    items: list[tuple[int, str]] = field(default_factory=list)
    folds: list[list[tuple[float, str]]] = field(default_factory=list)
    held: int = 0  # headings that a fold around us holds fast
    notes: dict[str, tuple[list[str], str]] = field(default_factory=dict)  # by their labels

    def read(self, block: Block) -> None:
        if block.kind == "comment":
            for piece in block.lines[0]:
                if isinstance(piece, (Link, Image)):
                    reason = "inside an HTML comment (template example)"
                    self.ignored.append(Ignored(piece.target, piece.title, reason))
        elif block.kind == "heading":
            self._heading(block, block.level)
        elif block.kind == "label":
            self._heading(block, _LABEL_LEVEL)
        elif block.kind == "fold":
            self._fold(block)
        elif block.kind == "unfold":
            if self.folds and not block.level:
                self.headings, self.items = self.folds.pop(), []
                self.held = min(self.held, len(self.headings)) if self.folds else 0
        elif block.kind == "item":
            self._item(block)
        elif block.note:
            section, name = self.notes.get(block.note, (self._section(), ""))
            self.links(block, section, f"{name} (note)" if name else "")
        else:
            self.items = [item for item in self.items if item[0] <= block.level]
            self.links(block, self._section())

    def _heading(self, block: Block, level: float) -> None:
        self.items = []
        inner = [item for item in self.headings[self.held :] if item[0] < level]
        self.headings = self.headings[: self.held] + inner
        section = self._section()
        title = cleaned(plain([piece for piece in block.lines[0] if not _is_anchor(piece)]))
        title = folded(title) if block.kind == "fold" else title
        linked = self.links(block, section)
        named = names_something(title)
        if not linked and named and not is_housekeeping(title):
            self.topics[Topic(title, tuple(section))] = None
        self.headings.append((level, title if named else ""))

    def _fold(self, block: Block) -> None:
        """Open a section that folds; it ends with its element, whatever headings stand in it."""
        outer = [item for item in self.headings if not block.level or item[0] < block.level]
        self.folds.append(outer)
        deepest = max((level for level, _ in self.headings), default=0)
        self._heading(block, block.level or deepest + 0.01)
        self.held = len(self.headings)

    def _item(self, block: Block) -> None:
        self.items = [item for item in self.items if item[0] < block.level]
        section = self._section()
        linked = self.links(block, section)
        first = block.lines[0]
        label = label_of(first)
        if not linked:
            label = topic_of(plain(first))
            if label and not block.quoted:
                self.topics[Topic(label, tuple(section))] = None
        self.items.append((block.level, label))

    def links(self, block: Block, section: Sequence[str], name: str = "") -> bool:
        """Take the links of a block; return whether it has any.

        One whose address is all there is of it is called ``name``.
        """
        has_links = False
        row = drafts_of_row(block.lines, block.head) if block.kind == "row" else []
        self._refer(block, section, row)
        for line in block.lines:
            has_links |= any(isinstance(piece, Link) for piece in line)
            for image in line:
                if isinstance(image, Image):
                    reason = "badge image" if _BADGE.search(image.target) else "image"
                    self.ignored.append(Ignored(image.target, image.title, reason))
            drafts = drafts_of(line) if block.kind != "row" else row
            row = []
            for draft in drafts:
                url, reason = resolve(draft.link.target, self.base)
                if reason := reason or refusal(url) or "":
                    self.ignored.append(Ignored(draft.link.target, draft.link.title, reason))
                    continue
                kind, source = kind_of(url), source_of(url)
                is_plain = source == "other" or _COPY.match(url)
                if is_plain and _BADGE.search(draft.link.picture):
                    self.ignored.append(Ignored(url, draft.link.title, "link of a badge"))
                    continue
                title, note = draft.title, draft.note
                if name and not draft.link.title:
                    title, note = name, note or draft.title or None
                entry = Entry(
                    title or url, url, tuple(section), kind, source, draft.difficulty, note
                )
                self.entries.setdefault((url, entry.section), entry)
        return has_links

    def _refer(self, block: Block, section: Sequence[str], row: Sequence[Draft]) -> None:
        """Note for the footnotes a block refers to where it stands and what it is about."""
        for line in block.lines:
            if any(isinstance(piece, Mark) for piece in line):
                drafts = row or drafts_of(line)
                about = "" if drafts else topic_of(plain(line))
                ahead = 0  # links that stand ahead of the mark
                for piece in line:
                    if isinstance(piece, Mark):
                        name = drafts[0 if row else max(ahead - 1, 0)].title if drafts else about
                        self.notes.setdefault(piece.label, (list(section), cleaned(name)))
                    ahead += isinstance(piece, Link)

    def _section(self) -> list[str]:
        return [title for _, title in (*self.headings, *self.items) if title]
