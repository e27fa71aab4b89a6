"""What is written otherwise and says the same is known in one place."""

import pytest

from ingest.text.alike import american, classes, without_small


@pytest.mark.parametrize(
    ("british", "as_compared"),
    [
        ("colours", "colors"),
        ("neighbouring", "neighboring"),
        ("normalises", "normalizes"),
        ("centre", "center"),
        ("catalogues", "catalogs"),
        ("labelled", "labeled"),
        ("artefacts", "artifacts"),
        ("metre-long", "meter-long"),
        ("four", "four"),
        ("hours", "hours"),
        ("filled", "filled"),
        ("there", "there"),
        ("蓝色", "蓝色"),
    ],
)
def test_british_spelling_is_compared_as_american(british, as_compared):
    assert american(british) == as_compared


def test_a_small_word_stands_for_its_class():
    assert classes()["each"] == classes()["every"] == "all"
    assert classes()["have to"] == "must"
    assert classes()["每棵"] == classes()["全部"] == "所有"
    assert "some" not in classes()


def test_no_small_word_is_of_two_classes():
    classes.cache_clear()
    members = classes()
    assert all(members[first] == first for first in members.values())


def test_a_text_without_small_words_keeps_the_others():
    assert without_small("Each crate must go").split() == ["crate", "go"]
    assert without_small("也许会约束").split() == ["会约束"]
