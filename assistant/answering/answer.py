"""From a question to an answer: search, judge, show the extract, generate, attribute, number.

The flow yields events as things become known, so a page can show passages before the model has said
a word. Every shown sentence has passed :mod:`assistant.answering.citation`.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.answering.across import beside, to_chinese, to_english
from assistant.answering.clock import Clock
from assistant.answering.compose import Numbering, extract, finished, quotation, refusal
from assistant.answering.evidence import Evidence, Line, gather, select
from assistant.answering.extractive import best_lines
from assistant.answering.prompt import REFUSAL, prompt
from assistant.answering.question import Question, understand
from assistant.answering.refusal import (
    Limits,
    Signals,
    answers_surely,
    asks_again,
    convinces,
    hopeless,
    limits_for,
    refuses,
    signals,
)
from assistant.answering.spoken import speak, told
from assistant.answering.values import Answer, Event, Sentence
from assistant.engines.protocol import Engine, Message
from index.search.library import Library
from index.store.values import Filters

_BUDGET = 80  # tokens: what a slow processor reads in three seconds
_BUDGET_COMPARISON = 170
_TRANSLATED = 3


@dataclass(frozen=True, slots=True)
class _Ground:
    """What an answer stands on: the evidence, its best lines, and whether it is enough."""

    evidence: Evidence
    lines: list[Line]
    found: Signals
    limits: Limits

    @property
    def hopeless(self) -> bool:
        """Whether nothing here answers, whatever a model thinks."""
        return not self.lines or hopeless(self.found, self.limits)

    @property
    def refuses(self) -> bool:
        """Whether the sources alone do not answer."""
        return self.hopeless or refuses(self.found, self.limits)

    @property
    def surely(self) -> bool:
        """Whether they answer even if the model finds nothing to say."""
        return bool(self.lines) and answers_surely(self.found, self.limits)


def answer(
    library: Library,
    text: str,
    filters: Filters,
    k: int,
    engine: Callable[[], Engine | None],
    stop: Callable[[], bool],
) -> Iterator[Event]:
    """Answer a question; yield ``hits``, ``extractive``, ``sentence``… and at last ``done``.

    ``engine`` is called only when the model is needed, since loading it takes seconds.
    """
    clock = Clock()
    question = understand(text)
    ground = _ground(library, question, filters, k)
    clock.note("retrieve_s")
    yield Event("hits", hits=ground.evidence.hits)
    draft = Answer(
        question=text, asked=question.text, lang=question.lang, refused=False, refusal=None,
        view="extractive", sentences=(), citations=(), nearest=(), further=(), model=None,
    )  # fmt: skip
    foreign = not ground.evidence.understood and not ground.surely
    if foreign and (model := engine()) and not _found_here(ground, model, stop):
        foreign = False
        other = _in_english(library, ground, filters, k, model, stop)
        if other is not None:
            ground = other
            yield Event("hits", hits=ground.evidence.hits)

    quoted = refusal(draft, ground.evidence)
    if not ground.refuses:
        quoted = extract(draft, ground.evidence, ground.lines, library)
        clock.note("extractive_s")
        yield Event("extractive", answer=clock.stamp(quoted))
    if ground.hopeless or (model := engine()) is None:
        done = quoted
        if not done.refused:
            clock.note("first_sentence_s")
    else:
        said = yield from _told_by(library, ground, draft, model, stop, clock)
        if foreign and not said.sentences:
            other = _in_english(library, ground, filters, k, model, stop)
            if other is not None:
                ground = other
                yield Event("hits", hits=ground.evidence.hits)
                said = yield from _told_by(library, ground, draft, model, stop, clock)
        if said.sentences or said.refused:
            done = said
        elif ground.surely:
            quoted = extract(draft, ground.evidence, ground.lines, library)
            done = replace(quoted, dropped=said.dropped)
            clock.note("first_sentence_s")
        else:
            done = refusal(said, ground.evidence)
    clock.note("total_s")
    yield Event("done", answer=clock.stamp(done))


def _ground(library: Library, question: Question, filters: Filters, k: int) -> _Ground:
    evidence = gather(library, question, filters, k)
    limits = limits_for(library.embedder, question.lang)
    return _Ground(evidence, best_lines(evidence), signals(evidence), limits)


def _told_by(
    library: Library,
    ground: _Ground,
    draft: Answer,
    model: Engine,
    stop: Callable[[], bool],
    clock: Clock,
) -> Generator[Event, None, Answer]:
    """Answer with a model, or refuse where it doubts too much that its sources answer."""
    draft = replace(draft, view="model", model=model.name)
    chosen, messages, refusing = consulted(ground.evidence, model, stop)
    if refusing is not None:
        clock.note("first_token_s")
        if not convinces(ground.found, ground.limits, refusing):
            return refusal(draft, ground.evidence)
    if draft.lang == "zh" and not _mostly(ground.lines, "zh"):
        return (yield from _translated(library, ground, draft, model, stop, clock))
    return (
        yield from speak(
            library, ground.evidence, ground.lines, chosen, messages, draft, model, stop, clock
        )
    )


def consulted(
    evidence: Evidence, model: Engine, stop: Callable[[], bool]
) -> tuple[list[Line], list[Message], float | None]:
    """Let a model read the evidence; return what it read, its prompt, and how it doubts.

    The doubt is its log-likelihood of refusing, None if it cannot tell. A comparison, which has two
    sides, gets more to read. Asking again at once costs nothing: the prompt has been read.
    """
    budget = _BUDGET_COMPARISON if evidence.question.sides else _BUDGET
    chosen = select(evidence, budget, model.count_tokens)
    messages = prompt(evidence.question, chosen)
    return chosen, messages, model.likelihood(messages, REFUSAL, stop=stop)


def _in_english(
    library: Library,
    ground: _Ground,
    filters: Filters,
    k: int,
    model: Engine,
    stop: Callable[[], bool],
) -> _Ground | None:
    """Ask in English what was asked in a language the embedding model does not know.

    None where nothing better is found.
    """
    english = to_english(model, ground.evidence.question.text, stop)
    if not english:
        return None
    other = _ground(library, understand(english), filters, k)
    worse = other.hopeless if ground.refuses else other.refuses
    return None if worse else other


def _found_here(ground: _Ground, model: Engine, stop: Callable[[], bool]) -> bool:
    """Say whether the model finds its answer in the pages of the question's own language."""
    if ground.hopeless:
        return False
    _, _, refusing = consulted(ground.evidence, model, stop)
    return refusing is not None and not asks_again(ground.found, ground.limits, refusing)


def _mostly(lines: Sequence[Line], lang: str) -> bool:
    own = sum(line.hit.passage.lang == lang for line in lines[:_TRANSLATED])
    return 2 * own > min(len(lines), _TRANSLATED)


def _translated(
    library: Library,
    ground: _Ground,
    draft: Answer,
    model: Engine,
    stop: Callable[[], bool],
    clock: Clock,
) -> Generator[Event, None, Answer]:
    """Put the best sentences into Chinese, each beside its original."""
    numbering = Numbering()
    shown: list[Sentence] = []
    for line in ground.lines[:_TRANSLATED]:
        if stop():
            break
        own = line.hit.passage.lang == "zh"
        chinese = "" if own else to_chinese(model, line.text, stop)
        clock.note("first_token_s")
        verdict = quotation(line)
        if chinese:
            text = beside(chinese, line.text)
            verdict = replace(verdict, text=text, status="weak", verbatim=False)
        yield told(verdict, numbering, shown, clock)
    return finished(draft, shown, numbering, library)
