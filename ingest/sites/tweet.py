"""Posts on X, by the documented oEmbed reply; other pages of X say nothing without scripts."""

import json
import re
from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import quote

from lxml import etree, html

from ingest.archive.values import Reply
from ingest.failures import Failure
from ingest.links.urls import source_of
from ingest.reading import markdown
from ingest.reading.decode import UnreadableError, to_text, unpack_reply
from ingest.reading.document import make_document, status_reason
from ingest.reading.extract import Extract
from ingest.sites import web
from ingest.sites.adapter import Replies, Request
from ingest.sites.page import page_of, read_shell
from ingest.text.numbers import MONTHS
from ingest.text.sentences import one_line
from ingest.values import Document, Rejection

_POST = re.compile(r"https://x\.com/\w+/status/\d+")
_OEMBED = "https://publish.x.com/oembed?url={}&omit_script=1&dnt=true"
_DATE = re.compile(rf"({'|'.join(MONTHS)}) (\d{{1,2}}), (\d{{4}})")
_PICTURES = re.compile(r"(?:\s*\bpic\.(?:twitter|x)\.com/\w+)+\s*$")
_TITLE = 60  # characters of the post that its title takes


def covers(url: str) -> bool:
    """Cover all of X."""
    return source_of(url) == "tweet"


def requests(url: str, replies: Replies) -> Sequence[Request]:
    """Ask for what sites embed, or, where it is no post, for the page."""
    if not _POST.fullmatch(url):
        return web.requests(url, replies)
    address = _address(url)
    return () if address in replies else (Request(address, interface=True),)


def read(url: str, replies: Replies) -> Document | Rejection:
    """Read the embedded form of a post, else the page."""
    embed = replies.get(_address(url))
    if embed is None:
        page = read_shell(url, page_of(url, replies))
        # What X shows without scripts is an excuse: "Something went wrong".
        excused = isinstance(page, Rejection) and page.reason == Failure.ERROR_PAGE
        return Rejection(url, Failure.BROWSER) if excused else page
    if isinstance(embed, Rejection):
        return Rejection(url, embed.reason)
    if reason := status_reason(embed):
        return Rejection(url, reason)
    try:
        said = json.loads(to_text(unpack_reply(embed)))
        return _post(url, said, embed)
    except UnreadableError as error:
        return Rejection(url, error.reason)
    except (LookupError, ValueError, TypeError, AttributeError, RecursionError, etree.ParserError):
        return Rejection(url, "unreadable reply of X")


def _address(url: str) -> str:
    return _OEMBED.format(quote(url, safe=""))


def _post(url: str, said: Any, reply: Reply) -> Document | Rejection:
    quoted = html.fragment_fromstring(said["html"], create_parent="div")
    author = one_line(said["author_name"])
    paragraphs = quoted.xpath(".//blockquote//p")
    # Below the paragraphs stand the author and, last, the day as a link to the post.
    signed = _DATE.search((quoted.xpath("string(.//blockquote/a[last()])") or "").strip())
    language = re.match(r"[a-z]{2}(?=-|$)", next((p.get("lang") or "" for p in paragraphs), ""))
    body = html.Element("div")
    body.extend(paragraphs)
    for paragraph in paragraphs:
        paragraph.tail = None
    text = _PICTURES.sub("", markdown.write(body)).strip()
    if not text:
        return Rejection(url, "empty")
    published = None
    if signed:
        month = MONTHS.index(signed[1]) + 1
        published = date(int(signed[3]), month, int(signed[2])).isoformat()
    extract = Extract(
        f"{author}: {_shortened(text)}",
        text,
        author=author,
        published=published,
        lang=language[0] if language else None,
    )
    return make_document(url, extract, reply.fetched_at)


def _shortened(text: str) -> str:
    """Return the first words of a post, on one line."""
    line = " ".join(text.split()).removeprefix("\\")
    if len(line) <= _TITLE:
        return line
    cut = line[: _TITLE + 1]
    words = cut.rpartition(" ")[0]
    # Chinese has no spaces between words.
    return (words if len(words) > _TITLE // 2 else cut[:_TITLE]).rstrip(",;:，；： ") + "…"
