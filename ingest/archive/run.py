"""One run's WARC file: every exchange as it ends, so that a crash costs at most what is in flight.

A reply whose body is already in the archive is written as a ``revisit`` of it (WARC 1.1, 6.7).
"""

import base64
import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from http.client import responses
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Self

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from ingest.archive.files import digest_of, order_of
from ingest.archive.records import VISITS, reply_row, visit_row
from ingest.archive.seal import HEADER
from ingest.archive.values import FETCHED, VISIT, Exchange, FetchResult, Record, Visit
from ingest.archive.warc import Archive

_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_SECRET = {"authorization", "cookie", "proxy-authorization"}
_SYNC_EVERY = 50  # exchanges: what a power cut may cost; a killed process costs none


class ArchiveRun:
    """Adds what one run fetches to the archive; the file appears with its first exchange.

    Args:
        archive: where to write; the caller holds the home's write lock.
        known: replies whose bodies need not be kept again.
    """

    def __init__(self, archive: Archive, known: Iterable[Record]) -> None:
        self._archive = archive
        self._rows: list[dict[str, Any]] = []
        self._stream: BinaryIO | None = None
        # of equal bodies the oldest is the one referred to, and never itself a revisit
        self._bodies: dict[str, tuple[str, str]] = {}
        self._newest: dict[str, tuple[str, str]] = {}
        self._places: dict[tuple[str, str], tuple[str, int]] = {}
        for record in sorted(known, key=lambda record: record.order, reverse=True):
            if record.payload is None:
                self._bodies[record.digest] = (record.url, record.fetched_at)
                self._places[record.url, record.fetched_at] = (record.file, record.offset)
        for record in sorted(known, key=lambda record: record.order):
            if record.status < 300 and record.payload is None:
                self._newest[record.url] = (record.url, record.fetched_at)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if self._stream is not None:
            self._sync()
            self._stream.close()
            self._archive.indexes.write(self._path.name, self._path.stat().st_size, self._rows)
            if kind is None:  # else the next run takes it there
                self._archive.ship(self._path.name)

    def keep(self, exchange: Exchange) -> Record:
        """Write a request and its reply; return where the reply lies."""
        writer = self._writer()
        reply = exchange.reply
        digest = digest_of(reply.body)
        refers = self._newest.get(reply.url) if reply.status == 304 else None
        if reply.body and reply.status != 304:
            refers = self._bodies.get(digest)
        status = f"{reply.status} {responses.get(reply.status, '')}"
        head = StatusAndHeaders(status, list(reply.headers), protocol="HTTP/1.1")
        names = {"WARC-Date": reply.fetched_at}
        if refers is not None:
            record = writer.create_revisit_record(
                reply.url, _labelled(digest), *refers, http_headers=head, warc_headers_dict=names
            )
            if reply.status == 304:
                record.rec_headers.replace_header("WARC-Profile", _NOT_MODIFIED)
                record.rec_headers.remove_header("WARC-Payload-Digest")
        else:
            names["WARC-Payload-Digest"] = _labelled(digest)
            record = writer.create_warc_record(
                reply.url,
                "response",
                payload=BytesIO(reply.body),
                length=len(reply.body),
                http_headers=head,
                warc_headers_dict=names,
            )
        offset = self._offset()
        row = reply_row(reply, self._path.name, offset)
        first = None
        if refers is not None:
            first = self._places.get(refers)
            row |= {"digest": "", "refers": list(refers)}
        elif reply.body:
            self._bodies[digest] = (reply.url, reply.fetched_at)
            self._places[reply.url, reply.fetched_at] = (self._path.name, offset)
        writer.write_record(record)
        writer.write_record(_request_record(writer, exchange, record))
        self._rows.append(row)
        if len(self._rows) % _SYNC_EVERY == 0:
            self._sync()
        self._offset()  # what was written is there for every reader, and survives a kill
        fields = reply_row(reply, self._path.name, offset)
        return Record(**(fields | {"payload": first, "order": order_of(self._path.name, row)}))

    def end_visit(
        self, url: str, requests: Iterable[FetchResult], pictures: Iterable[FetchResult] = ()
    ) -> Visit:
        """Note that everything a page takes was asked for, and what came of it."""
        at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
        visit = Visit(url, at, tuple(requests), pictures=tuple(pictures))
        row = visit_row(visit)
        body = json.dumps(row, ensure_ascii=False).encode()
        writer = self._writer()
        offset = self._offset()
        # not under the page's own address: replay tools would show it as the page
        address = f"{VISITS}{url}"
        seal = self._archive.seal.of(address, visit.at, digest_of(body))
        writer.write_record(
            writer.create_warc_record(
                address,
                "metadata",
                payload=BytesIO(body),
                length=len(body),
                warc_content_type=VISIT,
                warc_headers_dict={"WARC-Date": visit.at, HEADER: seal},
            )
        )
        self._rows.append(row | {"file": self._path.name, "offset": offset})
        self._offset()
        return visit

    def _writer(self) -> WARCWriter:
        if self._stream is None:
            self._archive.folder.mkdir(parents=True, exist_ok=True)
            self._archive.seal.ready()
            number = self._archive.next_number()
            name = f"{FETCHED}{number:06d}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.warc.gz"
            self._path = self._archive.folder / name
            self._stream = Path(self._path).open("xb")  # noqa: SIM115  # closed by __exit__
            self._warc = WARCWriter(self._stream, gzip=True, warc_version="1.1")
        return self._warc

    def _offset(self) -> int:
        assert self._stream is not None  # noqa: S101  # _writer opened it
        self._stream.flush()
        return self._stream.tell()

    def _sync(self) -> None:
        if self._stream is not None:
            self._stream.flush()
            os.fsync(self._stream.fileno())


def _request_record(writer: WARCWriter, exchange: Exchange, reply: ArcWarcRecord) -> ArcWarcRecord:
    head = [(name, value) for name, value in exchange.headers if name.lower() not in _SECRET]
    record = writer.create_warc_record(
        exchange.url,
        "request",
        payload=BytesIO(exchange.body),
        length=len(exchange.body),
        http_headers=StatusAndHeaders(
            f"{exchange.method} {exchange.url} HTTP/1.1", head, is_http_request=True
        ),
        warc_headers_dict={"WARC-Date": exchange.reply.fetched_at},
    )
    record.rec_headers.add_header(
        "WARC-Concurrent-To", reply.rec_headers.get_header("WARC-Record-ID")
    )
    return record


def _labelled(digest: str) -> str:
    return "sha256:" + base64.b32encode(bytes.fromhex(digest)).decode()
