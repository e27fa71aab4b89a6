"""arXiv: every form and version of a paper is the paper, at the address of its abstract."""

import re

from ingest.links.site import Site, always

_PAPER = re.compile(
    r"/(?:abs|pdf|html|format)/(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?(?:\.pdf)?"
)
_MONTH = re.compile(r"/(?:abs|papers)/(?:[a-z-]+(?:\.[A-Z]{2})?/)?(\d\d)(\d\d)(?:\.\d{4,5}|\d{3})$")


def _spelling(path: str, query: str, fragment: str) -> tuple[str, str, str]:
    paper = _PAPER.fullmatch(path)
    return ("arxiv.org", f"/abs/{paper[1]}", "") if paper else ("arxiv.org", path, query)


def month_of(path: str) -> str:
    """Return the month that a paper's number tells, that of its first version, as ``2023-05``."""
    number = _MONTH.search(path)
    if number is None or not 1 <= int(number[2]) <= 12:
        return ""
    return f"{'19' if number[1] > '90' else '20'}{number[1]}-{number[2]}"


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
    dated=month_of,
    pace=3.0,  # asked for in its terms of use
    called={"arxiv": "arxiv.org"},
    shared=frozenset({"arxiv.org"}),
)
