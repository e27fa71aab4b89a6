"""Inputs nobody thinks of, for everything that reads what others wrote.

Each target takes generated input and may end in one of refdesk's own errors, in nothing else.
``python -m tests.benchmarks.fuzz`` tries 10,000 each, the tests a few.
"""

import json
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from hypothesis import strategies as st

from ingest.archive.values import Reply
from ingest.archive.warc import Archive
from ingest.errors import RefdeskError
from ingest.links import urls
from ingest.lists import check, parser
from ingest.reading.document import read_document
from ingest.values import Rejection

_PIECES = st.sampled_from(
    [
        "# ", "## ", "- ", "* ", "1. ", "[", "](", ")", "!", "<!--", "-->", "<details>",
        "<a href='",
        "<table>", "| a |", "|---|", "```\n", "~~~", "\n", "\n\n", "    ", "\t", "\0",
        "\ufeff", "\u202e",
        "\ud83d", "http://", "https://a.example/x", "//", "%", "%zz", "&amp;", "&#0;", "<", ">",
        "</",
        "<p>", "<script>", "<style>", "<meta charset=", "<title>", "<math>", "<?xml", "{", "}",
        "[^1]", "[^1]: ", "中文", "é", "$", "\\", "---\n", "title: x\n", "a", "b ", "word ", "0",
    ]
)  # fmt: skip
TEXT = st.lists(st.one_of(_PIECES, st.text(max_size=6)), max_size=60).map("".join)
BYTES = st.one_of(
    st.binary(max_size=400), TEXT.map(lambda text: text.encode("utf-8", "surrogatepass"))
)
_KEYS = st.one_of(
    st.sampled_from(
        [
            "question", "history", "k", "list", "section", "difficulty", "kind", "lang", "role",
            "content", "messages", "model", "stream", "stream_options", "include_usage", "n",
            "stop",
            "type", "text", "response_format", "tool_choice", "jsonrpc", "id", "method", "params",
            "name", "arguments", "query", "cells", "cell_type", "source", "nbformat", "metadata",
        ]
    ),
    st.text(max_size=8),
)  # fmt: skip
JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), TEXT,
        st.sampled_from(["user", "assistant", "refdesk", "text", "easy", "en"]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_KEYS, inner, max_size=5)),
    max_leaves=12,
)  # fmt: skip
_TYPES = st.sampled_from(
    [
        "text/html", "text/html; charset=gb2312", "text/markdown", "text/plain; charset=undefined",
        "application/pdf", "application/x-ipynb+json", "application/octet-stream", "", "\x1b[31m",
        "text/html; charset=utf-16", "application/json", "image/png",
    ]
)  # fmt: skip
_URLS = st.one_of(
    st.sampled_from(
        [
            "https://a.example/x", "https://github.com/a/b", "https://arxiv.org/abs/2305.13245",
            "https://a.example/x.ipynb", "https://a.example/x.pdf", "https://youtu.be/abcdefghijk",
            "https://huggingface.co/a/b", "https://a.example/x.md", "https://x.com/a/status/1",
        ]
    ),
    TEXT.map(lambda text: f"https://{text}"),
    TEXT,
)  # fmt: skip


def _page(given: tuple[str, str, bytes]) -> None:
    url, kind, body = given
    reply = Reply(url, 200, (("Content-Type", kind),), body, "2026-01-02T03:04:05Z")
    found = read_document(reply)
    assert found.reason if isinstance(found, Rejection) else found.text


def _notebook(given: Any) -> None:
    body = json.dumps(given, ensure_ascii=True).encode()
    _page(("https://a.example/x.ipynb", "application/x-ipynb+json", body))


def _pdf(given: bytes) -> None:
    _page(("https://a.example/x.pdf", "application/pdf", b"%PDF-1.7\n" + given + b"\n%%EOF"))


def _list(given: str) -> None:
    parser.parse(given, name="a", base="https://a.example/")


def _checked(given: str) -> None:
    check.check_text(given.encode("utf-8", "surrogatepass"), "a", None)


def _url(given: str) -> None:
    once = urls.canonical(given)
    assert urls.canonical(once) == once, (given, once)
    urls.source_of(given)


def _warc(given: bytes) -> None:
    head = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/\r\n"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "given.warc"
        file.write_bytes(head + given)
        archive = Archive(Path(folder) / "archive")
        archive.import_warc(file)
        for record in archive.records():
            assert record.url


PURE: dict[str, tuple[Callable[[Any], object], st.SearchStrategy[Any]]] = {
    "lists": (_list, TEXT),
    "lists check": (_checked, TEXT),
    "html": (_page, st.tuples(_URLS, _TYPES, BYTES)),
    "pdf": (_pdf, BYTES),
    "notebook": (_notebook, JSON),
    "warc": (_warc, BYTES),
    "urls": (_url, _URLS),
}
"""What needs nothing but its input."""

_ACCEPT = "application/json, text/event-stream"
PATHS = ("/api/v1/ask", "/v1/chat/completions", "/mcp")
SERVED = st.one_of(BYTES, JSON.map(lambda value: json.dumps(value).encode()))
"""Bodies for `send`."""


def send(client: TestClient, path: str, body: bytes) -> None:
    """Send a body to a door: whatever it is, the reply is well formed and no mistake of ours."""
    headers = {"Content-Type": "application/json"}
    reply = client.post(path, content=body, headers=headers | {"Accept": _ACCEPT})
    assert reply.status_code < 500, (path, body, reply.text)
    if "json" in reply.headers.get("content-type", ""):
        reply.json()


def tried(call: Callable[[Any], object], given: Any) -> None:
    """Call with an input; refdesk's own errors are an answer like any other."""
    with suppress(RefdeskError):
        call(given)
