# ruff: noqa: E501  # tables of inputs
"""A person's files that are not what they seem, each by name and content."""

import json

from tests.harm.records import markdowns, notebooks, pages, pdfs


def rows() -> dict[str, bytes]:
    """Return ``.jsonl`` files; all but those named ``refused-`` hold at least one good row."""
    good = {"_id": "good", "title": "Good", "text": "The good row speaks of attention heads."}

    def lines(*more: object, end: str = "\n") -> bytes:
        return end.join(json.dumps(each) for each in (good, *more)).encode()

    url = "https://rows.example/a"
    return {
        "same-id": lines({"_id": "x", "text": "one text"}, {"_id": "x", "text": "another text"}),
        "same-url": lines({"url": url, "text": "one text"}, {"url": url, "text": "another text"}),
        "same-row": lines(good, good),
        "same-url-many": lines(*({"url": url, "_id": str(n), "text": f"text {n}"} for n in range(30))),
        "title-number": lines({"title": 5, "text": "numbered"}),
        "title-list": lines({"title": ["a"], "text": "listed"}),
        "title-null": lines({"title": None, "text": "no title"}),
        "id-number": lines({"_id": 7, "text": "seven"}), "id-list": lines({"_id": [1], "text": "listed"}),
        "id-spaces": lines({"_id": "a b\n#?", "text": "odd name"}),
        "url-number": lines({"url": 5, "text": "five"}), "url-list": lines({"url": [url], "text": "listed"}),
        "url-bracket": lines({"url": "http://[bad", "text": "bracket"}),
        "url-ours": lines({"url": "refdesk:primer/attention", "text": "Lies of refdesk."}),
        "url-list-ours": lines({"url": "refdesk:list/mine", "text": "Lies of a list."}),
        "url-file": lines({"url": "file:///etc/passwd", "text": "Lies of a file."}),
        "url-script": lines({"url": "javascript:alert(1)", "text": "script"}),
        "url-empty": lines({"url": "", "text": "no address"}),
        "surrogate": lines({"text": "half \ud800 a pair", "title": "\udfff", "_id": "\ud800"}),
        "null": lines({"text": "a\0b", "title": "\0"}), "text-empty": lines({"text": ""}),
        "text-spaces": lines({"text": " \n\t"}), "mac": lines({"text": "second row"}, end="\r"),
        "windows": lines({"text": "second row"}, end="\r\n"), "blank": b"\n\n" + lines() + b"\n\n",
        "bom": b"\xef\xbb\xbf" + lines(), "more-fields": lines({"text": "x", "z": {"y": [1]}}),
        "long-title": lines({"title": "t" * 100_000, "text": "long"}),
        "long-text": lines({"text": "word " * 500_000}),
        "deep-field": lines() + b'\n{"text": "deep", "x": ' + b"[" * 500 + b"]" * 500 + b"}",
        "refused-text-number": lines({"text": 5}), "refused-no-text": lines({"title": "only"}),
        "refused-torn": lines() + b'\n{"text": "to', "refused-list": lines() + b"\n[1, 2]",
        "refused-not-utf-8": lines() + b'\n{"text": "\xff\xfe"}', "refused-deep": b"[" * 100_000,
        "refused-noise": bytes(range(256)), "empty": b"",
    }  # fmt: skip


def documents() -> dict[str, bytes]:
    """Return files of every other kind, by file name."""
    found: dict[str, bytes] = {}
    found |= {f"{name}.html": text.encode("utf-8", "replace") for name, text in pages().items()}
    found |= {f"{name}.md": text.encode() for name, text in markdowns().items()}
    found |= {f"{name}.pdf": data for name, data in pdfs().items()}
    found |= {f"{name}.ipynb": data for name, data in notebooks().items()}
    noise = bytes(range(256)) * 8
    for suffix in ("md", "html", "txt", "pdf", "ipynb"):
        found |= {f"noise.{suffix}": noise, f"nothing.{suffix}": b"", f"null.{suffix}": bytes(999)}
    words = "Käse und Attention. " * 30
    for name, coding in {
        "latin": "latin-1",
        "utf-16": "utf-16",
        "utf-32": "utf-32",
        "gb": "gb18030",
    }.items():
        found[f"{name}.txt"] = words.encode(coding)
    return found
