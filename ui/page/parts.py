"""Parts every tab of the page is put together from."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, TypeVar

import gradio as gr

T = TypeVar("T")
_LOOPBACK = ("127.0.0.1", "::1")
_under_way: set[asyncio.Task[Any]] = set()  # the event loop holds tasks only weakly


def view(html: str, name: str) -> gr.HTML:
    """Return a component that shows HTML of ours, without Gradio's own styles and scripts."""
    return gr.HTML(html, elem_id=name, js_on_load=None, apply_default_css=False)


def sits_here(request: gr.Request) -> bool:
    """Say whether a request comes from this machine, not from one that a proxy brought."""
    client = request.client.host if request.client else ""
    proxied = "x-forwarded-for" in request.headers or "forwarded" in request.headers
    return client in _LOOPBACK and not proxied


def session(request: gr.Request) -> str:
    """Return the name of a visitor's open page."""
    return request.session_hash or "page"


async def until_stopped(
    items: AsyncGenerator[T, None], stopped: asyncio.Event
) -> AsyncGenerator[T, None]:
    """Yield what comes; once ``stopped`` is set, nothing more.

    ``items`` are closed then, and also when this is closed, but nobody waits for it: loading a
    model, for one, cannot be interrupted.
    """
    news: asyncio.Queue[tuple[T] | Exception | None] = asyncio.Queue()

    async def work() -> None:
        try:
            async with aclosing(items):
                async for item in items:
                    news.put_nowait((item,))
            news.put_nowait(None)
        except Exception as error:  # handed over, and raised where it is waited for
            news.put_nowait(error)

    async def halt() -> None:
        await stopped.wait()
        news.put_nowait(None)

    tasks = {asyncio.create_task(work()), asyncio.create_task(halt())}
    _under_way.update(tasks)
    for task in tasks:
        task.add_done_callback(_under_way.discard)
    try:
        while (message := await news.get()) is not None:
            if isinstance(message, Exception):
                raise message
            yield message[0]
    finally:
        for task in tasks:
            task.cancel()
