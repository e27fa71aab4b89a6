"""The pages that read-later services gave to take away: Pocket's and Instapaper's HTML.

Headings (Unread, Read Archive, a folder) above lists of links.
"""

import re

from lxml import html

from ingest.exports.given import Given
from ingest.exports.shelf import ListBuilder

WHAT = "a read-later export in HTML"
_TITLE = re.compile(r"<title>\s{0,9}(?:Pocket Export|Instapaper: Export)\s{0,9}</title>", re.I)


def recognises(given: Given) -> bool:
    """See `Format`."""
    return bool(_TITLE.search(given.head))


def read(given: Given, shelf: ListBuilder) -> str | None:
    """See `Format`."""
    tree = html.document_fromstring(given.text.encode("utf-8", "replace"),
                                    html.HTMLParser(encoding="utf-8"))  # fmt: skip
    section: list[str] = []
    for element in tree.iter("h1", "a"):
        said = element.text_content()
        if element.tag == "h1":
            section = [said]
        else:
            shelf.take(
                element.get("href", ""),
                "" if said == element.get("href") else said,
                section,
                tags=(element.get("tags") or "").split(","),
                added=element.get("time_added", ""),
            )
    title: str | None = tree.findtext(".//title")
    return title
