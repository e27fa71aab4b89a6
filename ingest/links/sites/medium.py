"""Medium: posts."""

import re

from ingest.links.site import Site, always

SITE = Site(
    hosts=re.compile(r"(.+\.)?medium\.com"),
    source=always("medium"),
    kinds={"medium": "post"},
    noise={"medium.com": frozenset({"source"})},
)
