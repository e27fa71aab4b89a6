"""Any other page of the web: one request, read as what it is."""

from dataclasses import replace

from ingest.document import read_document
from ingest.sources.source import Replies, Request
from ingest.urls import canonical
from ingest.values import Document, Rejection


def covers(url: str) -> bool:
    """Cover every address."""
    return True


def requests(url: str, replies: Replies) -> tuple[Request, ...]:
    """Ask for the page itself."""
    return () if url in replies else (Request(url),)


def read(url: str, replies: Replies) -> Document | Rejection:
    """Read the page, of several copies the best: one that was answered, the newest."""
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
    found = read_document(best)
    if isinstance(found, Rejection) and canonical(best.url) == found.url:
        return replace(found, url=url)
    return found
