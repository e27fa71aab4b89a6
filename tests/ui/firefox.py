"""A real Firefox, driven by what it speaks itself (Marionette): no driver, no package."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
_PATIENCE = 90  # seconds, for it to start


class Firefox:
    """One session with a browser."""

    def __init__(self, connection: socket.socket) -> None:
        self._stream = connection.makefile("rwb")
        self._count = 0
        self._receive()  # it says who it is
        self("WebDriver:NewSession")

    def __call__(self, command: str, **given: Any) -> Any:
        """Give a command, and return what it returns.

        Raises:
            RuntimeError: the browser says that it cannot.
        """
        self._count += 1
        message = json.dumps([0, self._count, command, given]).encode()
        self._stream.write(b"%d:%b" % (len(message), message))
        self._stream.flush()
        _, _, error, result = self._receive()
        if error:
            raise RuntimeError(f"{command}: {error['message']}")
        return result.get("value", result) if isinstance(result, dict) else result

    def script(self, text: str, *given: Any) -> Any:
        """Run an asynchronous function's body in the page; return what it gives."""
        body = (
            "const done = arguments[arguments.length - 1];"
            f"(async (...given) => {{ {text} }})(...arguments).then(done, (e) => done(String(e)));"
        )
        return self("WebDriver:ExecuteAsyncScript", script=body, args=list(given), sandbox=None)

    def _receive(self) -> Any:
        size = b""
        while (digit := self._stream.read(1)) not in (b":", b""):
            size += digit
        return json.loads(self._stream.read(int(size)))


@contextmanager
def firefox(profile: Path, preferences: dict[str, Any]) -> Iterator[Firefox]:
    """Start a browser without a window, and end it."""
    assert FIREFOX is not None
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    profile.mkdir()
    lines = preferences | {"marionette.port": port}
    (profile / "user.js").write_text(
        "".join(f"user_pref({json.dumps(key)}, {json.dumps(to)});\n" for key, to in lines.items())
    )
    started = [FIREFOX, "--headless", "--marionette", "--remote-allow-system-access"]
    started += ["--no-remote", "--profile", str(profile)]
    browser = subprocess.Popen(started, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with _connected(port) as connection:
            yield Firefox(connection)
    finally:
        browser.terminate()
        try:
            browser.wait(20)
        except subprocess.TimeoutExpired:
            browser.kill()
            browser.wait()


def _connected(port: int) -> socket.socket:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            connection = socket.create_connection(("127.0.0.1", port), 180)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
        else:
            return connection
