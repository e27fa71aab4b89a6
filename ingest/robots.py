"""What hosts allow in their robots.txt (RFC 9309): before a page is fetched, and once archived."""

from urllib.parse import urlsplit

from protego import Protego

AGENT = "refdesk"


class Robots:
    """The rules of every host whose robots.txt is known."""

    def __init__(self) -> None:
        self._rules: dict[str, Protego | None] = {}

    def learn(self, url: str, status: int, body: bytes) -> None:
        """Take in a host's robots.txt: 4xx means no rules, 5xx that all is closed for now."""
        host = _host(url)
        if status >= 500:
            self._rules[host] = None
        elif status >= 400:
            self._rules.pop(host, None)
        else:
            self._rules[host] = Protego.parse(body.decode("utf-8", "replace"))

    def allow(self, url: str) -> bool:
        """Say whether refdesk may use the page at ``url``."""
        host = _host(url)
        if host not in self._rules:
            return True
        rules = self._rules[host]
        return rules is not None and bool(rules.can_fetch(url, AGENT))

    def delay(self, url: str) -> float | None:
        """Return the seconds a host asks for between two requests, if it asks."""
        rules = self._rules.get(_host(url))
        delay = rules.crawl_delay(AGENT) if rules is not None else None
        return None if delay is None else float(delay)


def is_robots(url: str) -> bool:
    """Say whether ``url`` is where a host keeps its robots.txt."""
    return urlsplit(url).path == "/robots.txt"


def _host(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
