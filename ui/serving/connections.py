"""Connections and bodies: how many, how long, how large; all of it decided before reading.

A server that waits for whoever opened a connection and said nothing can be ended from outside: it
runs out of descriptors. Here the oldest that said nothing makes room for the newest.
"""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import h11
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from ingest.text.digits import whole_number
from ui.serving.refusals import PROBLEM, problem, refusal

OPEN = 512
"""Connections at the same time; well below the 1,024 descriptors that a process usually has."""
BACKLOG = 128
"""Connections the system keeps waiting: uvicorn takes that many at once, before it counts."""
HEADERS_S = 10.0
"""Seconds a connection may take for the first line and the headers of a request."""
BODY_S = 30.0
"""Seconds the body of a request may take."""
HALF_S = 0.25
"""Seconds after a request in which the end of a client's side means only that it has asked all."""
PROBE_S = 0.25
"""Seconds until who ended its side and has no reply yet is tried; then twice that, and so on."""
READING_S = 60.0
"""Seconds a client may leave a reply unread before its connection is cut."""
BODY = 4_000_000
"""The most bytes of a request's body."""
DISCARD_S = 1.0
"""Seconds in which what is too large is read and dropped: who still sends hears no refusal."""
ROOMY = {"/api/v1/ingest": 25_000_000}
"""Where a body may be larger: it brings a page or a file."""
_REFUSED = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nConnection: close\r\n"
    b"Content-Length: 0\r\n\r\n"
)
_NO_HTTP = json.dumps(
    problem(
        400,
        "This is no request that HTTP knows: look at its first line, the size of its headers and "
        "the length they say.",
    )
).encode()
_NO_HTTP_HEADERS = [
    (b"Content-Type", PROBLEM.encode()),
    (b"Content-Length", str(len(_NO_HTTP)).encode()),
    (b"Connection", b"close"),
]


class Connection(H11Protocol):
    """One connection: closed when its request does not come, or its reply is not read."""

    _request_timer: asyncio.TimerHandle | None = None
    _reply_timer: asyncio.TimerHandle | None = None
    _probe_timer: asyncio.TimerHandle | None = None
    _only_listens = False
    _heard = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count the connection; make room by closing the oldest that has not asked yet."""
        super().connection_made(transport)
        self._expect()
        # a dict keeps the order in which connections came, which uvicorn's set does not
        waiting = self.server_state.__dict__.setdefault("refdesk_waiting", {})
        waiting[self] = None
        if len(self.connections) > OPEN:
            oldest = next(iter(waiting))
            if oldest is self:
                transport.write(_REFUSED)
            oldest.drop()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop(self._request_timer)
        self._stop(self._reply_timer)
        self._stop(self._probe_timer)
        self._waiting.pop(self, None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read; a request has `HEADERS_S` from its first byte on."""
        self._heard = self.loop.time()
        super().data_received(data)
        if self._asks_nothing():
            if self._request_timer is None:
                self._expect()
        else:
            self._stop(self._request_timer)
            self._request_timer = None
            self._waiting.pop(self, None)

    def eof_received(self) -> bool:  # type: ignore[override]
        """Go on for a client that asked all and ended its own side only; close any other.

        One that went away altogether looks the same; what is written to it tells. Late in a reply
        that has begun, an end means that the rest is not wanted.
        """
        early = self.loop.time() - self._heard < HALF_S
        self._only_listens = (
            not self._asks_nothing()
            and not self.cycle.more_body
            and (early or not self.cycle.response_started)
        )
        if self._only_listens and self.scope["http_version"] == "1.1":
            self._probe_timer = self.loop.call_later(PROBE_S, self._probe, 2 * PROBE_S)
        return self._only_listens

    def on_response_complete(self) -> None:
        """Wait for the next request of a connection that is kept."""
        super().on_response_complete()
        if not self.transport.is_closing() and self._asks_nothing():
            if self._only_listens:
                self.transport.close()
            else:
                self._waiting[self] = None

    def pause_writing(self) -> None:
        """Give a client that does not read some time."""
        super().pause_writing()
        self._reply_timer = self.loop.call_later(READING_S, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on writing."""
        self._stop(self._reply_timer)
        self._reply_timer = None
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP in the form of every other refusal."""
        self.transport.write(
            self.conn.send(h11.Response(status_code=400, headers=_NO_HTTP_HEADERS))
        )
        self.transport.write(self.conn.send(h11.Data(data=_NO_HTTP)))
        self.transport.write(self.conn.send(h11.EndOfMessage()))
        self.transport.close()

    def drop(self) -> None:
        """Close a connection that has asked nothing."""
        self._waiting.pop(self, None)
        self.connections.discard(self)
        self.transport.close()

    @property
    def _waiting(self) -> dict["Connection", None]:
        waiting: dict[Connection, None] = self.server_state.__dict__["refdesk_waiting"]
        return waiting

    def _asks_nothing(self) -> bool:
        return self.cycle is None or bool(self.cycle.response_complete)

    def _probe(self, again_s: float) -> None:
        """Write what every client skips before its reply; the second time fails where none is."""
        if self._asks_nothing() or self.cycle.response_started:
            return
        going_on = h11.InformationalResponse(status_code=100, headers=[], reason="Continue")
        self.transport.write(self.conn.send(going_on))
        self._probe_timer = self.loop.call_later(again_s, self._probe, 2 * again_s)

    def _expect(self) -> None:
        self._request_timer = self.loop.call_later(HEADERS_S, self.drop)

    @staticmethod
    def _stop(timer: asyncio.TimerHandle | None) -> None:
        if timer is not None:
            timer.cancel()


class Bounded:
    """Reads the body of a request, at most `BODY` bytes in `BODY_S`, before anything looks at it.

    Args:
        app: what is called with the whole body.
        body: the most bytes.
        seconds: how long they may take.
    """

    def __init__(self, app: ASGIApp, *, body: int = BODY, seconds: float = BODY_S) -> None:
        self._app = app
        self._most = body
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its body, or refuse it."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        said = headers.get("content-length", "0")
        if scope["type"] != "http" or (said == "0" and "transfer-encoding" not in headers):
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        most = max(self._most, ROOMY.get(path, 0))
        length = whole_number(said)
        if said.isdecimal() and (length is None or length > most):
            if "expect" not in headers:
                await self._discard(receive)
            await self._too_large(path, most)(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._seconds):
                body = await self._read(receive, most)
        except TimeoutError:
            text = f"The body of the request did not come within {self._seconds:.0f} seconds."
            await refusal(path, 408, text, {"Connection": "close"})(scope, receive, send)
            return
        if body is None:
            return  # the client went away
        if len(body) > most:
            await self._discard(receive)
            await self._too_large(path, most)(scope, receive, send)
            return
        await self._app(scope, _replayed(body, receive), send)

    async def _read(self, receive: Receive, most: int) -> bytes | None:
        """Return the body; one byte more than allowed where it is too large; None if broken off."""
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return None
            body += message.get("body", b"")
            if len(body) > most or not message.get("more_body"):
                return bytes(body[: most + 1])

    async def _discard(self, receive: Receive) -> None:
        """Read what is left of a body, and keep none of it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(DISCARD_S):
                while (await receive()).get("more_body"):
                    pass

    def _too_large(self, path: str, most: int) -> ASGIApp:
        text = f"The body of the request is larger than {most:,} bytes."
        return refusal(path, 413, text, {"Connection": "close"})


def _replayed(body: bytes, receive: Receive) -> Callable[[], Any]:
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
