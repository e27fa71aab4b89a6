"""Works as reference managers know them: where each is read, by address, DOI or arXiv number."""

import re
from collections.abc import Sequence

from ingest.exports.shelf import Shelf

_DOI = re.compile(r"10\.\d{4,9}/\S{1,200}")
_ARXIV = re.compile(r"(?:arxiv:)?\s{0,3}(\d{4}\.\d{4,5}|[a-z-]{2,12}(?:\.[A-Z]{2})?/\d{7})", re.I)
_MOST_AUTHORS = 3


def take_work(
    shelf: Shelf,
    title: str,
    *,
    url: str = "",
    doi: str = "",
    arxiv: str = "",
    authors: Sequence[str] = (),
    year: str = "",
    section: Sequence[str] = (),
    tags: Sequence[str] = (),
    note: str = "",
) -> None:
    """Put a work on a shelf: at its address, else where its arXiv number or its DOI leads.

    Authors and year, and what a person noted, are told in its note.
    """
    number = _ARXIV.match(arxiv.strip()[:100]) if arxiv else None
    name = _DOI.search(doi[:400]) if doi else None
    if not url and number:
        url = f"https://arxiv.org/abs/{number[1]}"
    elif not url and name:
        url = f"https://doi.org/{name[0]}"
    if not url:
        shelf.leave("", title, "it names no address, DOI or arXiv number")
        return
    more = " et al." if len(authors) > _MOST_AUTHORS else ""
    year = (re.findall(r"\d{4}", year[:40]) or [""])[0]
    by = ", ".join(filter(None, ["; ".join(authors[:_MOST_AUTHORS]) + more, year]))
    shelf.take(url, title, section, note=" ".join(filter(None, [f"{by}." if by else "", note])),
               tags=tags)  # fmt: skip
