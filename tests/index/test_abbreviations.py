"""Abbreviations are read where texts define them, and only there."""

import pytest

from index.search.abbreviations import Glossary, pairs


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("It has grouped-query attention (GQA) to save room.", ("GQA", "grouped-query attention")),
        ("GQA (grouped-query attention) saves memory.", ("GQA", "grouped-query attention")),
        ("- **TTFT**: Time To First Token matters", ("TTFT", "Time To First Token")),
        ("trained by proximal policy optimisation (PPO)", ("PPO", "proximal policy optimisation")),
        ("state-space models (SSMs) are recurrent", ("SSMs", "state-space models")),
        ("分组查询注意力（Grouped-Query Attention, GQA）", ("GQA", "Grouped-Query Attention")),
        ("reinforcement learning from human feedback (RLHF)",
         ("RLHF", "reinforcement learning from human feedback")),
    ],
)  # fmt: skip
def test_a_definition_is_read(text, pair):
    assert pair in set(pairs(text))


@pytest.mark.parametrize(
    "text",
    [
        "The cache grows (GB) with every token.",
        "We trained it on a cluster (see Table 2).",
        "A good model (GPT) answers.",
        "Note: this is a warning",
    ],
)
def test_what_defines_nothing_gives_nothing(text):
    assert set(pairs(text)) == set()


def test_a_question_gets_the_other_form():
    glossary = Glossary(
        [
            ("GQA", "grouped-query attention"),
            ("GQA", "Grouped Query Attention"),
            ("IS", "in sample"),
        ]
    )
    assert glossary.others("what is gqa?") == ["Grouped Query Attention"]
    assert glossary.others("grouped query attentions explained") == ["GQA"]
    assert glossary.others("grouped-query attention (GQA)") == []
    assert glossary.others("what is this") == []


def test_the_most_frequent_long_form_counts():
    defined = [("RM", "ring mesh"), ("RM", "reward model"), ("RM", "Reward models")]
    assert Glossary(defined).others("train the RM")[0].lower().startswith("reward model")


def test_a_gloss_counts_from_two_documents_on():
    once = [("奖励模型", "reward model")]
    assert Glossary(once).others("奖励模型是什么") == []
    assert Glossary(once * 2).others("奖励模型是什么") == ["reward model"]
