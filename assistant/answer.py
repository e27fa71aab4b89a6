"""From a question to an answer: search, judge, show the extract, generate, attribute, number.

The flow yields events as things become known, so a page can show passages before the model has said
a word. Every shown sentence has passed :mod:`assistant.citation`.
"""

import re
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain

from assistant.across import beside, to_chinese, to_english
from assistant.citation import Verdict, attribute, repeats
from assistant.compose import (
    MOST,
    Numbering,
    code_for,
    extract,
    finished,
    quotation,
    quotations,
    refusal,
    sentence,
)
from assistant.evidence import Evidence, Line, gather, select
from assistant.extractive import best_lines
from assistant.llm import Engine
from assistant.prompt import is_refusal, prompt
from assistant.question import Question, understand
from assistant.refusal import Limits, answers_surely, limits_for, refuses, signals
from assistant.values import Answer, Dropped, Event, Sentence
from index.library import Library
from index.values import Filters
from ingest.text import sentences

_BUDGET = 120  # tokens: what a slow processor reads in four seconds
_BUDGET_COMPARISON = 220
_BEGUN = 6  # words
_LEFT_OUT = 2  # words a model drops at the beginning of a sentence it repeats
_WORD = re.compile(r"[a-z0-9]+|[\u4e00-\u9fff]")
_MAX_TOKENS = 300
_TRANSLATED = 3


@dataclass(frozen=True, slots=True)
class _Ground:
    """What an answer stands on: the evidence, its best lines, and whether it is enough."""

    evidence: Evidence
    lines: list[Line]
    limits: Limits
    refuses: bool
    surely: bool


class _Clock:
    """Seconds since the question came, noted under the names of the contract."""

    def __init__(self) -> None:
        self._begun = time.perf_counter()
        self.noted: dict[str, float] = {}

    def note(self, name: str) -> None:
        """Note a moment, the first time it comes."""
        self.noted.setdefault(name, round(time.perf_counter() - self._begun, 3))

    def stamp(self, answer: Answer) -> Answer:
        """Return the answer with what is noted so far."""
        return replace(answer, timings=dict(self.noted))


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
    clock = _Clock()
    question = understand(text)
    ground = _ground(library, question, filters, k)
    clock.note("retrieve_s")
    yield Event("hits", hits=ground.evidence.hits)
    draft = Answer(
        question=text, asked=question.text, lang=question.lang, refused=False, refusal=None,
        view="extractive", sentences=(), citations=(), nearest=(), further=(), model=None,
    )  # fmt: skip
    if not ground.evidence.understood and not ground.surely and (model := engine()):
        other = _in_english(library, question, filters, k, model, stop)
        if other is not None and not other.refuses:
            ground = other
            yield Event("hits", hits=ground.evidence.hits)

    if ground.refuses:
        clock.note("total_s")
        yield Event("done", answer=clock.stamp(refusal(draft, ground.evidence)))
        return
    quoted = extract(draft, ground.evidence, ground.lines, library)
    clock.note("extractive_s")
    yield Event("extractive", answer=clock.stamp(quoted))

    if (model := engine()) is None:
        done = quoted
        clock.note("first_sentence_s")
    else:
        draft = replace(draft, view="model", model=model.name)
        told: Generator[Event, None, Answer]
        if question.lang == "zh" and not _mostly(ground.lines, "zh"):
            told = _translated(library, ground, draft, model, stop, clock)
        else:
            told = _spoken(library, ground, draft, model, stop, clock)
        said = yield from told
        if said.sentences:
            done = said
        elif ground.surely:
            done = replace(quoted, dropped=said.dropped)
            clock.note("first_sentence_s")
        else:
            done = refusal(said, ground.evidence)
    clock.note("total_s")
    yield Event("done", answer=clock.stamp(done))


def _ground(library: Library, question: Question, filters: Filters, k: int) -> _Ground:
    evidence = gather(library, question, filters, k)
    lines = best_lines(evidence)
    found = signals(evidence)
    limits = limits_for(library.embedder, question.lang)
    enough = bool(lines) and not refuses(found, limits)
    return _Ground(evidence, lines, limits, not enough, answers_surely(found, limits))


def _in_english(
    library: Library,
    question: Question,
    filters: Filters,
    k: int,
    model: Engine,
    stop: Callable[[], bool],
) -> _Ground | None:
    """Ask in English what was asked in a language the embedding model does not know."""
    english = to_english(model, question.text, stop)
    return _ground(library, understand(english), filters, k) if english else None


def _mostly(lines: Sequence[Line], lang: str) -> bool:
    own = sum(line.hit.passage.lang == lang for line in lines[:_TRANSLATED])
    return 2 * own > min(len(lines), _TRANSLATED)


def _spoken(
    library: Library,
    ground: _Ground,
    draft: Answer,
    model: Engine,
    stop: Callable[[], bool],
    clock: _Clock,
) -> Generator[Event, None, Answer]:
    """Let the model answer, sentence by verified sentence, then quote what it left out."""
    numbering = Numbering()
    shown: list[Verdict] = []
    sentences_shown: list[Sentence] = []
    spoken = _generate(library, ground.evidence, model, stop, clock)
    dropped: list[Dropped] = []
    for verdict in chain(spoken, quotations(ground.lines, shown), _code(ground, shown)):
        if verdict.line is None:
            dropped.append(Dropped(verdict.text, round(verdict.support, 3), verdict.reason))
            continue
        if repeats(verdict, shown):
            continue
        shown.append(verdict)
        yield _told(verdict, numbering, sentences_shown, clock)
        if len(shown) >= MOST:
            spoken.close()
    draft = replace(draft, dropped=tuple(dropped))
    return finished(draft, sentences_shown, numbering, library)


def _code(ground: _Ground, shown: Sequence[Verdict]) -> Iterator[Verdict]:
    if shown:
        yield from code_for(ground.evidence, ground.lines)


def _translated(
    library: Library,
    ground: _Ground,
    draft: Answer,
    model: Engine,
    stop: Callable[[], bool],
    clock: _Clock,
) -> Generator[Event, None, Answer]:
    """Put the best sentences into Chinese, each beside its original."""
    numbering = Numbering()
    told: list[Sentence] = []
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
        yield _told(verdict, numbering, told, clock)
    return finished(draft, told, numbering, library)


def _told(verdict: Verdict, numbering: Numbering, told: list[Sentence], clock: _Clock) -> Event:
    known = len(numbering.citations)
    told.append(sentence(verdict, numbering))
    clock.note("first_sentence_s")
    return Event("sentence", sentence=told[-1], citations=tuple(numbering.citations[known:]))


def _generate(
    library: Library,
    evidence: Evidence,
    model: Engine,
    stop: Callable[[], bool],
    clock: _Clock,
) -> Generator[Verdict, None, None]:
    """Let the model speak and yield a verdict on each sentence as it ends; none if it refuses."""
    question = evidence.question
    budget = _BUDGET_COMPARISON if question.sides else _BUDGET
    chosen = select(evidence, budget, model.count_tokens)
    said = ""
    early: Line | None = None
    # closed here whatever happens: an open stream holds the model
    with closing(
        model.stream(prompt(question, chosen), max_tokens=_MAX_TOKENS, stop=stop)
    ) as pieces:
        for piece in pieces:
            clock.note("first_token_s")
            said += piece
            if (line := _begun(evidence, said)) and line is not early:
                early = line
                yield attribute(library, evidence, line.text)
            over, said = _finished(said)
            for each in over:
                if is_refusal(each):
                    return
                yield attribute(library, evidence, each)
    # what is left is either a last sentence with its full stop or one cut short: the latter goes
    if said.strip() and said.rstrip()[-1] in '.!?。！？”"' and not is_refusal(said.strip()):
        yield attribute(library, evidence, said.strip())


def _begun(evidence: Evidence, said: str) -> Line | None:
    """Return the source's sentence that the model has begun to repeat word for word.

    It can be shown at once: it is true of its source, however the model would go on.
    """
    begun = _WORD.findall(said.casefold())[:-1]  # the last may still grow
    if len(begun) < _BEGUN:
        return None
    found = {}
    for line in evidence.lines:
        words = _WORD.findall(line.text.casefold()) if line.whole else []
        starts = range(min(_LEFT_OUT + 1, len(words)))
        if any(words[at : at + len(begun)] == begun for at in starts):
            found[line.text] = line
    return found.popitem()[1] if len(found) == 1 else None


def _finished(said: str) -> tuple[list[str], str]:
    """Split off the sentences that are surely over: something follows them."""
    spans = sentences(said)
    if len(spans) < 2:
        return [], said
    return [said[start:end] for start, end in spans[:-1]], said[spans[-1][0] :]
