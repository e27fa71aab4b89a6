"""The document: an archived reply as readable Markdown text with what is known about it.

Joins the steps (`decode`, `extract`, `junk`) and decides: a `Document`, or a `Rejection` with the
reason a person is shown. Never raises over what a page holds, except over a note of our own primer.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import yaml

from ingest.archive.values import Reply
from ingest.errors import UsageError
from ingest.failures import Failure
from ingest.links.kinds import date_of, split
from ingest.links.urls import canonical, kind_of, source_of
from ingest.reading import canvas, captions, figures, front_matter, junk, markup, saved, wiki
from ingest.reading.decode import (
    HTML,
    MARKDOWN,
    MAX_CHARS,
    Content,
    UnreadableError,
    decode,
    suffix_of,
    to_text,
    unpack_reply,
)
from ingest.reading.extract import Extract, extract_html, extract_markdown
from ingest.reading.feed_heads import is_feed
from ingest.reading.repair import repair
from ingest.reading.titles import name_of
from ingest.text.blocks import guarded
from ingest.text.sentences import clean, language
from ingest.values import PRIMER, Document, Rejection

__all__ = [
    "PRIMER",
    "Document",
    "Rejection",
    "make_document",
    "read_document",
    "reason_of",
    "status_reason",
]

_ASIAN = re.compile(r"[\u3040-\ud7af]")
_CAPTIONS = ("vtt", "srt", "sbv")
_TEXT_SUFFIXES = {
    "", "txt", "text", "rst", "org", "log", "tex", "csv", "tsv", "adoc", "asciidoc", "textile",
    "rdoc", "mediawiki",
}  # fmt: skip


def read_document(reply: Reply) -> Document | Rejection:
    """Read a reply: its document, or why it has none.

    A file that was saved from the web is the page at the address it names.

    ``noindex`` is not heeded: it asks public search engines for silence, while here a curator
    recommended the page and the library stays with its owner.

    Raises:
        UsageError: a note of the primer has bad front matter.
    """
    url = reply.url if _is_given(reply) else canonical(reply.url)
    if reason := status_reason(reply):
        return Rejection(url, reason)
    if not split(reply.url).scheme:  # an archive made elsewhere may hold any address
        return Rejection(url, "not a web address")
    origin = None
    try:
        if reply.resource and saved.is_mhtml(reply):
            reply, origin = saved.opened(reply)
        body = unpack_reply(reply)
        if (read := _format_of(body, reply)) is not None:
            return make_document(url, read(body, reply.url), reply.fetched_at)
        if _is_feed(body):
            return Rejection(url, "a feed, not a page (`refdesk lists add` makes it a list)")
        content = decode(body, url=reply.url, content_type=reply.header("Content-Type"))
        if reply.url.startswith(PRIMER):
            return _primer_note(reply, clean(content.text))
        if reply.resource and reply.url.startswith("file:") and content.media_type == HTML:
            origin = origin or saved.origin_of(content.text)
        if origin is not None:
            reply = replace(reply, fetched_at=origin.at or reply.fetched_at)
            url = canonical(origin.url)
        page = _extract(content, origin.url if origin else reply.url)
    except UnreadableError as error:
        return Rejection(url, error.reason)
    except ValueError:  # of a tree that lxml will not build
        return Rejection(url, "damaged: its text cannot be read")
    title, text = repair(page.title, page.text)
    shown = figures.carried(page.figures, page.text, text)
    page = replace(page, title=title, text=text, figures=shown)
    reason = junk.reason(page) or (Failure.TOO_LARGE if len(page.text) > MAX_CHARS else None)
    if reason:
        return Rejection(reply.url if origin else url, reason)
    if page.canonical and not _is_given(reply):
        url = _canonical_of(url, page.canonical)
    return make_document(url, page, reply.fetched_at)


def _format_of(body: bytes, reply: Reply) -> Callable[[bytes, str], Extract] | None:
    """Return what reads a body that is no page of text, or None if it is one."""
    if body.startswith(b"%PDF-"):
        from ingest.reading.pdf import extract_pdf  # few pages need it, and it loads a library

        return extract_pdf
    suffix = suffix_of(reply.url)
    if body.startswith(b"PK") and suffix == "docx":
        from ingest.reading.word import extract_docx  # as above

        return extract_docx
    if body.startswith(b"PK") and suffix == "pptx":
        from ingest.reading.slides import extract_pptx  # as above

        return extract_pptx
    if body.startswith(b"PK") and suffix == "epub":
        from ingest.reading.epub import extract_epub  # as above

        return extract_epub
    if suffix == "canvas" and body.lstrip()[:1] == b"{":
        return _canvas
    if suffix == "ipynb" and body.lstrip()[:1] == b"{":
        from ingest.reading.notebook import extract_notebook

        return extract_notebook
    return None


def _is_feed(body: bytes) -> bool:
    if (
        not body[:100]
        .lstrip(b"\xef\xbb\xbf \t\r\n")
        .startswith((b"<?xml", b"<rss", b"<feed", b"<opml"))
    ):
        return False
    return is_feed(body)


def _is_given(reply: Reply) -> bool:
    return reply.url.startswith(("file:", "refdesk:"))


def status_reason(reply: Reply) -> str | None:
    """Say why the reply's status means that there is no page, or None if there is one."""
    if reply.status in (301, 302, 303, 307, 308):
        return f"{Failure.MOVED} {reply.header('Location') or 'nowhere'}"
    return reason_of(reply.status)


def reason_of(status: int) -> str | None:
    """Say why an HTTP status means that there is no page, or None if there is one."""
    if status in (404, 410):
        return Failure.DEAD.reason(status)
    if status in (401, 402, 403, 407, 451):
        return Failure.BLOCKED.reason(status)
    if status in (408, 425, 429, 500, 502, 503, 504) or status >= 520:
        return Failure.LATER.reason(status)
    if not 200 <= status < 300 or status == 206:  # nobody asked for a part
        return f"error ({status})"
    return None


def _extract(content: Content, url: str) -> Extract:
    text = content.text
    if content.media_type == HTML:
        return extract_html(text, url)
    if len(text) > MAX_CHARS:
        raise UnreadableError(Failure.TOO_LARGE)
    text = clean(text)
    if content.media_type == MARKDOWN:
        # a person's own notes; on the web, two brackets are brackets
        if not url.startswith("file:"):
            return extract_markdown(text, url)
        text = wiki.without_ours(text)
        note = extract_markdown(wiki.as_markdown(text), url)
        return replace(note, title=wiki.title_in(text) or note.title)
    suffix = suffix_of(url)
    if suffix in markup.READERS:
        return extract_markdown(markup.as_markdown(text, suffix), url)
    if suffix in _CAPTIONS:
        return _captions(text, url)
    if suffix not in _TEXT_SUFFIXES and text.strip():
        # Program text: its "# ..." lines are comments, not headings.
        fence = "```" if "```" not in text else "~~~~"
        text = f"{fence}{suffix}\n{text.rstrip()}\n{fence}"
    return Extract(name_of(url), text.strip())


def _canvas(body: bytes, url: str) -> Extract:
    text = wiki.as_markdown(canvas.as_markdown(to_text(body)))
    if not text:
        raise UnreadableError("empty: a canvas without text")
    return replace(extract_markdown(text, url), title=name_of(url).removesuffix(".canvas"))


def _captions(text: str, url: str) -> Extract:
    said = captions.paragraphs(captions.caption_lines(text))
    return Extract(name_of(url), "\n\n".join(guarded(paragraph) for _, paragraph in said))


def _canonical_of(url: str, said: str) -> str:
    """Believe rel=canonical about the own host only: else one page could replace another."""
    here, there = urlsplit(url), urlsplit(canonical(said))
    same = here.hostname == there.hostname and there.scheme in ("http", "https")
    # A canonical link to the root from a page below it is a common mistake of templates.
    return canonical(said) if same and (there.path.strip("/") or not here.path.strip("/")) else url


def make_document(url: str, page: Extract, fetched_at: str, **more: Any) -> Document:
    """Make the document of the page at the canonical address ``url`` from what was read.

    ``more`` are fields of `Document` that are known better than the address and the page say.
    """
    values: dict[str, Any] = {
        "author": clean(page.author).strip() if page.author else None,
        "date": page.published or page.imprint.date or date_of(url) or None,
        "lang": _language(page),
        "source": source_of(url),
        "kind": kind_of(url),
    }
    values |= {"anchors": page.anchors, "imprint": page.imprint, "figures": page.figures}
    return Document(
        url=url, title=page.title, text=page.text, fetched_at=fetched_at, **(values | more)
    )


def _language(page: Extract) -> str:
    """Believe the page's own word unless the script of its text contradicts it."""
    if page.lang is None:
        return language(page.text)
    sample = page.text[:4000]
    asian = len(_ASIAN.findall(sample)) > 0.1 * len(sample)
    if asian != (page.lang in ("zh", "ja", "ko")):
        return language(page.text)
    return page.lang


def _primer_note(reply: Reply, text: str) -> Document:
    name = reply.url.removeprefix(PRIMER)
    try:
        front, rest = front_matter.split(text)
    except yaml.YAMLError as error:
        raise UsageError(f"The primer note {name} has bad front matter: {error}.") from error
    _check_note(name, front)
    page = extract_markdown(rest, reply.url)
    page = replace(page, title=front["topic"].strip(), lang=None)
    return make_document(
        reply.url,
        page,
        reply.fetched_at,
        source="other",
        kind="note",
        links=tuple(front["links"]),
        aliases=tuple(map(str, (*front.get("aliases", ()), *front.get("aliases_zh", ())))),
    )


def _check_note(name: str, front: Mapping[str, Any]) -> None:
    if not isinstance(front.get("topic"), str) or not front["topic"].strip():
        raise UsageError(f"The primer note {name} names no topic in its front matter.")
    links = front.get("links")
    if not isinstance(links, list) or not all(isinstance(link, str) for link in links):
        raise UsageError(f"The primer note {name} needs links: a list of addresses.")
