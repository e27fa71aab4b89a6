"""For tests of the doors: a real server, and a model server that speaks as slowly as it is told."""

import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import platformdirs
import uvicorn

from assistant.desk import Desk
from tests.conftest import MQA_PAGE
from ui.server import configuration, interface
from ui.serving.access import Access
from ui.serving.turns import Turns

REPLY = (
    "Multi-query attention keeps one key head and one value head for all query heads. "
    "Decoding becomes faster because the cache is smaller. "
)


@contextmanager
def served_by_command(home: Path, llm: str) -> Iterator[str]:
    """Run ``refdesk serve`` in a process of its own; give the address of its page."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "ui.cli", "serve", "--home", home, "--llm", llm]
    server = subprocess.Popen([*command, "--port", port])
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 120
    while True:
        assert server.poll() is None
        assert time.monotonic() < deadline
        try:
            httpx.get(url).raise_for_status()
            break
        except httpx.TransportError:
            time.sleep(0.2)
    try:
        yield url
    finally:
        server.terminate()
        server.wait(20)


@contextmanager
def small_desk() -> Iterator[Desk]:
    """A desk over one page, in a home that goes afterwards; for what runs without pytest."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "models").symlink_to(platformdirs.user_cache_path("refdesk-tests"))
        (home / "page.md").write_text(MQA_PAGE, encoding="utf-8")
        desk = Desk(home, llm="extractive")
        desk.ingest([home / "page.md"], seed=False)
        try:
            yield desk
        finally:
            desk.close()


class ModelServer:
    """The far side of the wire: says `REPLY` word by word, ``pause`` seconds after each."""

    def __init__(self) -> None:
        self.pause = 0.0
        self.times = 1  # how often the reply is said over
        self.asked = 0
        self.most = 0  # replies at the same time
        self.now = 0
        self.hung_up = 0
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args: object) -> None: ...

            def do_GET(self) -> None:
                body = json.dumps({"data": [{"id": "slow", "max_model_len": 8192}]}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                if (
                    asked["max_tokens"] == 1
                ):  # asked how likely it is, which this server never tells
                    self.wfile.write(_event("A") + b"data: [DONE]\n\n")
                else:
                    outer.speak(self.wfile.write)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def speak(self, write: Callable[[bytes], object]) -> None:
        with self._lock:
            self.asked += 1
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            for word in (REPLY * self.times).split(" "):
                write(_event(word))
                time.sleep(self.pause)
            write(b"data: [DONE]\n\n")
        except OSError:
            self.hung_up += 1
        finally:
            with self._lock:
                self.now -= 1

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _event(word: str) -> bytes:
    piece = {"choices": [{"delta": {"content": f"{word} "}, "finish_reason": None}]}
    return f"data: {json.dumps(piece)}\n\n".encode()


@contextmanager
def serving(desk: Desk, turns: Turns | None = None, access: Access | None = None) -> Iterator[str]:
    """Serve the doors for programs on a free port; give the address."""
    app = interface(desk, Turns() if turns is None else turns, access)
    server = uvicorn.Server(configuration(app, "127.0.0.1", 0))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started, 60)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


def until(true: Callable[[], object], seconds: float = 10) -> None:
    """Wait until something is true; fail if it does not come true in time."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.01)
