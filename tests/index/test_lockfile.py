"""Lockfiles: what a library holds, and what two libraries differ in."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.desk import Desk
from assistant.packs import lock_at
from index.store.differences import differences
from index.store.lockfile import dumps, loads, read
from ingest.errors import NothingFound, UsageError

LIST = "# Mine\n\n## Attention\n\n- [Sharing](https://a.example/x)\n- [Gone](https://a.example/y)\n"


@pytest.fixture
def listed(desk, tmp_path):
    """A desk over three documents and a list."""
    (tmp_path / "mine.md").write_text(LIST)
    desk.add_list(tmp_path / "mine.md")
    return desk


def test_a_lock_names_every_source_with_its_text_and_its_passages(listed):
    lock = listed.lock()
    documents = {each.url: each for each in listed.library.store.documents()}
    assert {url: each.sha256 for url, each in lock.documents.items()} == {
        url: each.sha256 for url, each in documents.items()
    }
    assert (
        sum(len(each.passages) for each in lock.documents.values())
        == listed.status()["passages"] - 2
    )
    assert all(listed.passage(key) for each in lock.documents.values() for key in each.passages)
    assert [each.title for each in lock.lists["mine"].entries] == ["Sharing", "Gone"]


def test_a_lock_is_read_as_it_was_written_a_line_a_source(listed):
    lock = listed.lock()
    text = dumps(lock)
    again = loads(text)
    assert dumps(again) == text
    assert again.documents == lock.documents
    assert sum('"sha256"' in line for line in text.splitlines()) == len(lock.documents)
    assert not differences(lock, again).wanting
    assert differences(again, lock) == differences(lock, lock)


def test_another_home_verifies_a_pack_with_pages_in_two_languages_and_its_lockfile(
    listed, tmp_path, models_dir
):
    pack = tmp_path / "library.tar.gz"
    listed.export(pack)
    lock = read(tmp_path / "library.tar.gz.lock.json")
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "models").symlink_to(models_dir)
    there = Desk(tmp_path / "there", llm="extractive")
    there.carry_in(pack)
    assert differences(lock, there.lock()) == differences(lock, lock)
    assert lock_at(pack).documents == lock_at(tmp_path / "there").documents == lock.documents


def test_what_changed_between_two_states_of_a_home_is_named(listed, notes, tmp_path):
    before = listed.lock()
    (notes / "kv.md").write_text(
        "# 键值缓存\n\n键值缓存保存键和值。缓存随序列长度增长。\n", "utf-8"
    )
    (notes / "new.md").write_text(
        "# Paged attention\n\nPaged attention keeps the cache in pages.\n"
    )
    bread = notes / "bread.md"
    (notes / "rye.md").write_text(bread.read_text("utf-8"), "utf-8")
    listed.ingest([notes], offline=True)
    listed.forget([bread])
    (tmp_path / "mine.md").write_text(LIST.replace("Gone", "Went").replace("/x", "/z"))
    listed.add_list(tmp_path / "mine.md")
    (tmp_path / "other.md").write_text("# Other\n\n- [A](https://b.example/)\n")
    listed.add_list(tmp_path / "other.md")
    found = differences(before, listed.lock())
    assert [each.title for each in found.added if each.title != "Mine"] >= ["Paged attention"]
    assert [each.title for each in found.changed if "键" in each.title] == ["键值缓存"]
    assert [
        (each.before.rpartition("/")[2], each.now.rpartition("/")[2]) for each in found.moved
    ] == [("bread.md", "rye.md")]
    assert (found.dropped, found.cut_anew, found.lists_added) == ((), (), ("other",))
    (changes,) = found.lists_changed
    assert [each.url for each in changes.added] == ["https://a.example/z"]
    assert [each.url for each in changes.dropped] == ["https://a.example/x"]
    assert [(a.title, b.title) for a, b in changes.moved] == [("Gone", "Went")]
    assert found.wanting


SOUND = {
    "refdesk-lock": 1, "digest": "a", "embedder": "b",
    "documents": {"https://a.example/": {"title": "A", "sha256": "0" * 64, "archived": "",
                                         "passages": ["0" * 16]}},
    "lists": {"mine": {"title": "Mine", "entries": [["https://a.example/", ["S"], "A", None]],
                       "topics": [["T", []]]}},
}  # fmt: skip


@pytest.mark.parametrize(
    "harm",
    [
        {"refdesk-lock": 2}, {"refdesk-lock": None}, {"documents": []}, {"documents": {"a": 1}},
        {"documents": {"a": SOUND["documents"]["https://a.example/"] | {"sha256": "0"}}},
        {"documents": {"a": SOUND["documents"]["https://a.example/"] | {"passages": ["x"]}}},
        {"documents": {"a": SOUND["documents"]["https://a.example/"] | {"passages": "0" * 16}}},
        {"lists": {"a": {}}}, {"lists": {"a": {"title": "", "entries": [1], "topics": []}}},
        {"lists": {"a": {"title": "", "entries": [["u", "s", "t", None]], "topics": []}}},
        {"lists": {"a": {"title": "", "entries": [["u", [], "t", 3]], "topics": []}}},
        {"digest": 1}, {"embedder": None},
    ],
)  # fmt: skip
def test_what_is_no_lock_is_refused(harm):
    loads(json.dumps(SOUND))
    with pytest.raises(UsageError, match=r"lockfile|another version"):
        loads(json.dumps(SOUND | harm))


@given(st.recursive(st.none() | st.integers() | st.text(), lambda each: st.lists(each)
       | st.dictionaries(st.sampled_from([*SOUND, "title", "sha256"]), each)))  # fmt: skip
def test_any_other_json_is_refused_in_words(said):
    with pytest.raises(UsageError):
        loads(json.dumps(said))


def test_what_cannot_be_compared_is_said(tmp_path):
    (tmp_path / "no.json").write_text("{")
    (tmp_path / "empty").mkdir()
    (tmp_path / "home" / "library").mkdir(parents=True)
    (tmp_path / "no.tar.gz").write_text("a")
    with pytest.raises(UsageError, match=r"no.json cannot be read: it is no whole lockfile"):
        lock_at(tmp_path / "no.json")
    with pytest.raises(UsageError, match="is no home"):
        lock_at(tmp_path / "empty")
    with pytest.raises(NothingFound, match="holds no library yet"):
        lock_at(tmp_path / "home")
    with pytest.raises(UsageError, match="not a whole export"):
        lock_at(tmp_path / "no.tar.gz")
    with pytest.raises(UsageError, match=r"nowhere.json cannot be read"):
        lock_at(tmp_path / "nowhere.json")
