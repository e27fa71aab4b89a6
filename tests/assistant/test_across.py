"""A translation is shown only beside its original, and only with the same numbers and names."""

import pytest

from assistant.answering.writing import faithful, to_chinese, to_english
from ingest.text.large_numbers import in_chinese_units, quantities


class Says:
    """An engine that gives one reply."""

    name = "says"

    def __init__(self, text: str) -> None:
        self.text = text

    def stream(self, messages, *, max_tokens, stop):
        yield from self.text


def never() -> bool:
    return False


def test_a_question_keeps_its_names():
    said = to_english(
        Says("What is the paper of the second version?"), "Mamba2 的论文是什么？", never
    )
    assert said == "What is the paper of the second version? Mamba2"


def test_a_reply_that_is_no_english_is_no_translation():
    assert to_english(Says("键值缓存是什么？"), "什么是键值缓存？", never) == ""


SENTENCE = "Mixtral activates 13 billion of its 47 billion parameters."


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Mixtral 在 47 billion 参数中激活 13 billion。", True),
        ("Mixtral 在 48 billion 参数中激活 13 billion。", False),
        ("GPT-4 在 47 billion 参数中激活 13 billion。", False),
        ("Mixtral activates 13 billion.", False),
    ],
)
def test_a_translation_with_other_numbers_or_names_is_not_shown(said, kept):
    assert list(to_chinese(Says(f"1. {said}"), [SENTENCE], never)) == [said if kept else ""]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Chinchilla 有 700 亿参数，用 1.4 万亿词元训练。", True),
        ("Chinchilla 有 70B 参数，用 1.4T 词元训练。", True),
        ("Chinchilla 有 70 亿参数，用 1.4 万亿词元训练。", False),
    ],
)
def test_numbers_are_compared_with_what_they_count(said, kept):
    source = "Chinchilla has 70 billion parameters and read 1.4 trillion tokens."
    assert list(to_chinese(Says(f"1. {said}"), [source], never)) == [said if kept else ""]


@pytest.mark.parametrize(
    ("source", "said", "kept"),
    [
        ("Set max_steps in the SFTConfig.", "在 SFTConfig 中设置 max_steps。", True),
        ("Set max_steps in the SFTConfig.", "在 SFTConfig 中设置最大步数。", False),
        ("LSTMs and GPUs differ.", "LSTM 和 GPU 互有区别。", True),
        ("A GPT-3-sized model fits.", "GPT-3 规模的模型放得下。", True),
        ("We recommend torch 2.12 for vllm.", "我们建议 vllm 用 torch 2.12。", True),
        ("We recommend torch 2.12 for vllm.", "我们建议使用 vllm 2.12。", False),
        ("It has 2 and 7 billion parameters.", "它有 20 亿和 70 亿参数。", True),
        ("It has 2 and 7 billion parameters.", "它有 20 亿参数。", False),
        ("A 7-billion-parameter model.", "一个 70 亿参数的模型。", True),
        ("It appeared in May 2024.", "它于 2024 年 5 月发布。", True),
        ("It appeared in May 2024.", "它于 2024 年 6 月发布。", False),
    ],
)
def test_names_numbers_and_versions_are_kept_both_ways(source, said, kept):
    assert faithful(said, source) is kept


def test_the_model_is_given_numbers_in_chinese_units():
    source = "It read 1.4 trillion tokens with 70 billion or 7.5 million weights in 2,048 steps."
    counted = in_chinese_units(source)
    assert counted == "It read 1.4万亿 tokens with 700亿 or 750万 weights in 2,048 steps."
    assert quantities(counted) == quantities(source) == {1.4e12, 7e10, 7.5e6, 2048}


def test_sentences_are_put_into_chinese_together_and_each_keeps_its_place():
    sentences = ["BERT has 12 layers.", "GPT-2 has 48 layers.", "T5 has 24 layers."]
    said = Says("1. BERT 有 12 层。\n3. T5 有 24 层。")
    assert list(to_chinese(said, sentences, never)) == ["BERT 有 12 层。", "", "T5 有 24 层。"]
    cut_short = Says("1. BERT 有 12 层。\n2. GPT-2 有")
    assert list(to_chinese(cut_short, sentences, never)) == ["BERT 有 12 层。", "", ""]
