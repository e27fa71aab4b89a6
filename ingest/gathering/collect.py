"""What an ingest fetches: the lists themselves, what they link to, the lists inside them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from time import monotonic

import httpx

from ingest.archive import writing
from ingest.archive.warc import Archive
from ingest.bounded.lists import ListReader
from ingest.errors import UsageError
from ingest.exports.registry import grown
from ingest.fetch.pace import Limits
from ingest.gathering import freshness
from ingest.gathering.followed import followed
from ingest.gathering.gather import OnOutcome, PageOutcome, gather
from ingest.gathering.ledger import Ledger
from ingest.gathering.sublists import sublists
from ingest.links.urls import canonical
from ingest.lists import catalog
from ingest.lists.catalog_file import CuratedList

_AT_ONCE = 64  # pages of a refresh, after which it looks at the clock


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


@dataclass(frozen=True, slots=True)
class Budget:
    """What a refresh may take: pages looked at, and seconds; ``wayback`` as in `CollectRequest`."""

    pages: int = 500
    seconds: float = 1800.0
    wayback: bool = False


class Collector:
    """Fetches into one archive; the caller holds the home's write lock.

    Args:
        archive: where what comes is kept.
        on_outcome: called after every page.
        reader: reads lists, bounded.
        transport: see `ingest.fetch.client.Fetcher`.
        limits: see `ingest.fetch.client.Fetcher`.
    """

    def __init__(
        self,
        archive: Archive,
        on_outcome: OnOutcome,
        reader: ListReader,
        transport: httpx.AsyncBaseTransport | None = None,
        limits: Limits = Limits(),  # noqa: B008  # immutable
    ) -> None:
        self._archive = archive
        self._on_outcome = on_outcome
        self._reader = reader
        self._transport = transport
        self._limits = limits
        self.notices: list[str] = []
        """What of the lists a person should know: those whose source is none any more."""

    def collect(self, request: CollectRequest) -> list[PageOutcome]:
        """Fetch what is wished for and is due."""
        outcomes = self._gather(request.pages, request, 0, named=True)
        wanted = self._lists(request)
        origins = [url for curated in wanted for url in _sources(curated)]
        looks = self._gather(origins, request, len(outcomes))
        outcomes += looks
        self._reread(wanted, looks)
        for depth in range(1, request.depth + 1):
            entries = [entry.url for curated in self._lists(request) for entry in curated.entries]
            outcomes += self._gather(entries, request, len(outcomes))
            if depth < request.depth:
                self._descend(request)
        return outcomes

    def refresh(self, budget: Budget) -> list[PageOutcome]:
        """Look at what is due: lists first, then pages, those most overdue first."""
        end = monotonic() + budget.seconds
        known = catalog.known(self._archive)
        ledger = Ledger(self._archive)
        origins = {canonical(url): url for curated in known for url in _sources(curated)}
        late = {url: ledger.lateness(url, freshness.LIST) for url in origins}
        due = [origins[url] for url in late if late[url] >= 1]
        outcomes = self._gather(due, CollectRequest(refresh=True, most=budget.pages), 0)
        self._reread(known, outcomes)
        return outcomes + self._pages(budget, origins, len(outcomes), end)

    def _pages(
        self, budget: Budget, origins: Collection[str], done: int, end: float
    ) -> list[PageOutcome]:
        """Look at the pages that are due, a few at a time, while there is time."""
        ledger = Ledger(self._archive)
        spelled = {url: url for url in ledger.visited()}
        for curated in catalog.known(self._archive):
            spelled |= {canonical(entry.url): entry.url for entry in curated.entries}
        late = {url: ledger.lateness(url) for url in spelled if url not in origins}
        due = sorted((url for url in late if late[url] >= 1), key=lambda url: (-late[url], url))
        request = CollectRequest(refresh=True, wayback=budget.wayback, most=budget.pages)
        outcomes: list[PageOutcome] = []
        for start in range(0, len(due), _AT_ONCE):
            if monotonic() > end:
                break
            some = [spelled[url] for url in due[start : start + _AT_ONCE]]
            outcomes += self._gather(some, request, done + len(outcomes))
        return outcomes

    def fetch_list(self, url: str, name: str, base: str | None) -> CuratedList:
        """Fetch the source of a list, Markdown, a feed or an outline of feeds, and read it.

        What a feed held when it was read before stays.

        Raises:
            UsageError: it cannot be had, is neither of these, or holds no link.
        """
        outcomes = self._gather([url], CollectRequest(refresh=True), 0, named=True)
        ledger = Ledger(self._archive)
        data = None if ledger.is_no_list(url) else ledger.list_source(url)
        if data is None:
            why = (
                outcomes[0].reason or "it is a page, not the Markdown source of a list, nor a feed"
            )
            raise UsageError(
                f"The list {url} cannot be read: {why}. Give the address of its Markdown source."
            )
        now = self._reader.read(data, file=url, name=name, base=base or url, origin=url)
        before = {curated.name: curated for curated in catalog.stored(self._archive)}
        return grown(before.get(name), now)

    def _gather(
        self, urls: Sequence[str], request: CollectRequest, done: int, *, named: bool = False
    ) -> list[PageOutcome]:
        most = None if request.most is None else max(0, request.most - done)
        return gather(
            self._archive,
            urls,
            self._on_outcome,
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

    def _reread(self, wanted: Sequence[CuratedList], looks: Sequence[PageOutcome]) -> None:
        """Take over what curators changed in their lists since they were read last.

        A list whose source is none any more, or has lost all links, stays as it was; that is
        noted where one of ``looks`` just found the source another than before.
        """
        ledger = Ledger(self._archive)
        stored = {curated.name: curated for curated in catalog.stored(self._archive)}
        lost = partial(self._lost, {look.url for look in looks if look.state == "fetched"})
        for curated in wanted:
            for url in _sources(curated):
                if ledger.is_no_list(url):
                    lost(url, "it answers with a page")
            data = ledger.list_source(curated.origin) if curated.origin else None
            if data is None:
                continue
            try:
                now = self._reader.read(
                    data, file=curated.origin or "", name=curated.name, base=curated.base,
                    origin=curated.origin,
                )  # fmt: skip
            except UsageError as error:
                lost(curated.origin or "", str(error))
                continue
            now = grown(stored[curated.name], now)
            if now != stored[curated.name]:
                writing.add(self._archive, [catalog.added(now)])
        writing.add(
            self._archive,
            (
                catalog.added(inner)
                for curated in wanted
                for inner in followed(curated, stored, ledger, self._reader.read, lost)
            ),
        )

    def _lost(self, changed: Collection[str], url: str, why: str) -> None:
        """Note that a list's source is none any more, if it changed just now."""
        if canonical(url) in changed:
            self.notices.append(
                f"{url}, which a list is read from, is no list any more: {why.rstrip('.')}. "
                "What the list held stays."
            )

    def _descend(self, request: CollectRequest) -> None:
        ledger = Ledger(self._archive)
        for curated in self._lists(request):
            inside = sublists(curated, ledger, self._reader.parse)
            writing.add(self._archive, (catalog.added(inner) for inner in inside))


def _sources(curated: CuratedList) -> list[str]:
    """Return the addresses a list is read from: its own, and those of its feeds."""
    return [*([curated.origin] if curated.origin else []), *curated.feeds]
