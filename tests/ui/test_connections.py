"""Connections and bodies have counts, sizes and times before anything is read."""

import asyncio
import http.client
import json
import socket
import threading
import time
from contextlib import contextmanager, suppress

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request
from starlette.responses import StreamingResponse

from tests.doors import until
from ui.serving import connections
from ui.serving.connections import BACKLOG, Bounded, Connection


@contextmanager
def serving(**bounds):
    """A small application behind our connections and bounds; gives its port and what it read."""
    app = FastAPI()
    read = []

    @app.get("/ping")
    async def ping():
        return "pong"

    @app.get("/much")
    async def much():
        async def pieces():
            for _ in range(4000):
                yield b"x" * 65536

        return StreamingResponse(pieces())

    @app.get("/begun")
    async def begun():
        async def pieces():
            try:
                for _ in range(20):
                    yield b"x"
                    await asyncio.sleep(0.05)
            finally:
                read.append("over")

        return StreamingResponse(pieces())

    @app.get("/slow")
    async def slow(request: Request):
        for _ in range(20):
            await asyncio.sleep(0.05)
            if await request.is_disconnected():
                read.append("gone")
                break
        return "at last"

    @app.post("/echo")
    async def echo(request: Request):
        read.append(len(await request.body()))
        return read[-1]

    app.add_middleware(Bounded, **bounds)
    config = uvicorn.Config(
        app, port=0, log_level="critical", http=Connection, ws="none", backlog=BACKLOG,
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started, 60)
    try:
        yield server.servers[0].sockets[0].getsockname()[1], read, server
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def opened():
    """Open connections and say something; they are closed after the test."""
    made = []

    def open_(port, said=b""):
        one = socket.create_connection(("127.0.0.1", port), timeout=5)
        made.append(one)
        one.sendall(said)
        return one

    yield open_
    for one in made:
        one.close()


def is_closed(one):
    one.settimeout(0.01)
    try:
        while one.recv(4096):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    return True


def test_half_open_requests_make_room_for_whole_ones(monkeypatch, opened):
    monkeypatch.setattr(connections, "OPEN", 20)
    with serving() as (port, _, server):
        half = [opened(port, b"GET /ping HT") for _ in range(60)]
        assert httpx.get(f"http://127.0.0.1:{port}/ping", timeout=5).text == '"pong"'
        assert len(server.server_state.connections) <= 21
        until(lambda: sum(map(is_closed, half)) >= 40)


@pytest.mark.parametrize("said", [b"", b"GET /ping HTTP/1.1\r\nHost: x\r\nA: "])
def test_a_request_that_does_not_come_is_not_waited_for(monkeypatch, said, opened):
    monkeypatch.setattr(connections, "HEADERS_S", 0.3)
    with serving() as (port, _, _server):
        one = opened(port, said)
        until(lambda: is_closed(one), 3)
        kept = opened(port, b"GET /ping HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"200 OK" in kept.recv(4096)
        kept.sendall(b"GET /ping HT")  # the second one on the same connection, too
        until(lambda: is_closed(kept), 3)


def test_a_reply_nobody_reads_is_cut_off(monkeypatch, opened):
    monkeypatch.setattr(connections, "READING_S", 0.3)
    with serving() as (port, _, server):
        opened(port, b"GET /much HTTP/1.1\r\nHost: x\r\n\r\n")
        until(lambda: len(server.server_state.connections) == 1)
        until(lambda: not server.server_state.connections, 5)


def test_a_large_body_is_refused_before_it_is_read(opened):
    with serving(body=1000) as (port, read, _):
        url = f"http://127.0.0.1:{port}/echo"
        said = httpx.post(url, content=b"x" * 1001)
        assert said.status_code == 413
        assert said.headers["content-type"] == "application/problem+json"
        assert "1,000 bytes" in said.json()["detail"]
        pieces = (b"x" * 100 for _ in range(100_000))
        with suppress(httpx.TransportError):  # it may be cut off while it is still talking
            assert httpx.post(url, content=pieces).status_code == 413
        for _ in range(3):  # a client that sends all before it listens hears the refusal
            one = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            one.request("POST", "/echo", b"x" * 20_000_000)
            assert one.getresponse().status == 413
            one.close()
        claimed = opened(
            port, b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 300000000\r\n\r\n"
        )
        assert claimed.recv(64).startswith(b"HTTP/1.1 413")
        assert read == []
        assert httpx.post(url, content=b"x" * 1000).json() == 1000


def test_a_body_that_trickles_is_given_up(opened):
    with serving(seconds=0.3) as (port, read, _):
        one = opened(port, b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc")
        begun = time.monotonic()
        assert one.recv(64).startswith(b"HTTP/1.1 408")
        assert time.monotonic() - begun < 3
        assert read == []


def test_headers_have_a_size(opened):
    with serving() as (port, _, _server):
        one = opened(port, b"GET /ping HTTP/1.1\r\nHost: x\r\n")
        for number in range(200):
            with suppress(OSError):
                one.sendall(b"A%d: %s\r\n" % (number, b"x" * 1000))
        until(lambda: is_closed(one), 5)


def test_what_is_no_http_is_refused_as_everything_else_is(opened):
    with serving() as (port, _, _server):
        one = opened(port, b"GET /ping HTTP/1.1\r\nHost x\r\n\r\n")
        head, _, body = rest_of(one).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in head
    assert json.loads(body)["status"] == 400


def rest_of(one):
    """Read until the other side closes."""
    said = b""
    while piece := one.recv(65536):
        said += piece
    return said


@pytest.mark.parametrize(
    "asked",
    [
        b"GET /ping HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /ping HTTP/1.0\r\n\r\n",
        b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
        b"GET /slow HTTP/1.0\r\n\r\n",
    ],
)
def test_who_ends_only_its_own_side_gets_its_reply(opened, asked):
    with serving() as (port, read, _):
        one = opened(port, asked)
        one.shutdown(socket.SHUT_WR)
        said = rest_of(one)
        assert said.startswith(b"HTTP/1.1 200 OK")
        assert said.endswith((b'"pong"', b"3", b'"at last"'))
        assert "gone" not in read


def test_requests_behind_one_another_are_all_replied_to_after_the_end(opened):
    with serving() as (port, _, _server):
        asked = b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\nGET /ping HTTP/1.1\r\nHost: x\r\n\r\n"
        one = opened(port, asked)
        one.shutdown(socket.SHUT_WR)
        said = rest_of(one)
        assert said.index(b'"at last"') < said.index(b'"pong"')


def test_who_ends_its_side_is_tried_until_its_reply_begins(monkeypatch, opened):
    monkeypatch.setattr(connections, "PROBE_S", 0.1)
    with serving() as (port, read, _):
        one = opened(port, b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        one.shutdown(socket.SHUT_WR)
        first, *between, last = rest_of(one).split(b"HTTP/1.1 ")
        assert (first, set(between)) == (b"", {b"100 Continue\r\n\r\n"})
        assert last.startswith(b"200 OK")
        opened(port, b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n").close()
        until(lambda: read == ["gone"], 5)


def test_an_end_early_in_a_reply_leaves_it_whole_and_a_late_one_ends_it(monkeypatch, opened):
    asked = b"GET /begun HTTP/1.0\r\n\r\n"
    with serving() as (port, read, _):
        for half_s, whole in ((5.0, True), (0.0, False)):
            monkeypatch.setattr(connections, "HALF_S", half_s)
            one = opened(port, asked)
            assert one.recv(12) == b"HTTP/1.1 200"
            one.shutdown(socket.SHUT_WR)
            assert rest_of(one).endswith(b"x" * 20) == whole
        until(lambda: read == ["over", "over"], 5)


def test_half_a_request_is_not_waited_for_after_the_end(opened):
    with serving() as (port, read, _):
        one = opened(port, b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc")
        one.shutdown(socket.SHUT_WR)
        assert rest_of(one) == b""
        assert read == []
