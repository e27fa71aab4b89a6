"""Words are found whatever their ending, their punctuation and their script."""

import shutil

import pytest

from index.search import lexical
from index.search.lexical import WordIndex
from ingest.disk import remove


@pytest.fixture
def words(tmp_path):
    index = WordIndex(tmp_path / "words")
    index.change(
        [],
        [
            (1, "Sharing", "Grouped-query attention (GQA). Heads share keys."),
            (2, "Pieces", "The tokenizer splits words into pieces."),
            (3, "", "分组查询注意力让多个查询头共享键和值"),
            (4, "", "グループ化クエリアテンション"),
        ],
    )
    return index


def numbers(hits):
    return [number for number, _ in hits]


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("gqa", 1),
        ("sharing a key", 1),
        ("tokenizers", 2),
        ("查询注意力", 3),
        ("共享键", 3),
        ("アテンション", 4),
    ],
)
def test_a_query_finds_its_passage(words, query, number):
    assert numbers(words.search(query, 5))[0] == number


def test_a_query_is_never_parsed(words):
    assert numbers(words.search('gqa AND (key: [* TO "', 5)) == [1]
    assert words.search("+-*:()[]", 5) == []


def test_only_allowed_passages_are_found(words):
    assert numbers(words.search("attention words", 5)) != []
    assert numbers(words.search("attention words", 5, allowed=[2])) == [2]
    assert words.search("attention", 5, allowed=[]) == []


def test_a_branch_changes_and_its_origin_does_not(tmp_path, words):
    del words
    lexical.branch(tmp_path / "words", tmp_path / "next")
    branch = WordIndex(tmp_path / "next")
    branch.change([1], [(5, "Drafts", "Speculative decoding drafts tokens.")])
    origin = WordIndex(tmp_path / "words")
    assert (len(origin), len(branch)) == (4, 4)
    assert numbers(origin.search("gqa", 5)) == [1]
    assert branch.search("gqa", 5) == []
    assert numbers(branch.search("draft", 5)) == [5]


def test_removing_what_is_not_there_is_an_error(words):
    with pytest.raises(RuntimeError, match="4 passages"):
        words.change([99], [])


def test_rare_words_weigh_more(words):
    idf = words.idf(["head", "nowhere"])
    assert idf["nowhere"] > idf["head"] > 0


def test_a_match_in_the_title_counts_more(tmp_path):
    index = WordIndex(tmp_path / "words")
    index.change([], [(1, "Baking", "kernels fuse"), (2, "Kernels", "kernels fuse")])
    assert numbers(index.search("kernel", 5)) == [2, 1]


def test_an_index_that_was_opened_can_be_removed(tmp_path, words):
    for n in range(600):  # what reads it makes files there: one removal in 90 failed
        folder = tmp_path / str(n)
        shutil.copytree(tmp_path / "words", folder)
        assert len(WordIndex(folder)) == len(words)
        remove(folder)
        assert not folder.exists()
