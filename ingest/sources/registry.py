"""Which source covers a page."""

from ingest.sources import (
    web,
)
from ingest.sources.source import Source

SOURCES: tuple[Source, ...] = (web,)
"""In the order they are asked; the last covers everything."""


def source_for(url: str) -> Source:
    """Return the source that covers the canonical address ``url``."""
    return next(source for source in SOURCES if source.covers(url))
