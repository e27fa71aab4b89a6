"""What was refused is remembered, grouped, and told together with where a list should cover it."""

import json
import sqlite3
import subprocess
import sys

import pytest

from assistant.desk import Desk
from assistant.kept import gaps
from assistant.kept.gaps import Gaps
from index.store.values import Filters, Recommendation

LIST = """# My list

## Attention

- [Sharing keys and values](https://a.example/mqa)
- Sliding windows

## Baking

- Sourdough hydration

### Ovens

- [A stone oven](https://a.example/oven)
"""
UNKNOWN = "Which hydration does a sourdough for ciabatta need?"


@pytest.fixture
def listed(desk, tmp_path):
    """The desk, knowing a list with topics that have no link."""
    file = tmp_path / "mine.md"
    file.write_text(LIST, encoding="utf-8")
    desk.add_list(file, name="mine")
    desk.rebuild()
    return desk


def test_a_refusal_names_the_sections_to_look_in(listed):
    answer = listed.ask("Which sourdough hydration suits a ciabatta made by Zorblax?")
    assert answer.refused
    assert answer.look_in[0] == Recommendation("mine", ("Baking", "Sourdough hydration"), None)
    assert listed.ask("Which soil do blueberries like?").look_in == ()


def test_an_answer_names_none(listed):
    assert listed.ask("how does multi-query attention share keys?").look_in == ()


def test_questions_alike_are_counted_together(desk):
    for question in (
        "Which soil do blueberries like?",
        "Which soil do blueberries need?",
        "Which soil do blueberries like?",
        "Who won the chess match in Reykjavik?",
    ):
        assert desk.ask(question).refused
    first, second = desk.gaps()
    assert first.count == 3
    assert set(first.questions) == {
        "Which soil do blueberries like?",
        "Which soil do blueberries need?",
    }
    assert (second.question, second.count) == ("Who won the chess match in Reykjavik?", 1)
    assert json.dumps(gaps.gap_object(first))


def test_what_is_answered_or_narrowed_or_unwanted_is_no_gap(desk, home):
    desk.ask("how does multi-query attention share keys?")
    desk.ask("how does multi-query attention share keys?", filters=Filters(kinds=("video",)))
    Desk(home, llm="extractive", note_gaps=False).ask("Which soil do blueberries like?")
    assert desk.gaps() == []
    assert not (home / "gaps.sqlite").exists()


def test_evaluating_a_file_of_questions_notes_nothing(desk, tmp_path):
    row = {
        "id": "1", "question": "Which soil do blueberries like?", "lang": "en", "gold_urls": [],
        "type": "unanswerable", "evidence": "", "answer": "",
    }  # fmt: skip
    file = tmp_path / "questions.jsonl"
    file.write_text(json.dumps(row) + "\n")
    desk.evaluate(file)
    assert desk.gaps() == []


def test_a_file_that_cannot_be_used_costs_no_answer(desk, home):
    (home / "gaps.sqlite").mkdir()
    assert desk.ask("Which soil do blueberries like?").refused
    (home / "gaps.sqlite").rmdir()
    (home / "gaps.sqlite").write_bytes(
        b"not a database at all, but long enough to be taken for one"
    )
    assert desk.ask("Which soil do blueberries like?").refused
    assert desk.gaps() == []


def test_only_so_many_are_kept(desk, home, monkeypatch):
    monkeypatch.setattr(gaps, "_KEPT", 3)
    answer = desk.ask("Which soil do blueberries like?")
    for number in range(6):
        Gaps(home).note(answer.__class__(**fields(answer) | {"asked": f"question {number}"}))
    assert [gap.question for gap in Gaps(home).read()] == ["question 5", "question 4", "question 3"]


def fields(value):
    return {name: getattr(value, name) for name in value.__slots__}


def test_processes_note_at_the_same_time(desk, home):
    answer = desk.ask("Which soil do blueberries like?")
    code = (
        "import sys; from pathlib import Path; from assistant.kept.gaps import Gaps;"
        "from assistant.answering.values import Answer\n"
        "for n in range(20):\n"
        "    a = Answer(f'q{sys.argv[2]}-{n}', f'q{sys.argv[2]}-{n}', 'en', True, '', 'extractive',"
        " (), (), (), (), None)\n"
        "    Gaps(Path(sys.argv[1])).note(a)"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(home), str(number)])
        for number in range(3)
    ]
    assert [each.wait(60) for each in running] == [0, 0, 0]
    assert len(Gaps(home).read()) == 61
    assert answer.refused


def test_nothing_but_the_question_is_kept(desk, home):
    desk.ask("Which soil do blueberries like?")
    with sqlite3.connect(home / "gaps.sqlite") as db:
        columns = [row[1] for row in db.execute("PRAGMA table_info(gaps)")]
    db.close()
    assert columns == ["question", "lang", "first", "last", "count", "nearest", "sections"]
