"""Whether a host lets us in, by the robots.txt that is asked for at its first need (RFC 9309).

Makes no requests itself: it is given what makes them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from ingest.archive.values import Reply
from ingest.failures import Failure, failure_of
from ingest.fetch.request import Request
from ingest.fetch.robots import Robots, is_closed, origin
from ingest.links.urls import joined
from ingest.values import Rejection

_REDIRECTS = 5  # RFC 9309, section 2.3.1.2

Ask = Callable[[Request, Request], Awaitable[Reply | Rejection]]
"""Makes the second request, a step on the way of the first."""


class RobotsGate:
    """The rules of the hosts of one run.

    Args:
        known: the robots.txt replies that are at hand and still fresh.
        ask: gets the others; a redirect is returned, not followed.
    """

    def __init__(self, known: Sequence[Reply], ask: Ask) -> None:
        self._ask = ask
        self._robots = Robots()
        self._known: set[str] = set()
        self._closed: dict[str, str] = {}
        self._asking: dict[str, asyncio.Lock] = {}
        for reply in known:
            self._robots.learn(reply.url, reply)
            self._known.add(origin(reply.url))

    async def forbids(self, url: str) -> str | None:
        """Say why robots.txt keeps us out, if it does."""
        site = origin(url)
        async with self._asking.setdefault(site, asyncio.Lock()):
            if site not in self._known:
                await self._learn(site)
                self._known.add(site)
        if site in self._closed:
            return self._closed[site]
        return None if self._robots.allow(url) else "robots.txt does not allow it"

    def delay(self, url: str) -> float:
        """Return the seconds a host that was asked wants between two requests."""
        return self._robots.delay(url) or 0.0

    async def _learn(self, site: str) -> None:
        first = Request(f"{site}/robots.txt", interface=True)
        here: Request | None = first
        for _ in range(_REDIRECTS + 1):
            if here is None:
                return
            reply = await self._ask(first, here)
            if isinstance(reply, Rejection):
                # RFC 9309: what cannot be reached, or read, is closed for now.
                if failure_of(reply.reason) is Failure.TOO_LARGE:
                    self._closed[site] = Failure.LATER.reason("its robots.txt is too large")
                elif failure_of(reply.reason) is Failure.LATER:
                    self._closed[site] = reply.reason
                return
            location = reply.header("Location")
            if not (300 <= reply.status < 400 and location):
                if is_closed(reply.status):
                    said = f"its robots.txt: {reply.status}"
                    self._closed[site] = Failure.LATER.reason(said)
                self._robots.learn(first.url, reply)
                return
            target = joined(here.url, location)
            here = Request(target, interface=True) if target else None
