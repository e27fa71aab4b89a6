"""Cards and quizzes as HTML: their texts are anybody's, and nothing of them runs."""

import json
import re
from datetime import UTC, datetime
from html import unescape
from types import SimpleNamespace

import pytest

from assistant.answering.values import Sentence
from assistant.learning.cards import Card
from assistant.learning.deck import Kept, Standing
from index.store.values import Recommendation
from ingest.errors import UsageError
from ui.page.deck_tab import _asked, owner_of
from ui.page.html_deck import make_button, progress_html, quiz_html, quotes_of, review_html
from ui.page.i18n import texts
from ui.serving.access import Access

SAY = texts("en")
EVIL = (
    "<script>alert(1)</script>'\"><img src=x onerror=alert(1)> $\\text{<img/src=x/onerror=a(1)>}$"
)


def evil(number=1):
    return Card(
        f"{number} {EVIL}", f"{number} {EVIL} answer", EVIL, EVIL, f"javascript:alert({number})"
    )


def test_nothing_of_a_card_becomes_markup():
    kept = Kept(1, EVIL, evil(), datetime(2026, 1, 1, tzinfo=UTC), 0, learned=False)
    places = {kept.card.url: [Recommendation(EVIL, (EVIL,), None)]}
    for html in (
        review_html(kept, Standing(1, 1, None), SAY),
        progress_html([kept], places, SAY),
        quiz_html([evil(number) for number in range(6)], EVIL, SAY),
        make_button(SAY, question=EVIL, quotes=[[EVIL, EVIL]]),
    ):
        assert html
        assert "<script" not in html
        assert "<img" not in html
        assert 'href="javascript' not in html
        assert not re.search(r"<[^>]*\son\w+=", re.sub(r'"[^"]*"', '""', html))


def test_a_quiz_has_one_right_choice_a_question_and_the_passage_of_each():
    cards = [Card(f"Q{n}?", f"This is answer number {n}.", f"quote {n}", "T", "https://a.example/")
             for n in range(7)]  # fmt: skip
    html = quiz_html(cards, "topic", SAY)
    questions = html.split("<fieldset>")[1:]
    assert len(questions) == 5
    for number, question in enumerate(questions):
        assert question.count('value="1"') == 1
        assert question.count("<input") == 4
        right = re.search(r'value="1"> <span>([^<]*)', question)
        assert right[1] == f"This is answer number {number}."
        assert f"quote {number}" in question
    assert quiz_html(cards[:3], "topic", SAY) == ""


def test_a_choice_is_never_cut_within_a_formula():
    long = "word " * 50 + "$a + b + c + d + e + f + g + h$ " + "word " * 30
    cards = [Card(f"Q{n}?", f"{n} {long}", "q", "T", "u") for n in range(4)]
    assert "$a" not in quiz_html(cards, "topic", SAY)


def test_a_choice_says_something_of_its_own():
    listed = "\n".join(["Three ideas make it:", "- small numbers", "- two of them"])
    long = "It is short. " + "It goes on and on, " * 20 + "and ends."
    answers = (listed, long, "Third answer.", "Fourth answer.")
    cards = [Card(f"Q{n}?", answer, "q", "T", "u") for n, answer in enumerate(answers)]
    html = quiz_html(cards, "topic", SAY)
    assert "<span>Three ideas make it: small numbers two of them</span>" in html
    assert "<span>It is short.</span>" in html


def test_what_the_button_sends_is_what_the_tab_reads():
    said = [
        Sentence(EVIL, (1,), 1.0, "supported", True),
        Sentence("own", (1,), 0.7, "supported", False),
    ]
    quotes = quotes_of(said, {1: "https://a.example/"})
    button = make_button(SAY, question=EVIL, quotes=quotes)
    sent = unescape(re.search(r'data-act="([^"]*)"', button)[1])
    assert _asked(sent)["quotes"] == [["https://a.example/", EVIL]]
    assert json.loads(sent)["question"] == EVIL


def visitor(host, **headers):
    return SimpleNamespace(client=SimpleNamespace(host=host), headers=headers)


def test_cards_are_kept_for_who_sits_here_or_came_in_with_a_token():
    mine = "a" * 32
    alone, shared = Access(), Access(token="a token of some length")
    assert owner_of(alone, mine, visitor("127.0.0.1")) == ""
    assert owner_of(shared, mine, visitor("192.0.2.7")) == mine
    proxied = visitor("127.0.0.1", **{"x-forwarded-for": "192.0.2.7"})
    assert owner_of(shared, mine, proxied) == mine
    for access, name in ((alone, mine), (shared, "../../etc"), (shared, "")):
        assert owner_of(access, name, visitor("192.0.2.7")) is None


@pytest.mark.parametrize("word", ["", "no json", "[]", "[" * 5000, '{"do": "make", "quotes": [1]}'])
def test_what_nobody_of_ours_sends_is_refused_in_words(word):
    with pytest.raises(UsageError, match="cannot be read"):
        _asked(word)
