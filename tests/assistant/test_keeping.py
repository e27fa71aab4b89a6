"""Ingest through the desk: lists, what they link to, the lists inside them, carrying a home."""

import json

import pytest

from assistant.desk import Desk
from ingest.archive import given
from ingest.errors import NothingFound, UsageError
from ingest.fetch.pace import Limits
from tests.stand_in import Web

RAW = "https://raw.githubusercontent.com/o/reading"
README = """# Reading

## Basics

- [Attention explained](https://blog.example/attention) ![Easy](https://img.shields.io/badge/Easy-g)
- [More papers](dev/papers.md)
- [Gone](https://blog.example/gone)

## Serving

- [A talk](https://www.youtube.com/watch?v=abcdefghijk)
"""
PAPERS = (
    "# Papers\n\n## Mamba\n\npaper link: [here](https://papers.example/mamba)\n\n"
    + "\n\n".join(
        f"## Paper {n}\n\npaper link: [here](https://papers.example/{n})\n\ncode link:"
        f" [here](https://papers.example/{n}/code)"
        for n in range(5)
    )
)
QUICK = Limits(pace=0, backoff=0.01, patience=0.2)


def page(about, title="Page"):
    text = " ".join(f"{about} sentence number {n} says what it is." for n in range(40))
    body = f"<html><title>{title}</title><body><article><p>{text}</p></article></body></html>"
    return (200, [("Content-Type", "text/html")], body.encode())


def raw(text):
    return (200, [("Content-Type", "text/plain; charset=utf-8")], text.encode())


@pytest.fixture
def web():
    pages = {
        f"{RAW}/HEAD/README.md": raw(README),
        f"{RAW}/main/dev/papers.md": raw(PAPERS),
        "https://blog.example/attention": page("attention", "Attention explained"),
        "https://papers.example/mamba": page("mamba"),
    }
    with Web(pages | {f"https://papers.example/{n}": page(f"paper{n}") for n in range(5)}) as web:
        yield web


@pytest.fixture
def desk(home, web):
    desk = Desk(home, llm="extractive", transport=web.transport, limits=QUICK)
    desk.ingest(["https://github.com/o/reading"], seed=False)
    desk.add_list("https://github.com/o/reading", base="https://github.com/o/reading/blob/main/")
    web.log.clear()
    return desk


def urls(desk):
    return {document.url for document in desk.library.store.documents()}


def test_a_list_is_added_by_its_address_and_is_a_document_too(desk):
    (curated,) = desk.lists()
    assert (curated.name, curated.origin) == ("reading", "https://github.com/o/reading")
    assert [entry.title for entry in curated.entries] == [
        "Attention explained", "More papers", "Gone", "A talk",
    ]  # fmt: skip
    assert urls(desk) == {"https://github.com/o/reading"}


def test_an_ingest_fetches_what_the_list_links_to_and_reports_the_rest(desk, web):
    told = []
    report = desk.ingest(seed=False, told=lambda *each: told.append(each))
    states = {got.url: (got.state, got.reason) for got in report.got}
    assert states["https://blog.example/attention"] == ("fetched", None)
    assert states["https://blog.example/gone"] == ("failed", "dead (404)")
    assert len(told) == len(report.got)
    assert urls(desk) == {
        "https://github.com/o/reading",
        "https://github.com/o/reading/blob/main/dev/papers.md",
        "https://blog.example/attention",
    }
    (row,) = report.status["lists"]
    assert (row["entries"], row["in_library"], row["dead"]) == (4, 2, 2)
    hit = desk.search("attention sentence", k=1).hits[0]
    assert [(each.section, each.difficulty) for each in hit.recommended_by] == [
        (("Basics",), "easy")
    ]
    assert "A talk" in {hit.passage.title for hit in desk.search("a talk on serving").hits}
    web.log.clear()
    again = desk.ingest(seed=False)
    assert (again.got, again.read, again.passages, web.log) == ((), 0, 0, [])


def test_a_page_that_came_and_says_nothing_is_no_success(desk, web):
    wall = b"<html><title>Just a moment...</title><body>Checking your browser</body></html>"
    web.pages["https://blog.example/gone"] = (200, [("Content-Type", "text/html")], wall)
    states = {got.url: (got.state, got.reason) for got in desk.ingest(seed=False).got}
    assert states["https://blog.example/gone"] == ("failed", "bot wall")
    assert states["https://blog.example/attention"] == ("fetched", None)


def test_a_list_inside_a_list_joins_it(desk):
    report = desk.ingest(["reading"], seed=False, depth=2)
    entries = {entry.title: entry for entry in desk.lists()[0].entries}
    mamba = entries["Mamba"]
    assert mamba.url == "https://papers.example/mamba"
    assert mamba.section == ("Basics", "More papers")
    assert entries["Paper 3 (code)"].url == "https://papers.example/3/code"
    assert "https://papers.example/mamba" in urls(desk)
    assert report.status["lists"][0]["entries"] == 4 + 1 + 10
    assert desk.rebuild().status["digest"] == report.status["digest"]


def test_what_a_curator_changed_is_told(desk, web):
    changed = README.replace("- [Gone](https://blog.example/gone)\n", "").replace(
        "## Serving\n", "## Serving\n\n- [New](https://blog.example/new)\n"
    )
    web.pages[f"{RAW}/HEAD/README.md"] = raw(changed.replace("Easy", "Hard"))
    assert desk.list_changes("reading").added == ()
    desk.ingest(refresh=True, seed=False)
    changes = desk.list_changes("reading")
    assert [entry.title for entry in changes.added] == ["New"]
    assert [entry.title for entry in changes.dropped] == ["Gone"]
    assert [(a.difficulty, b.difficulty) for a, b in changes.moved] == [("easy", "hard")]
    web.pages[f"{RAW}/HEAD/README.md"] = raw(README)
    desk.ingest(refresh=True, seed=False)
    assert [entry.title for entry in desk.list_changes("reading").added] == ["Gone"]
    with pytest.raises(UsageError, match="reading"):
        desk.list_changes("nobody")


def test_a_page_a_limit_and_being_offline(desk, web):
    web.pages["https://other.example/x"] = page("other")
    report = desk.ingest(["https://other.example/x"], seed=False)
    assert [got.url for got in report.got] == ["https://other.example/x"]
    assert len(desk.ingest(seed=False, limit=1).got) == 1
    web.log.clear()
    assert desk.ingest(seed=False, offline=True).got == ()
    with pytest.raises(UsageError, match="--offline"):
        desk.ingest(["reading"], seed=False, offline=True)
    assert web.log == []


def test_an_archived_copy_of_a_dead_page(desk, web):
    copy = "http://web.archive.org/web/20240102030405/https://blog.example/gone"
    found = {"archived_snapshots": {"closest": {"url": copy, "status": "200"}}}
    asked = "https://archive.org/wayback/available?url=https%3A%2F%2Fblog.example%2Fgone"
    web.pages |= {
        asked: (200, [("Content-Type", "application/json")], json.dumps(found).encode()),
        "https://web.archive.org/web/20240102030405id_/https://blog.example/gone": page("old"),
    }
    report = desk.ingest(seed=False, wayback=True)
    document = desk.library.document("https://blog.example/gone")
    assert document is not None
    assert document.text.startswith("old sentence")
    assert document.url == "https://blog.example/gone"
    reasons = {each["url"]: each["reason"] for each in report.status["failures"]}
    assert reasons["https://blog.example/gone"].startswith("dead (404)")
    assert desk.rebuild().status["digest"] == report.status["digest"]


def test_a_home_is_carried_to_another_machine(desk, web, tmp_path, models_dir):
    before = desk.ingest(seed=False).status
    whole, light = tmp_path / "whole.tar.gz", tmp_path / "light.tar.gz"
    assert desk.export(whole, archive=True) > desk.export(light) > 0
    with pytest.raises(UsageError, match="exists"):
        desk.export(light)

    def arrive(name, file):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "models").symlink_to(models_dir)
        there = Desk(folder, llm="extractive", transport=web.transport, limits=QUICK)
        return there, there.carry_in(file)

    there, status = arrive("whole", whole)
    assert status["digest"] == before["digest"]
    assert there.rebuild().status["digest"] == before["digest"]
    with pytest.raises(UsageError, match="not empty"):
        there.carry_in(whole)

    there, status = arrive("light", light)
    assert status["digest"] == before["digest"]
    (carried,), (curated,) = there.lists(), desk.lists()
    assert (carried.name, carried.origin) == (curated.name, curated.origin)
    assert (carried.entries, carried.topics) == (curated.entries, curated.topics)
    assert there.search("attention").hits
    for change in (there.rebuild, there.ingest, lambda: there.remove_list("reading")):
        with pytest.raises(UsageError, match="without its archive"):
            change()
    assert there.status()["digest"] == before["digest"]


@pytest.mark.parametrize("harm", ["torn", "not a tar", "other files", "missing"])
def test_a_bad_export_is_refused_and_leaves_the_home_empty(desk, tmp_path, models_dir, harm):
    import tarfile

    file = tmp_path / "x.tar.gz"
    if harm == "torn":
        desk.export(file, archive=True)
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    elif harm == "not a tar":
        file.write_bytes(b"hello")
    elif harm == "other files":
        evil = tmp_path / "evil"
        evil.write_text("x")
        with tarfile.open(file, "w:gz") as bundle:
            bundle.add(evil, "../../evil")
    folder = tmp_path / "there"
    folder.mkdir()
    (folder / "models").symlink_to(models_dir)
    with pytest.raises(UsageError, match=r"x\.tar\.gz"):
        Desk(folder, llm="extractive").carry_in(file)
    assert not any((folder / "library").iterdir())
    assert not any((folder / "archive").iterdir())


def test_a_list_is_checked_by_address_and_by_name(desk):
    desk.ingest(seed=False)
    for where in ("https://github.com/o/reading", "reading"):
        examination = desk.check_list(where, base="https://github.com/o/reading/blob/main/")
        dead = [found.text for found in examination.findings if found.code == "dead-link"]
        assert "https://blog.example/gone" in " ".join(dead)


def test_a_library_keeps_to_the_model_it_was_built_with(home, notes):
    built = Desk(home, llm="extractive", embedder="multilingual-e5-small")
    first = built.ingest([notes], seed=False).status
    assert first["embedder"] == "multilingual-e5-small"
    later = Desk(home, llm="extractive")
    found = later.search("烤黑麦面包要多少度？", k=1).hits[0]
    assert found.passage.title == "Rye bread"  # an English page for a Chinese question
    with pytest.raises(NothingFound, match="rebuild"):
        Desk(home, llm="extractive", embedder="all-minilm-l6-v2").search("bread")
    changed = Desk(home, llm="extractive", embedder="all-minilm-l6-v2").rebuild().status
    assert changed["embedder"] == "all-minilm-l6-v2"
    assert changed["digest"] != first["digest"]
    with pytest.raises(UsageError, match="multilingual-e5-small"):
        Desk(home, embedder="unknown").search("bread")


def test_a_home_of_an_older_version_gets_the_newer_primer_by_a_rebuild(home, monkeypatch):
    names = ("/alibi", "/rope", "/positional-encodings")
    old = [note for note in given.primer() if note.url.endswith(names)]
    monkeypatch.setattr(given, "primer", lambda: old[:2])
    desk = Desk(home, llm="extractive")
    desk.search("position of a token")  # a new home is filled, and nothing fetched
    desk.forget([old[0].url])
    before = desk.status()["documents"]
    monkeypatch.setattr(given, "primer", lambda: old)
    report = desk.rebuild()
    urls = {hit.passage.url for hit in desk.search("position of a token", k=50).hits}
    desk.close()
    assert report.status["documents"] == before + 1
    assert old[-1].url in urls
    assert old[0].url not in urls  # what was forgotten stays away
