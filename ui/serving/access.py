"""Who may use what is served: names it answers to, other sites, the token, the per-start secret.

`Guard` stands before everything else, page and doors alike, web sockets too.
"""

import hashlib
import hmac
import ipaddress
import json
import secrets
import socket
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ingest.errors import UsageError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
OPEN = ("/healthz", "/readyz")
"""What is answered without a token."""
COOKIE = "refdesk"
_SAFE = ("GET", "HEAD")
_POLICY_CLOSED = 1008  # of web sockets: refused on principle


@dataclass(frozen=True, slots=True)
class Access:
    """The rules of one start.

    ``names`` are the hosts it answers to; with ``anywhere`` to every bare IP address too, which
    no other site's name can be made to stand for. ``folders`` are those whose files may be taken
    in.
    ``secret`` is what ingest and rebuild from the
    page must bring, even on the loopback: it changes with each start.
    """

    names: frozenset[str] = frozenset(LOOPBACK)
    token: str | None = None
    anywhere: bool = False
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    folders: tuple[Path, ...] = ()

    def may_read(self, file: Path) -> bool:
        """Say whether a file or folder of this machine may be taken in from the page."""
        try:
            real = file.expanduser().resolve()
        except (OSError, RuntimeError, ValueError):
            return False
        return any(real.is_relative_to(folder) for folder in self.folders)

    def answers_to(self, host: str) -> bool:
        """Say whether this Host header names this server."""
        name = _hostname(f"//{host}")
        return name in self.names or (self.anywhere and _is_address(name))

    def holds_secret(self, given: str) -> bool:
        """Say whether this is the secret of this start."""
        return hmac.compare_digest(given.encode(), self.secret.encode())

    def admits(self, headers: Headers) -> bool:
        """Say whether a request brings the token, as a bearer or as the page's cookie."""
        if self.token is None:
            return True
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and self.is_token(given.strip()):
            return True
        return hmac.compare_digest(_cookie(headers).encode(), self.pass_for_page().encode())

    def is_token(self, given: str) -> bool:
        """Say whether this is the token."""
        return self.token is not None and hmac.compare_digest(given.encode(), self.token.encode())

    def pass_for_page(self) -> str:
        """Return what the page's cookie holds: made from the token, good for this start only."""
        key, message = self.secret.encode(), (self.token or "").encode()
        return hmac.new(key, message, hashlib.sha256).hexdigest()


def access_for(
    host: str,
    token: str | None,
    *,
    open_to_everyone: bool,
    names: Iterable[str] = (),
    folders: Iterable[Path] = (),
) -> Access:
    """Return the rules for listening at ``host``; ``names`` are further names of this server.

    ``folders`` are those whose files may be taken in from the page.

    Raises:
        UsageError: others could reach it, there is no token, and nobody said that this is meant.
    """
    real = tuple(folder.expanduser().resolve() for folder in folders)
    own = frozenset({*LOOPBACK, host.lower(), *(name.lower() for name in names)})
    if host in LOOPBACK or _is_loopback(host):
        return Access(own, token, folders=real)
    if not token and not open_to_everyone:
        raise UsageError(
            f"{host} would let others use this refdesk, its library and its model. Give a --token "
            "they must know, or say --open-to-everyone if that is what you mean. For yourself "
            "alone, use 127.0.0.1."
        )
    return Access(own | {socket.gethostname().lower()}, token, anywhere=True, folders=real)


class Guard:
    """Refuses what `Access` does not allow before an application sees it."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request or web socket on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refused = self._refusal(scope, Headers(scope=scope))
        if refused is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()  # what opens it
            await send({"type": "websocket.close", "code": _POLICY_CLOSED})
        else:
            await refused(scope, receive, send)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        path = scope["path"]
        host = headers.get("host", "")
        if not self._access.answers_to(host):
            return _said(path, 421, "refdesk answers to this machine's own name only")
        if _may_change(scope) and not _same_site(headers.get("origin"), host):
            return _said(path, 403, "requests from other sites are not answered")
        if path in OPEN or self._access.admits(headers):
            return None
        given = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1"))).get("token", "")
        if scope["type"] == "http" and scope["method"] in _SAFE and _is_page(path):
            return (
                self._enter(scope, given) if self._access.is_token(given) else _login(bool(given))
            )
        return _said(path, 401, "this refdesk wants its token: Authorization: Bearer TOKEN")

    def _enter(self, scope: Scope, given: str) -> Response:
        """Let a browser in: a cookie instead of the token, which leaves the address."""
        left = [
            (name, value)
            for name, value in parse_qsl(scope["query_string"].decode("latin-1"))
            if (name, value) != ("token", given)
        ]
        # one slash: "//other.example" would lead elsewhere
        path = "/" + scope["path"].lstrip("/")
        reply = RedirectResponse(path + (f"?{urlencode(left)}" if left else ""), 303)
        reply.set_cookie(
            COOKIE, self._access.pass_for_page(), httponly=True, samesite="strict",
            secure=scope.get("scheme") == "https",
        )  # fmt: skip
        reply.headers["Cache-Control"] = "no-store"
        reply.headers["Referrer-Policy"] = "no-referrer"
        return reply


def _may_change(scope: Scope) -> bool:
    """Whether a request may change state or ask the model; all of MCP may."""
    if scope["type"] == "websocket" or scope["method"] not in _SAFE:
        return True
    return _is_under(scope["path"], "/mcp")


def _same_site(origin: str | None, host: str) -> bool:
    """Whether a request comes from the page itself, or from no page at all."""
    return origin is None or _place(origin) == _place(f"//{host}")


def _place(url: str) -> tuple[str, int] | None:
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443}.get(parts.scheme, 80)
    except ValueError:
        return None
    # a Host header does not say whether it is https; without a port either default is meant
    return (parts.hostname or "", 80 if port == 443 else port)


def _hostname(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_loopback(name: str) -> bool:
    return _is_address(name) and ipaddress.ip_address(name).is_loopback


def _cookie(headers: Headers) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _is_page(path: str) -> bool:
    programs = ("/api", "/v1", "/mcp", "/metrics", "/gradio_api")
    return not any(_is_under(path, door) for door in programs)


def _is_under(path: str, door: str) -> bool:
    return path == door or path.startswith(f"{door}/")


def _said(path: str, status: int, text: str) -> Response:
    """Return a refusal in the form the door's callers read."""
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    if _is_under(path, "/v1"):
        kind = "authentication_error" if status == 401 else "invalid_request_error"
        code = "invalid_api_key" if status == 401 else None
        error = {"message": text, "type": kind, "param": None, "code": code}
        return JSONResponse({"error": error}, status, headers)
    return Response(json.dumps({"error": text}), status, headers, "application/json")


def _login(wrong: bool) -> Response:
    said = "That is not the token." if wrong else "This refdesk is kept for those with its token."
    return HTMLResponse(_LOGIN.replace("SAID", escape(said)), 401, {"Cache-Control": "no-store"})


_LOGIN = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>refdesk</title>
<style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:26rem;
margin:18vh auto;padding:0 1rem}input,button{font:inherit;padding:.5rem .7rem;width:100%;
box-sizing:border-box;margin-top:.5rem}</style>
<main><h1>refdesk</h1><p role="status">SAID</p><form method="get">
<label for="token">Token</label>
<input id="token" name="token" type="password" required autofocus autocomplete="current-password">
<button>Enter</button></form></main></html>
"""
