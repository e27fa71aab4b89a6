"""Any other page of the web: one request, read as what it is."""

import re
from dataclasses import replace
from html import unescape

from ingest.archive.values import Reply
from ingest.links.urls import canonical, joined
from ingest.reading.decode import UnreadableError, unpack_reply
from ingest.reading.document import read_document
from ingest.sites.adapter import Replies, Request
from ingest.values import Document, Rejection

_REFRESH = re.compile(
    rb"""<meta[^<>]+?http-equiv\s*+=\s*+["']?refresh["']?[^<>]+?content\s*+=\s*+"""
    rb"""["']\s*+\d\s*+[;,]\s*+url\s*+=\s*+["']?([^"'>\s]++)""",
    re.IGNORECASE,
)
_SMALL = 5_000  # bytes: a page that only sends on is no longer


def covers(url: str) -> bool:
    """Cover every address."""
    return True


def requests(url: str, replies: Replies) -> tuple[Request, ...]:
    """Ask for the page itself, and for the page it sends on to by a ``<meta>`` refresh."""
    if url not in replies:
        return (Request(url),)
    target = _sends_on(replies[url])
    return () if target is None or target in replies else (Request(target),)


def read(url: str, replies: Replies) -> Document | Rejection:
    """Read the page, of several copies the best: one that was answered, the newest."""
    target = _sends_on(replies[url]) if url in replies else None
    if target is not None and isinstance(replies.get(target), Reply):
        replies = {target: replies[target]}
    best = max(
        replies.values(),
        key=lambda reply: (
            (False, "", "")
            if isinstance(reply, Rejection)
            else (reply.status < 400, reply.fetched_at, reply.url)
        ),
        default=Rejection(url, "not fetched"),
    )
    if isinstance(best, Rejection):
        return replace(best, url=url)
    result = read_document(best)
    if isinstance(result, Rejection) and canonical(best.url) == result.url:
        return replace(result, url=url)
    return result


def _sends_on(reply: Reply | Rejection) -> str | None:
    """Return where a page that says nothing else sends its reader at once."""
    if isinstance(reply, Rejection) or reply.status != 200 or len(reply.body) > _SMALL:
        return None
    try:
        body = unpack_reply(reply)
    except UnreadableError:
        return None
    match = _REFRESH.search(body[:_SMALL])
    if match is None:
        return None
    there = joined(reply.url, unescape(match[1].decode("utf-8", "replace")))
    target = canonical(there) if there else canonical(reply.url)
    return target if target != canonical(reply.url) else None
