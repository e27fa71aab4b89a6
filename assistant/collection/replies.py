"""Answers from the catalog, the archive's log and reading paths: figures and titles, by code."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from assistant.collection import about as shelves
from assistant.collection import request as kinds
from assistant.collection.about import About
from assistant.collection.catalog import Catalog, ListRow, Work, catalog
from assistant.collection.naming import recognise
from assistant.collection.opening import opening
from assistant.collection.report import LANGS, LEVELS, Report, counted, duration, named_kind
from assistant.collection.request import Request
from assistant.learning import effort, primer
from assistant.learning.path import reading_path
from assistant.learning.path_form import Step
from index.search.library import Library
from ingest.errors import NothingFound, UsageError

_SHOWN = 10
_STEPS = 8
_SECTIONS = 6
_TOPICS = 10
_HAN_A_MINUTE, _LETTERS_A_MINUTE = 400, 1300  # of Markdown: 220 words of six characters
_LATELY = 30  # days
_AUTHORS = 3
_LONGEST = 90  # characters of a title

Reply = Callable[[Library, Request, Report], str]
"""Writes into the report; returns how the answer was found."""


def answered_by(kind: str) -> Reply | None:
    """Return what answers a kind of request from the catalog; None for those about texts."""
    return _REPLIES.get(kind)


# --- parts of lines


def _flat(text: str) -> str:
    """Return a title on one line, not longer than is needed to know it."""
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST else f"{flat[:_LONGEST].rsplit(' ', 1)[0]} …"


def _joined(parts: Iterable[str], lang: str) -> str:
    return ("、" if lang == "zh" else ", ").join(part for part in parts if part)


def _path(section: Sequence[str]) -> str:
    return " > ".join(section)


def _place(name: str, section: Sequence[str]) -> str:
    return f"{name}, {_path(section)}" if section else name


def _minutes(library: Library, work: Work) -> tuple[int, bool]:
    document = library.document(work.document) if work.document else None
    return effort.minutes(work.url, work.kind, document)


def _level(level: str | None, lang: str) -> str:
    return (LEVELS[level] if lang == "zh" else level) if level else ""


def _line(library: Library, work: Work, lang: str) -> str:
    """Return a work as a list item has it: title, kind, difficulty, time, who recommends it."""
    minutes, timed = _minutes(library, work)
    about = "" if timed else ("约 " if lang == "zh" else "about ")
    here = "" if work.held else ("原文不在资料库" if lang == "zh" else "page not in the library")
    inside = [
        named_kind(work.kind, lang), _level(work.difficulty, lang),
        f"{about}{duration(minutes, lang)}", here,
    ]  # fmt: skip
    where = "; ".join(dict.fromkeys(_place(p.list, p.section) for p in work.places))
    if lang == "zh":
        said = f"{_flat(work.title)}（{'，'.join(part for part in inside if part)}）"
        return f"{said}：{where}" if where else said
    said = f"{_flat(work.title)} ({', '.join(part for part in inside if part)})"
    return f"{said}: {where}" if where else said


def _by_kind(works: Sequence[Work], lang: str) -> str:
    counts = Counter(work.kind for work in works)
    return _joined((counted(kind, number, lang) for kind, number in counts.most_common()), lang)


def _add_works(library: Library, report: Report, works: Sequence[Work], most: int = _SHOWN) -> None:
    for work in works[:most]:
        report.item(_line(library, work, report.lang), work)
    if len(works) > most:
        left = len(works) - most
        report.say(report.text(f"And {left} more.", f"另外还有 {left} 项。"))


def _narrowed(works: Sequence[Work], request: Request) -> list[Work]:
    return shelves.narrowed(
        works,
        kinds=request.kinds,
        levels=request.levels,
        langs=request.langs,
        lists=[row.name for row in request.lists],
    )


def _options(request: Request) -> str:
    """Return the options that narrow a search to what was looked at."""
    parts = [f"--list {row.name}" for row in request.lists]
    parts += [f"--kind {kind}" for kind in request.kinds]
    parts += [f"--difficulty {level}" for level in request.levels]
    parts += [f"--lang {lang}" for lang in request.langs]
    return " ".join(parts)


def _wanted(request: Request, lang: str) -> str:
    """Return what is looked for, as words: "easy videos"."""
    english = [*request.levels, *(LANGS[each][0] for each in request.langs if each in LANGS)]
    chinese = [*(LEVELS[each] for each in request.levels),
               *(LANGS[each][1] for each in request.langs if each in LANGS)]  # fmt: skip
    names = [counted(kind, 2, "en").removeprefix("2 ") for kind in request.kinds] or ["works"]
    names_zh = [named_kind(kind, "zh") for kind in request.kinds] or ["资料"]
    if lang == "zh":
        return "".join(chinese) + "和".join(names_zh)
    return " ".join([*english, " or ".join(names)])


# --- how much of what is there


def _inventory(library: Library, request: Request, report: Report) -> str:
    here = catalog(library.store)
    if request.asks in ("newest", "oldest"):
        return _extreme(library, here, request, report)
    if request.asks == "hours":
        return _hours(here, report)
    if request.kinds or request.langs or request.levels or request.since or request.lists:
        return _part(library, here, request, report)
    documents, listed = here.documents, here.listed
    passages = library.store.count("passages")
    notes = sum(work.primer for work in documents)
    own = report.text(f", {notes} of them notes of refdesk's own primer", f"，其中 {notes} 篇是 refdesk 自带的入门笔记")  # fmt: skip
    own = own if notes else ""
    report.say(
        report.text(
            f"The library holds the text of {len(documents)} documents"
            f" ({passages} passages): {_by_kind(documents, 'en')}{own}.",
            f"资料库里有 {len(documents)} 篇文档的全文（{passages} 个段落）："
            f"{_by_kind(documents, 'zh')}{own}。",
        )
    )
    if listed:
        held = sum(work.held for work in listed)
        report.say(
            report.text(
                f"The {len(here.lists)} lists it knows recommend {len(listed)} works"
                f" ({_by_kind(listed, 'en')}); the pages of {held} of them are in the library.",
                f"它知道 {len(here.lists)} 份清单，共推荐 {len(listed)} 项资料"
                f"（{_by_kind(listed, 'zh')}），其中 {held} 项的原文在资料库里。",
            ),
            *here.lists,
        )
    if request.asks != "count":
        _say_languages(documents, report)
        _add_lists(here.lists, report)
    return report.text("Counted from the catalog: `refdesk status`, `refdesk lists show`.",
                       "按目录统计：`refdesk status`、`refdesk lists show`。")  # fmt: skip


def _say_languages(documents: Sequence[Work], report: Report) -> None:
    counts = Counter(work.lang for work in documents)
    names = [
        f"{LANGS.get(lang, (lang, lang))[report.lang == 'zh']} ({number})"
        for lang, number in counts.most_common(5)
    ]
    dated = sorted(work.date for work in documents if work.date)
    english = f"Languages: {_joined(names, 'en')}."
    chinese = f"语言：{_joined(names, 'zh')}。"
    if dated:
        english += f" {len(dated)} documents carry a date, from {dated[0]} to {dated[-1]}."
        chinese += f"{len(dated)} 篇注明了日期，从 {dated[0]} 到 {dated[-1]}。"
    if names:
        report.say(report.text(english, chinese))


def _add_lists(rows: Sequence[ListRow], report: Report) -> None:
    report.under("Lists", "清单")
    for row in rows:
        title = f" ({_flat(row.title)})" if row.title != row.name else ""
        report.item(
            report.text(
                f"{row.name}{title}: {row.works} works, {row.held} of them in the library,"
                f" {len(row.topics)} headings and topics",
                f"{row.name}{title}：{row.works} 项资料，{row.held} 项的原文在资料库里，"
                f"{len(row.topics)} 个标题和主题",
            ),
            row,
        )
    report.under("", "")


def _part(library: Library, here: Catalog, request: Request, report: Report) -> str:
    """Say how many works of some kinds, languages, years or lists there are, and which."""
    works = _narrowed(here.works, request)
    if request.since:
        works = [work for work in works if _within(work, request.since, request.until)]
    if not (request.kinds or request.lists) or request.since:
        works = [work for work in works if not work.primer]
    held = sum(work.held for work in works)
    years = f" ({request.since}–{request.until})" if request.since else ""
    wanted = _wanted(request, report.lang)
    names = _joined((row.name for row in request.lists), report.lang)
    report.say(
        report.text(
            f"{len(works)} {wanted}{years}{f' on {names}' if names else ''};"
            f" the text of {held} is in the library.",
            f"{names or '目录'}里有 {len(works)} 项{wanted}{years}，其中 {held} 项的原文在资料库里。",
        ),
        *request.lists,
    )
    _add_works(library, report, works, 2 * _SHOWN)
    if "zh" in request.langs and (rows := [row for row in here.lists if row.lang == "zh"]):
        _add_lists(rows, report)
    return _how(request, report)


def _within(work: Work, since: str, until: str) -> bool:
    if not work.date:
        return False
    return work.date >= since and (not until or work.date[: len(until)] <= until)


def _how(request: Request, report: Report, search: str = "") -> str:
    """Return the command that shows the same, and more of it."""
    options = _options(request)
    if search:
        command = f"refdesk search {_quoted(search)}" + (f" {options}" if options else "")
        return report.text(
            f"From titles and headings of the lists and a search: `{command}`.",
            f"依据清单的标题、章节和搜索：`{command}`。",
        )
    command = f"refdesk search … {options}" if options else "refdesk lists show"
    return report.text(f"From the catalog: `{command}`.", f"依据目录：`{command}`。")


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "'").replace("`", "'") + '"'


def _extreme(library: Library, here: Catalog, request: Request, report: Report) -> str:
    works = [work for work in _narrowed(here.documents, request) if work.date]
    works.sort(key=lambda work: work.date, reverse=request.asks == "newest")
    if not works:
        report.say(
            report.text("No document here carries a date of its own.", "这里没有注明日期的文档。")
        )
    for work in works[:5]:
        report.item(f"{work.date}: {_line(library, work, report.lang)}", work)
    return report.text("By the dates that the documents carry.", "依据文档自己注明的日期。")


def _hours(here: Catalog, report: Report) -> str:
    minutes = sum(
        work.length / (_HAN_A_MINUTE if work.lang == "zh" else _LETTERS_A_MINUTE)
        for work in here.documents
    )
    missing = [work for work in here.listed if not work.held]
    others = sum(effort.minutes(work.url, work.kind, None)[0] for work in missing)
    report.say(
        report.text(
            f"The {len(here.documents)} texts in the library take about"
            f" {duration(math.ceil(minutes), 'en')} to read; the {len(missing)} works of the lists"
            f" whose pages are not here about {duration(others, 'en')}, guessed by their kind.",
            f"资料库里的 {len(here.documents)} 篇文本大约要读 {duration(math.ceil(minutes), 'zh')}；"
            f"清单里另外 {len(missing)} 项不在资料库的资料，按类型估计约 {duration(others, 'zh')}。",
        )
    )
    return report.text("220 words or 400 Chinese characters a minute.", "按每分钟 220 个英文词或 400 个汉字计算。")  # fmt: skip


# --- lists


def _lists(library: Library, request: Request, report: Report) -> str:
    here = catalog(library.store)
    if request.subject:
        return _sections_about(library, here, request, report)
    if not request.lists:
        report.say(
            report.text(
                f"{len(here.lists)} lists are known here.", f"这里知道 {len(here.lists)} 份清单。"
            )
        )
        _add_lists(here.lists, report)
        for row in here.lists:
            _add_outline(here, row, report, _SECTIONS)
        return report.text("From the catalog: `refdesk lists show`.", "依据目录：`refdesk lists show`。")  # fmt: skip
    _add_lists(request.lists, report)
    for row in request.lists:
        _add_outline(here, row, report, 4 * _SECTIONS)
    return _how(request, report)


def _add_outline(here: Catalog, row: ListRow, report: Report, most: int) -> None:
    """Add the top sections of a list, each with what stands in it."""
    tops: dict[str, list[str]] = {}
    for _, path in here.sections(row.name):
        below = tops.setdefault(path[0], [])
        if len(path) > 1 and path[1] not in below:
            below.append(path[1])
    report.under(f"Sections of {row.name}", f"{row.name} 的章节")
    for top, below in list(tops.items())[:most]:
        number = len(here.under(row.name, (top,)))
        said = _joined(below[:_TOPICS], report.lang)
        report.item(
            report.text(
                f"{top} ({number} works){f': {said}' if said else ''}",
                f"{top}（{number} 项）{f'：{said}' if said else ''}",
            ),
            row,
        )
    if len(tops) > most:
        report.say(report.text(f"And {len(tops) - most} more sections.", f"另外还有 {len(tops) - most} 个章节。"))  # fmt: skip
    report.under("", "")


def _sections_about(library: Library, here: Catalog, request: Request, report: Report) -> str:
    """Say which sections of the lists are about a subject, and what stands there."""
    path = tuple(part.strip() for part in request.subject.split(">"))
    names = {row.name for row in request.lists} or {row.name for row in here.lists}
    found = [each for each in here.sections() if each[0] in names and _ends_with(each[1], path)]
    if not found:
        known = shelves.about(library, request.subject)
        found = [each for each in known.sections if each[0] in names]
    if not found:
        return _holdings(library, request, report)
    for name, section in found[:_SECTIONS]:
        report.under(_place(name, section), _place(name, section))
        works = here.under(name, section)
        if works:
            _add_works(library, report, works)
        else:
            report.say(report.text("Nothing is linked here yet.", "这里还没有链接。"))
    report.under("", "")
    return report.text(
        "From the headings of the lists: `refdesk search … --section TEXT` looks in one of them.",
        "依据清单的章节标题：`refdesk search … --section TEXT` 可以只在某一节里找。",
    )


def _ends_with(section: Sequence[str], path: Sequence[str]) -> bool:
    said = [part.casefold() for part in section]
    wanted = [part.casefold() for part in path]
    return len(wanted) > 1 and said[-len(wanted) :] == wanted


def _agreed(library: Library, request: Request, report: Report) -> str:
    """Say which works, and which subjects, several lists share."""
    here = catalog(library.store)
    works = [work for work in here.listed if len({place.list for place in work.places}) > 1]
    if works:
        report.say(
            report.text(
                f"{len(works)} works stand on more than one list:",
                f"有 {len(works)} 项资料出现在不止一份清单里：",
            )
        )
        _add_works(library, report, works)
    else:
        report.say(
            report.text(
                "No work stands on more than one list: no two of them link to the same address.",
                "没有资料同时出现在两份清单里：没有两份清单链接到同一个地址。",
            )
        )
    lists_of: dict[str, dict[str, None]] = {}
    for name, section in here.sections():
        for slug in primer.named(section[-1]):
            lists_of.setdefault(slug, {})[name] = None
    for work in here.listed:
        for slug in primer.named(work.title):
            for place in work.places:
                lists_of.setdefault(slug, {})[place.list] = None
    shared = sorted(
        ((slug, names) for slug, names in lists_of.items() if len(names) > 1),
        key=lambda pair: -len(pair[1]),
    )
    if shared:
        report.under("Subjects that several lists cover", "多份清单都涉及的主题")
    rows = {row.name: row for row in here.lists}
    for slug, names in shared[:_SHOWN]:
        report.item(f"{primer.notes()[slug].topic}: {_joined(names, report.lang)}",
                    *(rows[name] for name in names if name in rows))  # fmt: skip
    report.under("", "")
    return report.text(
        "By addresses, and by the headings and titles that the primer has a name for.",
        "依据链接地址，以及入门手册认得的标题和章节。",
    )


# --- one work


def _recommended(library: Library, request: Request, report: Report) -> str:
    """Say which lists and sections recommend a work, or else works on the subject."""
    here = catalog(library.store)
    works = [work for work in request.works if work.places]
    if request.asks == "beside" and works:
        return _beside(library, here, works, report)
    subject = _flat(request.subject)
    wanted_kind = [kind for kind in request.kinds if kind]
    exact = [work for work in works if not wanted_kind or work.kind in wanted_kind]
    if not exact:
        what = (
            f"{'a ' + named_kind(wanted_kind[0], 'en') + ' on ' if wanted_kind and works else ''}"
        )
        report.say(
            report.text(
                f"No list recommends {what}“{subject}”.",
                f"没有清单推荐“{subject}”{'这类' + named_kind(wanted_kind[0], 'zh') if wanted_kind and works else ''}。",
            )
        )
    else:
        _add_recommendations(exact, report)
    others = works if not exact else []
    known = shelves.about(library, subject)
    if not works or (exact and all(work.kind == "note" for work in exact)) or others:
        listed = [work for work in known.works if work.places and work not in exact]
        listed = list(dict.fromkeys([*others, *listed]))
        if listed:
            report.under(f"What the lists recommend on {subject}", f"清单里关于 {subject} 的资料")
            _add_works(library, report, listed)
            report.under("", "")
    _name_paper(subject, report)
    return report.text(
        "From the entries of the lists: `refdesk search … --list NAME`, or the tab “Browse”.",
        "依据清单的条目：`refdesk search … --list NAME`，或页面上的“浏览”。",
    )


def _add_recommendations(works: Sequence[Work], report: Report) -> None:
    for work in works[:_SHOWN]:
        lists = _joined(dict.fromkeys(place.list for place in work.places), report.lang)
        report.say(
            report.text(
                f"{_flat(work.title)} ({named_kind(work.kind, 'en')}) is recommended by {lists}:",
                f"推荐《{_flat(work.title)}》（{named_kind(work.kind, 'zh')}）的清单是 {lists}：",
            ),
            work,
        )
        for place in work.places:
            level = f" ({_level(place.difficulty, report.lang)})" if place.difficulty else ""
            under = _path(place.section) or report.text("at its top", "开头")
            report.item(
                report.text(f"{place.list}, under {under}{level}", f"{place.list}，{under}{level}"),
                work,
            )


def _beside(library: Library, here: Catalog, works: Sequence[Work], report: Report) -> str:
    place = works[0].places[0]
    near = [other for other in here.under(place.list, place.section) if other.url != works[0].url]
    where = _place(place.list, place.section)
    report.say(
        report.text(
            f"{_flat(works[0].title)} stands under {where}; beside it stand {len(near)} more:",
            f"《{_flat(works[0].title)}》在 {where} 下，同一节里还有 {len(near)} 项：",
        ),
        works[0],
    )
    _add_works(library, report, near)
    section = place.section[-1] if place.section else ""
    return report.text(
        f"From the list: `refdesk search … --list {place.list} --section {_quoted(section)}`.",
        f"依据清单：`refdesk search … --list {place.list} --section {_quoted(section)}`。",
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
                        f"入门手册的“{note.topic}”把它列为原始论文：{paper.authors}（{paper.year}），{paper.url}。",
                    )
                )
                report.read_on(paper.title, paper.url)
                return


def _work(library: Library, request: Request, report: Report) -> str:
    """Say who wrote a work, how long and hard it is, whether it is here."""
    if not request.works:
        return _recommended(library, request, report)
    for work in request.works[:3]:
        describe(library, work, request.asks, report)
    if len(request.works) > 3:
        _add_works(library, report, request.works[3:])
    return report.text("From the catalog and the archived pages.", "依据目录和存档的页面。")


def describe(library: Library, work: Work, asks: str, report: Report) -> None:
    zh = report.lang == "zh"
    title = _flat(work.title)
    minutes, timed = _minutes(library, work)
    level = work.difficulty
    author = _few(work.author) or _author_in(work.title)
    lines = {
        "author": report.text(
            f"{title} is by {author}." if author else f"The catalog names no author of {title}.",
            f"《{title}》的作者是 {author}。" if author else f"目录里没有写明《{title}》的作者。",
        ),
        "time": report.text(
            f"{title} takes {'' if timed else 'about '}{duration(minutes, 'en')}"
            f" ({'by the length of its text' if timed else 'a guess by its kind'}).",
            f"《{title}》大约需要 {duration(minutes, 'zh')}（{'按正文长度' if timed else '按类型估计'}）。",
        ),
        "hard": report.text(
            f"{title} is marked {level} by {work.places[0].list}." if level
            else f"No list says how hard {title} is; refdesk's estimate by kind and title is "
            f"{_estimate(library, work)}.",
            f"{work.places[0].list} 把《{title}》标为{_level(level, 'zh')}。" if level
            else f"没有清单标注《{title}》的难度，按类型和标题估计为{LEVELS[_estimate(library, work)]}。",
        ),
        "when": report.text(
            f"{title} is dated {work.date}." if work.date else f"{title} carries no date.",
            f"《{title}》注明的日期是 {work.date}。" if work.date else f"《{title}》没有注明日期。",
        ),
        "address": f"{title}: {work.url}",
    }  # fmt: skip
    if asks in lines:
        report.say(lines[asks], work)
    about = [
        named_kind(work.kind, report.lang),
        report.text(f"by {author}", f"作者 {author}") if author and asks != "author" else "",
        work.date if asks != "when" else "",
        _level(level, report.lang) if asks != "hard" else "",
        duration(minutes, report.lang) if asks != "time" else "",
    ]
    here = work.held
    state = report.text(
        "its text is in the library"
        if here
        else f"its page is not in the library ({_why(work, 'en')})",
        "原文在资料库里" if here else f"原文不在资料库里（{_why(work, 'zh')}）",
    )
    report.say(
        f"{title}{'：' if zh else ': '}{_joined([*about, state], report.lang)}{'。' if zh else '.'}",
        work,
    )
    for place in work.places:
        report.item(
            report.text(
                f"recommended by {_place(place.list, place.section)}",
                f"推荐它的清单：{_place(place.list, place.section)}",
            ),
            work,
        )


def _few(authors: str) -> str:
    """Return the first authors of many."""
    names = [name.strip() for name in authors.split(";")]
    return authors if len(names) <= _AUTHORS else f"{', '.join(names[:_AUTHORS])} et al."


def _author_in(title: str) -> str:
    """Return who a title is by, where the lists write it so: "Jay Alammar - The ...", "... by ..."."""
    if found := re.search(r"\bby ((?:[A-Z][\w.]+ ?){2,3})", title):
        return found[1].strip()
    found = re.match(r"((?:[A-Z][a-z]+ ){1,2}[A-Z][a-z]+)(?: - |: )", title)
    return found[1] if found else ""


def _estimate(library: Library, work: Work) -> str:
    document = library.document(work.document) if work.document else None
    return effort.difficulty(work.title, work.kind, document)


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


# --- what is not there, what is new


def _missing(library: Library, request: Request, report: Report) -> str:
    here = catalog(library.store)
    if request.asks == "topics":
        return _gaps(here, request, report)
    if request.works:
        for work in request.works[:3]:
            describe(library, work, "", report)
        return _fetch(report)
    listed = _narrowed(here.listed, request)
    gone = [work for work in listed if not work.held]
    counts = Counter(work.state for work in gone)
    report.say(
        report.text(
            f"Of {len(listed)} recommended works the text of {len(listed) - len(gone)} is in the"
            f" library, and that of {len(gone)} is not.",
            f"清单推荐的 {len(listed)} 项资料中，{len(listed) - len(gone)} 项的原文在资料库里，{len(gone)} 项不在。",
        ),
        *(request.lists or here.lists),
    )
    dead = [work for work in gone if work.state == "dead"]
    if not dead:
        report.say(report.text("No link is known to be dead.", "没有已知失效的链接。"))
    for state, english, chinese in (
        ("dead", "Dead", "已失效"), ("failed", "Could not be read", "读不了"),
        ("needs_a_browser", "Shown to browsers only", "只对浏览器开放"),
        ("not_fetched", "Not fetched yet", "还没有抓取"),
    ):  # fmt: skip
        if not counts[state]:
            continue
        report.under(f"{english} ({counts[state]})", f"{chinese}（{counts[state]}）")
        works = [work for work in gone if work.state == state]
        most = 5 if state == "not_fetched" else 2 * _SHOWN
        for work in works[:most]:
            reason = f": {work.reason}" if work.reason else ""
            report.item(f"{_flat(work.title)}, {work.url}{reason}", work)
        if len(works) > most:
            report.say(report.text(f"And {len(works) - most} more.", f"另外还有 {len(works) - most} 项。"))  # fmt: skip
    report.under("", "")
    failures = [row for row in library.store.failures() if not request.lists]
    others = Counter(re.split(r" \(|: ", row["reason"])[0] for row in failures)
    if others:
        said = _joined(
            (f"{number} {reason}" for reason, number in others.most_common(6)), report.lang
        )
        report.say(
            report.text(
                f"{len(failures)} addresses that were visited gave no document: {said}.",
                f"访问过的地址中有 {len(failures)} 个没有得到文档：{said}。",
            )
        )
    return _fetch(report)


def _fetch(report: Report) -> str:
    return report.text(
        "From the log of visits: `refdesk status --dead`; `refdesk ingest` fetches what is missing.",
        "依据抓取记录：`refdesk status --dead`；`refdesk ingest` 会抓取缺少的页面。",
    )


def _gaps(here: Catalog, request: Request, report: Report) -> str:
    """Name the topics of the lists that have no link."""
    rows = request.lists or here.lists
    gaps = [topic for row in rows for topic in row.topics if topic.empty]
    report.say(
        report.text(
            f"{len(gaps)} topics of the lists have no link yet.",
            f"清单里有 {len(gaps)} 个主题还没有链接。",
        ),
        *rows,
    )
    for row in rows:
        own = [topic for topic in row.topics if topic.empty]
        if not own:
            continue
        report.under(f"{row.name} ({len(own)})", f"{row.name}（{len(own)}）")
        for topic in own:
            note = primer.find(topic.title)
            covered = report.text(
                f" (the primer has a note: {note.topic})" if note else "",
                f"（入门手册有一篇：{note.topic}）" if note else "",
            )
            report.item(f"{_path(topic.path)}{covered}", row)
    report.under("", "")
    return report.text(
        "From the headings of the lists: `refdesk lists check NAME` examines one.",
        "依据清单的标题：`refdesk lists check NAME` 会检查其中一份。",
    )


def _new(library: Library, request: Request, report: Report) -> str:
    """Say what was written or added since a date; without one, what came in the last 30 days."""
    here = catalog(library.store)
    documents = _narrowed(here.documents, request)
    since = request.since
    if not since:
        latest = max((work.added for work in documents), default="")
        if latest:
            since = str(date.fromisoformat(latest) - timedelta(days=_LATELY))
        fresh = sorted(
            (work for work in documents if work.added >= since), key=lambda work: work.added
        )[::-1]
        fresh.sort(key=lambda work: work.primer)
        report.say(
            report.text(
                f"{len(fresh)} documents came in since {since}.",
                f"{since} 以来收入了 {len(fresh)} 篇文档。",
            )
        )
        _add_dated(library, report, fresh, "added")
        return _how_new(report)
    written = sorted((w for w in documents if w.date >= since), key=lambda w: w.date)[::-1]
    added = [w for w in documents if w.added >= since and not w.date]
    added.sort(key=lambda work: work.primer)
    report.say(
        report.text(
            f"{len(written)} documents are dated {since} or later;"
            f" {len(added)} without a date came in since.",
            f"有 {len(written)} 篇文档的日期不早于 {since}；另有 {len(added)} 篇没有日期的在那之后收入。",
        )
    )
    _add_dated(library, report, written, "date")
    if added:
        report.under("Without a date of their own", "没有注明日期的")
        _add_dated(library, report, added, "added")
        report.under("", "")
    return _how_new(report)


def _add_dated(library: Library, report: Report, works: Sequence[Work], by: str) -> None:
    for work in works[:_SHOWN]:
        when = work.date if by == "date" else work.added
        report.item(f"{when}: {_line(library, work, report.lang)}", work)
    if len(works) > _SHOWN:
        left = len(works) - _SHOWN
        report.say(report.text(f"And {left} more.", f"另外还有 {left} 项。"))


def _how_new(report: Report) -> str:
    return report.text(
        "By the dates the documents carry and the days they came: `refdesk lists diff NAME` says "
        "what a curator changed.",
        "依据文档注明的日期和收入日期；`refdesk lists diff NAME` 会说明清单作者改了什么。",
    )


# --- on a subject


def _holdings(library: Library, request: Request, report: Report) -> str:
    """Map what is held on a subject: works, sections, the primer, what nothing covers yet."""
    subject = _flat(request.subject)
    found = shelves.about(library, subject)
    if named := recognise(library.store, subject):  # a person or a site
        works = [match.work for match in named if match.by in ("author", "site")]
        found = About(subject, found.note, tuple(dict.fromkeys([*works, *found.works])),
                      found.sections, found.gaps)  # fmt: skip
    works = _narrowed(found.works, request)
    narrowing = request.kinds or request.levels or request.langs or request.lists
    wanted = _wanted(request, report.lang)
    if not works and not found.note and not found.sections:
        report.say(
            report.text(
                f"Nothing in the library or on its lists is about “{subject}”.",
                f"资料库和清单里都没有关于“{subject}”的资料。",
            )
        )
        near = [note.topic for note in primer.nearest(subject)]
        if request.kinds:
            every = _narrowed(catalog(library.store).listed, request)
            report.under(f"All {wanted} of the lists", f"清单里全部的{wanted}")
            _add_works(library, report, every)
            report.under("", "")
        elif near:
            report.say(report.text(f"The nearest topics: {_joined(near, 'en')}.",
                                   f"最接近的主题：{_joined(near, 'zh')}。"))  # fmt: skip
        return _how(request, report, subject)
    if narrowing and not works:
        report.say(
            report.text(f"No {wanted} on {subject}.", f"没有关于 {subject} 的{wanted}。"),
            *request.lists,
        )
        works = list(found.works)
        report.under(f"Other works on {subject}", f"关于 {subject} 的其他资料")
    else:
        count = len(works)
        of = _by_kind(works, report.lang)
        report.say(
            report.text(
                f"{count} {wanted if narrowing else 'work' + 's' * (count != 1)} on {subject}"
                f"{f': {of}' if not request.kinds and count else ''}.",
                f"关于 {subject} 有 {count} 项{wanted}{f'：{of}' if not request.kinds and count else ''}。",
            )
        )
    _add_works(library, report, works)
    report.under("", "")
    if not narrowing:
        _add_primer(library, found, report)
        _add_sections(library, found, report)
    return _how(request, report, subject)


def _add_primer(library: Library, found: About, report: Report) -> None:
    """Add what the primer says first of a subject."""
    note = found.note
    if note is None or library.document(note.url) is None:
        return
    sentences, citations = opening(library, note.url)
    if sentences:
        report.under(f"What the primer says: {note.topic}", f"入门手册怎么说：{note.topic}")
        report.quote(sentences, citations)
        report.under("", "")


def _add_sections(library: Library, found: About, report: Report) -> None:
    here = catalog(library.store)
    filled = [(each, len(here.under(*each))) for each in found.sections]
    filled = [(each, number) for each, number in filled if number]
    if filled:
        report.under("Sections of the lists", "清单里的章节")
    for each, number in filled[:_SECTIONS]:
        report.item(report.text(f"{_place(*each)} ({number})", f"{_place(*each)}（{number} 项）"))
    if found.gaps:
        report.under("Topics of the lists without a link yet", "清单里还没有链接的主题")
        for topic in found.gaps[:_TOPICS]:
            report.item(_place(topic.list, topic.path))
    report.under("", "")


# --- what to read


def _what_to_read(library: Library, request: Request, report: Report) -> str:
    subject = _flat(request.subject)
    try:
        path = reading_path(library, subject, request.hours)
    except (NothingFound, UsageError) as error:
        report.say(str(error))
        return _how_path(subject, request, report)
    hours = duration(path.total_minutes, report.lang)
    first = path.steps[0]
    works = {work.url: work for work in catalog(library.store).works}
    report.say(
        report.text(
            f"{path.topic}: {len(path.steps)} steps, about {hours} in all; begin with"
            f" {_flat(first.title)}.",
            f"{path.topic}：共 {len(path.steps)} 步，大约 {hours}；先读《{_flat(first.title)}》。",
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


def _step(step: Step, lang: str) -> str:
    level = _level(step.difficulty, lang)
    minutes = duration(step.minutes, lang)
    if lang == "zh":
        kind = "入门手册" if step.primer else named_kind(step.kind, lang)
        return f"{_flat(step.title)}（{kind}，{level}{'（估计）' if step.estimated else ''}，{minutes}）"
    kind = "primer" if step.primer else named_kind(step.kind, lang)
    hard = f"{level} (estimated)" if step.estimated else level
    return f"{_flat(step.title)} ({kind}, {hard}, {minutes}): {_flat(step.why)}"


def _how_path(subject: str, request: Request, report: Report) -> str:
    hours = f" --hours {request.hours:g}" if request.hours else ""
    command = f"refdesk path {_quoted(subject)}{hours}"
    return report.text(f"The reading path: `{command}`.", f"阅读路径：`{command}`。")


_REPLIES: dict[str, Reply] = {
    kinds.INVENTORY: _inventory,
    kinds.LISTS: _lists,
    kinds.HOLDINGS: _holdings,
    kinds.RECOMMENDED: _recommended,
    kinds.AGREED: _agreed,
    kinds.WORK: _work,
    kinds.MISSING: _missing,
    kinds.NEW: _new,
    kinds.PATH: _what_to_read,
}
