"""What the page shows is text: nothing from outside becomes markup, every mark has its passage."""

import re

from assistant.values import Citation, Sentence
from index.values import Recommendation
from ui import page

EVIL = '<script>alert(1)</script><img src=x onerror="alert(1)">'


def citation(**changes):
    values = {
        "n": 1, "passage": "p", "document_sha256": "0", "start": 0, "end": 9,
        "quote": f"Before. {EVIL} After.", "heading": (EVIL,), "title": EVIL,
        "url": "https://a.example/", "deep_link": "javascript:alert(1)", "kind": "post",
        "primer": False, "archived_at": "", "recommended_by": (Recommendation("l", (EVIL,), None),),
    }  # fmt: skip
    return Citation(**(values | changes))


def test_nothing_from_outside_becomes_markup():
    html = page.answer_html([Sentence(EVIL, (1,), 0.9, "weak", True)], [citation()], state=EVIL)
    assert "<script" not in html
    assert "<img" not in html
    assert "javascript:" not in html
    assert html.count("&lt;script&gt;") == 5


def test_a_link_is_only_made_of_a_web_address():
    html = page.answer_html([], [citation(deep_link="https://a.example/#:~:text=a%22b")])
    assert re.search(
        r'<a href="https://a.example/#:~:text=a%22b" target="_blank" rel="[^"]*nofollow', html
    )
    assert "data:" not in page.answer_html([], [citation(deep_link="data:text/html,x")])


def test_every_mark_points_at_its_passage_and_the_quoted_words_are_marked():
    quote = "First things. The cache holds keys & values. Last things."
    shown = Sentence("The cache holds keys & values.", (2,), 1.0, "supported", True)
    html = page.answer_html([shown], [citation(n=2, quote=quote, title="T")])
    assert 'href="#source-2"' in html
    assert 'id="source-2"' in html
    assert "<q>The cache holds keys &amp; values.</q>" in html
    assert "First things. <mark>The cache holds keys &amp; values.</mark> Last things." in html
