"""The home's WARC archive: what was fetched or given, byte for byte.

Knows files, records and where each record lies; knows nothing of what a page says. Imported WARC
files are kept whole; given files become ``resource`` records; what was fetched is written by
`ingest.archive.run`. Files are numbered as they arrive: that, and no clock, says what is newest.
Beside each WARC lies an index of its records, which is only a convenience: it is made again from
the WARC when it is missing or damaged. What was forgotten does not count, and its bytes go
(`ingest.archive.erase`).
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from warcio.bufferedreaders import ChunkedDataReader
from warcio.recordloader import ArcWarcRecord
from warcio.warcwriter import WARCWriter

from ingest.archive.members import TORN, Found, Unreadable, is_packed, member_at, members
from ingest.archive.seal import HEADER, Seal
from ingest.archive.values import (
    FETCHED,
    OURS,
    VISIT,
    Asked,
    Bad,
    Exchange,
    Order,
    Record,
    Reply,
    Resource,
    Visit,
)
from ingest.errors import UsageError
from ingest.links.urls import canonical

__all__ = [
    "FETCHED",
    "VISIT",
    "Archive",
    "Asked",
    "Bad",
    "DamagedRecordError",
    "Exchange",
    "Forgotten",
    "Record",
    "Reply",
    "Resource",
    "Visit",
    "digest_of",
    "index_of",
    "is_imported",
    "order_of",
    "reply_row",
    "settle",
    "write_index",
]

_INDEX_FORMAT = 3
VISITS = "refdesk:visit/"
"""What the address of the record of a visit begins with."""

_FORGOTTEN = "refdesk:forgotten/"
_INDEX = ".index.jsonl"
_GIVEN = "given-"
_IMPORTED = "imported-"
_NUMBERED = re.compile(r"(?:given|fetched|imported)-(\d{6,9})-.+")
_MOST_ADDRESS = 16_384  # characters
_NO_PAGE = ("dns:", "whois:", "ntp:")


class DamagedRecordError(ValueError):
    """A record of the archive is no longer what it was when it was kept."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What no longer counts, as far as it arrived before ``order``.

    ``addresses`` are canonical addresses of pages, ``documents`` single documents of a page
    that holds several, as (page, document), ``files`` names of archive files, ``places`` records
    by (file, offset).
    """

    addresses: frozenset[str] = frozenset()
    documents: frozenset[tuple[str, str]] = frozenset()
    files: frozenset[str] = frozenset()
    places: frozenset[tuple[str, int]] = frozenset()
    order: Order = (0, "", 0)

    def covers(self, url: str, file: str, offset: int, order: Order) -> bool:
        """Say whether a record was forgotten."""
        return order < self.order and (
            file in self.files or (file, offset) in self.places or canonical(url) in self.addresses
        )


class Archive:
    """The WARC files of one home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read_rows: dict[str, tuple[tuple[object, ...], list[dict[str, Any]]]] = {}

    @cached_property
    def seal(self) -> Seal:
        """What says which records this home wrote."""
        return Seal(self.folder)

    def records(self) -> Iterator[Record]:
        """Yield every reply in the archive that counts, file by file in order of name.

        A reply whose body was not kept again (a ``revisit``) is one like any other; one whose first
        copy is not here is passed over.
        """
        lines = [line for warc in self._files() for line in self._indexed(warc)]
        places = {
            (line["url"], line["fetched_at"]): line
            for line in lines
            if "status" in line and "refers" not in line
        }
        gone = self._forgotten(lines)
        for line in lines:
            if "status" not in line:
                continue
            found = {name: value for name, value in line.items() if name != "forgotten"}
            first = places.get(tuple(found.pop("refers", ())))
            if first is not None:
                found |= {"digest": first["digest"], "length": first["length"]}
                found["payload"] = (first["file"], first["offset"])
            if not found["digest"]:
                continue
            record = Record(**found, order=order_of(found["file"], found))
            if not _is_gone(gone, record.url, record.file, record.offset, record.order):
                yield record

    def visits(self, *, forgotten: bool = False) -> dict[str, list[Visit]]:
        """Return the finished visits of each page, oldest first; with ``forgotten`` those too."""
        found: dict[str, list[Visit]] = {}
        lines = [line for warc in self._files() for line in self._indexed(warc)]
        gone = [] if forgotten else self._forgotten(lines)
        for line in lines:
            if "requests" in line:
                asked = tuple(Asked(**each) for each in line["requests"])
                order = order_of(line["file"], {**line, "fetched_at": line["at"]})
                visit = Visit(line["url"], line["at"], asked, order)
                if not _is_gone(gone, visit.url, line["file"], line["offset"], order):
                    found.setdefault(visit.url, []).append(visit)
        for visits in found.values():
            visits.sort(key=lambda visit: visit.order)
        return found

    def bad(self) -> list[Bad]:
        """Return every record that is there and does not count, unless it was forgotten."""
        lines = [line for warc in self._files() for line in self._indexed(warc)]
        gone = self._forgotten(lines)
        found = []
        for line in lines:
            if "bad" in line:
                order = order_of(line["file"], line)
                url = line["url"] or f"warc:{line['file']}@{line['offset']}"
                bad = Bad(url, line["bad"], line["file"], line["offset"], line["damaged"], order)
                if not _is_gone(gone, line["url"], bad.file, bad.offset, order):
                    found.append(bad)
        return found

    def forgotten(self) -> list[Forgotten]:
        """Return what was forgotten, oldest first."""
        return self._forgotten([line for warc in self._files() for line in self._indexed(warc)])

    def _forgotten(self, lines: Iterable[Mapping[str, Any]]) -> list[Forgotten]:
        found = []
        for line in lines:
            if "forgotten" not in line:
                continue
            said = line["forgotten"]
            found.append(
                Forgotten(
                    frozenset(said["addresses"]),
                    frozenset((page, document) for page, document in said["documents"]),
                    frozenset(said["files"]),
                    frozenset((file, offset) for file, offset in said["places"]),
                    order_of(line["file"], line),
                )
            )
        return sorted(found, key=lambda each: each.order)

    def lost(self) -> list[str]:
        """Return the names of files that are gone or empty, as far as indexes tell of them."""
        told = {index.name.removesuffix(_INDEX) for index in self.folder.glob(f"*{_INDEX}")}
        there = {warc.name for warc in self._files()}
        return sorted(name for name in told - there if not self.is_forgotten(name))

    def is_forgotten(self, file: str, offset: int = 0) -> bool:
        """Say whether a whole file was forgotten, or what stands at a place of it."""
        order = order_of(file, {"offset": offset})
        return _is_gone(self.forgotten(), "", file, offset, order)

    def forget(
        self,
        *,
        addresses: Collection[str] = (),
        documents: Collection[tuple[str, str]] = (),
        files: Collection[str] = (),
        places: Collection[tuple[str, int]] = (),
    ) -> None:
        """Let what is named, as far as it is here now, count no longer; see `Forgotten`."""
        said = {
            "addresses": sorted(addresses),
            "documents": sorted(documents),
            "files": sorted(files),
            "places": sorted(places),
        }
        number = self.next_number()
        body = json.dumps(said, ensure_ascii=False).encode()
        self.add([Resource(f"{_FORGOTTEN}{number}", "application/json", body)])

    def read(self, record: Record) -> Reply:
        """Read one reply back from the archive.

        Raises:
            DamagedRecordError: it is no longer what was kept.
        """
        reply = self._read(record.file, record.offset)
        if record.payload is not None:
            reply = replace(reply, body=self._read(*record.payload).body)
        if digest_of(reply.body) != record.digest:
            raise DamagedRecordError(
                f"{record.file} no longer holds what it held at {record.offset}"
            )
        # what scanning made of them counts
        return replace(reply, url=record.url, fetched_at=record.fetched_at)

    def _read(self, file: str, offset: int) -> Reply:
        found = member_at(self.folder / file, offset)
        if isinstance(found, Unreadable):
            raise DamagedRecordError(f"{file}: {found.reason}")
        return _reply(found.record)

    def mend(self) -> list[str]:
        """Cut off what a crash left half-written; return the names of the files that were cut.

        Only the one who may write to the home may call this.
        """
        cut = []
        for partial in self.folder.glob("*.part"):
            partial.unlink()
        for warc in self.folder.glob(f"{FETCHED}*.warc.gz"):
            if self._fresh_index(warc) is not None:
                continue
            if not warc.stat().st_size and not index_of(warc).exists():
                warc.unlink()  # begun, and killed before the first reply came
                continue
            end = _whole_bytes(warc)
            if end < warc.stat().st_size and _only_torn(warc, end):
                with warc.open("rb+") as stream:
                    stream.truncate(end)
                cut.append(warc.name)
        return cut

    def next_number(self) -> int:
        """Return the number of the next file to arrive; one that is lost keeps its own."""
        names = [warc.name for warc in self.folder.glob("*.warc*")]
        return 1 + max(map(_number, names), default=0)

    def _all(self) -> list[Path]:
        return [w for w in self.folder.glob("*.warc*") if w.name.endswith((".warc", ".warc.gz"))]

    def _files(self) -> list[Path]:
        return sorted(warc for warc in self._all() if warc.stat().st_size)

    def files(self) -> list[Path]:
        """Return the WARC files, in order of name."""
        return self._files()

    def import_warc(self, path: Path) -> int:
        """Keep a copy of a WARC file, once; return how many replies it holds.

        Records in it that are whole and malformed do not count, and are reported (see `bad`).

        Raises:
            UsageError: the file is not a whole WARC file. Nothing is kept then.
        """
        records = _check(path)
        digest = _file_digest(path)[:16]
        ending = f".warc{'.gz' * is_packed(path)}"
        there = self.imported(digest)
        target = self.folder / f"{_IMPORTED}{self.next_number():06d}-{digest}{ending}"
        if there is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            partial = target.with_suffix(".part")
            shutil.copyfile(path, partial)
            settle(partial, target)
        elif any(each.order[0] > _number(there.name) for each in self.forgotten()):
            # it arrives again: what was forgotten of it, and is no longer there, counts once more
            partial = target.with_suffix(".part")
            shutil.copyfile(path, partial)
            settle(partial, target)
            index_of(there).unlink(missing_ok=True)
            there.unlink()
        return records

    def imported(self, digest: str) -> Path | None:
        """Return the imported file whose name carries the beginning of this SHA-256."""
        found = [w for w in self._all() if re.fullmatch(rf"{_IMPORTED}(\d+-)?{digest}\..+", w.name)]
        return found[0] if found else None

    def add(self, resources: Iterable[Resource]) -> int:
        """Keep given files as resource records; return how many were not yet there as they are."""
        newest: dict[str, Record] = {}
        for record in self.records():
            if record.url not in newest or record.order >= newest[record.url].order:
                newest[record.url] = record
        known = {(url, record.digest) for url, record in newest.items()}
        new = [item for item in resources if (item.url, digest_of(item.body)) not in known]
        if not new:
            return 0
        self.folder.mkdir(parents=True, exist_ok=True)
        self.seal.ready()
        stamp = datetime.now(UTC)
        date = f"{stamp:%Y-%m-%dT%H:%M:%S.%fZ}"
        name = f"{_GIVEN}{self.next_number():06d}-{stamp:%Y%m%dT%H%M%S%f}.warc.gz"
        partial = self.folder / f"{name}.part"
        with partial.open("wb") as stream:
            writer = WARCWriter(stream, gzip=True, warc_version="1.1")
            for item in new:
                heads = {"WARC-Date": date}
                if item.url.startswith(OURS):
                    # as it will be read: warcio mends addresses
                    address = item.url.replace(" ", "%20")
                    heads[HEADER] = self.seal.of(address, date, digest_of(item.body))
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
        settle(partial, self.folder / name)
        return len(new)

    def _indexed(self, warc: Path) -> list[dict[str, Any]]:
        """Return a row per record of one file, from its index, made anew where there is none."""
        status = warc.stat()
        key = (status.st_size, status.st_mtime_ns, self._trust(warc.name))
        if warc.name in self._read_rows and self._read_rows[warc.name][0] == key:
            return self._read_rows[warc.name][1]
        rows = self._fresh_index(warc)
        if rows is None:
            rows = list(self.scan(warc))
            self.write_index(warc, rows)
        self._read_rows[warc.name] = key, rows
        return rows

    def write_index(self, warc: Path, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write the index of a file, where the home can be written to."""
        # it is a convenience: a home that is only read, or full, does without
        with contextlib.suppress(OSError):
            write_index(warc, rows, self._trust(warc.name))

    def _trust(self, name: str) -> str:
        return f"{self.seal.trust} {'whole' if self.seal.adopts(name) else ''}".strip()

    def _fresh_index(self, warc: Path) -> list[dict[str, Any]] | None:
        """Read the index of a file, unless there is none or it or the file has changed since."""
        try:
            head, _, body = index_of(warc).read_bytes().partition(b"\n")
            if json.loads(head) == _stamp(warc, self._trust(warc.name), body):
                return [json.loads(line) for line in body.splitlines()]
        except (OSError, ValueError):
            pass
        return None

    def indexed(self, warc: Path) -> list[dict[str, Any]] | None:
        """Return the rows of the index of a file as it is, None where it is lost or damaged."""
        return self._fresh_index(warc)

    def scan(self, warc: Path) -> Iterator[dict[str, Any]]:
        """Yield a row per record of one file, read from the file itself.

        Here is decided which records count: those that can be read, have an address, and speak for
        refdesk itself only if this home wrote them.
        """
        whole = self.seal.adopts(warc.name)
        for found in members(warc):
            place = {"file": warc.name, "offset": found.offset}
            if isinstance(found, Unreadable):
                yield _bad("", found.reason, place, damaged=found.damaged)
                continue
            head = found.record.rec_headers
            try:
                row = _row(found, place)
            except ValueError as error:
                named = head.get_header("WARC-Target-URI") or ""
                yield _bad(named if _is_sound(named) else "", str(error), place, damaged=False)
                continue
            if row is None:
                continue
            if (row["url"].startswith(OURS) or "requests" in row) and not whole:
                signed = row.pop("signed", row["url"])
                date = row.get("at", row.get("fetched_at", ""))
                said = head.get_header(HEADER)
                digest = row.pop("body", row.get("digest", ""))
                if not self.seal.holds(signed, date, digest, said):
                    reason = "speaks for refdesk itself, and this home did not write it"
                    yield _bad(signed, reason, place, damaged=False)
                    continue
            row.pop("signed", None)
            row.pop("body", None)
            row["url"] = self.named_here(warc.name, row["url"])
            yield row

    def named_here(self, file: str, url: str) -> str:
        """Return how an address that stands in a file of the archive is called in this home.

        Files of another machine are not this one's, whatever they are called.
        """
        if file.startswith((_GIVEN, FETCHED)) or not url.startswith("file:"):
            return url
        space = re.sub(r"-[0-9]{6,9}-", "-", file.split(".")[0])
        return f"file://{space}/{url.removeprefix('file:').lstrip('/')}"


def write_index(warc: Path, rows: Iterable[Mapping[str, Any]], trust: str) -> None:
    """Write the index of a WARC file: a row of plain values per record.

    Its first line says what it depends on: the file, whom it trusts (`Seal`), the rows themselves.
    """
    index = index_of(warc)
    partial = index.with_suffix(".part")
    body = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    with partial.open("wb") as out:
        out.write(json.dumps(_stamp(warc, trust, body)).encode() + b"\n" + body)
    settle(partial, index)


def digest_of(body: bytes) -> str:
    """Return the hex SHA-256 by which equal bodies are known."""
    return hashlib.sha256(body).hexdigest()


def order_of(file: str, row: Mapping[str, Any]) -> Order:
    """Return when the record of an index row arrived in its archive."""
    number = _number(file)
    dated = not number or file.startswith(_IMPORTED)
    return number, row.get("fetched_at") or "" if dated else "", row["offset"]


def is_imported(file: str) -> bool:
    """Say whether an archive file was made elsewhere."""
    return file.startswith(_IMPORTED)


def _is_gone(gone: Iterable[Forgotten], url: str, file: str, offset: int, order: Order) -> bool:
    return any(each.covers(url, file, offset, order) for each in gone)


def _number(name: str) -> int:
    found = _NUMBERED.fullmatch(name)
    return int(found[1]) if found else 0


def index_of(warc: Path) -> Path:
    """Return where the index of a WARC file stands."""
    return warc.with_name(f"{warc.name}{_INDEX}")


def _stamp(warc: Path, trust: str, body: bytes) -> dict[str, Any]:
    size = warc.stat().st_size
    return {"format": _INDEX_FORMAT, "bytes": size, "trust": trust, "rows": digest_of(body)}


def _bad(url: str, reason: str, place: Mapping[str, Any], *, damaged: bool) -> dict[str, Any]:
    return {"bad": reason, "url": url, "damaged": damaged, **place}


def _row(found: Found, place: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the row of a record, or None if it is of a kind that is passed over.

    Raises:
        ValueError: it is malformed; the message says how.
    """
    record = found.record
    head = record.rec_headers
    if record.rec_type == "metadata" and head.get_header("Content-Type") == VISIT:
        return _visit_row(record, place)
    if record.rec_type not in ("response", "resource", "revisit"):
        return None
    if record.rec_type == "revisit" and not record.http_headers:
        return None
    if (head.get_header("WARC-Target-URI") or "").lower().startswith(_NO_PAGE):
        return None
    reply = _reply(record)
    row = reply_row(reply, place["file"], place["offset"])
    if reply.url.startswith(_FORGOTTEN):
        row["forgotten"] = _forgotten(reply.body)
    if record.rec_type == "revisit":
        row["digest"] = ""
        row["refers"] = [
            (head.get_header("WARC-Refers-To-Target-URI") or "").strip("<>"),
            _date(head.get_header("WARC-Refers-To-Date")),
        ]
    if found.cut:
        raise ValueError("too large")
    return row


def _visit_row(record: ArcWarcRecord, place: Mapping[str, Any]) -> dict[str, Any]:
    body = record.raw_stream.read()
    try:
        said = json.loads(body)
        visit = Visit(said["url"], said["at"], tuple(Asked(**each) for each in said["requests"]))
        datetime.fromisoformat(visit.at).astimezone(UTC)
        texts = [visit.url, *(t for a in visit.requests for t in (a.url, a.reply_url, a.reply_at))]
        if not all(isinstance(text, str) for text in texts):
            raise ValueError("no addresses")
        if not all(
            asked.reason is None or isinstance(asked.reason, str) for asked in visit.requests
        ):
            raise ValueError("no reasons")
    except (ValueError, KeyError, TypeError, OverflowError, AttributeError) as error:
        raise ValueError("malformed: the record of a visit cannot be read") from error
    row = asdict(visit)
    row.pop("order")
    return row | dict(place) | {"signed": f"{VISITS}{visit.url}", "body": digest_of(body)}


def _forgotten(body: bytes) -> dict[str, Any]:
    try:
        said: dict[str, Any] = json.loads(body)
        texts = [*said["addresses"], *said["files"]]
        texts += [part for pair in said["documents"] for part in pair]
        if not all(isinstance(text, str) for text in texts):
            raise TypeError("no text")
        places = [(file, int(offset)) for file, offset in said["places"]]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError("malformed: what was forgotten cannot be read") from error
    return {**said, "places": places}


def reply_row(reply: Reply, file: str, offset: int) -> dict[str, Any]:
    """Return the row of an index for a reply that lies at ``offset`` of ``file``."""
    return {
        "url": reply.url,
        "status": reply.status,
        "location": reply.header("Location"),
        "fetched_at": reply.fetched_at,
        "digest": digest_of(reply.body),
        "length": len(reply.body),
        "file": file,
        "offset": offset,
    }


def _whole_bytes(warc: Path) -> int:
    """Return how many bytes of a ``.warc.gz`` are whole members."""
    end = 0
    for found in members(warc):
        if isinstance(found, Unreadable) and found.damaged:
            break
        end = found.offset + found.length
    return end


def _only_torn(warc: Path, end: int) -> bool:
    """Say whether nothing but one torn record follows, as a crash leaves it."""
    return [isinstance(e, Unreadable) and e.reason == TORN for e in members(warc, end)] == [True]


def _reply(record: ArcWarcRecord) -> Reply:
    """Read a reply.

    Raises:
        ValueError: it is malformed; the message says how.
    """
    url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
    if not _is_sound(url):
        raise ValueError("malformed: it has no address that can be read")
    date = _date(record.rec_headers.get_header("WARC-Date"))
    if record.rec_type == "resource":
        media = record.rec_headers.get_header("Content-Type") or "application/octet-stream"
        body = record.raw_stream.read()
        return Reply(url, 200, (("Content-Type", media),), body, date, resource=True)
    if not record.http_headers:
        raise ValueError("malformed: it has no HTTP head")
    headers = tuple(
        (str(name), _encodable(str(value))) for name, value in record.http_headers.headers
    )
    stream = record.raw_stream
    if (record.http_headers.get_header("Transfer-Encoding") or "").lower() == "chunked":
        stream = ChunkedDataReader(stream)
    said = record.http_headers.get_statuscode() or ""
    if not re.fullmatch(r"[1-9][0-9]{2}", said):
        raise ValueError("malformed: its status is no number")
    try:
        body = stream.read()
    except Exception as error:  # warcio's own, and what unpacking raises
        raise ValueError("malformed: its body cannot be put together") from error
    return Reply(url, int(said), headers, body, date)


def _is_sound(url: str) -> bool:
    """Say whether an address can be taken apart, stored and shown."""
    if not url or len(url) > _MOST_ADDRESS or any(char.isspace() or ord(char) < 32 for char in url):
        return False
    try:
        parts = urlsplit(url)
        _ = parts.hostname, parts.port
        url.encode()
    except ValueError:
        return False
    return bool(parts.scheme)


def _date(said: str | None) -> str:
    """Return a date as it is written, or nothing where it is none."""
    try:
        datetime.fromisoformat(said or "").astimezone(UTC)
    except (ValueError, OverflowError):
        return ""
    return said or ""


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _check(path: Path) -> int:
    """Read a WARC file through and count its replies; raise UsageError unless it is whole."""
    records = 0
    try:
        found = list(_kinds(path))
    except FileNotFoundError:
        raise UsageError(f"There is no file {path}.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    except zlib.error as error:
        found = [(False, str(error))]
    for good, reason in found:
        if reason is not None:
            raise UsageError(
                f"{path} is not a whole WARC file: {reason}. "
                "Nothing was taken in; get a complete copy and ingest that."
            )
        records += good
    if not records:
        raise UsageError(f"{path} holds no page: a WARC file with response records is needed.")
    return records


def _kinds(path: Path) -> Iterator[tuple[bool, str | None]]:
    """Yield of every record whether it is a page, and what is damaged of it."""
    for found in members(path):
        if isinstance(found, Unreadable):
            yield False, f"at byte {found.offset} {found.reason}" if found.damaged else None
        else:
            yield found.record.rec_type in ("response", "resource"), None


def _file_digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def settle(partial: Path, target: Path) -> None:
    """Make a finished file durable under its name, all at once."""
    with partial.open("rb+") as stream:
        os.fsync(stream.fileno())
    partial.replace(target)
