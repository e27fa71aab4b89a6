"""The page: one box, the passages at once, then the answer as its sentences are verified.

Gradio's analytics, outside fonts and images are off.
"""

import os
import threading
from collections.abc import Callable, Iterator

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before the import, or it calls home

import gradio as gr
from fastapi import FastAPI

from assistant.desk import Desk
from assistant.values import Citation, Sentence
from ingest.errors import RefdeskError
from ui import page
from ui.turns import Turns

_EXAMPLES = (
    "explain GQA vs MQA",
    "How does FlashAttention save memory traffic?",
    "What does DPO optimise?",
    "Why does a KV cache speed up decoding?",
)
_INVITATION = "Ask about what the lists cover. Every sentence shows the passage it rests on."
_FONTS = ["system-ui", "-apple-system", "Segoe UI", "Noto Sans", "sans-serif"]


def mount(app: FastAPI, desk: Desk, turns: Turns) -> FastAPI:
    """Mount the page at ``/`` of an application and return the whole."""
    blocks, look = _blocks(desk, turns)
    mounted: FastAPI = gr.mount_gradio_app(
        app, blocks, path="", show_error=True, footer_links=[], ssr_mode=False, **look
    )
    return mounted


def _blocks(desk: Desk, turns: Turns) -> tuple[gr.Blocks, dict[str, object]]:
    def ask(question: str, request: gr.Request) -> Iterator[str]:
        if not question.strip():
            yield page.message_html("Write a question first.")
            return
        yield page.message_html("Searching the library …")
        try:
            with turns.take(request.session_hash or "page") as turn:
                for place in turn.places():
                    yield page.message_html(f"{place} before you …")
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


def _ask_tab(ask: Callable[[str, gr.Request], Iterator[str]]) -> None:
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
