"""Requests as clients really send them: chat clients, browsers, Electron, proxies below a path."""

import json

import pytest
from fastapi.testclient import TestClient

from ui.server import interface
from ui.serving.access import Access, access_for
from ui.serving.turns import Turns

QUESTION = "What is multi-query attention?"
USER = {"role": "user", "content": QUESTION}
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
TOOLS = [
    USER,
    {"role": "assistant", "content": None, "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "c1", "content": "42"},
]


@pytest.fixture
def client(desk):
    with TestClient(interface(desk, Turns()), base_url="http://127.0.0.1:7860") as client:
        yield client


@pytest.fixture
def opened(desk):
    """Served for a program in a browser, too."""
    access = access_for(
        "127.0.0.1",
        None,
        open_to_everyone=False,
        origins=["app://obsidian.md", "https://A.example/"],
    )
    with TestClient(interface(desk, Turns(), access), base_url="http://127.0.0.1:7860") as client:
        yield client


# --- chat clients


@pytest.mark.parametrize(
    "asked",
    [
        {"model": None, "messages": [USER], "stream": None, "n": None, "stop": None, "tools": None},
        {"messages": [USER], "stream_options": None, "temperature": None, "max_tokens": None},
        {"model": "refdesk:latest", "messages": [USER]},
        {"model": "openai/refdesk", "messages": [USER]},
        {"model": "gpt-4o-mini", "messages": [USER]},
        {"model": "", "messages": [USER]},
        {"messages": [{"role": "developer", "content": "Be short."}, USER]},
        {
            "messages": [
                {"role": "system", "content": "A"},
                {"role": "system", "content": "B"},
                USER,
            ]
        },
        {"messages": [{"role": "user", "content": [{"type": "input_text", "text": QUESTION}]}]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": None}, QUESTION]}]},
        {"messages": [{"role": "user", "content": [{"text": QUESTION}, {"type": "image_url"}]}]},
        {"messages": TOOLS},
        {"messages": [USER, {"role": "assistant", "content": "The"}]},
        {"messages": [*TOOLS, {"role": "assistant", "content": [{"type": "refusal"}]}, USER]},
        {"messages": [USER], "response_format": {"type": "text"}, "tool_choice": "auto"},
        {"messages": [USER], "tools": [{"type": "function"}], "max_tokens": 4000, "user": "me"},
    ],
    ids=lambda asked: json.dumps(asked)[:60],
)
def test_where_there_is_a_question_there_is_an_answer(client, asked):
    reply = client.post("/v1/chat/completions", json=asked)
    assert reply.status_code == 200, reply.text
    assert "one key head" in reply.json()["choices"][0]["message"]["content"]
    assert reply.json()["model"] == "refdesk"  # who answered, not who was asked


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({"messages": [{"role": "system", "content": QUESTION}]}, "messages"),
        ({"messages": [{"role": "user", "content": None}]}, None),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, None),
        ({"messages": [{"role": "pirate", "content": QUESTION}]}, "messages"),
        ({"messages": [USER], "n": 2}, "n"),
        ({"messages": [USER], "response_format": {"type": "json_schema"}}, "response_format"),
        ({"messages": [USER], "tool_choice": "required"}, "tool_choice"),
        ({"messages": [{"role": "user", "content": "word " * 5000}]}, None),
        ({"messages": "hello"}, "messages"),
        ({}, "messages"),
    ],
    ids=lambda asked: json.dumps(asked)[:60],
)
def test_what_cannot_be_had_is_refused_in_openais_form(client, asked, param):
    reply = client.post("/v1/chat/completions", json=asked)
    assert reply.status_code == 400, reply.text
    error = reply.json()["error"]
    assert error["message"]
    assert (error["type"], error["param"]) == ("invalid_request_error", param)
    assert len(reply.text) < 1000  # nothing large is said back


@pytest.mark.parametrize("body", [b"", b"{not json", b"[" * 200_000, b'"x"', b"\xff", b"null"])
def test_what_is_no_request_is_told_so(client, body):
    for path in ("/v1/chat/completions", "/api/v1/ask"):
        reply = client.post(path, content=body, headers={"Content-Type": "application/json"})
        assert reply.status_code in (400, 422)
        assert reply.json()["error"]


def test_halves_of_characters_and_nul_are_read_over(client):
    body = json.dumps({"messages": [{"role": "user", "content": QUESTION + " \ud83d\0"}]})
    assert client.post("/v1/chat/completions", content=body).status_code == 200
    json_ = {"Content-Type": "application/json"}
    asked = json.dumps({"question": QUESTION + " \ud83d\0"})
    assert client.post("/api/v1/ask", content=asked, headers=json_).status_code == 200
    asked = '{"question": "x", "k": NaN, "history": [{"role": "user", "content": Infinity}]}'
    assert client.post("/api/v1/ask", content=asked, headers=json_).status_code == 422
    assert client.get("/api/v1/path?topic=attention&hours=inf").status_code == 422


def test_a_reply_stops_where_the_client_wants_it_to(client):
    asked = {"messages": [USER], "stop": ["query heads", "zzz"]}
    whole = client.post("/v1/chat/completions", json=asked).json()["choices"][0]
    assert whole["message"]["content"].endswith("value head for all ")
    stream = client.post("/v1/chat/completions", json=asked | {"stream": True}).text
    chunks = [json.loads(line[6:]) for line in stream.split("\n\n") if line.startswith("data: {")]
    said = "".join(each["choices"][0]["delta"].get("content", "") for each in chunks)
    assert said == whole["message"]["content"]
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"
    assert stream.endswith("data: [DONE]\n\n")


def test_other_paths_are_404_in_the_same_form(client):
    paths = ("/v1", "/v1/responses", "/v1/completions", "/v1/embeddings", "/v1//chat/completions")
    for path in (*paths, "/chat/completions", "/models"):
        reply = client.post(path, json={})
        assert reply.status_code == 404, path
        assert reply.json()["error"]["message"]
    assert "base URL ends in /v1" in client.post("/chat/completions").text
    assert client.get("/v1/models/").json()["data"][0]["id"] == "refdesk"
    assert client.post("/v1/chat/completions/", json={"messages": [USER]}).status_code == 200


def test_null_is_what_is_left_out(client):
    asked = {"question": QUESTION, "history": None, "k": None, "list": None, "lang": None}
    assert client.post("/api/v1/ask", json=asked).status_code == 200


# --- one form of error


def test_errors_are_problems(client):
    for reply in (
        client.get("/api/v1/passages/none"),
        client.get("/api/v1/nothing"),
        client.put("/api/v1/ask"),
        client.post("/api/v1/ask", json={"question": ["x" * 3000]}),
        client.get("/api/v1/status", headers={"Host": "evil.example"}),
        client.post("/api/v1/ask", json={}, headers={"Origin": "https://evil.example"}),
    ):
        assert reply.headers["content-type"] == "application/problem+json"
        said = reply.json()
        assert said["status"] == reply.status_code
        assert said["title"]
        assert said["detail"] == said["error"] != ""
        assert "xxx" not in reply.text
    wrong = client.post("/api/v1/ask", json={"question": 5, "k": 0}).json()["errors"]
    assert [each["field"] for each in wrong] == ["question", "k"]


def test_a_question_has_one_bound_at_every_door(client, desk):
    long = "word " * 1000
    for text in ("x" * 4001, long):
        assert client.get("/api/v1/search", params={"q": text}).status_code == 400
        assert client.get("/api/v1/path", params={"topic": text}).status_code == 400
        assert client.post("/api/v1/ask", json={"question": text}).status_code == 400
        asked = {"messages": [{"role": "user", "content": text}]}
        assert client.post("/v1/chat/completions", json=asked).status_code == 400
    assert client.post("/api/v1/ask", json={"question": "attention " * 400}).status_code == 200


# --- browsers


def test_an_origin_that_was_let_in_may_ask(opened):
    for origin in ("app://obsidian.md", "https://a.example"):
        asks = {
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type, x-stainless-os",
        }
        allowed = opened.options("/v1/chat/completions", headers=asks)
        assert allowed.status_code == 204
        assert allowed.headers["access-control-allow-origin"] == origin
        assert "x-stainless-os" in allowed.headers["access-control-allow-headers"]
        asked = {"question": QUESTION}
        reply = opened.post("/api/v1/ask", json=asked, headers={"Origin": origin})
        assert reply.status_code == 200
        assert reply.headers["access-control-allow-origin"] == origin
        assert "access-control-allow-credentials" not in reply.headers


def test_others_are_told_how_they_would_be_let_in(opened, client):
    refused = client.post("/api/v1/ask", json={}, headers={"Origin": "app://obsidian.md"})
    assert refused.status_code == 403
    assert "--allow-origin app://obsidian.md" in refused.json()["detail"]
    foreign = {"Origin": "http://127.0.0.1:3000"}
    assert opened.options("/v1/chat/completions", headers=foreign).status_code == 403
    read = opened.get("/api/v1/status", headers=foreign)
    assert not [name for name in read.headers if name.startswith("access-control")]
    named = client.get("/api/v1/status", headers={"Host": "desk.example:7860"})
    assert named.status_code == 421
    assert "--allow-host desk.example" in named.json()["detail"]


# --- below a path


@pytest.mark.parametrize("how", ["option", "header", "kept"])
def test_a_proxy_may_show_it_below_a_path(desk, how):
    app = interface(
        desk, Turns(), Access(token="the right one"), "/desk" if how != "header" else ""
    )
    headers = {"X-Forwarded-Prefix": "/desk"} if how == "header" else {}
    at = "/desk" if how == "kept" else ""
    with TestClient(
        app, base_url="http://127.0.0.1:7860", follow_redirects=False, headers=headers
    ) as client:
        entered = client.get(f"{at}/?token=the+right+one")
        assert entered.headers["location"] == "/desk/"
        assert "Path=/desk" in entered.headers["set-cookie"]
        right = {"Authorization": "Bearer the right one"}
        assert client.get(f"{at}/api/v1/status", headers=right).status_code == 200
        assert client.get(f"{at}/healthz").status_code == 200
        missing = client.get(f"{at}/v1/nothing", headers=right)
        assert "/desk" not in missing.json()["error"]["message"]


def test_a_prefix_that_is_no_path_is_left_alone(client):
    for prefix in ("//evil.example", "/../x", "/a b", "https://evil.example", "/<script>"):
        reply = client.get("/healthz", headers={"X-Forwarded-Prefix": prefix})
        assert reply.status_code == 200


def test_a_proxy_that_names_the_page_is_believed_for_own_names_alone(client):
    asked = {"question": QUESTION}
    own = {"X-Forwarded-Host": "localhost:8443", "Origin": "https://localhost:8443"}
    assert client.post("/api/v1/ask", json=asked, headers=own).status_code == 200
    other = {"X-Forwarded-Host": "evil.example", "Origin": "https://evil.example"}
    assert client.post("/api/v1/ask", json=asked, headers=other).status_code == 403
    shown = client.get("/", headers={"X-Forwarded-Host": "desk.example"})
    assert shown.status_code == 421
    assert "--allow-host desk.example" in shown.json()["detail"]
