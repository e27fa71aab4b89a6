"""A saved answer is checked again: every sentence against the passage it cites."""

from dataclasses import replace

import pytest

from assistant.answering.evidence import gather, lines_of
from assistant.answering.question import understand
from assistant.contract import to_json
from index.store.values import Filters
from ingest.errors import UsageError


@pytest.fixture
def saved(desk):
    return to_json(desk.ask("how does multi-query attention share keys?"))


def test_what_was_saved_holds(desk, saved):
    checked = desk.verify(saved)
    assert checked
    assert all(each["ok"] for each in checked)


def test_a_sentence_changed_since_does_not(desk, saved):
    saved["sentences"][0]["text"] = "Multi-query attention was proposed by Vaswani in 2017."
    assert not desk.verify(saved)[0]["ok"]


@pytest.mark.parametrize(
    ("chinese", "holds"), [("多查询注意力共享键。", True), ("共享 8 个键。", False)]
)
def test_a_translation_is_checked_with_its_original(desk, saved, chinese, holds):
    sentence = saved["sentences"][0]
    sentence |= {"text": chinese, "original": sentence["text"]}
    checked = desk.verify(saved)[0]
    assert checked["ok"] is holds
    assert holds or "translation" in checked["reason"]


@pytest.mark.parametrize(
    "saved",
    [
        [], {}, None, 5, {"sentences": 5, "citations": [], "question": "x"},
        {"sentences": [], "citations": ["x"], "question": "x"},
        {"sentences": [{"text": 5, "citations": []}], "citations": [], "question": "x"},
        {"sentences": [{"text": "x", "citations": [[1]]}], "citations": [], "question": "x"},
        {"sentences": [{"text": "x" * 30_000, "citations": []}], "citations": [], "question": "x"},
        {"sentences": [], "citations": [], "question": "x" * 5_000},
    ],
    ids=lambda saved: str(saved)[:50],
)  # fmt: skip
def test_what_is_no_saved_answer_is_refused(desk, saved):
    with pytest.raises(UsageError):
        desk.verify(saved)


def test_places_that_are_no_numbers_are_refused(desk, saved):
    saved["citations"][0]["start"] = "0"
    with pytest.raises(UsageError, match="start of a citation is no whole number"):
        desk.verify(saved)


def test_a_passage_of_nothing_but_a_formula_can_be_cited(desk):
    question = understand("how does multi-query attention share keys?")
    (hit, *_) = gather(desk.library, question, Filters()).hits
    bare = replace(hit, passage=replace(hit.passage, text="$$\nx = y + z\n$$"))
    evidence = lines_of(desk.library, question, [bare])
    assert [line.piece.form for line in evidence.lines] == ["formula"]
    assert not evidence.vectors.any()
