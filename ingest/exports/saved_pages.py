"""The list of the pages a person sent from the browser, with what they said of each."""

from dataclasses import replace

from ingest.exports.shelf import ListBuilder
from ingest.lists.catalog_file import SAVED_PAGES, CuratedList

_TITLE = "Pages sent from the browser"


def with_page(
    before: CuratedList | None, url: str, title: str, selection: str, note: str, day: str
) -> CuratedList:
    """Return the list with one more page; one that was sent before is told of anew."""
    shelf = ListBuilder()
    marked = f"“{selection}”" if selection.strip() else ""
    shelf.take(url, title, note=" ".join(filter(None, [note, marked])), added=day)
    now = shelf.as_list(SAVED_PAGES, _TITLE, what="a page", form="", origin=None)
    if before is None:
        return now
    have = {entry.url for entry in now.entries}
    older = tuple(entry for entry in before.entries if entry.url not in have)
    return replace(before, entries=older + now.entries)
