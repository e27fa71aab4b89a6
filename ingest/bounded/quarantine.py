"""Records that made a reader fail: kept by the digest of what was read, not read again.

The digest holds the version of the reading: a newer reader tries them again. A list that is lost or
damaged costs that they are tried once more.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from ingest.disk import json_of, own_text, write_whole
from ingest.failures import Failure, failure_of
from ingest.values import READER, Document, Rejection


@dataclass(frozen=True, slots=True)
class Held:
    """A page that is not read: its digest, address, why, since when, and by which reader."""

    digest: str
    url: str
    reason: str
    at: str
    reader: int = READER


class Quarantine:
    """The list of one home; writes to it only what is new."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.damaged = False
        self._held = self._read()

    def get(self, digest: str) -> Held | None:
        """Return why a page is not read."""
        return self._held.get(digest)

    def all(self) -> list[Held]:
        """Return everything this reader does not read, by address."""
        return sorted(self._held.values(), key=lambda held: (held.url, held.digest))

    def hold(self, digest: str, url: str, reason: str) -> None:
        """Do not read a page again."""
        self._held[digest] = Held(digest, url, reason, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
        self._write()

    def judge(self, digest: str, url: str, results: Iterable[Document | Rejection]) -> None:
        """Do not read a page again of which this came, if its reader failed."""
        faults = [
            result.reason
            for result in results
            if isinstance(result, Rejection) and failure_of(result.reason) is Failure.READER
        ]
        if faults and self.get(digest) is None:
            self.hold(digest, url, faults[0])

    def release(self, digests: set[str]) -> None:
        """Let go of pages that are gone."""
        kept = {digest: held for digest, held in self._held.items() if digest not in digests}
        if len(kept) < len(self._held):
            self._held = kept
            self._write()

    def _read(self) -> dict[str, Held]:
        try:
            rows = json_of(own_text(self._file))["held"]
            held = [Held(**row) for row in rows]
            if not all(isinstance(entry.digest, str) for entry in held):
                raise TypeError("no digest")
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError):
            self.damaged = True
            return {}
        return {entry.digest: entry for entry in held if entry.reader == READER}

    def _write(self) -> None:
        rows = {"held": [asdict(held) for held in self.all()]}
        write_whole(self._file, json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
