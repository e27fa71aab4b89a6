"""Titles: what a person would call a page, and what its address alone says.

Knows that a site's name is no part of a page's title, and that on GitHub the path says most.
"""

import re
from urllib.parse import unquote, urlsplit

from ingest.links.sites import github

_SAYS_NOTHING = {
    "readme", "reference", "references", "introduction", "overview", "index", "home", "contents",
    "table of contents", "notes", "summary", "about", "目录", "简介", "介绍", "前言", "参考",
}  # fmt: skip


def title_of(title: str, site: str, heading: str, url: str) -> str:
    """Choose the title a person would give: without the site's name, with the repository's."""
    parts = urlsplit(url)
    if parts.hostname == github.HOST:
        is_file = "/blob/" in parts.path
        return heading if is_file and tells(heading) else name_of(url)
    if heading and len(heading) > 3 and heading in title:
        title = heading
    for mark in (" | ", " – ", " — ", " · ", " - ", " :: "):
        head, separator, tail = title.rpartition(mark)
        if separator and site and tail.strip().casefold().startswith(site.strip().casefold()):
            title = head.strip()
    return title or heading or name_of(url)


def tells(heading: str) -> bool:
    """Say whether a heading can stand for its text without the name of its file."""
    return len(heading) > 3 and heading.casefold() not in _SAYS_NOTHING


def note_name(file: str) -> str:
    """Return what a file of one's own is called: a note by its name, without what Notion adds."""
    stem = re.sub(r"\.(?:md|markdown)$", "", file, flags=re.IGNORECASE)
    return re.sub(r"[ _][0-9a-f]{32}(?=$|\.\w{1,5}$)", "", stem)


def name_of(url: str) -> str:
    """Return a title for a text without one: repository and path on GitHub, else the file name."""
    parts = urlsplit(url)
    path = unquote(parts.path).strip("/")
    if parts.scheme == "file":
        return note_name(path.split("/")[-1]) or url
    return github.name_of(url) or path.split("/")[-1] or parts.hostname or url
