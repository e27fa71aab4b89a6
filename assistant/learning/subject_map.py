"""A map of what there is to learn: lists by their sections, topics by what is read before them.

Knows the catalog and the primer; nothing of how it is drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.learning import primer
from assistant.learning.primer import Note
from index.store.browse import HERE, Link

_STEPS = 2  # from a topic to what is shown of it, each way
_MOST = 12  # topics beside one another


@dataclass(slots=True)
class Place:
    """A section of a list: the links right in it, the sections below, by their headings."""

    path: tuple[str, ...]
    links: list[Link] = field(default_factory=list)
    below: dict[str, "Place"] = field(default_factory=dict)

    def every(self) -> list[Link]:
        """Return the links in it and below."""
        links, left = list(self.links), list(self.below.values())
        while left:
            place = left.pop()
            links += place.links
            left += place.below.values()
        return links

    @property
    def share(self) -> float:
        """Return how much of what is in it and below is in the library, 0 to 1."""
        every = self.every()
        return sum(link.state == HERE for link in every) / max(1, len(every))


def places(name: str, links: Sequence[Link]) -> Place:
    """Return the tree of a list's links; its root is the list."""
    root = Place((name,))
    for link in links:
        place = root
        for heading in link.section:
            place = place.below.setdefault(heading, Place((*place.path, heading)))
        place.links.append(link)
    return root


def place_at(root: Place, path: Sequence[str]) -> Place:
    """Return the section at a path; the deepest there is of it."""
    place = root
    for heading in path[1:] if tuple(path[:1]) == root.path else ():
        if heading not in place.below:
            break
        place = place.below[heading]
    return place


@dataclass(frozen=True, slots=True)
class Topics:
    """What stands around a topic: by steps from it, those to read before being negative.

    ``lines`` are pairs of slugs, what is read before first.
    """

    note: Note
    steps: dict[int, tuple[Note, ...]]
    lines: tuple[tuple[str, str], ...]


def around(note: Note) -> Topics:
    """Return the topics to read before a topic, and those it leads to."""
    notes = primer.notes()
    after: dict[str, list[str]] = {}
    for other in notes.values():
        for slug in other.prerequisites:
            after.setdefault(slug, []).append(other.slug)
    steps: dict[int, tuple[Note, ...]] = {0: (note,)}
    seen = {note.slug}
    for way in (-1, 1):
        front = [note.slug]
        for step in range(1, _STEPS + 1):
            reached: list[str] = []
            for slug in front:
                near = notes[slug].prerequisites if way < 0 else after.get(slug, ())
                reached += [other for other in near if other in notes and other not in seen]
            front = list(dict.fromkeys(reached))[:_MOST]
            seen.update(front)
            if front:
                steps[way * step] = tuple(notes[slug] for slug in front)
    lines = tuple(
        (before, note.slug)
        for row in steps.values()
        for note in row
        for before in note.prerequisites
        if before in seen
    )
    return Topics(note, steps, lines)
