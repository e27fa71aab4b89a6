"""What the page shows is text: nothing from outside becomes markup, every mark has its passage."""

import re

import pytest

from assistant.answering.values import Answer, Citation, Sentence
from index.search.library import Hit
from index.store.browse import Link
from index.store.values import Recommendation, StoredPassage
from ingest.errors import FoundWanting, HomeBusy, ModelUnavailable, UsageError
from ui.page.answer_markdown import markdown
from ui.page.html import failed_html, hits_by_source, link, message_html, reader_link
from ui.page.html_answer import ExchangeView, error_html, turn_html
from ui.page.html_browse import tree_html
from ui.page.html_library import missing_html, thin_html
from ui.page.html_path import _topic, _why
from ui.page.i18n import texts

EVIL = '<script>alert(1)</script><img src=x onerror="alert(1)">'
SAY = texts("en")


def citation(**changes):
    values = {
        "n": 1, "passage": "p", "document_sha256": "0", "start": 0, "end": 9,
        "quote": f"Before. {EVIL} After.", "heading": (EVIL,), "title": EVIL,
        "url": "https://a.example/", "deep_link": "javascript:alert(1)", "kind": EVIL,
        "primer": False, "archived_at": "",
        "recommended_by": (Recommendation(EVIL, (EVIL,), EVIL),),
    }  # fmt: skip
    return Citation(**(values | changes))


def answer(sentences, citations, **changes):
    values = {
        "question": "q?", "asked": "q?", "lang": "en", "refused": False, "refusal": None,
        "view": "extractive", "sentences": tuple(sentences), "citations": tuple(citations),
        "nearest": (), "further": (), "model": None,
    }  # fmt: skip
    return Answer(**(values | changes))


def shown(sentences, citations, **changes):
    whole = answer(sentences, citations, **changes)
    return turn_html(ExchangeView(0, whole.question, whole.asked, sentences=whole.sentences,
                          citations=whole.citations, answer=whole), SAY)  # fmt: skip


def test_an_answer_offers_the_references_of_what_it_cites():
    sentences = [Sentence("Keys are shared.", (1,), 0.9, "supported", True)]
    cited = [citation(), citation(n=2, url="https://b.example/?a=1&b=2")]
    html = shown(sentences, cited)
    wanted = "url=https%3A%2F%2Fa.example%2F&amp;url=https%3A%2F%2Fb.example%2F%3Fa%3D1%26b%3D2"
    assert f'href="./api/v1/cite?format=bibtex&amp;{wanted}" download="refdesk.bib"' in html
    assert "/cite?" not in shown([], [], refused=True, refusal="no")


def test_a_source_stands_once_with_a_number_for_each_of_its_passages():
    said = [Sentence(f"Sentence {n}.", (n,), 0.9, "supported", True) for n in (1, 2, 3)]
    same = {"url": "https://a.example/", "title": "One source"}
    cited = [
        citation(n=1, heading=("One source",), **same),
        citation(n=2, url="https://b.example/", title="Another", heading=()),
        citation(n=3, heading=("One source", "Limits"), **same),
    ]
    html = shown(said, cited)
    sources = html.partition('<ol class="sources">')[2].partition("</ol>")[0]
    assert sources.count("<li") == 2
    assert sources.count('<span class="name">One source</span>') == 1
    where = re.findall(r'class="n">(\d)</span>(?:<span class="where">(.*?)</span>)?', sources)
    assert where == [("1", "the beginning"), ("3", "Limits"), ("2", "")]
    assert set(re.findall(r'class="source" data-card="([^"]+)"', sources)) == set(
        re.findall(r'class="card" id="([^"]+)"', html)
    )


def hit(key, url, title="A title", *, listed=False):
    passage = StoredPassage(
        1, key, 0, 9, (), "Some words.", url, title, "en", "post", "other", "2026-01-02T03:04:05Z",
        "0", listed=listed,
    )  # fmt: skip
    return Hit(1, 0.5, passage, (), 1, 1)


def test_passages_of_one_source_are_shown_with_it():
    a, b = ("https://a.example/", "First"), ("https://b.example/", "Second")
    html = hits_by_source([hit("p", *a), hit("q", *b, listed=True), hit("r", *a)], "words", SAY)
    assert html.count('<article class="hit">') == 2
    assert html.count(">First<") == 1
    assert "1 more passage of this source" in html
    assert re.search(r'<h3><a href="[^"]*read\?passage=p[^"]*"[^>]*>First</a></h3>', html)
    assert "<h3>Second</h3>" in html  # its page is not here to be read
    assert hits_by_source([hit("p", *a), hit("q", *b)], "words", SAY, 1).count("<article") == 1


def test_an_error_leaves_what_was_found():
    turn = ExchangeView(0, "q?", hits=(hit("p", "https://a.example/", "Caches"),))
    html = error_html(turn, ModelUnavailable("The server is away."), SAY)
    assert html.index("The server is away.") < html.index("Passages found") < html.index("Caches")


def test_commands_are_set_as_code_and_no_time_is_told_of_what_takes_none():
    said = [Sentence("Two lists.", (1,), 1.0, "supported", False)]
    how = {"view": "catalog", "how": "From the lists: `refdesk lists`."}
    html = shown(said, [citation()], timings={"total_s": 0.004}, **how)
    assert '<p class="legend">From the lists: <code>refdesk lists</code>.</p>' in html
    assert "· 2.0 s" in shown(said, [citation()], timings={"total_s": 2.0}, **how)


def test_nothing_from_outside_becomes_markup():
    link_ = Link(EVIL, EVIL, "javascript:alert(1)", (EVIL,), EVIL, EVIL, "dead", "", 0, "", EVIL)
    views = [
        shown([Sentence(EVIL, (1,), 0.9, "weak", True)], [citation()], question=EVIL, model=EVIL),
        error_html(ExchangeView(0, EVIL), UsageError(EVIL), SAY),
        message_html(EVIL, EVIL),
        tree_html([link_], {(EVIL,): [EVIL]}, SAY),
        missing_html([link_], SAY),
        thin_html([link_] * 3, SAY),
        reader_link(SAY, EVIL, url=EVIL),
    ]
    for html in views:
        assert "&lt;script&gt;" in html
        assert "<script" not in html
        assert "<img" not in html
        assert 'href="javascript:' not in html


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//[bad", "file:///x"])
def test_a_link_is_only_made_of_a_web_address(url):
    assert link(url, "label") == "label"


def test_a_link_tells_nobody_where_its_reader_came_from():
    html = link("https://a.example/#:~:text=a%22b", "label")
    assert 'href="https://a.example/#:~:text=a%22b"' in html
    assert 'rel="noopener noreferrer nofollow"' in html


def test_every_mark_opens_its_card_and_the_quoted_words_are_marked_there():
    quote = "First things. The cache holds *keys* & values. Last things."
    said = Sentence("The cache holds *keys* & values.", (2,), 1.0, "supported", True)
    place = Recommendation("deep-dive", ("Attention", "Caches"), "easy")
    html = shown([said], [citation(n=2, quote=quote, title="T", recommended_by=(place,))])
    (card,) = set(re.findall(r'data-card="([^"]+)"', html))
    assert f'id="{card}"' in html
    assert "First things. <mark>The cache holds keys &amp; values.</mark> Last things." in html
    assert "<q>" in html
    assert "Attention › Caches" in html
    assert "Quoted word for word" in html


def test_a_weak_sentence_is_told_apart_without_colour():
    weak = Sentence("Caches hold keys.", (1,), 0.64, "weak", False)
    html = shown([weak], [citation(quote="A cache holds keys and values.")])
    assert "≈" in html
    assert "Weakly supported (64%)" in html
    assert "<q>" not in html
    assert "A <mark>cache</mark>" in html


def test_code_is_a_block_of_its_own_and_no_quotation():
    before = Sentence("Make a cache.", (1,), 1.0, "supported", True)
    code = Sentence(f"```python\nx = {EVIL!r}\n```", (1,), 1.0, "supported", True, form="code")
    cited = citation(quote=f"Make a cache.\n\n```python\nx = {EVIL!r}\n```")
    html = shown([before, code, before], [cited])
    assert re.search(
        r"</p><div class=\"sentence supported\"><pre tabindex=\"0\" class=\"code\"><code>x = ", html
    )
    assert "```" not in html.partition('class="tools"')[0]
    assert "<script" not in html
    assert re.search("<mark>x = .*</mark>", html)
    copied = markdown(answer([before, code, before], [cited]))
    assert f'"Make a cache."[^1]\n\n```\nx = {EVIL!r}\n```\n\n[^1]\n\n"Make' in copied


def test_a_translation_stands_beside_its_original():
    said = Sentence("缓存保存键。", (1,), 1.0, "weak", False, original="A cache holds keys.")
    html = shown([said], [citation(quote="First. A cache holds keys. Last.")])
    assert '<q class="original" lang="en">A cache holds keys.</q>' in html
    assert "≈" not in html
    assert "First. <mark>A cache holds keys.</mark> Last." in html
    assert "原文" not in html.partition('class="tools"')[0]


def test_a_follow_up_says_how_it_was_asked():
    html = shown([], [], question="and MQA?", asked="explain MQA")
    assert "asked as: explain MQA" in html
    assert 'data-asked="explain MQA"' in html


def test_an_answer_as_markdown_has_footnotes():
    first = Sentence("Caches hold keys.", (1,), 0.9, "supported", False)
    second = Sentence("So they do.", (2,), 1.0, "supported", True)
    place = Recommendation("deep-dive", ("Caches",), None)
    text = markdown(
        answer(
            [first, second],
            [
                citation(title="A [b]", deep_link="https://a.example/x(1)", recommended_by=()),
                citation(n=2, title="Note", recommended_by=(place,)),
            ],
        )
    )
    assert 'Caches hold keys.[^1]\n\n"So they do."[^2]' in text
    assert r"[^1]: [A \[b\]](https://a.example/x%281%29)" in text
    assert r"[^2]: Note (deep-dive \> Caches)" in text


def test_both_languages_say_the_same_things():
    english, chinese = texts("en").words, texts("zh").words
    assert english.keys() == chinese.keys()
    for key, text in english.items():
        places = sorted(re.findall(r"\{\w+\}", text))
        assert sorted(re.findall(r"\{\w+\}", chinese[key])) == places, key


@pytest.mark.parametrize(
    ("error", "named"),
    [
        (HomeBusy("Process 7 writes."), "资料库正在被写入，请稍后再试"),
        (UsageError("The query is empty."), "无法照此办理，请按下面的说明修改"),
        (FoundWanting("Two sentences."), "没有成功"),
    ],
)
def test_an_error_is_named_in_the_language_of_the_page(error, named):
    html = failed_html(error, texts("zh"))
    assert f">{named}<" in html
    assert f'<p lang="en">{error}</p>' in html


def test_a_sum_is_shown_as_computed_from_its_source():
    said = Sentence("a: 2 × 3 bytes = 6 bytes", (1,), 1.0, "supported", False, form="calculation")
    html = shown([said], [citation()])
    assert '<ul class="sums"><li>a: 2 × 3 bytes = 6 bytes' in html
    assert "Computed from this source" in html
    assert "100%" not in html


def test_a_path_gives_its_reasons_in_the_language_of_the_page():
    zh, en = texts("zh"), texts("en")
    assert _why("prerequisite of KV cache", zh) == "《KV 缓存》的先修内容"
    assert _why("recommended under 'A > B' by one, also by two", zh) == (
        "one 在“A > B”下推荐，two 也推荐"
    )
    assert _why("found by its name", en) == "found by its name"
    assert (_topic("KV cache", zh), _topic("KV cache", en)) == ("KV 缓存", "KV cache")


def test_a_command_in_a_message_is_set_as_code():
    assert "<code>refdesk refresh</code>" in message_html("News", "Run `refdesk refresh`.")
