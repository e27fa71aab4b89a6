"""Notion: notes."""

import re

from ingest.links.site import Site, always

SITE = Site(
    hosts=re.compile(r".+\.notion\.site|(.+\.)?notion\.(so|com)"),
    source=always("notion"),
    kinds={"notion": "note"},
    called={"notion": "notion.site"},
)
