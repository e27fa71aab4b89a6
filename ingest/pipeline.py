"""From the archive to documents: which record of a page counts, and what became of every address.

The whole archive is looked at, but a page is read only when its ``read`` is called: whoever keeps
documents from an earlier run skips those whose ``digest`` it knows. What comes out depends on the
records alone, never on the order they arrived in.
"""

import hashlib
import ipaddress
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from ingest.archive import Archive, Record, Reply
from ingest.catalog import is_list
from ingest.document import read_document
from ingest.robots import Robots, is_robots
from ingest.urls import canonical, kind_of, source_of
from ingest.values import READER, Document, Rejection

_MAX_REDIRECTS = 10


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the archive, not read yet.

    ``digest`` names everything its documents depend on. ``addresses`` are all canonical addresses
    that lead to it, its own among them.
    """

    url: str
    addresses: tuple[str, ...]
    digest: str
    fetched_at: str
    read: Callable[[], list[Document | Rejection]]


def pages(archive: Archive) -> Iterator[Page | Rejection]:
    """Yield every page of the archive, and a rejection for each address that leads to none.

    Pages come sorted by address. Of several records of a page the best is taken: one that was
    answered (status below 400) before one that was not, raw Markdown before a rendered page, then
    the newest.
    """
    records = list(archive.records())
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
    for url in sorted(groups):
        best = max(groups[url], key=_worth)
        digest = hashlib.sha256(f"{READER} {best.url} {best.digest}".encode()).hexdigest()
        yield Page(
            url=url,
            addresses=tuple(sorted(addresses[url])),
            digest=digest,
            fetched_at=best.fetched_at,
            read=lambda record=best: _read(archive.read(record)),  # type: ignore[misc]  # mypy cannot type a default argument
        )
    for url in sorted(set(lost) - set(groups)):
        yield Rejection(url, lost[url])


def _worth(record: Record) -> tuple[bool, bool, str, str]:
    raw = urlsplit(record.url).netloc == "raw.githubusercontent.com"
    return record.status < 400, raw, record.fetched_at, record.digest


def _robots(archive: Archive, records: list[Record]) -> Robots:
    robots = Robots()
    for record in sorted(records, key=lambda record: record.fetched_at):
        if is_robots(record.url):
            robots.learn(record.url, record.status, archive.read(record).body)
    return robots


def _follow(records: list[Record]) -> tuple[dict[str, str], dict[str, str]]:
    """Follow the archived redirects: address → where it ends, and address → why it ends nowhere."""
    steps = {
        canonical(record.url): urljoin(record.url, record.location)
        for record in sorted(records, key=lambda record: record.fetched_at)
        if 300 <= record.status < 400 and record.location
    }
    targets: dict[str, str] = {}
    lost: dict[str, str] = {}
    for start in steps:
        here, seen = start, {start}
        while here in steps:
            aim = steps[here]
            if not _is_public(aim):
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


def _is_public(url: str) -> bool:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    try:
        return ipaddress.ip_address(parts.hostname).is_global
    except ValueError:
        return parts.hostname != "localhost"


def _read(reply: Reply) -> list[Document | Rejection]:
    if reply.header("Content-Type") == "application/jsonl":
        return list(_rows(reply))
    return [read_document(reply)]


def _rows(reply: Reply) -> Iterator[Document | Rejection]:
    """Read a ``.jsonl`` file of documents, one to a line: ``_id``, ``title``, ``text``, ``url``."""
    for number, line in enumerate(reply.body.split(b"\n"), 1):
        if not line.strip():
            continue
        row = json.loads(line)
        url = row.get("url")
        address = canonical(url) if url else f"{reply.url}#{row.get('_id', number)}"
        headers = (("Content-Type", "text/plain; charset=utf-8"),)
        # read as plain text whatever its address ends in
        plain = Reply(
            f"{reply.url}.txt", 200, headers, row["text"].encode(), reply.fetched_at, True
        )
        found = read_document(plain)
        if isinstance(found, Document):
            found = replace(
                found,
                url=address,
                title=row.get("title") or found.title,
                source=source_of(address),
                kind=kind_of(address),
            )
        else:
            found = replace(found, url=address)
        yield found
