"""Where a request goes: small talk, the same again, the collection, or a question of fact.

Stands above the rooms that answer; remembers nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from assistant.answering import inquiry
from assistant.answering.presenting import together
from assistant.answering.question import asked_in_turn, understand
from assistant.answering.values import Event
from assistant.collection.compared import with_contradictions
from assistant.collection.licences import about_a_licence
from assistant.collection.request import LISTS, MANY_SOURCES, ONE_SOURCE
from assistant.collection.respond import respond
from assistant.collection.unclear import of_fact
from assistant.collection.understanding import (
    asks_for_the_most,
    compares_sources,
    may_be,
    speaks_of_this_page,
)
from assistant.collection.understanding import understand as understood
from assistant.conversation.moves import AGAIN, move
from assistant.conversation.replies import otherwise, reply
from assistant.conversation.rewriting import Exchange, last_asked, stand_alone
from assistant.engines.protocol import Engine
from index.search.library import Hit, Library
from index.store.values import Filters
from ingest.errors import UsageError
from ingest.text.sentences import language

SEVERAL = "several"
"""The kind of a request whose parts are of different kinds, as `Answer.request` has it."""


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
    comparison = bool(understand(question).sides) and not _put_to_sources(library, alone)
    if not filters and (parts := _different(library, alone)):
        answers = [
            (part, inquiry.final(receive(library, part, (), filters, k, model, stop, spoken)))
            for part in parts
        ]
        yield Event("done", answer=replace(together(alone, answers, SEVERAL), question=question))
        return
    if not filters and not comparison:
        about = respond(library, question, alone, k, model, stop, spoken)
    if about is not None:
        yield from about
        return
    if not filters and (told := about_a_licence(library, question, alone, spoken)):
        yield Event("done", answer=told)
        return
    opened = partial(library, question)
    events = inquiry.inquire(opened, question, alone, filters, k, model, stop)
    yield from _compared(library, events, narrowed=bool(filters))


def _different(library: Callable[..., Library], alone: str) -> list[str]:
    """Return the parts of a request of which some ask the collection and others something else.

    Each is in words that stand alone: what it leans on is what was asked first.
    """
    pieces = asked_in_turn(alone)
    addressed = "://" in alone  # one page is meant, whatever is asked of it
    if len(pieces) < 2 or addressed or not any(map(may_be, pieces)):
        return []
    if any(map(asks_for_the_most, pieces[1:])):
        return []  # "..., and which is the shortest?": of what was asked for
    whole = understood(library(), alone)
    if whole is not None and (whole.kind in (ONE_SOURCE, MANY_SOURCES) or whole.asks == "which"):
        return []  # all of it is asked of these sources, or of the lists
    first = [Exchange(pieces[0], "")]
    parts = [pieces[0], *(stand_alone(piece, first) for piece in pieces[1:])]
    if max(map(len, parts)) >= len(alone):
        return []  # "..., which list?" stands alone only as the whole of it
    parts = [part if part.endswith(("?", "？")) else f"{part}{_mark(part)}" for part in parts]
    asked = [understood(library(), part) for part in parts]
    kinds = {about.kind if about else "" for about in asked}
    return parts if len(kinds) > 1 else []


def _mark(part: str) -> str:
    return "？" if language(part) == "zh" else "?"


def _put_to_sources(library: Callable[..., Library], alone: str) -> bool:
    """Say whether a comparison is asked of sources or lists: others are questions of fact."""
    if compares_sources(alone):
        return True
    about = understood(library(), alone)
    return about is not None and about.kind in (ONE_SOURCE, LISTS)


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
