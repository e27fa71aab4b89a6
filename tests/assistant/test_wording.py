import pytest

from assistant.wording import filled, made, whole, wording


def test_words_are_filled_into_the_patterns_that_name_them():
    asked = wording("questions")
    assert asked.words["measure"].startswith("many|")
    assert asked.patterns["narrow"].search("How many heads are there?")
    assert filled("{unit}s? of {other}", {"unit": "list"}) == "lists? of {other}"


def test_a_whole_word_is_none_inside_another():
    assert whole("lists?").search("which lists")
    assert not whole("lists?").search("enlists")


def test_a_template_gets_its_parts_when_it_is_made():
    [pattern] = made(("not on {site}",), site="arxiv")
    assert pattern.search("but NOT on arXiv")


def test_a_file_is_read_once():
    assert wording("orders") is wording("orders")


def test_a_wording_that_does_not_ship_is_named():
    with pytest.raises(FileNotFoundError, match="wording/nothing"):
        wording("nothing")
