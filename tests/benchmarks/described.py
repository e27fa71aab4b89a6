"""Hold the served API against its own description, with Schemathesis in an environment of its own.

    python -m tests.benchmarks.described [COUNT]

COUNT requests for each operation that its description allows, and some it does not; 100 by default.
"""

import json
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import uvicorn

from tests.doors import small_desk
from ui.server import interface
from ui.serving.turns import Turns

_SCHEMATHESIS = "schemathesis==4.32.5"
_CHECKS = "not_a_server_error,response_schema_conformance,status_code_conformance"


def main(count: int) -> int:
    """Serve a small library and try its API; return Schemathesis' exit code, 0 if all held."""
    with small_desk() as desk:
        server = uvicorn.Server(uvicorn.Config(interface(desk, Turns()), port=0, log_level="error"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        port = server.servers[0].sockets[0].getsockname()[1]
        described = f"http://127.0.0.1:{port}/api/v1/openapi.json"
        with urllib.request.urlopen(described) as reply:
            print(f"{len(json.load(reply)['paths'])} paths, {count} requests an operation")
        uv = Path(sys.executable).parent / "uv"
        tried = subprocess.run(
            [uv, "tool", "run", _SCHEMATHESIS, "run", described, "--checks", _CHECKS,
             "--max-examples", str(count), "--phases", "examples,coverage,fuzzing",
             "--continue-on-failure"],
            check=False,
        )  # fmt: skip
        server.should_exit = True
        thread.join()
    return tried.returncode


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
