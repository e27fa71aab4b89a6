"""Which record of a page counts, and what becomes of every address."""

import json

import pytest

from ingest.archive import writing
from ingest.archive.values import Resource
from ingest.archive.warc import Archive
from ingest.page import Page
from ingest.pipeline import pages
from ingest.values import Document, Rejection
from tests.ingest.test_archive import write_warc

TEXT = b"<html><title>T</title><body><p>%s</p></body></html>" % (b"A sentence of words. " * 30)
HTML = [("Content-Type", "text/html; charset=utf-8")]
MD = [("Content-Type", "text/plain; charset=utf-8")]


def found(tmp_path, replies, name="x.warc.gz"):
    archive = Archive(tmp_path / "archive")
    writing.import_warc(archive, write_warc(tmp_path / name, replies))
    results = list(pages(archive))
    taken = {item.url: item for item in results if isinstance(item, Page)}
    lost = {item.url: item.reason for item in results if isinstance(item, Rejection)}
    return taken, lost


def moved(url, to, status="301 Moved Permanently"):
    return (url, status, [("Location", to)], b"")


def test_redirects_lead_to_one_page_that_knows_its_addresses(tmp_path):
    taken, lost = found(
        tmp_path,
        [
            moved("https://a.example/one", "/two"),
            moved("https://a.example/two", "https://a.example/three", "308 Permanent Redirect"),
            ("https://a.example/three", "200 OK", HTML, TEXT),
        ],
    )
    assert list(taken) == ["https://a.example/three"]
    assert set(taken["https://a.example/three"].addresses) == {
        "https://a.example/one",
        "https://a.example/two",
        "https://a.example/three",
    }
    assert lost == {}


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("http://127.0.0.1/x", "not a public"),
        ("http://localhost/x", "not a public"),
        ("http://[::1]/x", "not a public"),
        ("http://169.254.169.254/latest", "not a public"),
        ("file:///etc/passwd", "not a public"),
        ("http://[bad", "not a"),
        ("https://a.example/start", "circle"),
        ("https://a.example/elsewhere", "not in the archive"),
    ],
)
def test_redirects_that_lead_nowhere_are_reported(tmp_path, target, reason):
    replies = [
        moved("https://a.example/start", "https://a.example/next"),
        moved("https://a.example/next", target),
    ]
    taken, lost = found(tmp_path, replies)
    assert taken == {}
    assert reason in lost["https://a.example/start"]


def test_a_redirect_without_an_aim_is_reported_and_one_of_spelling_is_none(tmp_path):
    taken, lost = found(
        tmp_path,
        [
            moved("https://a.example/itself", "/itself"),
            moved("https://a.example/empty", ""),
            moved("https://a.example/old", "http://a.example/page"),
            moved("http://a.example/page", "https://a.example/page"),
            ("https://a.example/page", "200 OK", HTML, TEXT),
        ],
    )
    (page,) = taken.values()
    assert set(page.addresses) == {"https://a.example/old", "https://a.example/page"}
    assert lost == {
        "https://a.example/itself": "redirects to itself",
        "https://a.example/empty": "moved to nowhere",
    }


def test_robots_txt_in_the_archive_is_obeyed(tmp_path):
    rules = b"User-agent: *\nDisallow: /private/\n"
    taken, lost = found(
        tmp_path,
        [
            ("https://a.example/private/x", "200 OK", HTML, TEXT),
            ("https://a.example/public/x", "200 OK", HTML, TEXT),
            ("https://a.example/robots.txt", "200 OK", MD, rules),
            ("https://b.example/x", "200 OK", HTML, TEXT),
            ("https://b.example/robots.txt", "503 Busy", MD, b""),
            ("https://c.example/x", "200 OK", HTML, TEXT),
            ("https://c.example/robots.txt", "404 Not Found", MD, b"User-agent: *\nDisallow: /"),
        ],
    )
    assert sorted(taken) == ["https://a.example/public/x", "https://c.example/x"]
    assert set(lost) == {"https://a.example/private/x", "https://b.example/x"}
    assert all("robots.txt" in reason for reason in lost.values())


def test_a_refdesk_rule_counts_before_the_general_one(tmp_path):
    rules = b"User-agent: refdesk\nDisallow:\n\nUser-agent: *\nDisallow: /\n"
    taken, _ = found(
        tmp_path,
        [
            ("https://a.example/x", "200 OK", HTML, TEXT),
            ("https://a.example/robots.txt", "200 OK", MD, rules),
        ],
    )
    assert list(taken) == ["https://a.example/x"]


def test_raw_markdown_counts_before_the_rendered_page(tmp_path):
    page = "https://github.com/o/r/blob/main/a.md"
    raw = "https://raw.githubusercontent.com/o/r/main/a.md"
    taken, _ = found(
        tmp_path,
        [
            (page, "200 OK", HTML, TEXT),
            (raw, "200 OK", MD, b"# Title\n\nText of the raw file.\n"),
        ],
    )
    assert list(taken) == [page]
    (document,) = taken[page].read()
    assert isinstance(document, Document)
    assert document.url == page
    assert document.text.endswith("Text of the raw file.")


def test_a_failed_fetch_does_not_displace_a_good_one(tmp_path):
    archive = Archive(tmp_path / "archive")
    writing.import_warc(
        archive, write_warc(tmp_path / "1.warc.gz", [("https://a.example/x", "200 OK", HTML, TEXT)])
    )
    writing.import_warc(
        archive,
        write_warc(tmp_path / "2.warc.gz", [("https://a.example/x", "404 Gone", HTML, b"gone")]),
    )
    (page,) = pages(archive)
    (document,) = page.read()
    assert isinstance(document, Document)


def test_lines_of_a_jsonl_file_are_documents(tmp_path):
    rows = [
        {
            "_id": "1",
            "title": "One",
            "text": "First text\u2028goes on.",
            "url": "https://a.example/1",
        },
        {"_id": "2", "title": "Two", "text": "Second text."},
    ]
    body = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
    archive = Archive(tmp_path / "archive")
    writing.add(archive, [Resource("file:///d/rows.jsonl", "application/jsonl", body)])
    (page,) = pages(archive)
    one, two = page.read()
    assert (one.url, one.title) == ("https://a.example/1", "One")
    assert (two.url, two.title, two.text) == ("file:///d/rows.jsonl#2", "Two", "Second text.")


@pytest.mark.parametrize(
    ("row", "title", "text"),
    [
        ({"title": "Scaling laws", "text": ""}, "Scaling laws", "Scaling laws"),
        ({"title": "Scaling laws", "text": " \n "}, "Scaling laws", "Scaling laws"),
        ({"title": "", "text": "How do I fix error 404?"}, "How do I fix error 404?", None),
        ({"text": "word " * 50}, ("word " * 16).strip() + " …", ("word " * 50).strip()),
        ({"title": "Q", "text": "Sign in to read this story: why?"}, "Q", None),
        ({"title": "Oops", "text": "404 Not Found: what does it mean?"}, "Oops", None),
    ],
)
def test_a_given_text_is_taken_as_it_is_and_a_title_alone_is_one(tmp_path, row, title, text):
    archive = Archive(tmp_path / "archive")
    body = json.dumps({"_id": "7", **row}).encode()
    writing.add(archive, [Resource("file:///d/rows.jsonl", "application/jsonl", body)])
    (page,) = pages(archive)
    (document,) = page.read()
    assert isinstance(document, Document)
    assert document.url == "file:///d/rows.jsonl#7"
    assert (document.title, document.text) == (title, text or row["text"])


def test_a_row_with_neither_title_nor_text_is_reported(tmp_path):
    archive = Archive(tmp_path / "archive")
    writing.add(
        archive, [Resource("file:///d/r.jsonl", "application/jsonl", b'{"_id": "7", "text": ""}')]
    )
    (page,) = pages(archive)
    assert page.read() == [Rejection("file:///d/r.jsonl#7", "empty")]


def test_the_order_of_arrival_does_not_matter(tmp_path):
    replies = [(f"https://a.example/{n}", "200 OK", HTML, TEXT + b"%d" % n) for n in range(5)]
    (tmp_path / "1").mkdir()
    one, _ = found(tmp_path / "1", replies)
    (tmp_path / "2").mkdir()
    two, _ = found(tmp_path / "2", replies[::-1])
    assert [(p.url, p.digest) for p in one.values()] == [(p.url, p.digest) for p in two.values()]
