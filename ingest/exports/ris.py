"""RIS, the tagged lines of reference managers: TY opens a record, ER ends it."""

import re

from ingest.exports.given import Given
from ingest.exports.shelf import Shelf
from ingest.exports.works import take_work

WHAT = "an RIS bibliography"
_OPENS = re.compile(r"^\ufeff?TY {1,2}- ", re.MULTILINE)


def recognises(given: Given) -> bool:
    """See `Format`."""
    return bool(_OPENS.match(given.text.lstrip("\ufeff \n")[:10])) or (
        given.suffix == ".ris" and bool(_OPENS.search(given.head))
    )


def read(given: Given, shelf: Shelf) -> str | None:
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
        urls = _addresses(record)
        take_work(
            shelf,
            str(fields.get("title") or fields.get("primary_title") or ""),
            url=urls[0] if urls else "",
            doi=str(fields.get("doi", "")),
            authors=[str(author) for author in authors],
            year=str(fields.get("year") or fields.get("publication_year") or ""),
            tags=[str(tag) for tag in fields.get("keywords", [])],
            note=" ".join(str(note) for note in fields.get("notes", [])),
        )
    return None


def _addresses(record: str) -> list[str]:
    """Return the addresses of a record: the parser cuts them at semicolons."""
    return [line[5:].strip(" -") for line in record.split("\n") if line.startswith("UR  -")]
