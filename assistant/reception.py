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
from assistant.collection.unclear import of_fact
from assistant.collection.understanding import compares_sources, may_be, speaks_of_this_page
from assistant.collection.understanding import understand as understood
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
    spoken: str = "",
) -> Iterator[Event]:
    """Answer a request, whatever it is; see `assistant.desk.Desk.stream`.

    ``library`` opens it, with a question in whatever way that question needs: what the catalog
    answers never waits for that. What narrows an answer (``filters``) makes every request a
    question of fact. In the language ``spoken``, where one is named, the catalog answers.
    """
    if not question.strip():
        raise UsageError("The question is empty: say what you want to know.")
    turn = move(question)
    if turn is not None:
        lang = language(question)
        last = last_asked(history) if turn.kind == AGAIN else ""
        if last:
            spoken = next((manner for manner in ("zh", "en") if manner in turn.manners), "")
            again = receive(library, last, (), filters, k, model, stop, spoken)
            answer = otherwise(inquiry.final(again), turn, lang, model, stop)
        else:
            answer = reply(question, lang, turn)
        yield Event("done", answer=replace(answer, question=question))
        return
    about, alone = None, stand_alone(question, history)
    if page := _this_page(library, alone, history, filters):
        alone, filters = f"{alone} {page}", Filters()
    comparison = understand(question).sides and not compares_sources(alone)  # is one of fact
    if not filters and not comparison:
        about = respond(library, question, alone, k, model, stop, spoken)
    if about is not None:
        yield from about
        return
    opened = partial(library, question)
    events = inquiry.inquire(opened, question, alone, filters, k, model, stop)
    yield from _compared(library, events, narrowed=bool(filters))


def _this_page(
    library: Callable[..., Library], alone: str, history: Sequence[Exchange], filters: Filters
) -> str:
    """Return the address of the page that "this page" is; "" if a request is not about one.

    That is the one page it is narrowed to, else the one that was asked about last.
    """
    if not speaks_of_this_page(alone):
        return ""
    if filters:
        page = next(iter(filters.documents), "")
        return page if page and filters == Filters(documents=(page,)) else ""
    last = last_asked(history)
    before = understood(library(), last) if last else None
    return before.works[0].url if before and len(before.works) == 1 else ""


def _compared(
    library: Callable[[], Library], events: Iterator[Event], *, narrowed: bool
) -> Iterator[Event]:
    """Pass the events on; what other sources found say otherwise comes into the whole answer.

    So do the other readings of the question, unless what is asked was ``narrowed``.
    """
    hits: tuple[Hit, ...] = ()
    for event in events:
        hits = event.hits or hits
        if event.answer is None:
            yield event
        else:
            here = library()
            answer = with_contradictions(here, event.answer, hits)
            others = () if narrowed else of_fact(here, answer, hits)
            yield replace(event, answer=replace(answer, did_you_mean=others))
