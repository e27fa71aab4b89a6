"""The lists a home knows. They live in its archive, so that a rebuild needs nothing else.

Each list is a resource record holding its catalog snapshot; the newest record of a name counts, and
an empty one says that the list was removed. Earlier ones say what a curator changed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, count

from ingest.archive.values import Record, Resource
from ingest.archive.warc import Archive
from ingest.errors import UsageError
from ingest.links.urls import canonical
from ingest.lists.catalog_file import FOUNDING, SAVED_PAGES, CuratedList, dumps, loads
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


def name_for(lists: Iterable[CuratedList], wished: str, source: str) -> str:
    """Return the name for a list that was read from ``source``: its own, where it is known already.

    Else ``wished``, or where another list has that, the first free of ``wished-2``, ``wished-3``:
    a list never takes the place of one that was read from elsewhere.

    Args:
        lists: those that are known.
        wished: what it would be called.
        source: the address of its page or file.
    """
    sources = {curated.name: source_of(curated) for curated in lists}
    same = [name for name, known in sources.items() if known == canonical(source)]
    if same:
        return wished if wished in same else same[0]
    spelled = chain([wished], (f"{wished}-{number}" for number in count(2)))
    return next(name for name in spelled if name not in sources and name != SAVED_PAGES)


def check_name(lists: Iterable[CuratedList], name: str, source: str) -> None:
    """Make sure that a name a person chose is not that of a list read from elsewhere.

    Raises:
        UsageError: it is.
    """
    there = {curated.name: source_of(curated) for curated in lists}
    if there.get(name, canonical(source)) != canonical(source) or name == SAVED_PAGES:
        known = f" (read from {there[name]})" if there.get(name) else ""
        raise UsageError(
            f"{source} cannot be called {name}: that is another list{known}. Choose another name "
            f"with --name, or let that list go first: `refdesk lists remove {name}`."
        )


def sources(archive: Archive) -> set[str]:
    """Return the canonical addresses that the lists of a home are read from, and their feeds."""
    named = ((curated.origin, *curated.feeds) for curated in stored(archive))
    return {canonical(url) for urls in named for url in urls if url}


def source_of(curated: CuratedList) -> str:
    """Return what a list is read from: its address, or that of its file; "" if it is not known."""
    return canonical(curated.origin) if curated.origin else curated.given


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
