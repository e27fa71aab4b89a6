"""The lists a home knows. They live in its archive, so that a rebuild needs nothing else.

Each list is a resource record holding its catalog snapshot; the newest record of a name counts, and
an empty one says that the list was removed.
"""

from collections.abc import Iterable, Iterator

from ingest.archive import Archive, Record, Resource
from ingest.catalog_file import FOUNDING, CuratedList, dumps, loads
from ingest.shipped import shipped

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
    """Return the lists a home knows: the founding ones in their order, then others by name."""
    newest: dict[str, Record] = {}
    for record in _of_lists(archive.records()):
        if record.url not in newest or record.fetched_at >= newest[record.url].fetched_at:
            newest[record.url] = record
    bodies = [archive.read(record).body.decode() for record in newest.values()]
    order = {name: place for place, name in enumerate(FOUNDING)}
    return sorted(
        (loads(body) for body in bodies if body),
        key=lambda curated: (order.get(curated.name, len(order)), curated.name),
    )


def is_list(url: str) -> bool:
    """Say whether an archive address is that of a list and not of a page."""
    return url.startswith(PREFIX)


def _of_lists(records: Iterable[Record]) -> Iterator[Record]:
    return (record for record in records if is_list(record.url))
