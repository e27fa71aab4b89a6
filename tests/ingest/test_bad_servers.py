"""Servers, names, certificates and proxies that fail: each is noticed, said, and not waited for.

What a broken reply holds never becomes a page.
"""

import asyncio
import datetime
import gc
import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

import anyio
import pytest

from ingest.fetch.client import Fetcher
from ingest.fetch.pace import Limits
from ingest.fetch.transport import guarded_transport
from ingest.reading.document import read_document
from ingest.sites.adapter import Request
from ingest.values import Rejection
from tests.ingest.test_transport import TlsServer, authority, lead_to
from tests.stand_in import ToPort

__all__ = ["authority", "lead_to"]  # fixtures

LIMITS = Limits(pace=0, backoff=0.01, patience=0.2, attempts=2)
IMPATIENT = Limits(pace=0, total=1.0, attempts=1)
URL = "http://a.example/page"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
PAGE = b"<p>" + b"A sentence of the page that should come whole. " * 40 + b"</p>"
Manner = Callable[[socket.socket], None]


@contextmanager
def server(manner: Manner) -> Iterator[int]:
    """Serve every connection in a manner; robots.txt is not here."""
    listening = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve(connection: socket.socket) -> None:
        with closing(connection), suppress(OSError):
            asked = connection.recv(65536)
            if b"robots.txt" in asked.split(b"\r\n")[0]:
                connection.sendall(
                    b"HTTP/1.1 404 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                )
            else:
                manner(connection)

    def accept() -> None:
        with suppress(OSError):
            while not over.is_set():
                threading.Thread(target=serve, args=(listening.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        over.set()
        listening.close()


def sends(*parts: bytes, wait: float = 0.0, after: float = 0.0) -> Manner:
    """Return the manner that sends these parts, and closes."""

    def manner(connection: socket.socket) -> None:
        for part in parts:
            connection.sendall(part)
            time.sleep(wait)
        time.sleep(after)

    return manner


def resets(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Content-Length: 9000\r\n\r\n" + PAGE)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def fetch(url: str = URL, transport: object = None, limits: Limits = LIMITS) -> object:
    async def ask() -> object:
        async with Fetcher(lambda _: None, limits=limits, transport=transport) as fetcher:
            return await fetcher.fetch(Request(url))

    return asyncio.run(ask())


def limits_for(said: str) -> Limits:
    """A server that stalls is waited for a second, any other as long as a busy machine takes."""
    return IMPATIENT if said == "in time" else LIMITS


LENGTH = b"Content-Length: %d\r\n\r\n" % len(PAGE)
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
BROKEN = {
    "says nothing": (sends(after=3), "in time"),
    "stalls in its head": (sends(HEAD, after=3), "in time"),
    "stalls in its body": (sends(HEAD + LENGTH + PAGE[:100], after=3), "in time"),
    "trickles": (sends(HEAD + LENGTH, *[b"a"] * 40, wait=0.1), "in time"),
    "closes at once": (sends(), "disconnected"),
    "closes in its head": (sends(HEAD), "disconnected"),
    "ends before its length": (sends(HEAD + LENGTH + PAGE[:100]), "without sending complete"),
    "ends inside a chunk": (sends(CHUNKED + b"fff\r\n" + PAGE[:100]), "incomplete"),
    "ends before the last chunk": (sends(CHUNKED + b"5\r\nhello\r\n"), "incomplete"),
    "sends no chunks": (sends(CHUNKED + PAGE), "not available now"),
    "speaks another protocol": (sends(b"SSH-2.0-OpenSSH_9.2\r\n"), "not available now"),
    "has no number for a length": (sends(HEAD + b"Content-Length: many\r\n\r\n" + PAGE), "ength"),
    "has two lengths": (sends(HEAD + b"Content-Length: 5\r\n" + LENGTH + PAGE), "ength"),
    "sends heads without end": (sends(HEAD + b"X: y\r\n" * 100_000), "not available now"),
    "breaks the connection": (resets, "not available now"),
    "promises too much": (sends(HEAD + b"Content-Length: 99999999999\r\n\r\n" + PAGE), "too large"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_reply_that_is_not_whole_is_no_page(name: str) -> None:
    manner, said = BROKEN[name]
    begun = time.monotonic()
    with server(manner) as port:
        outcome = fetch(transport=ToPort(port), limits=limits_for(said))
    assert isinstance(outcome, Rejection), outcome
    assert said in outcome.reason, outcome.reason
    assert time.monotonic() - begun < 30


@pytest.mark.parametrize(
    "body",
    [gzip.compress(PAGE, mtime=0)[:40], gzip.compress(PAGE, mtime=0)[:-8] + b"12345678"],
    ids=["cut", "another sum"],
)
def test_a_packed_body_that_is_not_whole_is_refused_when_it_is_read(body: bytes) -> None:
    packed = b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    with server(sends(HEAD + packed + body)) as port:
        outcome = fetch(transport=ToPort(port))
    assert not isinstance(outcome, Rejection)
    read = read_document(outcome)
    assert isinstance(read, Rejection), read
    assert read.reason


def test_more_than_was_said_is_left() -> None:
    with server(sends(HEAD + LENGTH + PAGE + b"<script>more</script>")) as port:
        outcome = fetch(transport=ToPort(port))
    assert outcome.body == PAGE


def without_proxies(monkeypatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize("error", [socket.gaierror(-2, "no name"), socket.gaierror(-3, "later")])
def test_a_name_that_nobody_knows_is_said(lead_to, monkeypatch, error) -> None:
    async def resolve(*_: object, **__: object) -> object:
        raise error

    without_proxies(monkeypatch)
    monkeypatch.setattr(anyio, "getaddrinfo", resolve)
    outcome = fetch("https://a.example/", guarded_transport())
    assert isinstance(outcome, Rejection)
    assert "host has no address" in outcome.reason


def test_a_name_server_that_stalls_is_given_up(lead_to, monkeypatch) -> None:
    async def resolve(*_: object, **__: object) -> object:
        await anyio.sleep(30)

    without_proxies(monkeypatch)
    monkeypatch.setattr(anyio, "getaddrinfo", resolve)
    outcome = fetch("https://a.example/", guarded_transport(), IMPATIENT)
    assert isinstance(outcome, Rejection)
    assert "in time" in outcome.reason


class OutOfDate:
    """An authority whose certificates have run out."""

    def __init__(self, authority: object) -> None:
        self._authority = authority

    def issue_cert(self, *names: str) -> object:
        ended = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=9)
        return self._authority.issue_cert(*names, not_after=ended)


def test_a_certificate_that_has_run_out_is_not_believed(authority, lead_to) -> None:
    with TlsServer(OutOfDate(authority), ["http/1.1"], {}) as served:
        lead_to(served.port)
        outcome = fetch("https://a.example/0", guarded_transport())
    assert isinstance(outcome, Rejection)
    assert "expired" in outcome.reason
    assert served.asked == []


# httpcore leaves such a socket to the garbage collector
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.parametrize("manner", [sends(after=3), sends(b"HTTP/1.1 400 Plain\r\n\r\n")])
def test_a_server_that_speaks_no_tls_is_given_up(authority, lead_to, manner) -> None:
    with server(manner) as port:
        lead_to(port)
        outcome = fetch("https://a.example/0", guarded_transport(), IMPATIENT)
    assert isinstance(outcome, Rejection)
    assert "not available now" in outcome.reason
    gc.collect()


PROXIES = {
    "wants a login": (sends(b"HTTP/1.1 407 Login\r\nContent-Length: 0\r\n\r\n"), "407"),
    "may not": (sends(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"), "403"),
    "stalls": (sends(after=3), "in time"),
    "hangs up": (sends(), "not available now"),
}


@pytest.mark.parametrize("name", PROXIES)
def test_a_proxy_that_fails_is_said(name: str, lead_to, monkeypatch) -> None:
    manner, said = PROXIES[name]
    with server(manner) as port:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port}")
        outcome = fetch("https://a.example/0", guarded_transport(), limits_for(said))
    assert isinstance(outcome, Rejection)
    assert said in outcome.reason, outcome.reason


def test_a_proxy_that_is_not_there_is_said(lead_to, monkeypatch) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as gone:
        port = gone.getsockname()[1]
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port}")
    outcome = fetch("https://a.example/0", guarded_transport())
    assert isinstance(outcome, Rejection)
    assert "not available now" in outcome.reason
