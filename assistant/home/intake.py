"""Taking in: pages, files and lists named by a person, what is due, what a browser shows."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.home.keeping import HomeWriter, check_named
from assistant.home.reports import Fetching, IngestReport
from assistant.refreshing.digest import Digest
from assistant.refreshing.looks import Looks, digest_of, known_of
from index.search.library import Library
from ingest.archive import given, writing
from ingest.archive.values import Resource
from ingest.bounded.lists import ListReader
from ingest.disk import expanded
from ingest.errors import UsageError
from ingest.exports import registry, saved_pages
from ingest.gathering import collected
from ingest.gathering.collect import Budget, CollectRequest
from ingest.gathering.gather import PageOutcome
from ingest.gathering.ledger import Ledger
from ingest.gathering.sent import SeenPage, file_resource, page_resource
from ingest.links.schemes import is_web
from ingest.links.urls import canonical, source_of
from ingest.lists import catalog
from ingest.lists.catalog_file import SAVED_PAGES, CuratedList, Ignored
from ingest.lists.changes import changes_between
from ingest.lists.parser import founding

NOT_DUE = (
    "Nothing was asked for: what is named was asked for before and is not due; "
    "--refresh asks again (programs: `refresh`)."
)


def ingest(
    writer: HomeWriter, inputs: Sequence[str | Path], *, seed: bool, fetching: Fetching
) -> IngestReport:
    """See :meth:`assistant.desk.Desk.ingest`."""
    check_named(inputs)
    known = catalog.known(writer.archive)
    if seed and writer.home.current() is None:
        known = [*known, *founding()]
    pages, lists, files = _told_apart(inputs, known)
    if fetching.offline and (pages or (inputs and lists)):
        raise UsageError(f"{(pages or lists)[0]} cannot be fetched with --offline.")
    skipped: list[str] = []
    resources = [
        resource
        for file in files
        if not _is_warc(file)
        for resource in given.resources(file, skipped.append)
    ]
    count = len(resources)
    with writer.writing():
        writer.check_changeable()
        mended = writer.archive.mend()
        for file in files:
            if _is_warc(file):
                count += writing.import_warc(writer.archive, expanded(file))
        new = writer.home.current() is None
        writer.renew_primer()
        if seed and new:
            writing.add(writer.archive, given.primer())
            writing.add(writer.archive, catalog.founding_resources())
        writing.add(writer.archive, resources)
        outcomes: list[PageOutcome] = []
        if not fetching.offline and (pages or lists):
            outcomes, said = _collected(writer, lists, pages, fetching)
            skipped += said
        report = writer.update(count)
        before = list(_failed_before(pages, outcomes, Ledger(writer.archive), report.status))
        for number, outcome in enumerate(before, 1):
            fetching.told(outcome, number, len(before))
        if pages and len(pages) == len(inputs) and not outcomes and not fetching.offline:
            skipped.append(NOT_DUE)
        return replace(
            report,
            got=(
                *_as_read(outcomes, report.status, catalog.stored(writer.archive)),
                *before,
            ),
            mended=tuple(mended),
            notices=(*skipped, *report.notices),
            not_taken=_unread(resources, report.status),
        )


def _told_apart(
    inputs: Sequence[str | Path], known: Sequence[CuratedList]
) -> tuple[tuple[str, ...], tuple[str, ...], list[Path]]:
    """Return the pages, lists and files that are asked for; every list where nothing is."""
    at = {canonical(curated.origin): curated.name for curated in known if curated.origin}
    asked = [at.get(canonical(str(item)), str(item)) for item in inputs]
    names = {curated.name for curated in known}
    pages = tuple(item for item in asked if is_web(item))
    lists = tuple(item for item in asked if item in names) if asked else tuple(sorted(names))
    return pages, lists, [Path(item) for item in asked if item not in lists and not is_web(item)]


def _collected(
    writer: HomeWriter, lists: tuple[str, ...], pages: tuple[str, ...], fetching: Fetching
) -> tuple[list[PageOutcome], list[str]]:
    """Fetch lists and pages; return what became of each, and what a person should know."""
    request = CollectRequest(
        lists,
        pages,
        depth=fetching.depth,
        refresh=fetching.refresh,
        most=fetching.most,
        wayback=fetching.wayback,
    )
    with ListReader() as reader:
        collector = writer.collector(fetching, reader)
        return collector.collect(request), collector.notices


def refresh(writer: HomeWriter, budget: Budget, fetching: Fetching) -> Digest:
    """See :meth:`assistant.desk.Desk.refresh`; it knows what questions are answered now."""
    at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    with writer.writing():
        writer.check_changeable()
        mended = writer.archive.mend()
        before, lists = Ledger(writer.archive), _by_name(writer)
        with ListReader() as reader:
            collector = writer.collector(fetching, reader)
            outcomes = collector.refresh(budget)
        old = known_of(writer.store(), outcomes)
        report = writer.update(0)
        now = _by_name(writer)
        changes = [
            # a list that is new here is a feed that was followed for the first time
            changes_between(lists.get(name, replace(state, entries=())), state)
            for name, state in now.items()
        ]
        seen = Looks(
            _as_read(outcomes, report.status, catalog.stored(writer.archive)),
            old,
            known_of(Library(writer.home, writer.embedder).store, outcomes),
            frozenset(outcome.url for outcome in outcomes if before.is_good(outcome.url)),
        )
        return digest_of(at, seen, changes, (*mended, *collector.notices, *report.notices))


def take_page(writer: HomeWriter, page: SeenPage) -> IngestReport:
    """See :meth:`assistant.desk.Desk.take_page`."""
    resource = page_resource(page)
    with writer.writing():
        writer.check_changeable()
        mended = writer.archive.mend()
        before = {curated.name: curated for curated in catalog.stored(writer.archive)}
        curated = saved_pages.with_page(
            before.get(SAVED_PAGES), resource.url, page.title, page.selection, page.note,
            f"{datetime.now(UTC):%Y-%m-%d}",
        )  # fmt: skip
        writing.add(writer.archive, [resource, catalog.added(curated)])
        report = writer.update(1)
        unread = _unread([resource], report.status)
        return replace(report, mended=tuple(mended), not_taken=unread)


def take_file(writer: HomeWriter, name: str, data: bytes) -> IngestReport:
    """See :meth:`assistant.desk.Desk.take_file`."""
    if registry.is_export(name, data):
        return _take_list(writer, name, data)
    resource = file_resource(name, data)
    with writer.writing():
        writer.check_changeable()
        mended = writer.archive.mend()
        writing.add(writer.archive, [resource])
        report = writer.update(1)
        unread = _unread([resource], report.status)
        return replace(report, mended=tuple(mended), not_taken=unread)


def _take_list(writer: HomeWriter, name: str, data: bytes) -> IngestReport:
    """Make what another program exported, and was sent, a list; only one sent as it is replaced."""
    with ListReader() as reader:
        curated = collected.read_sent(name, data, reader)
    with writer.writing():
        writer.check_changeable()
        mended = writer.archive.mend()
        known = {each.name: each for each in writer.lists()}
        curated = replace(
            curated, name=catalog.name_for(known.values(), curated.name, curated.given)
        )
        writing.add(writer.archive, [catalog.added(curated)])
        report = writer.update(1)
        said = []
        if before := known.get(curated.name):
            said.append(
                f"The list {curated.name}, sent as a file of this name before, is now as this one "
                f"has it: {len(curated.entries)} links, {len(before.entries)} before."
            )
        return replace(
            report,
            mended=tuple(mended),
            notices=(*said, *report.notices),
            not_taken=curated.ignored,
            list=curated.name,
        )


def _by_name(writer: HomeWriter) -> dict[str, CuratedList]:
    return {curated.name: curated for curated in catalog.stored(writer.archive)}


def _as_read(
    outcomes: Sequence[PageOutcome], status: dict[str, Any], lists: Sequence[CuratedList]
) -> tuple[PageOutcome, ...]:
    """Report a page that came and cannot be read (a wall, an empty shell) as the failure it is.

    What a list is read from, a feed say, need not be a page.
    """
    sources = {canonical(url) for row in lists for url in (row.origin, *row.feeds) if url}
    reasons = {failure["url"]: failure["reason"] for failure in status["failures"]
               if failure["url"] not in sources}  # fmt: skip
    return tuple(
        replace(page, state="failed", reason=reasons[page.url])
        if page.state != "failed" and page.url in reasons
        else page
        for page in outcomes
    )


def _failed_before(
    pages: Sequence[str],
    outcomes: Sequence[PageOutcome],
    ledger: Ledger,
    status: dict[str, Any],
) -> Iterator[PageOutcome]:
    """Yield the pages that were named, were not due, and did not come the last time, with why."""
    asked = {outcome.url for outcome in outcomes}
    reasons = {failure["url"]: failure["reason"] for failure in status["failures"]}
    for url in dict.fromkeys(map(canonical, pages)):
        if url not in asked and (reason := ledger.failure(url) or reasons.get(url)):
            yield PageOutcome(url, source_of(url), "failed", reason)


def _unread(resources: Sequence[Resource], status: dict[str, Any]) -> tuple[Ignored, ...]:
    """Return what was given as a document and gave none, with the reason."""
    reasons = {failure["url"]: failure["reason"] for failure in status["failures"]}
    return tuple(
        Ignored(resource.url, "", reasons[resource.url])
        for resource in resources
        if resource.url in reasons
    )


def _is_warc(item: str | Path) -> bool:
    return str(item).endswith((".warc", ".warc.gz"))
