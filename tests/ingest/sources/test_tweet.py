import gzip
import json

import pytest

from ingest.archive.values import Reply
from ingest.sites import tweet
from ingest.values import Document, Rejection

URL = "https://x.com/hongyangzh/status/1733169111625064833"
OEMBED = (
    "https://publish.x.com/oembed?url=https%3A%2F%2Fx.com%2Fhongyangzh%2Fstatus%2F"
    "1733169111625064833&omit_script=1&dnt=true"
)


def reply(body: str | bytes, status: int = 200, url: str = OEMBED, **headers: str) -> Reply:
    data = body.encode() if isinstance(body, str) else body
    named = {"Content-Type": "application/json"} | {
        key.replace("_", "-"): value for key, value in headers.items()
    }
    return Reply(url, status, tuple(named.items()), data, "2026-01-02T03:04:05Z")


def embed(paragraph: str, lang: str = "en", author: str = "Hongyang Zhang") -> str:
    quoted = (
        f'<blockquote class="twitter-tweet" data-dnt="true"><p lang="{lang}" dir="ltr">{paragraph}'
        f"</p>&mdash; {author} (@hongyangzh) <a href="
        '"https://twitter.com/hongyangzh/status/1733169111625064833?ref_src=twsrc%5Etfw">'
        "December 8, 2023</a></blockquote>\n\n"
    )
    return json.dumps({"url": URL, "author_name": author, "html": quoted, "type": "rich"})


def document(found: Document | Rejection) -> Document:
    assert isinstance(found, Document), found
    return found


def test_one_request_to_what_sites_embed() -> None:
    (wanted,) = tweet.requests(URL, {})
    assert (wanted.url, wanted.interface) == (OEMBED, True)
    assert tweet.requests(URL, {OEMBED: reply("{}")}) == ()


def test_a_post() -> None:
    body = embed(
        "EAGLE: 3x faster &amp; lossless. 🚀<br><br>1. Features are easier than tokens "
        '<a href="https://twitter.com/hashtag/LLM?src=hash">#LLM</a> '
        '<a href="https://t.co/abc">https://t.co/abc</a> '
        '<a href="https://t.co/x">pic.twitter.com/Xy12</a>'
    )
    found = document(tweet.read(URL, {OEMBED: reply(body)}))
    assert found.text == (
        "EAGLE: 3x faster & lossless. 🚀\n1. Features are easier than tokens #LLM https://t.co/abc"
    )
    assert found.title == (
        "Hongyang Zhang: EAGLE: 3x faster & lossless. 🚀 1. Features are easier than…"
    )
    assert (found.author, found.date, found.lang) == ("Hongyang Zhang", "2023-12-08", "en")
    assert (found.url, found.kind, found.source) == (URL, "thread", "tweet")


def test_titles_of_short_and_of_chinese_posts() -> None:
    short = document(tweet.read(URL, {OEMBED: reply(embed("Read this.", author="A  B\n"))}))
    assert short.title == "A B: Read this."
    long = "注意力机制" * 30
    chinese = document(tweet.read(URL, {OEMBED: reply(embed(long, lang="zh"))}))
    assert chinese.title == f"Hongyang Zhang: {long[:60]}…"
    assert chinese.lang == "zh"


def test_a_language_that_x_does_not_know_is_guessed() -> None:
    found = document(tweet.read(URL, {OEMBED: reply(embed("大模型推理加速的新方法", lang="und"))}))
    assert found.lang == "zh"


def test_bodies_are_unpacked() -> None:
    packed = reply(gzip.compress(embed("packed").encode()), Content_Encoding="gzip")
    assert document(tweet.read(URL, {OEMBED: packed})).text == "packed"


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (reply("", 404), "dead (404)"),
        (reply('{"error": "Not authorized."}', 403), "blocked (403)"),
        (reply("<html>no JSON"), "unreadable reply of X"),
        (reply('{"error": "x"}'), "unreadable reply of X"),
        (reply("[]"), "unreadable reply of X"),
        (reply('{"html": "", "author_name": "x"}'), "empty"),
        (reply('{"html": 3, "author_name": "x"}'), "unreadable reply of X"),
        (reply(embed('<a href="https://t.co/x">pic.twitter.com/Xy12</a>')), "empty"),
        (reply(b"\x1f\x8bbroken", Content_Encoding="gzip"), "damaged: "),
        (Rejection(URL, "not available now (no answer in time)"), "not available now"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(made: Reply | Rejection, reason: str) -> None:
    found = tweet.read(URL, {OEMBED: made})
    assert isinstance(found, Rejection)
    assert found.url == URL
    assert found.reason.startswith(reason)


SHELL = (
    "<!DOCTYPE html><html><head><title></title></head><body><noscript>JavaScript is not available."
    "</noscript><div><span>Something went wrong, but don’t fret — let’s give it another shot."
    "</span></div><script>run()</script></body></html>"
)


@pytest.mark.parametrize("url", ["https://x.com/charoori_ai", URL])
def test_pages_of_x_need_a_browser(url: str) -> None:
    assert tweet.covers(url)
    made = reply(SHELL, url=url, Content_Type="text/html")
    assert tweet.read(url, {url: made}) == Rejection(url, "needs a browser")


def test_a_users_page_is_asked_for_itself() -> None:
    url = "https://x.com/charoori_ai"
    assert [request.url for request in tweet.requests(url, {})] == [url]
    assert tweet.read(url, {url: reply("", 404, url)}) == Rejection(url, "dead (404)")
    assert not tweet.covers("https://example.com/status/1")
