import gzip
import hashlib
import json
import unicodedata
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from ingest.archive.values import Reply
from ingest.errors import UsageError
from ingest.reading.decode import MAX_CHARS
from ingest.reading.document import Document, Rejection, read_document
from ingest.reading.repair import repair
from ingest.shipped import shipped

PAGE = (
    "<html lang=en><head><title>A page</title>{}</head><body><article><h1>A page</h1>"
    "<p>Text on attention.</p></article></body></html>"
)


def reply(
    body: bytes | str = PAGE.format(""),
    url: str = "https://site.example/post",
    status: int = 200,
    **headers: str,
) -> Reply:
    data = body.encode() if isinstance(body, str) else body
    named = {"Content-Type": "text/html"} | {k.replace("_", "-"): v for k, v in headers.items()}
    return Reply(url, status, tuple(named.items()), data, "2026-01-02T03:04:05Z")


def document(found: Document | Rejection) -> Document:
    assert isinstance(found, Document), found
    return found


def test_a_page_becomes_a_document() -> None:
    found = document(read_document(reply(url="http://Site.example/post/?utm_source=x#part")))
    assert found.url == "https://site.example/post"
    assert (found.title, found.text) == ("A page", "# A page\n\nText on attention.")
    assert (found.lang, found.fetched_at) == ("en", "2026-01-02T03:04:05Z")
    assert found.sha256 == hashlib.sha256(found.text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (404, "dead (404)"),
        (410, "dead (410)"),
        (401, "blocked (401)"),
        (403, "blocked (403)"),
        (429, "not available now (429)"),
        (503, "not available now (503)"),
        (500, "not available now (500)"),
        (418, "error (418)"),
        (301, "moved to /there"),
    ],
)
def test_status_decides_first(status: int, reason: str) -> None:
    found = read_document(reply(status=status, Location="/there"))
    assert found == Rejection("https://site.example/post", reason)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (reply(b""), "empty"),
        (reply(b"%PDF-1.7", Content_Type="application/pdf"), "damaged"),
        (reply(gzip.compress(b"a" * 999)[:-9], Content_Encoding="gzip"), "damaged"),
        (reply("x " * MAX_CHARS), "too large"),
        (reply("x " * MAX_CHARS, Content_Type="text/plain"), "too large"),
        (reply(b"", Content_Type="text/plain"), "empty"),
        (reply(b"---\ntitle: x\n---\n", Content_Type="text/markdown"), "empty"),
    ],
)
def test_what_cannot_be_read_says_why(made: Reply, reason: str) -> None:
    found = read_document(made)
    assert isinstance(found, Rejection)
    assert found.reason.startswith(reason)


@pytest.mark.parametrize(
    ("said", "url"),
    [
        ("https://site.example/canonical", "https://site.example/canonical"),
        ("/canonical?utm_source=a", "https://site.example/canonical"),
        ("https://evil.example/other", "https://site.example/post"),
        ("https://site.example/", "https://site.example/post"),
        ("javascript:alert(1)", "https://site.example/post"),
    ],
)
def test_rel_canonical_is_believed_within_its_host(said: str, url: str) -> None:
    found = read_document(reply(PAGE.format(f"<link rel=canonical href='{said}'>")))
    assert document(found).url == url


def test_raw_and_rendered_github_files_are_one_document() -> None:
    raw = reply(
        "# Norm\n\nRMSNorm has no bias.\n",
        "https://raw.githubusercontent.com/o/r/main/a/norm.md",
        Content_Type="text/plain",
    )
    shown = reply(
        "<html><head><title>r/a/norm.md at main</title></head><body><article class='markdown-body'>"
        "<h1>Norm</h1><p>RMSNorm has no bias.</p></article></body></html>",
        "https://github.com/o/r/blob/main/a/norm.md",
    )
    assert read_document(raw) == read_document(shown)


def test_program_text_is_one_code_block() -> None:
    found = document(
        read_document(
            reply(
                "# a comment\nx = 1\n",
                "https://raw.githubusercontent.com/o/r/main/a.py",
                Content_Type="text/plain",
            )
        )
    )
    assert found.text == "```py\n# a comment\nx = 1\n```"


def test_plain_text_stays_as_it_is() -> None:
    text = "1 * 2 * 3 _under_ <b>not bold</b>\n\n    indented"
    found = read_document(reply(text, "file:///n/a.txt", Content_Type="text/plain"))
    assert document(found).text == text
    assert document(found).url == "file:///n/a.txt"


def test_text_is_normalised() -> None:
    body = "# T\r\n\r\nzero\u200bwidth e\u0301 \u202eright\u202c nul\0 \x07bell\ufeff"
    text = document(read_document(reply(body, Content_Type="text/markdown; charset=utf-8"))).text
    assert text == "# T\n\nzerowidth é right nul bell"
    assert text == unicodedata.normalize("NFC", text)


def test_language_is_the_pages_own_unless_its_script_denies_it() -> None:
    chinese = "<p>注意力机制让模型有选择地参考输入序列中的其他位置。</p>"
    assert (
        document(read_document(reply(f"<html lang=en><body>{chinese}</body></html>"))).lang == "zh"
    )
    spanish = "<p>La atención múltiple.</p>"
    assert (
        document(read_document(reply(f"<html lang=es><body>{spanish}</body></html>"))).lang == "es"
    )
    assert document(read_document(reply("<p>No language is said here.</p>"))).lang == "en"


NOTE = (
    "---\ntopic: KV cache\nlinks:\n  - https://a.example/x\n---\n"
    "# Key-value cache\n\nIt keeps keys."
)


def test_a_primer_note() -> None:
    found = document(
        read_document(reply(NOTE, "refdesk:primer/kv-cache", Content_Type="text/markdown"))
    )
    assert (found.url, found.title) == ("refdesk:primer/kv-cache", "KV cache")
    assert found.links == ("https://a.example/x",)
    assert (found.kind, found.source) == ("note", "other")
    assert found.text == "# Key-value cache\n\nIt keeps keys."


@pytest.mark.parametrize(
    "front",
    [
        "topic: [",
        "links: []",
        "topic: X",
        "topic: X\nlinks: [1]",
        "- a list",
        "topic: 3\nlinks: []",
    ],
)
def test_a_bad_primer_note_is_an_error(front: str) -> None:
    note = f"---\n{front}\n---\nText"
    with pytest.raises(UsageError, match="kv-cache"):
        read_document(reply(note, "refdesk:primer/kv-cache", Content_Type="text/markdown"))


def test_every_note_of_the_shipped_primer_is_read() -> None:
    for file in sorted(shipped("primer").glob("*.md")):
        if file.stem != "README":
            made = reply(
                file.read_bytes(), f"refdesk:primer/{file.stem}", Content_Type="text/markdown"
            )
            note = document(read_document(made))
            assert note.links
            assert "---" not in note.text[:5]


@pytest.mark.parametrize(
    ("broken", "meant"),
    [
        ("It‚Äôs a list ‚Äì of Hamel‚Äôs links", "It’s a list – of Hamel’s links"),
        ("Itâ€™s a list â€“ of Hamelâ€™s links, itâ€™s", "It’s a list – of Hamel’s links, it’s"),
    ],
)
def test_clear_mojibake_is_repaired(broken: str, meant: str) -> None:
    assert repair("title", broken) == ("title", meant)


@pytest.mark.parametrize(
    "good",
    [
        "Une façade élégante à côté, où « ça » s’arrête — naïve café.",
        "Größe über Äpfel; müßig, Öl, Übermut",
        "注意力机制，√2 ≈ 1.41，∑ x ∈ X … “引用”",
        "∀x ∈ ℝ: √(x²) = |x| ≥ 0 — ‘quoted’ • ◦ → ⇒ ≠",
        "The bytes of ’ read as Latin-1 show as â€™.",
        "🚀 ❤️ 👩‍👩‍👧 ✅ Ünïcödé",
        "Łódź, Příliš žluťoučký kůň, Ελληνικά, Русский, עברית, العربية",
    ],
)
def test_good_text_is_never_repaired(good: str) -> None:
    assert repair(good, good * 3) == (good, good * 3)


def test_what_the_edge_records_become(shared: Path) -> None:
    reasons = {
        "404": "dead (404)", "410": "dead (410)", "soft 404 with status 200": "error page",
        "meta refresh": "moved to https://moved.example/new-post",
        "403 block page for automated clients": "blocked (403)",
        "429 with Retry-After": "not available now (429)", "503": "not available now (503)",
        "200 with a body of zero bytes": "empty", "HTML with a blank body": "empty",
        "JavaScript-only shell": "needs a browser",
        "workspace page that needs JavaScript": "needs a browser",
        "member-only wall with a one-line preview": "sign-in wall", "sign-in page": "sign-in wall",
        "verification wall in Chinese with an empty title": "bot wall",
        "cookie consent wall": "cookie wall",
        "truncated gzip stream": "damaged: the compressed body ends too early",
        "gzip body of 64 KiB that unpacks to 64 MiB": "too large",
        "about 5 MB of meaningless text": "too large",
        "binary bytes labelled text/html": "unsupported type application/octet-stream",
        "media file": "unsupported type video/mp4",
    }  # fmt: skip
    texts = {
        "target of the 301": "a block table maps", "noindex": "opalheron",
        "Content-Encoding: gzip": "a block table maps",
        "Content-Encoding: deflate": "a block table maps",
        "ISO-8859-1 from the header": "déjà", "windows-1252 from meta only": "corazón",
        "GB18030 from meta only, with a four-byte character": "分组查询注意力",
        "declared GB2312, really GBK": "镕",
        "UTF-8 body, header says ISO-8859-1": "naïve café — “smart quotes” 注意力",
        "UTF-16 with a byte-order mark": "a block table maps",
        "double-encoded text": "◻️Transformer • Hamel’s Blog",
        "control, zero-width, bidi and combining characters": "zerowidth, softhyphen, nul , bell ,",
        "one word of 300,000 characters": "x" * 300_000, "20,000 nested elements": "deep text",
        "unclosed tags": "speculative decoding", "no Content-Type header": "a block table maps",
        "hidden prompt injection (CSS, comment, alt text)": "A prefix cache reuses keys",
        "script payload in title, heading and links": "Scaled dot-product attention",
    }  # fmt: skip
    lines = (shared / "web" / "links-edge.jsonl").read_text("utf-8").splitlines()
    cases = {edge["url"]: edge["case"] for edge in map(json.loads, lines)}
    seen = {}
    with (shared / "web" / "pages.warc.gz").open("rb") as file:
        for record in ArchiveIterator(file):
            url = record.rec_headers.get_header("WARC-Target-URI") or ""
            if url in cases:
                head = record.http_headers
                made = Reply(
                    url,
                    int(head.get_statuscode()),
                    tuple(head.headers),
                    record.raw_stream.read(),
                    "",
                )
                seen[cases[url]] = read_document(made)
    for case, reason in reasons.items():
        found = seen[case]
        assert isinstance(found, Rejection), case
        assert found.reason == reason, case
    for case, text in texts.items():
        assert text in document(seen[case]).text, case
    hidden = document(seen["hidden prompt injection (CSS, comment, alt text)"]).text
    assert "gnore" not in hidden
    assert document(seen["tracking parameters and rel=canonical"]).url == "https://dup.example/post"
