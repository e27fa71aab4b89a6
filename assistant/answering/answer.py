"""From a question to an answer: understand, retrieve, judge, decide, plan, write, verify, present.

What a rule of the primer says exactly is worked out beside that and stands first.

The flow yields events as things become known, so a page can show passages before the model has said
a word. Every shown sentence is a source's own or has passed `assistant.answering.checking`.
"""

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace

from assistant.answering.calculating import Calculation, calculate
from assistant.answering.clock import Clock
from assistant.answering.deciding import (
    Decision,
    Signals,
    Thresholds,
    asks_again,
    decide,
    judged,
    thresholds_for,
)
from assistant.answering.evidence import (
    Evidence,
    Line,
    gather,
    with_joined_sides,
    without_asides,
)
from assistant.answering.presenting import (
    Numbering,
    calculated,
    extract,
    finished,
    in_other_words,
    needs_wording,
    quoted,
    refusal,
)
from assistant.answering.question import Question, understand
from assistant.answering.selection import Plan, Section, plan, sections
from assistant.answering.values import Answer, Event, Sentence
from assistant.answering.writing import (
    REFUSAL,
    Task,
    event_of,
    opening_prompt,
    to_chinese,
    to_english,
    whole_prompt,
    write,
)
from assistant.engines.pace import Pace, note_reading, pace_of
from assistant.engines.protocol import Engine
from index.search.library import Library
from index.store.values import Filters

# What people wait for: seconds to the first sentence of the model and to the end.
_FIRST_S = 3.0
_WHOLE_S = 14.0
_FEWEST_READ = 80  # tokens: below it a question is not even stated
_MOST_READ = 260  # for an opening
_WRITES_WHOLE = 500  # tokens in `_WHOLE_S`: below, an engine only opens an answer
_MOST_WORDS = 900  # of evidence, for an engine that writes the whole
_MOST_WRITTEN = 900
_TRANSLATED_WORDS = 130  # what is put into another language, where a model must do it


@dataclass(frozen=True, slots=True)
class _Context:
    """What every step of one question works with.

    ``worked_out``: what it asks to be calculated; with it no question is refused.
    """

    library: Library
    filters: Filters
    k: int
    stop: Callable[[], bool]
    clock: Clock
    worked_out: Calculation | None


@dataclass(frozen=True, slots=True)
class _Ground:
    """What an answer stands on: the evidence by sections, its plan, and what decides.

    ``unanswered``: the parts of the question that nothing here answers.
    """

    evidence: Evidence
    sections: list[Section]
    plan: Plan
    signals: Signals
    unanswered: tuple[str, ...]
    thresholds: Thresholds

    @property
    def decision(self) -> Decision:
        """Whether the sources alone answer."""
        return decide(self.signals, self.thresholds)

    @property
    def hopeless(self) -> bool:
        """Whether nothing here answers, whatever a model thinks."""
        return not self.plan.groups or self.decision.hopeless

    @property
    def refuses(self) -> bool:
        """Whether the sources alone do not answer."""
        return self.hopeless or not self.decision.answer


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
    question = with_joined_sides(library, understand(text))
    worked_out = None if filters else calculate(library, question)
    if worked_out:  # what asks for a result asks for little beside it
        question = replace(question, scope="narrow")
    context = _Context(library, filters, k, stop, clock, worked_out)
    ground = _without_asides(context, _ground(context, question))
    clock.note("retrieve_s")
    yield Event("hits", hits=ground.evidence.hits)
    draft = Answer(
        question=text, asked=question.text, lang=question.lang, refused=False, refusal=None,
        view="extractive", sentences=(), citations=(), nearest=(), further=(), model=None,
        unanswered=ground.unanswered,
    )  # fmt: skip
    quoted = _refusal(context, ground, draft)
    if not ground.refuses:
        quoted = extract(draft, ground.plan, library, context.worked_out)
    if not quoted.refused:
        clock.note("extractive_s")
        yield Event("extractive", answer=clock.stamp(quoted))
    foreign = not ground.evidence.understood and not (ground.decision.sure and ground.plan.groups)
    if (ground.hopeless and not foreign) or (model := engine()) is None:
        done = quoted
        if not done.refused:
            clock.note("first_sentence_s")
    else:
        done = yield from _with_model(context, ground, draft, model, foreign=foreign)
    clock.note("total_s")
    yield Event("done", answer=clock.stamp(done))


def _ground(context: _Context, question: Question) -> _Ground:
    library = context.library
    evidence = gather(library, question, context.filters, context.k)
    parts = sections(library, evidence)
    thresholds = thresholds_for(library.embedder, question.lang)
    planned = plan(evidence, parts)
    signals, unanswered = judged(library, evidence)
    if context.worked_out:
        planned = context.worked_out.followed_by(planned)
        unanswered = tuple(part for part in unanswered if not calculate(library, understand(part)))
    return _Ground(evidence, parts, planned, signals, unanswered, thresholds)


def _without_asides(context: _Context, ground: _Ground) -> _Ground:
    """Ask again without its asides what is refused, if not for a name or a number in it.

    What was found first stays where that is no better.
    """
    if not ground.refuses or ground.signals.unknown or ground.signals.uncounted:
        return ground
    library, asked = context.library, ground.evidence.question
    plain = without_asides(library, asked.text)
    if plain == asked.text:
        return ground
    other = _ground(context, with_joined_sides(library, understand(plain)))
    return ground if other.refuses else other


def _refusal(context: _Context, ground: _Ground, draft: Answer) -> Answer:
    """Return a refusal, or what was worked out and nothing else."""
    if context.worked_out is None:
        return refusal(draft, ground.evidence)
    alone = replace(draft, view="extractive", model=None)
    return extract(alone, Plan(()), context.library, context.worked_out)


def _with_model(
    context: _Context,
    ground: _Ground,
    draft: Answer,
    model: Engine,
    *,
    foreign: bool,
) -> Generator[Event, None, Answer]:
    """Answer with a model, or refuse where it doubts too much that its sources answer.

    ``foreign``: the embedding model does not know the question's language, so that it is asked in
    English too unless the pages found answer it.
    """
    draft = replace(draft, view="model", model=model.name)
    if foreign and not _found_here(context, ground, model):
        foreign = False
        other = _in_english(context, ground, model)
        if other is not None:
            ground = other
            yield Event("hits", hits=ground.evidence.hits)
    said = yield from _told_by(context, ground, draft, model)
    if foreign and said.refused:
        other = _in_english(context, ground, model)
        if other is not None:
            ground = other
            yield Event("hits", hits=ground.evidence.hits)
            said = yield from _told_by(context, ground, draft, model)
    return said


def _told_by(
    context: _Context, ground: _Ground, draft: Answer, model: Engine
) -> Generator[Event, None, Answer]:
    """Answer with a model, or refuse where it doubts too much that its sources answer."""
    if ground.hopeless:
        return _refusal(context, ground, draft)
    task, doubt = consulted(ground.evidence, ground.sections, ground.plan, model, context.stop)
    if doubt is not None:
        context.clock.note("first_token_s")
    decision = decide(ground.signals, ground.thresholds, doubt)
    if not decision.answer and (doubt is not None or decision.hopeless):
        return _refusal(context, ground, draft)
    if draft.lang == "zh" and not _mostly(ground.plan, "zh"):
        return (yield from _translated(context, ground, draft, model))
    said = yield from write(
        context.library, ground.evidence, ground.plan, task, draft, model, context.stop,
        context.clock, context.worked_out, settled=doubt is not None,
    )  # fmt: skip
    if said.sentences:
        return said
    if doubt is None and not decision.sure:  # nothing says that it read what answers
        return _refusal(context, ground, said)
    context.clock.note("first_sentence_s")
    quoted = replace(draft, view="extractive", model=None, dropped=said.dropped)
    return extract(quoted, ground.plan, context.library, context.worked_out)


def consulted(
    evidence: Evidence,
    candidates: list[Section],
    planned: Plan,
    model: Engine,
    stop: Callable[[], bool],
) -> tuple[Task, float | None]:
    """Let a model read the evidence; return its task, and how it doubts.

    The doubt is its log-likelihood of refusing, None if it cannot tell. How much it reads follows
    from its pace. Asking again at once costs nothing: the prompt has been read.
    """
    pace = pace_of(model)
    if pace.writes * _WHOLE_S >= _WRITES_WHOLE:
        wide = plan(evidence, candidates, _most_words(model, pace))
        messages = whole_prompt(evidence.question, wide)
        most = min(_MOST_WRITTEN, int(pace.writes * _WHOLE_S))
        task = Task(tuple(wide.lines), messages, most, whole=True)
    else:
        lines = _to_read(planned, model, int(pace.reads * _FIRST_S))
        task = Task(tuple(lines), opening_prompt(evidence.question, lines))
    begun = time.perf_counter()
    doubt = model.likelihood(task.messages, REFUSAL, stop=stop)
    if doubt is not None:
        read = model.count_tokens(task.messages[-1].content)
        note_reading(model, read, time.perf_counter() - begun)
    return task, doubt


def _most_words(model: Engine, pace: Pace) -> int:
    """Return how many words of evidence an engine reads in time and in its context."""
    context = getattr(model, "context", 4096)
    tokens = min(pace.reads * _FIRST_S, context - _MOST_WRITTEN - 600)
    return max(120, min(_MOST_WORDS, int(tokens * 0.6)))


def _to_read(planned: Plan, model: Engine, budget: int) -> list[Line]:
    """Return the lines of the plan that answer best and fit a budget of tokens, in order."""
    left = max(_FEWEST_READ, min(budget, _MOST_READ))
    lines = [line for line in planned.lines if not line.piece.block]
    kept: set[int] = set()
    for at in sorted(range(len(lines)), key=lambda at: -lines[at].score):
        cost = model.count_tokens(lines[at].text) + 2
        if cost <= left or not kept:
            kept.add(at)
            left -= cost
    return [lines[at] for at in sorted(kept)]


def _in_english(context: _Context, ground: _Ground, model: Engine) -> _Ground | None:
    """Ask in English what was asked in a language the embedding model does not know.

    None where nothing better is found.
    """
    english = to_english(model, ground.evidence.question.text, context.stop)
    if not english:
        return None
    other = _ground(context, with_joined_sides(context.library, understand(english)))
    worse = other.hopeless if ground.refuses else other.refuses
    return None if worse else other


def _found_here(context: _Context, ground: _Ground, model: Engine) -> bool:
    """Say whether the model finds its answer in the pages of the question's own language."""
    if ground.hopeless:
        return False
    _, doubt = consulted(ground.evidence, ground.sections, ground.plan, model, context.stop)
    return doubt is not None and not asks_again(ground.signals, ground.thresholds, doubt)


def _mostly(planned: Plan, lang: str) -> bool:
    lines = planned.lines
    return 2 * sum(line.hit.passage.lang == lang for line in lines) > len(lines)


def _translated(
    context: _Context, ground: _Ground, draft: Answer, model: Engine
) -> Generator[Event, None, Answer]:
    """Put the plan's sentences into Chinese group by group, each with its original.

    What refdesk has in Chinese itself needs no model; blocks stay as they are.
    """
    numbering = Numbering()
    shown: list[Sentence] = []
    planned = ground.plan
    if any(needs_wording(line, draft.lang) for line in planned.lines):
        planned = plan(ground.evidence, ground.sections, _TRANSLATED_WORDS)
        if context.worked_out:
            planned = context.worked_out.followed_by(planned)
    for worked in calculated(context.worked_out, numbering, draft.lang):
        yield event_of(worked, numbering, shown, context.clock)
    for group in planned.groups:
        foreign = [line for line in group.lines if needs_wording(line, draft.lang)]
        with closing(
            to_chinese(model, [sentence.text for sentence in foreign], context.stop)
        ) as chinese:
            for line in group.lines:
                said = quoted(line, numbering, group, draft.lang)
                if line in foreign and not context.stop() and (own := next(chinese, "")):
                    context.clock.note("first_token_s")
                    said = in_other_words(said, own)
                yield event_of(said, numbering, shown, context.clock)
    return finished(draft, shown, numbering, context.library)
