"""The links of a home's lists: what they are called, who recommends them, what they are about."""

import re
from dataclasses import dataclass

from assistant.learning import primer
from assistant.learning.primer import Note
from index.store.catalog import entry_rows
from index.store.sqlite import Store
from index.store.values import Recommendation
from ingest.links.urls import canonical
from ingest.lists.catalog_file import FOUNDING


@dataclass(frozen=True, slots=True)
class RecommendedLink:
    """A link of the lists: its first title, and every place that recommends it."""

    title: str
    url: str
    kind: str
    recommended_by: tuple[Recommendation, ...]


def sources(store: Store) -> dict[str, RecommendedLink]:
    """Return every link of the lists by canonical address, in list order.

    The primer was written with all founding lists in hand: a link of theirs that no note leads to
    was gone by then, and is left out.
    """
    first: dict[str, tuple[str, str, str]] = {}
    places: dict[str, list[Recommendation]] = {}
    for name, title, url, section, badge, kind in entry_rows(store):
        address = canonical(url)
        if name in FOUNDING and address not in primer.placed():
            continue
        first.setdefault(address, (title, url, kind))
        places.setdefault(address, []).append(Recommendation(name, section, badge))
    return {
        address: RecommendedLink(title, url, kind, tuple(dict.fromkeys(places[address])))
        for address, (title, url, kind) in first.items()
    }


def named(source: RecommendedLink) -> tuple[str, ...]:
    """Return the notes a link is about: those its title names, else its nearest heading."""
    headings = (part for place in source.recommended_by for part in reversed(place.section))
    return next((slugs for text in (source.title, *headings) if (slugs := primer.named(text))), ())


def says(source: RecommendedLink, topic: str) -> bool:
    """Say whether a link's title or the heading it stands under holds the words of a topic."""
    wanted = primer.plain_name(topic)
    texts = [
        source.title,
        *(part for place in source.recommended_by for part in place.section[-1:]),
    ]
    apart = re.compile(rf"(?<![a-z0-9]){re.escape(wanted)}(?![a-z0-9])")
    return any(apart.search(primer.plain_name(text)) for text in texts)


def why(source: RecommendedLink | None, note: Note | None) -> str:
    """Return in a few words why a link is on the path of a note, or of a topic without one."""
    if source is None:
        return f"a source of the primer's note on {note.topic}" if note else "found by its name"
    places = source.recommended_by
    best = next(
        (
            place
            for place in places
            if note and note.slug in primer.named(" ".join(place.section[-1:]))
        ),
        places[0],
    )
    others = list(dict.fromkeys(place.list for place in places if place.list != best.list))
    under = f" under '{' > '.join(best.section)}'" if best.section else ""
    return f"recommended{under} by {best.list}" + "".join(f", also by {name}" for name in others)
