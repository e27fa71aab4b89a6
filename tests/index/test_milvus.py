"""A library in Milvus finds what the local one finds, moves there and back, and breaks in words."""

import json
import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from assistant.desk import Desk
from index.milvus import client, generations, mirror
from index.milvus.client import LibraryUnavailable
from index.milvus.expression import expression
from index.milvus.terms import encoded
from index.search import library as library_module
from index.store.generation import Home
from index.store.served import Served, place
from index.store.sqlite import Store
from index.store.values import Filters
from index.store.within import FOREIGN, Group, Narrowed, Within
from ingest.errors import NothingFound, UsageError

LITE = "milvus_lite"
LIST = """# Mine

## "Quoted" \\ attention
- [Sharing keys](https://a.example/mqa) ![Easy](https://img.shields.io/badge/difficulty-Easy-green)
- [Elsewhere](https://a.example/gone)

## Baking
- [Rye](https://a.example/rye) ![Hard](https://img.shields.io/badge/difficulty-Hard-red)
"""
DOCUMENTS = [
    ("https://a.example/mqa", "Sharing", "Multi-query attention shares one key head. " * 8),
    ("https://a.example/gqa", "Groups", "Grouped-query attention gives each group a head. " * 8),
    ("https://a.example/rye", "Rye", "Rye bread needs a sourdough starter and patience. " * 8),
    ("https://a.example/zh", "缓存", "键值缓存保存已经计算过的键和值。" * 20),
]
QUESTIONS = ["multi-query attention", "sourdough bread", "键值缓存是什么", "Grouped heads"]
FILTERS = [
    Filters(),
    Filters(langs=("zh",)),
    Filters(lists=("mine",)),
    Filters(lists=("mine",), difficulties=("hard",)),
    Filters(sections=("attention",)),
    Filters(sections=("baking",), difficulties=("easy",)),
    Filters(documents=("https://a.example/zh", "https://a.example/rye")),
    Filters(lists=("primer", "mine"), kinds=("post", "note", "docs")),
]


def test_a_place_is_a_folder_a_file_of_milvus_lite_or_a_server():
    assert place("http://milvus:19530") == Served("http://milvus:19530", "refdesk")
    assert place("https://cloud.example/team") == Served("https://cloud.example", "team")
    assert place("/tmp/lists.db") == Served("/tmp/lists.db")
    assert place("/tmp/lists") == Path("/tmp/lists")
    assert place(str(place("https://cloud.example:1/team"))) == Served(
        "https://cloud.example:1", "team"
    )


@pytest.mark.parametrize("text", ["http://", "http://a/b/c", "http://a/b-c", "http://a/?b=1"])
def test_an_address_that_is_none_of_a_library_is_refused(text):
    with pytest.raises(UsageError, match="no address of a library"):
        place(text)


def test_a_password_does_not_belong_into_an_address():
    with pytest.raises(UsageError, match="REFDESK_LIBRARY_TOKEN"):
        place("http://me:secret@milvus:19530")


def test_a_home_keeps_where_its_library_lies(tmp_path):
    assert Home(tmp_path).library == tmp_path / "library"
    elsewhere = str(tmp_path / "else")
    Home(tmp_path, elsewhere).keep_named()
    assert Home(tmp_path).library == tmp_path / "else"
    Home(tmp_path, "http://milvus:1/team").keep_named()
    assert Home(tmp_path).served == Served("http://milvus:1", "team")
    assert Home(tmp_path).library.parent == tmp_path / "cache" / "served"
    (tmp_path / "library.txt").write_bytes(b"\xff")
    assert Home(tmp_path).library == tmp_path / "library"
    Home(tmp_path, str(tmp_path / "library")).keep_named()
    assert not (tmp_path / "library.txt").exists()


def test_terms_reach_milvus_as_plain_words():
    assert (
        encoded(["kv", "缓存", "naïv"], ["kvcache"]) == "kv zue7bc93e5ad98 zu6e61c3af76 znkvcache"
    )
    assert len(encoded(["attention"] * 100_000)) <= 65_000


def test_groups_and_links_become_expressions():
    zh, foreign = Group.of("zh", [1]), Group.of(FOREIGN, [1])
    assert expression(Within()) == ""
    assert expression(Within(only=zh)) == 'lang == "zh"'
    assert expression(Within(without=zh)) == 'lang != "zh"'
    assert expression(Within(only=foreign)) == 'lang != "en"'
    assert expression(Within(without=foreign, left_out=frozenset([3]))) == (
        'lang == "en" and listed == false'
    )


def test_without_its_client_a_served_library_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pymilvus", None)
    with pytest.raises(UsageError, match=r"install refdesk\[milvus\]"):
        client.connected(Served(str(tmp_path / "none.db")))


@pytest.fixture(scope="module")
def folder(tmp_path_factory, models_dir):
    """A home with documents in two languages and a list, its library local."""
    pytest.importorskip(LITE, reason="the extra milvus is not installed")
    folder = tmp_path_factory.mktemp("desk")
    (folder / "models").symlink_to(models_dir)
    file = folder / "rows.jsonl"
    lines = [json.dumps({"_id": t, "title": t, "text": x, "url": u}) for u, t, x in DOCUMENTS]
    file.write_text("\n".join(lines))
    (folder / "mine.md").write_text(LIST)
    desk = Desk(folder, llm="extractive")
    desk.ingest([file], seed=False)
    desk.add_list(folder / "mine.md", name="mine")
    desk.close()
    return folder


@pytest.fixture(scope="module")
def both(folder):
    """The same home twice: its library local, and in Milvus Lite."""
    served = folder.with_name("served")
    shutil.copytree(folder, served, symlinks=True)
    desk = Desk(served, llm="extractive", library=str(served / "library.db"))
    desk.rebuild()
    yield Desk(folder, llm="extractive"), desk
    desk.close()
    client.forget(Served(str(served / "library.db")))


def found(desk, query, filters):
    hits = desk.library.search(query, 3, filters)
    return [hit.passage.url for hit in hits]


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_both_engines_find_the_same(both, filters):
    local, served = both
    for query in QUESTIONS:
        assert found(served, query, filters) == found(local, query, filters), query


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_an_expression_lets_through_what_the_filter_does(both, filters):
    _, served = both
    folder = served.home.current()
    store = Store(folder / "library.sqlite")
    server = client.connected(served.home.served)
    pointer = generations.Pointer.of(folder)
    rows = server.client.query(
        pointer.passages, filter=expression(Within(Narrowed(filters, store))) or "id >= 0",
        output_fields=["id"],
    )  # fmt: skip
    assert sorted(row["id"] for row in rows) == Narrowed(filters, store).numbers


def test_both_halves_score_as_the_local_ones_do(both):
    local, served = both
    for query in QUESTIONS:
        ours, theirs = (
            {hit.passage.url: hit for hit in desk.library.search(query, 4)} for desk in both
        )
        assert ours.keys() == theirs.keys()
        for url, hit in ours.items():
            assert theirs[url].cosine == pytest.approx(hit.cosine, abs=1e-4)
    mine, other = (
        desk.library.vectors([hits[url].passage.number for url in ours])
        for desk, hits in ((local, ours), (served, theirs))
    )
    assert np.allclose(mine, other, atol=1e-6)


def test_the_digest_is_the_same_and_status_names_the_engine(both):
    local, served = (desk.status() for desk in both)
    assert served["digest"] == local["digest"]
    assert served["vectors"] == local["vectors"] == local["passages"]
    assert local["engine"]["name"] == "local"
    engine = served["engine"]
    said = (engine["name"], engine["words"], engine["health"])
    assert said == ("milvus-lite", "milvus", "ok")
    assert engine["where"].endswith("library.db")
    assert engine["version"][0].isdigit()


def test_a_home_remembers_where_its_library_went_and_checks_it(both):
    _, served = both
    assert not any((served.home.root / "library").glob("0*"))
    again = Desk(served.home.root, llm="extractive")
    assert again.home.served == served.home.served
    assert again.check().damages == ()
    assert again.ask("What does multi-query attention share?").citations


def test_another_desk_reads_the_library_by_its_name_alone(both, tmp_path, models_dir):
    local, served = both
    (tmp_path / "models").symlink_to(models_dir)
    reader = Desk(tmp_path, llm="extractive", library=served.home.named)
    assert reader.status()["digest"] == local.status()["digest"]
    assert found(reader, QUESTIONS[0], Filters()) == found(local, QUESTIONS[0], Filters())
    with pytest.raises(UsageError, match="made by another home"):
        reader.ingest([served.home.root / "mine.md"], seed=False)
    assert reader.status()["digest"] == local.status()["digest"]


@pytest.mark.long
def test_what_is_taken_in_counts_at_once_and_old_generations_go(
    both, tmp_path, models_dir, monkeypatch
):
    monkeypatch.setattr(library_module, "_FOLLOW_S", 0.0)
    _, served = both
    (tmp_path / "models").symlink_to(models_dir)
    reader = Desk(tmp_path, llm="extractive", library=served.home.named)
    assert not found(reader, "zeppelin airship", Filters(langs=("en",)))[0].endswith("zeppelin.md")
    snapshot = reader.library.snapshot()
    for turn, text in enumerate(["A zeppelin is a rigid airship.", "It is filled with hydrogen."]):
        page = tmp_path / "zeppelin.md"
        page.write_text(f"# Zeppelin\n\n{text} The zeppelin flies slowly.")
        served.ingest([page], seed=False)
        assert found(reader, "zeppelin airship", Filters())[0].endswith("zeppelin.md"), turn
    server = client.connected(served.home.served)
    names = server.client.list_collections()
    assert len({name.split("_")[1] for name in names}) == 2
    # a question that began three generations ago is told so; the next one is answered
    with pytest.raises(LibraryUnavailable, match="replaced or dropped"):
        snapshot.search("zeppelin")
    served.forget([tmp_path / "zeppelin.md"])
    assert len({name.split("_")[1] for name in server.client.list_collections()}) == 1
    assert not found(reader, "zeppelin airship", Filters())[0].endswith("zeppelin.md")


def test_a_library_that_fails_half_way_leaves_the_one_before(both, monkeypatch, tmp_path):
    _, served = both
    before = served.status()
    page = tmp_path / "late.md"
    page.write_text("# Late\n\nA page that arrives too late to be indexed anywhere at all.")

    def fails(*args):
        raise OSError("the connection is gone")

    with monkeypatch.context() as broken:
        broken.setattr(generations, "point", fails)
        with pytest.raises(OSError, match="connection"):
            served.ingest([page], seed=False)
    assert served.status()["digest"] == before["digest"]
    assert found(served, QUESTIONS[0], Filters())
    after = served.ingest([page], seed=False).status
    assert after["digest"] != before["digest"]
    names = client.connected(served.home.served).client.list_collections()
    assert len({name.split("_")[1] for name in names}) == 2  # what was left half-made is gone


def test_files_that_were_changed_on_the_way_are_not_believed(both, tmp_path, monkeypatch):
    _, served = both
    whole = generations._unpacked
    monkeypatch.setattr(generations, "_unpacked", lambda part: whole(part)[:-1] + b"?")
    home = Home(tmp_path, served.home.named)
    with pytest.raises(LibraryUnavailable, match="damaged"):
        mirror.follow(home, home.served)
    assert home.current() is None


def test_files_that_were_damaged_here_are_fetched_again(both, tmp_path, models_dir):
    _, served = both
    (tmp_path / "models").symlink_to(models_dir)
    home = Home(tmp_path, served.home.named)
    folder = mirror.follow(home, home.served)
    (folder / "library.sqlite").write_bytes(b"no longer")
    reader = Desk(tmp_path, llm="extractive", library=served.home.named)
    assert reader.status()["digest"] == served.status()["digest"]


def test_an_export_and_an_import_ask_for_a_folder(both, tmp_path):
    _, served = both
    with pytest.raises(UsageError, match=r"rebuild --library .*library`, then export"):
        served.export(tmp_path / "out.tar.gz")
    with pytest.raises(UsageError, match="goes into a folder"):
        Desk(tmp_path / "new", library=served.home.named).carry_in(tmp_path / "out.tar.gz")


def test_a_name_that_leads_out_of_the_folder_is_refused(both, tmp_path):
    _, served = both
    server = client.connected(served.home.served)
    manifest = generations.current(server)
    bad = generations.Manifest("000001", "x", manifest.pointer, {"../outside": (1, 1)})
    with pytest.raises(LibraryUnavailable, match="none of refdesk's"):
        generations.fetch(server, bad, tmp_path / "in")
    assert not (tmp_path / "outside").exists()


@pytest.mark.long
def test_a_dropped_library_is_told_and_made_anew(both):
    _, served = both
    digest = served.status()["digest"]
    server = client.connected(served.home.served)
    server.client.drop_alias(served.home.served.name)
    for name in server.client.list_collections():
        server.client.drop_collection(name)
    with pytest.raises(NothingFound, match="no library at"):
        Desk(served.home.root, llm="extractive").status()
    assert served.rebuild().status["digest"] == digest


def test_it_moves_back_into_a_folder(both):
    local, served = both
    back = Desk(served.home.root, llm="extractive", library=str(served.home.root / "library"))
    report = back.rebuild()
    assert "stays as it is, for its readers" in report.notices[-1]
    home = Home(served.home.root)
    assert home.served is None
    assert not (home.root / "library.txt").exists()
    with sqlite3.connect(home.current() / "library.sqlite") as db:
        assert db.execute("SELECT count(*) FROM documents").fetchone()[0] >= len(DOCUMENTS)
    assert found(Desk(home.root), QUESTIONS[0], Filters()) == found(local, QUESTIONS[0], Filters())
