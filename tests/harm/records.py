# ruff: noqa: E501  # tables of inputs
"""Bad records of WARC files, each by name: the address it has and its bytes.

A record is whole by its own length; what is wrong is inside. ``https://bad.example/NAME`` is the
address of all that have one.
"""

import base64
import gzip
import json
import zlib
from collections.abc import Callable, Iterator

GOOD = "https://good.example/"
_WORDS = " ".join(f"Attention sentence number {n} says what a cache of keys is." for n in range(30))
_PAGE = f"<html><head><title>A page</title></head><body><article><p>{_WORDS}</p></article></body></html>"
_DATE = "2024-05-06T07:08:09Z"
_NEVER = "9999-12-31T23:59:59Z"


def record(kind: str, url: bytes | None, body: bytes, **more: bytes | None) -> bytes:
    """Return a record; ``more`` are heads by name, ``_`` for ``-``, None to leave one out."""
    heads: dict[str, bytes | None] = {
        "WARC-Type": kind.encode(),
        "WARC-Record-ID": b"<urn:uuid:00000000-0000-0000-0000-000000000001>",
        "WARC-Target-URI": url,
        "WARC-Date": _DATE.encode(),
        "Content-Type": b"application/http; msgtype=response",
        "Content-Length": str(len(body)).encode(),
    }
    heads |= {name.replace("_", "-"): value for name, value in more.items()}
    lines = [name.encode() + b": " + value for name, value in heads.items() if value is not None]
    return b"WARC/1.1\r\n" + b"\r\n".join(lines) + b"\r\n\r\n" + body + b"\r\n\r\n"


def reply(body: bytes | str, *heads: str | bytes, status: str = "200 OK") -> bytes:
    """Return an HTTP reply as it came over the wire."""
    raw = body.encode() if isinstance(body, str) else body
    lines = [head.encode() if isinstance(head, str) else head for head in heads]
    return b"\r\n".join([f"HTTP/1.1 {status}".encode(), *lines, b"", raw])


def html(body: str | bytes, *heads: str | bytes) -> bytes:
    """Return the reply of an HTML page."""
    return reply(body, "Content-Type: text/html; charset=utf-8", *heads)


def good_records() -> Iterator[bytes]:
    """Yield three pages that can be read."""
    for number in range(3):
        text = _PAGE.replace("A page", f"Good page {number}").replace("number", f"good{number}")
        yield record("response", f"{GOOD}{number}".encode(), html(text))


def bad_records() -> dict[str, bytes]:
    """Return every bad record by its name."""
    return {name: made for part in PARTS.values() for name, made in part()}


def odd_files() -> dict[str, tuple[str, bytes]]:
    """Return whole files that are odd around their good records, by name: their ending, their bytes.

    Those named ``refused-`` hold no record that counts, or something that is no record, or not as
    it says.
    """
    records = list(good_records())
    plain, packed = b"".join(records), b"".join(map(gzip.compress, records))
    page = html(_PAGE)

    def beside(*more: bytes) -> tuple[str, bytes]:
        return "warc", plain + b"".join(more)

    def at(name: str, **more: bytes | None) -> bytes:
        return record("response", f"https://bad.example/{name}".encode(), page, **more)

    files = {
        "refused-one-member": ("warc.gz", gzip.compress(plain)), "bad-name-in-member": ("warc.gz", b"".join(
            b"\x1f\x8b\x08\x18" + bytes(6) + b"x\xff\0note\n\0" + gzip.compress(r)[10:] for r in records)),
        "empty-members": ("warc.gz", b"".join(gzip.compress(b"") * 3 + gzip.compress(r) for r in records)),
        "refused-zeros-behind": ("warc.gz", packed + bytes(10_240)), "plain-called-packed": ("warc.gz", plain),
        "packed-called-plain": ("warc", packed), "refused-line-feeds": ("warc", plain.replace(b"\r\n", b"\n")),
        "refused-mark-ahead": ("warc", b"\xef\xbb\xbf" + plain), "blank-ahead": ("warc", b"\r\n\r\n\n" + plain),
        "no-blank-behind": ("warc", b"".join(r[:-4] for r in records)),
        "version-0.17": ("warc", plain.replace(b"WARC/1.1", b"WARC/0.17")),
        "refused-version-9.9": ("warc", plain.replace(b"WARC/1.1", b"WARC/9.9")),
        "lower-case": ("warc", plain.replace(b"WARC-Target-URI", b"warc-target-uri")),
        "same-id": ("warc", plain * 3), "requests": beside(*(
            record("request", f"https://bad.example/{n}".encode(), b"GET / HTTP/1.1\r\n\r\n") for n in range(900))),
        "segments": beside(at("s", WARC_Segment_Number=b"1"), record("continuation", b"https://bad.example/s", b"more")),
        "conversion": beside(record("conversion", b"https://bad.example/c", b"plain " * 99, Content_Type=b"text/plain")),
        "data-address": beside(record("resource", b"data:text/html,x", _PAGE.encode(), Content_Type=b"text/html"),
                               record("resource", b"urn:x:y", _PAGE.encode(), Content_Type=b"text/html")),
        "cut-short": beside(at("t", WARC_Truncated=b"length")), "folded": beside(at("f", X_A=b"a\r\n b\r\n\tc")),
        "long-head": beside(at("h", X_A=b"a" * 900_000)), "two-addresses": beside(
            at("u").replace(b"WARC-Date", b"WARC-Target-URI: https://bad.example/other\r\nWARC-Date")),
        "one-page-900-times": beside(*([at("same")] * 900)),
        "refused-zeros-between": ("warc.gz", b"".join(gzip.compress(r) + bytes(512) for r in records)),
        "refused-garbage-behind": ("warc.gz", packed + b"\0garbage" * 9), "refused-empty": ("warc", b""),
        "refused-bad-sum": ("warc.gz", packed[:-8] + bytes(4) + packed[-4:]),
        "refused-zstd": ("warc.gz", b"\x28\xb5\x2f\xfd" + bytes(300)), "refused-half": ("warc", plain[: len(plain) // 2]),
        "refused-head-never-ends": ("warc", plain + b"WARC/1.1\r\n" + b"X: y\r\n" * 300_000),
        "refused-about-itself": ("warc", record("warcinfo", None, b"software: x\r\n")),
    }  # fmt: skip
    bogus = b"\r\nWARC/1.0\r\nX: y"
    inside = b"\x1f\x8b\x08" + bytes(7) + b"\0\xff\xff\0\0WARC/"  # each opens a block of 65,535
    files |= {
        "refused-many-heads": ("warc", plain + bogus * 150_000),
        "refused-members-in-members": ("warc.gz", packed + inside * 50_000),
    }
    for name, said in {"raised": b"\xb2", "long": b"9" * 5000, "negative": b"-1"}.items():
        odd = record("response", b"https://bad.example/l", page, Content_Length=said)
        files[f"refused-length-{name}"] = ("warc", plain + odd + records[0])
        files[f"refused-packed-length-{name}"] = ("warc.gz", packed + gzip.compress(odd))
    for name, digest in {
        "wrong": b"sha1:" + b"A" * 32, "sha-256": b"sha256:" + b"0" * 64, "nothing": b":", "nul": b"sha1:\0",
        "long": b"sha1:" + b"A" * 50_000, "twice": b"sha1:AA\r\nWARC-Payload-Digest: sha1:BB",
    }.items():  # fmt: skip
        refused = "refused-" * (name in ("wrong", "sha-256"))
        files[f"{refused}digest-{name}"] = beside(
            at("d", WARC_Payload_Digest=digest, WARC_Block_Digest=digest)
        )
    for name, status in {
        "http-2": b"HTTP/2.0 200 OK", "http-3": b"h3 200", "icy": b"ICY 200 OK", "none": b"",
        "return": b"HTTP/1.1 200 OK\rX: y", "continue": b"HTTP/1.1 100 Continue",
    }.items():  # fmt: skip
        odd = page.replace(b"HTTP/1.1 200 OK", status)
        files[f"status-{name}"] = beside(record("response", b"https://bad.example/p", odd))
    return files


def _at(name: str, body: bytes, **more: bytes | None) -> tuple[str, bytes]:
    return name, record("response", f"https://bad.example/{name}".encode(), body, **more)


def _heads() -> Iterator[tuple[str, bytes]]:
    page = html(_PAGE)
    for name, url in {
        "no-address": None,
        "empty-address": b"",
        "open-bracket": b"http://[bad/x",
        "port-too-large": b"http://bad.example:9999999/x",
        "control-characters": b"https://bad.example/\x01\x02\x7f",
        "not-utf-8": b"https://bad.example/\xff\xfe",
        "no-scheme": b"bad.example/x",
        "half-a-surrogate": b"https://bad.example/\xed\xa0\x80",
        "long-address": b"https://bad.example/" + b"x" * 40_000,
        "javascript": b"javascript:alert(1)",
        "local-file": b"file:///etc/passwd",
        "loopback": b"http://127.0.0.1/admin",
        "two-addresses": b"<https://bad.example/a> <https://bad.example/b>",
        "dns": b"dns:bad.example",
        "ours-behind-web": b"http:refdesk:primer/attention",
        "no-host": b"https:///bad.example",
    }.items():
        yield f"address-{name}", record("response", url, page)
    for name, date in {
        "none": None,
        "empty": b"",
        "words": b"yesterday",
        "year-zero": b"0000-00-00T00:00:00Z",
        "year-9999": _NEVER.encode(),
        "offset": b"2024-01-01T00:00:00+99:99",
        "not-utf-8": b"\xff\xff",
    }.items():
        yield _at(f"date-{name}", page, WARC_Date=date)
    for name, status in {
        "words": "okay fine", "none": "", "huge": "99999999999 OK", "negative": "-200 OK",
        "float": "2.5 OK", "zero": "0 OK", "unicode": "２００ OK", "cut": "2",
    }.items():  # fmt: skip
        yield _at(f"status-{name}", reply(_PAGE, "Content-Type: text/html", status=status))
    yield _at("http-none", b"")
    yield _at("http-garbage", b"\x00\x01\x02\x03garbage")
    yield _at("http-only-status", b"HTTP/1.1 200 OK")
    yield _at("http-no-colon", html(_PAGE, "this is no header"))
    yield _at("http-null", html(_PAGE, b"X-Null: \x00\x00"))
    yield _at("http-not-utf-8", html(_PAGE, b"X-Odd: \xff\xfe\xfd"))
    yield _at("http-thousand-heads", html(_PAGE, *(f"X-{n}: {n}" for n in range(1000))))
    yield _at("http-million-heads", html(_PAGE, *["X: y"] * 1_000_000))
    yield _at("http-two", reply(b"HTTP/1.1 200 OK\r\n\r\n" + page))
    yield _at("digest-unknown", page, WARC_Payload_Digest=b"rot13:ABC")
    yield _at("digest-garbage", page, WARC_Payload_Digest=b"sha1:!!!!")
    yield _at("digest-empty", page, WARC_Payload_Digest=b"")
    yield _at("type-unknown", page, WARC_Type=b"nonsense")
    yield _at("type-none", page, WARC_Type=None)
    yield _at("type-continuation", page, WARC_Type=b"continuation", WARC_Segment_Number=b"2")
    yield _at("type-warcinfo", b"\xff\xfe\x00", WARC_Type=b"warcinfo")
    for name, where in {
        "bracket": "http://[bad", "empty": "", "script": "javascript:alert(1)", "itself": "",
        "local": "http://localhost/x", "file": "file:///etc/passwd", "long": "/" + "y" * 30_000,
        "port": "https://bad.example:0x1/", "spaces": "  /a b c  ", "unicode": "/ü/中",
    }.items():  # fmt: skip
        target = f"https://bad.example/moved-{name}" if name == "itself" else where
        yield _at(f"moved-{name}", reply("", f"Location: {target}", status="301 Moved"))
    yield _at("moved-nowhere", reply("", status="302 Found"))
    revisit = {"WARC_Type": b"revisit"}
    yield _at("revisit-of-nothing", page, **revisit)
    yield _at("revisit-of-itself", page, **revisit,
              WARC_Refers_To_Target_URI=b"https://bad.example/revisit-of-itself",
              WARC_Refers_To_Date=_DATE.encode())  # fmt: skip
    yield _at("revisit-bad-date", page, **revisit,
              WARC_Refers_To_Target_URI=b"http://[bad", WARC_Refers_To_Date=b"never")  # fmt: skip
    yield _at("revisit-empty", b"", **revisit)


def _bodies() -> Iterator[tuple[str, bytes]]:
    bomb = gzip.compress(b"<p>" + b"a" * 60_000_000)
    for name, body in {
        "gzip-garbage": b"\x1f\x8b\x08garbage", "gzip-torn": gzip.compress(_PAGE.encode())[:-20],
        "gzip-bomb": bomb, "gzip-twice": gzip.compress(gzip.compress(_PAGE.encode())),
    }.items():  # fmt: skip
        yield _at(name, html(body, "Content-Encoding: gzip"))
    for coding in ("br", "zstd", "deflate", "compress", "nonsense", "gzip, br, gzip, br", "\x00"):
        yield _at(f"coding-{coding[:4]}", html(b"\x00garbage\xff", f"Content-Encoding: {coding}"))
    yield _at("coding-identity-gzip", html(gzip.compress(b"x"), "Content-Encoding: identity"))
    for name, body in {
        "garbage": b"zz\r\nhello\r\n0\r\n\r\n", "huge": b"ffffffffffffffff\r\nhello",
        "negative": b"-5\r\nhello\r\n", "torn": b"ff\r\nhello", "empty": b"",
        "many": b"1\r\na\r\n" * 150_000 + b"0\r\n\r\n",
    }.items():  # fmt: skip
        yield _at(f"chunks-{name}", html(body, "Transfer-Encoding: chunked"))
    for charset in (
        "hex_codec", "base64", "rot13", "bz2_codec", "idna", "punycode", "unicode_escape",
        "raw_unicode_escape", "undefined", "utf-7", "utf-16", "utf-32", "cp037", "no-such", "", "\xff",
        "utf-8; charset=hex", "../../etc/passwd", "mbcs", "x" * 5000,
    ):  # fmt: skip
        head = f"Content-Type: text/html; charset={charset}".encode("latin-1")
        yield _at(f"charset-{charset[:12].encode('latin-1').hex()}", reply(_PAGE, head))
    yield _at("meta-charset", html("<meta charset=hex_codec>" + _PAGE))
    for name, media in {
        "empty": "", "long": "text/" + "x" * 10_000, "slashes": "////", "multi": "multipart/x; boundary=",
        "null": "text/ht\x00ml", "quotes": 'text/html; charset="', "video": "video/mp4",
    }.items():  # fmt: skip
        yield _at(f"media-{name}", reply(_PAGE, f"Content-Type: {media}"))
    for name, body in {
        "empty": b"", "null": b"\x00" * 5000, "noise": bytes(range(256)) * 200,
        "utf-16": b"\xff\xfe" + _PAGE.encode("utf-16-le")[:-1], "bom": b"\xef\xbb\xbf" * 100,
        "only-spaces": b" \n\t" * 10_000, "zip": b"PK\x03\x04" + bytes(1000), "elf": b"\x7fELF" + bytes(99),
    }.items():  # fmt: skip
        yield _at(f"body-{name}", html(body))
    for name, pdf in pdfs().items():
        yield _at(f"pdf-{name}.pdf", reply(pdf, "Content-Type: application/pdf"))
    for name, book in notebooks().items():
        yield _at(f"book-{name}.ipynb", reply(book, "Content-Type: application/json"))


def _texts() -> Iterator[tuple[str, bytes]]:
    for name, page in pages().items():
        yield _at(name, html(page))
    for name, page in pages().items():
        if name in ("comments", "style", "deep"):  # the type is guessed then
            yield _at(f"untyped-{name}", reply(page))
    for name, text in markdowns().items():
        yield _at(f"md-{name}.md", reply(text, "Content-Type: text/markdown"))
    rules = "User-agent: *\nDisallow: /" + "*a" * 200 + "$\n"
    yield "robots", record("response", b"https://stars.example/robots.txt",
                           reply(rules, "Content-Type: text/plain"))  # fmt: skip
    yield "robots-page", record("response", b"https://stars.example/" + b"a" * 300, html(_PAGE))
    yield "robots-noise", record("response", b"https://noise.example/robots.txt",
                                 reply(bytes(range(256)) * 50, "Content-Type: text/plain"))  # fmt: skip


def pdfs() -> dict[str, bytes]:
    """Return PDF files that are none, or not what they seem."""
    loop = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 5 0 R"
        b"/Resources<</XObject<</F 4 0 R>>>>>>endobj\n"
        b"4 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 4 0 R>>>>"
        b"/Length 11>>stream\n/F Do /F Do\nendstream endobj\n"
        b"5 0 obj<</Length 5>>stream\n/F Do\nendstream endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF"
    )
    return {
        "head-only": b"%PDF-1.7\n", "noise": b"%PDF-1.7\n" + bytes(range(256)) * 40,
        "torn": loop[:300], "draws-itself": loop, "tree-loop": loop.replace(b"Kids[3 0 R]", b"Kids[2 0 R]"),
        "no-root": loop.replace(b"/Root 1 0 R", b""), "bad-length": loop.replace(b"Length 5", b"Length 999999999"),
        "many-pages": loop.replace(b"/Count 1", b"/Count 999999999"),
    }  # fmt: skip


def notebooks() -> dict[str, bytes]:
    """Return notebooks that are none, or not what they seem."""
    cell = {"cell_type": "markdown", "metadata": {}, "source": ["# A\n", "text"]}
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    return {
        "torn": json.dumps(book).encode()[:-5], "list": b"{}", "deep": b'{"a":' * 50_000,
        "no-cells": json.dumps(book | {"cells": 7}).encode(),
        "cell-number": json.dumps(book | {"cells": [1, None, "x"]}).encode(),
        "source-number": json.dumps(book | {"cells": [cell | {"source": 5}]}).encode(),
        "format-words": json.dumps(book | {"nbformat": "four"}).encode(),
        "format-99": json.dumps(book | {"nbformat": 99}).encode(),
        "surrogate": json.dumps(book | {"cells": [cell | {"source": "\ud800 half"}]}).encode(),
        "infinite": b'{"nbformat": Infinity, "cells": []}',
    }  # fmt: skip


def pages() -> dict[str, str]:
    """Return HTML pages that are hard to read."""
    many = 20_000
    return {
        "comments": "<!---->" * 60, "comments-open": "<!--" * many, "style": "<style>" + "a " * 40,
        "style-many": "<style>" * many, "style-no-braces": "<style>a b c d e f</style>" * 200,
        "deep": "<div>" * many, "deep-inline": "<b><i>" * many, "deep-lists": "<ul><li>" * many,
        "deep-tables": "<table><tr><td>" * 5000, "deep-quotes": "<blockquote>" * many,
        "deep-math": "<math>" + "<mrow>" * many, "deep-svg": "<svg>" + "<g>" * many,
        "closing": "</p>" * many, "angle": "<" * 100_000, "entities": "&amp;" * 100_000,
        "entity-open": "&#" * 100_000, "surrogates": f"{_PAGE}&#xD800;&#xDFFF;&#0;&#x110000;",
        "attribute": f"<p {'a' * 500_000}>{_WORDS}</p>", "attributes": f"<p {'a=b ' * 50_000}>{_WORDS}</p>",
        "cells": "<table><tr>" + "<td>x" * 10_000 + "</table>", "rows": "<table>" + "<tr><td>x" * 8_000,
        "span": f"<table><tr><td colspan=999999999 rowspan=999999999>{_WORDS}</table>",
        "long-word": f"<p>{'x' * 1_900_000}</p>", "long-title": f"<title>{'t' * 900_000}</title>{_PAGE}",
        "brs": "<br>" * 40_000, "links": "".join(f"<a href='#{n}'>x</a>" for n in range(6_000)),
        "cdata": "<![CDATA[" * many, "doctype": "<!DOCTYPE x [" + '<!ENTITY a "&a;">' * 1000 + "]>" + _PAGE,
        "script-open": f"<script>{_PAGE}", "noscript": "<noscript>" * 9000, "frames": "<iframe>" * 9000,
        "json-ld": f'<script type="application/ld+json">{{"a":{"[" * 20_000}</script>{_PAGE}',
        "meta-date": f'<meta property="article:published_time" content="{"9" * 9000}">{_PAGE}',
        "canonical": f'<link rel=canonical href="http://[bad">{_PAGE}',
        "refresh": '<meta http-equiv=refresh content="0;url=http://[bad">',
        "base": f'<base href="http://[bad"><a href="x">y</a>{_PAGE}', "lang": f'<html lang="{"x" * 9999}">{_PAGE}',
        "rtl": "<p>" + "\u202e\u200b\u2066" * 20_000 + "</p>", "combining": "<p>a" + "\u0301" * 50_000 + "</p>",
        "pre": f"<pre>{'`' * 50_000}</pre>", "null": f"\0{_PAGE}\0",
    }  # fmt: skip


def markdowns() -> dict[str, str]:
    """Return Markdown texts that are hard to read."""
    laughs = "a: &a [x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)
    )
    return {
        "quotes": ">" * 20_000 + " x", "brackets": "[" * 20_000, "brackets-closed": "[" * 5000 + "]" * 5000,
        "images": "![" * 5_000, "stars": "*a " * 20_000, "underscores": "_" * 50_000, "ticks": "`" * 50_001,
        "tick-runs": " ".join("`" * n for n in range(1, 300)), "lists": "".join(f"{' ' * n}- x\n" for n in range(800)),
        "numbers": "9" * 50_000 + ". x", "headings": "# " * 30_000, "rules": "-" * 100_000,
        "table": "|a" * 6_000 + "\n" + "|-" * 6_000 + "\n" + "|b" * 6_000, "html": "<" * 50_000,
        "links": "[a](" * 20_000, "references": "".join(f"[{n}]: x\n" for n in range(5_000)),
        "entities": "&" * 50_000, "fence": "```\n" * 10_001, "laughs": f"---\n{laughs}---\n# A\n\ntext",
        "yaml-python": "---\na: !!python/object/apply:os.system ['true']\n---\n# A\n\ntext",
        "yaml-open": "---\na: [\n" + "# A\n\ntext\n" * 50, "yaml-date": "---\ndate: 2024-99-99\n---\n# A\n\ntext",
        "yaml-number": "---\ntitle: 5\nauthor: [1, {a: b}]\ndate: 99\n---\n# A\n\ntext of it",
        "yaml-deep": "---\n" + "[" * 9000 + "\n---\n# A\n\ntext", "crs": "# A\r\rtext of it\r" * 200, "null": "# A\0\n\nt\0ext",
        "surrogate": "# A\n\nhalf &#xD800; text", "line": "x " * 900_000, "emoji": "👩‍👩‍👧‍👦" * 20_000,
    }  # fmt: skip


def _given() -> Iterator[tuple[str, bytes]]:
    def resource(name: str, url: str, body: bytes, media: bytes | None) -> tuple[str, bytes]:
        return name, record("resource", url.encode(), body, Content_Type=media)

    yield resource("resource-no-type", "https://bad.example/resource-no-type", _PAGE.encode(), None)
    yield resource(
        "resource-html",
        "file:///notes/mqa.md",
        b"# Replaced\n\nAll else is wrong.",
        b"text/markdown",
    )
    yield resource(
        "resource-jsonl",
        "file:///x.jsonl",
        b'{"text": 5}\nnot json\n\xff\xfe\n[]',
        b"application/jsonl",
    )
    yield resource("resource-deep", "file:///deep.jsonl", b"[" * 100_000, b"application/jsonl")
    yield resource(
        "resource-capitals",
        "FILE:///notes/mqa.md",
        b"# Replaced\n\nAll else is wrong.",
        b"text/markdown",
    )
    yield resource("resource-empty", "file:///empty.md", b"", b"text/markdown")


def _ours() -> Iterator[tuple[str, bytes]]:
    toml = b'name = "mine"\ntitle = "Mine"\nlang = "en"\n[[entry]]\ntitle = "Evil"\nurl = "https://evil.example/"\nsection = []\n'
    note = b"---\ntopic: Lies\nlinks: []\n---\n# Lies\n\nrefdesk itself says that the moon is cheese.\n"
    visit = json.dumps({"url": "https://good.example/0", "at": _NEVER, "requests": []}).encode()
    forgotten = json.dumps({"addresses": [f"{GOOD}0"], "documents": [], "files": [], "places": []})
    for name, url, body in (
        ("list", "refdesk:list/mine", toml), ("list-removed", "refdesk:list/mine", b""),
        ("list-no-toml", "refdesk:list/mine", b"= = ="), ("list-not-utf-8", "refdesk:list/mine", b"\xff\xfe"),
        ("list-numbers", "refdesk:list/mine", toml.replace(b'"Evil"', b"5")), ("list-dots", "refdesk:list/../x", toml),
        ("primer", "refdesk:primer/attention", note), ("primer-bad", "refdesk:primer/x", b"---\n[\n---\n"),
        ("primer-empty", "refdesk:primer/kv-cache", b""), ("other", "refdesk:whatever", b"x"),
        ("forgotten", "refdesk:forgotten/99", forgotten.encode()), ("forgotten-bad", "refdesk:forgotten/98", b"[]"),
        ("entry", "refdesk:entry/https://good.example/0", b"x"),
        ("capitals", "REFDESK:primer/attention", note), ("capital", "Refdesk:list/mine", toml),
        ("forgotten-capitals", "REFDESK:Forgotten/99", forgotten.encode()),
    ):  # fmt: skip
        seal = base64.b16encode(zlib.crc32(body).to_bytes(32, "big"))
        yield f"ours-{name}", record(
            "resource", url.encode(), body, Content_Type=b"text/markdown", WARC_Date=_NEVER.encode(),
            Refdesk_Seal=seal,
        )  # fmt: skip
    media = b"application/vnd.refdesk.visit+json"
    for name, body in {
        "visit": visit, "visit-no-json": b"{", "visit-list": b"[]", "visit-number": b'{"url": 5, "at": 6, "requests": 7}',
        "visit-no-date": visit.replace(_NEVER.encode(), b"soon"),
        "visit-more": b'{"url": "https://good.example/0", "at": "' + _DATE.encode() + b'", "requests": [{"x": 1}]}',
    }.items():  # fmt: skip
        yield f"ours-{name}", record("metadata", b"refdesk:visit/x", body, Content_Type=media)


PARTS: dict[str, Callable[[], Iterator[tuple[str, bytes]]]] = {
    "heads": _heads, "bodies": _bodies, "texts": _texts, "given": _given, "ours": _ours
}  # fmt: skip
"""The bad records, by what of them is bad."""
