"""The shelves seen as a whole: by site and author, how much text, how old; lists side by side."""

import json
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from assistant.collection import about as shelves
from assistant.collection.catalog import Catalog, ListRow, Work, catalog
from assistant.collection.lines import (
    SHOWN,
    add_works,
    by_kind,
    flat,
    joined,
    line,
    narrowed,
    place_of,
    quoted,
)
from assistant.collection.report import Report
from assistant.collection.request import Request
from assistant.learning import primer
from assistant.learning.path import reading_path
from index.search.library import Library
from ingest.errors import NothingFound, UsageError
from ingest.links.sites.github import owner_of
from ingest.values import PRIMER

VIEWS = ("sites", "authors", "words", "updated", "sections", "figures")
_NEXT = 4  # works shown of each way on


def view(library: Library, request: Request, report: Report) -> str:
    """Say what is asked of the whole (see `VIEWS`)."""
    here = catalog(library.store)
    works = narrowed(library, here.documents, request)
    if request.asks == "sites":
        _most(_hosts(work for work in works if not work.primer), "site", "网站", report)
    elif request.asks == "authors":
        _most(_authors(work for work in works if not work.primer), "author", "作者", report)
    elif request.asks == "words":
        _words(works, report)
    elif request.asks == "updated":
        _updated(works, report)
    elif request.asks == "figures":
        _figures(library, works, report)
    else:
        _sections(here, request.lists or here.lists, report)
    return report.text("Counted from the catalog: `refdesk status`, `refdesk lists show`.",
                       "按目录统计：`refdesk status`、`refdesk lists show`。")  # fmt: skip


def _hosts(works: Iterable[Work]) -> dict[str, list[Work]]:
    groups: dict[str, list[Work]] = {}
    for work in works:
        groups.setdefault((urlsplit(work.url).hostname or "").removeprefix("www."), []).append(work)
    return groups


def _authors(works: Iterable[Work]) -> dict[str, list[Work]]:
    groups: dict[str, list[Work]] = {}
    for work in works:
        for name in (part.strip() for part in (work.author or owner_of(work.url) or "").split(";")):
            if name:
                groups.setdefault(name, []).append(work)
    return groups


def _most(groups: dict[str, list[Work]], one: str, chinese: str, report: Report) -> None:
    ranked = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    total = sum(map(len, groups.values()))
    if not ranked:
        report.say(report.text(f"No {one} is named here.", f"这里没有写明{chinese}。"))
        return
    name, most = ranked[0]
    report.say(
        report.text(
            f"{len(ranked)} {one}s; most of the {total} texts are of {name} ({len(most)}).",
            f"共有 {len(ranked)} 个{chinese}；{total} 篇文本中最多的是 {name}（{len(most)} 篇）。",
        )
    )
    for name, works in ranked[:SHOWN]:
        report.item(f"{name}: {by_kind(works, 'en')}" if report.lang != "zh"
                    else f"{name}：{by_kind(works, 'zh')}", *works[:1])  # fmt: skip
    if len(ranked) > SHOWN:
        report.more(len(ranked) - SHOWN)


def _words(works: Sequence[Work], report: Report) -> None:
    letters = sum(work.length for work in works if work.lang != "zh")
    han = sum(work.length for work in works if work.lang == "zh")
    thousands = round(letters / 6 / 1000)  # a word and its space
    report.say(
        report.text(
            f"The {len(works)} texts have {letters + han:,} characters: about {thousands:,} "
            f"thousand"
            f" English words, and {han:,} characters of Chinese pages.",
            f"{len(works)} 篇文本共 {letters + han:,} 个字符：英文约 {thousands:,} 千词，"
            f"中文页面 {han:,} 个字符。",
        )
    )


def _updated(works: Sequence[Work], report: Report) -> None:
    added = sorted(work.added for work in works if work.added)
    dated = sorted((work for work in works if work.date), key=lambda work: work.date)
    if added:
        report.say(
            report.text(
                f"The last of the {len(works)} texts came in on {added[-1]}, the first on "
                f"{added[0]};"
                " what changed on the pages since is not known here: `refdesk refresh` looks.",
                f"{len(works)} 篇文本中最后一篇收入于 {added[-1]}，第一篇收入于 {added[0]}；"
                "此后页面有何改动这里不知道：`refdesk refresh` 会去查看。",
            )
        )
    if dated:
        last = dated[-1]
        report.say(
            report.text(
                f"{len(dated)} carry a date of their own, the newest {last.date}: "
                f"{flat(last.title)}.",
                f"{len(dated)} 篇注明了日期，最新的是 {last.date}：《{flat(last.title)}》。",
            ),
            last,
        )


def _figures(library: Library, works: Sequence[Work], report: Report) -> None:
    rows = library.store.rows("SELECT url, figures FROM documents WHERE figures != '[]'")
    counts = {url: len(json.loads(figures)) for url, figures in rows}
    own = [work for work in works if work.document in counts]
    own.sort(key=lambda work: -counts[work.document or ""])
    report.say(
        report.text(
            f"{len(own)} of {len(works)} texts have figures,"
            f" {sum(counts[work.document or ''] for work in own)} in all.",
            f"{len(works)} 篇文本中有 {len(own)} 篇带图，共 "
            f"{sum(counts[w.document or ''] for w in own)} 幅。",
        )
    )
    for work in own[:SHOWN]:
        number = counts[work.document or ""]
        report.item(f"{number}: {line(library, work, report.lang)}", work)


def _sections(here: Catalog, rows: Sequence[ListRow], report: Report) -> None:
    for row in rows:
        tops: dict[str, int] = {}
        every = here.sections(row.name)
        for _, path in every:
            tops.setdefault(path[0], len(here.under(row.name, path[:1])))
        if not tops:
            continue
        top = max(tops, key=lambda name: tops[name])
        report.say(
            report.text(
                f"{row.name}: {len(tops)} sections at its top, {len(every)} headings and topics "
                f"with"
                f" all below; most works stand under {top} ({tops[top]}).",
                f"{row.name}：顶层 {len(tops)} 个章节，连同下面共 {len(every)} 个标题和主题；"
                f"资料最多的是 {top}（{tops[top]} 项）。",
            ),
            row,
        )


def twice(library: Library, report: Report) -> str:
    """Say which works several lists link to, and which pages are copies of others."""
    here = catalog(library.store)
    works = [work for work in here.listed if len({place.list for place in work.places}) > 1]
    report.say(
        report.text(
            f"{len(works)} works stand on more than one list"
            f"{':' if works else ': no two lists link to the same address.'}",
            f"有 {len(works)} "
            f"项资料出现在不止一份清单里{'：' if works else '：没有两份清单链接到同一个地址。'}",
        )
    )
    add_works(library, report, works)
    titles: dict[str, list[Work]] = {}
    for work in here.works:
        titles.setdefault(primer.plain_name(work.title), []).append(work)
    same = [group for group in titles.values() if len(group) > 1 and not group[0].primer]
    copies = library.store.rows("SELECT count(*) FROM copies WHERE same_as != ''")
    number = next((row[0] for row in copies), 0)
    report.say(
        report.text(
            f"{number} pages were left out as near copies of another; {len(same)} titles are "
            f"borne by"
            " more than one work.",
            f"有 {number} 个页面因与别的几乎相同而未重复收录；{len(same)} 个标题不止一项资料使用。",
        )
    )
    for group in same[:SHOWN]:
        report.item(f"{flat(group[0].title)} ({len(group)})", *group)
    return report.text("By addresses, titles and texts.", "依据链接地址、标题和正文。")


def compare(library: Library, request: Request, report: Report) -> str:
    """Lay lists side by side: what they share, and what only one of them has."""
    here = catalog(library.store)
    names = [row.name for row in request.lists]
    subjects = {name: _subjects(here, name) for name in names}
    for row in request.lists:
        works = here.under(row.name, ())
        report.say(
            report.text(
                f"{row.name}: {row.works} works ({by_kind(works, 'en')}), {row.held} of them here.",
                f"{row.name}：{row.works} 项资料（{by_kind(works, 'zh')}），{row.held} "
                f"项的原文在资料库里。",
            ),
            row,
        )
    first, rest = names[0], names[1:]
    shared = [
        work for work in here.listed
        if first in (lists := {place.list for place in work.places}) and lists & set(rest)
    ]  # fmt: skip
    report.say(
        report.text(f"Works that {first} shares with the rest: {len(shared)}.",
                    f"{first} 与其余清单共有的资料：{len(shared)} 项。")
    )  # fmt: skip
    add_works(library, report, shared)
    others = set().union(*(subjects[name] for name in rest))
    both = [slug for slug in subjects[first] if slug in others]
    _add_subjects("Subjects of both", "都涉及的主题", both, report)
    only = [slug for slug in subjects[first] if slug not in others]
    _add_subjects(f"Only {first}", f"只有 {first} 涉及", only, report)
    for name in rest if len(rest) == 1 else ():
        own = [slug for slug in subjects[name] if slug not in subjects[first]]
        _add_subjects(f"Only {name}", f"只有 {name} 涉及", own, report)
    report.under("", "")
    return report.text(
        "By addresses, and by the headings and titles that the primer has a name for.",
        "依据链接地址，以及入门手册认得的标题和章节。",
    )


def _subjects(here: Catalog, name: str) -> dict[str, None]:
    texts = [part for _, path in here.sections(name) for part in path]
    texts += [work.title for work in here.under(name, ())]
    return dict.fromkeys(slug for text in texts for slug in primer.named(text))


def _add_subjects(english: str, chinese: str, slugs: Sequence[str], report: Report) -> None:
    if slugs:
        topics = [primer.notes()[slug].topic for slug in slugs]
        report.under(f"{english} ({len(slugs)})", f"{chinese}（{len(slugs)}）")
        report.item(joined(topics, report.lang))


def which_cover(library: Library, request: Request, report: Report) -> str:
    """Say which lists have sections or works on a subject, and which have none."""
    here = catalog(library.store)
    subject = flat(request.subject)
    known = shelves.about(library, subject)
    named = any(known.sections) or any(
        _names(subject, work, place.section) for work in known.works for place in work.places
    )
    for row in here.lists:
        paths = [path for name, path in known.sections if name == row.name]
        works = [
            work for work in known.works
            if any(place.list == row.name and (not named or _names(subject, work, place.section))
                   for place in work.places)
        ]  # fmt: skip
        if paths or works:
            said = joined(
                (place_of("", path).removeprefix(", ") for path in paths[:_NEXT]), report.lang
            )
            titles = joined((flat(work.title) for work in works[:_NEXT]), report.lang)
            report.item(
                report.text(
                    f"{row.name}: yes; {said or titles}", f"{row.name}：有；{said or titles}"
                ),
                row, *works[:_NEXT],
            )  # fmt: skip
        else:
            report.item(report.text(f"{row.name}: nothing", f"{row.name}：没有"), row)
    if named:
        return report.text("From the headings and titles of the lists.", "依据清单的标题和章节。")
    return report.text("No heading names it; works found by a search.",
                       "没有章节以此命名；依据搜索找到的资料。")  # fmt: skip


def _names(subject: str, work: Work, section: Sequence[str]) -> bool:
    wanted = primer.plain_name(subject)
    return any(wanted in primer.plain_name(text) for text in (work.title, *section))


def after(library: Library, request: Request, report: Report) -> str:
    """Say what to read once a work, or a subject, is done: what builds on it, what stands next."""
    here = catalog(library.store)
    work = next(iter(request.works), None)
    subject = flat(request.subject)
    note = primer.find(subject if work is None else work.title) or primer.find(subject)
    title = flat(work.title) if work else note.topic if note else subject
    report.say(report.text(f"After {title}:", f"看完《{title}》之后："), *([work] if work else []))
    done = {work.url} if work else set()
    if note:
        done.add(note.url)
        builds = [other for other in primer.notes().values() if note.slug in other.prerequisites]
        known = {each.url.removeprefix(PRIMER): each for each in here.documents if each.primer}
        report.under("Notes that build on it", "以它为基础的笔记")
        add_works(library, report, [known[n.slug] for n in builds if n.slug in known], _NEXT)
    for place in work.places[:2] if work else ():
        mates = here.under(place.list, place.section)
        at = next((n for n, mate in enumerate(mates) if mate.url == work.url), 0) if work else 0
        where = place_of(place.list, place.section)
        report.under(f"Next to it on {where}", f"{where} 里接下来的资料")
        add_works(library, report, mates[at + 1 : at + 1 + _NEXT], _NEXT)
    topic = note.topic if note else subject
    try:
        path = reading_path(library, topic)
    except (NothingFound, UsageError):
        path = None
    steps = [step.url for step in path.steps] if path else []
    start = max((n for n, url in enumerate(steps) if url in done), default=-1) + 1
    works = {each.url: each for each in here.works}
    further = [works[url] for url in steps[start:] if url in works and url not in done]
    if further:
        report.under(f"Further on {topic}", f"继续学习 {topic}")
        add_works(library, report, further, _NEXT)
    report.under("", "")
    return report.text(f"The reading path: `refdesk path {quoted(topic)}`.",
                       f"阅读路径：`refdesk path {quoted(topic)}`。")  # fmt: skip
