"""A question in words that stand alone: answered, or told where else to look.

Remembers nothing: whoever asks for a person notes what was refused.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from assistant.answering import answer as answering
from assistant.answering.deciding import look_in
from assistant.answering.evidence import PASSAGES
from assistant.answering.values import Answer, Event
from assistant.engines.protocol import Engine
from index.search.library import Library
from index.search.query import require_words
from index.store.values import Filters
from ingest.text.sentences import language


def inquire(
    library: Callable[[], Library],
    question: str,
    alone: str,
    filters: Filters,
    k: int,
    model: Callable[[], Engine | None],
    stop: Callable[[], bool],
) -> Iterator[Event]:
    """Answer a question and tell what becomes known on the way; see `assistant.desk.Desk.stream`.

    ``alone`` is the question in words that need no history. ``library`` and ``model`` open what
    they name, and are called when it is needed.
    """
    require_words(question, "question")
    asked = library().corrected(alone)
    here = library().asked_in(language(asked))
    for event in answering.answer(here, asked, filters, k, model, stop):
        if event.answer is None:
            yield event
            continue
        answer = replace(event.answer, question=question)
        if answer.refused:
            places = look_in.places(here, asked, answer.nearest)
            answer = replace(answer, look_in=places)
        yield replace(event, answer=answer)


def final(events: Iterator[Event]) -> Answer:
    """Return the answer that ends ``events``."""
    for event in events:
        if event.name == "done" and event.answer:
            return event.answer
    raise AssertionError("an answer always ends with done")


def answer_alone(
    library: Callable[[], Library], question: str, model: Callable[[], Engine | None]
) -> Answer:
    """Answer a question nobody asked before, from the whole library."""
    return final(inquire(library, question, question, Filters(), PASSAGES, model, lambda: False))
