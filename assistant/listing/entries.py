"""A list's entries with what became of their links."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from index.store import browse
from index.store.sqlite import Store
from ingest.links.urls import canonical
from ingest.lists.catalog_file import CuratedList, Entry

_WAYBACK = "https://web.archive.org/web/"


@dataclass(frozen=True, slots=True)
class Marked:
    """An entry, whether its link is dead, and the day (``YYYY-MM-DD``) it was archived here."""

    entry: Entry
    dead: bool
    archived: str

    @property
    def copy(self) -> str:
        """Where the Internet Archive shows its copy nearest to the day, or its newest."""
        return f"{_WAYBACK}{self.archived.replace('-', '') or 2}/{self.entry.url}"


def marked(store: Store, curated: CuratedList) -> list[Marked]:
    """Return the entries of a list, in its order."""
    dead = {
        url
        for url, page in store.rows("SELECT url, page FROM failures WHERE reason LIKE 'dead%'")
        for url in (url, page)
    }
    days = {link.url: link.document for link in browse.links(store, curated.name)}
    seen = {url: at[:10] for url, at in store.rows("SELECT url, fetched_at FROM documents")}
    return [
        Marked(
            entry,
            entry.url in dead or canonical(entry.url) in dead,
            seen.get(days.get(entry.url, ""), ""),
        )
        for entry in curated.entries
    ]


@dataclass
class Section:
    """A heading of a list: its entries, its topics that are no headings, the headings below it."""

    name: str
    entries: list[Marked] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    below: dict[str, "Section"] = field(default_factory=dict)


def sections(entries: Sequence[Marked], curated: CuratedList) -> Section:
    """Return a list as the tree of its headings, in the order in which it first names them."""
    root = Section(curated.title)

    def at(path: Sequence[str]) -> Section:
        here = root
        for name in path:
            here = here.below.setdefault(name, Section(name))
        return here

    for marked in entries:
        at(marked.entry.section).entries.append(marked)
    for topic in curated.topics:
        at(topic.section).topics.append(topic.title)
    _drop_headings(root)
    return root


def _drop_headings(section: Section) -> None:
    section.topics = [topic for topic in section.topics if topic not in section.below]
    for below in section.below.values():
        _drop_headings(below)
