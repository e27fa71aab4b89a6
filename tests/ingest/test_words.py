"""Scripts, stop words and singular forms."""

import pytest

from ingest.text.scripts import (
    has_east_asian,
    has_han,
    is_chinese,
    is_east_asian,
    length_in_words,
    letters,
    runs,
)
from ingest.text.words import FUNCTION_WORDS, says_nothing, singular, without_asking


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("注意力机制让模型有选择地参考输入", "zh"),
        ("用 GQA 缓存键值 (key and value)", "zh"),
        ("注意機構はモデルが入力を選ぶ", "ja"),
        ("어텐션은 입력을 고른다", "ko"),
        ("Attention chooses its input (注意)", ""),
        ("", ""),
        ("12 + 3", ""),
    ],
)
def test_a_script_tells_the_language(text, language):
    assert letters(text).language == language
    assert is_chinese(text) == (language == "zh")
    assert is_east_asian(text) == bool(language)


def test_characters_and_runs_are_found():
    assert has_han("a 的 b")
    assert not has_han("カタカナ only")
    assert has_east_asian("カタカナ only")
    assert not has_han("plain")
    assert runs("用GQA缓存键、々") == ["用", "缓存键", "々"]
    assert length_in_words("two words 四个汉字") == 4


@pytest.mark.parametrize(
    ("many", "one"),
    [
        ("queries", "query"), ("caches", "cache"), ("matches", "match"), ("losses", "loss"),
        ("boxes", "box"), ("keys", "key"), ("LLMs", "LLM"), ("GPUs", "GPU"), ("bias", "bias"),
        ("biases", "bias"), ("corpus", "corpus"), ("analysis", "analysis"), ("class", "class"),
        ("schemas", "schema"), ("gas", "gas"), ("is", "is"), ("databases", "database"),
        ("Heads", "Head"), ("RLHF", "RLHF"), ("hashes", "hash"), ("ties", "tie"),
    ],
)  # fmt: skip
def test_singular(many, one):
    assert singular(many) == one


def test_words_that_say_nothing():
    assert says_nothing("the")
    assert says_nothing("explain")
    assert not says_nothing("attention")
    assert says_nothing("什么", "zh")
    assert without_asking("请解释一下什么是注意力") == "   注意力"
    assert all(word == word.lower() for words in FUNCTION_WORDS.values() for word in words)
