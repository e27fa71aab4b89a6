import gzip
import zlib

import brotli
import pytest
import zstandard

from ingest.reading.decode import MAX_BYTES, Content, UnreadableError, decode, to_text, unpack

PAGE = "<!DOCTYPE html><html><head>{}</head><body>{}</body></html>"
URL = "https://site.example/page"


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("gzip", gzip.compress(b"text " * 99, mtime=0)),
        ("x-gzip", gzip.compress(b"text " * 50, mtime=0) + gzip.compress(b"text " * 49, mtime=0)),
        ("deflate", zlib.compress(b"text " * 99)),
        ("deflate", zlib.compress(b"text " * 99)[2:-4]),
        ("br", brotli.compress(b"text " * 99)),
        ("zstd", zstandard.compress(b"text " * 99)),
        ("zstd", zstandard.compress(b"text " * 50) + zstandard.compress(b"text " * 49)),
        ("br, gzip", gzip.compress(brotli.compress(b"text " * 99), mtime=0)),
        ("identity", b"text " * 99),
        ("gzip", b"text " * 99),
    ],
)
def test_content_encodings(name: str, packed: bytes) -> None:
    assert unpack(packed, name) == b"text " * 99


NOISE = bytes(i * 7919 % 251 for i in range(9000))


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("gzip", gzip.compress(NOISE, mtime=0)[:-20]),
        ("deflate", zlib.compress(NOISE)[:50]),
        ("br", brotli.compress(NOISE)[:-5]),
        ("zstd", zstandard.compress(NOISE)[:-5]),
        ("gzip", b"\x1f\x8b\x08\x00not at all gzip"),
        ("br", b"\xff\xff\xff not brotli"),
        ("compress", b"anything"),
    ],
)
def test_a_damaged_stream_is_named_so(name: str, packed: bytes) -> None:
    with pytest.raises(UnreadableError, match="damaged"):
        unpack(packed, name)


@pytest.mark.parametrize(
    "pack", [gzip.compress, zlib.compress, brotli.compress, zstandard.compress]
)
def test_a_bomb_is_stopped_at_the_limit(pack: object) -> None:
    names = {"brotli": "br", "zlib": "deflate", "gzip": "gzip"}
    name = names.get(getattr(pack, "__module__", ""), "zstd")
    if pack is brotli.compress:
        name = "br"
    elif pack is zlib.compress:
        name = "deflate"
    with pytest.raises(UnreadableError, match="too large"):
        unpack(pack(bytes(MAX_BYTES + 1)), name)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("data", "declared", "expected"),
    [
        ("déjà".encode(), None, "déjà"),
        ("déjà".encode(), "iso-8859-1", "déjà"),
        ("déjà".encode("latin-1"), "ISO-8859-1", "déjà"),
        ("“déjà”".encode("cp1252"), "ISO-8859-1", "“déjà”"),
        ("镕基".encode("gbk"), "gb2312", "镕基"),
        ("𠮷野家".encode("gb18030"), "gbk", "𠮷野家"),
        ("注意力".encode("big5"), "big5", "注意力"),
        ("日本語".encode("cp932"), "Shift_JIS", "日本語"),
        ("日本語".encode("iso-2022-jp"), "iso-2022-jp", "日本語"),
        (b"\xff\xfe" + "déjà".encode("utf-16-le"), "utf-8", "déjà"),
        (b"\xfe\xff" + "déjà".encode("utf-16-be"), None, "déjà"),
        (b"\xef\xbb\xbf" + "déjà".encode(), "latin-1", "déjà"),
        ("plain words, no mark".encode("utf-16-le"), None, "plain words, no mark"),
        (b'<meta charset="gb2312">' + "注意力机制".encode("gbk"), "iso-8859-1", "注意力机制"),
        ("corazón".encode("latin-1"), "no-such-charset, windows-1252", None),
        ("corazón".encode("latin-1"), "undefined", None),
        ("corazón".encode(), "undefined", "corazón"),
    ],
)
def test_charsets(data: bytes, declared: str | None, expected: str | None) -> None:
    found = to_text(data, declared)
    assert expected is None or found.endswith(expected)


def test_a_few_bad_bytes_leave_utf8_utf8() -> None:
    text = "分组查询注意力让多个查询头共享同一组键和值。" * 5
    assert to_text(text.encode() + b"\xe5\x88").startswith(text)


def test_undeclared_chinese_is_detected() -> None:
    text = "注意力机制让模型在生成每个词元时，有选择地参考输入序列中的其他位置。" * 5
    assert to_text(text.encode("gb18030")) == text


@pytest.mark.parametrize(
    ("body", "content_type", "url", "media_type"),
    [
        (PAGE.format("", "x").encode(), None, URL, "text/html"),
        (PAGE.format("", "x").encode(), "application/octet-stream", URL, "text/html"),
        (b"<?xml version='1.0'?><html/>", "application/xhtml+xml", URL, "text/html"),
        (b"# Title", "text/plain; charset=utf-8", f"{URL}.md", "text/markdown"),
        (b"# Title", "text/markdown", URL, "text/markdown"),
        (b"# Title", None, "file:///notes/a%20b.qmd", "text/markdown"),
        (b"<html>quoted</html>", "text/plain", f"{URL}.html", "text/plain"),
        (b"just words", "", URL, "text/plain"),
    ],
)
def test_media_types(body: bytes, content_type: str | None, url: str, media_type: str) -> None:
    assert decode(body, url=url, content_type=content_type).media_type == media_type


@pytest.mark.parametrize(
    ("body", "content_type", "named"),
    [
        (b"%PDF-1.7 ...", "application/pdf", "application/pdf"),
        (b"%PDF-1.7 ...", "text/html", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", None, "image/png"),
        (b"\0\0\0\x18ftypmp42", "video/mp4", "video/mp4"),
        (bytes(range(256)) * 64, "text/html", "application/octet-stream"),
        (b"{}", "application/json", "application/json"),
    ],
)
def test_what_is_no_text_is_named(body: bytes, content_type: str | None, named: str) -> None:
    with pytest.raises(UnreadableError, match=f"unsupported type {named}"):
        decode(body, url=URL, content_type=content_type)


def test_a_page_with_a_few_control_characters_is_text() -> None:
    page = PAGE.format("<title>a\0b</title>", "bell \a and nul \0" + " words" * 40).encode()
    assert isinstance(decode(page, url=URL, content_type="text/html"), Content)
