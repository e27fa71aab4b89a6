"""From a reply's body to text: content encoding undone, media type settled, charset found.

Knows bytes; knows nothing of what a page says. The order of belief for charsets follows the WHATWG
standards (mark, then declaration), except that valid UTF-8 beats any declaration.
"""

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from ingest.archive.values import Reply
from ingest.failures import Failure

MAX_BYTES = 20_000_000
"""The most an unpacked body may hold."""

MAX_CHARS = 2_000_000
"""The longest text that is taken in: about four long books. More is a dump, not reading."""

HTML = "text/html"
MARKDOWN = "text/markdown"
PLAIN = "text/plain"

_BY_SUFFIX = {
    "md": MARKDOWN, "markdown": MARKDOWN, "mdx": MARKDOWN, "qmd": MARKDOWN, "rmd": MARKDOWN,
    "html": HTML, "htm": HTML, "xhtml": HTML, "txt": PLAIN, "text": PLAIN,
    "pdf": "application/pdf", "ipynb": "application/x-ipynb+json",
}  # fmt: skip
_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\x7fELF", "application/x-elf"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
)
_TEXT_TYPES = {
    HTML: HTML, "application/xhtml+xml": HTML, MARKDOWN: MARKDOWN, "text/x-markdown": MARKDOWN,
    PLAIN: PLAIN,
}  # fmt: skip
_VAGUE = {"", PLAIN, "application/octet-stream", "binary/octet-stream", "text/x-web-markdown"}
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
# What browsers read in place of the declared name, since the larger set holds the smaller one.
_READ_AS = {
    "iso-8859-1": "windows-1252", "iso8859-1": "windows-1252", "latin-1": "windows-1252",
    "latin1": "windows-1252", "ascii": "windows-1252", "us-ascii": "windows-1252",
    "cp1252": "windows-1252", "iso-8859-9": "windows-1254", "gb2312": "gb18030", "gbk": "gb18030",
    "gb_2312-80": "gb18030", "x-gbk": "gb18030", "big5": "big5hkscs", "shift_jis": "cp932",
    "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949", "utf8": "utf-8", "x-cp1251": "windows-1251",
}  # fmt: skip
# Every loop below gives nothing back (possessive or atomic): a header or a page made for it would
# else be scanned again and again.
_CHARSET = re.compile(r"charset\s*+=\s*+[\"']?+\s*+([\w.:-]++)", re.IGNORECASE)
_META = re.compile(rb"<meta\b[^<>]*?charset\s*+=\s*+[\"']?+\s*+([\w.:-]++)", re.IGNORECASE)
_XML = re.compile(rb"\s*+<\?xml[^>]*?encoding\s*+=\s*+[\"']([\w.:-]++)", re.IGNORECASE)
_LOOKS_HTML = re.compile(
    rb"\s*+(?>(?:<!--(?>.*?-->)|<\?xml[^>]*+>)\s*+)*+<(?:!doctype\s+html|html|head|body|title"
    rb"|meta|script|h1|p|div|article|table)\b",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST_HEADER = 1000  # characters of a header that are looked at
_MOST_ENCODINGS = 5  # one around the other: real replies have one, seldom two
_CONTROL = bytes(set(range(32)) - set(b"\t\n\f\r\x1b"))


class UnreadableError(ValueError):
    """The body is no text we read; ``reason`` is the phrase a person is shown."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Content:
    """A body as text: ``media_type`` is one of text/html, text/markdown and text/plain."""

    media_type: str
    text: str


def decode(
    body: bytes, *, url: str, content_type: str | None = None, content_encoding: str | None = None
) -> Content:
    """Return the media type and the text of a body as it came over the wire.

    Raises:
        UnreadableError: too large once unpacked, damaged, or of a type that is not read.
    """
    data = unpack(body, content_encoding)
    media_type = _media_type(data, content_type, url)
    declared = _CHARSET.search((content_type or "")[:_LONGEST_HEADER])
    return Content(media_type, to_text(data, declared[1] if declared else None))


def decode_reply(reply: Reply) -> Content:
    """Return the media type and the text of a reply, by its headers and its address.

    Raises:
        UnreadableError: see `decode`.
    """
    kind, packed = reply.header("Content-Type"), reply.header("Content-Encoding")
    return decode(reply.body, url=reply.url, content_type=kind, content_encoding=packed)


def unpack_reply(reply: Reply) -> bytes:
    """Return the body of a reply with its content encodings undone.

    Raises:
        UnreadableError: see `unpack`.
    """
    return unpack(reply.body, reply.header("Content-Encoding"))


def unpack(body: bytes, content_encoding: str | None) -> bytes:
    """Undo the content encodings, last applied first.

    Raises:
        UnreadableError: the stream is damaged, of an unknown encoding, or unpacks past `MAX_BYTES`.
    """
    names = (content_encoding or "").lower().split(",", _MOST_ENCODINGS)
    if len(names) > _MOST_ENCODINGS:
        raise UnreadableError(f"damaged: it names more than {_MOST_ENCODINGS} content encodings")
    for name in map(str.strip, reversed(names)):
        if name in ("gzip", "x-gzip"):
            # Some tools store the body unpacked and leave the header as it was.
            body = _inflate(body, 31) if body.startswith(b"\x1f\x8b") else body
        elif name == "deflate":
            body = _deflated(body)
        elif name == "br":
            body = _brotli(body)
        elif name == "zstd":
            body = _zstd(body) if body.startswith(b"\x28\xb5\x2f\xfd") else body
        elif name not in ("", "identity"):
            raise UnreadableError(f"damaged: unknown content encoding {name}")
        if len(body) > MAX_BYTES:
            break
    if len(body) > MAX_BYTES:
        raise UnreadableError(Failure.TOO_LARGE)
    return body


def _inflate(body: bytes, wbits: int) -> bytes:
    out = bytearray()
    while body:
        stream = zlib.decompressobj(wbits)
        try:
            out += stream.decompress(body, MAX_BYTES + 1 - len(out))
        except zlib.error as error:
            if out:  # what follows a whole gzip member is padding
                break
            raise UnreadableError("damaged: the compressed body cannot be unpacked") from error
        if len(out) > MAX_BYTES:
            raise UnreadableError(Failure.TOO_LARGE)
        if not stream.eof:
            raise UnreadableError("damaged: the compressed body ends too early")
        body = stream.unused_data.lstrip(b"\0") if wbits == 31 else b""
    return bytes(out)


def _deflated(body: bytes) -> bytes:
    # The standard says zlib, many servers send the bare stream.
    wrapped = len(body) >= 2 and body[0] & 15 == 8 and (body[0] << 8 | body[1]) % 31 == 0
    return _inflate(body, 15 if wrapped else -15)


def _brotli(body: bytes) -> bytes:
    import brotli

    if not body:
        return body
    stream = brotli.Decompressor()
    try:
        out = stream.process(body, output_buffer_limit=MAX_BYTES + 1)
        while not stream.is_finished() and len(out) <= MAX_BYTES:
            more = stream.process(b"", output_buffer_limit=MAX_BYTES + 1 - len(out))
            if not more:
                raise UnreadableError("damaged: the compressed body ends too early")
            out += more
    except brotli.error as error:
        raise UnreadableError("damaged: the compressed body cannot be unpacked") from error
    return bytes(out)


def _zstd(body: bytes) -> bytes:
    import zstandard

    out = bytearray()
    while body.startswith(b"\x28\xb5\x2f\xfd"):
        stream = zstandard.ZstdDecompressor(max_window_size=2**27).decompressobj()
        rest = b""
        try:
            # A block unpacks to at most 128 KiB: small bites keep a bomb from going off.
            for at in range(0, len(body), 256):
                out += stream.decompress(body[at : at + 256])
                if len(out) > MAX_BYTES:
                    raise UnreadableError(Failure.TOO_LARGE)
                if stream.eof:
                    rest = stream.unused_data + body[at + 256 :]
                    break
        except zstandard.ZstdError as error:
            raise UnreadableError("damaged: the compressed body cannot be unpacked") from error
        if not stream.eof:
            raise UnreadableError("damaged: the compressed body ends too early")
        body = rest
    return bytes(out)


def _media_type(data: bytes, content_type: str | None, url: str) -> str:
    declared = (content_type or "")[:_LONGEST_HEADER].split(";")[0].strip().lower()
    if declared not in _VAGUE and declared not in _TEXT_TYPES and not declared.startswith("text/"):
        raise UnreadableError(f"{Failure.UNSUPPORTED} {declared}")
    for magic, name in _MAGIC:
        if data.startswith(magic):
            raise UnreadableError(f"{Failure.UNSUPPORTED} {name}")
    if data[4:8] == b"ftyp":
        raise UnreadableError(f"{Failure.UNSUPPORTED} video/mp4")
    if _binary(data[:65536]):
        raise UnreadableError(f"{Failure.UNSUPPORTED} application/octet-stream")
    if declared in _TEXT_TYPES and declared != PLAIN:
        return _TEXT_TYPES[declared]
    suffix = suffix_of(url)
    by_suffix = _BY_SUFFIX.get(suffix)
    if by_suffix is not None and not (by_suffix == HTML and declared == PLAIN):
        if by_suffix not in _TEXT_TYPES:
            raise UnreadableError(f"{Failure.UNSUPPORTED} {by_suffix}")
        return by_suffix
    sniffed = declared != PLAIN and _LOOKS_HTML.match(data[:2048].removeprefix(b"\xef\xbb\xbf"))
    return HTML if sniffed else PLAIN


def suffix_of(url: str) -> str:
    """Return the lower-case suffix of a URL's file name, without its dot; empty if none."""
    name = unquote(urlsplit(url).path).rsplit("/", 1)[-1]
    return name.rsplit(".", 1)[1].lower() if "." in name else ""


def _binary(head: bytes) -> bool:
    if head.startswith(tuple(mark for mark, _ in _MARKS)) or _wide(head):
        return False
    controls = len(head) - len(head.translate(None, _CONTROL))
    return controls > 8 and controls > 0.03 * len(head)


def _wide(head: bytes) -> str | None:
    """Name the UTF-16 byte order of unmarked mostly-Latin text; None if it is not that."""
    even, odd = head[0:2000:2], head[1:2000:2]
    if len(odd) < 8:
        return None
    if odd.count(0) > 0.7 * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.7 * len(even) and odd.count(0) < 0.1 * len(odd):
        return "utf-16-be"
    return None


def to_text(data: bytes, declared: str | None = None) -> str:
    """Decode bytes whose charset may be declared outside (``declared``), inside, wrongly or not."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    if wide := _wide(data):
        return data.decode(wide, "replace")
    names = list(_declared(data, declared))
    if b"\x1b" in data and any(name.startswith("iso-2022") for name in names):
        names = [name for name in names if name.startswith("iso-2022")]
    else:
        names.insert(0, "utf-8")
    for name in names:
        try:
            return data.decode(name)
        except (UnicodeError, LookupError):  # Python knows a charset called "undefined"
            continue
    return _detected(data, names)


def _declared(data: bytes, declared: str | None) -> Iterable[str]:
    """Yield the declared charsets, the believable ones first, as browsers read them."""
    inside = _XML.match(data[:1024]) or _META.search(data[:4096])
    names = [declared, inside[1].decode("ascii", "replace") if inside else None]
    read = [_READ_AS.get(name.lower(), name.lower()) for name in names if name]
    # A header naming Latin-1 is often a server's default; what the page itself says weighs more.
    return sorted(dict.fromkeys(read), key=lambda name: name == "windows-1252")


def _detected(data: bytes, names: list[str]) -> str:
    # A few bad bytes in text that says it is UTF-8 (a cut, a pasted quote) leave it UTF-8.
    lenient = data.decode("utf-8", "replace")
    high = sum(1 for char in lenient if char > "\x7f")
    if lenient.count("\ufffd") <= 0.1 * high:
        return lenient
    if "windows-1252" in names:
        return data.decode("windows-1252", "replace")
    from charset_normalizer import from_bytes

    best = from_bytes(data[:200_000]).best()
    if best is None:
        return lenient
    name = _READ_AS.get(best.encoding.replace("_", "-"), best.encoding)
    return data.decode(name, "replace")
