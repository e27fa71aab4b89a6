"""What is promised of a served refdesk, as SECURITY.md has it: one server with its page, tried."""

import asyncio
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest
import uvicorn

from assistant.desk import Desk
from tests.conftest import BREAD_PAGE, MQA_PAGE
from tests.doors import until
from ui.server import application, configuration
from ui.serving.access import Access
from ui.serving.turns import PER_CALLER, Turns

TOKEN = "a token nobody guesses"
GRADIO = (
    "/gradio_api/upload", "/gradio_api/file=/etc/passwd", "/gradio_api/file/etc/passwd",
    "/gradio_api/proxy=https://evil.example/", "/gradio_api/run/ask", "/gradio_api/call/ask",
    "/gradio_api/component_server", "/gradio_api/process_recording", "/gradio_api/vibe-edit",
    "/gradio_api/upload_progress", "/gradio_api/deep_link", "/monitoring", "/login", "/dev/reload",
    "/gradio_api/stream/x/y/z/playlist.m3u8", "/gradio_api/custom_component/a/b/c/d", "/runs",
)  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory, models_dir):
    folder = tmp_path_factory.mktemp("guards")
    (folder / "home").mkdir()
    (folder / "home" / "models").symlink_to(models_dir)
    for name, text in (("mqa.md", MQA_PAGE), ("bread.md", BREAD_PAGE)):
        (folder / name).write_text(text)
    desk = Desk(folder / "home", llm="extractive")
    desk.ingest([folder / "mqa.md", folder / "bread.md"], seed=False)
    yield desk
    desk.close()


@pytest.fixture(scope="module")
def turns():
    return Turns()


def _served(desk, turns, access):
    async def made():  # where no event loop runs, Gradio makes some that it does not close
        return application(desk, turns, access)

    server = uvicorn.Server(configuration(asyncio.run(made()), "127.0.0.1", 0))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started, 60)
    return server, thread


@pytest.fixture(scope="module")
def url(desk, turns):
    server, thread = _served(desk, turns, Access(token=TOKEN))
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def known(url):
    """A client that brings the token."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=url, headers=headers, timeout=30) as client:
        yield client


@pytest.mark.parametrize("path", GRADIO)
@pytest.mark.parametrize("below", ["", "/zh"])
def test_uploads_files_and_the_rest_of_gradio_are_closed(known, path, below):
    for method in ("GET", "POST"):
        reply = known.request(method, below + path, files={"files": b"x"} if "up" in path else None)
        assert reply.status_code in (404, 405), path
        assert "root:" not in reply.text


def test_the_page_and_what_it_needs_are_there(known):
    for path in ("/", "/zh/", "/config", "/theme.css", "/gradio_api/info"):
        assert known.get(path).status_code == 200, path


def test_no_other_site_frames_sniffs_or_learns_where_from(known, url):
    for path in ("/", "/zh/", "/read?url=x", "/api/v1/status", "/config", "/v1/models"):
        reply = known.get(path)
        assert reply.headers["x-frame-options"] == "DENY", path
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["referrer-policy"] == "no-referrer"
        if reply.headers["content-type"].startswith("text/html"):
            assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]
    login = httpx.get(url)
    assert login.status_code == 401
    assert login.headers["x-frame-options"] == "DENY"


def test_no_other_origin_reads_what_gradio_would_let_it(known):
    for origin in ("http://127.0.0.1:3000", "http://localhost:7860", "null"):
        for path in ("/config", "/", "/api/v1/status"):
            reply = known.get(path, headers={"Origin": origin})
            assert not [name for name in reply.headers if name.startswith("access-control")]


def test_metrics_and_the_description_are_behind_the_token(url, known):
    for path in ("/metrics", "/api/v1/openapi.json", "/config", "/read?url=x", "/assets/x.js"):
        assert httpx.get(url + path).status_code == 401, path
    assert known.get("/metrics").status_code == 200


def test_who_says_to_be_many_is_one(known, turns):
    held = [turns.take("127.0.0.1") for _ in range(PER_CALLER)]
    for each in held:
        each.__enter__()
    try:
        for number in range(3):
            told = {
                "X-Forwarded-For": f"203.0.113.{number}",
                "Forwarded": f"for=203.0.113.{number}",
            }
            reply = known.post("/api/v1/ask", json={"question": "What is MQA?"}, headers=told)
            assert reply.status_code == 429
    finally:
        for each in held:
            each.__exit__(None, None, None)


def test_a_large_body_is_neither_read_nor_said_back(known):
    reply = known.post("/api/v1/ask", content=b"x" * 4_000_001)
    assert reply.status_code == 413
    assert len(reply.content) < 500
    reply = known.post("/api/v1/ask", json={"question": "x" * 3_000_000})
    assert reply.status_code == 400
    assert len(reply.content) < 1500


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="Linux tells it there")
def test_a_token_is_in_no_log_and_no_list_of_processes(desk):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "ui.cli", "serve", "--llm", "extractive"]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--home", str(desk.home.root)],
        env=os.environ | {"REFDESK_TOKEN": TOKEN},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    served = f"http://127.0.0.1:{port}"
    try:
        until(lambda: _answers(served), 90)
        assert httpx.get(f"{served}/", params={"token": TOKEN}).status_code == 303
        right = {"Authorization": f"Bearer {TOKEN}"}
        assert httpx.get(f"{served}/api/v1/status", headers=right).status_code == 200
        assert httpx.post(f"{served}/v1/x?token={TOKEN}", headers=right).status_code == 404
        shown = Path(f"/proc/{process.pid}/cmdline").read_text()
        assert "serve" in shown
        assert TOKEN not in shown
    finally:
        process.terminate()
        said = process.communicate(timeout=60)[0]
    assert TOKEN not in said
    for file in desk.home.root.rglob("*"):
        if file.is_file() and not file.is_symlink():
            assert TOKEN.encode() not in file.read_bytes()


def _answers(url):
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False
