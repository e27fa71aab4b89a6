"""Putting an answer together: numbered citations, sentences, refusals, what to read on."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.answering.calculating import Calculation
from assistant.answering.checking import Attribution
from assistant.answering.evidence import Evidence, Line, in_chinese
from assistant.answering.selection import Group, Plan
from assistant.answering.values import Answer, Citation, Reading, Sentence, Span
from index.search.library import Library
from index.store.catalog import link_titles
from ingest.links.urls import deep_link
from ingest.values import PRIMER

_FURTHER = 5  # links to read on: a person follows one or two
_NEAREST = 3
_FORMS = ("item", "continued", "code", "formula", "table")

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


def sentence(attribution: Attribution, numbering: Numbering, group: str = "") -> Sentence:
    """Return the shown sentence of an attribution that found support."""
    assert attribution.line is not None  # noqa: S101  # dropped attributions never come here
    lines = attribution.sources or (attribution.line,)
    cited = [numbering.cite(line) for line in lines]
    form = attribution.line.piece.form
    return Sentence(
        text=attribution.text,
        citations=tuple(dict.fromkeys(cited)),
        support=round(attribution.support, 3),
        status=attribution.status,
        verbatim=attribution.verbatim,
        spans=tuple(_span(n, line) for n, line in zip(cited, lines, strict=True)),
        group=group,
        form=form if attribution.verbatim and form in _FORMS else "prose",
    )


def _span(n: int, line: Line) -> Span:
    start = line.hit.passage.start
    return Span(n, start + line.piece.start, start + line.piece.end)


def quotation(line: Line) -> Attribution:
    """Return the attribution of a source's own sentence."""
    return Attribution(line.text, line, 1.0, "supported", True, line.terms)


def quoted(line: Line, numbering: Numbering, group: Group, lang: str) -> Sentence:
    """Return a source's own sentence as an answer in ``lang`` shows it.

    What refdesk itself has in Chinese stands in Chinese, beside its original.
    """
    said = sentence(quotation(line), numbering, heading(group, lang))
    if chinese := _own_chinese(line, lang):
        return replace(in_other_words(said, chinese), status="supported")
    return replace(said, foreign=needs_wording(line, lang))


def calculated(
    calculation: Calculation | None, numbering: Numbering, lang: str
) -> Iterator[Sentence]:
    """Yield what an answer begins with where there is something to work out.

    That is the rule as its source states it, the sums, and what the sources say comes on top.
    """
    if calculation is None:
        return
    group = Group(calculation.title, "", (calculation.rules,))
    for line in calculation.rules:
        yield quoted(line, numbering, group, lang)
    for computed in calculation.sums:
        cited = [numbering.cite(line) for line in computed.sources]
        yield Sentence(
            computed.text, tuple(dict.fromkeys(cited)), 1.0, "supported", False,
            spans=tuple(map(_span, cited, computed.sources)),
            group=calculation.title, form="calculation",
        )  # fmt: skip
    for line in calculation.beside:
        yield quoted(line, numbering, group, lang)


def in_other_words(said: Sentence, chinese: str) -> Sentence:
    """Return a quotation put into Chinese, its original beside it."""
    return replace(
        said, text=chinese, original=said.text, verbatim=False, status="weak", foreign=False
    )


def needs_wording(line: Line, lang: str) -> bool:
    """Say whether a line is no Chinese, the answer is, and refdesk has no wording of its own."""
    other = lang == "zh" and line.hit.passage.lang != "zh" and not line.piece.block
    return other and not _own_chinese(line, lang)


def heading(group: Group, lang: str) -> str:
    """Return the heading of a group, in Chinese where refdesk has it so."""
    slug = group.url.removeprefix(PRIMER)
    return (in_chinese(slug, group.title) if lang == "zh" and group.title else "") or group.title


def _own_chinese(line: Line, lang: str) -> str:
    url = line.hit.passage.url
    has_words = not line.piece.block or line.piece.form == "table"
    if lang != "zh" or not url.startswith(PRIMER) or not has_words:
        return ""
    return in_chinese(url.removeprefix(PRIMER), line.text) or ""


def extract(
    draft: Answer, planned: Plan, library: Library, worked_out: Calculation | None = None
) -> Answer:
    """Return the answer made of the sources' own sentences, after what was worked out from them."""
    numbering = Numbering()
    said = list(calculated(worked_out, numbering, draft.lang))
    said += [
        quoted(line, numbering, group, draft.lang)
        for group in planned.groups
        for line in group.lines
    ]
    return finished(draft, said, numbering, library)


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
    """Return a refusal that names the nearest passages, one of a document."""
    lang = "zh" if draft.lang == "zh" else "en"
    of_documents = {hit.passage.url: hit for hit in reversed(evidence.hits)}
    nearest = tuple(sorted(of_documents.values(), key=lambda hit: hit.rank))[:_NEAREST]
    return replace(draft, refused=True, refusal=_REFUSED[lang], nearest=nearest)


def _further(library: Library, citations: Sequence[Citation]) -> tuple[Reading, ...]:
    """Return the first curated links that the cited primer notes lead to."""
    urls: dict[str, None] = {}
    for cited in citations:
        if cited.primer and (note := library.document(cited.url)):
            urls.update(dict.fromkeys(note.links))
    first = list(urls)[:_FURTHER]
    titles = link_titles(library.store, first)
    return tuple(Reading(titles.get(url, url), url) for url in first)
