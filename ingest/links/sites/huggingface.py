"""Hugging Face: its blog and its courses; all else are pages like any other."""

import re

from ingest.links.site import Site, by_first

SITE = Site(
    hosts=re.compile(r"huggingface\.co"),
    source=by_first({"blog": "hf-blog", "learn": "hf-course", "course": "hf-course"}),
    kinds={"hf-blog": "post", "hf-course": "course"},
)
