"""The values this floor hands up: documents, passages, rejections.

Apart from the modules that make them, since reading a page needs libraries that a search does not.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

READER = 11
"""Version of the reading: raised whenever the same bytes would give another document."""

PRIMER = "refdesk:primer/"
"""What the address of a note of refdesk's own primer begins with."""


@dataclass(frozen=True, slots=True)
class Imprint:
    """What a page declares about itself for those who cite it; empty where it says nothing.

    ``authors`` are (family name, given names), or (whole name, "") of who has no such parts: an
    organisation, a user's name. ``date`` is ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``. ``form`` is a
    type of CSL (``article-journal``, ``paper-conference`` and so on), ``venue`` what it appeared
    in: a journal, a conference, a site; ``url`` is where a file's work is found on the web.
    """

    authors: tuple[tuple[str, str], ...] = ()
    title: str = ""
    form: str = ""
    venue: str = ""
    publisher: str = ""
    date: str = ""
    doi: str = ""
    arxiv: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    url: str = ""

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Imprint":
        """Return the imprint of what `dataclasses.asdict` made of one, JSON between or not."""
        authors = tuple((str(family), str(given)) for family, given in plain.get("authors", ()))
        rest = {name: str(value) for name, value in plain.items() if name != "authors"}
        return cls(authors, **rest)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a document: the address of its picture, and where it stands in the text.

    Of a PDF file that is a place on a page (`ingest.reading.pdf_figures`).

    It stands before the block that begins at ``at``. ``text[start:end]`` is its caption, or what
    its page says of it to those who cannot see it; both are 0 where there is neither.
    """

    at: int
    start: int
    end: int
    url: str


@dataclass(frozen=True, slots=True)
class Document:
    """A readable text and where it comes from.

    ``url`` is the canonical address (``file:`` and ``refdesk:`` as given), ``text`` Markdown
    in NFC with line feeds, ``date`` is ``YYYY-MM-DD``, or as far as it is known (``YYYY-MM``,
    ``YYYY``), ``lang`` two letters, ``source`` and
    ``kind`` are `urls.source_of` and `urls.kind_of`. ``links`` are the reading a primer note names,
    ``aliases`` other names of its subject, which are searched and not shown. ``anchors`` are
    (offset in ``text``, address that opens the original there), ascending: pages of a PDF, seconds
    of a video, sections of a paper. ``imprint`` is what citing it needs beside these. ``figures``
    ascend by where they stand.
    """

    url: str
    title: str
    text: str
    author: str | None
    date: str | None
    lang: str
    source: str
    kind: str
    fetched_at: str
    links: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    anchors: tuple[tuple[int, str], ...] = ()
    imprint: Imprint = Imprint()  # immutable
    figures: tuple[Figure, ...] = ()

    @property
    def sha256(self) -> str:
        """Hex SHA-256 of the text in UTF-8."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Rejection:
    """An address that gave no document, and why, in a short phrase whose first words are stable."""

    url: str
    reason: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document: ``text == document.text[start:end]``, trimmed of white space.

    ``fence`` is the fence that is open where it begins, "" outside code: with it,
    `ingest.text.blocks.blocks` reads the piece as the document's own blocks.
    """

    document_url: str
    start: int
    end: int
    heading: tuple[str, ...]
    text: str
    fence: str = ""

    @property
    def id(self) -> str:
        """First 16 hex digits of the SHA-256 over document URL, span and text."""
        key = f"{self.document_url}\n{self.start}\n{self.end}\n{self.text}"
        return hashlib.sha256(key.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Damage:
    """Something of a home that is not as it was written: where, what, and what cures it.

    ``repairable`` says that ``check --repair`` does so, losing nothing.
    """

    where: str
    what: str
    cure: str
    repairable: bool = True
