"""Serving refdesk: one process with the page and the doors for programs."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from starlette.responses import JSONResponse, Response

from assistant.desk import Desk
from ingest.errors import RefdeskError, UsageError
from ui.serving.access import Access, Guard, access_for
from ui.serving.api import add_api
from ui.serving.asking import Asking
from ui.serving.chat_completions import add_chat
from ui.serving.mcp import add_mcp
from ui.serving.metrics import Measured, Metrics
from ui.serving.standby import Standby
from ui.serving.streams import Ending
from ui.serving.turns import Turns

_GRACE = 2  # seconds replies under way get when serving ends
_WHAT = """Answers questions about curated reading lists, each sentence cited to its source.

The same doors as the command line: `search`, `ask`, `path`, `status`. Without a token only this
machine is answered; with one, send it as `Authorization: Bearer TOKEN`."""


def serve(
    desk: Desk,
    *,
    host: str,
    port: int,
    token: str | None = None,
    open_to_everyone: bool = False,
    names: Iterable[str] = (),
    folders: Iterable[Path] = (),
    load: bool = False,
) -> None:
    """Serve until interrupted.

    Args:
        desk: what is served.
        host: the address to listen at.
        port: the port to listen at.
        token: what everyone must know who wants to use it.
        open_to_everyone: others may use it without a token.
        names: further names this server is called by.
        folders: whose files may be taken in from the page, by who sits at this machine.
        load: have the model at once, in the background, rather than at the first question.

    Raises:
        UsageError: others could reach it and nobody said that this is meant, or the port is taken.
    """
    access = access_for(
        host, token, open_to_everyone=open_to_everyone, names=names, folders=folders
    )
    _ = desk.library  # open (and, in a new home, build) before the first visitor waits for it
    turns = Turns()
    config = uvicorn.Config(
        application(desk, turns, access), host=host, port=port, log_level="warning",
        timeout_graceful_shutdown=_GRACE, server_header=False,
    )  # fmt: skip
    have = desk._opened.engine if load else None  # a desk has no word for it
    try:
        with Standby(turns, load=have, release=desk.close):
            uvicorn.Server(config).run()
    except SystemExit as error:
        raise UsageError(
            f"Port {port} at {host} cannot be used: is refdesk served there?"
        ) from error


def application(desk: Desk, turns: Turns, access: Access | None = None) -> FastAPI:
    """Return the web application: the page at ``/`` beside the doors for programs."""
    app = interface(desk, turns, access)
    from ui.page.app import mount  # gradio takes seconds to import

    return mount(app, app.state.asking)


def interface(desk: Desk, turns: Turns, access: Access | None = None) -> FastAPI:
    """Return the application without its page: the doors for programs, guarded."""
    access = access or Access()
    metrics = Metrics(turns)
    asking = Asking(desk, turns, metrics)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with tools.running():
            yield
        asking.close()

    app = FastAPI(
        title="refdesk", description=_WHAT, docs_url=None, redoc_url=None,
        openapi_url="/api/v1/openapi.json", lifespan=lifespan,
    )  # fmt: skip
    app.state.access = access  # the page's ingest and rebuild ask it for the secret
    app.state.asking = asking  # the page asks here too
    app.add_middleware(Guard, access=access)
    app.add_middleware(Measured, metrics=metrics)
    app.add_middleware(Ending)
    _add_health(app, asking, metrics)
    add_api(app, asking)
    add_chat(app, asking)
    tools = add_mcp(app, asking)
    return app


def _add_health(app: FastAPI, asking: Asking, metrics: Metrics) -> None:
    @app.get("/healthz", tags=["health"])
    async def health() -> dict[str, str]:
        """Say that the process answers."""
        return {"status": "ok"}

    @app.get("/readyz", tags=["health"], responses={503: {"description": "It cannot be read."}})
    async def ready() -> Response:
        """Say that the library is open."""
        try:
            status = await asking.look_up(asking.desk.status)
        except RefdeskError as error:
            return JSONResponse({"status": "not ready", "error": str(error)}, 503)
        return JSONResponse({"status": "ready", "generation": status["generation"]})

    @app.get("/metrics", tags=["health"])
    async def figures() -> Response:
        """Return the figures of this process, in Prometheus' text format."""
        return Response(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
