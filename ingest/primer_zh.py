"""The primer's notes in Chinese, section by section: by these words Chinese questions find a note.

Knows the two files of a note and their headings; what is quoted is always the note itself.
"""

import re
from functools import cache

from ingest.shipped import shipped
from ingest.values import PRIMER

_SLUG = re.compile(r"[a-z0-9-]+")
_HEADING = re.compile(r"^#{1,6} +(.+)$", re.MULTILINE)


def files_of(slug: str) -> tuple[str, str] | None:
    """Return a note without its front matter and its Chinese; None if either is not there."""
    if not _SLUG.fullmatch(slug):
        return None
    try:
        note = shipped("primer", f"{slug}.md").read_text("utf-8")
        chinese = shipped("primer-zh", f"{slug}.md").read_text("utf-8")
    except OSError:
        return None
    return note.split("\n---\n", 1)[-1], chinese


def wording(url: str, heading: tuple[str, ...]) -> str:
    """Return what a section of a note says in Chinese; empty for what is no note, or has none."""
    if not url.startswith(PRIMER) or not heading:
        return ""
    return _sections(url.removeprefix(PRIMER)).get(heading[-1], "")


@cache
def _sections(slug: str) -> dict[str, str]:
    files = files_of(slug)
    if files is None:
        return {}
    note, chinese = files
    headings = [match[1].strip() for match in _HEADING.finditer(note)]
    starts = [match.start() for match in _HEADING.finditer(chinese)]
    if len(headings) != len(starts):
        return {}
    ends = [*starts[1:], len(chinese)]
    texts = [chinese[start:end] for start, end in zip(starts, ends, strict=True)]
    return dict(zip(headings, texts, strict=True))
