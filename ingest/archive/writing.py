"""What is written to an archive at a person's wish: given files, WARC files, what is forgotten.

Files are made whole before they are named; what a run fetches is written by `ingest.archive.run`.
Only the one who may write to the home may call this.
"""

import json
import re
import shutil
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from warcio.warcwriter import WARCWriter

from ingest.archive.files import GIVEN, IMPORTED, count_replies, digest_of, number_of
from ingest.archive.members import is_packed
from ingest.archive.records import FORGOTTEN
from ingest.archive.seal import HEADER
from ingest.archive.values import ABOUT, OURS, Record, Resource
from ingest.archive.warc import Archive
from ingest.disk import settle, sha256_of


def add(archive: Archive, resources: Iterable[Resource]) -> int:
    """Keep given files as resource records; return how many were not yet there as they are."""
    newest: dict[str, Record] = {}
    for record in archive.records():
        if record.url not in newest or record.order >= newest[record.url].order:
            newest[record.url] = record
    known = {(url, record.digest, record.about) for url, record in newest.items()}
    new = [item for item in resources if (item.url, digest_of(item.body), item.about) not in known]
    if not new:
        return 0
    archive.folder.mkdir(parents=True, exist_ok=True)
    archive.seal.ready()
    stamp = datetime.now(UTC)
    date = f"{stamp:%Y-%m-%dT%H:%M:%S.%fZ}"
    name = f"{GIVEN}{archive.next_number():06d}-{stamp:%Y%m%dT%H%M%S%f}.warc.gz"
    partial = archive.folder / f"{name}.part"
    with partial.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True, warc_version="1.1")
        for item in new:
            heads = {"WARC-Date": item.at or date, **({ABOUT: item.about} if item.about else {})}
            if item.url.startswith(OURS):
                # as it will be read: warcio mends addresses
                address = item.url.replace(" ", "%20")
                heads[HEADER] = archive.seal.of(address, heads["WARC-Date"], digest_of(item.body))
            writer.write_record(
                writer.create_warc_record(
                    item.url,
                    "resource",
                    payload=BytesIO(item.body),
                    length=len(item.body),
                    warc_content_type=item.media_type,
                    warc_headers_dict=heads,
                )
            )
    settle(partial, archive.folder / name)
    archive.ship(name)
    return len(new)


def import_warc(archive: Archive, path: Path) -> int:
    """Keep a copy of a WARC file, once; return how many replies it holds.

    Records in it that are whole and malformed do not count, and are reported (see `Archive.bad`).

    Raises:
        UsageError: the file is not a whole WARC file. Nothing is kept then.
    """
    records = count_replies(path)
    digest = sha256_of(path)[:16]
    with path.open("rb") as given:
        ending = f".warc{'.gz' * is_packed(given.read(2))}"
    there = imported(archive, digest)
    target = archive.folder / f"{IMPORTED}{archive.next_number():06d}-{digest}{ending}"
    if there is None:
        archive.folder.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(".part")
        shutil.copyfile(path, partial)
        settle(partial, target)
        archive.ship(target.name)
    elif any(forgotten.order[0] > number_of(there) for forgotten in archive.forgotten()):
        # it arrives again: what was forgotten of it, and is no longer there, counts once more
        partial = target.with_suffix(".part")
        shutil.copyfile(path, partial)
        settle(partial, target)
        archive.ship(target.name)
        archive.remove(there)
    return records


def imported(archive: Archive, digest: str) -> str | None:
    """Return the name of the imported file that carries the beginning of this SHA-256."""
    names = [warc.name for warc in archive.files()]
    return next((n for n in names if re.fullmatch(rf"{IMPORTED}(\d+-)?{digest}\..+", n)), None)


def forget(
    archive: Archive,
    *,
    addresses: Collection[str] = (),
    documents: Collection[tuple[str, str]] = (),
    files: Collection[str] = (),
    places: Collection[tuple[str, int]] = (),
    instead: Iterable[Resource] = (),
) -> None:
    """Let what is named, as far as it is here now, count no longer; see `Forgotten`.

    ``instead`` is kept with it, in one file: both are there, or neither is.
    """
    said = {
        "addresses": sorted(addresses),
        "documents": sorted(documents),
        "files": sorted(files),
        "places": sorted(places),
    }
    number = archive.next_number()
    body = json.dumps(said, ensure_ascii=False).encode()
    add(archive, [*instead, Resource(f"{FORGOTTEN}{number}", "application/json", body)])
