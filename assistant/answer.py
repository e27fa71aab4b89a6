"""From a question to an answer: search, judge, show the extract, generate, attribute, number.

The flow yields events as things become known, so a page can show passages before the model has said
a word. Every shown sentence has passed :mod:`assistant.citation`.
"""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import chain

from assistant.citation import Verdict, attribute, repeats
from assistant.evidence import Evidence, Line, gather, select
from assistant.extractive import best_lines
from assistant.llm import Engine
from assistant.prompt import is_refusal, prompt
from assistant.question import understand
from assistant.refusal import answers_surely, limits_for, refuses, signals
from assistant.values import Answer, Citation, Event, Reading, Sentence
from index.library import Library
from index.values import Filters
from ingest.text import sentences
from ingest.urls import deep_link
from ingest.values import PRIMER

_BUDGET = 300
_BUDGET_COMPARISON = 450
_MAX_TOKENS = 300
_LEAST = 3
_MOST = 6
_CLOSE = 0.7
_NEAREST = 3

_REFUSED = {
    "en": "The library does not answer this question. The nearest sources are listed below.",
    "zh": "资料库没有回答这个问题。下面列出最接近的来源。",
}


class Numbering:
    """The citations of one answer, numbered in the order of their first use."""

    def __init__(self) -> None:
        self.citations: list[Citation] = []
        self._numbers: dict[str, int] = {}

    def cite(self, line: Line) -> int:
        """Return the number of a line's passage, giving it one when it has none yet."""
        passage = line.hit.passage
        if passage.key not in self._numbers:
            self._numbers[passage.key] = len(self.citations) + 1
            self.citations.append(citation(line, len(self.citations) + 1))
        return self._numbers[passage.key]


def citation(line: Line, n: int) -> Citation:
    """Return the citation of a line's passage; its deep link opens at the line."""
    passage = line.hit.passage
    at = passage.start + max(0, passage.text.find(line.text[:40]))
    return Citation(
        n=n,
        passage=passage.key,
        document_sha256=passage.document_sha256,
        start=passage.start,
        end=passage.end,
        quote=passage.text,
        heading=passage.heading,
        title=passage.title,
        url=passage.url,
        deep_link=deep_link(passage.opens_at(at), line.text),
        kind=passage.kind,
        primer=passage.url.startswith(PRIMER),
        archived_at=passage.fetched_at,
        recommended_by=line.hit.recommended_by,
    )


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
    begun = time.perf_counter()
    question = understand(text)
    evidence = gather(library, question, filters, k)
    timings = {"retrieve_s": time.perf_counter() - begun}
    yield Event("hits", hits=evidence.hits)

    draft = Answer(
        question=text, asked=question.text, lang=question.lang, refused=False, refusal=None,
        view="extractive", sentences=(), citations=(), nearest=(), further=(), model=None,
    )  # fmt: skip
    lines = best_lines(evidence)
    found = signals(evidence)
    limits = limits_for(library.embedder, question.lang)
    if refuses(found, limits) or not lines:
        yield Event("done", answer=_refuse(draft, evidence, timings, begun))
        return
    extract = _extract(draft, lines, library)
    timings["extractive_s"] = time.perf_counter() - begun
    yield Event("extractive", answer=replace(extract, timings=dict(timings)))

    model = engine()
    if model is None:
        timings["first_sentence_s"] = timings["extractive_s"]
        yield Event("done", answer=_timed(extract, timings, begun))
        return
    draft = replace(draft, view="model", model=model.name)
    numbering = Numbering()
    shown: list[Verdict] = []
    sentences_shown: list[Sentence] = []
    spoken = _generate(library, evidence, model, stop, timings, begun)
    for verdict in chain(spoken, _quotations(lines, shown)):
        if verdict.line is None or repeats(verdict, shown):
            continue
        known = len(numbering.citations)
        sentence = _sentence(verdict, numbering)
        shown.append(verdict)
        sentences_shown.append(sentence)
        timings.setdefault("first_sentence_s", time.perf_counter() - begun)
        yield Event("sentence", sentence=sentence, citations=tuple(numbering.citations[known:]))
        if len(shown) == _MOST:
            break
    spoken.close()
    if not shown:
        if answers_surely(found, limits):
            timings["first_sentence_s"] = timings["extractive_s"]
            yield Event("done", answer=_timed(extract, timings, begun))
        else:
            yield Event("done", answer=_refuse(draft, evidence, timings, begun))
        return
    citations = tuple(numbering.citations)
    whole = replace(
        draft,
        sentences=tuple(sentences_shown),
        citations=citations,
        further=_further(library, citations),
    )
    yield Event("done", answer=_timed(whole, timings, begun))


def _quotations(lines: Sequence[Line], shown: Sequence[Verdict]) -> Iterator[Verdict]:
    """Yield the sources' best sentences while an answer is shorter than it should be.

    A small model often stops after one sentence; what it left unsaid is quoted. An answer of which
    nothing held gets none: what was asked may not be answered at all.
    """
    top = lines[0].score
    for line in lines:
        if not shown or len(shown) >= _LEAST:
            return
        if line.score >= _CLOSE * top:
            yield Verdict(line.text, line, 1.0, "supported", True, line.terms)


def _generate(
    library: Library,
    evidence: Evidence,
    model: Engine,
    stop: Callable[[], bool],
    timings: dict[str, float],
    begun: float,
) -> Generator[Verdict, None, None]:
    """Let the model speak and yield a verdict on each sentence as it ends; none if it refuses."""
    question = evidence.question
    budget = _BUDGET_COMPARISON if question.sides else _BUDGET
    chosen = select(evidence, budget, model.count_tokens)
    said = ""
    # closed here whatever happens: an open stream holds the model
    with closing(
        model.stream(prompt(question, chosen), max_tokens=_MAX_TOKENS, stop=stop)
    ) as pieces:
        for piece in pieces:
            timings.setdefault("first_token_s", time.perf_counter() - begun)
            said += piece
            finished, said = _finished(said)
            for sentence in finished:
                if is_refusal(sentence):
                    return
                yield attribute(library, evidence, sentence)
    # what is left is either a last sentence with its full stop or one cut short: the latter goes
    if said.strip() and said.rstrip()[-1] in '.!?。！？”"' and not is_refusal(said.strip()):
        yield attribute(library, evidence, said.strip())


def _finished(said: str) -> tuple[list[str], str]:
    """Split off the sentences that are surely over: something follows them."""
    spans = sentences(said)
    if len(spans) < 2:
        return [], said
    return [said[start:end] for start, end in spans[:-1]], said[spans[-1][0] :]


def _sentence(verdict: Verdict, numbering: Numbering) -> Sentence:
    assert verdict.line is not None  # noqa: S101  # dropped verdicts never come here
    return Sentence(
        text=verdict.text,
        citations=(numbering.cite(verdict.line),),
        support=round(verdict.support, 3),
        status=verdict.status,
        verbatim=verdict.verbatim,
    )


def _extract(draft: Answer, lines: Sequence[Line], library: Library) -> Answer:
    numbering = Numbering()
    shown = tuple(
        Sentence(line.text, (numbering.cite(line),), 1.0, "supported", True) for line in lines
    )
    citations = tuple(numbering.citations)
    return replace(
        draft, sentences=shown, citations=citations, further=_further(library, citations)
    )


def _refuse(draft: Answer, evidence: Evidence, timings: dict[str, float], begun: float) -> Answer:
    lang = "zh" if draft.lang == "zh" else "en"
    nearest = evidence.hits[:_NEAREST]
    refused = replace(draft, refused=True, refusal=_REFUSED[lang], nearest=nearest)
    return _timed(refused, timings, begun)


def _timed(answer: Answer, timings: dict[str, float], begun: float) -> Answer:
    timings["total_s"] = time.perf_counter() - begun
    return replace(answer, timings={name: round(value, 3) for name, value in timings.items()})


def _further(library: Library, citations: Sequence[Citation]) -> tuple[Reading, ...]:
    """Return the curated links the cited primer notes lead to."""
    urls: dict[str, None] = {}
    for each in citations:
        if each.primer and (note := library.document(each.url)):
            urls.update(dict.fromkeys(note.links))
    titles = library.store.titles(list(urls))
    return tuple(Reading(titles.get(url, url), url) for url in urls)
