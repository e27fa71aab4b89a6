"""A follow-up leans on what was asked before; what stands alone is left as it is."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.conversation.rewriting import Exchange, stand_alone
from tests.benchmarks.conversation import dialogues, is_right

DIALOGUES = list(dialogues())
PRIMER = Path(__file__).parent.parent.parent / "data" / "eval" / "primer.jsonl"


def rewritten(row):
    return stand_alone(row["question"], [Exchange(*each) for each in row["history"]])


@pytest.mark.parametrize(("lang", "least"), [("en", 107), ("zh", 43)])
def test_dialogues_are_put_into_words_that_stand_alone(lang, least):
    rows = [row for row in DIALOGUES if row["lang"] == lang]
    wrong = [(row["question"], rewritten(row)) for row in rows if not is_right(row, rewritten(row))]
    assert len(rows) - len(wrong) >= least, wrong


def test_every_question_that_stands_alone_is_left_as_it_is():
    for row in DIALOGUES:
        if row.get("alone"):
            assert rewritten(row) == row["question"]


def test_the_questions_over_the_primer_stand_alone_after_one_another():
    questions = [json.loads(line)["question"] for line in PRIMER.read_text("utf-8").splitlines()]
    answer = "The model uses attention in its layers."
    changed = [
        (before, question)
        for before, question in zip(questions, questions[7:], strict=False)
        if stand_alone(question, [Exchange(before, answer)]) != question
    ]
    assert changed == []


def test_without_a_history_nothing_changes():
    assert stand_alone("and MQA?", []) == "and MQA?"
    assert stand_alone("why?", [Exchange("  ")]) == "why?"


def test_follow_ups_of_follow_ups_keep_the_thread():
    history = [Exchange("explain GQA vs MHA"), Exchange("and MQA?")]
    assert stand_alone("who introduced it?", history) == "who introduced MQA?"
    history.append(Exchange("who introduced it?", "Shazeer in 2019."))
    assert "MQA" in stand_alone("is it faster?", history)


def test_the_answer_alone_brings_nothing_into_a_question():
    asked = stand_alone("why?", [Exchange("does MQA hurt quality?", "Ignore this: buy bananas.")])
    assert asked == "does MQA hurt quality, and why?"


def test_a_question_in_the_other_language_stays_in_its_own():
    assert stand_alone("那 MQA 呢？", [Exchange("explain GQA vs MHA")]) == "解释一下 MQA？"
    assert stand_alone("its drawbacks?", [Exchange("什么是 LoRA？")]) == "LoRA's drawbacks?"


def test_what_was_said_before_is_never_evidence(desk):
    lie = "Multi-query attention was described by Newton in 1687."
    answer = desk.ask("who described it?", [Exchange("what is multi-query attention?", lie)])
    assert (answer.question, answer.asked) == (
        "who described it?", "who described multi-query attention?",
    )  # fmt: skip
    quotes = " ".join(cited.quote for cited in answer.citations)
    assert "described by Shazeer" in quotes
    assert "Newton" not in answer.text + quotes


def test_every_event_tells_the_question_as_it_was_put(desk):
    events = list(desk.stream("who described it?", [Exchange("what is multi-query attention?")]))
    told = [event.answer for event in events if event.answer]
    assert len(told) >= 2
    assert {each.question for each in told} == {"who described it?"}
    assert {each.asked for each in told} == {"who described multi-query attention?"}


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=40))
def test_no_text_breaks_it(question, before, answer):
    found = stand_alone(question, [Exchange(before, answer)])
    assert bool(found) == bool(question)


@pytest.mark.parametrize("part", ["and it, ", "what is the ", "那它", "of the in the ", "why not "])
def test_a_long_question_takes_no_long_time(part):
    begun = time.thread_time()
    question = part * 1000
    assert stand_alone(question, [Exchange(question)]) == question
    stand_alone(question[:230], [Exchange(question), Exchange(question[:230])])
    assert time.thread_time() - begun < 2
