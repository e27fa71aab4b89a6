"""Notion: a page shows what it shows without scripts, which may be little."""

from lxml import html

from ingest.archive.values import Reply
from ingest.links.urls import source_of
from ingest.sites import web
from ingest.sites.adapter import Replies
from ingest.sites.article import read_with
from ingest.sites.page import read_shell
from ingest.values import Document, Rejection


def covers(url: str) -> bool:
    """Cover published pages."""
    return source_of(url) == "notion"


requests = web.requests  # the page itself


def read(url: str, replies: Replies) -> Document | Rejection:
    """Read the page as the site writes it."""
    return read_with(_article, url, replies)


def _article(url: str, reply: Reply, page: str, tree: html.HtmlElement) -> Document | Rejection:
    return read_shell(url, reply)
