"""What taking in and forgetting are told, and what they report."""

from dataclasses import dataclass
from typing import Any

import httpx

from ingest.fetch.pace import Limits
from ingest.gathering.gather import OnOutcome, PageOutcome
from ingest.lists.catalog_file import Ignored


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest or a rebuild did: files given, pages read, passages taken out and put in.

    ``got`` says what became of every page that was asked for, ``mended`` names archive files whose
    end a crash had torn off, ``not_taken`` names what did not come in of what was given, with the
    reason: rows of an export, files that cannot be read. ``list`` is the name of the list that was
    made of a file, "" where none was. ``notices`` say what else a person should know (files passed
    over, a clock that jumped, damage), ``status`` is the library's status afterwards.
    """

    given: int
    read: int
    removed: int
    passages: int
    status: dict[str, Any]
    got: tuple[PageOutcome, ...] = ()
    mended: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    not_taken: tuple[Ignored, ...] = ()
    list: str = ""

    @property
    def figures(self) -> dict[str, Any]:
        """The counts, as every door calls them in JSON."""
        return {
            "given": self.given,
            "pages_read": self.read,
            "passages_removed": self.removed,
            "passages_added": self.passages,
            "documents": self.status["documents"],
        }


@dataclass(frozen=True, slots=True)
class ForgetReport:
    """What was forgotten: lists by name, documents by address, records by their place."""

    lists: tuple[str, ...]
    documents: tuple[str, ...]
    records: tuple[str, ...]
    status: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fetching:
    """How an ingest fetches; see ``refdesk ingest --help``.

    ``told`` hears what became of each page; ``transport`` and ``limits`` are the fetcher's.
    """

    offline: bool = False
    refresh: bool = False
    depth: int = 1
    most: int | None = None
    wayback: bool = False
    told: OnOutcome = lambda outcome, done, total: None
    transport: httpx.AsyncBaseTransport | None = None
    limits: Limits = Limits()  # noqa: RUF009  # immutable
