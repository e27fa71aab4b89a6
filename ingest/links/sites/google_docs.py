"""Google Docs: a document is its number; of a spreadsheet each sheet is a page."""

import re

from ingest.links.site import Site, by_first

_HOST = "docs.google.com"


def _spelling(path: str, query: str, fragment: str) -> tuple[str, str, str]:
    document = re.match(r"/(document|spreadsheets|presentation)/d/(?!e(?:/|$))[\w-]+", path)
    if document is None:
        return _HOST, path, query
    # Google names the sheet in the fragment; 0 is the first, shown when none is named.
    sheet = re.search(r"(?:^|&)gid=0*([1-9][0-9]*)(?:&|$)", f"{query}&{fragment}")
    named = f"gid={sheet[1]}" if sheet and document[1] == "spreadsheets" else ""
    return _HOST, f"{document[0]}/edit", named


SITE = Site(
    hosts=re.compile(r"docs\.google\.com"),
    source=by_first({"spreadsheets": "google-sheets", "presentation": "google-slides"}),
    kinds={"google-sheets": "note", "google-slides": "slides"},
    spellings={_HOST: _spelling},
    shared=frozenset({_HOST}),
)
