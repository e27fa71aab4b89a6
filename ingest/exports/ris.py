"""RIS, the tagged lines of reference managers: TY opens a record, ER ends it."""

import re

from ingest.exports.given import Given
from ingest.exports.shelf import ListBuilder
from ingest.exports.works import File, Work, take_work
from ingest.links.schemes import is_web

WHAT = "an RIS bibliography"
_FORMS = {
    "JOUR": "article-journal", "CONF": "paper-conference", "CPAPER": "paper-conference",
    "CHAP": "chapter", "THES": "thesis", "RPRT": "report", "BOOK": "book", "BLOG": "post-weblog",
    "ELEC": "webpage", "UNPB": "article", "COMP": "software", "VIDEO": "motion_picture",
}  # fmt: skip
_ARXIV = re.compile(r"arxiv", re.IGNORECASE)
_OPENS = re.compile(r"^\ufeff?TY {1,2}- ", re.MULTILINE)


def recognises(given: Given) -> bool:
    """See `Format`."""
    return bool(_OPENS.match(given.text.lstrip("\ufeff \n")[:10])) or (
        given.suffix == ".ris" and bool(_OPENS.search(given.head))
    )


def read(given: Given, shelf: ListBuilder) -> str | None:
    """See `Format`."""
    import rispy  # few lists are RIS

    starts = [match.start() for match in _OPENS.finditer(given.text)]
    for start, end in zip(starts, [*starts[1:], len(given.text)], strict=True):
        # one at a time: a record that is cut off, or not as it should be, is its own loss
        record = given.text[start:end].lstrip("\ufeff").rstrip()
        if not re.search(r"^ER {1,2}-", record[-20:], re.MULTILINE):
            record += "\nER  - "
        try:
            (fields,) = rispy.loads(f"{record}\n")
        except Exception:
            line = given.text.count("\n", 0, start) + 1
            shelf.leave("", record[:200], f"a record that cannot be read (line {line})")
            continue
        authors = fields.get("authors") or fields.get("first_authors") or []
        kind = str(fields.get("type_of_reference", ""))
        work = Work(
            str(fields.get("title") or fields.get("primary_title") or ""),
            url=" ".join(_after(record, "UR")),
            doi=str(fields.get("doi", "")),
            arxiv=next(filter(_ARXIV.match, _after(record, "AN")), ""),
            authors=[str(author) for author in authors],
            date=str(fields.get("date") or fields.get("year") or fields.get("publication_year")
                     or ""),
            form=_FORMS.get(kind, ""),
            venue=str(fields.get("secondary_title") or fields.get("journal_name") or ""),
            publisher=str(fields.get("publisher", "")),
            volume=str(fields.get("volume", "")),
            issue=str(fields.get("number", "")),
            pages="-".join(str(fields[name]) for name in ("start_page", "end_page")
                           if fields.get(name)),
            tags=[str(tag) for tag in fields.get("keywords", [])],
            note=" ".join(str(note) for note in fields.get("notes", [])),
            files=[File(path) for path in _after(record, "L1", "L2", "L4")
                   if not is_web(path)],
        )  # fmt: skip
        take_work(shelf, work)
    return None


def _after(record: str, *tags: str) -> list[str]:
    """Return what stands behind these tags: the parser cuts addresses and paths at semicolons."""
    return [line[5:].strip(" -") for line in record.split("\n")
            if line[:2] in tags and line[2:5] == "  -"]  # fmt: skip
