"""Which source covers a page."""

from ingest.sites import (
    arxiv,
    colab,
    github,
    github_discussion,
    google_docs,
    tweet,
    walled,
    web,
    youtube,
)
from ingest.sites.source import Source

SOURCES: tuple[Source, ...] = (
    arxiv,
    github,
    github_discussion,
    colab,
    youtube,
    google_docs,
    tweet,
    walled,
    web,
)
"""In the order they are asked; the last covers everything."""


def source_for(url: str) -> Source:
    """Return the source that covers the canonical address ``url``."""
    return next(source for source in SOURCES if source.covers(url))
