"""X, which was Twitter: a post is its author's name and its number."""

import re

from ingest.links.site import Site, always


def _spelling(path: str, query: str, fragment: str) -> tuple[str, str, str]:
    post = re.match(r"/(?:i/web|(\w+))/status(?:es)?/(\d+)", path)
    return ("x.com", f"/{post[1] or 'i'}/status/{post[2]}", "") if post else ("x.com", path, query)


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
)
