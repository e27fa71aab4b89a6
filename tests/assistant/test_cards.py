"""Study cards: what they ask, that their quotes stand in the source, and the Anki file."""

import json
import re
import sqlite3
import zipfile

import pytest

from assistant.desk import Desk
from assistant.learning import card_questions as questions
from assistant.learning import cards as studying
from assistant.learning import primer
from assistant.learning.cards import Card
from ingest.errors import NothingFound, UsageError

every_note = pytest.mark.parametrize(
    "note", primer.notes().values(), ids=primer.notes().keys()
)  # fmt: skip
RENTRY = "https://rentry.org/llm-training"
SOURCE = """# The Novice's LLM Training Guide

LoRA is a way to train a few added weights <script>alert(1)</script> while the model stays frozen. \
Everything else is patience.
"""
BREAD = """# Rye bread

## Baking

Rye bread is a loaf of sourdough that bakes at 240 degrees at first.
"""


@pytest.fixture
def desk(home, tmp_path):
    rows = [
        {"url": RENTRY, "title": "The Novice's LLM Training Guide", "text": SOURCE},
        {"url": "https://bread.example/rye", "title": "Rye bread", "text": BREAD},
    ]
    file = tmp_path / "pages.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    desk = Desk(home, llm="extractive")
    desk.ingest([file], seed=False)
    yield desk
    desk.close()


@every_note
def test_every_note_gives_cards_whose_quotes_stand_in_it(note):
    text = note.text.strip()
    made = studying.cards_of_note(note, text)
    assert len(made) >= 3
    asked = [card.question.casefold() for card in made]
    assert len(set(asked)) == len(asked)
    for card in made:
        assert card.quote in text
        assert card.quote.strip()
        assert card.answer
        assert re.search(r"[?.%)]$|\w$", card.question)
        assert card.url == note.url
        assert not re.search(r"  |\b(a a|the the|does do)\b", card.question)


def test_questions_of_a_note_are_those_a_teacher_would_ask():
    note = primer.notes()["kv-cache"]
    made = {card.question: card for card in studying.cards_of_note(note, note.text.strip())}
    assert {
        "What is the KV cache?",
        "Why does the KV cache exist?",
        "How large is the KV cache?",
        "What does the KV cache cost?",
        "Where does the KV cache fail?",
    } <= made.keys()
    assert made["What is the KV cache?"].answer.startswith("The KV cache stores")
    assert "n_\\text{layers}" in made["How large is the KV cache?"].quote  # the formula comes too


def test_a_worked_number_is_asked_for_and_not_given_away():
    note = primer.notes()["attention"]
    gap = next(
        card for card in studying.cards_of_note(note, note.text.strip()) if "_____" in card.question
    )
    assert gap.answer in gap.quote
    assert gap.answer not in gap.question
    assert float(gap.answer.replace(",", "")) in note.figures


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("Why LoRA exists", "Why does LoRA exist?"),
        ("What LoRA and QLoRA cost", "What do LoRA and QLoRA cost?"),
        ("How attention is computed", "How is attention computed?"),
        ("Why prompts are cut into chunks", "Why are prompts cut into chunks?"),
        ("Where soft prompts fail", "Where do soft prompts fail?"),
        ("Why attention replaced recurrence", "Explain why attention replaced recurrence."),
        ("What SFT costs and its neighbours", "Explain what SFT costs and its neighbours."),
        ("Adam and AdamW", "Explain Adam and AdamW."),
        ("Ring Attention", "Explain Ring Attention."),
        ("Limits", "What are the limits of ring attention?"),
        (
            "Related methods and limits",
            "How does ring attention differ from related methods, and what are its limits?",
        ),
    ],
)  # fmt: skip
def test_a_heading_becomes_a_question_in_good_english(heading, question):
    text = "The optimiser of Adam and attention."
    assert questions.of_heading(heading, "ring attention", text, standing=True) == question


def test_a_heading_that_does_not_name_its_subject_gets_it():
    made = questions.of_heading("Why subwords", "tokenisation", "", standing=False)
    assert made == "Tokenisation: why subwords?"


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("SentencePiece is a library that trains tokenisers.", "What is SentencePiece?"),
        ("Energy is the limit.", None),
        ("It is a trap.", None),
        ("The result is a matrix.", None),
        ("Tokens are cheap.", None),
    ],
)
def test_only_a_sentence_that_says_what_something_is_defines(sentence, question):
    found = questions.definition(sentence, sentence)
    assert (found[1] if found else None) == question


def test_a_curated_source_of_the_note_adds_its_definition(desk):
    made = studying.cards(desk.library, "low-rank adaptation")
    other = [card for card in made if card.url == RENTRY]
    assert [card.question for card in other] == [
        "How does “The Novice's LLM Training Guide” define LoRA?"
    ]
    assert other[0].quote in desk.library.document(RENTRY).text
    assert sum(card.url == "refdesk:primer/lora-and-qlora" for card in made) >= 3


def test_a_topic_without_a_note_is_asked_of_the_library(desk):
    made = studying.cards(desk.library, "rye bread")
    assert made
    for card in made:
        assert card.quote in desk.library.document(card.url).text
    assert "240 degrees" in made[0].answer
    with pytest.raises(NothingFound, match="volcanoes"):
        studying.cards(desk.library, "volcanoes of Iceland")
    with pytest.raises(UsageError):
        studying.cards(desk.library, " ")


CARDS = [
    Card("What is <b>x</b>?", "It is $a < b$ & \\$5\nand more", "a < b", "T & U", "https://a.example/?q=\"1\"&r"),
    Card("Second?", "Yes", "Yes", "Note", "refdesk:primer/attention"),
]  # fmt: skip


def collection(file, folder):
    with zipfile.ZipFile(file) as package:
        assert set(package.namelist()) == {"collection.anki2", "media"}
        package.extract("collection.anki2", folder)
    database = sqlite3.connect(folder / "collection.anki2")
    notes = database.execute("SELECT guid, mid, flds FROM notes ORDER BY id").fetchall()
    decks, models = database.execute("SELECT decks, models FROM col").fetchone()
    count = database.execute("SELECT count(*) FROM cards").fetchone()[0]
    database.close()
    return notes, json.loads(decks), json.loads(models), count


def test_an_anki_file_holds_every_card_escaped(tmp_path):
    file = tmp_path / "out.apkg"
    studying.write_anki(CARDS, file, "LoRA")
    notes, decks, models, count = collection(file, tmp_path)
    assert len(notes) == count == 2
    assert "refdesk: LoRA and QLoRA" in {deck["name"] for deck in decks.values()}
    question, answer, quote, source = notes[0][2].split("\x1f")
    assert question == "What is &lt;b&gt;x&lt;/b&gt;?"
    assert answer == r"It is \(a &lt; b\) &amp; $5<br>and more"
    assert quote == "a &lt; b"
    assert source == (
        '<a href="https://a.example/?q=&quot;1&quot;&amp;r" rel="noreferrer">T &amp; U</a>'
    )
    assert notes[1][2].endswith("refdesk primer: Note")
    assert str(notes[0][1]) in models


def test_money_in_a_card_is_no_formula(tmp_path):
    card = Card(
        "What?", r"$5-$6, or $7 where \(n = 2\) and $$n^2$$", "a", "T", "https://a.example/"
    )
    studying.write_anki([card], tmp_path / "out.apkg", "LoRA")
    (note,), *_ = collection(tmp_path / "out.apkg", tmp_path)
    assert note[2].split("\x1f")[1] == r"$5-$6, or $7 where \(n = 2\) and \[n^2\]"


def test_ids_are_the_same_every_time_and_under_every_name_of_the_topic(tmp_path):
    studying.write_anki(CARDS, tmp_path / "one.apkg", "LoRA")
    studying.write_anki(CARDS, tmp_path / "two.apkg", "低秩适配")
    one, two = (collection(tmp_path / f"{name}.apkg", tmp_path) for name in ("one", "two"))
    assert [note[:2] for note in one[0]] == [note[:2] for note in two[0]]
    assert one[1].keys() == two[1].keys()


def test_a_deck_that_cannot_be_written_leaves_nothing_behind(tmp_path):
    with pytest.raises(UsageError, match=r"ends in \.apkg"):
        studying.write_anki(CARDS, tmp_path / "out.txt", "LoRA")
    with pytest.raises(UsageError, match="cannot be written"):
        studying.write_anki(CARDS, tmp_path / "no" / "out.apkg", "LoRA")
    (tmp_path / "taken.apkg").mkdir()
    with pytest.raises(UsageError, match="cannot be written"):
        studying.write_anki(CARDS, tmp_path / "taken.apkg", "LoRA")
    assert [file.name for file in tmp_path.iterdir()] == ["taken.apkg"]
