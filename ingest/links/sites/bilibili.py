"""bilibili: videos."""

import re

from ingest.links.site import Site, always

SITE = Site(
    hosts=re.compile(r"(.+\.)?bilibili\.com|b23\.tv"),
    source=always("bilibili"),
    kinds={"bilibili": "video"},
    played=True,
)
