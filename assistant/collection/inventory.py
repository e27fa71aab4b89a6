"""How much of what is there: documents, lists and their sections, what lists share."""

import math
from collections import Counter
from collections.abc import Sequence

from assistant.collection import about as shelves
from assistant.collection import views
from assistant.collection.catalog import Catalog, ListRow, Work, catalog
from assistant.collection.lines import (
    ENDS,
    SHOWN,
    add_works,
    at_the_end,
    by_kind,
    flat,
    how_found,
    in_words,
    joined,
    line,
    narrowed,
    place_of,
    within,
)
from assistant.collection.report import LANGS, Report
from assistant.collection.request import Request
from assistant.collection.subject import holdings
from assistant.collection.vocabulary import SAID
from assistant.learning import effort, primer
from assistant.learning.effort import duration
from index.search.library import Library
from ingest.links.schemes import is_web
from ingest.links.sites.github import owner_of

_HAN_A_MINUTE, _LETTERS_A_MINUTE = 400, 1300  # of Markdown: 220 words of six characters
_SECTIONS = 6
_TOPICS = 10


def inventory(library: Library, request: Request, report: Report) -> str:
    """Say how much there is, of what kinds and languages, from when."""
    here = catalog(library.store)
    if request.asks in views.VIEWS:
        return views.view(library, request, report)
    if request.asks in ("newest", "oldest"):
        return _extreme(library, here, request, report)
    if request.asks in ENDS:
        return _from_an_end(library, here, request, report)
    if request.asks == "hours":
        return _hours(here, report)
    if request.primer:
        return _primer(here, report)
    if (
        request.kinds
        or request.langs
        or request.levels
        or request.since
        or request.lists
        or request.conditions
    ):
        return _part(library, here, request, report)
    _say_how_much(library, here, report)
    if request.asks != "count":
        _say_languages(here.documents, report)
        _add_lists(here.lists, report)
    return report.text("Counted from the catalog: `refdesk status`, `refdesk lists show`.",
                       "按目录统计：`refdesk status`、`refdesk lists show`。")  # fmt: skip


def _from_an_end(library: Library, here: Catalog, request: Request, report: Report) -> str:
    """List works from the longest, the easiest ... on, as far as they are asked for."""
    works = narrowed(library, here.works, request)
    works = [work for work in works if work.primer == request.primer]
    wanted = in_words(request, report.lang, len(works))
    if SAID["count"].search(request.text):
        report.say(report.text(f"{len(works)} {wanted}:", f"{len(works)} 项{wanted}："))
    for work in at_the_end(library, works, request.asks)[:SHOWN]:
        report.item(line(library, work, report.lang), work)
    if request.asks in ("longest", "shortest"):
        return report.text(
            "By the length of their texts, or by their kind where the text is not here.",
            "按正文长度排序，正文不在资料库里的按类型估计。",
        )
    return report.text(
        "By what the lists mark, else estimated by kind and title.",
        "按清单的标注排序，没有标注的按类型和标题估计。",
    )


def _say_how_much(library: Library, here: Catalog, report: Report) -> None:
    """Say how many documents the library holds, and how many works its lists recommend."""
    documents, listed = here.documents, here.listed
    passages = library.store.count("passages")
    notes = sum(work.primer for work in documents)
    own = report.text(
        f", {notes} of them notes of refdesk's own primer",
        f"，其中 {notes} 篇是 refdesk 自带的入门笔记",
    ) * bool(notes)
    report.say(
        report.text(
            f"The library holds the text of {len(documents)} documents"
            f" ({passages} passages): {by_kind(documents, 'en')}{own}.",
            f"资料库里有 {len(documents)} 篇文档的全文（{passages} 个段落）："
            f"{by_kind(documents, 'zh')}{own}。",
        )
    )
    if listed:
        held = sum(work.held for work in listed)
        report.say(
            report.text(
                f"The {len(here.lists)} list{'s' * (len(here.lists) != 1)} it knows:"
                f" {len(listed)} recommended works"
                f" ({by_kind(listed, 'en')}); the pages of {held} of them are in the library.",
                f"它知道 {len(here.lists)} 份清单，共推荐 {len(listed)} 项资料"
                f"（{by_kind(listed, 'zh')}），其中 {held} 项的原文在资料库里。",
            ),
            *here.lists,
        )


def _primer(here: Catalog, report: Report) -> str:
    notes = [work for work in here.documents if work.primer]
    report.say(
        report.text(
            f"refdesk's own primer has {len(notes)} notes here.",
            f"这里的入门手册有 {len(notes)} 篇笔记。",
        )
    )
    return report.text(
        "Counted from the catalog: `refdesk status`.", "按目录统计：`refdesk status`。"
    )


def _say_languages(documents: Sequence[Work], report: Report) -> None:
    counts = Counter(work.lang for work in documents)
    names = [
        f"{LANGS.get(lang, (lang, lang))[report.lang == 'zh']} ({number})"
        for lang, number in counts.most_common(5)
    ]
    dated = sorted(work.date for work in documents if work.date)
    english = f"Languages: {joined(names, 'en')}."
    chinese = f"语言：{joined(names, 'zh')}。"
    if dated:
        english += f" {len(dated)} documents carry a date, from {dated[0]} to {dated[-1]}."
        chinese += f"{len(dated)} 篇注明了日期，从 {dated[0]} 到 {dated[-1]}。"
    if names:
        report.say(report.text(english, chinese))


def _add_lists(rows: Sequence[ListRow], report: Report) -> None:
    report.under("Lists", "清单")
    for row in rows:
        title = f" ({flat(row.title)})" if row.title != row.name else ""
        origin = row.origin if is_web(row.origin) else ""
        topics = len(row.topics)
        report.item(
            report.text(
                f"{row.name}{title}: {row.works} work{'s' * (row.works != 1)},"
                f" {row.held} of them in the library"
                f"{f', {topics} headings and topics' if topics else ''}"
                f"{f', kept by {owner}' if (owner := owner_of(origin)) else ''}"
                f"{f', from {origin}' if origin else ''}",
                f"{row.name}{title}：{row.works} 项资料，{row.held} 项的原文在资料库里"
                f"{f'，{topics} 个标题和主题' if topics else ''}"
                f"{f'，维护者 {owner}' if owner else ''}{f'，来自 {origin}' if origin else ''}",
            ),
            row,
        )
    report.under("", "")


def _part(library: Library, here: Catalog, request: Request, report: Report) -> str:
    """Say how many works of some kinds, languages, years or lists there are, and which."""
    works = narrowed(library, here.works, request)
    if request.since:
        works = [work for work in works if within(work, request.since, request.until)]
    if not (request.kinds or request.lists) or request.since:
        works = [work for work in works if not work.primer]
    held = sum(work.held for work in works)
    span = dict.fromkeys((request.since, request.until))
    years = f" ({'–'.join(span)})" if request.since else ""
    wanted = in_words(request, report.lang, len(works))
    apart = f" ({by_kind(works, 'en')})", f"（{by_kind(works, 'zh')}）"
    each = report.text(*apart) if len(request.kinds) > 1 and works else ""
    names = joined((row.name for row in request.lists), report.lang)
    report.say(
        report.text(
            f"{len(works)} {wanted}{each}{years}{f' on {names}' if names else ''};"
            f" the text of {held} is in the library.",
            f"{names or '目录'}里有 {len(works)} 项{wanted}{each}{years}，其中 {held} "
            f"项的原文在资料库里。",
        ),
        *request.lists,
    )
    add_works(library, report, works, 2 * SHOWN)
    if "zh" in request.langs and (rows := [row for row in here.lists if row.lang == "zh"]):
        _add_lists(rows, report)
    return how_found(request, report)


def _extreme(library: Library, here: Catalog, request: Request, report: Report) -> str:
    works = [work for work in narrowed(library, here.works, request) if work.date]
    works.sort(key=lambda work: work.date, reverse=request.asks == "newest")
    if not works:
        report.say(
            report.text("No document here carries a date of its own.", "这里没有注明日期的文档。")
        )
    for work in works[:5]:
        report.item(f"{work.date}: {line(library, work, report.lang)}", work)
    return report.text(
        "By the dates that pages carry or their addresses tell.",
        "依据页面注明的日期，或网址本身说明的日期。",
    )


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
            f"资料库里的 {len(here.documents)} 篇文本大约要读 "
            f"{duration(math.ceil(minutes), 'zh')}；"
            f"清单里另外 {len(missing)} 项不在资料库的资料，按类型估计约 "
            f"{duration(others, 'zh')}。",
        )
    )
    return report.text(
        "220 words or 400 Chinese characters a minute.",
        "按每分钟 220 个英文词或 400 个汉字计算。",
    )


def lists(library: Library, request: Request, report: Report) -> str:
    """Say which lists there are, what a list covers, or which sections are about a subject."""
    here = catalog(library.store)
    if request.asks == "compare":
        return views.compare(library, request, report)
    if request.asks == "which":
        return views.which_cover(library, request, report)
    if request.subject:
        return _sections_about(library, here, request, report)
    if request.asks == "who" and not request.lists:
        _keepers(here.lists, report)
    elif not request.lists:
        report.say(
            report.text(
                f"{len(here.lists)} lists are known here.", f"这里知道 {len(here.lists)} 份清单。"
            )
        )
        _add_lists(here.lists, report)
        for row in here.lists:
            _add_outline(here, row, report, _SECTIONS)
        return how_found(request, report)
    if request.asks == "who":
        _keepers(request.lists, report)
    _add_lists(request.lists, report)
    for row in request.lists:
        _add_outline(here, row, report, 4 * _SECTIONS)
    return how_found(request, report)


def _keepers(rows: Sequence[ListRow], report: Report) -> None:
    """Say who keeps lists, as their addresses tell."""
    for row in rows:
        owner = owner_of(row.origin)
        report.say(
            report.text(
                f"{row.name} is kept by {owner}." if owner
                else f"Who keeps {row.name} is not known here: it came without an address.",
                f"{row.name} 由 {owner} 维护。" if owner
                else f"{row.name} 没有注明来源网址，所以不知道由谁维护。",
            ),
            row,
        )  # fmt: skip


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
        said = joined(below[:_TOPICS], report.lang)
        report.item(
            report.text(
                f"{top} ({number} work{'s' * (number != 1)}){f': {said}' if said else ''}",
                f"{top}（{number} 项）{f'：{said}' if said else ''}",
            ),
            row,
        )
    if len(tops) > most:
        report.more(len(tops) - most)
    report.under("", "")


def _sections_about(library: Library, here: Catalog, request: Request, report: Report) -> str:
    """Say which sections of the lists are about a subject, and what stands there."""
    path = tuple(part.strip() for part in request.subject.split(">"))
    names = {row.name for row in request.lists} or {row.name for row in here.lists}
    sections = [
        section
        for section in here.sections()
        if section[0] in names and _ends_with(section[1], path)
    ]
    if not sections:
        known = shelves.about(library, request.subject)
        sections = [section for section in known.sections if section[0] in names]
    if not sections:
        return holdings(library, request, report)
    for name, section in sections[:_SECTIONS]:
        report.under(place_of(name, section), place_of(name, section))
        works = here.under(name, section)
        if works:
            add_works(library, report, works)
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


def agreed(library: Library, request: Request, report: Report) -> str:
    """Say which works, and which subjects, several lists share."""
    if request.asks == "twice":
        return views.twice(library, report)
    here = catalog(library.store)
    works = [work for work in here.listed if len({place.list for place in work.places}) > 1]
    if works:
        report.say(
            report.text(
                f"{len(works)} works stand on more than one list:",
                f"有 {len(works)} 项资料出现在不止一份清单里：",
            )
        )
        add_works(library, report, works)
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
    for slug, names in shared[:SHOWN]:
        report.item(f"{primer.notes()[slug].topic}: {joined(names, report.lang)}",
                    *(rows[name] for name in names if name in rows))  # fmt: skip
    report.under("", "")
    return report.text(
        "By addresses, and by the headings and titles that the primer has a name for.",
        "依据链接地址，以及入门手册认得的标题和章节。",
    )
