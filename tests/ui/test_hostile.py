"""Whatever comes to a door of what is served has a reply in its form: never 500, never a trace."""

import asyncio
import json
import logging
import re
import socket
import threading
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn

from assistant.desk import Desk
from tests.conftest import BREAD_PAGE
from tests.doors import until
from tests.harm import asked
from ui.server import application, configuration
from ui.serving.turns import Turns

_BUG = "in a way it should not"


@pytest.fixture(scope="module")
def url(tmp_path_factory, models_dir):
    """The address of the page and all doors."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "home").mkdir()
    (folder / "home" / "models").symlink_to(models_dir)
    (folder / "bread.md").write_text(BREAD_PAGE)
    desk = Desk(folder / "home", llm="extractive")
    desk.ingest([folder / "bread.md"], seed=False)

    async def made():
        return application(desk, Turns())

    server = uvicorn.Server(configuration(asyncio.run(made()), "127.0.0.1", 0))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started, 60)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    desk.close()


@pytest.fixture
def client(url, caplog):
    """A client; afterwards the log holds no trace of an error."""
    with caplog.at_level(logging.ERROR), httpx.Client(base_url=url, timeout=60) as client:
        yield client
    assert not [record.getMessage() for record in caplog.records if record.exc_info]


def _is_refused_well(path, reply):
    assert reply.status_code < 500, reply.text[:300]
    assert _BUG not in reply.text
    if reply.status_code < 400:
        return
    if path.startswith("/api/v1"):
        assert len(reply.content) < 6000
        said = reply.json()
        assert reply.headers["content-type"] == "application/problem+json"
        assert said["status"] == reply.status_code
        assert said["detail"]
    elif path.startswith("/v1"):
        assert len(reply.content) < 6000
        assert reply.json()["error"]["message"]


def test_what_stands_on_the_wire(url, client):
    place = urlsplit(url).netloc
    for name, (request, codes) in asked.raw(f"Host: {place}\r\n").items():
        with socket.create_connection(tuple(place.split(":")), 30) as connection:
            connection.sendall(request)
            reply = b""
            while b"\r\n" not in reply and (data := connection.recv(65536)):
                reply += data
        found = re.match(rb"HTTP/1\.[01] (\d+)", reply)
        assert found, (name, reply[:100])
        assert int(found[1]) in codes, (name, reply[:300])


def test_addresses_that_lead_nowhere(client):
    for path in asked.PATHS:
        _is_refused_well(path, client.get(path))


def test_a_door_says_which_method_it_is_for(client):
    for path in ("/api/v1/ask", "/v1/chat/completions", "/api/v1/status", "/healthz"):
        for method in ("PUT", "PATCH", "OPTIONS"):
            reply = client.request(method, path)
            assert reply.status_code == 405, (method, path)
            assert reply.headers["allow"]
            assert "is not for" in reply.text
            _is_refused_well(path, reply)


@pytest.mark.parametrize("path", ["/api/v1/ask", "/v1/chat/completions"])
def test_bodies_that_nobody_means(client, path):
    bodies = asked.asked() if path.startswith("/api") else asked.chats()
    for name, body in bodies.items():
        for kind in ("application/json", "text/plain", "application/json; charset=utf-16"):
            data = body.encode("utf-8", "surrogatepass")
            reply = client.post(path, content=data, headers={"Content-Type": kind})
            try:
                _is_refused_well(path, reply)
            except AssertionError as error:
                raise AssertionError(name) from error
            if "history-many" in name or len(body) > 20_000:
                break


def test_the_pages_own_routes_take_what_the_page_sends(client):
    for name, call in asked.calls().items():
        for path in (
            "/gradio_api/queue/join",
            "/gradio_api/run/predict",
            "/zh/gradio_api/queue/join",
        ):
            reply = client.post(path, json=call)
            assert reply.status_code == 422, (name, path, reply.text[:200])
            assert "not what the page sends" in reply.text


def test_tools_say_what_is_wrong(client):
    heads = {"Accept": "application/json, text/event-stream"}
    for name, call in asked.tools().items():
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
        reply = client.post("/mcp", json=body, headers=heads)
        data = next(line for line in reply.text.splitlines() if line.startswith("data: "))
        result = json.loads(data.removeprefix("data: "))["result"]
        assert result["isError"], name
        # the package's own words alone are what it says of a bug of ours
        assert result["content"][0]["text"] != f"Error executing tool {call['name']}", name
