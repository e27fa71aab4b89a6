"""The words of a model, each sentence checked as it ends, and then what the plan has beside them.

A small engine chooses, and the sources speak: where nothing tells which of them comes first, what
it begins to repeat leads. In its own words it is wrong as often as right, so they are not shown: of
three such sentences in 65 answers that had passed every check two were false. One that is fast
enough writes the whole. What no passage supports is dropped.
"""

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice

from assistant.answering.calculating import Calculation
from assistant.answering.checking import Attribution, attribute, repeats
from assistant.answering.clock import Clock
from assistant.answering.evidence import Evidence, Line
from assistant.answering.presenting import (
    Numbering,
    calculated,
    finished,
    quotation,
    quoted,
    sentence,
)
from assistant.answering.selection import Plan, opened_by
from assistant.answering.values import Answer, Dropped, Event, Sentence
from assistant.answering.writing.prompt import is_refusal
from assistant.engines.pace import timed
from assistant.engines.protocol import Engine, Message
from index.search.library import Library
from ingest.text.scripts import plain_words
from ingest.text.sentences import sentences
from ingest.text.words import QUESTION_WORDS

_OPENING_SENTENCES = 2
_OPENING_TOKENS = 90
_BEGUN = 5  # words
_TELLING = 3  # words that are not in every sentence
_LEFT_OUT = 2  # words a model drops at the beginning of a sentence it repeats


@dataclass(frozen=True, slots=True)
class Task:
    """What a model is to write from: the lines it reads, the prompt that holds them.

    ``most_tokens`` is the longest reply; ``whole`` says that the reply is the answer and not only
    its opening.
    """

    lines: tuple[Line, ...]
    messages: tuple[Message, ...]
    most_tokens: int = _OPENING_TOKENS
    whole: bool = False


def write(
    library: Library,
    evidence: Evidence,
    planned: Plan,
    task: Task,
    draft: Answer,
    model: Engine,
    stop: Callable[[], bool],
    clock: Clock,
    worked_out: Calculation | None = None,
    *,
    settled: bool = False,
) -> Generator[Event, None, Answer]:
    """Let the model write, sentence by verified sentence, then show what the plan has beside it.

    Where nothing that it said holds, the answer has no sentences.

    Args:
        library: what the passages come from.
        evidence: what was found; every sentence is checked against all of it.
        planned: what the sources say, in order.
        task: what the model reads and how much it writes.
        draft: the answer so far.
        model: what writes.
        stop: whether nobody waits any more.
        clock: notes the first token and the first sentence shown.
        worked_out: what stands before the model's words.
        settled: whether the model, having read, has told by its doubt that the sources answer.
    """
    numbering = Numbering()
    said: list[Attribution] = []
    shown: list[Sentence] = []
    dropped: list[Dropped] = []
    for worked in calculated(worked_out, numbering, draft.lang):
        yield event_of(worked, numbering, shown, clock)
    if task.whole:
        before = [quotation(line) for line in worked_out.quoted] if worked_out else []
        with closing(_attributions(library, evidence, task, model, stop, clock)) as spoken:
            for attribution in spoken:
                if attribution.line is None:
                    dropped.append(_dropped(attribution))
                elif not repeats(attribution, [*before, *said]):
                    said.append(attribution)
                    own = sentence(attribution, numbering, worked_out.after if worked_out else "")
                    yield event_of(own, numbering, shown, clock)
        holds = bool(said)
    elif settled and planned.opens:
        holds = True
    else:
        with closing(_attributions(library, evidence, task, model, stop, clock)) as spoken:
            planned, holds = _opened(planned, islice(spoken, _OPENING_SENTENCES), dropped)
    draft = replace(draft, dropped=tuple(dropped))
    if not holds:
        return draft
    for group in planned.groups:
        for line in group.lines:
            if not task.whole or not repeats(quotation(line), said):
                own = quoted(line, numbering, group, draft.lang)
                yield event_of(own, numbering, shown, clock)
    return finished(draft, shown, numbering, library)


def _opened(
    planned: Plan, spoken: Iterable[Attribution], dropped: list[Dropped]
) -> tuple[Plan, bool]:
    """Return the plan as a model would open it, and whether anything that it said holds."""
    holds = False
    for attribution in spoken:
        if attribution.line is None:
            dropped.append(_dropped(attribution))
        elif _copies(attribution) and attribution.line in planned.lines:
            return opened_by(planned, attribution.line), True
        else:
            holds = True
    return planned, holds


def _dropped(attribution: Attribution) -> Dropped:
    return Dropped(attribution.text, round(attribution.support, 3), attribution.reason)


def _copies(attribution: Attribution) -> bool:
    """Say whether a sentence is a line of a source, or what announces a formula there."""
    return attribution.verbatim or (
        attribution.line is not None and attribution.line.piece.ends_in_colon
    )


def event_of(said: Sentence, numbering: Numbering, shown: list[Sentence], clock: Clock) -> Event:
    """Add a sentence to those shown and return its event, with the citations that are new."""
    known = {n for earlier in shown for n in earlier.citations}
    shown.append(said)
    clock.note("first_sentence_s")
    new = tuple(citation for citation in numbering.citations if citation.n not in known)
    return Event("sentence", sentence=said, citations=new)


def _attributions(
    library: Library,
    evidence: Evidence,
    task: Task,
    model: Engine,
    stop: Callable[[], bool],
    clock: Clock,
) -> Generator[Attribution, None, None]:
    """Let the model speak; yield what each sentence is, as it ends; nothing after a refusal."""
    said = ""
    # closed here whatever happens: an open stream holds the model
    with closing(timed(model, task.messages, max_tokens=task.most_tokens, stop=stop)) as pieces:
        for piece in pieces:
            clock.note("first_token_s")
            said += piece
            if not task.whole and (line := _begun(task.lines, said)):
                yield quotation(line)
                return
            over, said = _finished(said)
            for text in over:
                if is_refusal(text):
                    return
                yield attribute(library, evidence, text)
    # what is left is either a last sentence with its full stop or one cut short: the latter goes
    if said.strip() and said.rstrip()[-1] in '.!?。！？”"' and not is_refusal(said.strip()):
        yield attribute(library, evidence, said.strip())


def _begun(chosen: Sequence[Line], said: str) -> Line | None:
    """Return the sentence it read that the model has begun to repeat, in order or in its words.

    It can be shown at once: it is true of its source, however the model would go on.
    """
    begun = plain_words(said)[:-1]  # the last may still grow
    if len(begun) < _BEGUN:
        return None
    telling = {word for word in begun if word not in QUESTION_WORDS}
    if len(telling) < _TELLING:
        return None
    matches = {}
    for line in chosen:
        words = plain_words(line.text) if line.whole else []
        starts = range(min(_LEFT_OUT + 1, len(words)))
        if any(words[at : at + len(begun)] == begun for at in starts):
            matches[line.text] = line
    return matches.popitem()[1] if len(matches) == 1 else None


def _finished(said: str) -> tuple[list[str], str]:
    """Split off the sentences that are surely over: something follows them."""
    spans = sentences(said)
    if len(spans) < 2:
        return [], said
    return [said[start:end] for start, end in spans[:-1]], said[spans[-1][0] :]
