"""No sentence is shown that its source does not support."""

import pytest

from assistant.citation import attribute, unsupported_details
from assistant.evidence import gather
from assistant.question import understand
from index.values import Filters


@pytest.fixture
def evidence(desk):
    question = understand("how do multi-query and grouped-query attention share keys?")
    return gather(desk.library, question, Filters())


def test_a_near_copy_becomes_the_sources_own_sentence(desk, evidence):
    verdict = attribute(
        desk.library,
        evidence,
        "Multi-query attention keeps just one key head and one value head for all query heads.",
    )
    assert (verdict.status, verdict.verbatim) == ("supported", True)
    assert verdict.text in verdict.line.hit.passage.text


def test_a_swap_of_names_is_put_right_or_dropped(desk, evidence):
    verdict = attribute(
        desk.library,
        evidence,
        "Grouped-query attention keeps one key head and one value head for all query heads.",
    )
    assert verdict.status == "dropped" or verdict.text in verdict.line.hit.passage.text


@pytest.mark.parametrize(
    "claim",
    [
        "Bananas are harvested in the rainy season by hand.",
        "With 16 groups the cache is 16 times smaller than with 64 separate heads of any kind.",
        "Multi-query attention was described by Vaswani in 2019 as a faster way of decoding text.",
    ],
)
def test_what_no_source_says_is_dropped(desk, evidence, claim):
    verdict = attribute(desk.library, evidence, claim)
    assert verdict.status == "dropped" or verdict.text != claim


def test_an_empty_sentence_is_dropped(desk, evidence):
    assert attribute(desk.library, evidence, "...").status == "dropped"


@pytest.mark.parametrize(
    ("sentence", "source", "detail"),
    [
        ("It has 13 layers.", "It has 12 layers.", "13"),
        ("It has 1,024 heads.", "There are 1024 heads.", None),
        ("It is 5 % slower.", "It is 5% slower.", None),
        ("GQA is used.", "MQA is used.", "GQA"),
        ("It was made by Shazeer.", "Somebody made it.", "Shazeer"),
        ("It does not scale.", "It scales.", "its negation"),
        ("It scales well.", "It scales well.", None),
        ("GPUs are needed.", "A GPU is needed.", None),
    ],
)
def test_numbers_names_and_negations_must_stand_in_the_source(sentence, source, detail):
    assert unsupported_details(sentence, source) == detail
