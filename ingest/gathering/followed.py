"""The feeds a list follows: each is a list inside it that grows."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from ingest.errors import UsageError
from ingest.exports.registry import grown
from ingest.gathering.ledger import Ledger
from ingest.links.kinds import split
from ingest.links.urls import canonical
from ingest.lists.catalog_file import CuratedList


def followed(
    curated: CuratedList,
    stored: Mapping[str, CuratedList],
    ledger: Ledger,
    read: Callable[..., CuratedList],
    lost: Callable[[str, str], None],
) -> Iterator[CuratedList]:
    """Yield a list per feed of ``curated`` that has news, named ``LIST/host/path``.

    ``read`` is `ingest.exports.registry.read_list`, bounded; ``stored`` are the lists as they are;
    ``lost`` is told of a feed that cannot be read any more, and why: what it held stays.
    """
    for feed in curated.feeds:
        data = ledger.list_source(feed)
        if data is None:
            continue
        parts = split(canonical(feed))
        name = f"{curated.name}/{parts.netloc}{parts.path}".rstrip("/")
        try:
            latest = read(data, file=feed, name=name, base=feed, origin=feed)
        except UsageError as error:
            lost(feed, str(error))
            continue
        entries = (
            replace(entry, section=(latest.title, *entry.section)) for entry in latest.entries
        )
        before = stored.get(name)
        now = grown(before, replace(latest, entries=tuple(entries), topics=(), ignored=()))
        if now != before:
            yield now
