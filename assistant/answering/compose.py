"""Putting an answer together: numbered citations, sentences, refusals, what to read on."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.answering.citation import Verdict
from assistant.answering.evidence import Evidence, Line
from assistant.answering.values import Answer, Citation, Reading, Sentence
from index.search.library import Library
from ingest.links.urls import deep_link
from ingest.values import PRIMER

MOST = 7
"""How many sentences an answer has at most, code and list items aside."""
_LEAST = 3
_LIKELY = 0.5
_CLOSE = 0.7
_NEAREST = 3
_LONGEST_CODE = 1200
_HOW_TO = re.compile(
    r"\bhow (?:do|can|could|should|would) (?:i|we|you|one)\b|\bhow to\b|如何|怎[么样]"
)

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
        deep_link=deep_link(
            passage.opens_at(passage.start + line.piece.start),
            line.text,
            passage.text[: line.piece.start],
        ),
        kind=passage.kind,
        primer=passage.url.startswith(PRIMER),
        archived_at=passage.fetched_at,
        recommended_by=line.hit.recommended_by,
    )


def sentence(verdict: Verdict, numbering: Numbering) -> Sentence:
    """Return the shown sentence of a verdict that found support."""
    assert verdict.line is not None  # noqa: S101  # dropped verdicts never come here
    lines = verdict.sources or (verdict.line,)
    cited = [numbering.cite(line) for line in lines]
    return Sentence(
        text=verdict.text,
        citations=tuple(dict.fromkeys(cited)),
        support=round(verdict.support, 3),
        status=verdict.status,
        verbatim=verdict.verbatim,
        spans=tuple(_span(n, line) for n, line in zip(cited, lines, strict=True)),
    )


def _span(n: int, line: Line) -> tuple[int, int, int]:
    start = line.hit.passage.start
    return n, start + line.piece.start, start + line.piece.end


def quotation(line: Line) -> Verdict:
    """Return the verdict on a source's own sentence."""
    return Verdict(line.text, line, 1.0, "supported", True, line.terms)


def quotations(lines: Sequence[Line], shown: Sequence[Verdict]) -> Iterator[Verdict]:
    """Yield the sources' best sentences that an answer left out, while it is not full.

    A small model often stops after one sentence; what it left unsaid is quoted. An answer of which
    nothing held gets none: what was asked may not be answered at all.
    """
    top = max((line.score for line in lines), default=0.0)
    told = len(shown)
    for place, line in enumerate(lines):
        if not shown or told >= MOST:
            return
        likely = max(line.score, *(lines[other].score for other in _with(lines, place)))
        if likely >= _LIKELY or (told < _LEAST and likely >= _CLOSE * top):
            told += not line.piece.item
            yield quotation(line)


def _with(lines: Sequence[Line], place: int) -> list[int]:
    """Return the places of a line and of the one it was brought along by."""
    line = lines[place]
    if line.piece.item:
        before = [other for other in range(place) if lines[other].piece.leads]
        near = [other for other in before if lines[other].hit.passage.key == line.hit.passage.key]
        return [place, *near[-1:]]
    after = lines[place + 1] if place + 1 < len(lines) else None
    if after is not None and after.piece.refers_back and after.hit is line.hit:
        return [place, place + 1]
    return [place]


def code_for(evidence: Evidence, lines: Sequence[Line]) -> Iterator[Verdict]:
    """Yield the first block of code that follows one of the lines, if the question asks how to."""
    if not _HOW_TO.search(evidence.question.text.casefold()):
        return
    for line in lines:
        here = next(row for row, each in enumerate(evidence.lines) if each is line)
        after = evidence.lines[here + 1] if here + 1 < len(evidence.lines) else None
        if (
            after is not None
            and after.piece.code
            and after.hit.passage.key == line.hit.passage.key
            and len(after.text) <= _LONGEST_CODE
        ):
            yield quotation(after)
            return


def extract(draft: Answer, evidence: Evidence, lines: Sequence[Line], library: Library) -> Answer:
    """Return the answer made of the sources' own sentences."""
    numbering = Numbering()
    verdicts = [*map(quotation, lines), *code_for(evidence, lines)]
    return finished(draft, [sentence(each, numbering) for each in verdicts], numbering, library)


def finished(
    draft: Answer, sentences: Sequence[Sentence], numbering: Numbering, library: Library
) -> Answer:
    """Return the whole answer with its citations and what to read on."""
    citations = tuple(numbering.citations)
    return replace(
        draft,
        sentences=tuple(sentences),
        citations=citations,
        further=_further(library, citations),
    )


def refusal(draft: Answer, evidence: Evidence) -> Answer:
    """Return a refusal that names the nearest passages."""
    lang = "zh" if draft.lang == "zh" else "en"
    nearest = evidence.hits[:_NEAREST]
    return replace(draft, refused=True, refusal=_REFUSED[lang], nearest=nearest)


def _further(library: Library, citations: Sequence[Citation]) -> tuple[Reading, ...]:
    """Return the curated links the cited primer notes lead to."""
    urls: dict[str, None] = {}
    for each in citations:
        if each.primer and (note := library.document(each.url)):
            urls.update(dict.fromkeys(note.links))
    titles = library.store.titles(list(urls))
    return tuple(Reading(titles.get(url, url), url) for url in urls)
