"""From the archive to documents: which record of a page counts, and what became of every address.

The whole archive is looked at, but a page is read only when its ``read`` is called: whoever keeps
documents from an earlier run skips those whose ``digest`` it knows. What comes out depends on the
records alone, and of several copies of a page on which arrived last.
"""

import contextlib
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from ingest.archive.values import OURS, Order, Record, Reply, Visit
from ingest.archive.warc import Archive, DamagedRecordError
from ingest.failures import Failure
from ingest.fetch.robots import Robots, is_robots
from ingest.links.kinds import split
from ingest.links.public import refusal
from ingest.links.urls import canonical, joined
from ingest.reading import about
from ingest.reading.decode import MAX_CHARS
from ingest.reading.document import make_document, read_document, reason_of
from ingest.reading.extract import Extract
from ingest.reading.repair import repair
from ingest.sites.registry import source_for
from ingest.sites.wayback import as_original, is_copy, is_look_up
from ingest.text.sentences import clean
from ingest.values import PRIMER, READER, Document, Rejection

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
    def order(self) -> Order:
        return max(record.order for record in self.records.values())

    @property
    def key(self) -> str:
        lines = [
            f"{asked} {record.url} {record.status} {record.digest} {record.about}".rstrip()
            for asked, record in sorted(self.records.items())
        ]
        return "\n".join(lines)


def pages(archive: Archive) -> Iterator[Page | Rejection]:
    """Yield every page of the archive, and a rejection for each address that leads to none.

    Pages come sorted by address. The copy that arrived last of those that give a document counts,
    so a failed visit never takes away what an earlier one brought.
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
) -> tuple[dict[str, list[_Copy]], dict[str, set[str]], dict[str, str]]:
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


@dataclass(frozen=True, slots=True)
class Reading:
    """What it takes to read a page of an archive: its copies, oldest first, as plain values.

    ``dropped`` are addresses of documents in it that were forgotten.
    """

    folder: Path
    url: str
    copies: tuple[_Copy, ...]
    dropped: frozenset[str] = frozenset()

    @property
    def size(self) -> int:
        """How many bytes its records hold."""
        return sum(record.length for copy in self.copies for record in copy.records.values())

    def message(self) -> dict[str, Any]:
        """Return it as an object of JSON, for another process."""
        return {
            "folder": str(self.folder),
            "url": self.url,
            "copies": [
                {
                    "records": {asked: asdict(record) for asked, record in copy.records.items()},
                    "missing": dict(copy.missing),
                }
                for copy in self.copies
            ],
            "dropped": sorted(self.dropped),
        }

    @classmethod
    def of(cls, message: Mapping[str, Any]) -> "Reading":
        """Return the reading of a :meth:`message`."""
        copies = tuple(
            _Copy(
                {asked: record_of(record) for asked, record in copy["records"].items()},
                copy["missing"],
            )
            for copy in message["copies"]
        )
        folder = Path(message["folder"])
        return cls(folder, message["url"], copies, frozenset(message["dropped"]))

    def __call__(self) -> list[Document | Rejection]:
        """Read the page: the copy that arrived last, an earlier one where that gives nothing."""
        archive = Archive(self.folder)
        refused: Rejection | None = None
        for copy in reversed(self.copies):
            try:
                replies: dict[str, Reply | Rejection] = {
                    asked: as_original(archive.read(record))
                    for asked, record in copy.records.items()
                }
            except DamagedRecordError as error:
                refused = refused or Rejection(self.url, f"damaged in the archive: {error}")
                continue
            replies |= {asked: Rejection(asked, why) for asked, why in copy.missing.items()}
            results = [
                result for result in _read(self.url, replies) if result.url not in self.dropped
            ]
            if len(results) != 1 or isinstance(results[0], Document):
                if refused:
                    results.append(
                        replace(refused, reason=f"{refused.reason} (an earlier copy is kept)")
                    )
                return results
            refused = refused or results[0]
        return [refused] if refused else []


def reading_of(folder: Path, url: str, records: Mapping[str, Record]) -> Reading:
    """Return the reading of a page from the records of one visit, by the address asked for."""
    return Reading(folder, url, (_Copy(records),))


def record_of(plain: Mapping[str, Any]) -> Record:
    """Return the record whose fields ``plain`` holds, as JSON gives them back."""
    payload = plain["payload"]
    number, date, offset = plain["order"]
    return Record(
        **{
            **plain,
            "payload": None if payload is None else (payload[0], payload[1]),
            "order": (number, date, offset),
        }
    )


def _page(
    archive: Archive,
    url: str,
    copies: Mapping[str, _Copy],
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
    steps = {
        canonical(record.url): joined(record.url, record.location) or record.location
        for record in sorted(records, key=lambda record: record.order)
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
        return [about.told(read_document(only), only)]
    return [source_for(url).read(url, replies)]


def _rows(reply: Reply) -> Iterator[Document | Rejection]:
    """Read a ``.jsonl`` file of documents, one to a line: ``_id``, ``title``, ``text``, ``url``.

    A row without a text is found by its title. A row's own address counts where it is one of the
    web and no row before has it; else the row is known by file and ``_id``, or by its line.
    """
    taken: dict[str, tuple[str, str, int]] = {}
    for number, line in enumerate(reply.body.splitlines(), 1):
        if not line.strip():
            continue
        place = f"{reply.url}#{number}"
        try:
            row = json.loads(line)
            if not isinstance(row, dict):
                raise ValueError("no object")
        except (ValueError, RecursionError):
            yield Rejection(place, f"line {number} is no object of JSON")
            continue
        text, title = _text_of(row.get("text")), _text_of(row.get("title"))
        if text is None or title is None:
            yield Rejection(place, f'line {number} has a "text" or "title" that is no text')
            continue
        text, title = clean(text).strip(), clean(title).strip()
        text = text or title  # some corpora hold titles alone
        address = _address_of(row, reply.url, number, taken)
        if address in taken and (title, text) == taken[address][:2]:
            yield Rejection(place, f"line {number} says the same as line {taken[address][2]}")
            continue
        if address in taken:
            address = f"{reply.url}#{row.get('_id', '')}-{number}"
        taken[address] = title, text, number
        if not text or len(text) > MAX_CHARS:
            yield Rejection(address, Failure.TOO_LARGE if text else "empty")
            continue
        # Whoever gives a text means it: it is not looked at as a page that may be a wall.
        extract = Extract(*repair(title or _opening(text), text))
        yield make_document(address, extract, reply.fetched_at)


def _text_of(value: object) -> str | None:
    """Return a value of a row as text: a number as it is written, None where it is no text."""
    if value is None or isinstance(value, str):
        return (value or "").encode("utf-8", "replace").decode()
    return str(value) if isinstance(value, int | float) else None


def _address_of(row: Mapping[str, Any], file: str, number: int, taken: Mapping[str, object]) -> str:
    said = row.get("url")
    own = f"{file}#{_text_of(row.get('_id')) or number}"
    if not isinstance(said, str) or not said.strip().lower().startswith(("http://", "https://")):
        return own
    address = canonical(said.encode("utf-8", "replace").decode())
    if not split(address).hostname:
        return own
    same = taken.get(address)
    text = clean(_text_of(row.get("text")) or "").strip()
    if same is None or (isinstance(same, tuple) and same[1] == text):
        return address
    return own


def _opening(text: str) -> str:
    line = text.partition("\n")[0]
    return line if len(line) <= _TITLE else f"{line[:_TITLE].rpartition(' ')[0] or line[:_TITLE]} …"
