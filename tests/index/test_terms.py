"""What the word index holds of a text: folded letters, names whole and in parts, Han pairs."""

import pytest

from index.search.terms import folded, joined, names, one_spelling, parts, single, spread


def test_full_width_and_traditional_letters_are_folded():
    assert folded("ＫＶ缓存　注意力機制") == "KV缓存 注意力机制"
    assert folded("plain") == "plain"


def test_han_runs_are_cut_into_pairs():
    assert spread("用GQA缓存键值。").split() == ["用", "GQA", "缓存", "存键", "键值", "。"]
    assert spread("キャッシュ").split() == ["キャ", "ャッ", "ッシ", "シュ"]
    assert spread("KV cache stays.") == "KV cache stays."


def test_a_name_is_the_same_however_its_parts_are_set_apart():
    for written in ("max_num_tokens", "maxNumTokens", "--max-num-tokens", "MAX_NUM_TOKENS"):
        assert names(written) == {"maxnumtokens": 3}
    assert names("torch.nn.scaled_dot_product")["scaleddotproduct"] == 3
    assert names("a plain sentence.") == {}


def test_camel_case_words_have_parts():
    assert parts("KVCacheManager and getUserById") == [
        "KV", "Cache", "Manager", "get", "User", "By", "Id",
    ]  # fmt: skip
    assert parts("plain words GPTQ 7B") == []


def test_words_written_apart_may_be_a_name():
    meant = joined("kv cache manager")
    assert meant["kvcachemanager"] == 3
    assert meant["cachemanager"] == 2
    assert meant["manager"] == 1


def test_single_han_characters():
    assert single("LoRA的秩是秩") == ["的", "秩", "是"]


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("quantisation", "quantization"), ("optimisers", "optimizers"), ("tokenised", "tokenized"),
        ("behaviour", "behavior"), ("neighbouring", "neighboring"), ("labelled", "labeled"),
        ("modelling", "modeling"), ("analysed", "analyzed"), ("centre", "center"),
        ("licence", "license"), ("catalogue", "catalog"), ("programmes", "programs"),
    ],
)  # fmt: skip
def test_british_and_american_spellings_are_one_word(british, american):
    assert one_spelling(british) == one_spelling(american) == american


@pytest.mark.parametrize("word", ["your", "four hours", "called", "model", "analysis", "spelling"])
def test_other_words_stay_as_they_are(word):
    assert one_spelling(word) == word
