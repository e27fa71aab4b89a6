"""One work: which lists recommend it, who wrote it, how long and hard it is, whether it is here."""

from collections.abc import Sequence

from assistant.collection import about as shelves
from assistant.collection.catalog import Catalog, Work, catalog
from assistant.collection.lines import (
    SHOWN,
    add_works,
    estimated,
    flat,
    hardness,
    joined,
    minutes_of,
    place_of,
    quoted,
    trail,
    within,
)
from assistant.collection.naming import person_in
from assistant.collection.report import LEVELS, Report, named_kind
from assistant.collection.request import Request
from assistant.learning import primer
from assistant.learning.effort import duration
from index.search.library import Library
from ingest.links.kinds import date_of

_AUTHORS = 3
_DESCRIBED = 3  # works; more are only listed


def recommended(library: Library, request: Request, report: Report) -> str:
    """Say which lists and sections recommend a work, or else works on the subject."""
    here = catalog(library.store)
    works = [work for work in request.works if work.places]
    if request.asks == "beside" and works:
        return _beside(library, here, works, report)
    subject = flat(request.subject)
    wanted_kind = [kind for kind in request.kinds if kind]
    exact = [work for work in works if not wanted_kind or work.kind in wanted_kind]
    if not exact:
        of_kind = named_kind(wanted_kind[0], report.lang) if wanted_kind and works else ""
        english = f"a {of_kind} on " if of_kind else ""
        report.say(
            report.text(
                f"No list recommends {english}“{subject}”.",
                f"没有清单推荐关于“{subject}”的{of_kind}。" if of_kind
                else f"没有清单推荐“{subject}”。",
            )
        )  # fmt: skip
    else:
        _add_recommendations(exact, report)
    others = works if not exact else []
    addressed = "://" in subject  # names nothing that could be looked for
    if not addressed and (
        not works or (exact and all(work.kind == "note" for work in exact)) or others
    ):
        known = shelves.about(library, subject)
        listed = [work for work in known.works if work.places and work not in exact]
        listed = list(dict.fromkeys([*others, *listed]))
        if listed:
            report.under(f"What the lists recommend on {subject}", f"清单里关于 {subject} 的资料")
            add_works(library, report, listed)
            report.under("", "")
    _name_paper(subject, report)
    return report.text(
        "From the entries of the lists: `refdesk search … --list NAME`, or the tab “Browse”.",
        "依据清单的条目：`refdesk search … --list NAME`，或页面上的“浏览”。",
    )


def _add_recommendations(works: Sequence[Work], report: Report) -> None:
    for work in works[:SHOWN]:
        lists = joined(dict.fromkeys(place.list for place in work.places), report.lang)
        report.say(
            report.text(
                f"{flat(work.title)} ({named_kind(work.kind, 'en')}) is recommended by {lists}:",
                f"推荐《{flat(work.title)}》（{named_kind(work.kind, 'zh')}）的清单是 {lists}：",
            ),
            work,
        )
        for place in work.places:
            level = f" ({hardness(place.difficulty, report.lang)})" if place.difficulty else ""
            under = trail(place.section) or report.text("at its top", "开头")
            report.item(
                report.text(f"{place.list}, under {under}{level}", f"{place.list}，{under}{level}"),
                work,
            )


def _beside(library: Library, here: Catalog, works: Sequence[Work], report: Report) -> str:
    place = works[0].places[0]
    near = [other for other in here.under(place.list, place.section) if other.url != works[0].url]
    where = place_of(place.list, place.section)
    report.say(
        report.text(
            f"{flat(works[0].title)} stands under {where}; beside it stand {len(near)} more:",
            f"《{flat(works[0].title)}》在 {where} 下，同一节里还有 {len(near)} 项：",
        ),
        works[0],
    )
    add_works(library, report, near)
    section = place.section[-1] if place.section else ""
    return report.text(
        f"From the list: `refdesk search … --list {place.list} --section {quoted(section)}`.",
        f"依据清单：`refdesk search … --list {place.list} --section {quoted(section)}`。",
    )


def _name_paper(subject: str, report: Report) -> None:
    """Name an original paper of a primer note that has this title."""
    wanted = primer.plain_name(subject)
    for note in primer.notes().values():
        for paper in note.papers:
            if wanted and wanted in primer.plain_name(paper.title) and len(wanted.split()) > 2:
                report.say(
                    report.text(
                        f"The primer's note “{note.topic}” names it as an original paper:"
                        f" {paper.authors} ({paper.year}), {paper.url}.",
                        f"入门手册的“{note.topic}”把它列为原始论文：{paper.authors}（"
                        f"{paper.year}），{paper.url}。",
                    )
                )
                report.read_on(paper.title, paper.url)
                return


def work_asked(library: Library, request: Request, report: Report) -> str:
    """Say who wrote a work, how long and hard it is, whether it is here."""
    if not request.works:
        return recommended(library, request, report)
    if request.since:
        dated = [work for work in request.works if within(work, request.since, request.until)]
        span = "–".join(dict.fromkeys((request.since, request.until)))
        number, of = len(dated), len(request.works)
        report.say(
            report.text(
                f"{number} of the {of} works by “{request.subject.strip()}” are dated {span}.",
                f"“{request.subject.strip()}”的 {of} 项资料中有 {number} 项注明的日期在 {span}。",
            )
        )
        add_works(library, report, dated, 2 * SHOWN)
        return report.text("By the dates that pages carry or their addresses tell.",
                           "依据页面注明的日期，或网址本身说明的日期。")  # fmt: skip
    if len(request.works) > _DESCRIBED or (len(request.works) > 1 and not request.asks):
        report.say(
            report.text(
                f"{len(request.works)} works are by “{request.subject.strip()}”, or called so:",
                f"名称或作者是“{request.subject.strip()}”的有 {len(request.works)} 项：",
            )
        )
        add_works(library, report, request.works, 2 * SHOWN)
    else:
        for work in request.works:
            describe(library, work, request.asks, report)
    return report.text("From the catalog and the archived pages.", "依据目录和存档的页面。")


def describe(library: Library, work: Work, asks: str, report: Report) -> None:
    """Say what is known of a work, first what is asked for (see `Request.asks`)."""
    author = _author(work)
    asked = asks.split()
    lines = _aspects(library, work, report)
    for aspect in asked:
        if aspect in lines:
            report.say(lines[aspect], work)
    about = [
        named_kind(work.kind, report.lang),
        report.text(f"by {author}", f"作者 {author}") if author and "author" not in asked else "",
        work.date if "when" not in asked else "",
        hardness(work.difficulty, report.lang) if "hard" not in asked else "",
        duration(minutes_of(library, work)[0], report.lang) if "time" not in asked else "",
    ]
    here = work.held
    state = report.text(
        "its text is in the library"
        if here
        else f"its page is not in the library ({_why(work, 'en')})",
        "原文在资料库里" if here else f"原文不在资料库里（{_why(work, 'zh')}）",
    )
    report.say(
        report.text(
            f"{flat(work.title)}: {joined([*about, state], 'en')}.",
            f"{flat(work.title)}：{joined([*about, state], 'zh')}。",
        ),
        work,
    )
    for place in work.places:
        report.item(
            report.text(
                f"recommended by {place_of(place.list, place.section)}",
                f"推荐它的清单：{place_of(place.list, place.section)}",
            ),
            work,
        )


def _aspects(library: Library, work: Work, report: Report) -> dict[str, str]:
    """Return what is said of each aspect that may be asked for."""
    title, author, level = flat(work.title), _author(work), work.difficulty
    minutes, timed = minutes_of(library, work)
    marker = next((place.list for place in work.places if place.difficulty), "")
    guess = estimated(library, work)
    return {
        "author": report.text(
            f"{title} is by {author}." if author else f"The catalog names no author of {title}.",
            f"《{title}》的作者是 {author}。" if author else f"目录里没有写明《{title}》的作者。",
        ),
        "time": report.text(
            f"{title} takes {'' if timed else 'about '}{duration(minutes, 'en')}"
            f" ({'by the length of its text' if timed else 'a guess by its kind'}).",
            f"《{title}》大约需要 {duration(minutes, 'zh')}（"
            f"{'按正文长度' if timed else '按类型估计'}）。",
        ),
        "hard": report.text(
            f"{title} is marked {level} by {marker}." if level
            else f"No list says how hard {title} is; refdesk's estimate by kind and title is"
            f" {guess}.",
            f"{marker} 把《{title}》标为{hardness(level, 'zh')}。" if level
            else f"没有清单标注《{title}》的难度，按类型和标题估计为{LEVELS[guess]}。",
        ),
        "when": report.text(
            f"{title} is dated {work.date}{_how_dated(work, 'en')}." if work.date
            else f"{title} carries no date.",
            f"《{title}》的日期是 {work.date}{_how_dated(work, 'zh')}。" if work.date
            else f"《{title}》没有注明日期。",
        ),
        "address": f"{title}: {work.url}",
    }  # fmt: skip


def _author(work: Work) -> str:
    return _few(work.author) or person_in(work.title)


def _few(authors: str) -> str:
    """Return the first authors of many."""
    names = [name.strip() for name in authors.split(";")]
    return authors if len(names) <= _AUTHORS else f"{', '.join(names[:_AUTHORS])} et al."


def _how_dated(work: Work, lang: str) -> str:
    """Say how a date is known, if not by the page itself."""
    if work.held and work.date != date_of(work.url):
        return ""
    return "（网址说明的日期）" if lang == "zh" else " (told by its address)"


def _why(work: Work, lang: str) -> str:
    """Return why a work is not in the library."""
    states = {
        "dead": ("dead", "已失效"),
        "needs_a_browser": ("shown to browsers only", "只对浏览器开放"),
        "failed": ("could not be read", "读不了"),
        "not_fetched": ("not fetched yet", "还没有抓取"),
    }
    said = states.get(work.state, ("", ""))[lang == "zh"]
    return f"{said}: {work.reason}" if work.reason else said
