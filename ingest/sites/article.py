"""Pages whose site keeps the article in a part of its own, behind walls that a reader may meet.

What these sites have in common; what walls have in common is known by `junk`. A wall is reported,
never got round.
"""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lxml import etree, html

from ingest.archive.values import Reply
from ingest.failures import Failure
from ingest.reading import markdown
from ingest.reading.decode import MAX_CHARS, UnreadableError, decode_reply
from ingest.reading.document import make_document, status_reason
from ingest.reading.extract import extract_html
from ingest.sites.adapter import Replies
from ingest.sites.page import page_of, read_shell
from ingest.text.sentences import clean, one_line
from ingest.values import Document, Rejection

Reader = Callable[[str, Reply, str, html.HtmlElement], Document | Rejection]
"""Reads a page: its canonical address, the reply, its text and the tree of it."""


def read_with(reader: Reader, url: str, replies: Replies) -> Document | Rejection:
    """Read the page at ``url`` as its site writes it."""
    reply = page_of(url, replies)
    if isinstance(reply, Rejection):
        return reply
    if reason := status_reason(reply):
        return Rejection(url, reason)
    try:
        page = decode_reply(reply).text.replace("\0", "")
        tree = markdown.tree_of(page)
    except UnreadableError as error:
        return Rejection(url, error.reason)
    except (etree.ParserError, ValueError):  # nothing in it, or text that names its own encoding
        return read_shell(url, reply)
    result = reader(url, reply, page, tree)
    return replace(result, url=url) if isinstance(result, Rejection) else result


def part(url: str, reply: Reply, tree: html.HtmlElement, path: str) -> Document | Rejection | None:
    """Read the part of a page that holds its article; None if there is no such part, or no text."""
    parts = tree.xpath(path)
    if not parts or not "".join(parts[0].itertext()).strip():
        return None
    part = parts[0]
    # WeChat hides its article until a script shows it.
    part.attrib.pop("style", None)
    for pre in part.iter("pre"):
        if language := pre.get("data-lang"):
            pre.set("class", f"language-{clean(language)}")
        for line in list(pre.iter("code"))[:-1]:  # each line of code is an element of its own
            line.tail = "\n" + (line.tail or "").strip()
    root = html.fromstring("<html><head><title></title></head><body><article></article></body>")
    root.find(".//title").text = clean(tree.findtext(".//title") or "")
    part.tail = None
    root.find(".//article").append(part)
    if language := tree.get("lang"):
        root.set("lang", clean(language))
    extract = extract_html(html.tostring(root, encoding="unicode"), reply.url)
    # Walls have no such part: what is in it, however short, is the article.
    if not extract.text or len(extract.text) > MAX_CHARS:
        return Rejection(url, Failure.TOO_LARGE if extract.text else "empty")
    return make_document(url, extract, reply.fetched_at)


def first(tree: html.HtmlElement, *paths: str) -> str:
    """Return the text of the first of these elements and attributes that has any."""
    for path in paths:
        for node in tree.xpath(path):
            text = node if isinstance(node, str) else node.text_content()
            if line := one_line(text):
                return line
    return ""


def state_of(page: str, name: str) -> Any:
    """Return the data that a script of the page assigns to the variable, None if it cannot."""
    if start := re.search(rf"{name}\s*=\s*(?=\{{)", page):
        try:
            return json.JSONDecoder().raw_decode(page, start.end())[0]
        except (ValueError, RecursionError):
            return None
    return None
