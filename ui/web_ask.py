"""The Ask tab: a thread of questions, each answered while one looks on.

Passages are searched for and shown before anything else; only what needs the model waits for its
turn at it.
"""

import threading
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace

import gradio as gr

from assistant.conversation import Exchange, stand_alone
from assistant.desk import Desk
from assistant.values import Event
from ingest.errors import RefdeskError
from ui import page
from ui.i18n import Texts
from ui.page_answer import Turn, error_html, invitation_html, turn_html
from ui.turns import Turns
from ui.web_parts import session, until_stopped, view

_PASSAGES = 8
_KEPT = 20  # turns of a thread
Shown = tuple[object, object, object, object]
"""Updates of the thread, the answer, the box and the turns kept."""


class AskTab:
    """What the Ask tab does; one for a language, for all visitors."""

    def __init__(self, desk: Desk, turns: Turns, say: Texts) -> None:
        self._desk = desk
        self._turns = turns
        self._say = say
        self._stops: dict[str, threading.Event] = {}

    def draw(self, blocks: gr.Blocks) -> None:
        """Put the tab's components into the page being built."""
        say = self._say
        thread = view("", "thread")
        out = view(invitation_html(say), "answer")
        with gr.Row(elem_id="askbar"):
            box = gr.Textbox(
                label=say("ask.label"), placeholder=say("ask.hint"), lines=1, max_lines=6,
                autofocus=True, elem_id="question", container=False, scale=1,
            )  # fmt: skip
            go = gr.Button(say("ask.go"), variant="primary", elem_id="ask", scale=0)
            halt = gr.Button(say("ask.stop"), elem_id="stop", scale=0)
        past = gr.State(())
        shown = [thread, out, box, past]
        asking = {"show_progress": "hidden", "concurrency_limit": 8, "api_visibility": "private"}
        gr.on([box.submit, go.click], self.ask, inputs=[box, past], outputs=shown, **asking)
        blocks.load(self.ask_address, inputs=[past], outputs=shown, **asking)
        halt.click(self.stop, show_progress="hidden", queue=False, api_visibility="private")
        blocks.unload(self.stop)

    def stop(self, request: gr.Request) -> None:
        """Stop what this visitor's question makes the desk do."""
        stopped = self._stops.get(session(request))
        if stopped is not None:
            stopped.set()

    def ask_address(self, past: tuple[Turn, ...], request: gr.Request) -> Iterator[Shown]:
        """Ask the question that stands in the address, if one does."""
        question = str(dict(request.query_params).get("q", ""))
        if question.strip():
            yield from self.ask(question[:4000], past, request)
        else:
            yield gr.skip(), gr.skip(), gr.skip(), gr.skip()

    def ask(self, question: str, past: tuple[Turn, ...], request: gr.Request) -> Iterator[Shown]:
        """Answer a question; yields what is to be shown, whenever there is something new."""
        say = self._say
        same = gr.skip()
        if not question.strip():
            yield same, page.message_html(say("ask.empty")) if not past else same, same, same
            return
        turn = Turn(len(past), question.strip(), state=say("ask.searching"))
        thread = "".join(turn_html(each, say) for each in past)
        stopped = threading.Event()
        self._stops[session(request)] = stopped
        fresh = True
        try:
            growing = self._answered(turn, past, stopped, session(request))
            for grown in until_stopped(growing, stopped):
                turn = grown
                drawn = turn_html(turn, say)
                yield (thread, drawn, "", same) if fresh else (same, drawn, same, same)
                fresh = False
            if turn.state:  # stopped before the end
                turn = replace(turn, state="", notice=say("ask.stopped"))
                yield same, turn_html(turn, say), same, same
            yield same, same, same, (*past, turn)[-_KEPT:]
        except RefdeskError as error:
            yield thread, error_html(turn, str(error), say), same, same
        finally:
            stopped.set()
            self._stops.pop(session(request), None)

    def _answered(
        self, turn: Turn, past: tuple[Turn, ...], stopped: threading.Event, caller: str
    ) -> Generator[Turn, None, None]:
        """Yield the turn as it grows; the last one is whole."""
        say = self._say
        history = [
            Exchange(each.question, each.answer.text if each.answer else "") for each in past
        ]
        asked = stand_alone(turn.question, history)
        found = self._desk.search(asked, k=_PASSAGES).hits
        turn = replace(turn, asked=asked, hits=found, state=say("ask.reading"))
        yield turn
        events = self._desk.stream(turn.question, history, stop=stopped.is_set)
        with closing(events):  # type: ignore[type-var]  # it is a generator
            for event in events:
                turn = self._after(turn, event, stopped)
                if event.name != "hits":
                    yield turn
                if event.name == "extractive":
                    break  # what comes next needs the model
            if turn.answer is None:
                with self._turns.take(caller) as place:
                    for before in place.places():
                        if stopped.is_set():
                            break
                        yield replace(turn, state=say("ask.waiting", place=before))
                    turn = replace(turn, state=say("ask.draft"))
                    spoken = False
                    for event in events:
                        if event.name == "sentence" and not spoken:
                            spoken = True  # what the model says takes the place of the extract
                            turn = replace(turn, sentences=(), citations=())
                        turn = self._after(turn, event, stopped)
                        yield turn

    def _after(self, turn: Turn, event: Event, stopped: threading.Event) -> Turn:
        """Return the turn as it stands after an event."""
        say = self._say
        if event.name == "sentence" and event.sentence:
            return replace(
                turn,
                sentences=(*turn.sentences, event.sentence),
                citations=(*turn.citations, *event.citations),
                state=say("ask.writing"),
            )
        if event.answer is None:
            return turn
        shown = replace(turn, sentences=event.answer.sentences, citations=event.answer.citations)
        if event.name == "extractive":
            return replace(shown, state=say("ask.draft"))
        notice = say("ask.stopped") if stopped.is_set() else ""
        return replace(shown, answer=event.answer, state="", notice=notice)
