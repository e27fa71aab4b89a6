"""The home's WARC archive: what was fetched or given, byte for byte.

Knows files, records and where each record lies; knows nothing of what a page says. Imported WARC
files are kept whole; given files become ``resource`` records; what was fetched is written by
`archive_run`. Beside each WARC lies an index of its records, which is only a convenience: it is
made again from the WARC when it is missing.
"""

import gzip
import hashlib
import json
import os
import shutil
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeadersParserException
from warcio.warcwriter import WARCWriter

from ingest.archive.values import (
    FETCHED,
    VISIT,
    Asked,
    Exchange,
    Record,
    Reply,
    Resource,
    Visit,
)
from ingest.errors import UsageError

__all__ = [
    "FETCHED",
    "VISIT",
    "Archive",
    "Asked",
    "Exchange",
    "Record",
    "Reply",
    "Resource",
    "Visit",
    "digest_of",
    "reply_row",
    "write_index",
]

_INDEX_FORMAT = 2


class Archive:
    """The WARC files of one home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def records(self) -> Iterator[Record]:
        """Yield every reply in the archive, file by file in order of name.

        A reply whose body was not kept again (a ``revisit``) is one like any other; one whose first
        copy is not here is passed over.
        """
        lines = [line for warc in self._files() for line in self._indexed(warc)]
        places = {
            (line["url"], line["fetched_at"]): line
            for line in lines
            if "status" in line and "refers" not in line
        }
        for line in lines:
            if "status" not in line:
                continue
            first = places.get(tuple(line.pop("refers", ())))
            if first is not None:
                line["digest"] = first["digest"]
                line["payload"] = (first["file"], first["offset"])
            if line["digest"]:
                yield Record(**line)

    def visits(self) -> dict[str, list[Visit]]:
        """Return the finished visits of each page, oldest first."""
        found: dict[str, list[Visit]] = {}
        for warc in self._files():
            for line in self._indexed(warc):
                if "requests" in line:
                    asked = tuple(Asked(**each) for each in line["requests"])
                    visit = Visit(line["url"], line["at"], asked)
                    found.setdefault(visit.url, []).append(visit)
        for visits in found.values():
            visits.sort(key=lambda visit: visit.at)
        return found

    def read(self, record: Record) -> Reply:
        """Read one reply back from the archive."""
        reply = self._read(record.file, record.offset)
        if record.payload is not None:
            reply = replace(reply, body=self._read(*record.payload).body)
        return reply

    def _read(self, file: str, offset: int) -> Reply:
        with (self.folder / file).open("rb") as stream:
            stream.seek(offset)
            for found in ArchiveIterator(stream):
                return _reply(found)
        raise UsageError(f"The archive file {file} no longer holds what its index says.")

    def mend(self) -> list[str]:
        """Cut off what a crash left half-written; return the names of the files that were cut.

        Only the one who may write to the home may call this.
        """
        cut = []
        for warc in self.folder.glob(f"{FETCHED}*.warc.gz"):
            if self._fresh_index(warc) is not None:
                continue
            end = _whole_bytes(warc)
            if end < warc.stat().st_size:
                with warc.open("rb+") as stream:
                    stream.truncate(end)
                cut.append(warc.name)
        return cut

    def _files(self) -> list[Path]:
        return sorted(
            warc
            for warc in self.folder.glob("*.warc*")
            if warc.name.endswith((".warc", ".warc.gz")) and warc.stat().st_size
        )

    def import_warc(self, path: Path) -> int:
        """Keep a copy of a WARC file, once; return how many replies it holds.

        Raises:
            UsageError: the file is not a whole WARC file. Nothing is kept then.
        """
        records = _check(path)
        target = self.folder / f"imported-{_file_digest(path)[:16]}.warc{'.gz' * _is_gzip(path)}"
        if not target.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            partial = target.with_suffix(".part")
            shutil.copyfile(path, partial)
            _settle(partial, target)
        return records

    def add(self, resources: Iterable[Resource]) -> int:
        """Keep given files as resource records; return how many were not yet there as they are."""
        newest: dict[str, Record] = {}
        for record in self.records():
            if record.url not in newest or record.fetched_at >= newest[record.url].fetched_at:
                newest[record.url] = record
        known = {(url, record.digest) for url, record in newest.items()}
        new = [item for item in resources if (item.url, digest_of(item.body)) not in known]
        if not new:
            return 0
        self.folder.mkdir(parents=True, exist_ok=True)
        stamp = datetime.now(UTC)
        name = f"given-{stamp:%Y%m%dT%H%M%S%f}.warc.gz"
        partial = self.folder / f"{name}.part"
        with partial.open("wb") as stream:
            writer = WARCWriter(stream, gzip=True, warc_version="1.1")
            for item in new:
                writer.write_record(
                    writer.create_warc_record(
                        item.url,
                        "resource",
                        payload=BytesIO(item.body),
                        length=len(item.body),
                        warc_content_type=item.media_type,
                        warc_headers_dict={"WARC-Date": f"{stamp:%Y-%m-%dT%H:%M:%S.%fZ}"},
                    )
                )
        _settle(partial, self.folder / name)
        return len(new)

    def _indexed(self, warc: Path) -> list[dict[str, Any]]:
        """Return a row per record of one file, from its index, made anew where there is none."""
        rows = self._fresh_index(warc)
        if rows is None:
            rows = list(_scan(warc))
            write_index(warc, rows)
        return rows

    def _fresh_index(self, warc: Path) -> list[dict[str, Any]] | None:
        """Read the index of a file, unless there is none or the file has changed since."""
        try:
            with _index_of(warc).open(encoding="utf-8") as lines:
                if json.loads(next(lines, "{}")) == _stamp(warc):
                    return [json.loads(line) for line in lines]
        except FileNotFoundError:
            pass
        return None


def write_index(warc: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write the index of a WARC file: a row of plain values per record."""
    index = _index_of(warc)
    partial = index.with_suffix(".part")
    with partial.open("w", encoding="utf-8") as out:
        out.write(json.dumps(_stamp(warc)) + "\n")
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    _settle(partial, index)


def digest_of(body: bytes) -> str:
    """Return the hex SHA-256 by which equal bodies are known."""
    return hashlib.sha256(body).hexdigest()


def _index_of(warc: Path) -> Path:
    return warc.with_name(f"{warc.name}.index.jsonl")


def _stamp(warc: Path) -> dict[str, int]:
    return {"format": _INDEX_FORMAT, "bytes": warc.stat().st_size}


def _scan(warc: Path) -> Iterator[dict[str, Any]]:
    with warc.open("rb") as stream:
        iterator = ArchiveIterator(stream)
        for found in iterator:
            head = found.rec_headers
            if found.rec_type == "metadata" and head.get_header("Content-Type") == VISIT:
                yield json.loads(found.raw_stream.read())
            if found.rec_type not in ("response", "resource", "revisit"):
                continue
            if found.rec_type == "revisit" and not found.http_headers:
                continue
            reply = _reply(found)
            row = reply_row(reply, warc.name, iterator.get_record_offset())
            if found.rec_type == "revisit":
                row["digest"] = ""
                row["refers"] = [
                    (head.get_header("WARC-Refers-To-Target-URI") or "").strip("<>"),
                    head.get_header("WARC-Refers-To-Date"),
                ]
            yield row


def reply_row(reply: Reply, file: str, offset: int) -> dict[str, Any]:
    """Return the row of an index for a reply that lies at ``offset`` of ``file``."""
    return {
        "url": reply.url,
        "status": reply.status,
        "location": reply.header("Location"),
        "fetched_at": reply.fetched_at,
        "digest": digest_of(reply.body),
        "file": file,
        "offset": offset,
    }


def _whole_bytes(warc: Path) -> int:
    """Return how many bytes of a ``.warc.gz`` are whole members."""
    end = 0
    with warc.open("rb") as stream:
        rest = b""
        while True:
            member = zlib.decompressobj(31)
            length = 0
            while not member.eof:
                piece = rest or stream.read(1 << 20)
                if not piece:
                    return end
                try:
                    member.decompress(piece)
                except zlib.error:
                    return end
                length += len(piece) - len(member.unused_data)
                rest = b""
            rest = member.unused_data
            end += length


def _reply(record: ArcWarcRecord) -> Reply:
    url = record.rec_headers.get_header("WARC-Target-URI").strip("<>")
    date = record.rec_headers.get_header("WARC-Date")
    if record.rec_type == "resource":
        media = record.rec_headers.get_header("Content-Type") or "application/octet-stream"
        body = record.raw_stream.read()
        return Reply(url, 200, (("Content-Type", media),), body, date, resource=True)
    headers = tuple(record.http_headers.headers)
    stream = record.raw_stream
    if (record.http_headers.get_header("Transfer-Encoding") or "").lower() == "chunked":
        stream = ChunkedDataReader(stream)
    status = int(record.http_headers.get_statuscode() or 0)
    return Reply(url, status, headers, stream.read(), date)


def _check(path: Path) -> int:
    """Read a WARC file through and count its replies; raise UsageError unless it is whole."""
    records = 0
    try:
        with _unpacked(path) as stream:
            while stream.read(1 << 20):  # a torn gzip member shows itself only when read to its end
                pass
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, check_digests=True):
                record.raw_stream.read()
                if record.raw_stream.limit > 0:
                    raise EOFError(f"its last record lacks {record.raw_stream.limit} bytes")
                if record.digest_checker.passed is False:
                    raise ValueError("; ".join(record.digest_checker.problems))
                records += record.rec_type in ("response", "resource")
    except FileNotFoundError:
        raise UsageError(f"There is no file {path}.") from None
    except (
        OSError,
        EOFError,
        ValueError,
        zlib.error,
        ArchiveLoadFailed,
        StatusAndHeadersParserException,
    ) as error:
        raise UsageError(
            f"{path} is not a whole WARC file: {error}. "
            "Nothing was taken in; get a complete copy and ingest that."
        ) from error
    if not records:
        raise UsageError(f"{path} holds no page: a WARC file with response records is needed.")
    return records


def _unpacked(path: Path) -> BinaryIO:
    return gzip.open(path, "rb") if _is_gzip(path) else path.open("rb")  # type: ignore[return-value]  # GzipFile reads like one


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(2) == b"\x1f\x8b"


def _file_digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _settle(partial: Path, target: Path) -> None:
    """Make a finished file durable under its name, all at once."""
    with partial.open("rb+") as stream:
        os.fsync(stream.fileno())
    partial.replace(target)
