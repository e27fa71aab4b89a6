"""A request about the collection, answered; a question of fact is left to `assistant.answering`."""

from collections.abc import Callable, Iterator

from assistant.answering.values import Event
from assistant.collection import sources
from assistant.collection.replies import answered_by
from assistant.collection.report import Report
from assistant.collection.request import MANY_SOURCES, ONE_SOURCE, SUMMARY, understand
from assistant.engines.protocol import Engine
from index.search.library import Library


def respond(
    library: Library,
    question: str,
    asked: str,
    k: int,
    model: Callable[[], Engine | None],
    stop: Callable[[], bool],
) -> Iterator[Event] | None:
    """Return the events of the answer to a request about the collection; None if it is none.

    ``asked`` is the ``question`` in words that stand alone. ``model`` is called only where one
    source is asked a question.
    """
    request = understand(library, asked)
    if request is None:
        return None
    report = Report(library.store, question, asked, request.lang, request.kind)
    if request.kind == ONE_SOURCE:
        return sources.asked_alone(library, request, report, k, model, stop)
    if request.kind == SUMMARY:
        return iter((Event("done", answer=sources.summed_up(library, request, report)),))
    if request.kind == MANY_SOURCES:
        return iter((Event("done", answer=sources.side_by_side(library, request, report)),))
    reply = answered_by(request.kind)
    if reply is None:
        return None
    how = reply(library, request, report)
    return iter((Event("done", answer=report.answer(how)),))
