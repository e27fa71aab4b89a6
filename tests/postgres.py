"""For tests of what desks keep together: a real PostgreSQL server on the loopback."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

USER = "refdesk"
_ACCOUNT = "nobody"  # the server refuses to run as root


@dataclass
class Postgres:
    """A server in a folder of its own; ``address`` is that of its database."""

    programs: Path
    folder: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None
    _as: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/postgres"

    def make(self) -> None:
        """Make the folder of its data."""
        if os.geteuid() == 0:
            shutil.chown(self.folder, _ACCOUNT)
            self._as = {"user": _ACCOUNT}
        made = subprocess.run(
            [self.programs / "initdb", "-D", self.folder / "data", "-U", USER, "-A", "trust",
             "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
            capture_output=True, cwd=self.folder, **self._as,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr.decode()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(
            [self.programs / "postgres", "-D", self.folder / "data", "-p", str(self.port),
             "-k", self.folder, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"],
            stdout=log, stderr=log, cwd=self.folder, **self._as,
        )  # fmt: skip
        log.close()
        end = time.monotonic() + 60
        while subprocess.run(
            [self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        ).returncode:
            assert self.process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < end, "PostgreSQL does not answer"
            time.sleep(0.05)

    def stop(self) -> None:
        """Kill it, as a machine does that loses its power."""
        if self.process is not None:
            subprocess.run(
                [self.programs / "pg_ctl", "stop", "-D", self.folder / "data", "-m", "immediate",
                 "-w", "-s"], cwd=self.folder, **self._as,
            )  # fmt: skip
            self.process.wait(30)
            self.process = None


@contextlib.contextmanager
def postgres() -> Iterator[Postgres]:
    """Run a server; the test is skipped where there is none to be run."""
    pytest.importorskip("sqlalchemy", reason="the extra postgresql is not installed")
    pytest.importorskip("psycopg", reason="the extra postgresql is not installed")
    beside = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    found = [*beside, *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    if not found:
        pytest.skip("there is no PostgreSQL server here: apt-get install postgresql")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        server = Postgres(found[0], Path(folder), port)
        server.make()
        try:
            server.start()
            yield server
        finally:
            server.stop()
