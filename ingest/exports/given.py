"""A file that was handed over as a list, and the protocol of a format that may read it."""

import json
import plistlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Protocol
from urllib.parse import urlsplit
from xml.parsers.expat import ExpatError

from ingest.errors import UsageError
from ingest.exports.shelf import ListBuilder
from ingest.reading.decode import to_text

MOST_BYTES = 50_000_000
"""Of a list or an export: bookmarks carry their icons along."""


@dataclass(frozen=True, slots=True)
class Given:
    """A file: its name or address, its bytes, its text, and its value if it is data."""

    file: str
    data: bytes
    text: str
    value: Any = None

    @property
    def suffix(self) -> str:
        """The end of its name, in lower case, with its dot."""
        return PurePosixPath(urlsplit(self.file).path or self.file).suffix.lower()

    @property
    def head(self) -> str:
        """Its first characters, which are enough to tell most formats."""
        return self.text[:4000]


class Format(Protocol):
    """A format of another program, or of many."""

    WHAT: str
    """What it is, for people, with its article."""

    def recognises(self, given: Given) -> bool:
        """Say whether a file is of this format, by what it holds first and by its name second."""
        ...

    def read(self, given: Given, shelf: ListBuilder) -> str | None:
        """Put what it holds on the shelf; return what the file calls itself, None if nothing.

        Raises:
            UsageError: it cannot be read at all.
        """
        ...


def _property_list(file: str, data: bytes) -> Any:
    try:
        return plistlib.loads(data)
    except (plistlib.InvalidFileException, ExpatError, ValueError, TypeError, KeyError, IndexError,
            OverflowError, RecursionError) as error:  # fmt: skip
        raise UsageError(f"{file} is a damaged property list: {error}.") from error


def opened(file: str, data: bytes) -> Given:
    """Return a file as it is looked at.

    Raises:
        UsageError: it is too large, or no text.
    """
    if len(data) > MOST_BYTES:
        raise UsageError(f"{file} is larger than {MOST_BYTES / 1e6:.0f} MB: split it.")
    if data.startswith(b"bplist00") or b"<!DOCTYPE plist" in data[:500]:
        return Given(file, data, "", _property_list(file, data))
    if data.startswith(b"mozLz4"):
        raise UsageError(
            f"{file} is a packed backup of Firefox. What to do: in its bookmark manager choose "
            "“Back up”, which writes JSON, or “Export Bookmarks to HTML”."
        )
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in data[:100_000] and not wide:
        raise UsageError(
            f"{file} is no text file: give a list's Markdown source, or what another program "
            "exported (bookmarks, CSV, JSON, OPML, BibTeX, RIS, a feed)."
        )
    text = to_text(data).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    value = None
    if text.lstrip()[:1] in ("[", "{"):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):  # Markdown may begin so, BibTeX never ends so
            value = None
    return Given(file, data, text, value)
