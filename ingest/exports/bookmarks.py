"""Bookmarks as every browser writes them: the Netscape bookmark file, of 1996 and never finished.

Folders are headings before a list (``<DT><H3>…<DL>``), what a person says of a bookmark follows it
(``<DD>``); Firefox and bookmark services add TAGS. Read as events: most tags are never closed.
"""

from lxml import etree

from ingest.errors import UsageError
from ingest.exports.given import Given
from ingest.exports.shelf import ListBuilder

WHAT = "browser bookmarks"
_BREAKS = ("a", "dt", "dl", "h3", "hr")
_LONGEST = 4_000  # characters of what is said of one bookmark


def recognises(given: Given) -> bool:
    """See `Format`."""
    return given.head.lstrip("\ufeff \n\t").lower().startswith("<!doctype netscape-bookmark-file-1")


def read(given: Given, shelf: ListBuilder) -> str | None:
    """See `Format`."""
    events = _Events(shelf)
    parser = etree.HTMLParser(target=events, encoding="utf-8", huge_tree=True)
    try:
        parser.feed(given.text.encode("utf-8", "replace"))
        parser.close()
    except etree.XMLSyntaxError as error:
        raise UsageError(f"The bookmarks cannot be read: {str(error)[:160]}.") from error
    events.flush()
    if any("depth" in said.message.lower() for said in parser.error_log):
        shelf.leave("", "", "folders nest too deeply: what follows is not read")
    return events.title


class _Events:
    """Hears of tags and texts in their order."""

    def __init__(self, shelf: ListBuilder) -> None:
        self.title: str | None = None
        self._shelf = shelf
        self._folders: list[str] = []
        self._next = ""  # the folder whose list comes
        self._row: dict[str, str] | None = None
        self._said: list[str] = []  # text of what is open
        self._inside = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._inside == "dd" and tag in _BREAKS:
            self._end_note()
        if tag in _BREAKS:
            self.flush(keep=tag == "dt")
        if tag in ("a", "h1", "h3", "dd"):
            self._inside, self._said = tag, []
        if tag == "a":
            self._row = {name.lower(): value or "" for name, value in attributes.items()}
        elif tag == "dl":
            self._folders.append(self._next)
            self._next = ""

    def end(self, tag: str) -> None:
        if tag == "dd" and self._inside == "dd":
            self._end_note()
        elif tag == "dl" and self._folders:
            self.flush()
            self._folders.pop()
        elif tag == self._inside:
            said = self._text()
            if tag == "a" and self._row is not None:
                self._row["title"] = said
            elif tag == "h3":
                self._next = said
            elif tag == "h1":
                self.title = said
            self._inside = ""

    def data(self, text: str) -> None:
        if self._inside and sum(map(len, self._said[-50:])) < _LONGEST:
            self._said.append(text)

    def close(self) -> None:
        self.flush()

    def flush(self, *, keep: bool = False) -> None:
        """Take the bookmark whose note may have followed."""
        if self._row is None or (keep and "title" not in self._row):
            return
        row, self._row = self._row, None
        href = row.get("href", "")
        if href.lower().startswith("place:"):
            self._shelf.leave(href, row.get("title", ""), "a saved search of the browser")
            return
        self._shelf.take(
            href,
            row.get("title", ""),
            [folder for folder in self._folders if folder],
            note=row.get("note", ""),
            tags=row.get("tags", "").split(","),
            added=row.get("add_date", ""),
        )

    def _end_note(self) -> None:
        if self._row is not None:
            self._row["note"] = self._text()
        self._inside = ""

    def _text(self) -> str:
        return "".join(self._said).strip()
