"""Works as reference managers know them: where each is read, by address, DOI or arXiv number.

The files they keep with a work are noted beside it, with what they know of it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.exports.shelf import ListBuilder, addresses_in
from ingest.lists.catalog_file import Attached
from ingest.reading.about import line_of
from ingest.text.names import name_parts
from ingest.values import Imprint

ZOTERO_FORMS = {
    "journalArticle": "article-journal", "conferencePaper": "paper-conference", "book": "book",
    "bookSection": "chapter", "thesis": "thesis", "report": "report", "preprint": "article",
    "webpage": "webpage", "blogPost": "post-weblog", "forumPost": "post", "manuscript": "article",
    "computerProgram": "software", "videoRecording": "motion_picture", "presentation": "speech",
    "magazineArticle": "article-magazine", "newspaperArticle": "article-newspaper",
    "encyclopediaArticle": "entry-encyclopedia", "document": "document", "dataset": "dataset",
}  # fmt: skip
"""CSL's types for Zotero's."""

_DOI = re.compile(r"10\.\d{4,9}/\S{1,200}")
_ARXIV = re.compile(r"(?:arxiv:)?\s{0,3}(\d{4}\.\d{4,5}|[a-z-]{2,12}(?:\.[A-Z]{2})?/\d{7})", re.I)
_DATE = re.compile(r"((?:1[5-9]|20)\d\d)(?:[-/](0[1-9]|1[0-2])(?:[-/](0[1-9]|[12]\d|3[01]))?)?")
_MOST_AUTHORS = 3


@dataclass(frozen=True, slots=True)
class File:
    """A file that is kept with a work: its path as its program says it.

    ``key`` is the program's own name for it.
    """

    path: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """A work as a program tells of it; empty where it says nothing.

    ``authors`` are names as the program writes them, ``names`` the same in parts where it knows
    them, as in `Imprint`. ``form`` is CSL's type.
    """

    title: str
    url: str = ""
    doi: str = ""
    arxiv: str = ""
    authors: Sequence[str] = ()
    names: Sequence[tuple[str, str]] = ()
    date: str = ""
    form: str = ""
    venue: str = ""
    publisher: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    tags: Sequence[str] = ()
    note: str = ""
    files: Sequence[File] = ()


def take_work(shelf: ListBuilder, work: Work, *sections: Sequence[str]) -> None:
    """Put a work on a shelf: at its address, else where its arXiv number or its DOI leads.

    Authors and year, and what a person noted, are told in its note. It stands under each of
    ``sections``, under none if there are none.
    """
    number = _ARXIV.match(work.arxiv.strip()[:100]) if work.arxiv else None
    name = _DOI.search(work.doi[:400]) if work.doi else None
    url, *others = addresses_in(work.url)
    if not url and number:
        url = f"https://arxiv.org/abs/{number[1]}"
    elif not url and name:
        url = f"https://doi.org/{name[0]}"
    imprint = _imprint(work, url, number[1] if number else "", name[0] if name else "")
    for file in work.files:
        shelf.attach(Attached(file.path, work.title, line_of(imprint), file.key))
    for other in others:
        shelf.leave(other, work.title, "a further address of one work")
    if not url:
        only = ": only its file comes in" if work.files else ""
        shelf.leave("", work.title, f"it names no address, DOI or arXiv number{only}")
        return
    more = " et al." if len(work.authors) > _MOST_AUTHORS else ""
    year = (re.findall(r"\d{4}", work.date[:40]) or [""])[0]
    by = ", ".join(filter(None, ["; ".join(work.authors[:_MOST_AUTHORS]) + more, year]))
    note = " ".join(filter(None, [f"{by}." if by else "", work.note]))
    for section in sections or ((),):
        shelf.take(url, work.title, section, note=note, tags=work.tags, about=line_of(imprint))


def _imprint(work: Work, url: str, arxiv: str, doi: str) -> Imprint:
    date = _DATE.search(work.date[:40])
    preprint = bool(arxiv) and (work.form == "article" or "arxiv" in work.venue.lower())
    return Imprint(
        tuple(work.names or (name_parts(author) for author in work.authors)),
        title=work.title,
        form="" if preprint else work.form,
        venue="" if preprint else work.venue,
        publisher=work.publisher,
        date="-".join(filter(None, date.groups())) if date else "",
        doi=doi,
        arxiv=arxiv,
        volume=work.volume,
        issue=work.issue,
        pages=work.pages.replace("--", "–").replace("-", "–"),
        url=url,
    )
