"""Where a request goes: small talk, the same again, the collection, or a question of fact.

Stands above the rooms that answer; remembers nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from assistant.answering import inquiry
from assistant.answering.question import understand
from assistant.answering.values import Event
from assistant.collection.compared import with_contradictions
from assistant.collection.respond import respond
from assistant.collection.understanding import compares_sources, may_be
from assistant.conversation.moves import AGAIN, move
from assistant.conversation.replies import otherwise, reply
from assistant.conversation.rewriting import Exchange, last_asked, stand_alone
from assistant.engines.protocol import Engine
from index.search.library import Hit, Library
from index.store.values import Filters
from ingest.errors import UsageError
from ingest.text.sentences import language


def needs_no_model(question: str, history: Sequence[Exchange] = ()) -> bool:
    """Say, without the library, whether a request may be answered without the writing model."""
    return move(question) is not None or may_be(stand_alone(question, history))


def receive(
    library: Callable[..., Library],
    question: str,
    history: Sequence[Exchange],
    filters: Filters,
    k: int,
    model: Callable[[], Engine | None],
    stop: Callable[[], bool],
) -> Iterator[Event]:
    """Answer a request, whatever it is; see `assistant.desk.Desk.stream`.

    ``library`` opens it, with a question in whatever way that question needs: what the catalog
    answers never waits for that. What narrows an answer (``filters``) makes every request a
    question of fact.
    """
    if not question.strip():
        raise UsageError("The question is empty: say what you want to know.")
    turn = move(question)
    if turn is not None:
        lang = language(question)
        last = last_asked(history) if turn.kind == AGAIN else ""
        if last:
            again = receive(library, last, (), filters, k, model, stop)
            answer = otherwise(inquiry.final(again), turn, lang, model, stop)
        else:
            answer = reply(question, lang, turn)
        yield Event("done", answer=replace(answer, question=question))
        return
    about, alone = None, stand_alone(question, history)
    comparison = understand(question).sides and not compares_sources(alone)  # is one of fact
    if not filters and not comparison:
        about = respond(library, question, alone, k, model, stop)
    if about is not None:
        yield from about
        return
    opened = partial(library, question)
    events = inquiry.inquire(opened, question, alone, filters, k, model, stop)
    yield from _compared(library, events)


def _compared(library: Callable[[], Library], events: Iterator[Event]) -> Iterator[Event]:
    """Pass the events on; what other sources found say otherwise comes into the whole answer."""
    hits: tuple[Hit, ...] = ()
    for event in events:
        hits = event.hits or hits
        if event.answer is None:
            yield event
        else:
            yield replace(event, answer=with_contradictions(library(), event.answer, hits))
