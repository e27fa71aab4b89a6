"""How hard the fetcher may press: its limits, and the turns of every host.

Knows times and counts; nothing of requests and replies but the address and the reason of a refusal.
"""

import asyncio
from dataclasses import dataclass, field
from time import monotonic

from ingest.failures import Failure
from ingest.fetch.robots import origin
from ingest.links.sites.registry import site_of
from ingest.reading.decode import MAX_BYTES
from ingest.values import Rejection


@dataclass(frozen=True, slots=True)
class Limits:
    """What the fetcher allows itself; times in seconds.

    ``pace`` lies between two requests to one host, ``patience`` is the longest wait a server may
    ask for (``Retry-After``, ``Crawl-delay``) before its host is left alone for the run, ``total``
    bounds one request with its body. ``pictures`` are the most of one page.
    """

    pace: float = 1.0
    patience: float = 30.0
    total: float = 60.0
    backoff: float = 1.0
    attempts: int = 3
    redirects: int = 10
    per_host: int = 2
    overall: int = 16
    body_bytes: int = MAX_BYTES
    pictures: int = 8
    picture_bytes: int = 4_000_000


@dataclass(slots=True)
class Host:
    """One host's pace: ``free_at`` by the clock of `monotonic`, ``closed`` when it wants rest.

    ``patience`` is the longest wait for a turn, in seconds.
    """

    turns: asyncio.Semaphore
    pace: float
    patience: float
    free_at: float = 0.0
    closed: Rejection | None = None
    gate: asyncio.Lock = field(default_factory=asyncio.Lock)

    def slow_down(self, seconds: float) -> None:
        """Leave at least this much time between two requests."""
        self.pace = max(self.pace, seconds)

    async def turn(self) -> Rejection | None:
        """Wait for the host's turn; what would take longer than is patience for is left."""
        async with self.gate:
            wait = self.free_at - monotonic()
            if wait > self.patience:
                asks = f"asks for {self.pace:.0f} seconds between requests"
                return Rejection("", Failure.LATER.reason(asks))
            if wait > 0:
                await asyncio.sleep(wait)
            self.free_at = monotonic() + self.pace
        return None


class Hosts:
    """The hosts of one run, each with a pace of its own."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._hosts: dict[str, Host] = {}

    def of(self, url: str) -> Host:
        """Return the host of an address."""
        limits = self._limits
        name = origin(url).partition("://")[2]
        if name not in self._hosts:
            site = site_of(name)
            pace = max(limits.pace, site.pace if site and limits.pace > 0 else 0.0)
            turns = asyncio.Semaphore(limits.per_host)
            self._hosts[name] = Host(turns, pace, max(limits.patience, limits.pace))
        return self._hosts[name]
