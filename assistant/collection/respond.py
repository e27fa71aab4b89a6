"""A request about the collection, answered; a question of fact is left to `assistant.answering`."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from assistant.answering.values import Event
from assistant.collection import absent, inventory, request, sources, subject, unclear, works
from assistant.collection.report import Report
from assistant.collection.request import Request
from assistant.collection.understanding import understand
from assistant.engines.protocol import Engine
from index.search.library import Library

_FROM_THE_CATALOG: dict[str, Callable[[Library, Request, Report], str]] = {
    request.INVENTORY: inventory.inventory,
    request.LISTS: inventory.lists,
    request.AGREED: inventory.agreed,
    request.HOLDINGS: subject.holdings,
    request.PATH: subject.what_to_read,
    request.RECOMMENDED: works.recommended,
    request.WORK: works.work_asked,
    request.MISSING: absent.missing,
    request.NEW: absent.new,
}
"""What writes the answer to each kind of request, and returns how it was found."""


def respond(
    library: Callable[..., Library],
    question: str,
    asked: str,
    k: int,
    model: Callable[[], Engine | None],
    stop: Callable[[], bool],
    lang: str = "",
) -> Iterator[Event] | None:
    """Return the events of the answer to a request about the collection; None if it is none.

    ``asked`` is the ``question`` in words that stand alone, ``lang`` the language of the answer,
    if not that of the question. ``library`` opens it, with a question
    in whatever way that question needs. ``model`` is called only where one source is asked.
    """
    here = library()
    understood = understand(here, asked)
    if understood is None:
        return None
    understood = replace(understood, lang=lang or understood.lang)
    others = unclear.of_request(here, understood)
    report = Report(here.store, question, asked, understood.lang, understood.kind, others)
    if understood.kind == request.ONE_SOURCE:
        return sources.asked_alone(library(asked), understood, report, k, model, stop)
    if understood.kind == request.SUMMARY:
        return iter((Event("done", answer=sources.summed_up(here, understood, report)),))
    if understood.kind == request.MANY_SOURCES:
        answer = sources.side_by_side(library(asked), understood, report)
        return iter((Event("done", answer=answer),))
    how = _FROM_THE_CATALOG[understood.kind](here, understood, report)
    return iter((Event("done", answer=report.answer(how)),))
