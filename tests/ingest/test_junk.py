from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from ingest.archive.values import Reply
from ingest.reading.document import Document, Rejection, read_document
from ingest.reading.extract import extract_html
from ingest.reading.junk import reason

ARTICLE = (
    "<p>A soft 404 answers 200 and says that the page was not found. Log in pages do so too.</p>"
)


def judged(title: str, body: str, head: str = "") -> str | None:
    return reason(
        extract_html(
            f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>",
            "https://site.example/page",
        )
    )


@pytest.mark.parametrize(
    ("expected", "title", "body"),
    [
        ("bot wall", "Attention Required! | Cloudflare", "<h1>Sorry, you have been blocked</h1>"),
        ("bot wall", "Just a moment...", "<noscript>Enable JavaScript and cookies</noscript>"),
        ("bot wall", "", "<h2>环境异常</h2><p>当前环境异常，完成验证后即可继续访问。</p>"),
        ("bot wall", "Robot Check", "<p>Enter the characters you see below</p>"),
        ("needs a browser", "App", "<div id=root></div><script src=a.js></script>"),
        (
            "needs a browser",
            "App",
            "<noscript>Please enable JavaScript to run this.</noscript><div id=root></div>",
        ),
        ("needs a browser", "X", "<p>JavaScript is not available. Please enable JavaScript.</p>"),
        ("sign-in wall", "Sign in", "<form><input type=password></form><p>Email</p>"),
        ("sign-in wall", "Log in to Site", "<input type=password><p>Forgot password?</p>"),
        ("sign-in wall", "登录", "<p>手机号</p><input type=password>"),
        (
            "sign-in wall",
            "How caches work",
            "<p>A first line.</p><p>Create an account to read the full story.</p>",
        ),
        (
            "cookie wall",
            "Before you continue",
            "<p>We use cookies and data to serve. Accept all</p>",
        ),
        ("error page", "Page not found", "<p>Oops! We could not find the page. Go home.</p>"),
        ("error page", "404", "<p>Nothing here.</p>"),
        ("error page", "Site", "<h1>This page doesn't exist</h1>"),
        ("error page", "提示", "<p>您访问的页面不存在</p>"),
        ("parked domain", "site.example", "<p>This domain is for sale. Buy this domain!</p>"),
        ("empty", "Blank", "   \n "),
    ],
)
def test_pages_that_say_nothing(expected: str, title: str, body: str) -> None:
    assert judged(title, body) == expected


def test_a_page_that_sends_elsewhere() -> None:
    head = "<meta http-equiv=refresh content='0; URL=/new'>"
    assert judged("Redirecting", "<p>Redirecting.</p>", head) == "moved to https://site.example/new"
    assert judged("News", ARTICLE * 20, "<meta http-equiv=refresh content='300; url=/'>") is None


@pytest.mark.parametrize(
    "title",
    [
        "Page not found: how to design 404 pages",
        "How to log in to SLURM clusters",
        "Attention Required! Why bot walls fail",
        "JavaScript is required reading",
        "Before you continue: cookies explained",
    ],
)
def test_articles_about_such_pages_are_articles(title: str) -> None:
    body = (
        f"<article><h1>{title}</h1>{ARTICLE * 25}<p>Sign up to read more every week.</p></article>"
    )
    assert judged(title, body) is None


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Notes", "<p>The canary word is opalheron.</p>"),
        ("Attention", "<p>Attention is required to weigh the tokens.</p>"),
        ("500 tokens a second", "<p>Batching gives 500 tokens a second on one card.</p>"),
        (
            "Not enough memory",
            "<p>Lower the batch size; the page table was not found to matter.</p>",
        ),
        ("Cookies and caches", "<p>A cache keeps keys and values.</p>"),
        ("缓存", "<p>键值缓存保存键和值。</p>"),
    ],
)
def test_short_honest_pages_are_kept(title: str, body: str) -> None:
    assert judged(title, body) is None


def test_no_real_page_is_taken_for_junk(shared: Path) -> None:
    rejected = {}
    read = 0
    with (shared / "web" / "pages.warc.gz").open("rb") as file:
        for record in ArchiveIterator(file):
            if record.rec_type != "response":
                continue
            url = record.rec_headers.get_header("WARC-Target-URI")
            head = record.http_headers
            status = int(head.get_statuscode())
            synthetic = ".example/" in url and "lists.example" not in url
            if synthetic or 300 <= status < 400:
                continue
            body = record.raw_stream.read()
            read += 1
            found = read_document(Reply(url, status, tuple(head.headers), body, "2026"))
            if isinstance(found, Rejection):
                rejected[url] = found.reason
            else:
                assert isinstance(found, Document)
                assert found.title
    assert read == 388
    assert set(rejected.values()) <= {"empty"}
    assert len(rejected) == 6, rejected
