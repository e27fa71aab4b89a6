"""Serving refdesk: one process with the page and the doors for programs."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, nullcontext
from math import inf
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from starlette.responses import JSONResponse, PlainTextResponse, Response

from assistant.desk import Desk
from ingest.errors import RefdeskError, UsageError
from ui.kept.notes_api import add_notes
from ui.kept.threads_api import add_threads
from ui.page.save_page import add_save_page
from ui.serving import refreshing
from ui.serving.access import Access, Guard, access_for
from ui.serving.api import add_api
from ui.serving.asking import AskService
from ui.serving.chat_completions import add_chat
from ui.serving.connections import BACKLOG, Bounded, Connection
from ui.serving.jobs import Jobs
from ui.serving.mcp import add_mcp
from ui.serving.memory import give_back_what_is_freed
from ui.serving.metrics import Measured, Metrics
from ui.serving.prefix import Rooted, Stripped, checked
from ui.serving.refusals import explain_errors, problem
from ui.serving.standby import IDLE, Standby
from ui.serving.streams import Ending
from ui.serving.turns import AT_MOST, Turns
from ui.serving.visitors import Named

GRACE = 2
"""Seconds that replies under way get when serving ends, unless more are given."""
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
    origins: Iterable[str] = (),
    root_path: str = "",
    proxies: Iterable[str] = (),
    load: bool = False,
    refresh: str = "",
    grace: int = GRACE,
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
        origins: of pages and programs in browsers that may ask too.
        root_path: the path below which a proxy shows it, like ``/desk``.
        proxies: addresses of proxies that are believed when they say for whom they ask.
        refresh: hourly, daily or weekly: look by itself at what is due.
        load: have the model at once, in the background, rather than at the first question.
        grace: seconds in which answers under way are finished when it is asked to end.

    Raises:
        UsageError: others could reach it and nobody said that this is meant, the port is taken, or
            an argument is not what it should be.
    """
    access = access_for(
        host,
        token,
        open_to_everyone=open_to_everyone,
        names=names,
        origins=origins,
        folders=folders,
    )
    below = checked(root_path)
    give_back_what_is_freed()
    _ = desk.library  # open (and, in a new home, build) before the first visitor waits for it
    turns = Turns(at_once=AT_MOST if desk.asks_a_server else 1)
    app = application(desk, turns, access, below)
    config = configuration(app, host, port, proxies, grace)
    have = desk._opened.engine if load else None  # a desk has no word for it
    try:
        period = refreshing.PERIODS.get(refresh)
        fresh = refreshing.Refresher(app.state.jobs, period) if period else nullcontext()
        # a server holds the model, and answers others while one would let go of it
        idle = inf if desk.asks_a_server else IDLE
        with fresh, Standby(turns, load=have, release=desk.close, idle=idle):
            uvicorn.Server(config).run()
    except SystemExit as error:
        raise UsageError(
            f"Port {port} at {host} cannot be used: is refdesk served there?"
        ) from error


def configuration(
    app: FastAPI, host: str, port: int, proxies: Iterable[str] = (), grace: int = GRACE
) -> uvicorn.Config:
    """Return how an application is served: with what bounds, and whom it believes."""
    known = list(proxies)
    # for whom a proxy asks that nobody named is its own affair: else one caller could be a thousand
    return uvicorn.Config(
        app, host=host, port=port, log_level="warning", timeout_graceful_shutdown=grace,
        server_header=False, http=Connection, ws="none", backlog=BACKLOG,
        proxy_headers=bool(known), forwarded_allow_ips=known,
    )  # fmt: skip


def application(
    desk: Desk, turns: Turns, access: Access | None = None, root_path: str = ""
) -> FastAPI:
    """Return the web application: the page at ``/`` beside the doors for programs."""
    app = interface(desk, turns, access, root_path)
    from ui.page.app import mount  # gradio takes seconds to import

    return mount(app, app.state.asking)


def interface(
    desk: Desk, turns: Turns, access: Access | None = None, root_path: str = ""
) -> FastAPI:
    """Return the application without its page: the doors for programs, guarded."""
    access = access or Access()
    metrics = Metrics(turns)
    asking = AskService(desk, turns, metrics)
    jobs = Jobs(desk)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with tools.running():
            yield
        jobs.close()
        asking.close()

    app = FastAPI(
        title="refdesk", description=_WHAT, docs_url=None, redoc_url=None,
        openapi_url="/api/v1/openapi.json", lifespan=lifespan, redirect_slashes=False,
    )  # fmt: skip
    app.state.access = access  # the page's ingest and rebuild ask it for the secret
    app.state.asking = asking  # the page asks here too
    app.state.jobs = jobs
    explain_errors(app)
    # the last one added is the first that sees a request
    app.add_middleware(Rooted)
    app.add_middleware(Named, access=access)
    app.add_middleware(Bounded)
    app.add_middleware(Guard, access=access)
    app.add_middleware(Measured, metrics=metrics)
    app.add_middleware(Ending)
    app.add_middleware(Stripped, root_path=root_path)
    _add_health(app, asking, metrics)
    add_api(app, asking, jobs, access)
    add_threads(app, asking, access)
    add_notes(app, asking, access)
    add_chat(app, asking)
    refreshing.add_feed(app, asking)
    add_save_page(app)
    tools = add_mcp(app, asking, jobs if access.token is not None else None, access)
    return app


def _add_health(app: FastAPI, asking: AskService, metrics: Metrics) -> None:
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
            said = problem(503, str(error)) | {"status": "not ready"}
            return JSONResponse(said, 503)
        return JSONResponse({"status": "ready", "generation": status["generation"]})

    @app.get("/metrics", tags=["health"], response_class=PlainTextResponse)
    async def figures() -> Response:
        """Return the figures of this process, in Prometheus' text format."""
        return Response(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
