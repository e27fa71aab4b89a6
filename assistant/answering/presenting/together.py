"""Answers to the parts of a request as one answer, each under its part, citations numbered anew."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from assistant.answering.values import Answer, Citation, Sentence, Span

_GROUPS = 2  # of an answer from the sources: what else it says is asked for alone
_FURTHER = 5


def together(question: str, parts: Sequence[tuple[str, Answer]], request: str) -> Answer:
    """Return one answer to a ``question`` of several ``parts``, each given with its own answer.

    A part whose answer refuses is named in `Answer.unanswered`; where all refuse, so does this.
    """
    said = [(part, answer) for part, answer in parts if not answer.refused]
    if not said:
        return replace(parts[0][1], question=question, asked=question)
    sentences: list[Sentence] = []
    citations: dict[tuple[str, int, str], Citation] = {}
    for part, answer in said:
        numbers = {}
        for cited in answer.citations:
            key = (cited.passage, cited.start, cited.url)
            numbers[cited.n] = citations.setdefault(key, replace(cited, n=len(citations) + 1)).n
        for sentence in _begun(part, answer, {sentence.text for sentence in sentences}):
            spans = tuple(Span(numbers[n], start, end) for n, start, end in sentence.spans)
            cites = tuple(numbers[n] for n in sentence.citations)
            sentences.append(replace(sentence, citations=cites, spans=spans))
    used = {n for sentence in sentences for n in sentence.citations}
    order = {n: at for at, n in enumerate(sorted(used), 1)}
    answers = [answer for _, answer in said]
    return replace(
        answers[0],
        question=question,
        asked=question,
        request=request,
        view=next((answer.view for answer in answers if answer.view != "catalog"), "catalog"),
        how=" ".join(dict.fromkeys(answer.how for answer in answers if answer.how)),
        sentences=tuple(_renumbered(sentence, order) for sentence in sentences),
        citations=tuple(replace(c, n=order[c.n]) for c in citations.values() if c.n in order),
        nearest=tuple(dict.fromkeys(hit for answer in answers for hit in answer.nearest)),
        further=tuple(dict.fromkeys(link for a in answers for link in a.further))[:_FURTHER],
        dropped=tuple(dropped for answer in answers for dropped in answer.dropped),
        unanswered=tuple(part for part, answer in parts if answer.refused),
        did_you_mean=(),
        model=next((answer.model for answer in answers if answer.model), None),
        timings={"total_s": round(sum(a.timings.get("total_s", 0.0) for _, a in parts), 4)},
    )


def _begun(part: str, answer: Answer, shown: set[str]) -> list[Sentence]:
    """Return what is shown of the answer to a part: its beginning, which the part stands over.

    What was ``shown`` before is not said again, unless there is nothing else.
    """
    from_sources = answer.view != "catalog"
    said = [s for s in answer.sentences if s.text not in shown] or answer.sentences
    part = part[:1].upper() + part[1:]
    runs = [(group, list(run)) for group, run in groupby(said, key=lambda sentence: sentence.group)]
    kept = runs[:_GROUPS] if from_sources else runs
    return [
        replace(sentence, group=(f"{part}: {group}" if group else part))
        if at == 0 or not group else sentence
        for at, (group, run) in enumerate(kept)
        for sentence in run
    ]  # fmt: skip


def _renumbered(sentence: Sentence, order: dict[int, int]) -> Sentence:
    return replace(
        sentence,
        citations=tuple(order[n] for n in sentence.citations),
        spans=tuple(Span(order[n], start, end) for n, start, end in sentence.spans),
    )
