"""Servers and addresses that mean no good, or know no better: nothing hangs, swells or falls over.

`RawServer` sends bytes as they are, so that replies may break every rule.
"""

import asyncio
import contextlib
import gzip
import socket
import threading
import time
from time import monotonic

import pytest

from ingest.archive.values import Reply
from ingest.archive.warc import Archive
from ingest.fetch.client import Fetcher, Remembered
from ingest.fetch.pace import Limits
from ingest.gathering.gather import gather
from ingest.sites.adapter import Request
from ingest.values import Rejection
from tests.stand_in import ToPort, Web

QUICK = Limits(pace=0, backoff=0.01, patience=0.3, total=0.6, attempts=2)
URL = "https://a.example/"
PAGE = (200, [("Content-Type", "text/html")], b"<p>hello</p>")


class RawServer:
    """Answers each request with the given bytes, an iterator of them at its pace."""

    def __init__(self, answer):
        self._answer = answer

    def __enter__(self):
        self._socket = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()
        return ToPort(self._socket.getsockname()[1])

    def __exit__(self, *_):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self._serve, args=self._socket.accept()[:1]).start()

    def _serve(self, stream):
        with stream, contextlib.suppress(OSError):
            asked = stream.recv(65536)
            if b"robots.txt" in asked.partition(b"\r\n")[0]:
                stream.sendall(b"HTTP/1.1 404 No\r\nConnection: close\r\n\r\n")
                return
            for part in self._answer():
                stream.sendall(part)


def fetch(transport, *requests, limits=QUICK, recall=lambda url: None):
    kept = []

    async def run():
        async with Fetcher(kept.append, transport=transport, limits=limits) as fetcher:
            return [
                await fetcher.fetch(Request(each) if isinstance(each, str) else each, recall)
                for each in requests
            ]

    return asyncio.run(run()), [each for each in kept if "robots.txt" not in each.url]


def drip(first, byte):
    yield first
    for _ in range(200):
        time.sleep(0.02)
        yield byte


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda: [HEAD + b"Content-Length: 100\r\n\r\nonly this"], "not available now ("),
        (lambda: [HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"], "not available now"),
        (lambda: [HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello"], "not available now"),
        (lambda: [HEAD + b"Content-Length: many\r\n\r\nhello"], "not available now"),
        (lambda: [HEAD + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nhello"], "not available"),
        (lambda: [b"SSH-2.0-OpenSSH_9.2\r\n"], "not available now"),
        (list, "not available now"),
        (lambda: [HEAD, b"X-A: " + b"a" * 500_000 + b"\r\n\r\n"], "not available now"),
        (lambda: [HEAD, *[b"X-A: aaaaaaaaaa\r\n"] * 50_000, b"\r\n"], "not available now"),
        (lambda: drip(HEAD + b"\r\n", b"a"), "not available now (no answer in time)"),
        (lambda: drip(b"HTTP/1.1 200 OK\r\nX-A: ", b"a"), "not available now (no answer in time)"),
        (
            lambda: drip(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
            "not available now (no answer in time)",
        ),
        (lambda: [HEAD + b"\r\n", *[b"a" * 65536] * 400], "too large"),
        (
            lambda: [
                HEAD + b"Transfer-Encoding: chunked\r\n\r\n",
                *[b"10000\r\n" + b"a" * 65536 + b"\r\n"] * 400,
            ],
            "too large",
        ),
        (lambda: [HEAD + b"Content-Length: 99999999999\r\n\r\n"], "too large"),
    ],
)
def test_a_broken_slow_or_endless_reply_is_given_up(answer, reason):
    begun = monotonic()
    with RawServer(answer) as transport:
        (outcome,), kept = fetch(transport, URL)
    assert isinstance(outcome, Rejection)
    assert outcome.reason.startswith(reason)
    assert kept == []
    assert monotonic() - begun < 30


def test_more_than_was_declared_is_not_read():
    with RawServer(lambda: [HEAD + b"Content-Length: 5\r\n\r\nhello and more"]) as transport:
        (outcome,), _ = fetch(transport, URL)
    assert outcome.body == b"hello"


def test_headers_may_hold_any_byte(tmp_path):
    answer = [HEAD + "X-Title: 你好 café\r\nContent-Length: 5\r\n\r\nhello".encode()]
    with RawServer(lambda: answer) as transport:
        archive = Archive(tmp_path)
        (got,) = gather(archive, [URL], lambda *_: None, transport=transport, limits=QUICK)
    assert got.state == "fetched"
    (reply,) = [archive.read(each) for each in archive.records() if each.url == URL]
    assert reply.body == b"hello"


@pytest.mark.parametrize(
    "target",
    [
        "http://[bad",
        "http://a.example:99999/",
        "http://a.example:x/",
        "http://",
        "///",
        "javascript:alert(1)",
        "data:text/html,hello",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://0/",
        "http://127.0.0.1./",
        "http://[::ffff:169.254.169.254]/",
        "http://a.example@127.0.0.1/",
        "http://a.example%2f@127.0.0.1/",
        "http://a.example\\@127.0.0.1/",
        "http://127。0。0。1/",
        "http://①②⑦.⓪.⓪.①/",
        "http://ⓛocalhost/",
        "http://" + "a" * 70_000 + ".example/",
        "http://xn--/",
    ],
)
def test_a_redirect_to_nowhere_or_inward_is_refused(target):
    first = (302, [("Location", target.encode().decode("latin-1"))], b"")
    with Web({URL: first}) as web:
        (outcome,), _ = fetch(web.transport, URL)
        asked = {url for url in web.asked() if not url.startswith("https://a.example/")}
    assert isinstance(outcome, Rejection), outcome
    assert not {url for url in asked if "127" in url or "localhost" in url}, asked


@pytest.mark.parametrize(
    "address", ["http://[bad", "http://a.example:x/", "http://127.0.0.1@[::1]/", "https://", "//x"]
)
def test_an_address_that_is_none_is_reported(tmp_path, address):
    with Web({}) as web:
        (got,) = gather(
            Archive(tmp_path), [address], lambda *_: None, transport=web.transport, limits=QUICK
        )
        assert web.log == []
    assert (got.state, got.reason is not None and "not a" in got.reason) == ("failed", True)


def test_a_circle_of_ever_new_addresses_ends():
    class Longer(dict):
        def get(self, url, default=None):
            if "robots" in url:
                return default
            return (302, [("Location", url + "x")], b"")

    with Web(Longer()) as web:
        (outcome,), _ = fetch(web.transport, URL)
        assert len(web.log) == QUICK.redirects + 2
    assert outcome == Rejection(URL, "redirects in a circle")


@pytest.mark.parametrize("status", [206, 304, 300, 305, 999])
def test_a_status_nobody_asked_for_is_no_page(tmp_path, status):
    with Web({URL: (status, [("Content-Type", "text/html")], b"")}) as web:
        (got,) = gather(
            Archive(tmp_path), [URL], lambda *_: None, transport=web.transport, limits=QUICK
        )
    assert got.state == "failed"
    assert str(status) in got.reason


def test_unchanged_without_a_name_for_the_state_gives_the_copy():
    """A server may answer 304 to a question that was not asked; the copy is there."""
    old = Reply(URL, 200, (), b"old", "2026-01-01T00:00:00Z")
    with Web({URL: (304, [], b"")}) as web:
        (outcome,), _ = fetch(web.transport, URL, recall=lambda url: Remembered(old, fresh=False))
    assert outcome is old


@pytest.mark.parametrize(
    "said", ["²", "-5", "soon", "9" * 5000, "Wed, 99 Oct 2099", "Wed, 21 Oct 9999999 07:28:00 GMT"]
)
def test_a_senseless_retry_after_is_no_harm(said):
    said = said.encode("utf-8").decode("latin-1")
    with Web({URL: (503, [("Retry-After", said)], b"")}) as web:
        (outcome,), _ = fetch(web.transport, URL)
    assert outcome.status == 503


def test_cookies_serve_one_page_and_the_site_that_set_them():
    def knock(headers):
        if "key=1" in headers.get("Cookie", ""):
            return PAGE
        return (302, [("Location", "/"), ("Set-Cookie", "key=1; Domain=pages.example")], b"")

    pages = {
        "https://one.pages.example/": knock,
        "https://one.pages.example/2": PAGE,
        "https://two.pages.example/": PAGE,
        "https://a.example/": PAGE,
        "https://b.example/": (
            302,
            [("Location", URL), ("Set-Cookie", "bad=1; Domain=a.example")],
            b"",
        ),
    }
    with Web(pages) as web:
        outcomes, _ = fetch(web.transport, *pages)
        sent = [(url, headers["Cookie"]) for _, url, headers in web.log if "Cookie" in headers]
    assert [outcome.status for outcome in outcomes] == [200] * 5
    assert sent == [("https://one.pages.example/", "key=1")]


def test_a_users_name_in_an_address_is_not_sent_and_not_kept(tmp_path):
    with Web({URL: PAGE}) as web:
        archive = Archive(tmp_path)
        (got,) = gather(
            archive,
            ["https://user:s3cr3t@a.example/"],
            lambda *_: None,
            transport=web.transport,
            limits=QUICK,
        )
        assert web.asked() == ["https://a.example/robots.txt", URL]
        assert not any("Authorization" in headers for _, _, headers in web.log)
    assert got.state == "fetched"
    for warc in tmp_path.glob("*.warc.gz"):
        assert b"s3cr3t" not in gzip.decompress(warc.read_bytes())


RULES = b"User-agent: *\nDisallow: /"


def with_robots(answer, *urls, limits=QUICK, also=()):
    pages = {f"https://a.example/{n}": PAGE for n in range(3)}
    with Web(pages | {"https://a.example/robots.txt": answer} | dict(also)) as web:
        outcomes, _ = fetch(web.transport, *(urls or ["https://a.example/0"]), limits=limits)
        asked = [url for url in web.asked() if "robots" not in url]
    return outcomes, asked


@pytest.mark.parametrize(
    "answer",
    [
        (200, [("Content-Encoding", "gzip")], gzip.compress(RULES, mtime=0)),
        (200, [], b"\xef\xbb\xbf" + RULES),
        (200, [], RULES.replace(b"\n", b"\r\n")),
        (200, [], b"# much\n" * 60_000 + RULES),
        (200, [("Content-Type", "text/html")], RULES),
    ],
)
def test_rules_are_read_however_they_are_packed(answer):
    (outcome,), asked = with_robots(answer)
    assert outcome == Rejection("https://a.example/0", "robots.txt does not allow it")
    assert asked == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((429, [], b""), "not available now (its robots.txt: 429)"),
        ((429, [("Retry-After", "3600")], b""), "not available now (its robots.txt: 429)"),
        ((503, [], b""), "not available now (its robots.txt: 503)"),
        ((200, [], b"#" * 30_000), "not available now (its robots.txt is too large)"),
        ((200, [("Content-Encoding", "gzip")], b"\x1f\x8bdamaged"), "robots.txt does not allow it"),
    ],
)
def test_rules_that_cannot_be_had_close_a_host_for_now(answer, reason):
    limits = Limits(pace=0, backoff=0.01, patience=0.3, attempts=2, body_bytes=20_000)
    (outcome,), asked = with_robots(answer, limits=limits)
    assert outcome == Rejection("https://a.example/0", reason)
    assert asked == []


def test_a_robots_txt_that_was_down_is_asked_for_again_by_the_next_run(tmp_path):
    with Web({URL: PAGE, "https://a.example/robots.txt": (503, [], b"")}) as web:

        def run():
            return gather(
                Archive(tmp_path), [URL], lambda *_: None, transport=web.transport, limits=QUICK
            )

        assert run()[0].state == "failed"
        del web.pages["https://a.example/robots.txt"]
        assert run()[0].state == "fetched"


def test_a_redirected_robots_txt_counts_and_a_circle_of_them_does_not():
    there = {"https://b.example/rules": (200, [], RULES)}
    (outcome,), _ = with_robots((301, [("Location", "https://b.example/rules")], b""), also=there)
    assert isinstance(outcome, Rejection)
    for target in ("/robots.txt", "http://127.0.0.1/robots.txt", "http://[bad"):
        (outcome,), _ = with_robots((301, [("Location", target)], b""))
        assert isinstance(outcome, Reply)


def test_a_crawl_delay_beyond_patience_leaves_the_rest_for_the_next_run():
    slow = (200, [], b"User-agent: *\nCrawl-delay: 60")
    begun = monotonic()
    outcomes, asked = with_robots(slow, "https://a.example/0", "https://a.example/1")
    assert isinstance(outcomes[0], Reply)
    assert outcomes[1].reason == "not available now (asks for 60 seconds between requests)"
    assert asked == ["https://a.example/0"]
    assert monotonic() - begun < 30
