"""The protocol of a kind of link.

A source never fetches: it says what to ask for, and reads what came. The same replies, read back
from the archive years later, give the same document.
"""

from collections.abc import Sequence
from typing import Protocol

from ingest.fetch.request import Replies, Request
from ingest.values import Document, Rejection

__all__ = ["Replies", "Request", "SiteAdapter"]


class SiteAdapter(Protocol):
    """A kind of link."""

    def covers(self, url: str) -> bool:
        """Say whether pages at this canonical address are of this kind."""
        ...

    def requests(self, url: str, replies: Replies) -> Sequence[Request]:
        """Return what to ask for next, given what came so far; nothing when that is enough.

        Called with empty replies first. What it returns is asked for in any order; an address that
        is in ``replies`` is never asked for twice.
        """
        ...

    def read(self, url: str, replies: Replies) -> Document | Rejection:
        """Read the document of the page at ``url``.

        ``replies`` are all that is known of the page: those of ``requests``, or, for a page that
        was given in a WARC file made elsewhere, whatever addresses stand for it (the page itself,
        a raw copy). The best is taken.
        """
        ...
