"""Connections and bodies have counts, sizes and times before anything is read."""

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
