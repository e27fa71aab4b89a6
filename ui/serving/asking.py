"""Asking at the desk: every door's questions and searches, in threads of their own.

Searches have their own threads, so they never wait for the model. A question waits for its turn
only when it needs the model, and is given up when the one who asked leaves: close the events.
"""

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, aclosing, closing
from dataclasses import dataclass
from typing import Any, TypeVar

import anyio

from assistant.answering.evidence import PASSAGES
from assistant.answering.values import Answer, Event
from assistant.conversation.rewriting import Exchange
from assistant.desk import Desk
from index.store.values import Filters
from ingest.errors import UsageError
from ui.serving.metrics import Metrics
from ui.serving.turns import AT_MOST, Ticket, TooMany, Turns, step_behind

T = TypeVar("T")
_LOOK = 0.05  # seconds after which one who waits to read looks whether anybody still wants to know
_SEARCHING = 2  # threads; more only take the processor from each other


@dataclass(frozen=True, slots=True)
class AskRequest:
    """What is asked, by whom (``caller``), and through which ``door``.

    ``owner`` says whose notes may be asked (see `ui.serving.visitors`), None: nobody's.
    """

    text: str
    caller: str
    door: str
    history: tuple[Exchange, ...] = ()
    k: int = PASSAGES
    filters: Filters = Filters()  # noqa: RUF009  # immutable
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many questions come before this one."""

    before: int


class _Left(Exception):
    """The one who asked went away before the model was free."""


class AskService:
    """What the page and the doors for programs ask of a desk. Close it when serving ends."""

    def __init__(self, desk: Desk, turns: Turns, metrics: Metrics) -> None:
        self.desk = desk
        self._turns = turns
        self._metrics = metrics
        self._search = ThreadPoolExecutor(_SEARCHING, "refdesk-search")
        self._answer = ThreadPoolExecutor(AT_MOST, "refdesk-answer", step_behind)
        self._reading = threading.Lock()  # one question reads its passages at a time

    async def look_up(self, work: Callable[[], T]) -> T:
        """Run what needs no model, and takes little time, beside what the model does."""
        return await asyncio.get_running_loop().run_in_executor(self._search, work)

    async def answer(self, question: AskRequest) -> Answer:
        """Return the whole answer; see `events`."""
        async with aclosing(self.events(question)) as events:
            async for event in events:
                if isinstance(event, Event) and event.name == "done" and event.answer:
                    return event.answer
        raise AssertionError("an answer always ends with done")

    async def events(self, question: AskRequest) -> AsyncGenerator[Event | Waiting, None]:
        """Yield what becomes known of an answer, and how many come first while it has to wait.

        Closing the generator, or cancelling it, stops the model and frees the place in the queue
        before it returns.

        Raises:
            TooMany: the caller waits with as many questions as one may.
            RefdeskError: as `Desk.stream`.
        """
        try:
            with self._turns.take(question.caller) as turn:
                async with aclosing(self._told(question, turn)) as events:
                    async for event in events:
                        if isinstance(event, Event) and event.name == "done" and event.answer:
                            self._metrics.answered(question.door, event.answer, self.desk)
                        yield event
        except TooMany:
            self._metrics.turned_away(question.door)
            raise

    async def _told(
        self, question: AskRequest, turn: Ticket
    ) -> AsyncGenerator[Event | Waiting, None]:
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[Event | Waiting | BaseException | None] = asyncio.Queue()

        def tell(what: Event | Waiting | BaseException | None) -> None:
            if not turn.left():
                loop.call_soon_threadsafe(queue.put_nowait, what)

        job = self._answer.submit(self._work, question, turn, tell)
        try:
            while (what := await queue.get()) is not None:
                if isinstance(what, BaseException):
                    raise what
                yield what
        finally:
            turn.leave()
            if not job.cancel():
                # the model may not be given to the next before this thread has let go of it
                with anyio.CancelScope(shield=True):
                    await asyncio.wrap_future(job)

    def _work(self, question: AskRequest, turn: Ticket, tell: Callable[[Any], None]) -> None:
        """Answer in a thread; tell of each event, then of the end (None) or of an error."""
        reading = ExitStack()

        def before_model() -> None:
            reading.close()
            self._wait(turn, tell)

        try:
            while not self._reading.acquire(timeout=_LOOK):
                if turn.left():
                    return
            reading.callback(self._reading.release)
            if turn.left():
                return
            events = self.desk.stream(
                question.text,
                question.history,
                k=question.k,
                filters=question.filters,
                stop=turn.left,
                before_model=_once(before_model),
                owner=question.owner,
            )
            with closing(events):  # type: ignore[type-var]  # it is a generator
                for event in events:
                    if turn.left():
                        return
                    tell(event)
        except _Left:
            return
        except BaseException as error:  # whatever it is, the one who waits has to hear of it
            tell(error)
        else:
            tell(None)
        finally:
            reading.close()

    def _wait(self, turn: Ticket, tell: Callable[[Any], None]) -> None:
        begun = time.perf_counter()
        last = 0
        for before in turn.places():
            if before != last:
                tell(Waiting(before))
                last = before
        if turn.left():
            raise _Left
        self._metrics.waited(time.perf_counter() - begun)

    def close(self) -> None:
        """Let the threads end."""
        self._search.shutdown(wait=False, cancel_futures=True)
        self._answer.shutdown(wait=False, cancel_futures=True)


def exchanges(messages: Sequence[tuple[str, str]]) -> tuple[Exchange, ...]:
    """Return (role, content) messages as exchanges; answers without a question are left out.

    Raises:
        UsageError: a role is none of user, assistant, system and developer.
    """
    turns: list[Exchange] = []
    for role, content in messages:
        if role == "user":
            turns.append(Exchange(content))
        elif role == "assistant":
            if turns:
                before = turns[-1]
                turns[-1] = Exchange(before.question, f"{before.answer}\n{content}".strip())
        elif role not in ("system", "developer"):
            raise UsageError(f"There is no role {role}: use user or assistant.")
    return tuple(turns)


def _once(work: Callable[[], None]) -> Callable[[], None]:
    done = threading.Event()

    def run() -> None:
        if not done.is_set():
            work()
            done.set()

    return run
