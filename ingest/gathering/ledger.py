"""What the archive tells of pages and addresses: which were had, when, and whether they are due."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from ingest.archive.files import is_imported
from ingest.archive.values import FetchResult, Order, Record, Reply, Visit
from ingest.archive.warc import Archive, DamagedRecordError
from ingest.failures import Failure, failure_of
from ingest.fetch.client import Remembered
from ingest.fetch.robots import is_closed, is_robots
from ingest.gathering import freshness
from ingest.links.urls import canonical
from ingest.reading.document import reason_of
from ingest.reading.list_source import markdown_in, source_in
from ingest.sites.wayback import is_look_up

_DUE = {
    "good": timedelta(days=30),
    "dead": timedelta(days=7),
    "partly": timedelta(days=1),
    "refused": timedelta(days=1),
    "later": timedelta(0),
}
"""How long what came of a visit is believed."""

_ROBOTS_FRESH = timedelta(days=1)
_CLOCKS_DIFFER = timedelta(hours=1)
Bounds = tuple[timedelta, timedelta, timedelta]
_NEVER: Order = (-1, "", 0)


class Ledger:
    """What the archive tells of pages and addresses."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._now = datetime.now(UTC)
        self.records = list(archive.records())
        self._visits = archive.visits()
        self._forgotten = {url for forgotten in archive.forgotten() for url in forgotten.addresses}
        # a file from elsewhere cannot stand in for what this home fetched
        ours_last = sorted(self.records, key=lambda record: record.asked_for)
        self._exact = {(record.url, record.fetched_at): record for record in ours_last}
        self._newest: dict[str, Record] = {}
        self._given: dict[str, list[Record]] = defaultdict(list)
        for record in sorted(self.records, key=lambda record: record.order):
            if record.status != 304:
                self._newest[record.url] = record
            if not record.asked_for and record.status < 300:
                self._given[canonical(record.url)].append(record)

    def is_due(self, url: str, *, named: bool = False) -> bool:
        """Say whether a page should be visited now; ``named`` when a person asks for it itself.

        What was forgotten is visited only then.
        """
        visits = self._visits.get(url)
        if not visits:
            return url not in self._given and (named or url not in self._forgotten)
        age = self._age(visits[-1].at)
        # a visit of tomorrow: the clock was wrong then, or is now
        return age < -_CLOCKS_DIFFER or age >= _DUE[self._outcome(visits[-1])]

    def lateness(self, url: str, bounds: Bounds = freshness.PAGE) -> float:
        """Return how overdue a look at a page is, 1 when it is due now; infinite if never visited.

        A page that came is due by how often it was seen to change, one that did not as in `is_due`.
        What was forgotten, or was given as a file, is never due.
        """
        visits = self._visits.get(url)
        if not visits:
            return 0.0 if url in self._given or url in self._forgotten else math.inf
        age, outcome = self._age(visits[-1].at), self._outcome(visits[-1])
        if age < -_CLOCKS_DIFFER:  # as in `is_due`
            return math.inf
        wait = _DUE[outcome]
        if outcome == "good":
            wait = freshness.interval(self._looks(visits), bounds)
        return age / wait if wait else math.inf

    def visited(self) -> list[str]:
        """Return every page that was visited and not forgotten."""
        return [url for url in self._visits if url not in self._forgotten]

    def is_good(self, url: str) -> bool:
        """Say whether the last visit of a page brought it."""
        visits = self._visits.get(url)
        return visits is not None and self._outcome(visits[-1]) in ("good", "partly")

    def failure(self, url: str) -> str | None:
        """Say why the last visit of a page did not bring it; None if it did, or there was none."""
        visits = self._visits.get(url)
        if visits is None or self.is_good(url):
            return None
        for asked in visits[-1].requests:
            record = self._exact.get((asked.reply_url, asked.reply_at))
            if reason := asked.reason or (reason_of(record.status) if record else None):
                return reason
        return None

    def _looks(self, visits: Sequence[Visit]) -> list[tuple[timedelta, bool]]:
        """Return, of each good visit but the first, the time since the last and what it saw."""
        good = [visit for visit in visits if self._outcome(visit) == "good"]
        states = [self._state(visit) for visit in good]
        looks = []
        for before, here, old, new in zip(good, good[1:], states, states[1:], strict=False):
            since = self._age(before.at) - self._age(here.at)
            looks.append((max(since, timedelta()), old != new))
        return looks

    def _state(self, visit: Visit) -> frozenset[tuple[str, str]]:
        return frozenset(
            (asked.url, record.digest)
            for asked in visit.requests
            if (record := self._exact.get((asked.reply_url, asked.reply_at))) is not None
            and record.status < 300
        )

    def since(self, url: str) -> Order:
        """Return when a page was last visited, before everything if it never was."""
        visits = self._visits.get(url)
        return visits[-1].order if visits else _NEVER

    def remembered(self, url: str, since: Order) -> Remembered | None:
        """Return the copy of an address; fresh when it came after ``since``."""
        record = self._newest.get(url)
        if record is None:
            return None
        fresh = record.order > since and (record.status < 500 and record.status != 429)
        if not fresh and record.status >= 300:
            return None
        try:
            return Remembered(self._archive.read(record), fresh)
        except DamagedRecordError:
            return None

    def record_of(self, reply: Reply) -> Record | None:
        """Return where a reply lies that came just now, or that is remembered."""
        newest = self._newest.get(reply.url)
        if newest is not None and newest.fetched_at == reply.fetched_at:
            return newest
        return self._exact.get((reply.url, reply.fetched_at))

    def pictures(self, url: str) -> tuple[FetchResult, ...]:
        """Return what the last visit of a page asked for its figures."""
        visits = self._visits.get(url)
        return visits[-1].pictures if visits else ()

    def from_the_future(self) -> str | None:
        """Return the latest time that this home's own records carry, if that is still to come."""
        own = [visit.at for visits in self._visits.values() for visit in visits]
        own += [r.fetched_at for r in self.records if r.fetched_at and not is_imported(r.file)]
        ahead = [at for at in own if at and self._age(at) < -_CLOCKS_DIFFER]
        return max(ahead, default=None)

    def learn(self, record: Record) -> bool:
        """Take in a reply that came just now; say whether its body is the one that was known."""
        if record.status == 304:
            return True
        before = self._newest.get(record.url)
        self._newest[record.url] = record
        return before is not None and before.digest == record.digest

    def robots(self) -> list[Reply]:
        """Return every robots.txt that was had lately."""
        return [
            reply
            for url, record in self._newest.items()
            if is_robots(url)
            and record.asked_for
            and not 300 <= record.status < 400
            and not is_closed(record.status)
            and -_CLOCKS_DIFFER < self._age(record.fetched_at) < _ROBOTS_FRESH
            and (reply := self._read(record)) is not None
        ]

    def markdown(self, url: str) -> str | None:
        """Return the newest Markdown source of a page, where the archive has one."""
        texts = (markdown_in(reply) for reply in self._replies(url))
        return next((text for text in texts if text is not None), None)

    def list_source(self, url: str) -> bytes | None:
        """Return the newest source of a list at an address: Markdown, a feed or an outline."""
        sources = map(source_in, self._replies(url))
        return next((data for data in sources if data is not None), None)

    def is_no_list(self, url: str) -> bool:
        """Say whether the last visit of an address that brought something brought no list."""
        for visit in reversed(self._visits.get(canonical(url), [])):
            came = [reply for record in self._came(visit) if (reply := self._read(record))]
            if came:
                return all(source_in(reply) is None for reply in came)
        return False

    def _replies(self, url: str) -> Iterator[Reply]:
        for record in self._copies(canonical(url)):
            if (reply := self._read(record)) is not None:
                yield reply

    def _read(self, record: Record) -> Reply | None:
        try:
            return self._archive.read(record)
        except DamagedRecordError:
            return None

    def _came(self, visit: Visit) -> Iterator[Record]:
        for asked in visit.requests:
            record = self._exact.get((asked.reply_url, asked.reply_at))
            if record is not None and record.status < 300:
                yield record

    def _copies(self, url: str) -> Iterator[Record]:
        for visit in reversed(self._visits.get(url, [])):
            yield from self._came(visit)
        yield from reversed(self._given.get(url, []))

    def _outcome(self, visit: Visit) -> str:
        statuses = [
            self._exact[asked.reply_url, asked.reply_at].status
            for asked in visit.requests
            if (asked.reply_url, asked.reply_at) in self._exact and not is_look_up(asked.url)
        ]
        reasons = [asked.reason for asked in visit.requests if asked.reason]
        busy = any(failure_of(reason) is Failure.LATER for reason in reasons)
        busy = busy or any(status == 429 or status >= 500 for status in statuses)
        if any(reason_of(status) is None for status in statuses):
            return "partly" if busy else "good"
        if busy:
            return "later"
        if any(status in (404, 410) for status in statuses):
            return "dead"
        return "refused"

    def _age(self, at: str) -> timedelta:
        try:
            return self._now - datetime.fromisoformat(at).astimezone(UTC)
        except (ValueError, OverflowError):
            return timedelta.max
