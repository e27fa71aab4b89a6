"""Threads are kept whole, found in any script, and never cost anybody an answer."""

import json
import os
import sqlite3
import stat
import tarfile
from dataclasses import replace

import pytest

from assistant.answering.values import Answer, Citation, Sentence, Span
from assistant.contract import to_json
from assistant.desk import Desk
from assistant.kept.answer_of import answer_of
from assistant.kept.threads import Threads, answers, whole_object, whole_of
from index.store.values import Recommendation
from ingest.errors import NothingFound, UsageError
from tests.timed import quickest

CITED = Citation(
    n=1, passage="p1", document_sha256="0" * 64, start=0, end=9, quote="One head.", heading=("A",),
    title="Sharing keys", url="https://a.example/", deep_link="https://a.example/#:~:text=One",
    kind="post", primer=False, archived_at="2026-01-02T03:04:05Z",
    recommended_by=(Recommendation("mine", ("Attention",), "easy"),),
)  # fmt: skip


def answered(question="What is GQA?", said="Groups of heads share a key head."):
    return Answer(
        question=question, asked=question, lang="en", refused=False, refusal=None, view="model",
        sentences=(Sentence(said, (1,), 0.9, "supported", False, spans=(Span(1, 0, 9),)),),
        citations=(CITED,), nearest=(), further=(), model="tiny", timings={"total_s": 1.5},
    )  # fmt: skip


@pytest.fixture
def said():
    return []


@pytest.fixture
def threads(tmp_path, said):
    return Threads(tmp_path, notice=said.append)


def test_an_answer_comes_back_as_it_was_also_a_real_one_and_a_refusal(desk):
    for question in (
        "how does multi-query attention share keys?",
        "Which soil do blueberries like?",
    ):
        answer = desk.ask(question)
        there = json.loads(json.dumps(to_json(answer)))
        assert to_json(answer_of(there)) == to_json(answer)


def test_a_thread_grows_and_stands_whole_for_its_owner_only(threads, tmp_path):
    name = threads.keep(answered(), origin="page")
    assert threads.keep(answered("and MQA?"), thread=name) == name
    other = threads.keep(answered("Who?"), thread=name, owner="somebody")
    assert other != name
    (mine,) = threads.latest()
    assert (mine.id, mine.title, mine.origin, mine.turns) == (name, "What is GQA?", "page", 2)
    whole = threads.show(name[:5])
    assert [turn.answer["question"] for turn in whole.turns] == ["What is GQA?", "and MQA?"]
    assert whole.turns[0].answer == to_json(answered())
    assert whole_of(json.loads(json.dumps(whole_object(whole)))) == whole
    assert len(threads.latest(None)) == 2
    for use in (
        threads.show,
        threads.delete,
        lambda *given: threads.rename(given[0], "x", given[1]),
    ):
        with pytest.raises(NothingFound):
            use(name, "somebody")
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "threads.sqlite").stat().st_mode) == 0o600


def test_threads_are_found_by_all_words_wherever_they_stand(threads):
    first = threads.keep(answered("What is GQA?", "Groups of heads share a key head."))
    threads.keep(answered("and LoRA?", "Low-rank matrices are trained."), thread=first)
    second = threads.keep(answered("什么是键值缓存？", "键值缓存保存已经计算过的键和值。"))
    for query, wanted in {
        "gqa": [first], "LOW-RANK groups": [first], "缓存": [second], "键": [second],
        "sharing": [second, first], "kv": [], "100%": [], '"quoted" AND (': [], "zebra": [],
    }.items():  # fmt: skip
        assert [each.id for each in threads.search(query)] == wanted, query
    assert "Low-rank" in threads.search("matrices")[0].snippet
    assert threads.search("gqa", "somebody") == []
    threads.rename(first, "  Zebra \n <b>stripes</b> ")
    assert threads.search("zebra")[0].title == "Zebra <b>stripes</b>"
    for query in ("", "  "):
        with pytest.raises(UsageError):
            threads.search(query)


def test_deleting_leaves_nothing_of_its_words_in_the_file(threads, tmp_path):
    name = threads.keep(answered("What of the xylophone?"))
    threads.keep(answered())
    threads.delete(name)
    assert threads.search("xylophone") == []
    assert [each.title for each in threads.latest()] == ["What is GQA?"]
    assert b"xylophone" not in (tmp_path / "threads.sqlite").read_bytes()
    with pytest.raises(NothingFound):
        threads.delete(name)


def test_of_a_question_asked_twice_running_the_newer_answer_stays(threads):
    first = threads.keep(answered(said="An old answer."), origin="page")
    assert threads.keep(answered(said="A new one."), origin="page") == first
    assert "A new one." in threads.show(first).turns[0].answer["answer"]
    assert threads.search("old answer") == []
    assert threads.keep(answered(), origin="shell") != first
    threads.keep(answered("More?"), thread=first, origin="page")
    assert threads.keep(answered("More?"), origin="page") != first


@pytest.mark.parametrize("title", ["", " \n", "x" * 201])
def test_a_title_must_be_one(threads, title):
    name = threads.keep(answered())
    with pytest.raises(UsageError):
        threads.rename(name, title)


def test_nothing_is_kept_without_history(tmp_path):
    assert Threads(tmp_path, keeping=False).keep(answered()) is None
    assert list(tmp_path.iterdir()) == []
    assert Desk(tmp_path, history=False).threads.keep(answered()) is None


def test_what_cannot_be_written_in_utf8_is_kept_all_the_same(threads):
    name = threads.keep(answered("half \ud800 a\0 character"))
    assert threads.show(name).turns


@pytest.mark.parametrize("damage", [b"no database" * 100, b""])
def test_a_damaged_file_is_put_aside_and_said(threads, said, tmp_path, damage):
    threads.keep(answered("Old?"))
    file = tmp_path / "threads.sqlite"
    file.write_bytes(damage or file.read_bytes()[:5000] + b"\xff" * 9000)
    assert not threads.is_sound()
    name = threads.keep(answered())
    assert name
    assert threads.is_sound()
    assert [each.title for each in threads.latest()] == ["What is GQA?"]
    (aside,) = tmp_path.glob("*.damaged*")
    assert aside.name in said[0]


def test_a_newer_file_is_left_alone(threads, said, tmp_path):
    threads.keep(answered())
    with sqlite3.connect(tmp_path / "threads.sqlite") as db:
        db.execute("PRAGMA user_version = 7")
    db.close()
    before = (tmp_path / "threads.sqlite").read_bytes()
    assert threads.keep(answered()) is None
    assert "newer" in said[0]
    assert (tmp_path / "threads.sqlite").read_bytes() == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_home_that_can_only_be_read_keeps_nothing_and_says_nothing(threads, said, tmp_path):
    tmp_path.chmod(0o500)
    try:
        assert threads.keep(answered()) is None
    finally:
        tmp_path.chmod(0o700)
    assert said == []


def test_a_locked_file_costs_no_answer(threads, said, tmp_path, monkeypatch):
    monkeypatch.setattr("assistant.kept.file._WAIT_S", 0.01)
    threads.keep(answered())
    with sqlite3.connect(tmp_path / "threads.sqlite") as db:
        db.execute("BEGIN EXCLUSIVE")
        assert threads.keep(answered()) is None
        db.rollback()
    db.close()
    assert "not kept" in said[0]


def test_checking_names_damage_and_repairs_it(desk, home):
    desk.threads.keep(answered())
    assert desk.check().damages == ()
    (home / "threads.sqlite").write_bytes(b"garbage" * 99)
    (damage,) = desk.check().damages
    assert damage.where == "threads.sqlite"
    assert desk.check(repair=True).repaired[0].where == "threads.sqlite"
    assert desk.check().damages == ()
    assert (home / "threads.damaged").exists()


def test_a_row_somebody_broke_is_damage(threads, tmp_path):
    name = threads.keep(answered())
    with sqlite3.connect(tmp_path / "threads.sqlite") as db:
        db.execute("UPDATE turns SET answer = '{\"a\": 1}'")
    db.close()
    assert not threads.is_sound()
    assert threads.latest()[0].id == name


def test_threads_outlive_a_rebuild_and_travel_in_no_export(desk, home, tmp_path):
    name = desk.threads.keep(desk.ask("how does multi-query attention share keys?"))
    before = desk.threads.show(name)
    desk.rebuild()
    assert desk.threads.show(name) == before
    desk.export(tmp_path / "out.tar.gz", archive=True)
    with tarfile.open(tmp_path / "out.tar.gz") as bundle:
        assert not [each for each in bundle.getnames() if "threads" in each]


def test_the_answers_of_what_was_saved():
    assert answers({"question": "a"}) == ({"question": "a"},)
    assert answers({"turns": [{"answer": 1}, 2]}) == (1, 2)


def fill(threads):
    """Put 1,000 threads of 3 questions in, and return what is asked of them."""
    long = answered(said="Grouped-query attention shares a key head among query heads. " * 20)
    with threads._store.writing() as db:
        for number in range(1_000):
            name = threads._begin(db, f"question {number}", "", "page", f"2026-01-01T{number:06}")
            kept = json.dumps(to_json(replace(long, question=f"question {number}")))
            for turn in range(3):
                ((row,),) = db.execute(
                    "INSERT INTO turns (thread, asked_at, answer) VALUES (?, '', ?)"
                    " RETURNING number", (name, kept),
                ).fetchall()  # fmt: skip
                db.put_words(row, f"question {number} {turn} 键值缓存 {long.text}")
    return {
        "threads, list": threads.latest,
        "threads, a rare word": lambda: threads.search("999"),
        "threads, common words": lambda: threads.search("attention heads"),
        "threads, two characters": lambda: threads.search("缓存"),
    }


def test_a_thousand_threads_are_listed_and_searched_quickly(tmp_path):
    took = {what: quickest(work) for what, work in fill(Threads(tmp_path)).items()}
    assert max(took.values()) < 1.0, took  # under 0.1 s where nothing else runs
