"""The Ask tab: a thread of questions, each answered while one looks on.

Passages are searched for and shown before anything else; what needs the model takes its turn, as
at every other door.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from functools import partial

import gradio as gr

from assistant.answering.values import Event
from assistant.conversation.rewriting import Exchange, stand_alone
from ingest.errors import RefdeskError
from ui.page import html as page
from ui.page.html_answer import ExchangeView, error_html, invitation_html, turn_html
from ui.page.i18n import Texts
from ui.page.parts import session, until_stopped, view
from ui.page.threads_part import Keeping, kept_html
from ui.serving.asking import AskRequest, AskService, Waiting
from ui.serving.turns import AT_MOST

_PASSAGES = 8
_KEPT = 20  # turns of a thread
Shown = tuple[object, object, object, object]
"""Updates of the thread, the answer, the box and the turns kept."""


@dataclass
class _Running:
    """A question that a visitor's page is having answered; ``past`` is what its end leaves."""

    question: str
    past: tuple[ExchangeView, ...]
    stop: Callable[[], object]
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class AskTab:
    """What the Ask tab does; one for a language, for all visitors."""

    def __init__(self, asking: AskService, keeping: Keeping, say: Texts) -> None:
        self._asking = asking
        self._keeping = keeping
        self._say = say
        self._running: dict[str, _Running] = {}

    def draw(self, blocks: gr.Blocks) -> None:
        """Put the tab's components into the page being built."""
        say = self._say
        view(kept_html(say), "kept")
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
        asking = {
            "show_progress": "hidden", "concurrency_limit": AT_MOST, "api_visibility": "private",
            "trigger_mode": "multiple",  # `ask` says what becomes of the one before
        }  # fmt: skip
        gr.on([box.submit, go.click], self.ask, inputs=[box, past], outputs=shown, **asking)
        blocks.load(self.ask_address, inputs=[past], outputs=shown, **asking)
        blocks.load(self.reopen, outputs=shown, **asking)
        halt.click(self.stop, show_progress="hidden", queue=False, api_visibility="private")
        blocks.unload(self.stop)

    def stop(self, request: gr.Request) -> None:
        """Stop what this visitor's question makes the desk do."""
        running = self._running.get(session(request))
        if running is not None:
            running.stop()

    async def ask_address(
        self, past: tuple[ExchangeView, ...], request: gr.Request
    ) -> AsyncIterator[Shown]:
        """Ask the question that stands in the address, if one does."""
        question = str(dict(request.query_params).get("q", ""))
        if question.strip():
            async with aclosing(self.ask(question[:4000], past, request)) as shown:
                async for state in shown:
                    yield state
        else:
            yield gr.skip(), gr.skip(), gr.skip(), gr.skip()

    async def reopen(self, request: gr.Request) -> Shown:
        """Show the kept thread the address names, if it does, with its sources as they were."""
        name = str(dict(request.query_params).get("thread", ""))
        if not name:
            return gr.skip(), gr.skip(), gr.skip(), gr.skip()
        try:
            past = await self._asking.look_up(partial(self._keeping.turns, name, request))
        except RefdeskError as error:
            return "", page.failed_html(error, self._say), gr.skip(), ()
        html = [turn_html(turn, self._say) for turn in past]
        return "".join(html[:-1]), html[-1] if html else "", gr.skip(), past[-_KEPT:]

    async def ask(
        self, question: str, past: tuple[ExchangeView, ...], request: gr.Request
    ) -> AsyncGenerator[Shown, None]:
        """Answer a question; yields what is to be shown, whenever there is something new.

        One that is still being answered on this page is stopped first and keeps its place in the
        thread; the same question again, as of a key pressed twice, is let pass.
        """
        say = self._say
        same = gr.skip()
        if not question.strip():
            alone = not past and session(request) not in self._running
            yield same, page.message_html(say("ask.empty")) if alone else same, same, same
            return
        while (before := self._running.get(session(request))) is not None:
            if before.question == question:
                yield same, same, same, same
                return
            before.stop()
            await before.ended.wait()
            past = before.past
        turn = ExchangeView(len(past), question.strip(), state=say("ask.searching"))
        thread = "".join(turn_html(turn, say) for turn in past)
        stopped = asyncio.Event()
        # another thread may say it
        stop = partial(asyncio.get_running_loop().call_soon_threadsafe, stopped.set)
        running = self._running[session(request)] = _Running(question, past, stop)
        fresh = True
        try:
            growing = until_stopped(self._answered(turn, past, request), stopped)
            async with aclosing(growing):
                async for grown in growing:
                    turn = grown
                    kept = same
                    if not turn.state:  # whole: what follows on it may be asked from here on
                        kept = running.past = (*past, turn)[-_KEPT:]
                    drawn = turn_html(turn, say)
                    yield (thread, drawn, "", kept) if fresh else (same, drawn, same, kept)
                    fresh = False
            if turn.state:  # stopped before the end
                turn = await self._kept(_stopped(turn, say), past, request)
                running.past = (*past, turn)[-_KEPT:]
                yield same, turn_html(turn, say), same, running.past
        except RefdeskError as error:
            yield thread, error_html(turn, error, say), same, same
        finally:
            del self._running[session(request)]
            running.ended.set()

    async def _answered(
        self, turn: ExchangeView, past: tuple[ExchangeView, ...], request: gr.Request
    ) -> AsyncGenerator[ExchangeView, None]:
        """Yield the turn as it grows; the last one is whole."""
        say = self._say
        history = tuple(
            Exchange(turn.question, turn.answer.text if turn.answer else "") for turn in past
        )
        asked = stand_alone(turn.question, history)
        desk = self._asking.desk
        hits = await self._asking.look_up(lambda: desk.search(asked, k=_PASSAGES).hits)
        turn = replace(turn, asked=asked, hits=hits, state=say("ask.reading"))
        yield turn
        owner = self._keeping.owner(request)
        question = AskRequest(turn.question, session(request), "page", history, owner=owner)
        spoken = read = False
        async with aclosing(self._asking.events(question)) as events:
            async for event in events:
                if isinstance(event, Waiting):
                    yield replace(turn, state=say("ask.waiting", place=event.before))
                    continue
                if event.name == "hits":
                    if read:  # found by other words than those that were asked
                        turn = replace(turn, hits=event.hits)
                        yield turn
                    read = True
                    continue
                if event.name == "sentence" and not spoken:
                    spoken = True  # what the model says takes the place of the extract
                    turn = replace(turn, sentences=(), citations=())
                turn = self._after(turn, event)
                if event.name == "done":
                    turn = await self._kept(turn, past, request)
                yield turn

    async def _kept(
        self, turn: ExchangeView, past: tuple[ExchangeView, ...], request: gr.Request
    ) -> ExchangeView:
        return await self._asking.look_up(partial(self._keeping.kept, turn, past, request))

    def _after(self, turn: ExchangeView, event: Event) -> ExchangeView:
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
            return replace(shown, extract=event.answer, state=say("ask.draft"))
        return replace(shown, answer=event.answer, state="")


def _stopped(turn: ExchangeView, say: Texts) -> ExchangeView:
    """Return a turn that ends here: what was checked so far is its answer."""
    answer = turn.extract
    if answer is not None:
        answer = replace(answer, sentences=turn.sentences, citations=turn.citations)
    return replace(turn, answer=answer, state="", notice=say("ask.stopped"))
