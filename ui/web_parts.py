"""Parts every tab of the page is put together from."""

import queue
import threading
from collections.abc import Generator, Iterator
from time import monotonic
from typing import TypeVar

import gradio as gr

_GRACE = 0.25  # seconds something stopped gets to end well
_LOOK = 0.05
T = TypeVar("T")


def view(html: str, name: str) -> gr.HTML:
    """Return a component that shows HTML of ours, without Gradio's own styles and scripts."""
    return gr.HTML(html, elem_id=name, js_on_load=None, apply_default_css=False)


def session(request: gr.Request) -> str:
    """Return the name of a visitor's open page."""
    return request.session_hash or "page"


def until_stopped(items: Generator[T, None, None], stopped: threading.Event) -> Iterator[T]:
    """Yield what comes, from a thread of its own; soon after ``stopped`` is set, nothing more.

    Loading a model cannot be interrupted: the thread then ends later than what is shown.
    """
    news: queue.Queue[tuple[T] | BaseException | None] = queue.Queue()

    def work() -> None:
        try:
            for item in items:
                news.put((item,))
            news.put(None)
        except BaseException as error:  # handed over, and raised where it is waited for
            news.put(error)
        finally:
            items.close()

    threading.Thread(target=work, name="refdesk-asking", daemon=True).start()
    since: float | None = None
    while True:
        try:
            told = news.get(timeout=_LOOK)
        except queue.Empty:
            if stopped.is_set():
                since = monotonic() if since is None else since
                if monotonic() - since > _GRACE:
                    return
            continue
        if told is None:
            return
        if isinstance(told, BaseException):
            raise told
        yield told[0]
