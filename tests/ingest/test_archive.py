"""The archive keeps bytes as they came, refuses what is torn, and forgets nothing."""

import gzip
from io import BytesIO
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from ingest.archive import writing
from ingest.archive.values import Resource
from ingest.archive.warc import Archive
from ingest.errors import UsageError


def write_warc(path: Path, replies: list[tuple[str, str, list[tuple[str, str]], bytes]]) -> Path:
    """Write a small WARC of (url, status line, headers, body as sent)."""
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=path.suffix == ".gz")
        for url, status, headers, body in replies:
            head = StatusAndHeaders(status, headers, protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(
                    url, "response", payload=BytesIO(body), length=len(body), http_headers=head
                )
            )
    return path


PAGE = ("https://a.example/", "200 OK", [("Content-Type", "text/html")], b"<p>Caf\xc3\xa9</p>")


@pytest.mark.parametrize("name", ["x.warc.gz", "x.warc"])
def test_an_imported_file_is_kept_byte_for_byte(tmp_path, name):
    warc = write_warc(tmp_path / name, [PAGE])
    archive = Archive(tmp_path / "archive")
    assert writing.import_warc(archive, warc) == 1
    kept = [file for file in archive.folder.iterdir() if ".warc" in file.name]
    assert [file.read_bytes() for file in kept] == [warc.read_bytes()]


def test_a_reply_comes_back_with_status_headers_and_body(tmp_path):
    archive = Archive(tmp_path / "archive")
    writing.import_warc(archive, write_warc(tmp_path / "x.warc.gz", [PAGE]))
    (record,) = archive.records()
    reply = archive.read(record)
    assert (reply.url, reply.status, reply.body) == (PAGE[0], 200, PAGE[3])
    assert reply.header("content-TYPE") == "text/html"


def test_a_compressed_body_is_left_compressed(tmp_path):
    body = gzip.compress(b"<p>hello</p>")
    headers = [("Content-Type", "text/html"), ("Content-Encoding", "gzip")]
    archive = Archive(tmp_path / "archive")
    writing.import_warc(
        archive,
        write_warc(tmp_path / "x.warc.gz", [("https://a.example/", "200 OK", headers, body)]),
    )
    assert archive.read(next(archive.records())).body == body


def test_chunks_are_put_together(tmp_path):
    headers = [("Content-Type", "text/plain"), ("Transfer-Encoding", "chunked")]
    body = b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
    archive = Archive(tmp_path / "archive")
    writing.import_warc(
        archive,
        write_warc(tmp_path / "x.warc.gz", [("https://a.example/", "200 OK", headers, body)]),
    )
    assert archive.read(next(archive.records())).body == b"hello world"


@pytest.mark.parametrize("cut", [0.0, 0.1, 0.5, 0.95])
@pytest.mark.parametrize("name", ["x.warc.gz", "x.warc"])
def test_a_torn_file_is_refused_and_nothing_is_kept(tmp_path, cut, name):
    pages = [(f"https://a.example/{n}", *PAGE[1:3], bytes([n]) * 5000) for n in range(9)]
    whole = write_warc(tmp_path / name, pages).read_bytes()
    torn = tmp_path / f"torn-{name}"
    torn.write_bytes(whole[: int(len(whole) * cut)])
    archive = Archive(tmp_path / "archive")
    with pytest.raises(UsageError, match=torn.name):
        writing.import_warc(archive, torn)
    assert list(archive.records()) == []


def test_a_changed_byte_is_noticed(tmp_path):
    path = write_warc(tmp_path / "x.warc", [PAGE])
    path.write_bytes(path.read_bytes().replace(b"Caf", b"Cof"))
    with pytest.raises(UsageError, match="whole WARC"):
        writing.import_warc(Archive(tmp_path / "archive"), path)


def test_a_file_that_is_no_warc_is_refused(tmp_path):
    path = tmp_path / "x.warc.gz"
    path.write_bytes(gzip.compress(b"not a record at all\n" * 50))
    with pytest.raises(UsageError):
        writing.import_warc(Archive(tmp_path / "archive"), path)


def test_given_files_become_resource_records_once(tmp_path):
    archive = Archive(tmp_path / "archive")
    note = Resource("file:///notes/a.md", "text/markdown", b"# A")
    assert writing.add(archive, [note]) == 1
    assert writing.add(archive, [note]) == 0
    assert writing.add(archive, [Resource(note.url, note.media_type, b"# B")]) == 1
    assert [archive.read(record).body for record in archive.records()] == [b"# A", b"# B"]


def test_other_tools_can_read_what_was_written(tmp_path):
    archive = Archive(tmp_path / "archive")
    writing.add(archive, [Resource("file:///notes/a.md", "text/markdown", b"# A")])
    (file,) = archive.folder.glob("*.warc.gz")
    with file.open("rb") as stream:
        for record in ArchiveIterator(stream, check_digests="raise"):
            assert record.rec_type == "resource"
            assert record.content_stream().read() == b"# A"


def test_the_index_is_made_again_when_it_is_gone(tmp_path):
    archive = Archive(tmp_path / "archive")
    writing.import_warc(archive, write_warc(tmp_path / "x.warc.gz", [PAGE]))
    before = list(archive.records())
    for index in archive.folder.glob("*.index.jsonl"):
        index.unlink()
    assert list(archive.records()) == before
