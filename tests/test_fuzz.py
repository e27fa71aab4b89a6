"""A few of the inputs nobody thinks of; ``make fuzz`` tries ten thousand each."""

import subprocess
import sys
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings

from tests.fuzz import PATHS, PURE, send, tried
from ui.server import interface
from ui.serving.turns import Turns

_FEW = settings(
    max_examples=40, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.mark.parametrize("name", PURE)
def test_whatever_comes_is_read_or_refused(name):
    call, inputs = PURE[name]

    @_FEW
    @given(inputs)
    def run(each):
        tried(call, each)

    run()


@pytest.mark.parametrize(("name", "found"), [("warc", b"\n\x00")])
def test_what_was_found_is_read_or_refused(name, found):
    tried(PURE[name][0], found)


def test_what_a_record_says_is_not_repeated_to_the_terminal(tmp_path):
    file = tmp_path / "given.warc"
    head = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/\x1b[31m x\r\n"
    file.write_bytes(head + b"Content-Length: 0\r\n\r\n\r\n\r\n")
    read = "import sys; from pathlib import Path; from ingest.archive.members import members; " \
           "print(len(list(members(Path(sys.argv[1])))))"  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", read, str(file)], capture_output=True, check=True, text=True,
        cwd=Path(__file__).parent.parent,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("1\n", "")


@pytest.mark.parametrize("path", PATHS)
def test_whatever_is_sent_has_a_reply(desk, path):
    with TestClient(
        interface(desk, Turns()), base_url="http://127.0.0.1", raise_server_exceptions=False
    ) as client:

        @_FEW
        @given(PATHS[path])
        def run(body):
            send(client, path, body)

        run()
