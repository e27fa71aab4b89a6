"""Which source covers a page. A new one is a module here and a line below."""

from ingest.sites import (
    arxiv,
    bilibili,
    colab,
    github,
    github_discussion,
    google_docs,
    medium,
    notion,
    tweet,
    web,
    wechat,
    youtube,
)
from ingest.sites.adapter import SiteAdapter

SOURCES: tuple[SiteAdapter, ...] = (
    arxiv,
    github,
    github_discussion,
    colab,
    youtube,
    google_docs,
    tweet,
    wechat,
    medium,
    notion,
    bilibili,
    web,
)
"""In the order they are asked; the last covers everything."""


def source_for(url: str) -> SiteAdapter:
    """Return the source that covers the canonical address ``url``."""
    return next(source for source in SOURCES if source.covers(url))
