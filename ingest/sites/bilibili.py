"""bilibili: columns are read, videos (which have no open transcript) are reported by name."""

import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from lxml import html

from ingest.archive.values import Reply
from ingest.failures import Failure
from ingest.links.urls import canonical, source_of
from ingest.sites import web
from ingest.sites.adapter import Replies
from ingest.sites.article import first, part, read_with, state_of
from ingest.sites.page import page_of, read_shell
from ingest.values import Document, Rejection

_VIDEO = re.compile(r"/(?:video|bangumi/play|cheese/play)/|/s/video/")
_SITE_NAME = re.compile(r"\s*[-_]\s*(?:哔哩哔哩|bilibili).*$", re.IGNORECASE)
_REMOVED = re.compile(r"视频去哪了|啊叻|视频不见了|出错啦|稿件不可见")
_COLUMN = "//*[@id='read-article-holder' or contains(@class, 'opus-module-content')]"


def covers(url: str) -> bool:
    """Cover all of it."""
    return source_of(url) == "bilibili"


requests = web.requests  # the page itself


def read(url: str, replies: Replies) -> Document | Rejection:
    """Read the page as the site writes it."""
    reply = page_of(url, replies)
    if isinstance(reply, Reply) and reply.status == 412:  # how it turns away programs
        return Rejection(url, Failure.BLOCKED.reason(412))
    return read_with(_article, url, replies)


def _article(url: str, reply: Reply, page: str, tree: html.HtmlElement) -> Document | Rejection:
    data = state_of(page, "__INITIAL_STATE__")
    if _VIDEO.search(urlsplit(reply.url).path) or _VIDEO.search(urlsplit(url).path):
        return Rejection(url, _named(tree, data))
    column = part(canonical(reply.url), reply, tree, _COLUMN)
    result = read_shell(url, reply) if column is None else column
    if isinstance(result, Rejection):
        return result
    return replace(result, title=_SITE_NAME.sub("", result.title) or result.title)


def _named(tree: html.HtmlElement, data: Any) -> str:
    """Say which video it is that has no text."""
    video = data.get("videoData") if isinstance(data, dict) else None
    video = video if isinstance(video, dict) else {}
    owner = video.get("owner")
    title = str(video.get("title") or "") or first(
        tree, "//h1[contains(@class, 'video-title')]", "//meta[@property='og:title']/@content"
    )
    uploader = str(owner.get("name") or "") if isinstance(owner, dict) else ""
    uploader = uploader or first(tree, "//meta[@name='author']/@content")
    title = _SITE_NAME.sub("", title).strip()
    if not title or _REMOVED.search(title):
        gone = _REMOVED.search(title or tree.findtext(".//title") or "")
        return Failure.DEAD.reason("no such video") if gone else Failure.BROWSER
    return f"no transcript: {title} by {uploader}" if uploader else f"no transcript: {title}"
