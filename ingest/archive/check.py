"""What of an archive is not as it was written, and putting right what can be without any loss."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ingest.archive.erase import holds_erased
from ingest.archive.warc import Archive
from ingest.values import Damage

_REPAIR = "`refdesk check --repair`"
_IMPORTED = re.compile(r"imported-(?:\d+-)?([0-9a-f]{16})\.warc(?:\.gz)?")


def damages(archive: Archive) -> Iterator[Damage]:
    """Yield every damage of an archive, file by file; every byte of it is read."""
    for name, what in archive.seal.damage:
        yield Damage(f"archive/{name}", what, f"{_REPAIR} makes it anew")
    for left in sorted(archive.folder.glob("*.part")):
        yield Damage(f"archive/{left.name}", "left half-written", f"{_REPAIR} removes it")
    for name in archive.lost():
        yield Damage(
            f"archive/{name}",
            "the file is gone or empty",
            f"what it held is lost: give it or fetch it again, and let go of the rest by "
            f"`refdesk forget {name}`",
            repairable=False,
        )
    for warc in archive.files():
        rows = plain(archive.indexes.scan(warc))
        if archive.indexes.kept(warc) != rows:
            yield Damage(
                f"archive/{warc.name}.index.jsonl",
                "lost, damaged or of another version of refdesk",
                f"{_REPAIR} makes it anew",
            )
        harmed = [row for row in rows if row.get("damaged")]
        harmed = [row for row in harmed if not archive.is_forgotten(warc.name, row["offset"])]
        if not any(row.get("damaged") for row in rows) and (
            match := _IMPORTED.fullmatch(warc.name)
        ):
            same = archive.sha256(warc.name).startswith(match[1])
            if (
                not same
                and not archive.is_forgotten(warc.name)
                and not holds_erased(archive, warc.name)
            ):
                yield Damage(
                    f"archive/{warc.name}",
                    "its bytes are not those that were imported",
                    f"`refdesk forget {warc.name}` lets go of it, then ingest the original again",
                    repairable=False,
                )
        for row in harmed:
            place = f"warc:{warc.name}@{row['offset']}"
            yield Damage(
                f"archive/{warc.name} at byte {row['offset']}",
                row["bad"],
                f"what stood there is lost: give it or fetch it again, and let go of the rest by "
                f"`refdesk forget {place}`",
                repairable=False,
            )


def plain(rows: Iterable[Mapping[str, Any]]) -> list[Any]:
    """Return rows as they come back from an index."""
    return [json.loads(json.dumps(row)) for row in rows]


def repair(archive: Archive) -> None:
    """Put right what can be; the caller holds the home's write lock."""
    archive.mend()
    if archive.seal.damage:
        archive.seal.ready()
    index_as_it_is(archive)


def index_as_it_is(archive: Archive) -> None:
    """Write every index anew that does not say what stands in its file, whose size may be the same.

    The caller holds the home's write lock.
    """
    for warc in archive.files():
        rows = plain(archive.indexes.scan(warc))
        if archive.indexes.kept(warc) != rows:
            archive.indexes.write(warc.name, warc.size, rows)
