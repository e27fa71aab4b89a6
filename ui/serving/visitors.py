"""Whose threads and notes a request is about: who sits at this machine, or one browser of several.

A browser that is one of several is given a name nobody guesses, in a cookie. The name opens nothing
by itself: it counts together with the token alone, so under another token it names nobody.
"""

import hashlib
import hmac
import re
import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.serving.access import Access
from ui.serving.prefix import prefix_of

COOKIE = "refdesk-browser"
_NAME = re.compile(r"[A-Za-z0-9_-]{32}")
_DAYS = 400  # the longest that browsers keep a cookie


def owner_of(headers: Headers, access: Access) -> str:
    """Return whose threads and notes a request may see: "" is who sits at this machine.

    Programs bring a token and no name: what they keep they share.
    """
    if access.personal:
        return ""
    key, name = (access.token or "").encode(), _name(headers).encode()
    return hmac.new(key, b"browser:" + name, hashlib.sha256).hexdigest()


class Named:
    """Gives a browser that shows the page its name, where it is one of several."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; the first page that is shown brings the cookie."""
        if (
            scope["type"] != "http"
            or self._access.personal
            or scope["method"] != "GET"
            or _name(Headers(scope=scope))
        ):
            await self._app(scope, receive, send)
            return

        async def naming(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.append("set-cookie", _cookie(scope))
            await send(message)

        await self._app(scope, receive, naming)


def _cookie(scope: Scope) -> str:
    forwarded = Headers(scope=scope).get("x-forwarded-proto")
    reply = Response()
    reply.set_cookie(
        COOKIE, secrets.token_urlsafe(24), max_age=_DAYS * 86_400, httponly=True, samesite="lax",
        secure="https" in (scope.get("scheme"), forwarded), path=prefix_of(scope) or "/",
    )  # fmt: skip
    return reply.headers["set-cookie"]


def _name(headers: Headers) -> str:
    given = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
    return given if _NAME.fullmatch(given) else ""
