"""Which language the page is shown in at its bare address: the one chosen, else the browser's."""

from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.serving.prefix import prefix_of

COOKIE = "refdesk-lang"  # as `assets/page.js` sets it


class Spoken:
    """Leads who reads Chinese from the page in English to the one in Chinese, before it is drawn.

    A script could only do so once the other page is there: it would be seen for a moment.
    """

    def __init__(self, english: ASGIApp) -> None:
        self._english = english

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with the address of the other page."""
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        reads = scope["type"] == "http" and scope["method"] == "GET" and path in ("", "/")
        if not reads or not _wants_chinese(Headers(scope=scope)):
            await self._english(scope, receive, send)
            return
        prefix, query = prefix_of(scope), scope["query_string"].decode("latin-1")
        address = (f"{prefix}/zh/" if prefix else "zh/") + (f"?{query}" if query else "")
        headers = {"Vary": "Accept-Language, Cookie", "Cache-Control": "no-store"}
        await RedirectResponse(address, headers=headers)(scope, receive, send)


def _wants_chinese(headers: Headers) -> bool:
    try:
        chosen = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        chosen = None
    if chosen:
        return chosen.value == "zh"
    first = headers.get("accept-language", "").partition(",")[0].partition(";")[0]
    return first.strip().lower().partition("-")[0] == "zh"
