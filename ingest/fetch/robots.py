"""What hosts allow in their robots.txt (RFC 9309): before a page is fetched, and once archived."""

import contextlib

from protego import Protego

from ingest.archive.values import Reply
from ingest.links.kinds import split
from ingest.reading.decode import UnreadableError, unpack_reply

AGENT = "refdesk"

_MOST = 512_000  # bytes that are read, as section 2.5 has it


class Robots:
    """The rules of every host whose robots.txt is known."""

    def __init__(self) -> None:
        self._rules: dict[str, Protego | None] = {}

    def learn(self, url: str, reply: Reply) -> None:
        """Take in what came for the robots.txt at ``url``.

        4xx means no rules; 429, 5xx and what cannot be unpacked that all is closed for now.
        """
        host = origin(url)
        self._rules[host] = None
        if is_closed(reply.status):
            return
        if reply.status >= 400:
            self._rules.pop(host)
            return
        with contextlib.suppress(UnreadableError):
            text = unpack_reply(reply)[:_MOST]
            self._rules[host] = Protego.parse(text.decode("utf-8-sig", "replace"))

    def allow(self, url: str) -> bool:
        """Say whether refdesk may use the page at ``url``."""
        host = origin(url)
        if host not in self._rules:
            return True
        rules = self._rules[host]
        return rules is not None and bool(rules.can_fetch(url, AGENT))

    def delay(self, url: str) -> float | None:
        """Return the seconds a host asks for between two requests, if it asks."""
        rules = self._rules.get(origin(url))
        delay = rules.crawl_delay(AGENT) if rules is not None else None
        return None if delay is None else float(delay)


def is_closed(status: int) -> bool:
    """Say whether the status of a robots.txt means that its host is closed for now."""
    return status == 429 or status >= 500


def is_robots(url: str) -> bool:
    """Say whether ``url`` is where a host keeps its robots.txt."""
    return split(url).path == "/robots.txt"


def origin(url: str) -> str:
    """Return the scheme, host and port of ``url``, without a user's name."""
    parts = split(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".lower()
