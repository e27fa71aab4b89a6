"""Lists inside lists: pages of a list's own repository that hold many links themselves.

Such a page is parsed like any list; its entries join the list that led to it, under the section
they stand in there.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

from ingest.errors import UsageError
from ingest.gathering.ledger import Ledger
from ingest.links.kinds import split
from ingest.links.sites import github
from ingest.links.urls import canonical
from ingest.lists.catalog_file import CuratedList, Entry
from ingest.lists.lines import says_nothing

_MANY = 8
"""Fewer links than this make an article with references, not a list."""

_LABEL = re.compile(r"\W*([\w -]{2,24}?)(?: links?)?\s*[:：]")


class Parse(Protocol):
    """Reads a list, as `ingest.lists.parser.parse` does."""

    def __call__(
        self, text: str, *, name: str, base: str | None = None, origin: str | None = None
    ) -> CuratedList:
        """Return the list; UsageError if it cannot be read or holds no link."""
        ...


def sublists(curated: CuratedList, ledger: Ledger, parse: Parse) -> Iterator[CuratedList]:
    """Yield a list per page of the list's own repository that is a list again.

    Each is named ``LIST/path`` and holds the entries as they join ``curated``.
    """
    home = _repository(curated.base or curated.origin)
    if home is None:
        return
    seen = {canonical(curated.origin)} if curated.origin else set()
    for entry in curated.entries:
        url = canonical(entry.url)
        if url in seen or _repository(url) != home:
            continue
        seen.add(url)
        text = ledger.markdown(url)
        if text is None:
            continue
        name = f"{curated.name}/{split(url).path.strip('/')}"
        try:
            sublist = parse(text, name=name, base=url, origin=url)
        except UsageError:
            continue  # a page without links
        if len(sublist.entries) >= _MANY:
            under = (*entry.section, entry.title)
            entries = (_named(entry, under) for entry in sublist.entries)
            topics = (replace(topic, section=(*under, *topic.section)) for topic in sublist.topics)
            yield replace(sublist, entries=tuple(entries), topics=tuple(topics), ignored=())


def _named(entry: Entry, under: tuple[str, ...]) -> Entry:
    """Name an entry by the heading it stands under where its own words ("here") say nothing."""
    section = entry.section
    title = entry.title
    if section and says_nothing(title):
        label = _LABEL.match(entry.note or "")
        what = label[1].strip().lower() if label else title.strip().lower()
        title = section[-1] if what in ("paper", "here", "link") else f"{section[-1]} ({what})"
        section = section[:-1]
    return replace(entry, title=title, section=(*under, *section), note=None)


def _repository(url: str | None) -> str | None:
    parts = split(canonical(url)) if url else None
    if parts is None or parts.hostname != github.HOST:
        return None
    owner, _, rest = parts.path.strip("/").partition("/")
    name = rest.split("/")[0]
    return f"{owner}/{name}".lower() if name else None
