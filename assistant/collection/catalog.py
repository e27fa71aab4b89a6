"""What stands on the shelves: works, lists, topics, with what became of each. Read once a library.

Knows no language and no question; `assistant.collection.naming` finds works by what people call
them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from assistant.learning import holdings
from index.store import browse
from index.store.sqlite import Store
from index.store.values import Filters, Recommendation
from ingest.links.kinds import beneath, date_of
from ingest.text.scripts import has_han
from ingest.values import PRIMER


@dataclass(frozen=True, slots=True)
class Work:
    """Something to read or watch: a link of the lists, or a document of none.

    ``title`` is what the lists call it, ``own_title`` what its page does, "" without a page.
    ``document`` is the address of its text, None where that is not in the library; then ``state``
    (see `holdings.STATES`) and ``reason`` say why, and ``lang`` is that of the list, unless its
    title is not written in that. ``date`` is
    ``YYYY-MM-DD``, or as far as it is known, where its page or its address tells one; ``added`` is
    the day it came.
    """

    title: str
    url: str
    kind: str
    lang: str
    state: str
    reason: str
    document: str | None
    length: int
    own_title: str
    author: str
    date: str
    added: str
    places: tuple[Recommendation, ...]

    @property
    def held(self) -> bool:
        """Whether its text is in the library."""
        return self.document is not None

    @property
    def primer(self) -> bool:
        """Whether it is a note of refdesk's own primer."""
        return self.url.startswith(PRIMER)

    @property
    def difficulty(self) -> str | None:
        """How hard the first list that says so marks it."""
        return next((place.difficulty for place in self.places if place.difficulty), None)


@dataclass(frozen=True, slots=True)
class ListRow:
    """A list: how many works it recommends, how many are here, and its topics without a link."""

    name: str
    title: str
    origin: str
    lang: str
    works: int
    held: int
    topics: tuple["Topic", ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """What a curator means to cover: a heading or bullet without a link of its own.

    ``empty``: nothing is linked under it either.
    """

    list: str
    section: tuple[str, ...]
    title: str
    empty: bool

    @property
    def path(self) -> tuple[str, ...]:
        """The topic as a section of its own."""
        return (*self.section, self.title)


@dataclass(frozen=True, slots=True)
class Catalog:
    """All works, those of the lists first and in their order, and all lists."""

    works: tuple[Work, ...]
    lists: tuple[ListRow, ...]

    @property
    def documents(self) -> tuple[Work, ...]:
        """The works whose text is in the library."""
        return tuple(work for work in self.works if work.held)

    @property
    def listed(self) -> tuple[Work, ...]:
        """The works that some list recommends."""
        return tuple(work for work in self.works if work.places)

    def sections(self, name: str | None = None) -> list[tuple[str, tuple[str, ...]]]:
        """Return (list, section) of every section that holds a link or a topic, in order."""
        headings: dict[tuple[str, tuple[str, ...]], None] = {}
        for row in self.lists:
            if name in (None, row.name):
                for work in self.listed:
                    for place in work.places:
                        if place.list == row.name and place.section:
                            headings.setdefault((row.name, place.section))
                for topic in row.topics:
                    headings.setdefault((row.name, topic.path))
        return list(headings)

    def below(self, work: Work) -> list[Work]:
        """Return the works whose texts are here and whose addresses lie below that of a work.

        Below a repository's page lie its files, below that of a book its chapters.
        """
        root = beneath(work.url)
        return [other for other in self.documents if root and other.url.startswith(root)]

    def under(self, name: str, section: Sequence[str]) -> list[Work]:
        """Return the works of a list that stand in a section or below it."""
        depth = len(section)
        wanted = tuple(section)
        return [
            work
            for work in self.listed
            if any(p.list == name and p.section[:depth] == wanted for p in work.places)
        ]


_kept: "WeakKeyDictionary[Store, Catalog]" = WeakKeyDictionary()


def catalog(store: Store) -> Catalog:
    """Return the catalog of a library; kept while the library stands."""
    if store not in _kept:
        _kept[store] = _read(store)
    return _kept[store]


def _read(store: Store) -> Catalog:
    pages = {
        row[0]: row[1:]
        for row in store.rows(
            "SELECT url, title, coalesce(author, ''), coalesce(date, ''), substr(fetched_at, 1, 10)"
            " FROM documents"
        )
    }
    langs = dict(store.rows("SELECT name, lang FROM lists"))
    works = tuple(
        _work(source, pages.get(source.document or "", ("", "", "", "")), langs)
        for source in holdings.sources(store, Filters(), None)
    )
    return Catalog(works, tuple(_lists(store, works)))


def _work(source: holdings.Source, page: tuple[str, ...], langs: dict[str, str]) -> Work:
    own_title, author, date, added = page
    return Work(
        title=source.title,
        url=source.url,
        kind=source.kind,
        lang=source.lang or _lang_listed(source, langs),
        state=source.state,
        reason=source.reason or "",
        document=source.document,
        length=source.length,
        own_title=own_title,
        author=author,
        date=date or date_of(source.url),
        added=added,
        places=source.recommended_by,
    )


def _lang_listed(source: holdings.Source, langs: dict[str, str]) -> str:
    listed = next((langs[place.list] for place in source.recommended_by), "")
    return listed if (listed == "zh") == has_han(source.title) else ""


def _lists(store: Store, works: Sequence[Work]) -> list[ListRow]:
    rows = []
    for name, title, origin, lang in store.rows(
        "SELECT name, title, coalesce(origin, ''), lang FROM lists ORDER BY place"
    ):
        own = [work for work in works if any(place.list == name for place in work.places)]
        filled = {
            place.section[:depth]
            for work in own
            for place in work.places
            if place.list == name
            for depth in range(1, len(place.section) + 1)
        }
        topics = [
            Topic(name, section, topic, (*section, topic) not in filled)
            for section, titles in browse.topics(store, name).items()
            for topic in titles
        ]
        # a heading over other topics is no gap itself
        above = {topic.section[:depth] for topic in topics for depth in range(1, 9)}
        leaves = tuple(
            Topic(t.list, t.section, t.title, t.empty and t.path not in above) for t in topics
        )
        held = sum(work.held for work in own)
        rows.append(ListRow(name, title, origin, lang, len(own), held, leaves))
    return rows
