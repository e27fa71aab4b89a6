"""A page of the archive: its copies as plain values, and reading them to documents."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from ingest.archive.values import Order, Record, Reply
from ingest.archive.warc import Archive, DamagedRecordError
from ingest.reading import about
from ingest.reading.document import read_document
from ingest.reading.jsonl import JSONL, read_rows
from ingest.sites.registry import source_for
from ingest.sites.wayback import as_original
from ingest.values import Document, Rejection


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
class Copy:
    """One state of a page: its records by the address asked for, and why others are missing."""

    records: Mapping[str, Record]
    missing: Mapping[str, str] = field(default_factory=dict)

    @property
    def order(self) -> Order:
        """When the last of its records arrived."""
        return max(record.order for record in self.records.values())

    @property
    def key(self) -> str:
        """What is the same for copies that say the same: every address asked for, and its reply."""
        lines = [
            f"{asked} {record.url} {record.status} {record.digest} {record.about}".rstrip()
            for asked, record in sorted(self.records.items())
        ]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Reading:
    """What it takes to read a page of an archive: its copies, oldest first, as plain values.

    ``dropped`` are addresses of documents in it that were forgotten.
    """

    folder: Path
    url: str
    copies: tuple[Copy, ...]
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
            Copy(
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
    return Reading(folder, url, (Copy(records),))


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


def _read(url: str, replies: Mapping[str, Reply | Rejection]) -> list[Document | Rejection]:
    only = next(iter(replies.values()))
    if isinstance(only, Reply) and only.resource:
        if only.header("Content-Type") == JSONL:
            return list(read_rows(only))
        return [about.told(read_document(only), only)]
    return [source_for(url).read(url, replies)]
