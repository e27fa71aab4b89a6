"""Replies that end when the client goes away, or serving ends: whole ones and streams of events."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, TypeVar

import anyio
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.serving.refusals import refusal

T = TypeVar("T")
GONE = 499
"""The status noted for a request whose client went away."""


class Gone(Exception):
    """The client went away before its reply was ready."""


async def unless_gone(request: Request, work: Callable[[], Awaitable[T]]) -> T:
    """Return what ``work`` gives; cancel it at once when the client goes away.

    The request's body must have been read.

    Raises:
        Gone: the client went away.
        Exception: what ``work`` raises.
    """
    done: list[T] = []
    failed: list[Exception] = []

    async with anyio.create_task_group() as tasks:

        async def run() -> None:
            try:
                done.append(await work())
            except Exception as error:  # a task group would wrap it
                failed.append(error)
            tasks.cancel_scope.cancel()

        tasks.start_soon(run)
        while (await request.receive())["type"] != "http.disconnect":
            pass
        tasks.cancel_scope.cancel()
    if failed:
        raise failed[0]
    if not done:
        raise Gone
    return done[0]


class Ending:
    """Ends the requests that are still under way when serving ends, in order.

    Serving then cancels them, and nothing else does: who has no reply yet is told, a stream is
    closed. Left alone, each would end in a traceback.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, until it is cancelled."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = whole = False

        async def noting(message: Message) -> None:
            nonlocal begun, whole
            begun = True
            whole = message["type"] == "http.response.body" and not message.get("more_body")
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except asyncio.CancelledError:
            if not begun:
                said = "refdesk is being stopped: ask again once it is served."
                await refusal(scope["path"], 503, said)(scope, receive, send)
            elif not whole:
                await send({"type": "http.response.body", "body": b""})


class EventStream(StreamingResponse):
    """Server-sent events; they, and what is ``behind`` them, end when the client goes away."""

    def __init__(
        self, events: AsyncGenerator[str, None], *, behind: AsyncGenerator[Any, None]
    ) -> None:
        super().__init__(
            events,
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )
        self._events = events
        self._behind = behind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events."""
        # closed by name: a generator that never began does not close what it was given
        async with aclosing(self._behind), aclosing(self._events):
            await super().__call__(scope, receive, send)


def event(name: str | None, data: Any) -> str:
    """Return one server-sent event; without a name only its data."""
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(data, ensure_ascii=False)}\n\n"
