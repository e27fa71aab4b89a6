"""The figures are in Prometheus' form, by door, and each application counts for itself."""

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from ui.server import interface
from ui.serving.metrics import door_of
from ui.serving.turns import Turns


def _figures(client: TestClient) -> dict[str, float]:
    text = client.get("/metrics").text
    return {
        f"{each.name}{sorted(each.labels.values())}": each.value
        for family in text_string_to_metric_families(text)
        for each in family.samples
    }


def test_requests_answers_and_refusals_are_counted(desk):
    base = "http://127.0.0.1"
    turns = Turns()
    with TestClient(interface(desk, turns), base_url=base) as client:
        client.get("/api/v1/search", params={"q": "attention"})
        client.get("/api/v1/search", params={"q": " "})
        for question in ("What is multi-query attention?", "Who won the world cup in 1954?"):
            client.post("/api/v1/ask", json={"question": question})
        with turns.take("somebody"):
            figures = _figures(client)
    assert figures["refdesk_requests_total['200', 'search']"] == 1
    assert figures["refdesk_requests_total['400', 'search']"] == 1
    assert figures["refdesk_request_seconds_count['200', 'ask']"] == 2
    assert figures["refdesk_answers_total['ask', 'extractive']"] == 1
    assert figures["refdesk_answers_total['ask', 'refused']"] == 1
    assert figures["refdesk_refusals_total['ask']"] == 1
    assert figures["refdesk_queue_length[]"] == 1
    assert figures["refdesk_first_token_seconds_count[]"] == 0  # no model spoke
    assert all(name.startswith("refdesk_") for name in figures)
    with TestClient(interface(desk, Turns()), base_url=base) as other:
        assert "refdesk_requests_total['200', 'search']" not in _figures(other)


@pytest.mark.parametrize(
    ("path", "door"),
    [
        ("/api/v1/passages/abc", "passages"),
        ("/v1/chat/completions", "chat"),
        ("/mcp", "mcp"),
        ("/api/v1/openapi.json", "api"),
        ("/anything/else", "page"),
    ],
)
def test_doors_are_few(path, door):
    assert door_of(path) == door
