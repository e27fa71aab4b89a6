"""What is asked for, and what came of it: the values that sites and the client share."""

from collections.abc import Mapping
from dataclasses import dataclass

from ingest.archive.values import Reply
from ingest.values import Rejection


@dataclass(frozen=True, slots=True)
class Request:
    """One request to make.

    ``interface`` marks a documented programming interface (or the one a site's own player or
    embedding uses): robots.txt, which speaks of pages, is not asked about it. ``picture`` marks a
    figure of a page: only what its bytes say is a picture is kept, and no large one.
    """

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    interface: bool = False
    picture: bool = False


Replies = Mapping[str, Reply | Rejection]
"""What came of each request, by the address that was asked for.

A `Reply` stands at the end of the redirects (its ``url`` is the last address, its ``status`` any
but a followed redirect); a `Rejection` says why nothing came (refused by robots.txt, unreachable).
"""
