"""What was forgotten is gone from the disk, and nothing else is."""

import gzip
import json
import zlib
from contextlib import closing
from pathlib import Path

import pytest

from assistant.desk import Desk
from ingest.archive import writing
from ingest.archive.warc import Archive
from ingest.fetch.pace import Limits
from tests.generated import site
from tests.harm import homes
from tests.stand_in import Web

SECRET = "Quaggaberry"
HEADERS = [("Content-Type", "text/html; charset=utf-8")]


def page(words: str) -> tuple[int, list[tuple[str, str]], bytes]:
    text = f"<h1>{words}</h1><p>{words} is a fruit that keeps its colour for nine days.</p>" * 3
    return 200, HEADERS, f"<html><body><main>{text}</main></body></html>".encode()


PAGES = {
    **site(3),
    "https://secret.example/page": (302, [("Location", "https://moved.example/page")], b""),
    "https://moved.example/page": page(SECRET),
    "https://one.example/": page("Twinberry"),
    "https://two.example/": page("Twinberry"),  # the same bytes: a revisit
}
ASKED = [address for address in PAGES if "moved" not in address]
DOCUMENTS = len(ASKED) - 1


@pytest.fixture(scope="module")
def made(tmp_path_factory, models_dir) -> Path:
    """A home with the pages."""
    home = tmp_path_factory.mktemp("erased") / "home"
    home.mkdir()
    (home / "models").symlink_to(models_dir)
    with Web(dict(PAGES)) as web:
        desk = Desk(home, llm="extractive", transport=web.transport, limits=Limits(pace=0))
        assert desk.ingest(ASKED, seed=False).status["documents"] == DOCUMENTS
        desk.close()
    return home


@pytest.fixture
def fetched(made, tmp_path):
    with closing(Desk(homes.copied(made, tmp_path / "home"), llm="extractive")) as desk:
        yield desk


@pytest.fixture
def home(fetched) -> Path:
    return fetched.home.root


def on_disk(home: Path, word: str) -> list[str]:
    """Return the files of a home in which a word stands, packed or not."""
    found = []
    for file in home.rglob("*"):
        if not file.is_file() or "models" in file.relative_to(home).parts:
            continue
        data = file.read_bytes()
        if file.name.endswith(".warc.gz"):
            data += gzip.decompress(data)
        if word.encode() in data:
            found.append(str(file.relative_to(home)))
    return found


def test_a_forgotten_page_is_gone_from_the_disk(fetched, home):
    assert on_disk(home, SECRET)
    forgotten = fetched.forget(["https://secret.example/page"])
    assert forgotten.documents == ("https://moved.example/page",)
    assert on_disk(home, SECRET) == []
    assert on_disk(home, SECRET.casefold()) == []
    assert fetched.check().damages == ()
    assert fetched.rebuild().status["digest"] == forgotten.status["digest"]
    assert fetched.status()["documents"] == DOCUMENTS - 1


def test_a_body_that_another_page_shares_stays_for_it(fetched, home):
    both = [record for record in Archive(home / "archive").records() if record.payload]
    assert both, "the second copy was kept again"
    fetched.forget(["https://one.example/"])
    assert fetched.read_source("https://two.example/").text.startswith("# Twinberry")
    assert fetched.rebuild().status["documents"] == DOCUMENTS
    fetched.forget(["https://two.example/"])
    assert on_disk(home, "Twinberry") == []


def _row(number: int, word: str, **more: str) -> str:
    text = f"The {word} row number {number} speaks of a fruit that keeps its colour."
    return json.dumps({"_id": str(number), "title": f"Row {number}", "text": text, **more})


def test_a_forgotten_row_is_gone_from_the_disk_and_the_others_stay_what_they_were(
    fetched, home, tmp_path
):
    file = tmp_path / "rows.jsonl"
    web = "https://rows.example/two"
    rows = [_row(1, "Keepberry"), _row(2, SECRET, url=web), "", _row(2, SECRET, url=web)]
    file.write_text("\r\n".join([*rows, _row(5, "Lastberry"), _row(6, "Pomeloberry")]))
    fetched.forget(["https://secret.example/page"])
    fetched.ingest([file], seed=False, offline=True)
    uri = file.as_uri()
    before = {each.url: each for each in fetched.library.store.documents()}
    assert {web, f"{uri}#1", f"{uri}#5", f"{uri}#6"} <= before.keys()
    # a row that an earlier version left out and did not take off the disk
    writing.forget(Archive(home / "archive"), documents=[(uri, f"{uri}#6")])
    gone = fetched.forget([web])
    assert set(gone.documents) == {web, f"{uri}#6"}
    assert gone.records == ()
    assert on_disk(home, SECRET) == on_disk(home, "Pomeloberry") == []
    after = {each.url: each for each in fetched.library.store.documents()}
    assert after == {url: each for url, each in before.items() if url not in gone.documents}
    assert fetched.rebuild().status["digest"] == gone.status["digest"]
    assert fetched.check().damages == ()
    assert set(fetched.forget([f"{uri}#1", f"{uri}#5"]).documents) == {f"{uri}#1", f"{uri}#5"}
    assert on_disk(home, "Lastberry") == []
    fetched.ingest([file], seed=False, offline=True)
    assert {web, f"{uri}#1", f"{uri}#6"} <= fetched.library.store.document_urls()


@pytest.mark.parametrize("packed", [True, False])
def test_a_record_too_short_for_one_that_says_nothing_is_gone_too(fetched, home, tmp_path, packed):
    short = (
        f"WARC/1.0\r\nWARC-Type:resource\r\nWARC-Target-URI:http://s.example/{{}}\r\n"
        f"Content-Length:{len(SECRET)}\r\n\r\n{SECRET}\r\n\r\n"
    )
    records = [short.format(number).encode() for number in range(3)]
    file = tmp_path / "short.warc"
    file.write_bytes(b"".join(map(gzip.compress, records) if packed else records))
    fetched.forget(["https://secret.example/page"])
    fetched.ingest([file], seed=False, offline=True)
    assert on_disk(home, SECRET)
    fetched.forget(["http://s.example/0", "http://s.example/1"])
    assert fetched.read_source("http://s.example/2").text.strip().endswith(SECRET)
    assert fetched.check().damages == ()
    before = fetched.forget(["http://s.example/2"]).status["digest"]
    assert on_disk(home, SECRET) == []
    report = fetched.rebuild()
    assert (report.status["digest"], report.notices) == (before, ())
    assert fetched.check().damages == ()


@pytest.mark.parametrize("ending", [".warc.gz", ".warc"])
def test_an_imported_archive_is_thinned_and_can_be_given_again(made, models_dir, tmp_path, ending):
    desk = Desk(tmp_path / "new", llm="extractive")
    desk.home.root.mkdir()
    (desk.home.root / "models").symlink_to(models_dir)
    (packed,) = (made / "archive").glob("fetched-*.warc.gz")
    file = tmp_path / f"given{ending}"
    file.write_bytes(packed.read_bytes() if ending == ".warc.gz" else unpacked(packed))
    whole = desk.ingest([file], seed=False).status
    assert on_disk(desk.home.root, "Part 2 of 0")
    desk.forget(["https://site0.example/page/0"])
    assert on_disk(desk.home.root, "Part 2 of 0") == []
    assert desk.check().damages == ()
    assert desk.status()["documents"] == whole["documents"] - 1
    assert desk.ingest([file], seed=False).status["digest"] == whole["digest"]
    (imported,) = [each for each in Archive(desk.home.archive).files() if "imp" in each.name]
    desk.forget([imported.name])
    assert not (desk.home.archive / imported.name).exists()
    assert desk.check().damages == ()


def unpacked(packed: Path) -> bytes:
    data, parts = packed.read_bytes(), []
    while data:
        member = zlib.decompressobj(31)
        parts.append(member.decompress(data))
        data = member.unused_data
    return b"".join(parts)


def test_a_full_disk_leaves_the_archive_whole_and_the_next_forgetting_goes_on(
    fetched, home, monkeypatch
):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Archive, "replace", full)
        with pytest.raises(Exception, match="No space"):
            fetched.forget(["https://secret.example/page"])
    assert fetched.status()["documents"] == DOCUMENTS - 1
    fetched.forget(["https://one.example/"])
    assert on_disk(home, SECRET) == []
    assert fetched.check().damages == ()
