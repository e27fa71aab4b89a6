"""What `/metrics` tells, in Prometheus text. Each application counts for itself."""

import time
from typing import Protocol

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.answering.values import Answer
from ui.serving.turns import Turns

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
_TOKENS = (1, 2, 4, 8, 12, 16, 24, 32, 64, 128)
_DOORS = (
    ("/api/v1/search", "search"),
    ("/api/v1/ask", "ask"),
    ("/api/v1/sources", "sources"),
    ("/api/v1/passages", "passages"),
    ("/api/v1/path", "path"),
    ("/api/v1/status", "status"),
    ("/api/", "api"),
    ("/v1/chat/completions", "chat"),
    ("/v1/models", "models"),
    ("/mcp", "mcp"),
    ("/healthz", "health"),
    ("/readyz", "health"),
    ("/metrics", "metrics"),
)


class Counts(Protocol):
    """Something that counts tokens as `Desk.count_tokens` does."""

    def count_tokens(self, text: str) -> tuple[int, bool]:
        """Return how many tokens ``text`` is, and whether that is an estimate."""


class Metrics:
    """The figures of one application."""

    def __init__(self, turns: Turns) -> None:
        self._all = all_ = CollectorRegistry()
        self._requests = Counter(
            "refdesk_requests", "Requests, by door and HTTP status.", ["door", "status"],
            registry=all_,
        )  # fmt: skip
        self._latency = Histogram(
            "refdesk_request_seconds", "Seconds from a request to the end of its reply.",
            ["door", "status"], buckets=_SECONDS, registry=all_,
        )  # fmt: skip
        self._first_token = Histogram(
            "refdesk_first_token_seconds",
            "Seconds from a question to the model's first token, waiting included.",
            buckets=_SECONDS, registry=all_,
        )  # fmt: skip
        self._speed = Histogram(
            "refdesk_tokens_per_second",
            "Tokens of the shown answer a second, from the model's first token to the end.",
            buckets=_TOKENS, registry=all_,
        )  # fmt: skip
        self._wait = Histogram(
            "refdesk_queue_wait_seconds", "Seconds a question waited for the model.",
            buckets=_SECONDS, registry=all_,
        )  # fmt: skip
        queue = Gauge("refdesk_queue_length", "Questions being answered or waiting.", registry=all_)
        queue.set_function(lambda: len(turns))
        self._away = Counter(
            "refdesk_turned_away", "Questions turned away since too many wait.", ["door"],
            registry=all_,
        )  # fmt: skip
        self._answers = Counter(
            "refdesk_answers", "Answers, by door and by view: model, extractive or refused.",
            ["door", "view"], registry=all_,
        )  # fmt: skip
        self._refusals = Counter(
            "refdesk_refusals", "Questions the library does not answer.", ["door"], registry=all_
        )
        ProcessCollector(namespace="refdesk", registry=all_)

    def answered(self, door: str, answer: Answer, counts: Counts) -> None:
        """Count an answer, and how fast the model gave it."""
        self._answers.labels(door, "refused" if answer.refused else answer.view).inc()
        if answer.refused:
            self._refusals.labels(door).inc()
        first = answer.timings.get("first_token_s")
        if first is None:
            return
        self._first_token.observe(first)
        if answer.view == "model" and (seconds := answer.timings["total_s"] - first) > 0:
            text = " ".join(sentence.text for sentence in answer.sentences)
            self._speed.observe(counts.count_tokens(text)[0] / seconds)

    def waited(self, seconds: float) -> None:
        """Note how long a question waited for the model."""
        self._wait.observe(seconds)

    def turned_away(self, door: str) -> None:
        """Count a question that found no place in the queue."""
        self._away.labels(door).inc()

    def requested(self, door: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(door, str(status)).inc()
        self._latency.labels(door, str(status)).observe(seconds)

    def text(self) -> bytes:
        """Return all figures in Prometheus' text format."""
        return generate_latest(self._all)


class Measured:
    """Counts the requests of an application; a reply that never began is counted as 499."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and count it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()
        status = 499

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            seconds = time.perf_counter() - begun
            self._metrics.requested(door_of(scope["path"]), status, seconds)


def door_of(path: str) -> str:
    """Return the door a path belongs to; there are few, so that there are few figures."""
    return next((door for start, door in _DOORS if path.startswith(start)), "page")
