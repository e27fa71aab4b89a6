"""What a person gives may be anything: every file is read or reported, and the home goes on."""

import json
import os

import pytest

import ingest.pipeline as pipeline
from assistant.desk import Desk
from ingest.archive import given, writing
from ingest.archive.warc import Archive
from ingest.bounded import pool as pooling
from ingest.bounded.sound import soundly
from ingest.errors import UsageError
from ingest.page import Page
from ingest.values import Document, Rejection
from tests.harm.files import documents, rows
from tests.harm.test_records import read


def taken(tmp_path, name, data):
    """What comes of one file that is given."""
    file = tmp_path / name
    file.write_bytes(data)
    archive = Archive(tmp_path / f"archive-{name}")
    writing.add(archive, given.resources(file))
    (page,) = [each for each in pipeline.pages(archive) if isinstance(each, Page)]
    return soundly(page.url, page.read)


@pytest.mark.parametrize("name", rows())
def test_rows_are_documents_or_reported_one_by_one(tmp_path, name):
    data = rows()[name]
    if name.startswith("refused"):
        with pytest.raises(UsageError, match=r"line \d+|no object"):
            taken(tmp_path, "rows.jsonl", data)
        return
    found = taken(tmp_path, "rows.jsonl", data)
    wanted = [line for line in data.splitlines() if line.strip()]
    assert len(found) == max(1, len(wanted))
    read = [each for each in found if isinstance(each, Document)]
    assert len({each.url for each in read}) == len(read)  # an address of its own for each
    assert any("good row" in each.text for each in read) or not wanted
    for each in found:
        each.url.encode()
        assert not each.url.startswith(("refdesk:", "file:///etc", "javascript"))
        assert isinstance(each, Document) or each.reason
    said = {json.loads(line.removeprefix(b"\xef\xbb\xbf"))["text"] for line in wanted}
    if name.startswith("same-url"):
        assert {each.text for each in read} == said  # nothing is lost


@pytest.mark.long
def test_every_other_file_is_read_or_reported(tmp_path, monkeypatch):
    monkeypatch.setattr(pooling, "seconds_for", lambda size: 2.0)
    folder = tmp_path / "given"
    folder.mkdir()
    files = {name: data for name, data in documents().items() if len(data) < 100_000}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (folder / "good.md").write_text("# Good\n\nThe good file speaks of attention heads.")
    archive = Archive(tmp_path / "archive")
    writing.add(archive, given.resources(folder))
    found, rejected = read(archive, tmp_path)
    assert len(files) > 70
    assert (folder / "good.md").as_uri() in found
    assert {(folder / name).as_uri() for name in files} <= found.keys() | rejected.keys()


def test_names_links_and_kinds_of_files(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.md").write_text("# Secret\n\nNobody gave this.")
    folder = tmp_path / "given"
    (folder / "inner").mkdir(parents=True)
    for name in (
        "good.md",
        "-dash.md",
        "a b.md",
        "ü中.md",
        "new\nline.md",
        "x" * 240 + ".md",
        "q?#%.md",
    ):
        (folder / name).write_text(f"# {len(name)}\n\nText of a file, {len(name)}.")
    (folder / "link.md").symlink_to(outside / "secret.md")
    (folder / "inner" / "folder").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    (folder / "gone.md").symlink_to(tmp_path / "nothing.md")
    (folder / "inside.md").symlink_to(folder / "good.md")
    (folder / "folder.md").mkdir()
    os.mkfifo(folder / "pipe.md")
    (folder / "bad.jsonl").write_text("not json")
    skipped: list[str] = []
    urls = [each.url for each in given.resources(folder, skipped.append)]
    assert not any("secret" in url or "outside" in url for url in urls)
    assert len(set(urls)) >= 8
    assert any("link.md" in said and "leads out" in said for said in skipped)
    assert any("bad.jsonl" in said for said in skipped)
    for name in ("inner/folder", "gone.md", "pipe.md"):
        assert sum(f"{folder / name} " in said for said in skipped) == 1, name
    assert not any("loop" in said or "inside.md" in said for said in skipped)
    archive = Archive(tmp_path / "archive")
    writing.add(archive, given.resources(folder))
    assert {record.url for record in archive.records()} == set(urls)


def test_rows_of_one_address_do_not_end_a_home(home, notes, tmp_path):
    desk = Desk(home, llm="extractive")
    desk.ingest([notes], seed=False)
    folder = tmp_path / "rows"
    folder.mkdir()
    good = {name: data for name, data in rows().items() if not name.startswith("refused")}
    for name, data in good.items():
        if len(data) < 50_000:
            (folder / f"{name}.jsonl").write_bytes(data)
    (folder / "torn.jsonl").write_bytes(rows()["refused-torn"])
    report = desk.ingest([folder], seed=False)
    assert any("torn.jsonl" in said for said in report.notices)
    assert desk.ingest([notes], seed=False).read == 0
    digest = desk.status()["digest"]
    assert desk.rebuild().status["digest"] == digest
    assert desk.search("good row", k=3).hits
    found = [hit.passage.heading[-1:] for hit in desk.search("Shazeer", k=3).hits]
    assert ("Multi-query attention",) in found
    texts = {document.text for document in desk.library.store.documents()}
    assert {"one text", "another text", "text 29"} <= texts
    gone = desk.forget([folder / "same-id.jsonl"])
    assert len(gone.documents) >= 2
    assert desk.rebuild().status["digest"] == desk.status()["digest"]


def test_a_rejection_names_what_cannot_be_had(tmp_path):
    (found,) = taken(tmp_path, "x.md", b"")
    assert found == Rejection((tmp_path / "x.md").as_uri(), "empty")
