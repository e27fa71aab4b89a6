"""The archive in an object store: written whole or not at all, read by ranges, forgotten."""

import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assistant.desk import Desk
from ingest.archive import writing
from ingest.archive.erase import erase
from ingest.archive.moving import move
from ingest.archive.shelf import ArchiveUnreachable, ObjectStore, checked, settle_at
from ingest.archive.values import Resource
from ingest.archive.warc import Archive, DamagedRecordError
from ingest.errors import UsageError
from tests.s3 import KEYS, Wire, seaweed

pytest.importorskip("fsspec", reason="the extra object-store is not installed")


@pytest.fixture(scope="module")
def s3_port() -> Iterator[int]:
    with seaweed() as port:
        yield port


@pytest.fixture
def wire(s3_port: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """The way to the S3 server, for every process of the test."""
    wire = Wire(s3_port)
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{wire.port}")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    from ingest.archive import shelf

    shelf._store.cache_clear()  # a connection leads where the address led when it was made
    yield wire
    wire.close()


def page(number: int, length: int = 100) -> Resource:
    body = random.Random(number).randbytes(length)
    return Resource(f"https://example.org/{number}", "text/plain", body)


def at(folder: Path, url: str) -> Archive:
    """An archive whose files go to a place."""
    folder.mkdir(parents=True)
    settle_at(folder, url)
    return Archive(folder)


def bodies(archive: Archive) -> dict[str, bytes]:
    return {record.url: archive.read(record).body for record in archive.records()}


def here(archive: Archive) -> list[str]:
    return [file.name for file in archive.folder.glob("*.warc.gz")]


def test_a_folder_elsewhere_holds_the_archive_of_a_home(home, notes, tmp_path):
    with closing(Desk(home, llm="extractive")) as desk:
        before = desk.ingest([notes], seed=False, offline=True).status["digest"]
        (file,) = (home / "archive").glob("*.warc.gz")
        url = f"file://{tmp_path}/elsewhere"
        assert desk.move_archive(url) == 1
        assert not file.exists()
        assert (tmp_path / "elsewhere" / file.name).exists()
        for index in (home / "archive").glob("*.index.jsonl"):
            index.unlink()
        assert desk.rebuild().status["digest"] == before
        assert desk.check().damages == ()
        desk.forget([(notes / "bread.md").resolve().as_uri()])
        less = desk.status()["digest"]
        with pytest.raises(UsageError, match="refdesk archive home"):
            desk.export(tmp_path / "out.tar.gz", archive=True)
        assert desk.move_archive(None) == 2
        assert not any((tmp_path / "elsewhere").iterdir())
        assert desk.rebuild().status["digest"] == less != before


@pytest.mark.parametrize(
    "url",
    ["ftp://host/folder", "s3://key:secret@bucket/a", "simplecache::s3://b", "s3://b/../c", "here"],
)
def test_what_is_no_place_for_an_archive_is_said(url):
    with pytest.raises(UsageError, match="Keys stand in the environment"):
        checked(url)


@pytest.mark.long
def test_a_home_moves_to_s3_and_the_library_comes_from_there(wire, home, notes):
    with closing(Desk(home, llm="extractive")) as desk:
        before = desk.ingest([notes], seed=False, offline=True).status["digest"]
        desk.move_archive("s3://reading/home")
        assert here(Archive(home / "archive")) == []
        assert desk.rebuild().status["digest"] == before

        wire.cut_after(up=0)
        with pytest.raises(ArchiveUnreachable, match="s3://reading/home cannot be listed"):
            desk.rebuild()
        assert desk.search("bread", k=1)  # what is built answers without the archive
        assert desk.status()["digest"] == before
        wire.whole()
        assert desk.rebuild().status["digest"] == before


@pytest.mark.long
def test_the_store_goes_in_the_middle_of_a_rebuild_and_no_page_is_lost(wire, home, tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(3):
        passed_over = random.Random(number).randbytes(200_000).hex()
        text = f"<p>Note {number} says that a cache keeps what was read once.</p>"
        (folder / f"{number}.html").write_text(f"{text}<!-- {passed_over} -->")
    with closing(Desk(home, llm="extractive")) as desk:
        before = desk.ingest([folder], seed=False, offline=True).status
        desk.move_archive("s3://reading/middle")
        # the lists of files pass, and the first records; not all of them
        wire.cut_after(down=120_000)
        with pytest.raises(ArchiveUnreachable, match="cannot be read"):
            desk.rebuild()
        assert desk.status()["digest"] == before["digest"]
        assert list((home / "library").glob("[0-9]*[0-9]")) != []
        wire.whole()
        after = desk.rebuild().status
        assert (after["digest"], after["documents"]) == (before["digest"], 3)


@pytest.mark.long
def test_one_record_is_read_by_its_range(wire, tmp_path, monkeypatch):
    archive = at(tmp_path / "archive", "s3://reading/ranges")
    writing.add(archive, (page(number, 200_000) for number in range(20)))
    (warc,) = archive.files()
    assert warc.size > 4_000_000
    record = list(archive.records())[10]
    read: list[int] = []
    part = ObjectStore.part

    def counted(store: ObjectStore, name: str, start: int, end: int) -> bytes:
        read.append(end - start)
        return part(store, name, start, end)

    monkeypatch.setattr(ObjectStore, "part", counted)
    assert archive.read(record).body == page(10, 200_000).body
    assert sum(read) <= 600_000


@pytest.mark.long
def test_the_server_goes_in_the_middle_of_a_write(wire, tmp_path):
    archive = at(tmp_path / "archive", "s3://reading/write")
    writing.add(archive, [page(1)])
    wire.cut_after(up=5_000_000)
    with pytest.raises(ArchiveUnreachable, match="nothing was lost, run it again"):
        writing.add(archive, [page(2, 20_000_000)])
    assert len(here(archive)) == 1  # it waits here, whole
    wire.whole()
    assert [warc.name for warc in archive.store.warcs()] == [archive.files()[0].name]
    assert bodies(archive) == {page(n).url: page(n, s).body for n, s in ((1, 100), (2, 20_000_000))}
    archive.mend()  # the next run takes it there
    assert here(archive) == []
    assert len(archive.store.warcs()) == 2
    assert bodies(archive)[page(2).url] == page(2, 20_000_000).body


@pytest.mark.long
def test_the_server_goes_in_the_middle_of_a_read(wire, tmp_path):
    archive = at(tmp_path / "archive", "s3://reading/read")
    writing.add(archive, [page(1, 5_000_000)])
    (record,) = archive.records()
    wire.cut_after(down=1_000_000)
    with pytest.raises(ArchiveUnreachable, match="cannot be read"):
        archive.read(record)
    wire.whole()
    assert archive.read(record).body == page(1, 5_000_000).body


@pytest.mark.long
def test_what_is_forgotten_is_gone_from_the_store(wire, tmp_path):
    archive = at(tmp_path / "archive", "s3://reading/forget")
    writing.add(
        archive, [Resource("https://example.org/a", "text/plain", b"a secret of somebody"), page(1)]
    )
    (first,) = archive.files()
    writing.forget(archive, addresses=["https://example.org/a"])
    assert erase(archive) == 1
    left = bodies(archive)
    assert left[page(1).url] == page(1).body
    assert "https://example.org/a" not in left
    with archive.store.opened(first.name) as data:
        assert len(data) == first.size
    copy = tmp_path / "copy.warc.gz"
    archive.store.fetch(first.name, copy)
    import gzip

    assert b"a secret of somebody" not in gzip.decompress(copy.read_bytes())


@pytest.mark.long
def test_a_file_that_goes_from_the_store_is_missed(wire, tmp_path):
    archive = at(tmp_path / "archive", "s3://reading/lost")
    writing.add(archive, [page(1)])
    (record,) = archive.records()
    archive.store.remove(record.file)
    assert archive.lost() == [record.file]
    with pytest.raises((DamagedRecordError, ArchiveUnreachable)):
        archive.read(record)


@pytest.mark.long
def test_a_move_that_breaks_off_goes_on(wire, tmp_path):
    archive = Archive(tmp_path / "archive")
    writing.add(archive, [page(1, 2_000_000)])
    writing.add(archive, [page(2, 2_000_000)])
    wire.cut_after(up=3_000_000)
    with pytest.raises(ArchiveUnreachable):
        move(archive, "s3://reading/moved", lambda *_: None)
    assert Archive(archive.folder).store is None
    assert len(bodies(archive)) == 2
    wire.whole()
    assert move(archive, "s3://reading/moved", lambda *_: None) == 2
    moved = Archive(archive.folder)
    assert here(moved) == []
    assert len(bodies(moved)) == 2
    other = Archive(tmp_path / "other")
    writing.add(other, [page(3)])
    with pytest.raises(UsageError, match="not of this archive"):
        move(other, "s3://reading/moved", lambda *_: None)
