"""The page: Gradio's tabs in English at ``/`` and in Chinese at ``/zh``, and the reader view.

Gradio's analytics, outside fonts and images are off, and the browser is told to fetch nothing from
elsewhere.
"""

import json
import os
from collections.abc import Mapping
from html import escape

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before the import, or it calls home

import gradio as gr
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from gradio.block_function import BlockFunction
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.page import assets
from ui.page.ask_tab import AskTab
from ui.page.browse_tab import BrowseTab, PathTab
from ui.page.deck_tab import DeckTab
from ui.page.html import up
from ui.page.html_ease import ease_html
from ui.page.html_reader import POLICY, nowhere_html
from ui.page.i18n import Texts, texts
from ui.page.library_tab import LibraryTab
from ui.page.map_tab import MapTab
from ui.page.news_tab import NewsTab
from ui.page.notes_part import script
from ui.page.parts import view
from ui.page.pdf_route import pdf
from ui.page.reader_route import reader
from ui.page.search_tab import SearchTab
from ui.page.spoken import Spoken
from ui.page.threads_part import Keeping
from ui.serving.access import Access
from ui.serving.asking import AskService
from ui.serving.prefix import prefix_of
from ui.serving.refusals import nothing_here, refusal

_FONTS = [
    "system-ui", "-apple-system", "Segoe UI", "Noto Sans",
    # Chinese: by Apple, Microsoft, and who has none of theirs
    "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC",
    "Source Han Sans SC", "WenQuanYi Micro Hei", "sans-serif",
]  # fmt: skip
_STYLES = (
    "page.css", "formulas.css", "threads.css", "notes.css", "ease.css", "deck.css", "map.css",
)  # fmt: skip
_SCRIPTS = ("page.js", "threads.js", "tex.js", "size.js", "ease.js", "deck.js", "map.js")
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'self'; object-src 'none'; "
    "frame-ancestors 'none'"
)

_PAGE = frozenset((
    "", "/", "/config", "/theme.css", "/favicon.ico", "/robots.txt", "/manifest.json",
    "/gradio_api/info", "/gradio_api/startup-events", "/gradio_api/theme.css",
    "/gradio_api/queue/join", "/gradio_api/queue/data", "/gradio_api/cancel", "/gradio_api/reset",
    "/gradio_api/run/predict",  # what waits in no queue: to stop
))  # fmt: skip
_CALLS = ("/gradio_api/queue/join", "/gradio_api/run/predict")
_NO_CALL = "This is not what the page sends: load it again, or see /api/v1/openapi.json."
_DOORS = ("/api/", "/v1", "/mcp", "/gradio_api/", "/assets/", "/static/")  # of programs
_BELOW = ("/assets/", "/static/", "/svelte/", "/gradio_api/heartbeat/")


def mount(app: FastAPI, asking: AskService) -> FastAPI:
    """Mount the page in both languages, and the reader view, and return the whole."""
    access: Access = app.state.access
    app.include_router(reader(asking.desk, access))
    app.include_router(pdf(asking.desk))
    app.add_middleware(_Policy)

    @app.get("/zh", include_in_schema=False)
    async def chinese(request: Request) -> RedirectResponse:
        """Lead to the page in Chinese, which is mounted with a slash behind its name."""
        return RedirectResponse(f"zh/?{request.url.query}".rstrip("?"))

    for lang, path in (("zh", "/zh"), ("en", "")):  # "" would swallow what comes after it
        say = texts(lang)
        blocks = _blocks(asking, access, say)
        app = gr.mount_gradio_app(
            app, blocks, path=path, show_error=True, footer_links=[],
            ssr_mode=False, theme=_theme(), head=_head(say), max_file_size=0, run_history=False,
        )  # fmt: skip
        mounted = app.router.routes[-1]
        assert isinstance(mounted, Mount)  # noqa: S101  # Gradio's last step
        closed = _Closed(mounted.app, blocks.fns)
        mounted.app = Spoken(closed) if lang == "en" else closed
    # what stands at every path would have what doors refuse: it gets what none of them knows
    everywhere = app.router.routes.pop()
    app.router.default = _Last(everywhere)
    return app


def _theme() -> gr.themes.Base:
    return gr.themes.Base(font=_FONTS, font_mono=["ui-monospace", "monospace"])


def _head(say: Texts) -> str:
    styles = "".join(f"<style>{assets.read(name)}</style>" for name in _STYLES)
    scripts = "".join(f"<script>{assets.read(name)}</script>" for name in _SCRIPTS)
    desk = f'<script>document.documentElement.dataset.desk = "{say.lang}";</script>'
    feed = (
        '<link rel="alternate" type="application/atom+xml" '
        f'title="{escape(say("news.feed"))}" href="{up(say)}digest.atom">'
    )
    return styles + desk + scripts + feed + script()


def _blocks(asking: AskService, access: Access, say: Texts) -> gr.Blocks:
    desk = asking.desk
    with gr.Blocks(title=say("page.title"), analytics_enabled=False, fill_width=True) as blocks:
        view(_masthead(say), "masthead")
        deck = DeckTab(desk, access, say)
        with gr.Tab(say("tab.ask"), id="ask"):
            AskTab(asking, Keeping(desk.threads, access), say).draw(blocks)
        with gr.Tab(say("tab.search"), id="search"):
            SearchTab(desk, say).draw(blocks)
        with gr.Tab(say("tab.browse"), id="browse") as browsing:
            BrowseTab(desk, say).draw(browsing)
        with gr.Tab(say("tab.map"), id="map") as mapping:
            MapTab(desk, say).draw(mapping)
        with gr.Tab(say("tab.path"), id="path"):
            PathTab(desk, say).draw()
        with gr.Tab(say("tab.cards"), id="cards") as cards:
            deck.draw()
        with gr.Tab(say("tab.news"), id="news") as news:
            NewsTab(desk, say).draw(news)
        with gr.Tab(say("tab.library"), id="library") as keeping:
            LibraryTab(desk, access, say).draw(keeping)
        deck.connect(cards, blocks)
    return blocks


def _masthead(say: Texts) -> str:
    return (
        f'<header class="masthead"><a class="skip" href="#question">{escape(say("page.skip"))}</a>'
        f"<h1>refdesk</h1><p>{escape(say('page.tagline'))}</p>"
        f'<a class="other" href="#" hreflang="{"zh" if say.lang == "en" else "en"}">'
        f"{escape(say('page.other'))}</a>{ease_html(say)}</header>"
    )


class _Last:
    """Hands what no route knows to what is mounted at every path."""

    def __init__(self, mounted: BaseRoute) -> None:
        self._mounted = mounted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.update(self._mounted.matches(scope)[1])
        await self._mounted.handle(scope, receive, send)


class _Closed:
    """Leaves of Gradio's routes those the page needs: no uploads, files, proxies or recordings.

    Args:
        app: Gradio's.
        calls: what the page can call, by number: Gradio trips over any other, and over a wrong
            number of values.
    """

    def __init__(self, app: ASGIApp, calls: Mapping[int, BlockFunction]) -> None:
        self._app = app
        self._calls = calls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(scope["root_path"])
        whole: str = scope["path"]
        outside = whole.removeprefix(prefix_of(scope))
        if scope["type"] == "http" and path in ("", "/"):
            await self._app(scope, receive, _Relative(send))
        elif scope["type"] == "http" and path in _CALLS and scope["method"] == "POST":
            message = await receive()  # all of it: see `ui.serving.connections.Bounded`
            if self._is_call(message.get("body", b"")):
                await self._app(scope, _after(message, receive), send)
            else:
                await refusal(outside, 422, _NO_CALL)(scope, receive, send)
        elif (
            scope["type"] != "http"
            or path in _PAGE
            or (
                path.startswith(_BELOW)
                and path.isprintable()  # Gradio trips over what no address has
            )
        ):
            await self._app(scope, receive, send)
        else:
            await _nothing(scope, outside)(scope, receive, send)

    def _is_call(self, body: bytes) -> bool:
        try:
            said = json.loads(body)
            called = self._calls[said["fn_index"]]
            return len(said["data"]) == len(called.inputs) and isinstance(said["data"], list)
        except (ValueError, KeyError, TypeError, RecursionError):
            return False


def _nothing(scope: Scope, path: str) -> Response:
    """Return what a path that leads nowhere is answered with: a page, if a person went there."""
    headers = Headers(scope=scope)
    if "text/html" not in headers.get("accept", "") or path.startswith(_DOORS):
        return nothing_here(path)
    lang = "zh" if path.startswith("/zh/") else "en"
    home = f"{prefix_of(scope)}/{'zh/' if lang == 'zh' else ''}"
    return HTMLResponse(nowhere_html(texts(lang), home), 404, headers={
        "Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff",
    })  # fmt: skip


def _after(message: Message, receive: Receive) -> Receive:
    """Return what receives a message that was looked at, and then what follows."""
    left = [message]

    async def again() -> Message:
        return left.pop() if left else await receive()

    return again


class _Relative:
    """Sends a page of Gradio's with the one link that ignores where the page stands made right."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if message.get("more_body") or self._start is None:
            return
        body = self._body.replace(b'href="/manifest.json"', b'href="./manifest.json"')
        headers = MutableHeaders(scope=self._start)
        if self._body:  # HEAD names a length and sends none
            headers["Content-Length"] = str(len(body))
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": body})


class _Policy:
    """Tells the browser, with every HTML page, to load from here alone and to name no referrer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.setdefault("Content-Security-Policy", _POLICY)
                    headers.setdefault("Referrer-Policy", "no-referrer")
            await send(message)

        await self._app(scope, receive, with_policy)
