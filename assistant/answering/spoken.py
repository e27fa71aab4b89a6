"""A model's answer in its own words, each sentence checked before it is shown.

What the model leaves out of the evidence is quoted after it.
"""

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import chain

from assistant.answering.citation import Verdict, attribute, repeats
from assistant.answering.clock import Clock
from assistant.answering.compose import MOST, Numbering, code_for, finished, quotations, sentence
from assistant.answering.evidence import Evidence, Line
from assistant.answering.prompt import is_refusal
from assistant.answering.question import ASKING
from assistant.answering.values import Answer, Dropped, Event, Sentence
from assistant.engines.protocol import Engine, Message
from index.search.library import Library
from ingest.text.sentences import sentences

_BEGUN = 4  # words
_TELLING = 3  # words that are not in every sentence
_SAYING_LITTLE = frozenset(ASKING.split())
_LEFT_OUT = 2  # words a model drops at the beginning of a sentence it repeats
_WORD = re.compile(r"[a-z0-9]+|[\u4e00-\u9fff]")
_MAX_TOKENS = 300


def speak(
    library: Library,
    evidence: Evidence,
    lines: Sequence[Line],
    chosen: Sequence[Line],
    messages: Sequence[Message],
    draft: Answer,
    model: Engine,
    stop: Callable[[], bool],
    clock: Clock,
) -> Generator[Event, None, Answer]:
    """Let the model answer, sentence by verified sentence, then quote what it left out.

    Args:
        library: what the passages come from.
        evidence: what was found; every sentence is checked against all of it.
        lines: the best of it, best first: what is quoted.
        chosen: the lines the model reads, which ``messages`` hold.
        messages: the prompt.
        draft: the answer so far.
        model: what writes.
        stop: whether nobody waits any more.
        clock: notes the first token and the first sentence shown.
    """
    numbering = Numbering()
    shown: list[Verdict] = []
    sentences_shown: list[Sentence] = []
    spoken = _verdicts(library, evidence, chosen, messages, model, stop, clock)
    dropped: list[Dropped] = []
    for verdict in chain(spoken, quotations(lines, shown), _code(evidence, lines, shown)):
        if verdict.line is None:
            dropped.append(Dropped(verdict.text, round(verdict.support, 3), verdict.reason))
            continue
        if repeats(verdict, shown):
            continue
        shown.append(verdict)
        yield told(verdict, numbering, sentences_shown, clock)
        if len(shown) >= MOST:
            spoken.close()
    draft = replace(draft, dropped=tuple(dropped))
    return finished(draft, sentences_shown, numbering, library)


def told(verdict: Verdict, numbering: Numbering, shown: list[Sentence], clock: Clock) -> Event:
    """Number a sentence found to hold, add it to those shown, and return its event."""
    known = len(numbering.citations)
    shown.append(sentence(verdict, numbering))
    clock.note("first_sentence_s")
    return Event("sentence", sentence=shown[-1], citations=tuple(numbering.citations[known:]))


def _code(evidence: Evidence, lines: Sequence[Line], shown: Sequence[Verdict]) -> Iterator[Verdict]:
    if shown:
        yield from code_for(evidence, lines)


def _verdicts(
    library: Library,
    evidence: Evidence,
    chosen: Sequence[Line],
    messages: Sequence[Message],
    model: Engine,
    stop: Callable[[], bool],
    clock: Clock,
) -> Generator[Verdict, None, None]:
    """Let the model speak; yield a verdict on each sentence as it ends, on none after a refusal."""
    said = ""
    early: Line | None = None
    # closed here whatever happens: an open stream holds the model
    with closing(model.stream(messages, max_tokens=_MAX_TOKENS, stop=stop)) as pieces:
        for piece in pieces:
            clock.note("first_token_s")
            said += piece
            if (line := _begun(chosen, said)) and line is not early:
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


def _begun(chosen: Sequence[Line], said: str) -> Line | None:
    """Return the sentence it read that the model has begun to repeat, in order or in its words.

    It can be shown at once: it is true of its source, however the model would go on.
    """
    begun = _WORD.findall(said.casefold())[:-1]  # the last may still grow
    if len(begun) < _BEGUN:
        return None
    telling = {word for word in begun if word not in _SAYING_LITTLE}
    found = {}
    for line in chosen:
        words = _WORD.findall(line.text.casefold()) if line.whole else []
        starts = range(min(_LEFT_OUT + 1, len(words)))
        in_order = any(words[at : at + len(begun)] == begun for at in starts)
        if in_order or (len(telling) >= _TELLING and telling <= set(words)):
            found[line.text] = line
    return found.popitem()[1] if len(found) == 1 else None


def _finished(said: str) -> tuple[list[str], str]:
    """Split off the sentences that are surely over: something follows them."""
    spans = sentences(said)
    if len(spans) < 2:
        return [], said
    return [said[start:end] for start, end in spans[:-1]], said[spans[-1][0] :]
