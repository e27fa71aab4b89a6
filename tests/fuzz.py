"""Inputs nobody thinks of, for everything that reads what others wrote.

Each target takes generated input and may end in one of refdesk's own errors, in nothing else.
``python -m tests.benchmarks.fuzz`` tries 10,000 each, the tests a few.
"""

import io
import json
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from ingest.archive import writing
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


@st.composite
def damaged(draw: st.DrawFn, whole: Callable[[], bytes]) -> bytes:
    """Return a well-formed file with a few stretches of it overwritten, put in, or left out."""
    data = bytearray(whole())
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        data[at : at + draw(st.integers(0, 30))] = draw(st.binary(max_size=30))
    return bytes(data)


@cache
def _sound_pdf() -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, pageCompression=0)
    for number in range(2):
        canvas.setTitle("A title")
        canvas.drawString(72, 720, f"The first sentence of page {number} holds a few words.")
        canvas.linkURL("https://a.example/x", (72, 700, 200, 720))
        canvas.bookmarkPage(str(number))
        canvas.addOutlineEntry("Part", str(number))
        canvas.showPage()
    canvas.save()
    return file.getvalue()


@cache
def _sound_notebook() -> bytes:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# A title\n", "Words of a cell."]},
        {"cell_type": "code", "metadata": {}, "source": "print(1)", "execution_count": 1,
         "outputs": [{"output_type": "stream", "name": "stdout", "text": ["1\n"]}]},
    ]  # fmt: skip
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}).encode()


@cache
def _sound_warc() -> bytes:
    file = io.BytesIO()
    writer = WARCWriter(file, gzip=False)
    head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
    for kind in ("response", "metadata", "resource"):
        body = b"<p>A sentence of a page.</p>"
        record = writer.create_warc_record(
            "https://a.example/", kind, io.BytesIO(body), length=len(body),
            http_headers=head if kind == "response" else None,
        )  # fmt: skip
        writer.write_record(record)
    return file.getvalue()


_METHODS = st.sampled_from(
    [
        "initialize", "ping", "tools/list", "tools/call", "resources/list", "resources/read",
        "resources/templates/list", "prompts/list", "prompts/get", "completion/complete",
        "logging/setLevel", "notifications/initialized", "notifications/cancelled", "",
    ]
)  # fmt: skip
_TOOLS = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["search", "ask", "read_source", "reading_path", "nothing"]),
        "arguments": JSON,
    }
)
MESSAGES = st.fixed_dictionaries(
    {"jsonrpc": st.just("2.0"), "method": _METHODS},
    optional={"id": st.one_of(st.integers(), st.text(max_size=5), st.none()),
              "params": st.one_of(_TOOLS, JSON)},
).map(lambda value: json.dumps(value).encode())  # fmt: skip
"""Well-formed messages of MCP that say anything."""


def _page(given: tuple[str, str, bytes]) -> None:
    url, kind, body = given
    reply = Reply(url, 200, (("Content-Type", kind),), body, "2026-01-02T03:04:05Z")
    found = read_document(reply)
    assert found.reason if isinstance(found, Rejection) else found.text


def _notebook(given: Any) -> None:
    body = json.dumps(given, ensure_ascii=True).encode()
    _page(("https://a.example/x.ipynb", "application/x-ipynb+json", body))


def _pdf(given: bytes) -> None:
    _whole_pdf(b"%PDF-1.7\n" + given + b"\n%%EOF")


def _whole_pdf(given: bytes) -> None:
    _page(("https://a.example/x.pdf", "application/pdf", given))


def _whole_notebook(given: bytes) -> None:
    _page(("https://a.example/x.ipynb", "application/x-ipynb+json", given))


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
    _whole_warc(head + given)


def _whole_warc(given: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "given.warc"
        file.write_bytes(given)
        archive = Archive(Path(folder) / "archive")
        writing.import_warc(archive, file)
        for record in archive.records():
            assert record.url


PURE: dict[str, tuple[Callable[[Any], object], st.SearchStrategy[Any]]] = {
    "lists": (_list, TEXT),
    "lists check": (_checked, TEXT),
    "html": (_page, st.tuples(_URLS, _TYPES, BYTES)),
    "pdf": (_pdf, BYTES),
    "pdf damaged": (_whole_pdf, damaged(_sound_pdf)),
    "notebook": (_notebook, JSON),
    "notebook damaged": (_whole_notebook, damaged(_sound_notebook)),
    "warc": (_warc, BYTES),
    "warc damaged": (_whole_warc, damaged(_sound_warc)),
    "urls": (_url, _URLS),
}
"""What needs nothing but its input."""

_ACCEPT = "application/json, text/event-stream"
SERVED = st.one_of(BYTES, JSON.map(lambda value: json.dumps(value).encode()))
"""Bodies for `send`."""
PATHS = {
    "/api/v1/ask": SERVED,
    "/v1/chat/completions": SERVED,
    "/mcp": st.one_of(SERVED, MESSAGES),
}
"""The doors that take a body, and what is sent to each."""


def send(client: TestClient, path: str, body: bytes) -> None:
    """Send a body to a door: whatever it is, the reply is well formed and no mistake of ours."""
    headers = {"Content-Type": "application/json"}
    reply = client.post(path, content=body, headers=headers | {"Accept": _ACCEPT})
    assert reply.status_code < 500, (path, body, reply.text)
    if "json" in reply.headers.get("content-type", "") and reply.status_code != 202:
        reply.json()


def tried(call: Callable[[Any], object], given: Any) -> None:
    """Call with an input; refdesk's own errors are an answer like any other."""
    with suppress(RefdeskError):
        call(given)
