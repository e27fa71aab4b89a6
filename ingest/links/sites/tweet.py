"""X, which was Twitter: a post is its author's name and its number."""

import re
from datetime import UTC, datetime, timedelta

from ingest.links.site import Site, always

_FIRST_NUMBER = datetime(2010, 11, 4, 1, 42, 54, 657000, tzinfo=UTC)
"""When numbers began to hold, in the bits above the lowest 22, the milliseconds since then."""


def _spelling(path: str, query: str, fragment: str) -> tuple[str, str, str]:
    post = re.match(r"/(?:i/web|(\w+))/status(?:es)?/(\d+)", path)
    return ("x.com", f"/{post[1] or 'i'}/status/{post[2]}", "") if post else ("x.com", path, query)


def _day_of(path: str) -> str:
    post = re.fullmatch(r"/\w+/status/(\d{16,19})", path)
    if post is None:
        return ""
    return str((_FIRST_NUMBER + timedelta(milliseconds=int(post[1]) >> 22)).date())


SITE = Site(
    hosts=re.compile(r"(mobile\.)?(twitter|x)\.com"),
    source=always("tweet"),
    kinds={"tweet": "thread"},
    aliases={
        "twitter.com": "x.com",
        "www.twitter.com": "x.com",
        "mobile.twitter.com": "x.com",
        "www.x.com": "x.com",
    },
    names=frozenset({"twitter.com", "x.com"}),
    spellings={"x.com": _spelling},
    dated=_day_of,
    called={"twitter": "twitter.com"},
    shared=frozenset({"x.com"}),
    accounts=re.compile(r"(?:x|twitter)\.com/\w+", re.IGNORECASE),
)
