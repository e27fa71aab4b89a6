"""A list as Markdown, the way lists of links are kept: headings, a line a link, badges.

What our own reader (`ingest.lists.parser`) makes of it are the same entries. The archived copy of a
dead link stands behind a badge: that is how the reader tells it from a recommendation.
"""

import re
from collections.abc import Iterator, Sequence

from assistant.listing.entries import Marked, Section, sections
from ingest.lists.catalog_file import CuratedList
from ingest.text.plain import escape

_DEEPEST = 6  # level of a heading; what lies deeper are bullets in bullets
_OF_GITHUB = "~!^"  # struck out, pictures, footnotes
_BARE = re.compile(r"https?://", re.IGNORECASE)
_BADGE = "https://img.shields.io/badge/"
_COLOURS = {"easy": "green", "medium": "yellow", "hard": "red"}


def markdown(curated: CuratedList, entries: Sequence[Marked]) -> str:
    """Return the list, its dead links marked."""
    return (
        "\n\n".join([f"# {_plain(curated.title)}", *_parts(sections(entries, curated), 2)]) + "\n"
    )


def _parts(section: Section, level: int) -> Iterator[str]:
    """Yield what stands under a heading: its bullets, then the headings below it."""
    bullets = list(_bullets(section, 0, level > _DEEPEST))
    if bullets:
        yield "\n".join(bullets)
    for below in section.below.values():
        if level <= _DEEPEST and below.name not in _titles(section):
            yield f"{'#' * level} {_plain(below.name)}"
            yield from _parts(below, level + 1)


def _bullets(section: Section, depth: int, all_below: bool) -> Iterator[str]:
    """Yield the links and topics of a section, below a link what the list has under it."""
    indent = "  " * depth
    titles = _titles(section)
    opened = set()
    for marked in section.entries:
        yield f"{indent}- {_line(marked)}"
        name = marked.entry.title
        if name in section.below and name not in opened:
            opened.add(name)
            yield from _bullets(section.below[name], depth + 1, all_below=True)
    for topic in section.topics:
        yield f"{indent}- {_plain(topic)}"
    for below in section.below.values() if all_below else ():
        if below.name not in titles:
            yield f"{indent}- {_plain(below.name)}"
            yield from _bullets(below, depth + 1, all_below=True)


def _titles(section: Section) -> set[str]:
    return {entry.entry.title for entry in section.entries}


def _line(marked: Marked) -> str:
    entry = marked.entry
    url = f"<{_address(entry.url)}>" if re.search(r"[()\s]", entry.url) else entry.url
    said = [f"[{_plain(entry.title)}]({url})"]
    if entry.difficulty:
        name = entry.difficulty.capitalize()
        colour = _COLOURS.get(entry.difficulty, "blue")
        said.append(f"![{name}]({_BADGE}difficulty-{name}-{colour})")
    if entry.note:
        said.append(f"- {_plain(entry.note)}")
    if marked.dead:
        day = marked.archived.replace("-", "--") or "look--up"
        said.append(f"![dead]({_BADGE}link-dead-lightgrey)")
        said.append(f"[![archived]({_BADGE}archived-{day}-blue)](<{_address(marked.copy)}>)")
    return " ".join(said)


def _plain(text: str) -> str:
    """Return a text as one line that shows it as it is, and makes no link of an address in it."""
    return _BARE.sub("", escape(text, _OF_GITHUB))


def _address(url: str) -> str:
    return re.sub(r"[<>\s\\]", lambda mark: f"%{ord(mark[0]):02X}", url)
