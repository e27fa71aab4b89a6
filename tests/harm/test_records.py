"""No record, however bad, ends a run, takes anything else away, or speaks for refdesk."""

import gzip
import json
import subprocess
import sys

import pytest

import ingest.pipeline as pipeline
from assistant.desk import Desk
from ingest.archive import writing
from ingest.archive.members import Found, members_of
from ingest.archive.warc import Archive
from ingest.bounded import pool as pooling
from ingest.bounded import process as processes
from ingest.bounded.pool import Pool
from ingest.bounded.process import Process, Worker
from ingest.bounded.quarantine import Quarantine
from ingest.errors import RefdeskError, UsageError
from ingest.values import Document, Rejection
from tests.growth import is_quick
from tests.harm.records import GOOD, bad_records, good_records, odd_files

_SECONDS = 2.0  # of the processor: no page of the tests needs it


@pytest.fixture
def quick(monkeypatch):
    """Less patience than a person's pages get."""
    monkeypatch.setattr(pooling, "seconds_for", lambda size: _SECONDS)


def written(tmp_path, records, name="bad.warc"):
    file = tmp_path / name
    file.write_bytes(b"".join([*good_records(), *records]))
    return file


def read(archive, folder):
    """What comes of an archive: documents and rejections, by address."""
    documents, rejections = {}, {}
    found = list(pipeline.pages(archive))
    for each in found:
        if isinstance(each, Rejection):
            rejections.setdefault(each.url, []).append(each.reason)
    taken = [each for each in found if not isinstance(each, Rejection)]
    with Pool(Quarantine(folder / "quarantine.json")) as pool:
        for page, results in pool.read(taken):
            for result in results:
                if isinstance(result, Document):
                    documents[result.url] = result
                else:
                    rejections.setdefault(page.url, []).append(result.reason)
    return documents, rejections


def test_each_bad_record_is_read_or_reported_and_all_good_ones_are_there(tmp_path, quick):
    bad = bad_records()
    assert len(bad) > 200
    archive = Archive(tmp_path / "archive")
    writing.import_warc(archive, written(tmp_path, bad.values()))
    documents, rejections = read(archive, tmp_path)
    assert {f"{GOOD}{n}" for n in range(3)} <= documents.keys()
    for document in documents.values():
        document.text.encode()
        assert "refdesk:" not in document.url.lower()
        assert not document.url.lower().startswith(("file:///notes", "http:r"))
    # a record of a kind that holds no page is passed over; every other one has an outcome
    silent = ("type-", "revisit-", "robots", "address-dns", "moved-")
    for name in bad:
        url = f"https://bad.example/{name}"
        if name.startswith(silent) or name.split("-")[0] in (
            "address",
            "resource",
            "ours",
            "charset",
        ):
            continue
        known = any(each.startswith(url[:60]) for each in (*documents, *rejections))
        assert known or name.startswith(("http-garbage", "http-million", "coding-")), name
    said = [reason for reasons in rejections.values() for reason in reasons]
    assert all(said)
    assert sum("speaks for refdesk" in reason for reason in said) >= 16
    assert sum("100,000 chunks" in reason for reason in said) == 1
    assert sum("10,000 lines" in reason for reason in said) == 1
    # what made a reader fail is not read again
    held = Quarantine(tmp_path / "quarantine.json").all()
    assert all(each.reason.startswith("the reader failed") for each in held)


@pytest.fixture(scope="module")
def small():
    """Bad records whose texts are short: reading them costs nothing."""
    return {name: made for name, made in bad_records().items() if len(made) < 20_000}


@pytest.mark.long
def test_a_home_with_bad_records_goes_on(home, notes, tmp_path, small, quick):
    calm = Desk(home, llm="extractive")
    calm.ingest([notes], seed=False)
    (tmp_path / "mine.md").write_text("# Mine\n\n## One\n\n- [Good](https://good.example/0)\n")
    calm.add_list(tmp_path / "mine.md")
    before = {doc.url: doc.sha256 for doc in calm.library.store.documents()}
    report = calm.ingest([written(tmp_path, small.values())], seed=False, offline=True)
    assert any("do not count" in said for said in report.notices)
    after = {doc.url: doc.sha256 for doc in calm.library.store.documents()}
    assert before.items() <= after.items()  # nothing given before is replaced
    assert {f"{GOOD}{n}" for n in range(3)} <= after.keys()
    (curated,) = calm.lists()
    assert [entry.url for entry in curated.entries] == ["https://good.example/0"]
    (notes / "new.md").write_text("# New\n\nSpeculative decoding drafts tokens and checks them.")
    again = calm.ingest([notes], seed=False, offline=True).status
    assert calm.search("speculative decoding", k=1).hits[0].passage.title == "New"
    assert not calm.ask("how does multi-query attention share keys?").refused
    assert calm.rebuild().status["digest"] == again["digest"]
    assert calm.check().damages == ()
    gone = calm.forget(quarantined=True)
    assert len(gone.records) > 30
    assert calm.ingest([notes], seed=False, offline=True).notices == ()
    assert {f"{GOOD}{n}" for n in range(3)} <= calm.library.store.document_urls()
    calm.remove_list("mine")
    assert calm.lists() == []


@pytest.mark.parametrize("name", [
    "ours-list", "ours-list-no-toml", "ours-primer", "ours-primer-bad", "ours-visit-no-json",
    "ours-forgotten", "resource-html", "status-words", "address-open-bracket", "date-none",
    "ours-capitals", "ours-forgotten-capitals", "resource-capitals", "address-ours-behind-web",
])  # fmt: skip
def test_one_bad_record_alone_changes_nothing_else(tmp_path, name):
    archive = Archive(tmp_path / "archive")
    writing.import_warc(archive, written(tmp_path, [bad_records()[name]]))
    documents, _ = read(archive, tmp_path)
    assert {f"{GOOD}{n}" for n in range(3)} <= documents.keys()
    assert not any(url.lower().startswith(("refdesk:", "file:///", "http:r")) for url in documents)


@pytest.mark.parametrize("name", odd_files())
def test_an_odd_file_is_refused_whole_or_all_its_good_records_are_there(tmp_path, name, quick):
    ending, data = odd_files()[name]
    file = tmp_path / f"odd.{ending}"
    file.write_bytes(data)
    archive = Archive(tmp_path / "archive")
    if name.startswith("refused-"):
        cure = "gunzip -k odd.warc.gz" if name == "refused-one-member" else "odd"
        with pytest.raises(UsageError, match=cure):
            writing.import_warc(archive, file)
        assert list(pipeline.pages(archive)) == []
        return
    writing.import_warc(archive, file)
    documents, _ = read(archive, tmp_path)
    assert {f"{GOOD}{n}" for n in range(3)} <= documents.keys()
    assert not any(url.startswith("refdesk:") for url in documents)


def _bogus(text: str) -> bytes:
    return f"WARC/1.0\r\n\r\n{text}".encode("latin-1", "replace")


def _packed(text: str) -> bytes:
    return b"\x1f\x8b" + text.encode("latin-1", "replace")


@pytest.mark.parametrize(
    ("made", "unit"),
    [
        (_bogus, "\nWARC/"),
        (_bogus, "\r\nWARC/1.0\r\nX: y"),
        (_bogus, "WARC/1.0\r\nContent-Length: 1\r\n\r\nx"),
        (_bogus, "\nWARC/1.0\nContent-Length: 99999\n\n"),
        (_packed, "\x1f\x8b\x08"),
        (_packed, "\x1f\x8b\x08" + "\0" * 7 + "\0\xff\xff\0\0WARC/"),
    ],
)
def test_beginnings_of_records_cost_no_more_than_their_length(made, unit):
    def found(text: str) -> None:
        assert list(members_of(made(text)))

    make = lambda length: unit * (length // len(unit))  # noqa: E731
    assert is_quick(found, make, most=1_000_000)


def test_a_good_record_behind_a_torn_one_is_found():
    good = [gzip.compress(each) for each in good_records()]
    file = b"".join([good[0], good[1][:-30], good[1][:-9], good[2]])
    found = [each for each in members_of(file) if isinstance(each, Found)]
    assert [each.offset for each in found] == [0, len(file) - len(good[2])]


def test_a_page_that_hangs_is_held_and_tried_again_by_a_newer_reader(tmp_path, monkeypatch):
    monkeypatch.setattr(pooling, "seconds_for", lambda size: 1.0)
    archive = Archive(tmp_path / "archive")
    writing.import_warc(archive, written(tmp_path, [bad_records()["style-many"]]))
    page = next(each for each in pipeline.pages(archive) if each.url.endswith("style-many"))
    file = tmp_path / "quarantine.json"
    ask = Process.ask
    monkeypatch.setattr(processes, "_idle", processes._Idle())
    monkeypatch.setattr(Process, "__init__", _stuck)
    with Pool(Quarantine(file)) as pool:
        ((_, (first,)),) = pool.read([page])
    assert first.reason == "the reader failed: it takes too long"
    monkeypatch.setattr(Process, "ask", lambda *each: pytest.fail("it was read again"))
    with Pool(Quarantine(file)) as pool:
        ((_, (again,)),) = pool.read([page])
    assert again.reason == first.reason
    monkeypatch.setattr(Process, "ask", ask)
    rows = json.loads(file.read_text())
    rows["held"][0]["reader"] -= 1
    file.write_text(json.dumps(rows))
    assert Quarantine(file).get(page.digest) is None
    file.write_text("{ damaged")
    assert Quarantine(file).all() == []


def test_a_process_is_used_again_where_it_is_sound_and_would_be_started_the_same(monkeypatch):
    monkeypatch.setattr(processes, "_idle", processes._Idle())
    monkeypatch.setattr(processes._Idle, "_PATIENCE", 1.0)
    one, other = Worker(), Worker()

    def used(worker):
        assert _LIST_OF_ONE["url"] in worker.ask({"list": _LIST_OF_ONE["message"]}, 20)["toml"]
        return worker._process._process

    first, second = used(one), used(other)
    assert first.pid != second.pid
    one.leave()
    other.leave()
    assert second.poll() is not None  # one waits, and one only
    assert used(other) is first
    other.kill()
    other.leave()
    assert first.poll() is not None
    third = used(one)
    one.leave()
    monkeypatch.setenv("AWS_REGION", "elsewhere")
    fourth = used(one)
    assert fourth.pid != third.pid
    assert third.poll() is not None
    one.leave()
    fourth.wait(10)  # nobody came


_LIST_OF_ONE = {
    "url": "https://a.example/one",
    "message": {"text": "# Mine\n\n- [One](https://a.example/one)\n", "name": "mine", "base": None,
                "origin": None},
}  # fmt: skip


def _stuck(process):
    """A process whose reading never ends, in C or not."""
    code = "import signal; signal.setitimer(signal.ITIMER_PROF, 0.2)\nwhile True: pass"
    process._process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def test_what_a_reader_swells_to_is_bounded(tmp_path):
    """A process may not hold more than its share, whatever is asked of it."""
    code = (
        "from ingest.bounded.worker import _bound_memory; _bound_memory()\n"
        "from ingest.bounded.sound import soundly\n"
        "print(soundly('x', lambda: [bytearray(3_000_000_000)])[0].reason)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "too much memory" in done.stdout


@pytest.mark.parametrize(
    "error", [ValueError("x"), KeyError("y"), RecursionError(), MemoryError(), RefdeskError("z")]
)
def test_whatever_a_reader_raises_is_a_rejection(error):
    from ingest.bounded.sound import soundly

    def fails():
        raise error

    (found,) = soundly("https://a.example/\ud800", fails)
    assert isinstance(found, Rejection)
    assert found.reason
    found.url.encode()
