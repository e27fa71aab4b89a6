"""The polite client: the only way out.

Every request of every kind of link goes through `Fetcher.fetch`: public addresses only, robots.txt
asked first, one host never hurried, redirects followed and kept, sizes and times bounded, what is
temporary tried again. What comes is handed, byte for byte, to whoever keeps the archive.
"""

import asyncio
import contextlib
import email.utils
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Self

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt

from ingest.archive.values import Exchange, Reply
from ingest.failures import Failure
from ingest.fetch.pace import Hosts, Limits
from ingest.fetch.request import Request
from ingest.fetch.robots import origin
from ingest.fetch.robots_gate import RobotsGate
from ingest.fetch.transport import RefusedAddressError, UnknownHostError, guarded_transport
from ingest.links.public import refusal
from ingest.links.urls import joined
from ingest.reading.document import status_reason
from ingest.reading.pictures import figure_head
from ingest.text.digits import whole_number
from ingest.values import Rejection

USER_AGENT = "refdesk/0.1 (a personal library of curated reading lists; obeys robots.txt)"

_HEADERS = {
    "User-Agent": USER_AGENT,
    "Accept": "text/html,application/xhtml+xml,text/markdown;q=0.9,*/*;q=0.8",
    "Accept-Language": "en,zh;q=0.8,*;q=0.5",
    "Accept-Encoding": "gzip, deflate, br, zstd",
}
_MEDIA = ("video/", "audio/", "image/", "font/")
_PICTURES = {
    "Accept": "image/webp,image/png,image/jpeg,image/gif",
    "Accept-Encoding": "identity",
}
_TEMPORARY = {408, 425, 429, 500, 502, 503, 504}


@dataclass(frozen=True, slots=True)
class Remembered:
    """A copy that is at hand; ``fresh`` when it need not be asked for again."""

    reply: Reply
    fresh: bool


Recall = Callable[[str], Remembered | None]
"""Gives the copy of an address."""


class _Again(Exception):  # a signal to the retrying loop
    """The reply, or its absence, is temporary."""

    def __init__(self, outcome: Exchange | Rejection, wait: float | None = None) -> None:
        super().__init__()
        self.outcome = outcome
        self.wait = wait


class Fetcher:
    """Makes requests; use it as an async context manager.

    Args:
        keep: given every exchange worth keeping, in the order they ended, redirects included.
        robots: the robots.txt replies that are known and still fresh.
        transport: sends the requests; by default straight to the public web. A given one is still
            asked for public addresses only, by their spelling.
        limits: how much, how long, how often.
    """

    def __init__(
        self,
        keep: Callable[[Exchange], None],
        *,
        robots: Sequence[Reply] = (),
        transport: httpx.AsyncBaseTransport | None = None,
        limits: Limits = Limits(),  # noqa: B008  # immutable
    ) -> None:
        self._keep = keep
        self._transport = transport
        self._limits = limits
        self._gate = RobotsGate(robots, self._ask)
        self._addresses: dict[str, asyncio.Lock] = {}
        self._hosts = Hosts(limits)
        self._overall = asyncio.Semaphore(limits.overall)

    async def __aenter__(self) -> Self:
        self._stack = AsyncExitStack()
        self._client = await self._stack.enter_async_context(
            httpx.AsyncClient(
                transport=self._transport or guarded_transport(),
                headers=_HEADERS,
                timeout=httpx.Timeout(20.0, read=30.0),
                follow_redirects=False,
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # see `fetch`
                trust_env=False,  # the transport knows the proxies; no password file is read
            )
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def fetch(self, request: Request, recall: Recall = lambda url: None) -> Reply | Rejection:
        """Make a request and follow where it leads.

        Args:
            request: what to ask for.
            recall: gives the copy of an address that is at hand. One that is fresh is taken as it
                is; else the server is asked whether it changed.
        """
        here = request
        cookies = httpx.Cookies()  # some redirects need them; no other page is shown them
        for _ in range(self._limits.redirects + 1):
            # two that want one address at the same time: the second remembers what the first got
            async with self._addresses.setdefault(here.url, asyncio.Lock()):
                reply = await self._step(request, here, recall, cookies)
            if isinstance(reply, Rejection):
                return reply
            location = reply.header("Location")
            if not (300 <= reply.status < 400 and location):
                return reply
            target = joined(here.url, location)
            if target is None:
                return Rejection(request.url, "redirects to what is not a web address")
            # An answer to 303 (and, by every browser's habit, to 301 and 302) is fetched by GET.
            method = "GET" if reply.status in (301, 302, 303) else here.method
            here = Request(
                target,
                method=method,
                # what is made for one host (a token among it) is not shown to another
                headers=here.headers if origin(target) == origin(here.url) else (),
                body=here.body if method == here.method else b"",
                interface=here.interface,
                picture=here.picture,
            )
        return Rejection(request.url, "redirects in a circle")

    async def _step(
        self, request: Request, here: Request, recall: Recall, cookies: httpx.Cookies
    ) -> Reply | Rejection:
        """Take one step of the way of ``request``: from memory, or over the wire."""
        if reason := refusal(here.url):
            moved = f"redirects to {here.url}, which is " if here is not request else ""
            return Rejection(request.url, f"{moved}{reason}")
        remembered = recall(here.url) if here.method == "GET" else None
        if remembered is not None and remembered.fresh:
            return remembered.reply
        if not here.interface:
            if reason := await self._gate.forbids(here.url):
                return Rejection(request.url, reason)
            self._hosts.of(here.url).slow_down(self._gate.delay(here.url))
        known = remembered.reply if remembered else None
        outcome = await self._exchange(here, known, cookies)
        if isinstance(outcome, Rejection):
            return Rejection(request.url, outcome.reason)
        unchanged = outcome.reply.status == 304
        if unchanged and known is None:  # unchanged since when?
            return Rejection(request.url, str(status_reason(outcome.reply)))
        self._keep(outcome)
        return known if unchanged and known is not None else outcome.reply

    async def _ask(self, first: Request, here: Request) -> Reply | Rejection:
        """Take a step for a robots.txt, which is never had from memory."""
        # No lock on the address: robots.txt may redirect to the very page that waits for it.
        return await self._step(first, here, lambda url: None, httpx.Cookies())

    async def _exchange(
        self, request: Request, known: Reply | None, cookies: httpx.Cookies
    ) -> Exchange | Rejection:
        """Make one request, again if what comes is temporary."""
        host = self._hosts.of(request.url)
        limits = self._limits
        try:
            async for attempt in AsyncRetrying(
                retry=retry_if_exception_type(_Again),
                stop=stop_after_attempt(limits.attempts),
                wait=self._wait,
                reraise=True,
            ):
                with attempt:
                    async with host.turns, self._overall:
                        if host.closed is not None:
                            return host.closed
                        if (left := await host.turn()) is not None:
                            return left
                        return await self._once(request, known, cookies)
        except _Again as last:
            if last.wait is not None:
                reason: str = Failure.LATER
                if isinstance(last.outcome, Exchange):
                    reason = Failure.LATER.reason(last.outcome.reply.status)
                host.closed = Rejection(request.url, reason)
            return last.outcome
        raise AssertionError("every attempt returns or raises")

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.wait if isinstance(error, _Again) else None
        # doubling from the backoff, or as long as the server asked
        return asked or float(self._limits.backoff * 2 ** (state.attempt_number - 1))

    async def _once(
        self, request: Request, known: Reply | None, cookies: httpx.Cookies
    ) -> Exchange | Rejection:
        url = request.url
        headers = dict(request.headers) | _conditions(known)
        headers |= _PICTURES if request.picture else {}
        begun = datetime.now(UTC)
        try:
            async with asyncio.timeout(self._limits.total):
                sent = self._client.build_request(
                    request.method, url, headers=headers, content=request.body or None
                )
                cookies.set_cookie_header(sent)
                response = await self._client.send(sent, stream=True)
                async with contextlib.aclosing(response):
                    cookies.extract_cookies(response)
                    body = await self._body(response, picture=request.picture)
        except RefusedAddressError:
            return Rejection(url, "not a public web address")
        except UnknownHostError:
            return Rejection(url, Failure.LATER.reason("its host has no address"))
        except (httpx.TimeoutException, TimeoutError):
            raise _Again(Rejection(url, Failure.LATER.reason("no answer in time"))) from None
        except httpx.TransportError as error:
            raise _Again(Rejection(url, Failure.LATER.reason(_plain(error)))) from None
        except (httpx.InvalidURL, UnicodeError, ValueError):
            return Rejection(url, "not a web address")
        if isinstance(body, Rejection):
            return body
        reply = Reply(
            url=url,
            status=response.status_code,
            headers=tuple(
                (name, value)
                for name, value in response.headers.multi_items()
                if name.lower() not in ("transfer-encoding", "connection")
            ),
            body=body,
            fetched_at=begun.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        )
        exchange = Exchange(request.method, url, tuple(headers.items()), request.body, reply)
        if reply.status in _TEMPORARY or reply.status >= 520:
            wait = _retry_after(reply)
            if wait is not None and wait > self._limits.patience:
                self._hosts.of(url).closed = Rejection(url, str(status_reason(reply)))
                return exchange
            raise _Again(exchange, wait)
        return exchange

    async def _body(self, response: httpx.Response, *, picture: bool) -> bytes | Rejection:
        """Read a body as it comes over the wire, unless it is too large or of no use."""
        url = str(response.url)
        most = self._limits.picture_bytes if picture else self._limits.body_bytes
        media = response.headers.get("Content-Type", "").split(";")[0].strip().lower()
        if response.status_code == 200 and media.startswith(_MEDIA) and not picture:
            return Rejection(url, f"{Failure.UNSUPPORTED} {media}")
        if (whole_number(response.headers.get("Content-Length", "")) or 0) > most:
            return Rejection(url, Failure.TOO_LARGE)
        body = bytearray()
        async for part in response.aiter_raw():
            body += part
            if len(body) > most:
                return Rejection(url, Failure.TOO_LARGE)
        if picture and response.status_code == 200:
            encoding = response.headers.get("Content-Encoding")
            if encoding or figure_head(bytes(body)) is None:  # what it is called says nothing
                return Rejection(url, f"{Failure.UNSUPPORTED} no picture that can be a figure")
        return bytes(body)


def _conditions(known: Reply | None) -> dict[str, str]:
    """Return the headers that ask for a page only if it changed since ``known``."""
    if known is None:
        return {}
    pairs = (("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since"))
    return {ask: value for said, ask in pairs if (value := known.header(said))}


def _retry_after(reply: Reply) -> float | None:
    """Return the seconds a server asks to wait: a number, or a date."""
    said = (reply.header("Retry-After") or "").strip()
    if (seconds := whole_number(said)) is not None:
        return float(seconds)
    try:
        until = email.utils.parsedate_to_datetime(said)
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return max(0.0, (until - datetime.now(UTC)).total_seconds())
    except (ValueError, OverflowError, TypeError):  # of dates no calendar has
        return None


def _plain(error: httpx.TransportError) -> str:
    said = str(error).strip()
    return said[:120] if said else type(error).__name__
