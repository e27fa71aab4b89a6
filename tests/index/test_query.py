"""What people type: signs alone, full-width letters, pasted logs, misspelt words, languages."""

import pytest

from index.search import spelling
from index.search.lexical import WordIndex
from index.search.query import language_of, narrow, reduced, require_words
from index.search.spelling import Speller
from ingest.errors import UsageError

PAGES = (
    "The attention mechanism weighs every token of the input.",
    "Quantization of weights makes a model smaller; attention stays.",
    "E1027 means that the card has fallen off the bus.",
    "The worker runs a step of the runner and executes the batch.",
    "Speculative decoding drafts tokens; the attention mechanism checks them.",
)


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    index = WordIndex(tmp_path_factory.mktemp("words"))
    index.change([], [(number, "", text) for number, text in enumerate(PAGES, 1)])
    return index


@pytest.mark.parametrize("nothing", ["", "  ", "?", "🙂", "a", "C", "...", "7", "，。"])
def test_what_holds_no_word_is_refused_in_words(nothing):
    with pytest.raises(UsageError, match="say what to search for"):
        require_words(nothing)


@pytest.mark.parametrize("something", ["GQA", "秩", "E1", "c++ 20", "как", "ＫＶ"])
def test_a_word_is_enough(something):
    require_words(something)


def test_full_width_letters_become_those_of_a_keyboard():
    assert narrow("ＫＶ缓存") == "KV缓存"


def test_misspelt_words_are_put_right_by_the_words_of_the_library(words):
    speller = Speller(words, lambda _: False)
    assert speller.corrected("attnetion mechansim") == "attention mechanism"
    assert speller.corrected("quantizaton") == "quantization"
    assert speller.corrected("Spekulative decodng?") == "Speculative decoding?"


@pytest.mark.parametrize(
    "right",
    [
        "attentions and weights",  # forms of words that are there
        "E1028",  # a code is not a misspelt code
        "fallen cards",
        "zebra",
        "flash_atention",  # a name
        "what about Cachos here",  # a short name of something that is not here
        "how does qdrant compare",  # a name of the field
        "Wie funktioniert die Quantisierung von Gewichten",
        "键值缓存",
    ],
)
def test_nothing_else_is_touched(words, right):
    assert Speller(words, lambda _: False).corrected(right) == right


def test_the_beginning_of_a_word_stands_for_it_where_no_other_begins_so(words, monkeypatch):
    monkeypatch.setattr(spelling, "_OFTEN", 1)
    assert Speller(words, lambda _: False).corrected("quantizat") == "quantization"
    monkeypatch.setattr(spelling, "_OFTEN", 100)  # hardly there
    assert Speller(words, lambda _: False).corrected("quantizat") == "quantizat"


def test_a_word_that_is_one_elsewhere_is_no_slip(words):
    assert Speller(words, lambda _: False).corrected("a steep runner") == "a step runner"
    assert Speller(words, "steep".__eq__).corrected("a steep runner") == "a steep runner"
    assert Speller(words, lambda _: False).corrected("to reunner it") == "to runner it"
    assert Speller(words, "unner".__eq__).corrected("to reunner it") == "to reunner it"  # re-unner


def test_a_pasted_traceback_is_reduced_to_what_tells(words):
    lines = [f'  File "/srv/worker_{n}.py", line {n}, in step\n    runner.execute(batch)\n'
             for n in range(40)]  # fmt: skip
    pasted = "Traceback (most recent call last):\n" + "".join(lines) + "Error: E1027 on the bus"
    short = reduced(pasted, words)
    assert len(short.split()) <= 16
    assert {"E1027", "bus"} <= set(short.split())
    assert words.search(short, 1)[0][0] == 3


def test_a_short_traceback_is_reduced_and_lines_of_prose_are_not(words):
    pasted = (
        "Traceback (most recent call last):\n  File 'worker_0.py', line 3, in step\n"
        "    self.runner.execute(batch, tables)\nRuntimeError: E1027: fallen off the bus"
    )
    short = reduced(pasted, words)
    assert "E1027" in short
    assert "self" not in short
    prose = "Attention weighs tokens.\nWeights are made smaller.\nThe worker runs.\nA batch is run."
    assert reduced(prose, words) == prose


def test_a_query_of_ordinary_length_stays(words):
    query = "how does the attention mechanism weigh every token"
    assert reduced(query, words) == query


def test_the_language_of_a_query(words):
    assert language_of("scaled dot product attention kernel", words.holds) == "en"
    assert language_of("how do weights become smaller", words.holds) == "en"
    assert language_of("learning rate LoRA 微调", words.holds) == "zh"
    assert language_of("Wann wurde das Verfahren zuerst beschrieben", words.holds) == "de"


def test_singles_and_names_are_found(tmp_path):
    index = WordIndex(tmp_path / "words")
    index.change(
        [],
        [
            (1, "", "微调时秩r取8到64"),
            (2, "", "学习率取一"),
            (3, "", "The class KVCacheManagerV2 hands out blocks"),
            (4, "", "the manager of a cache has a version"),
            (5, "", "注意力機制讓模型查看每個詞"),
        ],
    )
    assert index.search("秩", 1)[0][0] == 1
    assert index.search("KVCacheManagerV2", 1)[0][0] == 3
    assert index.search("kv_cache_manager_v2", 1)[0][0] == 3
    assert index.search("cache manager", 5)[0][0] == 4
    assert index.search("注意力机制 词", 1)[0][0] == 5


def test_how_much_words_explain(words):
    def share(query):
        return words.explained(query, words.search(query, 1)[0][1])

    assert share("attention mechanism") > 0.5
    assert share("attention zebra giraffe elephant") < share("attention mechanism")
    assert words.explained("zebra", 0.0) == 0.0


def test_a_single_character_is_explained_by_the_words_that_hold_it(tmp_path):
    index = WordIndex(tmp_path / "words")
    rows = [(number, "", f"学习率取第{number}个值") for number in range(40)]
    index.change([], [*rows, (99, "", "微调时秩r取8到64，低秩适配")])
    number, score = index.search("秩", 1)[0]
    assert number == 99
    assert index.explained("秩", score) > 0.4


def test_the_questions_a_passage_answers_count_only_where_one_is_to_be_answered(tmp_path):
    index = WordIndex(tmp_path / "words")
    texts = [(1, "", "A note on herons."), (2, "", "Herons wade through the marsh at dawn.")]
    index.change([], texts, questions={1: "Where do herons wade at dawn?"})
    assert [number for number, _ in index.search("marsh", 5, to_answer=True)] == [2]
    assert [number for number, _ in index.search("wade dawn", 5)] == [2]
    assert {number for number, _ in index.search("wade dawn", 5, to_answer=True)} == {1, 2}
