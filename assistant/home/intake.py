"""Taking in: pages, files and lists named by a person, what is due, what a browser shows."""

from collections.abc import Sequence
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
from ingest.links.urls import canonical
from ingest.lists import catalog
from ingest.lists.catalog_file import CuratedList
from ingest.lists.changes import changes_between
from ingest.lists.parser import founding


def ingest(
    writer: HomeWriter, inputs: Sequence[str | Path], *, seed: bool, fetching: Fetching
) -> IngestReport:
    """See :meth:`assistant.desk.Desk.ingest`."""
    check_named(inputs)
    known = catalog.known(writer.archive)
    if seed and writer.home.current() is None:
        known = [*known, *founding()]
    at = {canonical(curated.origin): curated.name for curated in known if curated.origin}
    asked = [at.get(canonical(str(item)), str(item)) for item in inputs]
    names = {curated.name for curated in known}
    pages = tuple(item for item in asked if is_web(item))
    lists = tuple(item for item in asked if item in names) if asked else tuple(sorted(names))
    files = [Path(item) for item in asked if item not in lists and not is_web(item)]
    if fetching.offline and (pages or (asked and lists)):
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
            request = CollectRequest(
                lists,
                pages,
                depth=fetching.depth,
                refresh=fetching.refresh,
                most=fetching.most,
                wayback=fetching.wayback,
            )
            with ListReader() as reader:
                outcomes = writer.collector(fetching, reader).collect(request)
        report = writer.update(count)
        return replace(
            report,
            got=_as_read(outcomes, report.status, catalog.stored(writer.archive)),
            mended=tuple(mended),
            notices=(*skipped, *report.notices),
        )


def refresh(writer: HomeWriter, budget: Budget, fetching: Fetching) -> Digest:
    """See :meth:`assistant.desk.Desk.refresh`; it knows what questions are answered now."""
    at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    with writer.writing():
        writer.check_changeable()
        mended = writer.archive.mend()
        before, lists = Ledger(writer.archive), _by_name(writer)
        with ListReader() as reader:
            outcomes = writer.collector(fetching, reader).refresh(budget)
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
        return digest_of(at, seen, changes, (*mended, *report.notices))


def take_page(writer: HomeWriter, page: SeenPage) -> IngestReport:
    """See :meth:`assistant.desk.Desk.take_page`."""
    resource = page_resource(page)
    with writer.writing():
        writer.check_changeable()
        mended = writer.archive.mend()
        before = {curated.name: curated for curated in catalog.stored(writer.archive)}
        curated = saved_pages.with_page(
            before.get(saved_pages.NAME), resource.url, page.title, page.selection, page.note,
            f"{datetime.now(UTC):%Y-%m-%d}",
        )  # fmt: skip
        writing.add(writer.archive, [resource, catalog.added(curated)])
        return replace(writer.update(1), mended=tuple(mended))


def take_file(writer: HomeWriter, name: str, data: bytes) -> IngestReport:
    """See :meth:`assistant.desk.Desk.take_file`."""
    if registry.is_export(name, data):
        with ListReader() as reader:
            curated = collected.read_sent(name, data, reader)
        new = catalog.added(curated)
    else:
        new = file_resource(name, data)
    with writer.writing():
        writer.check_changeable()
        mended = writer.archive.mend()
        writing.add(writer.archive, [new])
        return replace(writer.update(1), mended=tuple(mended))


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


def _is_warc(item: str | Path) -> bool:
    return str(item).endswith((".warc", ".warc.gz"))
