"""What the lists recommend and the library holds: one row a source, with its state."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from assistant.contract import Shown
from index.store import browse
from index.store.sqlite import Store
from index.store.values import Filters, Recommendation
from ingest.links.urls import canonical

State = Literal["in_library", "dead", "needs_a_browser", "failed", "not_fetched"]
STATES: dict[str, State] = {
    browse.HERE: "in_library",
    browse.DEAD: "dead",
    browse.BROWSER: "needs_a_browser",
    browse.FAILED: "failed",
    browse.MISSING: "not_fetched",
}
"""What became of a source, in the words programs get."""


@dataclass(frozen=True, slots=True)
class Source:
    """A link of the lists, or a document of no list (then ``recommended_by`` is empty).

    ``state`` is one of `STATES`, ``reason`` says why it is not in the library. ``document`` is the
    address its text is read at, ``length`` that text's in characters; None and 0 without one.
    """

    url: str
    title: str
    kind: str
    state: State
    reason: Annotated[str | None, Shown("Why it is not in the library.")]
    lang: str | None
    length: Annotated[int, Shown("Characters of its text; 0 without one.")]
    document: Annotated[str | None, Shown("The address its text is read at.")]
    recommended_by: tuple[Recommendation, ...]


def sources(store: Store, filters: Filters, state: str | None) -> list[Source]:
    """Return the sources filters let through: those of the lists in order, then the others."""
    every = [*_listed(store), *_unlisted(store)]
    return [source for source in every if _passes(source, filters, state)]


def _listed(store: Store) -> Iterator[Source]:
    first: dict[str, browse.Link] = {}
    places: dict[str, list[Recommendation]] = {}
    for link in browse.links(store):
        address = link.document or canonical(link.url)
        first.setdefault(address, link)
        place = Recommendation(link.list, link.section, link.difficulty)
        places.setdefault(address, []).append(place)
    for address, link in first.items():
        yield Source(
            link.url, link.title, link.kind, STATES[link.state], link.reason or None,
            link.lang or None, link.length, link.document or None,
            tuple(dict.fromkeys(places[address])),
        )  # fmt: skip


def _unlisted(store: Store) -> Iterator[Source]:
    for document in browse.unlisted(store):
        yield Source(
            document.url, document.title, document.kind, STATES[browse.HERE], None,
            document.lang, document.length, document.url, (),
        )  # fmt: skip


def _passes(source: Source, filters: Filters, state: str | None) -> bool:
    if state and source.state != state:
        return False
    if filters.kinds and source.kind not in filters.kinds:
        return False
    if filters.langs and source.lang not in filters.langs:
        return False
    if not (filters.lists or filters.sections or filters.difficulties):
        return True
    return any(_place_passes(place, filters) for place in source.recommended_by)


def _place_passes(place: Recommendation, filters: Filters) -> bool:
    return (
        (not filters.lists or place.list in filters.lists)
        and (not filters.difficulties or place.difficulty in filters.difficulties)
        and (not filters.sections or _holds(place.section, filters.sections))
    )


def _holds(section: Sequence[str], wanted: Sequence[str]) -> bool:
    path = " > ".join(section).casefold()
    return any(text.casefold() in path for text in wanted)
