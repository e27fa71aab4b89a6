"""What is not there and why, which topics have no link, and what is new."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from assistant.collection.catalog import Catalog, Work, catalog
from assistant.collection.lines import (
    SHOWN,
    flat,
    joined,
    line,
    narrowed,
    trail,
)
from assistant.collection.report import Report
from assistant.collection.request import Request
from assistant.collection.works import describe
from assistant.learning import primer
from index.search.library import Library
from index.store.catalog import failure_rows

_LATELY = 30  # days


def missing(library: Library, request: Request, report: Report) -> str:
    """Say what of the lists is not here, and why; or which of their topics have no link."""
    here = catalog(library.store)
    if request.asks == "topics":
        return _gaps(here, request, report)
    if request.works:
        for work in request.works[:3]:
            describe(library, work, "", report)
        return _fetch(report)
    listed = narrowed(library, here.listed, request)
    gone = [work for work in listed if not work.held]
    counts = Counter(work.state for work in gone)
    report.say(
        report.text(
            f"Of {len(listed)} recommended works the text of {len(listed) - len(gone)} is in the"
            f" library, and that of {len(gone)} is not.",
            f"清单推荐的 {len(listed)} 项资料中，{len(listed) - len(gone)} 项的原文在资料库里，"
            f"{len(gone)} 项不在。",
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
        _tell_of(works, 5 if state == "not_fetched" else 2 * SHOWN, report)
    report.under("", "")
    _tell_of_visits(library, request, report)
    return _fetch(report)


def _tell_of(works: Sequence[Work], most: int, report: Report) -> None:
    """Name works that are not here, each with the reason, and how many more there are."""
    for work in works[:most]:
        reason = f": {work.reason}" if work.reason else ""
        report.item(f"{flat(work.title)}, {work.url}{reason}", work)
    if len(works) > most:
        report.more(len(works) - most)


def _tell_of_visits(library: Library, request: Request, report: Report) -> None:
    """Say how many addresses gave no document, and why; of all lists together alone."""
    failures = [row for row in failure_rows(library.store) if not request.lists]
    others = Counter(re.split(r" \(|: ", row["reason"])[0] for row in failures)
    if others:
        said = joined(
            (f"{number} {reason}" for reason, number in others.most_common(6)), report.lang
        )
        report.say(
            report.text(
                f"{len(failures)} addresses that were visited gave no document: {said}.",
                f"访问过的地址中有 {len(failures)} 个没有得到文档：{said}。",
            )
        )


def _fetch(report: Report) -> str:
    return report.text(
        "From the log of visits: `refdesk status --dead`; `refdesk ingest` fetches what is "
        "missing.",
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
            report.item(f"{trail(topic.path)}{covered}", row)
    report.under("", "")
    return report.text(
        "From the headings of the lists: `refdesk lists check NAME` examines one.",
        "依据清单的标题：`refdesk lists check NAME` 会检查其中一份。",
    )


def new(library: Library, request: Request, report: Report) -> str:
    """Say what was written or added since a date; without one, what came in the last 30 days."""
    here = catalog(library.store)
    documents = narrowed(library, here.documents, request)
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
    dated = [work for work in documents if work.date and work.date >= since[: len(work.date)]]
    written = sorted(dated, key=lambda work: work.date)[::-1]
    added = [w for w in documents if w.added >= since and not w.date]
    added.sort(key=lambda work: work.primer)
    report.say(
        report.text(
            f"{len(written)} documents are dated {since} or later;"
            f" {len(added)} without a date came in since.",
            f"有 {len(written)} 篇文档的日期不早于 {since}；另有 {len(added)} "
            f"篇没有日期的在那之后收入。",
        )
    )
    _add_dated(library, report, written, "date")
    if added:
        report.under("Without a date of their own", "没有注明日期的")
        _add_dated(library, report, added, "added")
        report.under("", "")
    return _how_new(report)


def _add_dated(library: Library, report: Report, works: Sequence[Work], by: str) -> None:
    for work in works[:SHOWN]:
        when = work.date if by == "date" else work.added
        report.item(f"{when}: {line(library, work, report.lang)}", work)
    if len(works) > SHOWN:
        report.more(len(works) - SHOWN)


def _how_new(report: Report) -> str:
    return report.text(
        "By the dates the documents carry and the days they came: `refdesk lists diff NAME` says "
        "what a curator changed.",
        "依据文档注明的日期和收入日期；`refdesk lists diff NAME` 会说明清单作者改了什么。",
    )
