"""Asking over the wire: one at a time, searches beside it, and who leaves is forgotten at once."""

import json
import socket
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from assistant.desk import Desk
from tests.doors import ModelServer, serving, until
from ui.serving.turns import Turns

ASKED = {"question": "What is multi-query attention?"}
CHAT = {"model": "refdesk", "messages": [{"role": "user", "content": ASKED["question"]}]}
PARAMS = {"name": "ask", "arguments": ASKED}
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": PARAMS}


@pytest.fixture
def model_server():
    server = ModelServer()
    yield server
    server.close()


@pytest.fixture
def modelled(desk, home, model_server):
    """A desk over the three documents whose model is the model server."""
    with_model = Desk(home, llm=model_server.url)
    yield with_model
    with_model.close()


def _asking(url: str, accept: str, path: str = "/api/v1/ask", asked: Any = ASKED) -> socket.socket:
    """Ask without waiting for a reply; who closes the socket leaves."""
    place = urlsplit(url)
    body = json.dumps(asked).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {place.netloc}\r\nAccept: {accept}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    line = socket.create_connection((place.hostname, place.port))
    line.sendall(head.encode() + body)
    return line


def test_a_question_waits_for_its_turn_and_sees_its_place(modelled, model_server):
    model_server.pause = 1.0
    turns = Turns()
    with serving(modelled, turns) as url:
        replies: list[tuple[str, httpx.Response]] = []

        def ask(question: str) -> None:
            asked = {"question": question}
            replies.append((question, httpx.post(f"{url}/api/v1/ask", json=asked, timeout=60)))

        questions = ["What is multi-query attention?", "Who described multi-query attention?"]
        threads = [threading.Thread(target=ask, args=(each,)) for each in questions]
        for thread in threads:
            thread.start()
        until(lambda: len(turns) == 2)
        accept = {"Accept": "text/event-stream"}
        said = []
        with httpx.stream(
            "POST", f"{url}/api/v1/ask", json=ASKED, headers=accept, timeout=60
        ) as stream:
            for line in stream.iter_lines():
                said.append(line)
                if line == "event: queue":
                    model_server.pause = 0.0
        for thread in threads:
            thread.join(60)
        metrics = httpx.get(f"{url}/metrics").text
    assert model_server.most == 1
    assert len(replies) == 2
    for question, reply in replies:
        assert reply.json()["question"] == question
    names = [line[7:] for line in said if line.startswith("event: ")]
    assert names[:3] == ["hits", "extractive", "queue"]  # at once, before the model is free
    assert names[-1] == "done"
    assert '"before": 2' in "\n".join(said)
    assert 'refdesk_answers_total{door="ask",view="model"} 3.0' in metrics
    assert "refdesk_queue_wait_seconds_count 3.0" in metrics


def test_searches_do_not_wait_for_the_model(modelled, model_server):
    model_server.pause = 0.2
    model_server.times = 50
    accept = "application/json"
    with serving(modelled) as url, _asking(url, accept), httpx.Client(timeout=60) as client:
        until(lambda: model_server.now)
        took = []
        for _ in range(10):
            begun = time.perf_counter()
            client.get(f"{url}/api/v1/search", params={"q": "attention"}).raise_for_status()
            took.append(time.perf_counter() - begun)
        assert model_server.now == 1  # it spoke all the while
        assert sorted(took)[5] < 5


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_who_leaves_in_the_middle_frees_the_model(modelled, model_server, accept):
    model_server.pause = 0.05
    model_server.times = 50  # two minutes
    turns = Turns()
    with serving(modelled, turns) as url, _asking(url, accept) as line:
        until(lambda: model_server.now, 30)
        assert len(turns) == 1
        line.close()
        begun = time.perf_counter()
        until(lambda: len(turns) == 0, 10)
        assert time.perf_counter() - begun < 10  # the reply would have taken a minute
        until(lambda: model_server.hung_up == 1, 10)
        assert model_server.now == 0


@pytest.mark.parametrize("late", [0.0, 0.02])
@pytest.mark.parametrize(
    ("path", "asked", "end"),
    [
        ("/api/v1/ask", ASKED, b"}"),
        ("/v1/chat/completions", CHAT | {"stream": True}, b"[DONE]\n\n\r\n0\r\n\r\n"),
        ("/mcp", CALL, b"}\r\n\r\n\r\n0\r\n\r\n"),
    ],
)
def test_who_ends_its_side_after_asking_gets_the_whole_reply(
    modelled, model_server, path, asked, end, late
):
    model_server.pause = 0.05
    accept = "application/json, text/event-stream" if path == "/mcp" else "application/json"
    with serving(modelled) as url, _asking(url, accept, path, asked) as line:
        time.sleep(late)
        line.shutdown(socket.SHUT_WR)
        said = b"".join(iter(lambda: line.recv(65536), b""))
    assert b"HTTP/1.1 200 OK" in said
    assert said.endswith(end)
    assert model_server.hung_up == 0


def test_who_leaves_while_waiting_frees_the_place(modelled, model_server):
    model_server.pause = 0.1
    model_server.times = 50
    turns = Turns()
    with serving(modelled, turns) as url, _asking(url, "application/json"):
        until(lambda: model_server.now)
        with _asking(url, "application/json") as line:
            until(lambda: len(turns) == 2)
            line.close()
            until(lambda: len(turns) == 1, 5)
        assert model_server.asked == 1  # the second never came to the model


def test_a_caller_with_too_many_questions_is_turned_away(modelled, model_server):
    model_server.pause = 0.1
    model_server.times = 50
    turns = Turns(per_caller=1)
    with serving(modelled, turns) as url:
        first = _asking(url, "application/json")
        until(lambda: len(turns) == 1)
        for headers in ({}, {"Accept": "text/event-stream"}):
            reply = httpx.post(f"{url}/api/v1/ask", json=ASKED, headers=headers)
            assert reply.status_code == 429
            assert int(reply.headers["Retry-After"]) > 0
            assert "waiting already" in reply.json()["error"]
        chat = {"model": "refdesk", "messages": [{"role": "user", "content": "What is MQA?"}]}
        reply = httpx.post(f"{url}/v1/chat/completions", json=chat)
        assert reply.status_code == 429
        assert reply.json()["error"]["type"] == "rate_limit_error"
        assert 'refdesk_turned_away_total{door="chat"} 1.0' in httpx.get(f"{url}/metrics").text
        first.close()


def test_who_waits_when_serving_ends_is_told_and_nothing_is_traced(modelled, model_server, capfd):
    model_server.pause = 0.05
    model_server.times = 50
    replies = []

    def ask(url, accept):
        headers = {"Accept": accept}
        try:
            reply = httpx.post(f"{url}/api/v1/ask", json=ASKED, headers=headers, timeout=60)
            replies.append((reply.status_code, reply.text))
        except httpx.HTTPError as error:
            replies.append((0, repr(error)))

    accepted = ("application/json", "text/event-stream")
    with serving(modelled) as url:
        threads = [threading.Thread(target=ask, args=(url, each)) for each in accepted]
        for thread in threads:
            thread.start()
        until(lambda: httpx.get(f"{url}/metrics").text.count("refdesk_queue_length 2.0"))
    for thread in threads:
        thread.join(20)
    told = capfd.readouterr().err
    assert "Traceback" not in told
    assert "completing response" not in told
    assert sorted(status for status, _ in replies) == [200, 503]
    assert "being stopped" in max(replies)[1]


def test_a_model_that_fails_is_explained(modelled, model_server):
    with serving(modelled) as url:
        model_server.close()
        reply = httpx.post(f"{url}/api/v1/ask", json=ASKED, timeout=60)
        assert reply.status_code == 503
        assert "model server" in reply.json()["error"]
        stream = httpx.post(
            f"{url}/api/v1/ask", json=ASKED, headers={"Accept": "text/event-stream"}, timeout=60
        )
        last = stream.text.strip().split("\n\n")[-1].split("\n")
        assert last[0] == "event: error"
        assert "model server" in json.loads(last[1].removeprefix("data: "))["error"]
        assert len(httpx.get(f"{url}/healthz").json()) == 1
