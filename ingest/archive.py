"""The home's WARC archive: what was fetched or given, byte for byte.

Knows files, records and where each record lies; knows nothing of what a page says. Imported WARC
files are kept whole; given files become ``resource`` records. Beside each WARC lies an index of its
records, which is only a convenience: it is made again from the WARC when it is missing.
"""

import gzip
import hashlib
import json
import os
import shutil
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeadersParserException
from warcio.warcwriter import WARCWriter

from ingest.errors import UsageError

_INDEX_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Reply:
    """One archived reply to a request, or one given file (then ``resource`` is true).

    ``body`` is the payload as it came: its content encoding is not undone.
    """

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: str
    resource: bool = False

    def header(self, name: str) -> str | None:
        """Return the first header of that name, whatever its case."""
        for key, value in self.headers:
            if key.lower() == name.lower():
                return value
        return None


@dataclass(frozen=True, slots=True)
class Record:
    """Where one reply lies in the archive, with what is needed to choose it unread."""

    url: str
    status: int
    location: str | None
    fetched_at: str
    digest: str
    file: str
    offset: int


@dataclass(frozen=True, slots=True)
class Resource:
    """A file given to the archive: its address, media type and bytes."""

    url: str
    media_type: str
    body: bytes


class Archive:
    """The WARC files of one home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def records(self) -> Iterator[Record]:
        """Yield every reply in the archive, file by file in order of name."""
        for warc in sorted(self.folder.glob("*.warc*")):
            if warc.name.endswith((".warc", ".warc.gz")):
                yield from self._indexed(warc)

    def read(self, record: Record) -> Reply:
        """Read one reply back from the archive."""
        with (self.folder / record.file).open("rb") as stream:
            stream.seek(record.offset)
            for found in ArchiveIterator(stream):
                return _reply(found)
        raise UsageError(f"The archive file {record.file} no longer holds {record.url}.")

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
        known = {(record.url, record.digest) for record in self.records()}
        new = [item for item in resources if (item.url, _digest(item.body)) not in known]
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
                        warc_headers_dict={"WARC-Date": f"{stamp:%Y-%m-%dT%H:%M:%SZ}"},
                    )
                )
        _settle(partial, self.folder / name)
        return len(new)

    def _indexed(self, warc: Path) -> Iterator[Record]:
        """Yield the records of one file from its index, making the index where there is none."""
        index = warc.with_name(f"{warc.name}.index.jsonl")
        stamp = {"format": _INDEX_FORMAT, "bytes": warc.stat().st_size}
        if index.exists():
            with index.open(encoding="utf-8") as lines:
                if json.loads(next(lines, "{}")) == stamp:
                    for line in lines:
                        yield Record(**json.loads(line))
                    return
        partial = index.with_suffix(".part")
        found = []
        with partial.open("w", encoding="utf-8") as out:
            out.write(json.dumps(stamp) + "\n")
            for record in _scan(warc):
                out.write(json.dumps(asdict(record), ensure_ascii=False) + "\n")
                found.append(record)
        _settle(partial, index)
        yield from found


def _scan(warc: Path) -> Iterator[Record]:
    with warc.open("rb") as stream:
        iterator = ArchiveIterator(stream)
        for found in iterator:
            if found.rec_type not in ("response", "resource"):
                continue
            reply = _reply(found)
            offset = iterator.get_record_offset()
            yield Record(
                url=reply.url,
                status=reply.status,
                location=reply.header("Location"),
                fetched_at=reply.fetched_at,
                digest=_digest(reply.body),
                file=warc.name,
                offset=offset,
            )


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


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _file_digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _settle(partial: Path, target: Path) -> None:
    """Make a finished file durable under its name, all at once."""
    with partial.open("rb+") as stream:
        os.fsync(stream.fileno())
    partial.replace(target)
