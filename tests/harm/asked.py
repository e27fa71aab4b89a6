# ruff: noqa: E501  # tables of inputs
"""Requests that nobody means, each by name, for every door: as bytes, as paths, as JSON."""

import json
from typing import Any

QUESTION = "How hot should the oven be for rye bread?"
_DEEP = "[" * 50_000


def raw(head: str) -> dict[str, tuple[bytes, tuple[int, ...]]]:
    """Return requests as they stand on the wire, with the status codes each may have.

    ``head`` is the Host line, and what else every request needs.
    """
    body = json.dumps({"question": QUESTION})
    post = f"POST /api/v1/ask HTTP/1.1\r\n{head}Content-Type: application/json\r\n"
    get = f"GET /healthz HTTP/1.1\r\n{head}"
    chunked = f"{post}Transfer-Encoding: chunked\r\n\r\n"
    texts: dict[str, tuple[str, tuple[int, ...]]] = {
        "1.0": (f"GET /healthz HTTP/1.0\r\n{head}\r\n", (200,)),
        "1.0-no-host": ("GET /healthz HTTP/1.0\r\n\r\n", (400, 421)),
        "1.0-ask": (f"POST /api/v1/ask HTTP/1.0\r\n{head}Content-Type: application/json\r\n"
                    f"Content-Length: {len(body)}\r\n\r\n{body}", (200,)),
        "0.9": ("GET /healthz\r\n\r\n", (400,)), "1.9": (f"GET /healthz HTTP/1.9\r\n{head}\r\n", (200, 400)),
        "no-host": ("GET /healthz HTTP/1.1\r\n\r\n", (400,)),
        "two-hosts": (f"{get}Host: evil.example\r\n\r\n", (400,)),
        "host-of-noise": ("GET /api/v1/status HTTP/1.1\r\nHost: \xff\xfe\r\n\r\n", (400, 421)),
        "host-with-user": ("GET / HTTP/1.1\r\nHost: 127.0.0.1@evil.example\r\n\r\n", (421,)),
        "options-star": (f"OPTIONS * HTTP/1.1\r\n{head}\r\n", (404, 405)),
        "connect": (f"CONNECT evil.example:443 HTTP/1.1\r\n{head}\r\n", (400, 404, 405)),
        "trace": (f"TRACE /api/v1/status HTTP/1.1\r\n{head}\r\n", (405,)),
        "odd-method": (f"FOO_BAR /api/v1/status HTTP/1.1\r\n{head}\r\n", (405,)),
        "tls": ("\x16\x03\x01\x02\0\1\0\1\xfc\3\3" + "\0" * 99 + "\r\n\r\n", (400,)),
        "chunked": (f"{chunked}{len(body):x};a=b\r\n{body}\r\n0\r\nX: 1\r\n\r\n", (200,)),
        "no-chunks": (f"{chunked}zz\r\nhello\r\n", (400,)),
        "packed": (f"{post}Transfer-Encoding: gzip\r\n\r\nx", (400, 501)),
        "both-lengths": (f"{post}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", (400,)),
        "length-negative": (f"{post}Content-Length: -5\r\n\r\nhello", (400,)),
        "length-huge": (f"{post}Content-Length: {'9' * 26}\r\n\r\nhello", (400, 413)),
        "length-raised": (f"{post}Content-Length: \xb2\r\n\r\nhello", (400,)),
        "no-colon": (f"{get}nocolon\r\n\r\n", (400,)), "folded": (f"{get}X: a\r\n b\r\n\r\n", (200,)),
        "nul": (f"{get}X: a\0b\r\n\r\n", (400,)),
        "many-heads": (get + "".join(f"X-{n}: {n}\r\n" for n in range(900)) + "\r\n", (200, 400)),
        "web-socket": (f"{get}Upgrade: websocket\r\nConnection: upgrade\r\n\r\n", (200, 400)),
    }  # fmt: skip
    return {name: (text.encode("latin-1"), codes) for name, (text, codes) in texts.items()}


PATHS = (
    "/api/v1/passages/%00", "/api/v1/passages/%ff%fe", f"/api/v1/passages/{'a' * 5000}",
    "/api/v1/passages/..%2f..%2fetc", "//api/v1/status", "/API/V1/STATUS", "/api/v1/%zz",
    "/api/v1/../../etc/passwd", "/api/v1/threads/%00", "/api/v1/notes/%ed%a0%80", "/api/v1/jobs/%00",
    "/v1/models/%00", f"/v1/models/{'a/' * 500}", "/v1/engines", "/gradio_api/heartbeat/%00",
    "/api/v1/search?q=%00", "/api/v1/search?q=%ed%a0%80", "/api/v1/search?q=rye&k=NaN",
    "/api/v1/search?q=rye&k=%EF%BC%91", f"/api/v1/search?q=rye&k={'9' * 30}",
    f"/api/v1/search?q=rye&list={'a' * 5000}", "/api/v1/search?q=rye&kind=%00", "/api/v1/search?q[]=a",
    "/api/v1/search?q=rye" + "&list=mine" * 3000, f"/api/v1/search?q={'%CC%81' * 3000}",
    "/api/v1/path?topic=rye&hours=inf", "/api/v1/path?topic=rye&hours=1e400", "/api/v1/path?topic=%00",
    "/api/v1/sources?offset=-1", "/api/v1/sources?state=%00", "/api/v1/source?url=http://[bad",
    "/api/v1/source?url=%ed%a0%80", "/api/v1/figure?url=x&number=0", "/api/v1/cite?format=docx&url=x",
    "/api/v1/cite?url=%00", "/api/v1/threads?q=%22", "/api/v1/notes?q=NEAR(a)&tag=%ff",
    "/read?url=%00", f"/read?url={'a' * 30_000}", "/pdf?url=x&page=-1", f"/pdf?url=x&page={'9' * 20}",
)  # fmt: skip
"""Addresses that lead nowhere, or say what they cannot mean."""


def asked() -> dict[str, str]:
    """Return bodies for ``/api/v1/ask``."""
    values: dict[str, Any] = {
        "question-null": {"question": None}, "question-list": {"question": ["x"]},
        "question-spaces": {"question": " \u3000"}, "question-nul": {"question": "a\0b"},
        "question-marks": {"question": "\u0301" * 3000}, "question-noise": {"question": "\uffff"},
        "k-text": {"question": QUESTION, "k": "5"}, "k-half": {"question": QUESTION, "k": 5.5},
        "history-object": {"question": QUESTION, "history": {}},
        "history-null": {"question": QUESTION, "history": [None]},
        "history-role": {"question": QUESTION, "history": [{"role": "king", "content": "x"}]},
        "history-many": {"question": "x", "history": [{"role": "user", "content": "x"}] * 9000},
        "lists-text": {"question": QUESTION, "lists": "mine"},
        "lists-none": {"question": QUESTION, "lists": ["nope" * 2000]},
        "key-long": {"question": QUESTION, "x" * 100_000: 1},
    }  # fmt: skip
    return {name: json.dumps(value) for name, value in values.items()} | {
        "empty": "", "null": "null", "number": "5", "list": "[]", "not-a-number": "NaN",
        "mark-ahead": "\ufeff{}", "twice": f'{{"question": "x", "question": "{QUESTION}"}}',
        "comma": '{"question": "x",}', "two": '{"question": "x"}{"question": "y"}', "deep": _DEEP,
        "deep-field": f'{{"question": "x", "more": {_DEEP}{"]" * 50_000}}}',
        "half": '{"question": "a \\ud800 b"}', "half-lang": '{"question": "x", "lang": ["\\ud800"]}',
        "half-list": '{"question": "x", "lists": ["\\ud800"]}',
        "k-long": f'{{"question": "x", "k": 1{"0" * 5000}}}', "k-nan": '{"question": "x", "k": NaN}',
        "k-infinite": '{"question": "x", "k": 1e999}',
    }  # fmt: skip


def chats() -> dict[str, str]:
    """Return bodies for ``/v1/chat/completions``."""
    said = [{"role": "user", "content": QUESTION}]
    fields: dict[str, Any] = {
        "stream-text": {"stream": "yes"}, "stream-list": {"stream": []}, "stream-two": {"stream": 2},
        "n-none": {"n": 0}, "n-half": {"n": 1.5}, "stop-numbers": {"stop": [5]}, "stop-empty": {"stop": ""},
        "options-true": {"stream_options": True}, "format-text": {"response_format": "json"},
        "format-number": {"response_format": {"type": 5}}, "model-number": {"model": 5},
        "model-long": {"model": "x" * 100_000}, "model-nul": {"model": "\0"},
        "tool": {"tool_choice": "required"}, "tokens": {"max_tokens": -1},
    }  # fmt: skip
    messages: dict[str, Any] = {
        "none": None, "empty": [], "object": {}, "nulls": [None], "role-number": [{"role": 5, "content": "x"}],
        "role-odd": [{"role": "\u202eking", "content": "x"}], "no-content": [{"role": "user"}],
        "content-number": [{"role": "user", "content": 5}], "content-nulls": [{"role": "user", "content": [None]}],
        "picture": [{"role": "user", "content": [{"type": "image_url", "image_url": 5}]}],
        "system": [{"role": "system", "content": "x"}], "many": said * 501,
        "half": [{"role": "user", "content": "\ud800 rye bread oven"}],
    }  # fmt: skip
    bodies = {name: json.dumps({"messages": said, **more}) for name, more in fields.items()}
    bodies |= {f"messages-{name}": json.dumps({"messages": m}) for name, m in messages.items()}
    return bodies | {
        "nothing": "", "null": "null", "html": "<html>", "form": "messages=x", "deep": _DEEP,
        "infinite": '{"messages": [{"role": "user", "content": "rye"}], "n": Infinity}',
        "long-number": f'{{"messages": [{{"role": "user", "content": "x"}}], "n": 1{"0" * 5000}}}',
    }  # fmt: skip


def calls() -> dict[str, Any]:
    """Return what may be asked of the page's own routes instead of what the page asks."""
    ok: dict[str, Any] = {"fn_index": 1, "data": [], "session_hash": "a"}
    return {
        "nothing": {}, "list": [], "null": None, "number-negative": ok | {"fn_index": -1},
        "number-huge": ok | {"fn_index": 10**9}, "number-list": ok | {"fn_index": []},
        "name": {"api_name": "ask", "data": [], "session_hash": "a"}, "data-null": ok | {"data": None},
        "data-text": ok | {"data": "x"}, "data-many": ok | {"data": [0] * 9000},
        "session-list": ok | {"session_hash": []},
    }  # fmt: skip


def tools() -> dict[str, dict[str, Any]]:
    """Return calls of MCP's tools: name and arguments."""
    return {
        "role": {"name": "ask", "arguments": {"question": QUESTION, "history": [{"role": "king", "content": "x"}]}},
        "list": {"name": "search", "arguments": {"query": "rye", "list": ["nope"]}},
        "nul": {"name": "search", "arguments": {"query": "\0"}},
        "long": {"name": "search", "arguments": {"query": "x" * 4001}},
        "no-address": {"name": "read_source", "arguments": {"url": "http://[bad"}},
        "no-sources": {"name": "cite", "arguments": {}}, "thread": {"name": "cite", "arguments": {"thread": "x"}},
        "words": {"name": "reading_path", "arguments": {"topic": " "}},
    }  # fmt: skip
