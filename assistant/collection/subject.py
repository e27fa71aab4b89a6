"""What there is on a subject, and what to read on it in which order."""

from collections.abc import Sequence
from dataclasses import replace

from assistant.answering.evidence import in_chinese
from assistant.answering.presenting import in_other_words
from assistant.collection import about as shelves
from assistant.collection import views
from assistant.collection.about import About
from assistant.collection.catalog import Work, catalog
from assistant.collection.lines import (
    ENDS,
    add_works,
    at_the_end,
    by_kind,
    flat,
    hardness,
    how_found,
    in_words,
    joined,
    minutes_of,
    narrowed,
    place_of,
    quoted,
)
from assistant.collection.naming import recognise
from assistant.collection.opening import opening
from assistant.collection.report import Report, named_kind
from assistant.collection.request import Request
from assistant.learning import primer
from assistant.learning.effort import duration
from assistant.learning.path import found, reading_path
from assistant.learning.path_form import Step
from index.search.library import Library
from ingest.errors import NothingFound, UsageError
from ingest.values import PRIMER

_STEPS = 8
_SECTIONS = 6
_TOPICS = 10
_DEEP, _LIKE = 60, 0.35  # notes of the primer: how far they are looked for, how like they are


def holdings(library: Library, request: Request, report: Report) -> str:
    """Map what is held on a subject: works, sections, the primer, what nothing covers yet."""
    subject = flat(request.subject)
    about = _about(library, subject)
    if request.primer:
        return _notes_on(library, about, report)
    works = _wanted(library, about, request)
    if request.also:
        subject = report.text(f"{subject} and {request.also}", f"{subject}和{request.also}")
    narrowing = (
        request.kinds
        or request.levels
        or request.langs
        or request.lists
        or request.conditions
        or request.works
    )
    noted = about.note is not None and library.document(about.note.url) is not None
    if not works and not noted and not about.sections:
        _say_nothing_is_there(library, request, report, subject)
        return how_found(request, report, subject)
    if narrowing and not works:
        wanted = in_words(request, report.lang, 2)
        report.say(
            report.text(f"No {wanted} on {subject}.", f"没有关于 {subject} 的{wanted}。"),
            *request.lists,
        )
        works = list(about.works)
        report.under(f"Other works on {subject}", f"关于 {subject} 的其他资料")
    else:
        _say_how_many(works, request, report, subject, narrowing=bool(narrowing))
    if request.asks == "hours" and works:
        minutes = sum(minutes_of(library, work)[0] for work in works)
        english, chinese = (duration(minutes, lang) for lang in ("en", "zh"))
        report.say(report.text(f"All of them take about {english}.", f"全部读完大约要 {chinese}。"))
    add_works(library, report, works)
    report.under("", "")
    if not narrowing:
        _add_primer(library, about, report)
        _add_sections(library, about, report)
    return how_found(request, report, subject)


def _about(library: Library, subject: str) -> About:
    """Return what is here on a subject, works of a person or site of that name first."""
    about = shelves.about(library, subject)
    named = recognise(library.store, subject)
    works = [match.work for match in named if match.by in ("author", "site")]
    return replace(about, works=tuple(dict.fromkeys([*works, *about.works])))


def _wanted(library: Library, about: About, request: Request) -> list[Work]:
    """Return the works on a subject that a request is for."""
    works = narrowed(library, about.works, request)
    if request.works:
        theirs = {work.url for work in request.works}
        works = [work for work in works if work.url in theirs]
    if request.also:
        others = shelves.about(library, flat(request.also)).works
        works = [work for work in works if work in others]
    return at_the_end(library, works, request.asks) if request.asks in ENDS else works


def _say_nothing_is_there(library: Library, request: Request, report: Report, subject: str) -> None:
    """Say so, and name what is there of the kind that was asked for, or topics like it."""
    report.say(
        report.text(
            f"Nothing in the library or on its lists is about “{subject}”.",
            f"资料库和清单里都没有关于“{subject}”的资料。",
        )
    )
    near = [note.topic for note in primer.nearest(subject)]
    if request.kinds:
        wanted = in_words(request, report.lang, 2)
        every = narrowed(library, catalog(library.store).listed, request)
        report.under(f"All {wanted} of the lists", f"清单里全部的{wanted}")
        add_works(library, report, every)
        report.under("", "")
    elif near:
        report.say(report.text(f"The nearest topics: {joined(near, 'en')}.",
                               f"最接近的主题：{joined(near, 'zh')}。"))  # fmt: skip


def _say_how_many(
    works: Sequence[Work], request: Request, report: Report, subject: str, *, narrowing: bool
) -> None:
    """Say how many works there are, and of which kinds where none was asked for."""
    count = len(works)
    wanted = in_words(request, report.lang, count or 2)
    kinds = by_kind(works, report.lang) if count and not request.kinds else ""
    english = wanted if narrowing else f"work{'s' * (count != 1)}"
    report.say(
        report.text(
            f"{count} {english} on {subject}{f': {kinds}' if kinds else ''}.",
            f"关于 {subject} 有 {count} 项{wanted}{f'：{kinds}' if kinds else ''}。",
        )
    )


def _notes_on(library: Library, about: About, report: Report) -> str:
    """Name the primer's notes on a subject."""
    notes = {work.url: work for work in catalog(library.store).documents if work.primer}
    own = [about.note.url] if about.note else []
    own += [passage.url for passage in found(library, about.subject)]
    own += [
        hit.passage.url for hit in library.search(about.subject, _DEEP)
        if hit.cosine is not None and hit.cosine >= _LIKE
    ]  # fmt: skip
    works = [notes[url] for url in dict.fromkeys(own) if url in notes]
    report.say(
        report.text(
            f"{len(works)} note{'s' * (len(works) != 1)} of the primer on {about.subject}.",
            f"入门手册关于 {about.subject} 有 {len(works)} 篇笔记。",
        )
    )
    add_works(library, report, works)
    return report.text(
        f"By a search: `refdesk search {quoted(about.subject)} --kind note`.",
        f"依据搜索：`refdesk search {quoted(about.subject)} --kind note`。",
    )


def _add_primer(library: Library, about: About, report: Report) -> None:
    """Add what the primer says first of a subject."""
    note = about.note
    if note is None or library.document(note.url) is None:
        return
    sentences, citations = opening(library, note.url)
    if sentences:
        slug = note.url.removeprefix(PRIMER)
        topic = in_chinese(slug, note.topic) or note.topic
        report.under(f"What the primer says: {note.topic}", f"入门手册怎么说：{topic}")
        if report.lang == "zh":
            sentences = [
                replace(in_other_words(said, chinese), status="supported")
                if (chinese := in_chinese(slug, said.text)) else said
                for said in sentences
            ]  # fmt: skip
        report.quote(sentences, citations)
        report.under("", "")


def _add_sections(library: Library, about: About, report: Report) -> None:
    here = catalog(library.store)
    filled = [(section, len(here.under(*section))) for section in about.sections]
    filled = [(section, number) for section, number in filled if number]
    if filled:
        report.under("Sections of the lists", "清单里的章节")
    for section, number in filled[:_SECTIONS]:
        report.item(
            report.text(f"{place_of(*section)} ({number})", f"{place_of(*section)}（{number} 项）")
        )
    if about.gaps:
        report.under("Topics of the lists without a link yet", "清单里还没有链接的主题")
        for topic in about.gaps[:_TOPICS]:
            report.item(place_of(topic.list, topic.path))
    report.under("", "")


def what_to_read(library: Library, request: Request, report: Report) -> str:
    """Give the reading path of a subject: what first, in which order, how long."""
    if request.asks == "after":
        return views.after(library, request, report)
    subject = flat(request.subject)
    try:
        path = reading_path(library, subject, request.hours)
    except (NothingFound, UsageError) as error:
        near = "、".join(note.topic for note in primer.nearest(subject))
        near = f"最接近的主题：{near}。" if near else ""
        report.say(report.text(str(error), f"这里没有关于“{subject}”的资料。{near}"))
        return _how_path(subject, request, report)
    hours = duration(path.total_minutes, report.lang)
    first = path.steps[0]
    own = in_chinese(path.note.url.removeprefix(PRIMER), path.topic) if path.note else None
    topic = own or path.topic
    works = {work.url: work for work in catalog(library.store).works}
    report.say(
        report.text(
            f"{path.topic}: {len(path.steps)} steps, about {hours} in all; begin with"
            f" {flat(first.title)}.",
            f"{topic}：共 {len(path.steps)} 步，大约 {hours}；先读《{_named(first)}》。",
        ),
        *([works[first.url]] if first.url in works else []),
    )
    for number, step in enumerate(path.steps[:_STEPS], 1):
        cited = [works[step.url]] if step.url in works else []
        report.item(f"{number}. {_step(step, report.lang)}", *cited)
    if len(path.steps) > _STEPS:
        left = len(path.steps) - _STEPS
        report.say(report.text(f"And {left} more steps.", f"另外还有 {left} 步。"))
    if path.left_out:
        report.say(
            report.text(
                f"Left out for lack of time: {len(path.left_out)} steps.",
                f"因时间不够省去 {len(path.left_out)} 步。",
            )
        )
    return _how_path(subject, request, report)


def _named(step: Step) -> str:
    """Return what a step is called in Chinese, where it is a note of the primer."""
    chinese = in_chinese(step.url.removeprefix(PRIMER), step.title) if step.primer else None
    return chinese or flat(step.title)


def _step(step: Step, lang: str) -> str:
    level = hardness(step.difficulty, lang)
    minutes = duration(step.minutes, lang)
    if lang == "zh":
        kind = "入门手册" if step.primer else named_kind(step.kind, lang)
        hard = f"{level}（估计）" if step.estimated else level
        return f"{_named(step)}（{kind}，{hard}，{minutes}）"
    kind = "primer" if step.primer else named_kind(step.kind, lang)
    hard = f"{level} (estimated)" if step.estimated else level
    return f"{flat(step.title)} ({kind}, {hard}, {minutes}): {step.why}"


def _how_path(subject: str, request: Request, report: Report) -> str:
    hours = f" --hours {request.hours:g}" if request.hours else ""
    command = f"refdesk path {quoted(subject)}{hours}"
    return report.text(f"The reading path: `{command}`.", f"阅读路径：`{command}`。")
