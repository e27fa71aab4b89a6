"""A source as an item of CSL-JSON, the form that Zotero, pandoc and citation styles share.

The page's own word on itself (`ingest.values.Imprint`) comes first, what refdesk read of it second.
"""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from ingest.links.kinds import date_of, split
from ingest.links.urls import canonical, kind_of
from ingest.text.digits import whole_number
from ingest.text.names import names_in
from ingest.text.scripts import plain_words
from ingest.values import PRIMER, Document, Imprint

Item = Mapping[str, Any]
"""One item of CSL-JSON."""

_TYPES = {
    "paper": "article", "repository": "software", "code": "software", "notebook": "software",
    "video": "motion_picture", "slides": "speech", "thread": "post", "post": "post-weblog",
    "note": "document",
}  # fmt: skip
"""CSL's types for our kinds; everything else is a web page."""

_NOTHING = Imprint()
_PAPER = "https://arxiv.org/abs/"
_EMPTY = frozenset(
    {"a", "an", "the", "on", "of", "for", "in", "to", "and", "with", "from", "is", "are", "how"}
)
_KEY = 4  # hex digits of an address's digest: a key is the same in whatever company it is cited


def item_of(document: Document, listed: Imprint = _NOTHING) -> Item:
    """Return a document of the library as an item of CSL-JSON, without its ``id``.

    ``listed`` is what a list knows of the work: it counts where the page itself says nothing.
    """
    imprint, site = _completed(document, listed), _site(document.url)
    arxiv = imprint.arxiv
    if not arxiv and document.url.startswith(_PAPER):
        arxiv = document.url.removeprefix(_PAPER)
    authors = imprint.authors
    venue = imprint.venue
    if arxiv and not imprint.form:
        venue = ""  # the site it is read on is no journal
    item: dict[str, Any] = {
        "type": imprint.form or ("article" if arxiv else _TYPES.get(document.kind, "webpage")),
        "title": (imprint.title if imprint.form or arxiv else "") or document.title,
        "author": [_name(family, given) for family, given in authors],
        "issued": _parts(imprint.date or date_of(document.url)),
        "container-title": venue or ("" if arxiv else site),
        "publisher": "arXiv" if arxiv and not imprint.form else imprint.publisher,
        "volume": imprint.volume,
        "issue": imprint.issue,
        "page": imprint.pages,
        "number": f"arXiv:{arxiv}" if arxiv else "",
        "DOI": imprint.doi,
        "language": document.lang,
    }
    if document.url.startswith(PRIMER):
        item |= {"container-title": "refdesk primer", "type": "document"}
    elif site:
        item |= {"URL": document.url, "accessed": _parts(document.fetched_at[:10])}
    elif imprint.url:  # a file somebody kept of it: the day it came in says nothing of the page
        item["URL"] = imprint.url
    if item["publisher"] == item["container-title"]:
        item["publisher"] = ""
    return {name: value for name, value in item.items() if value}


def item_of_link(title: str, url: str, listed: Imprint = _NOTHING) -> Item:
    """Return a link whose page is not in the library: what its list says of it."""
    address = canonical(url)
    page = Document(address, title, "", None, None, "", "", kind_of(url), "")
    return item_of(page, listed)


def _completed(document: Document, listed: Imprint) -> Imprint:
    """Return what a page declares, what was read of it, and then what a list knows."""
    own = document.imprint
    own = replace(
        own,
        authors=own.authors or names_in(document.author or ""),
        date=own.date or document.date or "",
    )
    known = {name: value for name, value in asdict(listed).items() if value}
    where = ("form", "venue", "publisher", "volume", "issue", "pages")
    if own.form or own.arxiv or document.url.startswith(_PAPER):  # where it appeared is known
        known = {name: value for name, value in known.items() if name not in where}
    elif listed.form:  # a site's name is no journal
        own = replace(own, venue="", publisher="")
    declared = {name: value for name, value in asdict(own).items() if value}
    return Imprint.of(known | declared)


def with_keys(items: Iterable[tuple[str, Item]]) -> list[Item]:
    """Give the item of every address an ``id``: author, year, a word of the title, a digest.

    A key depends on its own source alone. Only where two of one call would be the same does the
    later address get a longer one.
    """
    taken: set[str] = set()
    keyed: list[Item] = []
    for address, item in items:
        digest = hashlib.sha256(address.encode("utf-8", "replace")).hexdigest()
        base, length = _base(item), _KEY
        while (key := f"{base}-{digest[:length]}") in taken:
            length += _KEY
        taken.add(key)
        keyed.append({"id": key, **item})
    return keyed


def year_of(item: Item) -> str:
    """Return the year of an item, "" if none is known."""
    parts = item.get("issued", {}).get("date-parts", [[]])[0]
    return str(parts[0]) if parts else ""


def _base(item: Item) -> str:
    authors = item.get("author") or [{}]
    name = authors[0].get("family") or authors[0].get("literal") or ""
    labels = _site(item.get("URL", "")).split(".")[:-1]  # the longest names the site: no "blog"
    said = _folded(name) or _folded(max(labels, key=len, default="")) or "source"
    words = [word for word in plain_words(_ascii(item.get("title", ""))) if word not in _EMPTY]
    return f"{said[:24]}{year_of(item)}{words[0][:24] if words else ''}"


def _folded(text: str) -> str:
    return "".join(plain_words(_ascii(text)))


def _ascii(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text)
    return apart.encode("ascii", "ignore").decode().lower()


def _name(family: str, given: str) -> dict[str, str]:
    return {"family": family, "given": given} if given else {"literal": family}


def _site(url: str) -> str:
    parts = split(url)
    host = parts.hostname or "" if parts.scheme in ("http", "https") else ""
    return host.removeprefix("www.")


def _parts(said: str) -> dict[str, Any]:
    """Return a date as CSL has it; what is no date of the calendar goes as far as it is one."""
    numbers = [number for part in said.split("-") if (number := whole_number(part)) is not None][:3]
    if not numbers or not 1000 <= numbers[0] <= 9999:
        return {}
    if len(numbers) > 1 and not 1 <= numbers[1] <= 12:
        numbers = numbers[:1]
    if len(numbers) == 3:
        try:
            date(*numbers)
        except ValueError:
            numbers = numbers[:2]
    return {"date-parts": [numbers]}
