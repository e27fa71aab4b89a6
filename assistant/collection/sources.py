"""Requests about what sources say: one summed up, one asked alone, several side by side."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from assistant.answering import answer as answering
from assistant.answering.deciding import asks_a_number
from assistant.answering.values import Answer, Citation, Event, Sentence
from assistant.collection import compared
from assistant.collection.catalog import Work, catalog
from assistant.collection.report import Report
from assistant.collection.request import Request
from assistant.collection.subject_names import english_names
from assistant.collection.summary import results, summary
from assistant.collection.works import describe
from assistant.engines.protocol import Engine
from index.search.library import Library
from index.store.values import Filters
from ingest.text.sentences import language

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def summed_up(library: Library, request: Request, report: Report) -> Answer:
    """Sum a source up: one or two of its own sentences a section, in order."""
    if not request.works and request.subject:
        return report.answer("", refused=report.text(
            f"No source here is called “{request.subject}”, so nothing can be said from it.",
            f"这里没有叫“{request.subject}”的来源，所以无法据此回答。",
        ))  # fmt: skip
    if not request.works:
        return report.answer("", refused=report.text(
            "Which page? Name it by its title or its address.",
            "是哪个页面？请说出它的标题或网址。",
        ))  # fmt: skip
    work = _held(request)
    if work is None or work.document is None:
        return _absent(library, request, report)
    title = work.own_title or work.title
    if request.asks == "results":
        sentences, citations = results(library, work.document)
        how = report.text(
            f"From “{title}” alone: the sentences that report results, in its order.",
            f"只依据《{title}》：原文里说明结果的句子，按原文顺序。",
        )
    if request.asks != "results" or not sentences:
        (sentences, citations), covered, sections = summary(library, work.document)
        how = report.text(
            f"From “{title}” alone: its own sentences, {covered} of {sections} sections in order.",
            f"只依据《{title}》：原文的句子，按顺序取自 {sections} 节中的 {covered} 节。",
        )
    if not sentences:
        return report.answer("", refused=report.text(
            f"“{work.title}” has no running text to sum up: open it at {work.url}.",
            f"《{work.title}》没有可以概括的正文：请打开 {work.url}。",
        ))  # fmt: skip
    if request.sentences:
        sentences, citations = _some(sentences, citations, request.sentences)
        how = report.text(f"From “{title}” alone.", f"只依据《{title}》。")
    report.quote(sentences, citations)
    report.read_on(title, work.url)
    return replace(report.answer(how), view="extractive")


def _some(
    sentences: Sequence[Sentence], citations: Sequence[Citation], most: int
) -> tuple[list[Sentence], list[Citation]]:
    """Return so many sentences, from the first of a summary on spread over all of it."""
    step = max(1.0, len(sentences) / most)
    kept = [sentences[int(n * step)] for n in range(min(most, len(sentences)))]
    used = {n for sentence in kept for n in sentence.citations}
    return kept, [citation for citation in citations if citation.n in used]


def asked_alone(
    library: Library,
    request: Request,
    report: Report,
    k: int,
    model: Callable[[], Engine | None],
    stop: Callable[[], bool],
) -> Iterator[Event]:
    """Answer a question from one source, or from all of one author or site."""
    if not request.works and not request.primer:
        said = report.text(
            f"No source here is called “{request.subject}” or by {request.subject}, so nothing can"
            " be said from it.",
            f"这里没有叫“{request.subject}”或由其撰写的来源，所以无法据此回答。",
        )
        yield Event("done", answer=report.answer("", refused=said))
        return
    held = _texts(library, request.works)
    if request.primer:
        held = [work.url for work in catalog(library.store).works if work.primer]
    if not held:  # no documents to narrow to would narrow nothing
        nothing = _no_primer(report) if request.primer else _absent(library, request, report)
        yield Event("done", answer=nothing)
        return
    filters = Filters(documents=tuple(held))
    title = _titles(request, report, len(held))
    how = report.text(f"Answered from {title} alone.", f"只依据 {title} 回答。")
    spoken = {work.lang for work in request.works if work.held}
    question, asked = request.question, language(request.question)
    if len(spoken) == 1 and asked not in spoken:
        # a question in one language, a page in another: the model for others knows both
        library = library.asked_in(next(lang for lang in (asked, *spoken) if lang != "en"))
        question = " ".join([question, *english_names(question)])
    else:
        library = library.asked_in(asked)
    for event in answering.answer(library, question, filters, k, model, stop):
        if event.answer is None:
            yield event
            continue
        answer = replace(
            event.answer, question=request.question, how=how, request=request.kind,
            did_you_mean=report.did_you_mean,
        )  # fmt: skip
        if answer.refused:
            said = report.text(
                f"{title} does not say this. The nearest passages of it are listed below.",
                f"{title} 没有说到这一点。下面列出其中最接近的段落。",
            )
            answer = replace(answer, refusal=said)
        yield replace(event, answer=answer)


def side_by_side(library: Library, request: Request, report: Report) -> Answer:
    """Show what several documents say of a subject, newest first, and where they differ."""
    if request.works and not _texts(library, request.works):
        return _absent(library, request, report)
    number = asks_a_number(request.text)
    beside = library.asked_in(language(request.subject))
    groups, answered = compared.claims(
        beside, request.subject, request.since, request.until,
        documents=_texts(library, request.works), counted=number,
    )  # fmt: skip
    if not groups or not (answered or any(map(compared.told_twice, groups))):
        dated = _dated(library, request, report)
        return report.answer("", refused=report.text(
            f"No dated source here says anything about “{request.subject}”" if request.since
            else f"Nothing found here says {'a number of' if number else 'anything about'}"
            f" “{request.subject}”",
            f"这里没有找到{'注明日期的' if request.since else ''}来源谈到“{request.subject}”",
        ) + report.text(".", "。") + dated)  # fmt: skip
    differ = [group for group in groups if compared.differing(group)]
    alike = [group for group in groups if compared.told_twice(group) and group not in differ]
    told = [claim for group in groups for claim in group]
    number_of = len({claim.line.hit.passage.url for claim in told})
    undated = len({claim.line.hit.passage.url for claim in told if not claim.date})
    if number_of == 1:
        verdict = report.text("Only one source speaks of it.", "只有一个来源谈到它。")
    elif differ:
        verdict = report.text(
            f"{number_of} sources speak of it, and they differ: what contradicts comes first.",
            f"有 {number_of} 个来源谈到它，说法不一：互相矛盾的列在最前。",
        )
    elif groups[0] in alike:
        verdict = report.text("The sources say the same.", "来源的说法一致。")
    else:
        verdict = report.text(
            f"{number_of} sources speak of it; no two of these sentences contradict each other.",
            f"有 {number_of} 个来源谈到它；这些句子没有互相矛盾的。",
        )
    if number_of > 1:
        verdict += _order(report, number_of, undated)
    against = compared.newest_first(claim for group in differ for claim in group)
    rest = compared.newest_first(claim for claim in told if claim not in against)
    sentences, citations = compared.told([*against, *rest])
    report.quote(sentences, citations)
    return replace(report.answer(verdict), view="extractive")


def _order(report: Report, number: int, undated: int) -> str:
    """Say in which order sources stand, of which so many carry no date."""
    if undated == number:
        return report.text(" None of them carries a date.", "它们都没有注明日期。")
    left = report.text(f"; {undated} carry no date.", f"；其中 {undated} 个没有注明日期。")
    return report.text(" The newer stands first", "较新的在前") + (
        left if undated else report.text(".", "。")
    )


def _dated(library: Library, request: Request, report: Report) -> str:
    """Say how few documents have a date, where one was asked for."""
    if not request.since:
        return ""
    here = catalog(library.store).documents
    dates = sum(bool(work.date) for work in here)
    return report.text(
        f" Only {dates} of {len(here)} documents carry a date.",
        f"{len(here)} 篇文档中只有 {dates} 篇注明了日期。",
    )


def _held(request: Request) -> Work | None:
    """Return the first work whose text is here; of two that differ in the year alone the newer."""
    held = [work for work in request.works if work.held]
    if _YEAR.search(request.question):
        return held[0] if held else None
    editions = (work for work in held if _without_year(work) == _without_year(held[0]))
    return max(editions, key=lambda work: work.date, default=None)


def _without_year(work: Work) -> str:
    return _YEAR.sub("", (work.own_title or work.title).casefold())


def _texts(library: Library, works: Sequence[Work]) -> list[str]:
    """Return the documents of works, those that lie below their addresses too."""
    here = catalog(library.store)
    every = (other for work in works for other in (work, *here.below(work)))
    return list(dict.fromkeys(work.document for work in every if work.document))


def _titles(request: Request, report: Report, number: int) -> str:
    if request.primer:
        return report.text("refdesk's primer", "refdesk 入门手册")
    if len(request.works) > 1:
        return report.text(
            f"the {number} sources of {request.subject}",
            f"{request.subject} 的 {number} 个来源",
        )
    title = request.works[0].own_title or request.works[0].title
    pages = report.text(f" and the {number - 1} pages below it", f"及其下的 {number - 1} 个页面")
    return report.text(f"“{title}”", f"《{title}》") + pages * (number > 1)


def _no_primer(report: Report) -> Answer:
    """Say that the primer is not here."""
    return report.answer("", refused=report.text(
        "refdesk's primer is not in this home (it was made with `--no-primer`, or the primer was "
        "forgotten), so nothing can be said from it. Ask without naming it, or ask in a new home.",
        "这个资料库里没有 refdesk 入门手册（建库时用了 `--no-primer`，或已删除），"
        "所以无法据此回答。"
        "可以不指明入门手册直接提问，或在新的资料库里提问。",
    ))  # fmt: skip


def _absent(library: Library, request: Request, report: Report) -> Answer:
    """Say that a source is known and its text is not here."""
    work = request.works[0]
    describe(library, work, "", report)
    lines = report.answer("")
    places = "".join(f"; {place.list}: {' > '.join(place.section)}" for place in work.places)
    said = report.text(
        f"The page of “{work.title}” is not in the library, so nothing can be said from it"
        f"{places}. Fetch it with `refdesk ingest {work.url}`, or open it there.",
        f"《{work.title}》的原文不在资料库里，所以无法据此回答{places}。"
        f"可以用 `refdesk ingest {work.url}` 抓取，或直接打开。",
    )
    return replace(lines, refused=True, refusal=said)
