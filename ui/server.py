"""Serving refdesk: one process with the page and the doors for programs, and who may use it."""

from urllib.parse import urlsplit

import uvicorn
from fastapi import FastAPI
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from assistant.desk import Desk
from ingest.errors import UsageError
from ui.api import add_api
from ui.turns import Turns

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def serve(desk: Desk, *, host: str, port: int) -> None:
    """Serve the page until interrupted.

    Raises:
        UsageError: the host is not this machine's loopback, or the port is taken.
    """
    if host not in LOOPBACK:
        raise UsageError(
            f"refdesk serves its page to this machine only; {host} would let others in. "
            "Use 127.0.0.1, or reach it through an SSH tunnel."
        )
    _ = desk.library  # open (and, in a new home, build) before the first visitor waits for it
    config = uvicorn.Config(application(desk), host=host, port=port, log_level="warning")
    server = uvicorn.Server(config)
    try:
        server.run()
    except SystemExit as error:
        raise UsageError(
            f"Port {port} at {host} cannot be used: is refdesk served there?"
        ) from error


def application(desk: Desk) -> FastAPI:
    """Return the web application: the page at ``/`` behind the checks of Host and Origin."""
    app = FastAPI(
        title="refdesk", docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json"
    )
    app.add_middleware(BaseHTTPMiddleware, dispatch=_guard)
    turns = Turns()
    add_api(app, desk, turns)
    from ui.web import mount  # gradio takes seconds to import

    return mount(app, desk, turns)


def interface(desk: Desk, turns: Turns) -> FastAPI:
    """Return the application without its page: the REST interface behind the same checks."""
    address = "/api/v1/openapi.json"
    app = FastAPI(title="refdesk", docs_url=None, redoc_url=None, openapi_url=address)
    app.add_middleware(BaseHTTPMiddleware, dispatch=_guard)
    add_api(app, desk, turns)
    return app


async def _guard(request: Request, call_next: RequestResponseEndpoint) -> Response:
    """Refuse other hosts' names (DNS rebinding) and other sites' requests."""
    if _host_of(f"//{request.headers.get('host', '')}") not in LOOPBACK:
        return PlainTextResponse("refdesk answers to this machine's own name only", 421)
    origin = request.headers.get("origin")
    if request.method not in ("GET", "HEAD") and origin and _host_of(origin) not in LOOPBACK:
        return PlainTextResponse("requests from other sites are not answered", 403)
    return await call_next(request)


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
