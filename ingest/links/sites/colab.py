"""Colab: notebooks."""

import re

from ingest.links.site import Site, always

SITE = Site(
    hosts=re.compile(r"colab\.(research\.google|google)\.com|colab\.google"),
    source=always("colab"),
    kinds={"colab": "notebook"},
)
