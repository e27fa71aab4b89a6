"""Serving below a path: behind a proxy the page may stand at ``https://host/desk/``.

The proxy may take the prefix off the path or leave it there. All that looks at paths in between
sees them without it (`Stripped` outermost), and what makes links gets it back (`Rooted` innermost).
"""

import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from ingest.errors import UsageError

_FORM = re.compile(r"(?:/[A-Za-z0-9._~-]{1,64}){1,8}")
_KEY = "refdesk.prefix"


def checked(root_path: str) -> str:
    """Return a root path as it is used: with a slash before it and none behind.

    Raises:
        UsageError: it is no path.
    """
    path = f"/{root_path.strip('/')}".rstrip("/")
    if path and not _is_path(path):
        raise UsageError(f"--root-path {root_path}: give a path like /desk.")
    return path


def prefix_of(scope: Scope) -> str:
    """Return the prefix of a request: empty, or like ``/desk``."""
    prefix: str = scope.get(_KEY, "")
    return prefix


class Stripped:
    """Takes the prefix off the path, and notes it: ``root_path``, else what the proxy says.

    The header is believed of everybody: it changes nothing but links in the reply to the request
    that brings it.
    """

    def __init__(self, app: ASGIApp, root_path: str) -> None:
        self._app = app
        self._root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on without the prefix."""
        if scope["type"] in ("http", "websocket"):
            forwarded = Headers(scope=scope).get("x-forwarded-prefix", "").rstrip("/")
            prefix = self._root_path or (forwarded if _is_path(forwarded) else "")
            path = scope["path"]
            if prefix and (path == prefix or path.startswith(f"{prefix}/")):
                path = path[len(prefix) :] or "/"
            scope = {**scope, _KEY: prefix, "path": path, "root_path": ""}
        await self._app(scope, receive, send)


class Rooted:
    """Gives the prefix back, in the form in which frameworks expect it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its prefix."""
        if prefix := prefix_of(scope):
            path = prefix + scope["path"]
            scope = {**scope, "root_path": prefix, "path": path}
        await self._app(scope, receive, send)


def _is_path(text: str) -> bool:
    return bool(_FORM.fullmatch(text)) and not {".", ".."} & set(text.split("/"))
