"""What a sentence claims is read off its words, in English and Chinese."""

import pytest

from ingest.text.claims import Kind, denies, holds_name, read
from ingest.text.numbers import quantities
from ingest.text.opposites import contrary
from ingest.text.stems import stem


@pytest.mark.parametrize(
    ("text", "name", "holds"),
    [
        ("RoBERTa is larger.", "BERT", False),
        ("QLoRA quantises.", "LoRA", False),
        ("BERT's layers", "BERT", True),
        ("many LLMs", "LLM", True),
        ("Flash-Attention", "Flash Attention", True),
        ("GPT-4o", "GPT-4", False),
        ("Llama 2.1", "Llama 2", False),
        ("Llama-2-70B", "Llama 2", True),
        ("用 LoRA 微调", "LoRA", True),
    ],
)
def test_a_name_is_matched_whole(text, name, holds):
    assert holds_name(text, name) is holds


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("BERT reads both sides.", ["BERT"]),
        ("It says: “CSS is parsed first.”", ["CSS"]),
        ("The team in Oslo, with an AI and UK funds.", ["Oslo", "AI", "UK"]),
        ("However, attention is cheap.", []),
    ],
)
def test_names_are_found_wherever_they_stand(text, names):
    assert [term.text for term in read(text).terms if term.kind == Kind.NAME] == names


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("seventy billion parameters", [(7e10, "parameter")]),
        ("700 亿参数", [(7e10, "parameter")]),
        ("two hundred and twelve tokens", [(212.0, "token")]),
        ("in the 1990s, half of them", [(1990.0, ""), (0.5, "")]),
        ("50-73 %", [(50.0, "percent"), (73.0, "percent")]),
        ("百分之三十，十二层", [(30.0, "percent"), (12.0, "layer")]),
        ("tokens per second of GPT-2 on an A100", []),
        ("a thousand times, twice", [(1000.0, "times"), (2.0, "")]),
    ],
)
def test_numbers_have_a_value_and_a_unit(text, values):
    assert [(each.value, each.unit) for each in quantities(text)] == values


@pytest.mark.parametrize(
    ("text", "is_denial"),
    [
        ("It doesn't scale.", True),
        ("Neither of them scales.", True),
        ("No, it scales.", False),
        ("It is not only fast.", False),
        ("它从不抢占。", True),
        ("这非常不同。", False),
    ],
)
def test_denials_are_told_from_what_looks_like_them(text, is_denial):
    assert denies(text) is is_denial


def test_a_denial_reaches_to_the_end_of_its_clause():
    denied = {
        term.text for term in read("It supports streaming but not tools.").terms if term.denied
    }
    assert denied == {"tools"}


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [("increased", "decrease", True), ("won", "lost", True), ("stable", "unstable", True),
     ("encoder", "decoder", True), ("fast", "large", False)],
)  # fmt: skip
def test_contraries_are_known_by_their_stems(one, other, are):
    assert contrary(stem(one), stem(other)) is are
