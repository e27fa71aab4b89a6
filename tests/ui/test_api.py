"""The REST interface gives what the command line gives, and explains what it refuses."""

import json
import re

import bibtexparser
import pytest
from fastapi.testclient import TestClient

from assistant.contract import to_json
from ui.server import interface
from ui.serving.turns import Turns


@pytest.fixture
def client(desk):
    with TestClient(interface(desk, Turns()), base_url="http://127.0.0.1") as client:
        yield client


def test_search_gives_what_the_desk_gives(client, desk):
    found = client.get("/api/v1/search", params={"q": "multi-query attention", "k": 2}).json()
    wanted = [to_json(hit) for hit in desk.search("multi-query attention", k=2).hits]
    assert found["hits"] == wanted
    passage = client.get(f"/api/v1/passages/{wanted[0]['passage']}").json()
    assert passage["quote"] == wanted[0]["quote"]
    only = client.get("/api/v1/search", params={"q": "attention", "lang": ["zh"]}).json()
    assert {hit["lang"] for hit in only["hits"]} == {"zh"}


def test_an_answer_whole_and_as_events(client):
    asked = {"question": "What is multi-query attention?"}
    whole = client.post("/api/v1/ask", json=asked).json()
    assert whole["refused"] is False
    assert whole["sentences"][0]["citations"]
    stream = client.post("/api/v1/ask", json=asked, headers={"Accept": "text/event-stream"})
    assert stream.headers["content-type"].startswith("text/event-stream")
    events = [block.split("\n") for block in stream.text.strip().split("\n\n")]
    names = [lines[0].removeprefix("event: ") for lines in events]
    assert names == ["hits", "extractive", "done"]
    last = json.loads(events[-1][1].removeprefix("data: "))
    assert last["answer"] == whole["answer"]


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("get", "/api/v1/search?q=%20", None, 400),
        ("get", "/api/v1/search?q=x&difficulty=impossible", None, 400),
        ("get", "/api/v1/search?q=x&k=100000", None, 422),
        ("get", "/api/v1/passages/none", None, 404),
        ("get", "/api/v1/path?topic=zxqv%20nonsense%20word", None, 404),
        ("post", "/api/v1/ask", {"question": "  "}, 400),
        ("post", "/api/v1/ask", {}, 422),
    ],
)
def test_what_is_wrong_is_said(client, method, path, body, code):
    reply = client.request(method, path, json=body)
    assert reply.status_code == code
    assert reply.json()


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("post", "/api/v1/ask", {"question": "What is MQA?", "lists": ["nope"]}, "lists"),
        ("post", "/api/v1/ask", {"question": "What is MQA?", "filters": {}}, "filters"),
        (
            "post",
            "/api/v1/ask",
            {"question": "and now?", "history": [{"role": "user", "content": "a", "since": 1}]},
            "history.0.since",
        ),
        ("get", "/api/v1/search?q=attention&lists=nope", None, "lists"),
        ("get", "/api/v1/path?topic=attention&list=nope", None, "list"),
        ("get", "/api/v1/notes?query=x", None, "query"),
    ],
)
def test_a_field_or_parameter_that_is_not_known_is_named(client, method, path, body, field):
    reply = client.request(method, path, json=body)
    assert reply.status_code == 422
    assert reply.headers["content-type"] == "application/problem+json"
    (fault,) = reply.json()["errors"]
    assert fault["field"] == field
    assert ": there are " in fault["message"]
    assert "nope" not in reply.text


@pytest.mark.parametrize("length", [4_001, 32_001, 60_000])
def test_what_is_too_long_is_refused_in_one_way(client, length):
    asked = client.post("/api/v1/ask", json={"question": "w " * (length // 2) + "w"})
    sought = client.get("/api/v1/search", params={"q": "w" * length})
    topic = client.get("/api/v1/path", params={"topic": "w" * length})
    for reply in (asked, sought, topic):
        assert reply.status_code == 400
        assert "is the most" in reply.json()["detail"]


def test_status_health_and_readiness(client, desk):
    assert client.get("/api/v1/status").json()["digest"] == desk.status()["digest"]
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json()["status"] == "ready"
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert {"/api/v1/search", "/api/v1/ask", "/api/v1/path"} <= set(paths)


def test_the_description_refers_to_nothing_that_is_not_in_it(client):
    described = client.get("/api/v1/openapi.json").json()
    paths = described["paths"]
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(described)):
        found = described
        for step in reference.split("/"):
            found = found[step]
    assert list(paths["/metrics"]["get"]["responses"]["200"]["content"]) == ["text/plain"]
    assert "404" in paths["/v1/models/{name}"]["get"]["responses"]
    assert "400" in paths["/v1/chat/completions"]["post"]["responses"]


def test_other_names_and_other_sites_are_refused(client):
    assert client.get("/api/v1/status", headers={"Host": "evil.example"}).status_code == 421
    asked = {"question": "What is multi-query attention?"}
    reply = client.post("/api/v1/ask", json=asked, headers={"Origin": "https://evil.example"})
    assert reply.status_code == 403


def test_sources_are_cited_as_a_file_and_as_json(client, desk):
    url = desk.search("multi-query attention", k=1).hits[0].passage.url
    said = client.get("/api/v1/cite", params={"url": [url, url]})
    assert said.headers["content-type"] == "application/x-bibtex; charset=utf-8"
    (entry,) = bibtexparser.loads(said.text).entries
    assert entry["title"] == "Sharing keys and values"
    asked = {"url": url, "format": "csl-json"}
    found = client.get("/api/v1/cite", params=asked, headers={"Accept": "application/json"}).json()
    assert found["items"] == json.loads(found["text"])
    assert found["items"][0]["id"] == entry["ID"]


def test_what_cannot_be_cited_is_a_problem(client):
    assert client.get("/api/v1/cite").status_code == 400
    assert (
        "choose bibtex"
        in client.get(
            "/api/v1/cite", params={"url": "https://a.example/", "format": "word"}
        ).json()["detail"]
    )
    missing = client.get("/api/v1/cite", params={"url": "https://nowhere.example/"})
    assert missing.status_code == 404
    assert client.get("/api/v1/cite", params={"url": ["a:b"] * 101}).status_code == 422
