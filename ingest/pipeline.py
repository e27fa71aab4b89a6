"""From the archive to documents: which record of a page counts, and what became of every address.

The whole archive is looked at, but a page is read only when its ``read`` is called: whoever keeps
documents from an earlier run skips those whose ``digest`` it knows. What comes out depends on the
records alone, never on the order they arrived in.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from ingest.archive.warc import Archive, Record, Reply, Visit
from ingest.fetch.addresses import refusal
from ingest.fetch.robots import Robots, is_robots
from ingest.links.urls import canonical, joined
from ingest.lists.catalog import is_list
from ingest.reading.decode import MAX_CHARS
from ingest.reading.document import make_document, read_document, reason_of
from ingest.reading.extract import Extract
from ingest.reading.repair import repair
from ingest.sites.registry import source_for
from ingest.sites.wayback import as_original, is_copy, is_look_up
from ingest.text.sentences import clean
from ingest.values import READER, Document, Rejection

_MAX_REDIRECTS = 10
_TITLE = 80  # characters of a text that stand for the title it lacks


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the archive, not read yet.

    ``digest`` names everything its documents depend on. ``addresses`` are all canonical addresses
    that lead to it, its own among them.
    """

    url: str
    addresses: tuple[str, ...]
    digest: str
    read: Callable[[], list[Document | Rejection]]


@dataclass(frozen=True, slots=True)
class _Copy:
    """One state of a page: its records by the address asked for, and why others are missing."""

    records: Mapping[str, Record]
    missing: Mapping[str, str] = field(default_factory=dict)

    @property
    def fetched_at(self) -> str:
        return max(record.fetched_at for record in self.records.values())

    @property
    def key(self) -> str:
        lines = [
            f"{asked} {record.url} {record.status} {record.digest}"
            for asked, record in sorted(self.records.items())
        ]
        return "\n".join(lines)


def pages(archive: Archive) -> Iterator[Page | Rejection]:
    """Yield every page of the archive, and a rejection for each address that leads to none.

    Pages come sorted by address. The newest copy of a page that gives a document counts, so a
    failed visit never takes away what an earlier one brought. What comes out depends on what the
    archive holds, never on the order it came in.
    """
    records = list(archive.records())
    copies, addresses, lost = _given(archive, [each for each in records if not each.asked_for])
    for url, found, reason in _visited(archive, records):
        if found:
            copies[url] += found
            addresses[url].add(url)
        if reason and (url in copies or url not in lost):
            lost[url] = reason
    for url in sorted(copies):
        newest = sorted(copies[url], key=lambda copy: (copy.fetched_at, copy.key), reverse=True)
        # a visit that found the page unchanged brought no new copy
        yield _page(archive, url, {copy.key: copy for copy in newest[::-1]}, addresses[url])
    for url in sorted(lost):
        kept = " (an earlier or archived copy is kept)" if url in copies else ""
        yield Rejection(url, lost[url] + kept)


def _given(
    archive: Archive, records: list[Record]
) -> tuple[dict[str, list[_Copy]], dict[str, set[str]], dict[str, str]]:
    """Return the copies that were given, the addresses of each page, and what leads to none."""
    robots = _robots(archive, records)
    targets, lost = _follow(records)
    groups: dict[str, list[Record]] = defaultdict(list)
    addresses: dict[str, set[str]] = defaultdict(set)
    for record in records:
        if is_robots(record.url) or is_list(record.url) or 300 <= record.status < 400:
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
            lost[alias] = f"moved to {target}, which is not in the archive"
        else:
            lost[alias] = f"moved to {target}: {lost[target]}"
    copies: dict[str, list[_Copy]] = defaultdict(list)
    for url, group in groups.items():
        spellings = {record.url for record in group}
        best = {
            spelling: max((record for record in group if record.url == spelling), key=_worth)
            for spelling in spellings
        }
        copies[url].append(_Copy(best))
    return copies, addresses, {url: reason for url, reason in lost.items() if url not in groups}


def _visited(
    archive: Archive, records: list[Record]
) -> Iterator[tuple[str, list[_Copy], str | None]]:
    """Yield each visited page: its copies, and why its last visit brought none."""
    exact = {(record.url, record.fetched_at): record for record in records}
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
                copies.append(_Copy(came, missing))
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
    archive: Archive, url: str, copies: Mapping[str, _Copy], addresses: Collection[str]
) -> Page:
    """Return the page of these copies, oldest first."""

    def read() -> list[Document | Rejection]:
        refused: Rejection | None = None
        for copy in reversed(list(copies.values())):
            replies: dict[str, Reply | Rejection] = {
                asked: as_original(archive.read(record)) for asked, record in copy.records.items()
            }
            replies |= {asked: Rejection(asked, why) for asked, why in copy.missing.items()}
            found = _read(url, replies)
            if len(found) != 1 or isinstance(found[0], Document):
                if refused:
                    found.append(
                        replace(refused, reason=f"{refused.reason} (an earlier copy is kept)")
                    )
                return found
            refused = refused or found[0]
        return [refused] if refused else []

    return Page(
        url=url,
        addresses=tuple(sorted(addresses)),
        digest=hashlib.sha256("\n\n".join([f"{READER} {url}", *copies]).encode()).hexdigest(),
        read=read,
    )


def _worth(record: Record) -> tuple[bool, str, str]:
    return record.status < 400, record.fetched_at, record.digest


def _robots(archive: Archive, records: list[Record]) -> Robots:
    robots = Robots()
    for record in sorted(records, key=lambda record: record.fetched_at):
        if is_robots(record.url):
            robots.learn(record.url, archive.read(record))
    return robots


def _follow(records: list[Record]) -> tuple[dict[str, str], dict[str, str]]:
    """Follow the archived redirects: address → where it ends, and address → why it ends nowhere."""
    steps = {
        canonical(record.url): joined(record.url, record.location) or record.location
        for record in sorted(records, key=lambda record: record.fetched_at)
        if 300 <= record.status < 400 and record.location
    }
    targets: dict[str, str] = {}
    lost: dict[str, str] = {}
    for start in steps:
        here, seen = start, {start}
        while here in steps:
            aim = steps[here]
            if refusal(aim):
                lost[start] = f"redirects to {aim}, which is not a public web address"
                break
            here = canonical(aim)
            if here == start and len(seen) == 1:
                break  # a redirect between two spellings of one address
            if here in seen or len(seen) > _MAX_REDIRECTS:
                lost[start] = "redirects in a circle"
                break
            seen.add(here)
        else:
            targets[start] = here
    return targets, lost


def _read(url: str, replies: Mapping[str, Reply | Rejection]) -> list[Document | Rejection]:
    only = next(iter(replies.values()))
    if isinstance(only, Reply) and only.resource:
        if only.header("Content-Type") == "application/jsonl":
            return list(_rows(only))
        return [read_document(only)]
    return [source_for(url).read(url, replies)]


def _rows(reply: Reply) -> Iterator[Document | Rejection]:
    """Read a ``.jsonl`` file of documents, one to a line: ``_id``, ``title``, ``text``, ``url``.

    A row without a text is found by its title.
    """
    for number, line in enumerate(reply.body.split(b"\n"), 1):
        if not line.strip():
            continue
        row = json.loads(line)
        url = row.get("url")
        address = canonical(url) if url else f"{reply.url}#{row.get('_id', number)}"
        title = clean(row.get("title") or "").strip()
        text = clean(row["text"]).strip() or title  # some corpora hold titles alone
        if not text or len(text) > MAX_CHARS:
            yield Rejection(address, "too large" if text else "empty")
            continue
        # Whoever gives a text means it: it is not looked at as a page that may be a wall.
        extract = Extract(*repair(title or _opening(text), text))
        yield make_document(address, extract, reply.fetched_at)


def _opening(text: str) -> str:
    line = text.partition("\n")[0]
    return line if len(line) <= _TITLE else f"{line[:_TITLE].rpartition(' ')[0] or line[:_TITLE]} …"
