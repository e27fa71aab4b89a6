"""arXiv: every form and version of a paper is the paper, at the address of its abstract."""

import re

from ingest.links.site import Site, always

_PAPER = re.compile(
    r"/(?:abs|pdf|html|format)/(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?(?:\.pdf)?"
)


def _spelling(path: str, query: str, fragment: str) -> tuple[str, str, str]:
    paper = _PAPER.fullmatch(path)
    return ("arxiv.org", f"/abs/{paper[1]}", "") if paper else ("arxiv.org", path, query)


SITE = Site(
    hosts=re.compile(r"(.+\.)?arxiv\.org"),
    source=always("arxiv"),
    kinds={"arxiv": "paper"},
    aliases={
        "www.arxiv.org": "arxiv.org",
        "export.arxiv.org": "arxiv.org",
        "ar5iv.org": "arxiv.org",
        "ar5iv.labs.arxiv.org": "arxiv.org",
    },
    spellings={"arxiv.org": _spelling},
    pace=3.0,  # asked for in its terms of use
)
