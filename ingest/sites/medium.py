"""Medium: posts without the frame around them; what only members see is a sign-in wall."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from lxml import html

from ingest.archive.values import Reply
from ingest.failures import Failure
from ingest.links.urls import source_of
from ingest.reading.document import read_document
from ingest.reading.figures import carried
from ingest.sites import web
from ingest.sites.adapter import Replies
from ingest.sites.article import read_with, state_of
from ingest.values import Document, Rejection

_POST_ID = re.compile(r"(?:^|[/-])([0-9a-f]{8,12})$")
_MEMBERS_ONLY = re.compile(
    r"made this story available to (?:\w+ )?members only|create an account to read the full story"
    r"|(?:read|unlock) the (?:full|rest of this) story with a (?:free|member)",
    re.IGNORECASE,
)
_TAIL = 1000  # characters: where a preview that was cut off says so
_HEAD = 14  # blocks at the top of an article among which its byline is
_BYLINE = re.compile(
    r"(?>Follow(?:ing)?|Listen|Share|More|Save|Sign (?:up|in)|Member-only story|Published in.{0,80}"
    r"|\d++ min read|\d++ (?:days?|hours?) ago|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    r"\w* \d\d?(?:, \d{4})?|\d++|[\s·•-]++)++",
    re.IGNORECASE,
)
_ZOOM = re.compile(r"Press enter or click to view image in full size(?:\n+|$)")


def covers(url: str) -> bool:
    """Cover the site; not the domains of their own that its publications may have."""
    return source_of(url) == "medium"


requests = web.requests  # the page itself


def read(url: str, replies: Replies) -> Document | Rejection:
    """Read the page as the site writes it."""
    return read_with(_article, url, replies)


def _article(url: str, reply: Reply, page: str, tree: html.HtmlElement) -> Document | Rejection:
    result = read_document(reply)
    if isinstance(result, Rejection):
        return result
    if _is_locked(url, page) or _MEMBERS_ONLY.search(result.text[-_TAIL:]):
        return Rejection(url, Failure.SIGN_IN_WALL)
    if not result.text:
        return Rejection(url, "empty")
    title = re.sub(r" \| by .*$", "", result.title)
    text = _without_byline(result.text, result.author)
    shown = carried(result.figures, result.text, text)
    return replace(result, title=title, text=text, figures=shown)


def _is_locked(url: str, page: str) -> bool:
    """Say whether the page's own data call this post, and not one it recommends, a preview."""
    post = _POST_ID.search(urlsplit(url).path)
    data = state_of(page, "__APOLLO_STATE__")
    if post is None or not isinstance(data, dict):
        return False
    own = [value for key, value in data.items() if post[1] in key.split(":", 1)[-1]]
    return any(key == "isLockedPreviewOnly" and value is True for key, value in _items(own))


def _items(data: Any) -> Iterator[tuple[str, Any]]:
    """Yield every key with its value, however deep."""
    waiting = [data]
    while waiting:
        here = waiting.pop()
        if isinstance(here, dict):
            yield from here.items()
            waiting += here.values()
        elif isinstance(here, list):
            waiting += here


def _without_byline(text: str, author: str | None) -> str:
    blocks = text.split("\n\n")
    names = {author, *(f"By {author}", f"Written by {author}")} if author else set()
    first = next((at for at, block in enumerate(blocks[:_HEAD]) if len(block) > 120), _HEAD)
    kept = [
        block
        for at, block in enumerate(blocks)
        if at >= first or not (_BYLINE.fullmatch(block) or block in names)
    ]
    return _ZOOM.sub("", "\n\n".join(kept)).strip()
