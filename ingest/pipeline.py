"""From the archive to documents: which record of a page counts, and what became of every address.

The whole archive is looked at, but a page is read only when its ``read`` is called: whoever keeps
documents from an earlier run skips those whose ``digest`` it knows. What comes out depends on the
records alone, and of several copies of a page on which arrived last.
"""

import contextlib
import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from ingest.archive.values import OURS, Order, Record, Visit
from ingest.archive.warc import Archive, DamagedRecordError
from ingest.failures import Failure
from ingest.fetch.robots import Robots, is_robots
from ingest.links.public import refusal
from ingest.links.urls import canonical, joined
from ingest.lists import catalog
from ingest.page import Copy, Page, Reading
from ingest.reading.document import reason_of
from ingest.reading.list_source import source_in
from ingest.sites.wayback import is_copy, is_look_up
from ingest.values import PRIMER, READER, Rejection

_MAX_REDIRECTS = 10
_MOVED = (301, 302, 303, 307, 308)


def pages(archive: Archive) -> Iterator[Page | Rejection]:
    """Yield every page of the archive, and a rejection for each address that leads to none.

    Pages come sorted by address. The copy that arrived last of those that give a document counts,
    so a failed visit never takes away what an earlier one brought. Where a list is read from, a
    copy that is no list (a page that says the site is down) does not count.
    """
    records = [record for record in archive.records() if not _is_note_to_self(record.url)]
    gone = archive.forgotten()
    copies, addresses, lost = _given(
        archive, [record for record in records if not record.asked_for]
    )
    for url, arrived, reason in _visited(archive, records):
        if arrived:
            copies[url] += arrived
            addresses[url].add(url)
        if reason and (url in copies or url not in lost):
            lost[url] = reason
    of_lists = catalog.sources(archive)
    for url in sorted(copies):
        oldest = sorted(copies[url], key=lambda copy: (copy.order, copy.key))
        dropped = {
            document
            for forgotten in gone
            for page, document in forgotten.documents
            if page == url and oldest[-1].order < forgotten.order
        }
        # a visit that found the page unchanged brought no new copy
        different = {copy.key: copy for copy in oldest}
        if url in of_lists and len(different) > 1:
            different = _lists_of(archive, different) or different
        yield _page(archive, url, different, addresses[url], frozenset(dropped))
    for url in sorted(lost):
        kept = " (an earlier or archived copy is kept)" if url in copies else ""
        yield Rejection(url, lost[url] + kept)
    for bad in archive.bad():
        kept = " (another copy is kept)" if canonical(bad.url) in copies else ""
        yield Rejection(bad.url, f"{bad.reason} (in {bad.file} at {bad.offset}){kept}")


def _is_note_to_self(url: str) -> bool:
    """Say whether an archive address is no page: a list, or what was forgotten."""
    return url.startswith(OURS) and not url.startswith(PRIMER)


def _given(
    archive: Archive, records: list[Record]
) -> tuple[dict[str, list[Copy]], dict[str, set[str]], dict[str, str]]:
    """Return the copies that were given, the addresses of each page, and what leads to none."""
    robots = _robots(archive, records)
    targets, lost = _follow(records)
    groups: dict[str, list[Record]] = defaultdict(list)
    addresses: dict[str, set[str]] = defaultdict(set)
    for record in records:
        if is_robots(record.url) or 300 <= record.status < 400:
            continue
        url = canonical(record.url)
        if not robots.allow(record.url):
            lost[url] = "robots.txt does not allow it"
        else:
            groups[url].append(record)
            addresses[url].add(url)
    for alias, target in targets.items():
        if target in groups:
            addresses[target].add(alias)
        elif target not in lost:
            lost[alias] = f"{Failure.MOVED} {target}, which is not in the archive"
        else:
            lost[alias] = f"{Failure.MOVED} {target}: {lost[target]}"
    copies: dict[str, list[Copy]] = defaultdict(list)
    for url, group in groups.items():
        spellings = {record.url for record in group}
        best = {
            spelling: max((record for record in group if record.url == spelling), key=_worth)
            for spelling in spellings
        }
        copies[url].append(Copy(best))
    return copies, addresses, {url: reason for url, reason in lost.items() if url not in groups}


def _visited(
    archive: Archive, records: list[Record]
) -> Iterator[tuple[str, list[Copy], str | None]]:
    """Yield each visited page: its copies, and why its last visit brought none."""
    # a file from elsewhere cannot stand in for what this home fetched
    ours_last = sorted(records, key=lambda record: record.asked_for)
    exact = {(record.url, record.fetched_at): record for record in ours_last}
    for url, visits in archive.visits().items():
        copies = []
        reason = None
        for visit in visits:
            came = {
                asked.url: exact[asked.reply_url, asked.reply_at]
                for asked in visit.requests
                if (asked.reply_url, asked.reply_at) in exact and not is_look_up(asked.url)
            }
            good = [asked for asked, record in came.items() if reason_of(record.status) is None]
            reason = None
            if good:
                missing = {asked.url: asked.reason for asked in visit.requests if asked.reason}
                copies.append(Copy(came, missing))
            if all(is_copy(asked) for asked in good):
                reason = _why(visit, came)
        yield url, copies, reason


def _why(visit: Visit, came: Mapping[str, Record]) -> str:
    """Say why a visit brought nothing: in the words of the page's own address, if it was asked."""
    reasons = {asked.url: asked.reason for asked in visit.requests if asked.reason}
    reasons |= {url: str(reason_of(record.status)) for url, record in came.items()}
    own = [reason for url, reason in reasons.items() if canonical(url) == visit.url]
    return (own or list(reasons.values()) or ["not fetched"])[-1]


def _page(
    archive: Archive,
    url: str,
    copies: Mapping[str, Copy],
    addresses: Collection[str],
    dropped: frozenset[str],
) -> Page:
    """Return the page of these copies, oldest first."""
    lines = [f"{READER} {url}", *copies, *(f"without {document}" for document in sorted(dropped))]
    return Page(
        url=url,
        addresses=tuple(sorted(addresses)),
        digest=hashlib.sha256("\n\n".join(lines).encode("utf-8", "replace")).hexdigest(),
        read=Reading(archive.folder, url, tuple(copies.values()), dropped),
    )


def _lists_of(archive: Archive, copies: Mapping[str, Copy]) -> dict[str, Copy]:
    """Return the copies that a list can be read from."""

    def is_list(record: Record) -> bool:
        with contextlib.suppress(DamagedRecordError):
            return record.status < 300 and source_in(archive.read(record)) is not None
        return False

    return {key: copy for key, copy in copies.items() if any(map(is_list, copy.records.values()))}


def _worth(record: Record) -> tuple[bool, Order]:
    return record.status < 400, record.order


def _robots(archive: Archive, records: list[Record]) -> Robots:
    robots = Robots()
    for record in sorted(records, key=lambda record: record.order):
        if is_robots(record.url):
            with contextlib.suppress(DamagedRecordError):
                robots.learn(record.url, archive.read(record))
    return robots


def _follow(records: list[Record]) -> tuple[dict[str, str], dict[str, str]]:
    """Follow the archived redirects: address → where it ends, and address → why it ends nowhere."""
    moves = {
        canonical(record.url): joined(record.url, record.location) or record.location
        for record in sorted(records, key=lambda record: record.order)
        if 300 <= record.status < 400 and record.location
    }
    targets: dict[str, str] = {}
    # between two spellings of one address nothing moves
    steps = {url: aim for url, aim in moves.items() if canonical(aim) != url}
    lost = {
        url: "redirects to itself" if url in moves else f"{Failure.MOVED} nowhere"
        for record in records
        if record.status in _MOVED and (url := canonical(record.url)) not in steps
    }
    for start in steps:
        here, seen = start, {start}
        while here in steps:
            aim = steps[here]
            if refusal(aim):
                lost[start] = f"redirects to {aim}, which is not a public web address"
                break
            here = canonical(aim)
            if here in seen or len(seen) > _MAX_REDIRECTS:
                lost[start] = "redirects in a circle"
                break
            seen.add(here)
        else:
            targets[start] = here
    return targets, lost
