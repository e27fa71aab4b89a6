"""Notes stand where their words stand, are found and answered from when asked, else never."""

import json
import sqlite3

import pytest

from assistant.kept.anchor import Anchor, located
from assistant.kept.asked_notes import subject
from assistant.kept.note_form import annotations
from assistant.kept.notes import _COLUMNS, Notes, note_object
from assistant.kept.shown import shown_text
from ingest.errors import NothingFound, UsageError
from tests.timed import quickest
from ui.kept.note_markdown import notes_markdown

EVIL = "<script>alert(1)</script> [a](javascript:b)"
AT = Anchor("one key head", "keeps ", " and one", 10, 22)


@pytest.fixture
def kept(tmp_path):
    return Notes(tmp_path)


@pytest.fixture
def page(desk):
    (url,) = {hit.passage.url for hit in desk.search("multi-query attention", k=1).hits}
    return url


def test_words_are_found_by_what_stands_around_them_also_in_a_newer_copy():
    old = shown_text("# H\n\nThe *cache* is small. Then the cache\nis small again.\n\n`x = 1`\n")
    assert old == "H\nThe cache is small. Then the cache\nis small again.\nx = 1\n"
    second = located(old, Anchor("the cache is small", "Then "))
    assert old[second.start : second.end] == "the cache\nis small"
    new = shown_text("# H\n\nNew.\n\nThe cache is small.\n\nThen the cache is small again.")
    again = located(new, second)
    assert new[again.start :].startswith("the cache is small again")
    assert located(new, Anchor("never said")) is None
    assert located(new, Anchor(" \n")) is None
    han = located(shown_text("# 缓存\n\n键值缓存保存键。"), Anchor("缓存", suffix="保存"))
    assert (han.start, han.prefix[-2:]) == (5, "键值")


def test_a_note_is_listed_found_edited_and_deleted_by_its_owner_only(kept):
    note = kept.add(
        "https://a.example/", "Sharing", "0", AT, "Ask why", ["exam", " exam ", "so so"]
    )
    other = kept.add("https://b.example/", "Other", "0", AT, owner="somebody")
    assert note.tags == ("exam", "so so")
    assert kept.latest() == [note]
    assert kept.latest(url="https://a.example/", tag="exam") == [note]
    assert kept.latest(tag="ex") == kept.latest(url="https://b.example/") == []
    for query in ("WHY", "key head", "exam", "sharing", "one why"):
        assert kept.search(query) == [note], query
    assert kept.search("zebra") == []
    new = kept.edit(note.id, text="Understood", tags=["done"])
    assert (new.text, new.tags) == ("Understood", ("done",))
    assert kept.search("understood done") == [new]
    assert kept.search("exam") == []
    for use in (kept.edit, kept.delete):
        with pytest.raises(NothingFound):
            use(other.id)
    kept.delete(note.id)
    assert kept.latest() == []
    assert b"Understood" not in kept._store.path.read_bytes()


@pytest.mark.parametrize(
    "given",
    [
        {"text": "x" * 20_001}, {"tags": ["x" * 51]}, {"tags": map(str, range(21))},
        {"anchor": Anchor(" ")}, {"anchor": Anchor("x" * 4_001)},
    ],
)  # fmt: skip
def test_what_is_too_much_is_refused_in_words(kept, given):
    values = {"url": "https://a.example/", "title": "A", "digest": "0", "anchor": AT} | given
    with pytest.raises(UsageError):
        kept.add(**values)
    assert kept.latest() == []


def test_a_note_is_fastened_to_words_that_stand_in_the_page(desk, page):
    note = desk.note(page, Anchor("one  key\nhead"), "Why one?", ["exam"])
    text = shown_text(desk.read_source(page).text)
    assert text[note.anchor.start : note.anchor.end] == "one key head"
    with pytest.raises(UsageError, match="do not stand"):
        desk.note(page, Anchor("two key heads"))
    with pytest.raises(NothingFound):
        desk.note("https://nowhere.example/", AT)
    desk.rebuild()
    assert desk.notes.latest() == [note]


def test_notes_answer_what_is_asked_of_them_and_nothing_else(desk, page):
    desk.note(page, Anchor("one key head"), "The zebra principle: fewer heads")

    def asked(question, owner=""):
        return [event.answer for event in desk.stream(question, owner=owner) if event.answer][-1]

    answer = asked("What did I note about zebra?")
    assert (answer.request, answer.refused) == ("notes", False)
    assert answer.sentences[0].text == "The zebra principle: fewer heads (“one key head”)"
    assert answer.citations[0].title.startswith("Your note: ")
    assert asked("What did I note about giraffes?").refused
    assert asked("我的笔记里关于zebra的内容").citations[0].title.startswith("你的笔记：")
    assert asked("what is the zebra principle?").request != "notes"
    assert not any("zebra" in each.text for each in asked("what is the zebra principle?").sentences)
    assert asked("What did I note about zebra?", "somebody").refused
    assert asked("What did I note about zebra?", None).request != "notes"


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("What did I note about LoRA?", "LoRA"),
        ("what have I highlighted on KV caches", "KV caches"),
        ("my notes about DPO", "DPO"),
        ("Show me my notes", ""), ("what did I write down?", ""),
        ("关于LoRA我记了什么？", "LoRA"), ("我的笔记", ""),
        ("What should one note about LoRA?", None),
        ("what is LoRA?", None), ("the notes about LoRA", None), ("what did I " * 30, None),
    ],
)  # fmt: skip
def test_which_questions_ask_ones_notes(question, about):
    assert subject(question) == about


def test_notes_leave_as_web_annotations_and_markdown(kept):
    kept.add("https://a.example/", EVIL, "0", AT, EVIL, ["a b"])
    page = json.loads(json.dumps(annotations(kept.latest())))
    (item,) = page["items"]
    assert page["@context"] == "http://www.w3.org/ns/anno.jsonld"
    assert (item["type"], item["motivation"]) == ("Annotation", "commenting")
    quote, position = item["target"]["selector"]
    assert quote == {
        "type": "TextQuoteSelector", "exact": "one key head", "prefix": "keeps ",
        "suffix": " and one",
    }  # fmt: skip
    assert (position["start"], position["end"]) == (10, 22)
    assert [each["purpose"] for each in item["body"]] == ["commenting", "tagging"]
    text = notes_markdown(kept.latest())
    assert "> one key head" in text
    assert "<script" not in text.replace("\\<", "")
    assert "](javascript:" not in text.replace("\\]", "")


def test_damage_is_named_and_a_row_somebody_broke_too(kept):
    note = kept.add("https://a.example/", "A", "0", AT)
    assert kept.is_sound()
    assert note_object(note)["quote"] == "one key head"
    db = sqlite3.connect(kept._store.path)
    with db:
        db.execute("UPDATE notes SET tags = 'no list'")
    db.close()
    assert not kept.is_sound()
    kept._store.path.write_bytes(b"garbage" * 99)
    with pytest.raises(UsageError, match="damaged"):
        kept.latest()


def fill(kept):
    """Put 10,000 notes in, and return what is asked of them."""
    with kept._store.writing() as db:
        for number in range(10_000):
            text = f"note {number} 键值缓存 on how heads share keys in grouped-query attention " * 3
            ((row,),) = db.execute(
                f"INSERT INTO notes ({_COLUMNS}) VALUES (?, '', ?, 'Title', '0', 'one key head',"
                " '', '', 0, 9, ?, '[\"exam\"]', ?, ?) RETURNING number",
                (
                    f"{number:010}",
                    f"https://a.example/{number % 500}",
                    text,
                    "2026",
                    f"{number:06}",
                ),
            ).fetchall()
            db.put_words(row, text)
    return {
        "notes, list": kept.latest,
        "notes, of a page": lambda: kept.latest(url="https://a.example/7"),
        "notes, of a tag": lambda: kept.latest(tag="exam"),
        "notes, a rare word": lambda: kept.search("9999"),
        "notes, common words": lambda: kept.search("attention heads"),
        "notes, two characters": lambda: kept.search("缓存"),
    }


def test_ten_thousand_notes_are_listed_and_searched_quickly(kept):
    took = {what: quickest(work) for what, work in fill(kept).items()}
    assert max(took.values()) < 1.0, took  # under 0.1 s where nothing else runs
