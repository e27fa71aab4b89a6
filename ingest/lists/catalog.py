"""The lists a home knows. They live in its archive, so that a rebuild needs nothing else.

Each list is a resource record holding its catalog snapshot; the newest record of a name counts, and
an empty one says that the list was removed. Earlier ones say what a curator changed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ingest.archive.values import Record, Resource
from ingest.archive.warc import Archive
from ingest.errors import UsageError
from ingest.lists.catalog_file import FOUNDING, CuratedList, dumps, loads
from ingest.shipped import shipped
from ingest.values import Rejection

PREFIX = "refdesk:list/"


def founding_resources() -> Iterator[Resource]:
    """Yield the snapshots of the five founding lists that ship with refdesk."""
    for name in FOUNDING:
        body = shipped("lists", f"{name}.toml").read_bytes()
        yield Resource(f"{PREFIX}{name}", "application/toml", body)


def added(curated: CuratedList) -> Resource:
    """Return the resource that makes a list known."""
    return Resource(f"{PREFIX}{curated.name}", "application/toml", dumps(curated).encode())


def removed(name: str) -> Resource:
    """Return the resource that makes a list unknown."""
    return Resource(f"{PREFIX}{name}", "application/toml", b"")


def known(archive: Archive) -> list[CuratedList]:
    """Return the lists a home knows: the founding ones in their order, then others by name.

    What the lists inside a list hold is part of it, after its own entries.
    """
    whole: dict[str, CuratedList] = {}
    for curated in stored(archive):
        outer = whole.get(curated.name.partition("/")[0])
        if "/" not in curated.name:
            whole[curated.name] = curated
        elif outer is not None:
            whole[outer.name] = _joined(outer, curated)
    return list(whole.values())


def stored(archive: Archive) -> list[CuratedList]:
    """Return the newest state of every list; a list inside a list is named ``LIST/path``."""
    order = {name: place for place, name in enumerate(FOUNDING)}
    return sorted(
        (states[-1] for states in history(archive).values() if states[-1] is not None),
        key=lambda curated: (
            "/" in curated.name,
            order.get(curated.name, len(order)),
            curated.name,
        ),
    )


def history(archive: Archive) -> dict[str, list[CuratedList | None]]:
    """Return every state a list was known in, by name, oldest first; None when it was removed.

    A state that cannot be read is passed over: the one before it counts.
    """
    states: dict[str, list[CuratedList | None]] = {}
    for name, state in _states(archive):
        if not isinstance(state, Rejection):
            states.setdefault(name, []).append(state)
    return states


def unreadable(archive: Archive) -> list[Rejection]:
    """Return the states of lists that cannot be read."""
    return [state for _, state in _states(archive) if isinstance(state, Rejection)]


def _states(archive: Archive) -> Iterator[tuple[str, CuratedList | Rejection | None]]:
    for record in sorted(_of_lists(archive.records()), key=lambda record: record.order):
        name = record.url.removeprefix(PREFIX)
        try:
            body = archive.read(record).body
            yield name, loads(body.decode()) if body else None
        except (UsageError, ValueError, RecursionError) as error:
            reason = f"a stored list that cannot be read: {error}"
            yield name, Rejection(record.url, " ".join(reason.split())[:300])


def _joined(outer: CuratedList, inner: CuratedList) -> CuratedList:
    have = {entry.url for entry in outer.entries}
    more = tuple(entry for entry in inner.entries if entry.url not in have)
    return replace(outer, entries=outer.entries + more, topics=outer.topics + inner.topics)


def is_list(url: str) -> bool:
    """Say whether an archive address is that of a list and not of a page."""
    return url.startswith(PREFIX)


def _of_lists(records: Iterable[Record]) -> Iterator[Record]:
    return (record for record in records if is_list(record.url))
