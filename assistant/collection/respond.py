"""A request about the collection, answered; a question of fact is left to `assistant.answering`."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from assistant.answering.question import understand as parts_of
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
    if understood.kind in _FROM_THE_CATALOG:
        others = tuple(dict.fromkeys((*others, *_other_parts(here, asked, understood.kind))))
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


def _other_parts(library: Library, asked: str, kind: str) -> Iterator[str]:
    """Yield the parts of a request of several that ask for something else, each as a question."""
    parts = parts_of(asked).parts
    if len(parts) < 2:
        return
    for part in parts:
        other = understand(library, part)
        if other is None or other.kind != kind:
            yield part if part.endswith(("?", "？")) else f"{part}?"
