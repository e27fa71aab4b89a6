"""Who may use what is served: names, other sites, the token, and what listens where."""

import asyncio

import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from ingest.errors import UsageError
from ui.server import application, interface
from ui.serving.access import Access, access_for
from ui.serving.turns import Turns

ASKED = {"question": "What is multi-query attention?"}


@pytest.fixture
def client(desk):
    with TestClient(interface(desk, Turns()), base_url="http://127.0.0.1:7860") as client:
        yield client


@pytest.fixture
def guarded(desk):
    access = Access(token="the right one")
    app = interface(desk, Turns(), access)
    with TestClient(app, base_url="http://127.0.0.1:7860", follow_redirects=False) as client:
        yield client


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/status", "/v1/models", "/mcp", "/metrics"])
def test_other_names_are_not_answered(client, path):
    assert client.get(path, headers={"Host": "evil.example"}).status_code == 421
    assert client.get(path, headers={"Host": "127.0.0.1.evil.example"}).status_code == 421


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://127.0.0.1:3000", "http://127.0.0.1.evil.example:7860"],
)
def test_other_sites_may_not_ask(client, origin):
    from_there = {"Origin": origin}
    chat = {"model": "refdesk", "messages": [{"role": "user", "content": "What is MQA?"}]}
    assert client.post("/api/v1/ask", json=ASKED, headers=from_there).status_code == 403
    reply = client.post("/v1/chat/completions", json=chat, headers=from_there)
    assert reply.status_code == 403
    assert reply.json()["error"]["type"] == "invalid_request_error"
    for method in ("GET", "POST", "DELETE"):
        assert client.request(method, "/mcp", headers=from_there).status_code == 403
    assert client.options("/api/v1/ask", headers=from_there).status_code == 403
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/ws", headers=from_there):
        pass


def test_the_own_page_and_programs_may_ask(client):
    own = {"Origin": "http://127.0.0.1:7860"}
    assert client.post("/api/v1/ask", json=ASKED, headers=own).status_code == 200
    assert client.post("/api/v1/ask", json=ASKED).status_code == 200


def test_the_token_guards_everything_but_health(guarded):
    assert guarded.get("/healthz").status_code == 200
    assert guarded.get("/readyz").status_code == 200
    doors = ("/api/v1/status", "/api/v1/openapi.json", "/v1/models", "/metrics", "/mcp", "/")
    for path in doors:
        assert guarded.get(path).status_code == 401, path
        wrong = {"Authorization": "Bearer the wrong one"}
        assert guarded.get(path, headers=wrong).status_code == 401, path
    reply = guarded.get("/v1/models")
    assert reply.headers["WWW-Authenticate"] == "Bearer"
    assert reply.json()["error"]["code"] == "invalid_api_key"
    right = {"Authorization": "Bearer the right one"}
    assert guarded.get("/api/v1/status", headers=right).status_code == 200
    assert guarded.get("/metrics", headers=right).status_code == 200
    with pytest.raises(WebSocketDisconnect), guarded.websocket_connect("/ws"):
        pass


def test_a_browser_enters_with_the_token_and_keeps_a_cookie(guarded):
    assert "<form" in guarded.get("/").text
    refused = guarded.get("/?token=wrong")
    assert refused.status_code == 401
    assert "not the token" in refused.text
    assert "set-cookie" not in refused.headers
    entered = guarded.get("/?q=a+b&token=the+right+one")
    assert entered.status_code == 303
    assert entered.headers["location"] == "/?q=a+b"
    cookie = entered.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert "right" not in cookie
    assert guarded.get("/api/v1/status").status_code == 200  # the client keeps the cookie
    elsewhere = guarded.get("//evil.example/?token=the+right+one", headers={"Cookie": ""})
    assert not elsewhere.headers.get("location", "/").startswith("//")


def test_listening_to_others_wants_a_token_or_plain_words():
    for host in ("0.0.0.0", "::", "192.168.1.7", "desk.example"):
        with pytest.raises(UsageError, match="--open-to-everyone"):
            access_for(host, None, open_to_everyone=False)
    assert access_for("127.0.0.1", None, open_to_everyone=False).names >= {"localhost"}
    opened = access_for("0.0.0.0", None, open_to_everyone=True)
    assert opened.token is None
    named = access_for("0.0.0.0", "a long token", open_to_everyone=False, names=["Desk.example"])
    assert named.answers_to("desk.example:7860")
    assert named.answers_to("192.168.1.7:7860")
    assert named.answers_to("[fe80::1]:7860")
    assert not named.answers_to("evil.example")
    assert not Access().answers_to("192.168.1.7")


def test_the_secret_changes_with_each_start():
    one, other = Access(), Access()
    assert one.holds_secret(one.secret)
    assert not one.holds_secret(other.secret)
    assert one.secret not in repr(one)


def test_the_page_stands_beside_the_doors(desk):
    async def made():  # where no event loop runs, Gradio makes some that it does not close
        return application(desk, Turns(), Access(token="t"))

    app = asyncio.run(made())
    right = {"Authorization": "Bearer t"}
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert "refdesk" in client.get("/", headers=right).text
        assert client.get("/gradio_api/info").status_code == 401
        assert client.get("/config").status_code == 401
        assert client.get("/readyz").json()["status"] == "ready"
        for path in ("/gradio_api/upload", "/zh/gradio_api/upload"):  # no tab takes files
            assert client.post(path, headers=right, content=b"x" * 1000).status_code == 404
        looked = right | {"Accept": "text/html,*/*;q=0.8"}
        lost = client.get("/no/such/<b>page", headers=looked)
        assert (lost.status_code, 'href="/"' in lost.text, "<b>" in lost.text) == (404, True, False)
        assert "default-src 'none'" in lost.headers["Content-Security-Policy"]
        assert 'href="/zh/"' in client.get("/zh/no", headers=looked).text
        assert client.get("/no/such", headers=right).json()["status"] == 404
        assert client.get("/api/v1/no", headers=looked).json()["status"] == 404
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
        accept = right | {"Accept": "application/json, text/event-stream"}
        reply = client.post("/mcp", json=call, headers=accept)
        assert reply.status_code == 200
        assert "reading_path" in reply.text
