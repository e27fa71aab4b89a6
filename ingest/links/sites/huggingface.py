"""Hugging Face: its blog and its courses; all else are pages like any other."""

import re

from ingest.links.site import Site, by_first
from ingest.links.sites import arxiv

SITE = Site(
    hosts=re.compile(r"huggingface\.co"),
    source=by_first({"blog": "hf-blog", "learn": "hf-course", "course": "hf-course"}),
    kinds={"hf-blog": "post", "hf-course": "course"},
    dated=arxiv.month_of,  # /papers/2305.18290 is that paper
    called={"hugging face": "huggingface.co", "huggingface": "huggingface.co"},
    shared=frozenset({"huggingface.co"}),
)
