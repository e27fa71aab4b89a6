"""Titles: what a person would call a page, and what its address alone says.

Knows that a site's name is no part of a page's title, and that on GitHub the path says most.
"""

from urllib.parse import unquote, urlsplit

_SAYS_NOTHING = {
    "readme", "reference", "references", "introduction", "overview", "index", "home", "contents",
    "table of contents", "notes", "summary", "about", "目录", "简介", "介绍", "前言", "参考",
}  # fmt: skip


def title_of(title: str, site: str, heading: str, url: str) -> str:
    """Choose the title a person would give: without the site's name, with the repository's."""
    parts = urlsplit(url)
    if parts.hostname == "github.com":
        is_file = "/blob/" in parts.path
        return heading if is_file and tells(heading) else name_of(url)
    if heading and len(heading) > 3 and heading in title:
        title = heading
    for mark in (" | ", " – ", " — ", " · ", " - ", " :: "):
        head, found, tail = title.rpartition(mark)
        if found and site and tail.strip().casefold().startswith(site.strip().casefold()):
            title = head.strip()
    return title or heading or name_of(url)


def tells(heading: str) -> bool:
    """Say whether a heading can stand for its text without the name of its file."""
    return len(heading) > 3 and heading.casefold() not in _SAYS_NOTHING


def name_of(url: str) -> str:
    """Return a title for a text without one: repository and path on GitHub, else the file name."""
    parts = urlsplit(url)
    path = unquote(parts.path).strip("/")
    steps = path.split("/")
    if parts.hostname == "raw.githubusercontent.com" and len(steps) > 3:
        if steps[2:4] == ["refs", "heads"]:
            del steps[2:4]
        steps.insert(2, "blob")
    if parts.hostname in ("github.com", "raw.githubusercontent.com") and len(steps) > 1:
        name = "/".join(steps[:2])
        return f"{name}: {'/'.join(steps[4:])}" if len(steps) > 4 else name
    return steps[-1] or parts.hostname or url


def owner_of(url: str) -> str | None:
    """Return the owner of the GitHub repository a URL lies in, None for other URLs."""
    parts = urlsplit(url)
    if parts.hostname not in ("github.com", "raw.githubusercontent.com"):
        return None
    return unquote(parts.path).strip("/").split("/")[0] or None
