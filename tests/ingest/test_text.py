import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.text.digits import whole_number
from ingest.text.numbers import quantities
from ingest.text.sentences import clean, language, language_within, sentences


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("20", 20), (" 7\t", 7), (b"350", 350), ("٣", 3), ("²", None), ("①", None), (b"\xb2", None),
        ("", None), ("-1", None), ("1.0", None), ("1_0", None), ("9" * 5000, None),
    ],
)  # fmt: skip
def test_a_whole_number_is_one_that_can_be_read(said, number):
    assert whole_number(said) == number


def test_a_power_beyond_all_numbers_is_no_bug():
    (found,) = quantities("There are 3 × 10^999 of them.")
    assert found.value == float("inf")


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "We use LLMs, e.g. in chat. See Fig. 3 and Vaswani et al. 2017 for 3.5 GB. Done!",
            [
                "We use LLMs, e.g. in chat.",
                "See Fig. 3 and Vaswani et al. 2017 for 3.5 GB.",
                "Done!",
            ],
        ),
        (
            "The U.S. is big. See Sec. 2, Eq. (3) and approx. 5 kg. It ends",
            ["The U.S. is big.", "See Sec. 2, Eq. (3) and approx. 5 kg.", "It ends"],
        ),
        (
            "注意力让模型有选择地参考输入。分组查询注意力（GQA）更快！是吗？版本3.5发布。",
            [
                "注意力让模型有选择地参考输入。",
                "分组查询注意力（GQA）更快！",
                "是吗？",
                "版本3.5发布。",
            ],
        ),
        (
            "这里使用torch.nn.Linear 模块。It is old.The new one is in ./lib/Path.py.",
            [
                "这里使用torch.nn.Linear 模块。",
                "It is old.",
                "The new one is in ./lib/Path.py.",
            ],
        ),
        ("日本語の文です。次の文。", ["日本語の文です。", "次の文。"]),
        ("The sum $x = 1. Y$ is one. Next.", ["The sum $x = 1. Y$ is one.", "Next."]),
        ("**Bold.** Next.", ["**Bold.**", "Next."]),
        ("A hard\nwrapped line. And\nmore.", ["A hard\nwrapped line.", "And\nmore."]),
    ],
)
def test_prose_is_cut_at_sentence_ends(text: str, expected: list[str]) -> None:
    assert split(text) == expected


def test_blocks_are_not_prose() -> None:
    text = (
        "# Head. One\n- item a\n- item two. And\n  more.\n\n"
        "```python\n# no heading\nx = 1.0\n```\n"
        "| a | b |\n| --- | --- |\n| 1. A | 2 |\n1. num. Two.\n"
    )
    assert split(text) == [
        "Head. One",
        "item a",
        "item two.",
        "And\n  more.",
        "# no heading",
        "x = 1.0",
        "| a | b |",
        "| 1. A | 2 |",
        "num.",
        "Two.",
    ]


@given(
    st.text(
        alphabet=st.sampled_from("aB1. \n#`-|>$*。！字か한é\U0001f600\u200d!?()“”"), max_size=80
    )
)
def test_spans_are_ordered_trimmed_and_inside(text: str) -> None:
    end_before = 0
    for start, end in sentences(text):
        assert end_before <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        end_before = end


def test_splitting_stays_linear() -> None:
    started = time.process_time()
    assert len(sentences("A sentence. " * 100_000)) == 100_000
    assert len(sentences("$x. Y$ and " * 20_000)) == 1
    assert len(sentences("`a` " * 30_000)) == 1
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("What is grouped-query attention?", "en"),
        ("什么是分组查询注意力？", "zh"),
        ("Flash Attention 是什么？", "zh"),
        ("GQA 与 MQA 的区别", "zh"),
        ("注意力機構とはどういうものですか", "ja"),
        ("어텐션이란 무엇인가", "ko"),
        ("", "en"),
        ("a" * 4000, "en"),
        ("hahaha" * 100 + " " + "zz" * 300, "en"),
        ("# Blarf\n\n```python\n" + "def blarf(x):\n    return x + 1\n\n" * 60 + "```", "en"),
        ("1 + 1 = 2", "en"),
        ("Der Fuchs springt über den Hund und läuft dann durch den Wald, weil er jagt. " * 5, "de"),
        ("L'attention permet au modèle de regarder toutes les positions de la suite. " * 5, "fr"),
    ],
)
def test_language(text: str, code: str) -> None:
    assert language(text) == code


def test_clean_removes_what_shows_nothing_and_keeps_what_does() -> None:
    assert clean("a\u200bb\u00adc\u202ed\x07\ufeff\ud800\U000e0041") == "abcd"
    assert clean("e\u0301\u00a0x\r\ny\u2028z") == "\u00e9 x\ny\nz"
    family = "\U0001f469\u200d\U0001f467"
    assert clean(family) == family


def test_a_part_has_the_language_of_its_own_script():
    english = "Grouped-query attention shares one key head among several query heads."
    chinese = "分组查询注意力让一组查询头共享同一个键头和值头，因此缓存更小，解码也更快。"
    assert language_within(english, "en") == "en"
    assert language_within(english, "fr") == "fr"
    assert language_within(english, "zh") == "en"
    assert language_within(chinese, "en") == "zh"
    assert language_within("KV 缓存", "en") == "en"
