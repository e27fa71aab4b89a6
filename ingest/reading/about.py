"""What whoever gave a file knows of it, a reference manager say: laid over what the file says.

A line of JSON beside the file in the archive; it never changes the text.
"""

import json
from dataclasses import asdict, fields, replace

from ingest.archive.values import ABOUT, Reply
from ingest.text.sentences import clean
from ingest.values import Document, Imprint, Rejection

_LONGEST = 500  # characters of one value
_MOST_AUTHORS = 100
_MOST = 100_000  # characters of the line
_NAMES = frozenset(field.name for field in fields(Imprint)) - {"authors"}


def line_of(imprint: Imprint) -> str:
    """Return an imprint as a line of JSON, without what it does not say; "" if it says nothing."""
    said = {name: value[:_LONGEST] for name, value in asdict(imprint).items()
            if name in _NAMES and value}  # fmt: skip
    names = [[part[:_LONGEST] for part in name] for name in imprint.authors[:_MOST_AUTHORS]]
    return json.dumps(said | ({"authors": names} if names else {})) if said or names else ""


def told(result: Document | Rejection, reply: Reply) -> Document | Rejection:
    """Return a document of a given file with what was said of it when it was given."""
    said = imprint_of_line(reply.header(ABOUT) or "")
    if said is None or isinstance(result, Rejection):
        return result
    own = asdict(result.imprint)
    both = Imprint.of(own | {name: value for name, value in asdict(said).items() if value})
    names = "; ".join(f"{given} {family}".strip() for family, given in said.authors)
    return replace(
        result,
        title=said.title or result.title,
        author=names or result.author,
        date=said.date if len(said.date) == len("2017-06-12") else result.date,
        imprint=both,
    )


def imprint_of_line(line: str) -> Imprint | None:
    """Read a line of `line_of`; None for what is none, as in archives that others made."""
    if not line or len(line) > _MOST:
        return None
    try:
        plain = json.loads(line)
        said = {name: _text(plain[name]) for name in _NAMES & plain.keys()}
        authors = [(_text(family), _text(given)) for family, given in plain.get("authors", ())]
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    return Imprint.of({**said, "authors": authors[:_MOST_AUTHORS]})


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return " ".join(clean(value[:_LONGEST]).split())
