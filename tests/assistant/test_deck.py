"""Cards are kept in the home and come back when FSRS says so; the clock is moved in tests."""

import stat
from datetime import UTC, datetime, timedelta

import pytest

from assistant.learning.cards import Card
from assistant.learning.deck import Deck
from ingest.errors import NothingFound, UsageError


class Clock:
    def __init__(self):
        self.time = datetime(2026, 1, 1, 9, tzinfo=UTC)

    def __call__(self):
        return self.time


def a_card(number=1):
    return Card(
        f"Question {number}?", "answer", "the quote", "Title", f"https://a.example/{number}"
    )


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def deck(tmp_path, clock):
    return Deck(tmp_path, now=clock)


def test_new_cards_are_due_at_once_and_known_ones_are_not_made_twice(deck, tmp_path):
    assert deck.standing().kept == 0
    assert not (tmp_path / "cards.sqlite").exists()  # to look is no reason to write
    assert deck.add([a_card(1), a_card(2)], "topic") == 2
    assert deck.add([a_card(2), a_card(3)], "topic") == 1
    assert (deck.standing().due, deck.standing().kept) == (3, 3)
    assert deck.due(5)[0].card == a_card(1)
    assert stat.S_IMODE((tmp_path / "cards.sqlite").stat().st_mode) == 0o600


def test_a_card_known_twice_comes_back_after_days_and_one_forgotten_after_minutes(deck, clock):
    deck.add([a_card()], "topic")
    number = deck.due()[0].number
    rated = deck.rate(number, 3)
    assert timedelta(0) < rated.due - clock.time < timedelta(hours=1)
    assert deck.due() == []
    clock.time += timedelta(hours=1)
    rated = deck.rate(deck.due()[0].number, 3)
    assert rated.learned
    assert rated.due - clock.time >= timedelta(days=1)
    assert deck.standing().next_due == rated.due
    clock.time += timedelta(days=1)
    later = deck.standing().due
    clock.time = rated.due
    assert (later, deck.standing().due) in ((0, 1), (1, 1))
    again = deck.rate(number, 1)
    assert again.due - clock.time < timedelta(hours=1)
    assert not again.learned
    assert again.reviews == 3


def test_each_owner_has_cards_of_their_own(deck, tmp_path, clock):
    other = Deck(tmp_path, "f" * 32, clock)
    deck.add([a_card()], "topic")
    assert other.standing().kept == 0
    other.add([a_card()], "topic")
    number = other.due()[0].number
    with pytest.raises(NothingFound, match="no card"):
        deck.rate(number, 3)
    deck.remove(number)
    assert other.standing().kept == 1
    other.remove(number)
    assert (other.standing().kept, deck.standing().kept) == (0, 1)


def test_what_cannot_be_is_refused_in_words(deck, tmp_path):
    deck.add([a_card()], "topic")
    for rating in (0, 5):
        with pytest.raises(UsageError, match="no rating"):
            deck.rate(1, rating)
    (tmp_path / "cards.sqlite").write_bytes(b"this is no database" * 100)
    with pytest.raises(UsageError, match="check --repair"):
        deck.due()


def test_cards_of_an_answer_are_made_of_what_stands_in_the_library_alone(desk):
    url = desk.search("grouped-query attention", k=1).hits[0].passage.url
    text = desk.read_source(url).text
    quote = next(line for line in text.split("\n") if len(line) > 60)
    made = desk.cards_of_answer("what is it?", [(url, quote), (url, "which nobody ever said")])
    assert [(card.question, card.quote, card.url) for card in made] == [("what is it?", quote, url)]
    with pytest.raises(NothingFound, match="word for word"):
        desk.cards_of_answer("what is it?", [(url, "which nobody ever said")])
    with pytest.raises(NothingFound):
        desk.cards_of_source("https://nowhere.example/")


def test_sentences_of_an_answer_run_on_in_its_card_and_lists_keep_their_lines(desk):
    url = desk.search("grouped-query attention", k=1).hits[0].passage.url
    text = desk.read_source(url).text
    first, second = [line for line in text.split("\n") if len(line) > 60 and line[0].isalpha()][:2]
    (card,) = desk.cards_of_answer("what is it?", [(url, first), (url, second)])
    assert card.quote == f"{first} {second}"
    assert "\n" not in card.answer
    (card,) = desk.cards_of_answer("what is it?", [(url, f"- {first}"), (url, f"- {second}")])
    assert card.answer.count("\n") == 1


def test_cards_of_a_source_quote_it(desk):
    url = desk.search("grouped-query attention", k=1).hits[0].passage.url
    made = desk.cards_of_source(url)
    text = desk.read_source(url).text
    assert made
    assert all(card.quote in text for card in made)
