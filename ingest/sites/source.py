"""The protocol of a kind of link, and the values it speaks in.

A source never fetches: it says what to ask for, and reads what came. The same replies, read back
from the archive years later, give the same document.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ingest.archive.warc import Reply
from ingest.values import Document, Rejection


@dataclass(frozen=True, slots=True)
class Request:
    """One request to make.

    ``interface`` marks a documented programming interface (or the one a site's own player or
    embedding uses): robots.txt, which speaks of pages, is not asked about it.
    """

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    interface: bool = False


Replies = Mapping[str, Reply | Rejection]
"""What came of each request, by the address that was asked for.

A `Reply` stands at the end of the redirects (its ``url`` is the last address, its ``status`` any
but a followed redirect); a `Rejection` says why nothing came (refused by robots.txt, unreachable).
"""


class Source(Protocol):
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
