"""Kept threads on the page: what is asked is kept for its visitor, and shown again.

The list itself is drawn in the browser (`assets/threads.js`) from ``/api/v1/threads``.
"""

import json
from dataclasses import replace
from html import escape

import gradio as gr
from starlette.datastructures import Headers

from assistant.kept.answer_of import answer_of
from assistant.kept.threads import Threads
from ingest.errors import UsageError
from ui.page.html_answer import ExchangeView
from ui.page.i18n import Texts
from ui.page.notes_part import notes_html
from ui.serving.access import Access
from ui.serving.visitors import owner_of

_WORDS = (
    "none", "nothing", "off", "failed", "count", "count_one", "more", "rename", "title_label",
    "save", "delete", "really", "export",
)  # fmt: skip


class Keeping:
    """Keeps the turns of the page, each for the visitor it was made for."""

    def __init__(self, threads: Threads, access: Access) -> None:
        self._threads = threads
        self._access = access

    def kept(
        self, turn: ExchangeView, past: tuple[ExchangeView, ...], request: gr.Request
    ) -> ExchangeView:
        """Keep a turn that is whole behind those before it; return it with its thread's name."""
        if turn.answer is None:
            return turn
        thread = next((turn.thread for turn in reversed(past) if turn.thread), None)
        owner = self.owner(request)
        name = self._threads.keep(turn.answer, thread=thread, owner=owner, origin="page")
        return replace(turn, thread=name or "")

    def turns(self, thread: str, request: gr.Request) -> tuple[ExchangeView, ...]:
        """Return the turns of one of the visitor's threads, as they were kept.

        Raises:
            NothingFound: there is no such thread.
            UsageError: it is damaged.
        """
        whole = self._threads.show(thread, self.owner(request))
        try:
            answers = [answer_of(turn.answer) for turn in whole.turns]
        except (KeyError, TypeError, ValueError) as error:
            raise UsageError(f"Thread {whole.thread.id} is damaged ({error}).") from error
        return tuple(
            ExchangeView(
                number, answer.question, answer.asked, sentences=answer.sentences,
                citations=answer.citations, answer=answer, thread=whole.thread.id,
            )
            for number, answer in enumerate(answers)
        )  # fmt: skip

    def owner(self, request: gr.Request) -> str:
        """Return whose threads and notes the visitor sees."""
        return owner_of(Headers(dict(request.headers)), self._access)


def kept_html(say: Texts) -> str:
    """Return the places where threads and notes are listed, with the words they are drawn with."""
    words = json.dumps({name: say.words[f"threads.{name}"] for name in _WORDS}, ensure_ascii=False)
    find = escape(say("threads.find"))
    root = "../" if say.lang == "zh" else "./"  # the page in Chinese stands one below
    return (
        f'<details class="threads" data-words="{escape(words)}">'
        f"<summary>{escape(say('threads.title'))}</summary>"
        f'<input type="search" aria-label="{find}" placeholder="{find}" maxlength="200">'
        '<p class="said" role="status"></p><ul></ul></details>'
        f"{notes_html(say, root=root)}"
    )
