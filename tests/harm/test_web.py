"""What a server says may be anything: it costs its own page, never the run."""

import pytest

from assistant.desk import Desk
from ingest.fetch.client import _retry_after
from ingest.values import Rejection
from tests.generated import page
from tests.harm.homes import QUICK
from tests.harm.records import bad_records
from tests.stand_in import Web

HTML = [("Content-Type", "text/html; charset=utf-8")]
DATES = [
    "Mon, 01 Jan 99999999999 00:00:00 GMT", "Mon, 99 Jan 2026 99:99:99 GMT", "9" * 400, "soon",
    "Mon, 01 Jan 0000 00:00:00 GMT", "Mon, 01 Jan 9999 23:59:59 -2359",
    "Fri, 31 Feb 2026 0:0:0 +9999",
    "1e999", "-5", "\x00", "Thu, 01 Jan 1970 00:00:00 GMT", ",,,", "Mon Jan",
]  # fmt: skip


@pytest.mark.parametrize("said", DATES)
def test_no_date_of_a_server_is_too_odd(said):
    from ingest.archive.values import Reply

    found = _retry_after(Reply("https://a.example/", 503, (("Retry-After", said),), b"", ""))
    assert found is None or found >= 0


def test_one_page_of_a_list_does_not_end_the_run(home, tmp_path):
    pages = {f"https://site{n}.example/{n}": (200, HTML, page(n).encode()) for n in range(12)}
    for number, said in enumerate(DATES):
        head = [("Retry-After", said.replace("\x00", "0x"))]
        pages[f"https://busy{number}.example/x"] = (503, head, b"busy")
    for name in ("comments", "surrogates", "canonical", "refresh", "base", "meta-date"):
        raw = bad_records()[name].split(b"\r\n\r\n", 2)[2].rstrip(b"\r\n")
        pages[f"https://odd.example/{name}"] = (200, HTML, raw)
    pages["https://moved.example/x"] = (301, [("Location", "http://[bad")], b"")
    pages["https://round.example/x"] = (302, [("Location", "/x")], b"")
    pages["https://robots.example/robots.txt"] = (200, HTML, b"User-agent: *\nCrawl-delay: 1e999\n")
    pages["https://robots.example/x"] = (200, HTML, page(50).encode())
    with Web(pages) as web:
        desk = Desk(home, llm="extractive", transport=web.transport, limits=QUICK)
        wanted = [url for url in pages if not url.endswith("robots.txt")]
        report = desk.ingest(wanted, seed=False)
        assert len(report.got) == len(wanted)
        assert {f"https://site{n}.example/{n}" for n in range(12)} <= (
            desk.library.store.document_urls()
        )
        failed = {got.url: got.reason for got in report.got if got.state == "failed"}
        assert all(failed.values())
        assert len([url for url in failed if "busy" in url]) == len(DATES)
        digest = report.status["digest"]
        assert desk.rebuild().status["digest"] == digest


def test_a_visit_that_raises_is_its_own_failure(home, monkeypatch):
    from ingest.sites import web as source

    def requests(url, replies):
        if url.endswith("/bad"):
            raise RuntimeError("a fault of a source")
        return asked(url, replies)

    asked = source.requests
    monkeypatch.setattr(source, "requests", requests)
    pages = {f"https://a.example/{n}": (200, HTML, page(n).encode()) for n in range(3)}
    with Web(pages) as web:
        desk = Desk(home, llm="extractive", transport=web.transport, limits=QUICK)
        report = desk.ingest([*pages, "https://a.example/bad"], seed=False)
    states = {got.url: got.state for got in report.got}
    assert states.pop("https://a.example/bad") == "failed"
    assert set(states.values()) == {"fetched"}
    assert not isinstance(desk.library.document("https://a.example/1"), Rejection | None)
