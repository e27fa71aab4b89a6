"""The page: one box, the passages at once, then the answer as its sentences are verified.

Served on the loopback only. Gradio's analytics, outside fonts and images are off.
"""

import os
import threading
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before the import, or it calls home

import gradio as gr
import uvicorn
from fastapi import FastAPI
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from assistant.desk import Desk
from assistant.values import Citation, Sentence
from ingest.errors import RefdeskError, UsageError
from ui import page
from ui.api import add_api

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_EXAMPLES = (
    "explain GQA vs MQA",
    "How does FlashAttention save memory traffic?",
    "What does DPO optimise?",
    "Why does a KV cache speed up decoding?",
)
_INVITATION = "Ask about what the lists cover. Every sentence shows the passage it rests on."
_FONTS = ["system-ui", "-apple-system", "Segoe UI", "Noto Sans", "sans-serif"]


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
    # one question at a time reaches the model; a second visitor's waits its turn
    turn = threading.Lock()
    add_api(app, desk, turn)
    blocks, look = _blocks(desk, turn)
    mounted: FastAPI = gr.mount_gradio_app(
        app, blocks, path="", show_error=True, footer_links=[], ssr_mode=False, **look
    )
    return mounted


def interface(desk: Desk, turn: threading.Lock) -> FastAPI:
    """Return the application without its page: the REST interface behind the same checks."""
    address = "/api/v1/openapi.json"
    app = FastAPI(title="refdesk", docs_url=None, redoc_url=None, openapi_url=address)
    app.add_middleware(BaseHTTPMiddleware, dispatch=_guard)
    add_api(app, desk, turn)
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


def _blocks(desk: Desk, turn: threading.Lock) -> tuple[gr.Blocks, dict[str, object]]:
    def ask(question: str) -> Iterator[str]:
        if not question.strip():
            yield page.message_html("Write a question first.")
            return
        yield page.message_html("Searching the library …")
        try:
            with turn:
                yield from _answer(desk, question)
        except RefdeskError as error:
            yield page.message_html(str(error))

    with gr.Blocks(title="refdesk", analytics_enabled=False) as blocks:
        gr.Markdown("# refdesk")
        with gr.Tab("Ask"):
            _ask_tab(ask)
        with gr.Tab("Reading path"):
            _path_tab(desk)
    theme = gr.themes.Base(font=_FONTS, font_mono=["ui-monospace", "monospace"])
    return blocks, {"theme": theme, "css": page.STYLE, "head": page.SCRIPT}


def _ask_tab(ask: Callable[[str], Iterator[str]]) -> None:
    box = gr.Textbox(
        label="Your question", placeholder=_EXAMPLES[0], lines=1, max_lines=4, autofocus=True,
        elem_id="question",
    )  # fmt: skip
    with gr.Row():
        go = gr.Button("Ask", variant="primary", elem_id="ask")
        halt = gr.Button("Stop", elem_id="stop")
    out = gr.HTML(page.message_html(_INVITATION), elem_id="answer")
    gr.Examples([[example] for example in _EXAMPLES], inputs=[box])
    running = gr.on(
        [box.submit, go.click], ask, inputs=[box], outputs=[out], show_progress="hidden",
        concurrency_limit=4,
    )  # fmt: skip
    halt.click(None, cancels=[running])


def _path_tab(desk: Desk) -> None:
    def show(topic: str) -> str:
        if not topic.strip():
            return page.message_html("Name a topic first.")
        try:
            return page.path_html(desk.path(topic))
        except RefdeskError as error:
            return page.message_html(str(error))

    topic = gr.Textbox(label="Topic", placeholder="LoRA", max_lines=1, elem_id="topic")
    out = gr.HTML(page.message_html("What to read on a topic, in which order."), elem_id="path")
    topic.submit(show, inputs=[topic], outputs=[out], show_progress="hidden")


def _answer(desk: Desk, question: str) -> Iterator[str]:
    stopped = threading.Event()
    sentences: list[Sentence] = []
    citations: list[Citation] = []
    try:
        for event in desk.stream(question, stop=stopped.is_set):
            if event.name == "hits":
                yield page.hits_html(event.hits, "Found these passages; reading them …")
            elif event.name == "extractive" and event.answer:
                yield page.answer_html(
                    event.answer.sentences,
                    event.answer.citations,
                    state="From the sources directly; the model is still reading …",
                )
            elif event.name == "sentence" and event.sentence:
                sentences.append(event.sentence)
                citations += event.citations
                yield page.answer_html(sentences, citations, state="…")
            elif event.answer and event.answer.refused:
                yield page.refusal_html(event.answer)
            elif event.answer:
                done = event.answer
                yield page.answer_html(done.sentences, done.citations, further=done.further)
    finally:
        stopped.set()
