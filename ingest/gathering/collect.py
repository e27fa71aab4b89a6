"""What an ingest fetches: the lists themselves, what they link to, the lists inside them."""

from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from ingest.archive.warc import Archive
from ingest.errors import UsageError
from ingest.fetch.pace import Limits
from ingest.gathering.gather import OnOutcome, PageOutcome, gather
from ingest.gathering.ledger import Ledger
from ingest.gathering.sublists import Parse, sublists
from ingest.lists import catalog
from ingest.lists.catalog_file import CuratedList


@dataclass(frozen=True, slots=True)
class CollectRequest:
    """What to fetch.

    ``lists`` are names of known lists, ``pages`` addresses. ``depth`` 1 fetches what lists link to,
    2 also what the lists inside them link to, and so on. ``refresh`` asks of every page whether it
    changed; ``most`` bounds the pages visited; ``wayback`` gets archived copies of dead ones.
    """

    lists: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    depth: int = 1
    refresh: bool = False
    most: int | None = None
    wayback: bool = False


class Collector:
    """Fetches into one archive; the caller holds the home's write lock.

    Args:
        archive: where what comes is kept.
        told: called after every page.
        parse: reads a list (`ingest.lists.parser.parse`, bounded).
        transport: see `ingest.fetch.client.Fetcher`.
        limits: see `ingest.fetch.client.Fetcher`.
    """

    def __init__(
        self,
        archive: Archive,
        told: OnOutcome,
        parse: Parse,
        transport: httpx.AsyncBaseTransport | None = None,
        limits: Limits = Limits(),  # noqa: B008  # immutable
    ) -> None:
        self._archive = archive
        self._told = told
        self._parse = parse
        self._transport = transport
        self._limits = limits

    def collect(self, request: CollectRequest) -> list[PageOutcome]:
        """Fetch what is wished for and is due."""
        got = self._gather(request.pages, request, 0, named=True)
        wanted = self._lists(request)
        origins = [curated.origin for curated in wanted if curated.origin]
        got += self._gather(origins, request, len(got))
        self._reread(wanted)
        for depth in range(1, request.depth + 1):
            entries = [entry.url for curated in self._lists(request) for entry in curated.entries]
            got += self._gather(entries, request, len(got))
            if depth < request.depth:
                self._descend(request)
        return got

    def fetch_list(self, url: str, name: str, base: str | None) -> CuratedList:
        """Fetch a list's Markdown source and read it.

        Raises:
            UsageError: it cannot be had, is no Markdown, or holds no link.
        """
        got = self._gather([url], CollectRequest(refresh=True), 0, named=True)
        text = Ledger(self._archive).markdown(url)
        if text is None:
            why = got[0].reason or "it is a page, not the Markdown source of a list"
            raise UsageError(
                f"The list {url} cannot be read: {why}. Give the address of its Markdown source."
            )
        return self._parse(text, name=name, base=base or url, origin=url)

    def _gather(
        self, urls: Sequence[str], request: CollectRequest, done: int, *, named: bool = False
    ) -> list[PageOutcome]:
        most = None if request.most is None else max(0, request.most - done)
        return gather(
            self._archive,
            urls,
            self._told,
            refresh=request.refresh,
            transport=self._transport,
            limits=self._limits,
            most=most,
            wayback=request.wayback,
            named=named,
        )

    def _lists(self, request: CollectRequest) -> list[CuratedList]:
        known = catalog.known(self._archive)
        return [curated for curated in known if curated.name in request.lists]

    def _reread(self, wanted: Sequence[CuratedList]) -> None:
        """Take over what curators changed in their lists since they were read last."""
        ledger = Ledger(self._archive)
        stored = {curated.name: curated for curated in catalog.stored(self._archive)}
        for curated in wanted:
            text = ledger.markdown(curated.origin) if curated.origin else None
            if text is None:
                continue
            try:
                now = self._parse(text, name=curated.name, base=curated.base, origin=curated.origin)
            except UsageError:
                continue  # one that lost all links, or cannot be read: the last good one stays
            if now != stored[curated.name]:
                self._archive.add([catalog.added(now)])

    def _descend(self, request: CollectRequest) -> None:
        ledger = Ledger(self._archive)
        for curated in self._lists(request):
            self._archive.add(
                catalog.added(inner) for inner in sublists(curated, ledger, self._parse)
            )
