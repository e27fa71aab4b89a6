"""Who may use what is served: names it answers to, other sites, the token, the per-start secret.

`Guard` stands before everything else, page and doors alike, web sockets too. It also says what a
browser may do with each reply: which origins may read it, and that no other site may frame it.
"""

import hashlib
import hmac
import ipaddress
import re
import secrets
import socket
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingest.disk import real
from ingest.errors import UsageError
from ui.serving.guesses import ONE_IN_S, Guesses
from ui.serving.prefix import prefix_of
from ui.serving.refusals import refusal

LOOPBACK = ("127.0.0.1", "localhost", "::1")
OPEN = ("/healthz", "/readyz", "/save")
"""What is answered without a token."""
COOKIE = "refdesk"
TOKEN = 8
"""The fewest characters of a token: shorter ones can be guessed."""
_SAFE = ("GET", "HEAD")
_POLICY_CLOSED = 1008  # of web sockets: refused on principle
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/?#\"'<>\\]+", re.IGNORECASE)
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, PATCH, DELETE", "Access-Control-Max-Age": "600",
}  # fmt: skip
_ALWAYS = {
    "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Access:
    """The rules of one start.

    ``names`` are the hosts it answers to; with ``anywhere`` to every bare IP address too, which
    no other site's name can be made to stand for. ``origins`` are those of pages and programs in
    browsers that may ask beside the own page, like ``app://obsidian.md``, ``folders`` those whose
    files may be taken in. ``secret`` is what ingest and rebuild from the page must bring, even on
    the loopback: it changes with each start.
    """

    names: frozenset[str] = frozenset(LOOPBACK)
    token: str | None = None
    anywhere: bool = False
    origins: frozenset[str] = frozenset()
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    folders: tuple[Path, ...] = ()

    @property
    def personal(self) -> bool:
        """Whether nobody but who sits at this machine is answered."""
        return (
            self.token is None
            and not self.anywhere
            and all(name in LOOPBACK or _is_loopback(name) for name in self.names)
        )

    def may_read(self, file: Path) -> bool:
        """Say whether a file or folder of this machine may be taken in from the page."""
        try:
            leads = real(file)
        except ValueError:  # no path of this system
            return False
        return any(leads.is_relative_to(folder) for folder in self.folders)

    def answers_to(self, host: str) -> bool:
        """Say whether this Host header names this server."""
        name = _hostname(f"//{host}")
        return name in self.names or (self.anywhere and _is_address(name))

    def lets_in(self, origin: str | None) -> bool:
        """Say whether a person let the pages of this origin ask."""
        return origin is not None and _plain(origin) in self.origins

    def holds_secret(self, given: str) -> bool:
        """Say whether this is the secret of this start."""
        return hmac.compare_digest(given.encode(), self.secret.encode())

    def holds_pass(self, headers: Headers) -> bool:
        """Say whether a request brings the page's cookie."""
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
    origins: Iterable[str] = (),
) -> Access:
    """Return the rules for listening at ``host``.

    Args:
        host: the address listened at.
        token: what callers must know.
        open_to_everyone: others may use it without a token.
        names: further names of this server.
        origins: of pages and programs in browsers that may ask too.
        folders: those whose files may be taken in from the page.

    Raises:
        UsageError: others could reach it, there is no token, and nobody said that this is meant;
            the token is too short; an origin is none.
    """
    if token is not None and len(token) < TOKEN:
        raise UsageError(
            f"A token of {len(token)} characters can be guessed: give one of at least {TOKEN}, "
            f"like {secrets.token_urlsafe(16)}."
        )
    let_in = frozenset(_origin(origin) for origin in origins)
    allowed = tuple(real(folder) for folder in folders)
    own = frozenset({*LOOPBACK, host.lower(), *(name.lower() for name in names)})
    if host in LOOPBACK or _is_loopback(host):
        return Access(own, token, origins=let_in, folders=allowed)
    if not token and not open_to_everyone:
        raise UsageError(
            f"{host} would let others use this refdesk, its library and its model. Give a --token "
            "they must know, or say --open-to-everyone if that is what you mean. For yourself "
            "alone, use 127.0.0.1."
        )
    own |= {socket.gethostname().lower()}
    return Access(own, token, anywhere=True, origins=let_in, folders=allowed)


class Guard:
    """Refuses what `Access` does not allow before an application sees it."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access
        self._guesses = Guesses()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request or web socket on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refused = self._refusal(scope, headers)
        if scope["type"] == "websocket":
            if refused is None:
                await self._app(scope, receive, send)
            else:
                await receive()  # what opens it
                await send({"type": "websocket.close", "code": _POLICY_CLOSED})
            return

        async def for_browsers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._tell_browser(MutableHeaders(scope=message), headers.get("origin"))
            await send(message)

        await (refused or self._app)(scope, receive, for_browsers)

    def _tell_browser(self, reply: MutableHeaders, origin: str | None) -> None:
        for name in [header for header in reply if header.lower().startswith("access-control-")]:
            if name.lower() not in _PREFLIGHT_NAMES or not self._access.lets_in(origin):
                del reply[name]  # Gradio lets other ports of this machine read
        for name, value in _ALWAYS.items():
            reply.setdefault(name, value)
        if origin is not None and self._access.lets_in(origin):
            reply["Access-Control-Allow-Origin"] = origin
            reply["Access-Control-Expose-Headers"] = "Retry-After, Mcp-Session-Id"
            reply["Cross-Origin-Resource-Policy"] = "cross-origin"
            reply.add_vary_header("Origin")

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        path, host, origin = scope["path"], headers.get("host", ""), headers.get("origin")
        if not self._access.answers_to(host):
            return refusal(path, 421, _called(host))
        forwarded = headers.get("x-forwarded-host", "").partition(",")[0].strip()
        if forwarded and not self._access.answers_to(forwarded):
            if _is_page(path):  # it would send the browser to the wrong place
                return refusal(path, 421, _called(forwarded))
            forwarded = ""
        if self._access.lets_in(origin):
            if scope["type"] == "http" and scope["method"] == "OPTIONS":
                return _preflight(headers)
        elif _may_change(scope) and not _same_site(origin, (host, forwarded)):
            return refusal(path, 403, _from_elsewhere(origin or ""))
        if path in OPEN or self._access.token is None or self._access.holds_pass(headers):
            return None
        return self._by_token(scope, headers)

    def _by_token(self, scope: Scope, headers: Headers) -> Response | None:
        """Look at the token a request brings; nothing else stands in its way."""
        path = scope["path"]
        query = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1")))
        kind, _, bearer = headers.get("authorization", "").partition(" ")
        bearer = bearer.strip() if kind.lower() == "bearer" else ""
        safe = scope["type"] == "http" and scope["method"] in _SAFE
        page = safe and _is_page(path)
        given = bearer or (query.get("token", "") if page else "")
        who = (scope.get("client") or ("",))[0]
        if given and self._guesses.exhausted(who):
            text = "Too many wrong tokens came from your address: wait a few seconds."
            return refusal(path, 429, text, {"Retry-After": f"{ONE_IN_S:.0f}"})
        if self._access.is_token(given):
            return None if bearer else self._enter(scope, headers, given)
        if given:
            self._guesses.wrong(who)
        if page:
            return _login(bool(given))
        return refusal(path, 401, "This refdesk wants its token: Authorization: Bearer TOKEN.")

    def _enter(self, scope: Scope, headers: Headers, given: str) -> Response:
        """Let a browser in: a cookie instead of the token, which leaves the address."""
        left = [
            (name, value)
            for name, value in parse_qsl(scope["query_string"].decode("latin-1"))
            if (name, value) != ("token", given)
        ]
        # one slash: "//other.example" would lead elsewhere
        prefix = prefix_of(scope)
        path = f"{prefix}/" + scope["path"].lstrip("/\\")
        reply = RedirectResponse(path + (f"?{urlencode(left)}" if left else ""), 303)
        # a proxy may say https; one who only claims it keeps the cookie from themselves
        https = "https" in (scope.get("scheme"), headers.get("x-forwarded-proto"))
        reply.set_cookie(
            COOKIE, self._access.pass_for_page(), httponly=True, samesite="strict",
            secure=https, path=prefix or "/",
        )  # fmt: skip
        reply.headers["Cache-Control"] = "no-store"
        return reply


def _preflight(headers: Headers) -> Response:
    """Answer a browser's question whether a page that is let in may ask."""
    allowed = dict(_PREFLIGHT)
    asked = headers.get("access-control-request-headers", "")
    allowed["Access-Control-Allow-Headers"] = ", ".join(re.findall(r"[\w-]+", asked)[:50])
    if headers.get("access-control-request-private-network") == "true":
        allowed["Access-Control-Allow-Private-Network"] = "true"
    return Response(status_code=204, headers=allowed)


_PREFLIGHT_NAMES = {
    *(name.lower() for name in _PREFLIGHT), "access-control-allow-headers",
    "access-control-allow-private-network",
}  # fmt: skip


def _called(host: str) -> str:
    name = _hostname(f"//{host}")
    shown = name if re.fullmatch(r"[\w.:-]{1,100}", name) else "NAME"
    return (
        "refdesk answers to this machine's own names only. If it is meant to be called "
        f"{shown}, start it with --allow-host {shown}."
    )


def _from_elsewhere(origin: str) -> str:
    shown = origin if _ORIGIN.fullmatch(origin) and len(origin) <= 100 else "ORIGIN"
    return (
        "Requests from other sites are not answered. To let these in, start refdesk with "
        f"--allow-origin {shown}."
    )


def _origin(given: str) -> str:
    """Return an origin a person wants to let in, as it is compared.

    Raises:
        UsageError: it is no origin, or one that every page can have.
    """
    plain = _plain(given)
    if not _ORIGIN.fullmatch(plain):
        raise UsageError(
            f"--allow-origin {given}: give one origin as browsers send it, like "
            "https://desk.example:8443, app://obsidian.md or chrome-extension://ID. "
            "What every page can claim (* or null) is not let in."
        )
    return plain


def _plain(origin: str) -> str:
    return origin.strip().rstrip("/").lower()


def _may_change(scope: Scope) -> bool:
    """Whether a request may change state or ask the model; all of MCP may."""
    if scope["type"] == "websocket" or scope["method"] not in _SAFE:
        return True
    return _is_under(scope["path"], "/mcp")


def _same_site(origin: str | None, hosts: Iterable[str]) -> bool:
    """Whether a request comes from the page itself, or from no page at all."""
    return origin is None or any(_place(origin) == _place(f"//{host}") for host in hosts if host)


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
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return cookie.value if cookie else ""


def _is_page(path: str) -> bool:
    programs = ("/api", "/v1", "/mcp", "/metrics", "/gradio_api")
    return not any(_is_under(path, door) for door in programs)


def _is_under(path: str, door: str) -> bool:
    return path == door or path.startswith(f"{door}/")


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
