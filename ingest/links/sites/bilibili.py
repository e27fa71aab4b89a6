"""bilibili: videos."""

import re

from ingest.links.site import Site, always

SITE = Site(
    hosts=re.compile(r"(.+\.)?bilibili\.com|b23\.tv"),
    source=always("bilibili"),
    kinds={"bilibili": "video"},
    played=True,
    called={"bilibili": "bilibili.com", "b站": "bilibili.com"},
    shared=frozenset({"space.bilibili.com"}),
    accounts=re.compile(r"space\.bilibili\.com/\d+", re.IGNORECASE),
)
