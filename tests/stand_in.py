"""A stand-in for the web: a local server that answers for every host, and the way to it."""

import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from warcio.archiveiterator import ArchiveIterator

Answer = tuple[int, list[tuple[str, str]], bytes]
"""Status, headers, body as sent."""


@dataclass
class Web:
    """The pages by address, and a log of what was asked for: (method, address, headers)."""

    pages: dict[str, Answer | Callable[[Mapping[str, str]], Answer]]
    seconds: float = 0.0
    log: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    port: int = 0

    def __enter__(self) -> "Web":
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                url = self.path.removeprefix("/")
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                web.log.append((self.command, url, dict(self.headers)))
                time.sleep(web.seconds)
                found = web.pages.get(url, (404, [("Content-Type", "text/plain")], b"not here"))
                status, headers, body = found(self.headers) if callable(found) else found
                self.send_response(status)
                for name, value in headers:
                    if name.lower() not in ("content-length", "date", "connection"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with contextlib.suppress(ConnectionError):  # the client had enough
                    self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, *args: Any) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def transport(self) -> httpx.AsyncBaseTransport:
        """Sends every address here."""
        return ToPort(self.port)

    def asked(self) -> list[str]:
        """Every address that was asked for, in order."""
        return [url for _, url, _ in self.log]


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed in the middle is nothing to report."""


class ToPort(httpx.AsyncBaseTransport):
    """Sends every request to one local port, the whole address as its path."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._inner = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = b"/" + str(request.url).encode()
        to = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._port, raw_path=path)
        sent = httpx.Request(
            request.method,
            to,
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )
        return await self._inner.handle_async_request(sent)

    async def aclose(self) -> None:
        await self._inner.aclose()


def read_warc(path: Path) -> dict[str, Any]:
    """Return the pages of a WARC file, as `Web` wants them."""
    pages: dict[str, Any] = {}
    with path.open("rb") as stream:
        for record in ArchiveIterator(stream):
            if record.rec_type == "response":
                url = record.rec_headers.get_header("WARC-Target-URI")
                status = int(record.http_headers.get_statuscode())
                pages[url] = (status, list(record.http_headers.headers), record.raw_stream.read())
    return pages
