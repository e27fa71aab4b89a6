"""Medium: posts."""

import re

from ingest.links.site import Site, always

SITE = Site(
    hosts=re.compile(r"(.+\.)?medium\.com"),
    source=always("medium"),
    kinds={"medium": "post"},
    noise={"medium.com": frozenset({"source"})},
    called={"medium": "medium.com"},
    shared=frozenset({"medium.com"}),
    accounts=re.compile(r"medium\.com/@[\w.-]+", re.IGNORECASE),
)
