"""What falsifies sentences of pages changes what is said, in one place."""

import random

import pytest

from tests.benchmarks.falsify import True_
from tests.benchmarks.falsify_pages import falsify
from tests.benchmarks.falsify_turned import turned
from tests.benchmarks.rewordings import rows


@pytest.mark.parametrize(
    ("lang", "sentence", "kind", "false"),
    [
        ("en", "If it is cold, the pump may stop.", "condition dropped", "The pump may stop."),
        ("en", "The pump may stop.", "how surely", "The pump will always stop."),
        ("en", "Only the pump stops, because the valve is shut tight.", "cause and effect",
         "the valve is shut tight because Only the pump stops."),
        ("en", "The pump feeds the valve.", "things exchanged", "The valve feeds the pump."),
        ("en", "Unlike the pump, it rests.", "unlike turned", "Like the pump, it rests."),
        ("zh", "水泵至少运行两小时。", "only and at least", "水泵恰好运行两小时。"),
        ("zh", "水泵可能停止。", "how surely", "水泵一定停止。"),
    ],
)  # fmt: skip
def test_a_kind_changes_what_is_said(lang, sentence, kind, false):
    made = dict(falsify(True_(lang, sentence, (sentence,)), random.Random(1)))
    assert made[kind].casefold() == false.casefold()


@pytest.mark.parametrize(
    ("sentence", "kind", "false"),
    [
        ("The pump is sent to the valve.", "things exchanged", "The valve is sent to the pump."),
        ("The pump stops because the valve is shut.", "cause turned", None),
        ("Unlike the pump, it rests.", "likeness", "Like the pump, it rests."),
        ("水泵与阀门不同。", "likeness", "水泵与阀门相同。"),
    ],
)
def test_a_sentence_is_turned_round(sentence, kind, false):
    lang = "en" if sentence.isascii() else "zh"
    made = dict(turned(True_(lang, sentence, (sentence,)), sentence, sentence))
    assert made[kind] != sentence
    assert false is None or made[kind].casefold() == false.casefold()


def test_a_true_rewording_stands_beside_a_false_one():
    every = rows()
    assert len(every) == len({row["sentence"] for row in every}) >= 80
    assert all(row["false"] not in (row["sentence"], row["source"]) for row in every)
    assert len(rows(0)) + len(rows(1)) == len(every)
