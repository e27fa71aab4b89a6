"""Colab: notebooks."""

import re

from ingest.links.site import Site, always

SITE = Site(
    hosts=re.compile(r"colab\.(research\.google|google)\.com|colab\.google"),
    source=always("colab"),
    kinds={"colab": "notebook"},
    called={
        "google colab": "colab.research.google.com",
        "colab": "colab.research.google.com",
    },
    shared=frozenset({"colab.research.google.com"}),
)
