"""The way out over TLS: HTTP/2 where a server offers it, HTTP/1.1 where it does not, proxies.

Real servers on the loopback; names are looked up nowhere, and what connects to the public number
they stand for is led there.
"""

import asyncio
import gzip
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anyio
import h2.config
import h2.connection
import h2.events
import httpcore
import pytest
import trustme

from ingest.archive.values import Reply
from ingest.errors import UsageError
from ingest.fetch.client import Fetcher
from ingest.fetch.pace import Limits
from ingest.fetch.transport import guarded_transport
from ingest.reading.decode import unpack
from ingest.sites.adapter import Request
from ingest.values import Rejection

NUMBER = "93.184.216.34"
QUICK = Limits(pace=0, backoff=0.01, patience=0.2, total=5)
TEXT = b"<p>" + b"A sentence that came packed. " * 2000 + b"</p>"


@pytest.fixture
def authority(monkeypatch, tmp_path):
    """A certificate authority that this machine trusts while the test runs."""
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return made


@pytest.fixture
def lead_to(monkeypatch):
    """Make every name stand for a public number, and that number for a local port."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    connect = httpcore.AnyIOBackend.connect_tcp
    ports = {}

    async def resolve(host, port, **_):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (NUMBER, port))]

    async def connect_tcp(self, host, port, *more, **named):
        if host == NUMBER:
            host, port = "127.0.0.1", ports["to"]
        return await connect(self, host, port, *more, **named)

    monkeypatch.setattr(anyio, "getaddrinfo", resolve)
    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect_tcp)
    return lambda port: ports.update(to=port)


class TlsServer:
    """Speaks HTTP/2 or HTTP/1.1 over TLS, as the client and ``offered`` agree."""

    def __init__(self, authority, offered, pages):
        self.pages = pages
        self.spoken = []  # the protocol of each connection
        self.asked = []  # (path, headers) of each request
        self.most = 0  # streams open at the same time
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("a.example", "b.example").configure_cert(self._context)
        self._context.set_alpn_protocols(offered)

    def __enter__(self):
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self):
        while True:
            try:
                plain, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(plain,), daemon=True).start()

    def _serve(self, plain):
        with suppress(OSError), self._context.wrap_socket(plain, server_side=True) as stream:
            self.spoken.append(stream.selected_alpn_protocol())
            if self.spoken[-1] == "h2":
                self._serve_2(stream)
            else:
                self._serve_1(stream)

    def _serve_1(self, stream):
        with stream.makefile("rb") as lines:
            while line := lines.readline():
                path = line.split()[1].decode()
                headers = dict(
                    each.decode().strip().lower().split(": ", 1)
                    for each in iter(lines.readline, b"\r\n")
                )
                self.asked.append((path, headers))
                status, named, body = self._answer(path)
                head = "".join(f"{name}: {value}\r\n" for name, value in named)
                stream.sendall(
                    f"HTTP/1.1 {status} -\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode()
                    + body
                )

    def _serve_2(self, stream):
        config = h2.config.H2Configuration(client_side=False)
        wire = h2.connection.H2Connection(config)
        wire.initiate_connection()
        stream.sendall(wire.data_to_send())
        waiting = {}  # stream: what is left of its body
        while data := stream.recv(65536):
            for event in wire.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    headers = {
                        key.decode() if isinstance(key, bytes) else key: (
                            value.decode() if isinstance(value, bytes) else value
                        )
                        for key, value in event.headers
                    }
                    self.asked.append((headers[":path"], headers))
                    status, named, body = self._answer(headers[":path"])
                    lower = [(name.lower(), value) for name, value in named]
                    wire.send_headers(event.stream_id, [(":status", str(status)), *lower])
                    waiting[event.stream_id] = body
            self.most = max(self.most, len(waiting))
            for number, body in list(waiting.items()):
                room = min(
                    wire.local_flow_control_window(number), wire.max_outbound_frame_size, len(body)
                )
                wire.send_data(number, body[:room], end_stream=room == len(body))
                waiting[number] = body[room:]
                if room == len(body):
                    del waiting[number]
            stream.sendall(wire.data_to_send())

    def _answer(self, path):
        return self.pages.get(path, (404, [("Content-Type", "text/plain")], b"not here"))


PAGES = {
    f"/{n}": (
        200,
        [("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("ETag", f'"{n}"')],
        gzip.compress(TEXT + str(n).encode()),
    )
    for n in range(3)
} | {"/old": (301, [("Location", "https://b.example/0")], b"")}


def fetch(*urls, limits=QUICK, kept=None):
    async def run():
        async with Fetcher(
            (kept if kept is not None else []).append, transport=guarded_transport(), limits=limits
        ) as fetcher:
            return await asyncio.gather(*(fetcher.fetch(Request(url)) for url in urls))

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("offered", "spoken"),
    [(["h2", "http/1.1"], "h2"), (["h2"], "h2"), (["http/1.1"], "http/1.1"), (["spdy/3"], None)],
)
def test_http_2_is_spoken_where_it_is_offered(authority, lead_to, offered, spoken):
    kept = []
    with TlsServer(authority, offered, PAGES) as server:
        lead_to(server.port)
        replies = fetch(*(f"https://a.example/{n}" for n in range(3)), kept=kept)
    assert all(isinstance(reply, Reply) for reply in replies), replies
    bodies = [unpack(reply.body, reply.header("content-encoding")) for reply in replies]
    assert bodies == [TEXT + str(n).encode() for n in range(3)]
    assert [reply.header("ETag") for reply in replies] == ['"0"', '"1"', '"2"']
    assert set(server.spoken) == {spoken}
    assert sorted(path for path, _ in server.asked) == ["/0", "/1", "/2", "/robots.txt"]
    assert all(headers["user-agent"].startswith("refdesk/") for _, headers in server.asked)
    assert len(kept) == 4
    if spoken == "h2":
        assert len(server.spoken) == 1  # one connection carries them all


def test_a_redirect_over_http_2_is_followed_to_another_host(authority, lead_to):
    with TlsServer(authority, ["h2"], PAGES) as server:
        lead_to(server.port)
        (reply,) = fetch("https://a.example/old")
    assert reply.url == "https://b.example/0"
    assert unpack(reply.body, "gzip") == TEXT + b"0"
    assert server.spoken == ["h2", "h2"]


def test_a_certificate_for_another_name_or_of_nobody_is_not_believed(
    authority, lead_to, monkeypatch
):
    with TlsServer(authority, ["h2"], PAGES) as server:
        lead_to(server.port)
        (wrong_name,) = fetch("https://c.example/0")
        monkeypatch.delenv("SSL_CERT_FILE")
        (unknown,) = fetch("https://a.example/0")
    for outcome in (wrong_name, unknown):
        assert isinstance(outcome, Rejection)
        assert "certificate" in outcome.reason.lower()
    assert server.asked == []


@contextmanager
def proxy(port):
    """An HTTP proxy that leads every tunnel to ``port`` and answers plain requests itself."""
    asked = []

    class Proxy(BaseHTTPRequestHandler):
        def do_CONNECT(self):
            asked.append((f"CONNECT {self.path}", self.headers.get("Proxy-Authorization")))
            self.send_response(200)
            self.end_headers()
            with socket.create_connection(("127.0.0.1", port)) as there:
                back = threading.Thread(target=self._pass_on, args=(there, self.connection))
                back.start()
                self._pass_on(self.connection, there)
                back.join()

        def do_GET(self):
            asked.append((f"GET {self.path}", self.headers.get("Proxy-Authorization")))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def _pass_on(self, here, there):
            with suppress(OSError):
                while data := here.recv(65536):
                    there.sendall(data)
                there.shutdown(socket.SHUT_WR)

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"127.0.0.1:{server.server_port}", asked
        server.shutdown()


def test_a_proxy_carries_http_2_with_its_login_and_never_inward(authority, lead_to, monkeypatch):
    with TlsServer(authority, ["h2"], PAGES) as server, proxy(server.port) as (address, asked):
        monkeypatch.setenv("https_proxy", f"http://user:p%40ss@{address}")
        reply, inward = fetch("https://a.example/1", "https://127.0.0.1/")
    assert unpack(reply.body, "gzip") == TEXT + b"1"
    assert isinstance(inward, Rejection)
    assert server.spoken == ["h2"]
    assert [line for line, _ in asked] == ["CONNECT a.example:443"]
    assert asked[0][1] == "Basic dXNlcjpwQHNz"
    assert not any("proxy-authorization" in headers for _, headers in server.asked)


def test_no_proxy_is_heeded(authority, lead_to, monkeypatch):
    with TlsServer(authority, ["h2"], PAGES) as server, proxy(server.port) as (address, asked):
        lead_to(server.port)
        monkeypatch.setenv("ALL_PROXY", f"http://{address}")
        monkeypatch.setenv("NO_PROXY", "b.example,.inner.example")
        direct, by_proxy = fetch("https://b.example/1", "http://a.example/x")
    assert unpack(direct.body, "gzip") == TEXT + b"1"
    assert by_proxy.body == b"ok"
    assert [line for line, _ in asked] == [
        "GET http://a.example/robots.txt",
        "GET http://a.example/x",
    ]


def test_a_proxy_that_cannot_be_spoken_to_is_named(monkeypatch):
    monkeypatch.setenv("https_proxy", "socks5://user:secret@127.0.0.1:1080")
    with pytest.raises(UsageError, match=r"socks5://127\.0\.0\.1") as raised:
        guarded_transport()
    assert "secret" not in str(raised.value)
