"""The polite client against a real local server; only name look-up is faked, it is not ours."""

import asyncio
import gzip
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic

import anyio
import pytest

from ingest.archive.values import Reply
from ingest.fetch.client import USER_AGENT, Fetcher, Remembered
from ingest.fetch.pace import Limits
from ingest.fetch.transport import guarded_transport
from ingest.links.public import is_public
from ingest.sites.adapter import Request
from ingest.values import Rejection
from tests.stand_in import Web

HTML = [("Content-Type", "text/html")]
QUICK = Limits(pace=0, backoff=0.01, patience=0.5)


def page(text="<p>hello</p>", status=200, headers=()):
    return (status, [*HTML, *headers], text.encode())


def moved(to, status=302):
    return (status, [("Location", to)], b"")


def fetch(web, *requests, limits=QUICK, recall=lambda url: None, robots=()):
    """Fetch one after the other; return the outcomes and every exchange that was kept."""
    kept = []

    async def run():
        async with Fetcher(
            kept.append, transport=web.transport, limits=limits, robots=robots
        ) as fetcher:
            return [
                await fetcher.fetch(Request(each) if isinstance(each, str) else each, recall)
                for each in requests
            ]

    return asyncio.run(run()), kept


def one(pages, url="https://a.example/", **how):
    with Web(pages) as web:
        (outcome,), kept = fetch(web, url, **how)
        return outcome, kept, web


def test_a_page_comes_as_it_was_sent_and_we_say_who_we_are():
    body = gzip.compress(b"<p>hello</p>")
    sent = (200, [*HTML, ("Content-Encoding", "gzip")], body)
    reply, kept, web = one({"https://a.example/": sent})
    assert isinstance(reply, Reply)
    assert (reply.status, reply.body) == (200, body)
    assert reply.header("Content-Encoding") == "gzip"
    assert [each.reply.url for each in kept] == [
        "https://a.example/robots.txt",
        "https://a.example/",
    ]
    assert {headers["User-Agent"] for _, _, headers in web.log} == {USER_AGENT}
    assert USER_AGENT.startswith("refdesk/")


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://localhost/",
        "http://localhost.:80/",
        "http://127.0.0.1:8000/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f.0.0.1/",
        "http://0177.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[fd00::1]/",
        "http://[::ffff:0:127.0.0.1]/",
        "http://[64:ff9b:1::7f00:1]/",
        "http://[fec0::1]/",
        "http://[2002:7f00:1::]/",
        "http://[::1%25eth0]/",
        "http://192.0.0.8/",
        "http://168.63.129.16/",
        "http://100.100.100.200/",
        "http://127.0.0.1./",
        "http://127.0.0.1../",
        "http://017700000001/",
        "http://a.example@127.0.0.1/",
        "http://a.example:80@[::1]/",
        "http://127.0.0.1#@a.example/",
        "http://１２７.０.０.１/",
        "http://127。0。0。1/",
        "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
        "http://kubernetes.default.svc/",
        "http://0.0.0.0/",
        "http://0/",
        "http://10.1.2.3/",
        "http://100.64.0.1/",
        "http://192.88.99.1/",
        "http://[3ffe::1]/",
        "http://[3fff::1]/",
        "http://[3fff:fff:ffff::1]/",
        "http://224.0.0.1/",
        "http://printer/",
        "http://nas.local/",
        "http://metadata.google.internal/",
        "file:///etc/passwd",
        "ftp://a.example/x",
        "gopher://a.example/",
        "http://",
        "http://[bad",
    ],
)
def test_what_is_not_public_is_refused_unasked(url):
    outcome, kept, web = one({}, url)
    assert isinstance(outcome, Rejection)
    assert "not a" in outcome.reason
    assert (kept, web.log) == ([], [])


@pytest.mark.parametrize(
    "number", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"]
)
def test_public_numbers_are_public(number):
    assert is_public(number)


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1/", "http://169.254.169.254/", "file:///etc/passwd", "//[::1]/x"]
)
def test_a_redirect_inward_is_refused(target):
    outcome, _, web = one({"https://a.example/": moved(target)})
    assert isinstance(outcome, Rejection)
    assert outcome.reason.startswith("redirects to ")
    assert web.asked() == ["https://a.example/robots.txt", "https://a.example/"]


@pytest.mark.parametrize(
    "numbers",
    [["127.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["::1"], ["fe80::1%eth0"], ["169.254.169.254"]],
)
def test_a_name_that_leads_inward_is_refused(monkeypatch, numbers):
    hits = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            hits.append(self.path)

    async def resolve(host, port, **_):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in numbers]

    monkeypatch.setattr(anyio, "getaddrinfo", resolve)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()

        async def run():
            async with Fetcher(lambda exchange: None, limits=QUICK) as fetcher:
                return await fetcher.fetch(Request(f"http://a.example:{server.server_port}/"))

        outcome = asyncio.run(run())
        server.shutdown()
    assert isinstance(outcome, Rejection)
    assert hits == []


def test_a_name_is_looked_up_once_and_the_checked_address_is_connected_to(monkeypatch):
    """DNS rebinding: the second answer, which would lead inward, is never asked for."""
    answers = [["93.184.216.34"], ["127.0.0.1"]]
    connected = []

    async def resolve(host, port, **_):
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in answers.pop(0)
        ]

    async def connect(self, host, port, *_, **__):
        connected.append(host)
        raise __import__("httpcore").ConnectError("no way out of here")

    monkeypatch.setattr(anyio, "getaddrinfo", resolve)
    monkeypatch.setattr("httpcore.AnyIOBackend.connect_tcp", connect)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)

    async def run():
        limits = Limits(pace=0, attempts=1)
        async with Fetcher(lambda exchange: None, limits=limits) as fetcher:
            return await fetcher.fetch(Request("http://rebind.example/", interface=True))

    outcome = asyncio.run(run())
    assert isinstance(outcome, Rejection)
    assert connected == ["93.184.216.34"]


def test_a_proxy_of_the_environment_is_used(monkeypatch):
    asked = []

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)

        async def run():
            async with Fetcher(
                lambda exchange: None, transport=guarded_transport(), limits=QUICK
            ) as fetcher:
                inward = await fetcher.fetch(Request("http://127.0.0.1:1/"))
                return inward, await fetcher.fetch(Request("http://a.example/x"))

        inward, reply = asyncio.run(run())
        server.shutdown()
    assert isinstance(inward, Rejection)
    assert isinstance(reply, Reply)
    assert reply.body == b"ok"
    assert asked == ["http://a.example/robots.txt", "http://a.example/x"]


def test_redirects_are_followed_and_every_step_is_kept():
    pages = {
        "https://a.example/1": moved("/2", 301),
        "https://a.example/2": moved("https://b.example/3", 308),
        "https://b.example/3": page("<p>end</p>"),
    }
    reply, kept, _ = one(pages, "https://a.example/1")
    assert (reply.url, reply.body) == ("https://b.example/3", b"<p>end</p>")
    steps = [each.reply.status for each in kept if "robots" not in each.url]
    assert steps == [301, 308, 200]


def test_a_circle_ends():
    pages = {"https://a.example/x": moved("/y"), "https://a.example/y": moved("/x")}
    outcome, _, web = one(pages, "https://a.example/x")
    assert outcome == Rejection("https://a.example/x", "redirects in a circle")
    assert len(web.log) <= Limits().redirects + 3


def test_robots_txt_is_obeyed_also_after_a_redirect():
    closed = (200, [("Content-Type", "text/plain")], b"User-agent: *\nDisallow: /private")
    pages = {
        "https://a.example/robots.txt": closed,
        "https://a.example/open": moved("/private/x"),
        "https://a.example/private/x": page(),
    }
    with Web(pages) as web:
        outcomes, _ = fetch(web, "https://a.example/private/x", "https://a.example/open")
        assert [each.reason for each in outcomes] == ["robots.txt does not allow it"] * 2
        assert "https://a.example/private/x" not in web.asked()
        assert web.asked().count("https://a.example/robots.txt") == 1


@pytest.mark.parametrize(
    ("answer", "open_"),
    [
        (page(status=404), True),
        (page(status=403), True),
        (page(status=500), False),
        ((200, [], b"User-agent: refdesk\nDisallow: /"), False),
        ((200, [], b"User-agent: GPTBot\nDisallow: /"), True),
        ((200, [], b"\xff\xfe\x00garbage"), True),
    ],
)
def test_what_robots_txt_says_decides(answer, open_):
    pages = {"https://a.example/robots.txt": answer, "https://a.example/": page()}
    outcome, _, _ = one(pages)
    assert isinstance(outcome, Reply) is open_


def test_robots_txt_that_redirects_to_the_page_does_not_stall():
    pages = {"https://a.example/robots.txt": moved("/"), "https://a.example/": page()}
    outcome, _, _ = one(pages)
    assert isinstance(outcome, Reply)


def test_an_interface_is_not_asked_for_robots_txt():
    with Web({"https://a.example/api": page("{}")}) as web:
        fetch(web, Request("https://a.example/api", interface=True))
        assert web.asked() == ["https://a.example/api"]


def test_crawl_delay_is_kept_to():
    slow = (200, [], b"User-agent: *\nCrawl-delay: 0.3")
    pages = {f"https://a.example/{n}": page() for n in range(3)}
    with Web(pages | {"https://a.example/robots.txt": slow}) as web:
        begun = monotonic()
        fetch(web, *pages)
        assert monotonic() - begun >= 0.6


def test_hosts_are_paced_each_for_itself():
    urls = [f"https://{host}.example/{n}" for n in range(3) for host in "abcdef"]
    with Web({url: page() for url in urls}) as web:

        async def run():
            limits = Limits(pace=0.2, backoff=0.01)
            async with Fetcher(
                lambda exchange: None, transport=web.transport, limits=limits
            ) as fetcher:
                await asyncio.gather(*(fetcher.fetch(Request(url, interface=True)) for url in urls))

        begun = monotonic()
        asyncio.run(run())
        assert 0.4 <= monotonic() - begun < 3.4  # what one pace for all would take


def test_what_is_temporary_is_tried_again():
    answers = [page(status=503), page(status=429, headers=[("Retry-After", "0")]), page("<p>ok")]
    outcome, kept, _ = one({"https://a.example/": lambda headers: answers.pop(0)})
    assert isinstance(outcome, Reply)
    assert outcome.status == 200
    assert [each.reply.status for each in kept if "robots" not in each.url] == [200]


def test_attempts_end_and_the_last_reply_is_kept():
    outcome, kept, web = one({"https://a.example/": page(status=503)})
    assert isinstance(outcome, Reply)
    assert outcome.status == 503
    assert web.asked().count("https://a.example/") == Limits().attempts
    assert [each.reply.status for each in kept if "robots" not in each.url] == [503]


@pytest.mark.parametrize("when", ["3600", "Wed, 21 Oct 2099 07:28:00 GMT"])
def test_a_host_that_wants_a_long_rest_gets_it(when):
    pages = {
        "https://a.example/1": page(status=429, headers=[("Retry-After", when)]),
        "https://a.example/2": page(),
    }
    with Web(pages) as web:
        outcomes, _ = fetch(web, "https://a.example/1", "https://a.example/2")
        assert outcomes[0].status == 429
        assert outcomes[1] == Rejection("https://a.example/2", "not available now (429)")
        assert web.asked() == ["https://a.example/robots.txt", "https://a.example/1"]


def test_a_body_that_is_too_large_is_not_taken():
    limits = Limits(pace=0, body_bytes=1000)
    outcome, kept, _ = one({"https://a.example/": page("x" * 5000)}, limits=limits)
    assert outcome == Rejection("https://a.example/", "too large")
    assert all("robots" in each.url for each in kept)


def test_media_are_not_downloaded():
    video = (200, [("Content-Type", "video/mp4")], b"\0" * 100_000)
    outcome, _, _ = one({"https://a.example/": video})
    assert outcome == Rejection("https://a.example/", "unsupported type video/mp4")


def test_a_server_that_does_not_answer_is_given_up():
    with Web({"https://a.example/": page()}, seconds=2) as web:
        limits = Limits(pace=0, total=0.2, attempts=2, backoff=0.01)
        outcomes, _ = fetch(web, Request("https://a.example/", interface=True), limits=limits)
    assert outcomes == [Rejection("https://a.example/", "not available now (no answer in time)")]


def test_nothing_listens():
    with Web({}) as web:
        pass
    outcomes, _ = fetch(web, "https://a.example/")
    assert outcomes[0].reason.startswith("not available now")


def test_an_unchanged_page_is_not_sent_again():
    def answer(headers):
        same = headers.get("If-None-Match") == '"v1"'
        return (304, [("ETag", '"v1"')], b"") if same else page(headers=[("ETag", '"v1"')])

    old = Reply("https://a.example/", 200, (("ETag", '"v1"'),), b"old", "2026-01-01T00:00:00Z")
    outcome, kept, _ = one(
        {"https://a.example/": answer}, recall=lambda url: Remembered(old, fresh=False)
    )
    assert outcome is old
    assert [each.reply.status for each in kept if "robots" not in each.url] == [304]


def test_a_fresh_copy_is_not_asked_for():
    old = Reply("https://a.example/", 200, (), b"old", "2026-01-01T00:00:00Z")
    outcome, kept, web = one({}, recall=lambda url: Remembered(old, fresh=True))
    assert outcome is old
    assert (kept, web.log) == ([], [])


def test_a_token_is_not_shown_to_another_host():
    pages = {
        "https://a.example/x": moved("https://b.example/y"),
        "https://b.example/y": page(),
    }
    with Web(pages) as web:
        fetch(web, Request("https://a.example/x", headers=(("Authorization", "secret"),)))
        seen = {url: headers.get("Authorization") for _, url, headers in web.log}
    assert (seen["https://a.example/x"], seen["https://b.example/y"]) == ("secret", None)


def test_two_who_want_one_page_make_one_request():
    store = {}
    with Web({"https://a.example/": page()}, seconds=0.05) as web:

        async def run():
            def keep(exchange):
                store[exchange.url] = Remembered(exchange.reply, fresh=True)

            async with Fetcher(keep, transport=web.transport, limits=QUICK) as fetcher:
                request = Request("https://a.example/")
                return await asyncio.gather(*(fetcher.fetch(request, store.get) for _ in range(4)))

        replies = asyncio.run(run())
        assert {reply.body for reply in replies} == {b"<p>hello</p>"}
        assert web.asked() == ["https://a.example/robots.txt", "https://a.example/"]
