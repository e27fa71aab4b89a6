"""What a curator changed between two states of a list."""

from collections.abc import Iterable
from dataclasses import dataclass

from ingest.links.urls import canonical
from ingest.lists.catalog_file import CuratedList, Entry


@dataclass(frozen=True, slots=True)
class ListChanges:
    """Entries added and dropped, and those that moved: as they were, as they are.

    An entry moved when its section, title or difficulty changed and its address did not.
    """

    name: str
    added: tuple[Entry, ...]
    dropped: tuple[Entry, ...]
    moved: tuple[tuple[Entry, Entry], ...]


def changes_between(before: CuratedList | None, now: CuratedList) -> ListChanges:
    """Compare two states of a list; with only one state nothing has changed."""
    if before is None:
        return ListChanges(now.name, (), (), ())
    old, new = _by_place(before.entries), _by_place(now.entries)
    came = [entry for key, entry in new.items() if key not in old]
    went = [entry for key, entry in old.items() if key not in new]
    moved = []
    for entry in list(came):
        match = next((other for other in went if _same_page(other, entry)), None)
        if match is not None:
            came.remove(entry)
            went.remove(match)
            moved.append((match, entry))
    return ListChanges(now.name, tuple(came), tuple(went), tuple(moved))


def _by_place(entries: Iterable[Entry]) -> dict[tuple[object, ...], Entry]:
    return {
        (canonical(entry.url), entry.section, entry.title, entry.difficulty): entry
        for entry in entries
    }


def _same_page(one: Entry, other: Entry) -> bool:
    return canonical(one.url) == canonical(other.url)
