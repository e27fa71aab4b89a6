"""A saved answer is checked again: every sentence against the passage it cites."""

import pytest

from assistant.answering.json_form import answer_object


@pytest.fixture
def saved(desk):
    return answer_object(desk.ask("how does multi-query attention share keys?"))


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
