"""Files of rows without single rows, so that a forgotten row leaves the archive and no other does.

A file of rows is one record of the archive. It is kept once more, without the rows, and its
records so far are forgotten.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from ingest.archive.values import Record, Resource
from ingest.archive.warc import Archive, DamagedRecordError
from ingest.links.urls import canonical
from ingest.reading.jsonl import JSONL, without_rows


@dataclass(slots=True)
class Thinned:
    """What is to be kept instead of records at ``places``.

    ``documents`` are those, as (page, document), that stand in no such file, ``empty`` the
    addresses of files of which no row is left.
    """

    instead: list[Resource] = field(default_factory=list)
    places: set[tuple[str, int]] = field(default_factory=set)
    documents: set[tuple[str, str]] = field(default_factory=set)
    empty: set[str] = field(default_factory=set)


def thinned(archive: Archive, documents: Iterable[tuple[str, str]]) -> Thinned:
    """Return what is to be kept where these documents, as (page, document), are rows of files."""
    rows: dict[str, set[str]] = defaultdict(set)
    for page, document in documents:
        rows[page].add(document)
    records: dict[str, list[Record]] = defaultdict(list)
    for record in archive.records():
        if (page := canonical(record.url)) in rows:
            records[page].append(record)
    found = Thinned()
    for page, gone in rows.items():
        if not _take(archive, page, sorted(records[page], key=lambda r: r.order), gone, found):
            found.documents |= {(page, document) for document in gone}
    return found


def _take(
    archive: Archive, page: str, records: list[Record], gone: set[str], found: Thinned
) -> bool:
    """Add what is kept of one page; False where it is no file of rows that has all of these."""
    try:
        replies = [archive.read(record) for record in records]
    except DamagedRecordError:
        return False
    if not replies or any(reply.header("Content-Type") != JSONL for reply in replies):
        return False
    before = {
        document
        for forgotten in archive.forgotten()
        for where, document in forgotten.documents
        if where == page and records[-1].order < forgotten.order
    }
    last = replies[-1]
    body = without_rows(last.body, last.url, gone | before)
    if body == last.body:
        return False
    if body.strip():
        about = records[-1].about
        found.instead.append(Resource(last.url, JSONL, body, about, last.fetched_at))
    else:
        found.empty.add(page)
    found.places |= {(record.file, record.offset) for record in records}
    return True
