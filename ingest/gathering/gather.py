"""Getting pages: which are due, what each of them takes, and what came of it.

A page that was visited is left alone until it is due again. What a killed run had fetched already
is taken from the archive, so that the next run asks only for what is missing.
"""

import asyncio
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import httpx

from ingest.archive.run import ArchiveRun
from ingest.archive.values import Exchange, FetchResult, Reply
from ingest.archive.warc import Archive
from ingest.bounded.figures import FigureFinder
from ingest.errors import RefdeskError
from ingest.fetch.client import Fetcher
from ingest.fetch.pace import Limits
from ingest.gathering.ledger import Ledger
from ingest.links.urls import canonical, source_of, without_user
from ingest.page import reading_of
from ingest.reading.decode import UnreadableError, unpack_reply
from ingest.reading.document import reason_of, status_reason
from ingest.sites import wayback as archived_copy
from ingest.sites import youtube
from ingest.sites.adapter import Replies, Request
from ingest.sites.registry import source_for
from ingest.values import Rejection

_MOST_REQUESTS = 60  # of one page; a source that wants more goes round in circles
_PICTURE = re.compile(rb"<img\b|!\[", re.IGNORECASE)
_AT_ONCE = 32  # pages under way; the fetcher's own limits are tighter


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """What became of one page: ``state`` is fetched, unchanged or failed (then with a reason)."""

    url: str
    source: str
    state: str
    reason: str | None = None


OnOutcome = Callable[[PageOutcome, int, int], None]
"""Told what became of a page, how many are done, and how many there are."""


def gather(
    archive: Archive,
    wanted: Sequence[str],
    on_outcome: OnOutcome,
    *,
    refresh: bool = False,
    transport: httpx.AsyncBaseTransport | None = None,
    limits: Limits = Limits(),  # noqa: B008  # immutable
    most: int | None = None,
    wayback: bool = False,
    named: bool = False,
) -> list[PageOutcome]:
    """Visit the pages that are due and keep what comes in the archive.

    Args:
        archive: the home's archive; the caller holds the write lock.
        wanted: addresses, in any spelling.
        on_outcome: called after every page.
        refresh: visit every page, asking whether it changed.
        transport: see `Fetcher`.
        limits: see `Fetcher`.
        most: visit no more pages than this, the first ones.
        wayback: of a dead page, get the Internet Archive's copy.
        named: a person asks for these pages themselves: they are visited even if forgotten.
    """
    ledger = Ledger(archive)
    spelled: dict[str, str] = {}
    for address in wanted:
        spelled.setdefault(canonical(address), _as_sent(address))
    due = [url for url in spelled if refresh or ledger.is_due(url, named=named)][:most]
    if not due:
        return []
    with ArchiveRun(archive, ledger.records) as run, FigureFinder() as finder:
        visits = _Visits(archive, ledger, run, finder, on_outcome, wayback=wayback)
        pages = {url: spelled[url] for url in due}
        return asyncio.run(visits.make(pages, transport, limits))


class _Visits:
    """The visits of one run."""

    def __init__(
        self, archive: Archive, ledger: Ledger, run: ArchiveRun, finder: FigureFinder,
        on_outcome: OnOutcome, *, wayback: bool,
    ) -> None:  # fmt: skip
        self._archive = archive
        self._finder = finder
        self._ledger = ledger
        self._run = run
        self._on_outcome = on_outcome
        self._wayback = wayback
        self._outcomes: list[PageOutcome] = []
        self._new: set[tuple[str, str]] = set()  # replies whose bodies were not known
        self._youtube_blocks = False

    async def make(
        self, due: Mapping[str, str], transport: httpx.AsyncBaseTransport | None, limits: Limits
    ) -> list[PageOutcome]:
        """Visit pages, given as canonical address and spelling."""
        slots = asyncio.Semaphore(_AT_ONCE)
        robots = self._ledger.robots()
        async with Fetcher(
            self._keep, robots=robots, transport=transport, limits=limits
        ) as fetcher:

            async def one(url: str, spelling: str) -> None:
                async with slots:
                    outcome = await self._visited(url, spelling, fetcher, limits.pictures)
                    self._outcomes.append(outcome)
                self._on_outcome(outcome, len(self._outcomes), len(due))

            async with asyncio.TaskGroup() as tasks:
                for url, spelling in due.items():
                    tasks.create_task(one(url, spelling))
        return self._outcomes

    async def _visited(self, url: str, spelling: str, fetcher: Fetcher, most: int) -> PageOutcome:
        """Visit a page; whatever goes wrong with it is its own failure, and no other's."""
        try:
            return await self._visit(url, spelling, fetcher, most)
        except (OSError, RefdeskError):  # of the disk, not of the page
            raise
        except Exception as error:
            reason = f"cannot be fetched: {type(error).__name__}: {error}"[:200]
            self._run.end_visit(url, [FetchResult(url, reason=reason)])
            return PageOutcome(url, source_of(url), "failed", reason)

    def _keep(self, exchange: Exchange) -> None:
        record = self._run.keep(exchange)
        if not self._ledger.learn(record):
            self._new.add((record.url, record.fetched_at))

    async def _visit(self, url: str, spelling: str, fetcher: Fetcher, most: int) -> PageOutcome:
        """Make all requests a page takes, and note in the archive that they were made.

        The page itself is asked for as the list spells it: a server may mind a closing slash.
        ``most`` pictures of it are asked for.
        """
        since = self._ledger.since(url)
        replies: dict[str, Reply | Rejection] = {}

        async def ask(request: Request) -> None:
            sent = replace(request, url=spelling) if request.url == url else request
            replies[request.url] = await fetcher.fetch(
                sent, lambda address: self._ledger.remembered(address, since)
            )

        async def converse(asks: Callable[[str, Replies], Sequence[Request]]) -> None:
            while len(replies) < _MOST_REQUESTS:
                wanted = [
                    request for request in asks(url, dict(replies)) if request.url not in replies
                ]
                if not wanted:
                    break
                async with asyncio.TaskGroup() as tasks:
                    for request in wanted:
                        tasks.create_task(ask(request))

        source = source_for(url)
        if source is youtube and self._youtube_blocks:
            # not noted as a visit: it is due again with the next run
            from ingest.sites.transcript import BLOCKED  # slow to import, and loaded by now

            return PageOutcome(url, source_of(url), "failed", BLOCKED)
        await converse(source.requests)
        self._youtube_blocks |= source is youtube and youtube.blocks(replies)
        if self._wayback and _is_dead(replies.values()):
            await converse(archived_copy.requests)
        outcome = _outcome(url, replies.values(), self._new)
        pictures = await self._pictures(outcome, replies, fetcher, most)
        self._run.end_visit(url, [_asked(*reply) for reply in replies.items()], pictures)
        return outcome

    async def _pictures(
        self, page: PageOutcome, replies: Replies, fetcher: Fetcher, most: int
    ) -> Sequence[FetchResult]:
        """Get the pictures of a page's figures; those of a page that did not change stand."""
        known = self._ledger.pictures(page.url)
        if page.state == "failed" or (page.state == "unchanged" and known):
            return known if page.state == "unchanged" else ()
        came = {
            asked: record
            for asked, reply in replies.items()
            if isinstance(reply, Reply) and (record := self._ledger.record_of(reply)) is not None
        }
        if not came or not any(map(_shows_pictures, replies.values())):
            return ()
        reading = reading_of(self._archive.folder, page.url, came)
        wanted = await asyncio.to_thread(self._finder.pictures, reading)
        since = self._ledger.since(page.url)
        came_of: dict[str, Reply | Rejection] = {}

        async def ask(address: str) -> None:
            try:
                came_of[address] = await fetcher.fetch(
                    Request(address, picture=True), lambda at: self._ledger.remembered(at, since)
                )
            except (OSError, RefdeskError):  # of the disk
                raise
            except Exception as error:  # a page is no worse for a picture it lacks
                reason = f"cannot be fetched: {type(error).__name__}: {error}"[:200]
                came_of[address] = Rejection(address, reason)

        async with asyncio.TaskGroup() as tasks:
            for address in wanted[:most]:
                tasks.create_task(ask(address))
        return [_asked(address, came_of[address]) for address in wanted[:most]]


def _as_sent(address: str) -> str:
    """Return an address as the list spells it, without the fragment and a user's name."""
    return without_user(address.strip()).partition("#")[0]


def _asked(address: str, reply: Reply | Rejection) -> FetchResult:
    if isinstance(reply, Rejection):
        return FetchResult(address, reason=reply.reason)
    return FetchResult(address, reply_url=reply.url, reply_at=reply.fetched_at)


def _shows_pictures(reply: Reply | Rejection) -> bool:
    """Say whether a reply may show a picture: else it need not be read to know that none is."""
    if isinstance(reply, Rejection) or status_reason(reply):
        return False
    try:
        body = unpack_reply(reply)
    except UnreadableError:
        return False
    return _PICTURE.search(body) is not None


def _is_dead(replies: Collection[Reply | Rejection]) -> bool:
    came = [reply.status for reply in replies if isinstance(reply, Reply)]
    return any(s in (404, 410) for s in came) and all(reason_of(s) for s in came)


def _outcome(
    url: str, replies: Collection[Reply | Rejection], new: Collection[tuple[str, str]]
) -> PageOutcome:
    good = [reply for reply in replies if isinstance(reply, Reply) and not status_reason(reply)]
    good = [reply for reply in good if not archived_copy.is_look_up(reply.url)]
    if good:
        changed = any((reply.url, reply.fetched_at) in new for reply in good)
        return PageOutcome(url, source_of(url), "fetched" if changed else "unchanged")
    reasons = [
        reply.reason if isinstance(reply, Rejection) else status_reason(reply) for reply in replies
    ]
    return PageOutcome(
        url, source_of(url), "failed", next((r for r in reasons if r), "not fetched")
    )
