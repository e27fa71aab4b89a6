"""Links whose pages are not here stay findable: by their title, and by what lists say of them."""

import hashlib
from collections.abc import Iterator, Sequence

from index.store.sqlite import LISTED
from ingest.links.kinds import date_of
from ingest.links.urls import canonical
from ingest.lists.catalog_file import CuratedList, Entry
from ingest.page import Page
from ingest.values import READER, Document


def stand_ins(catalog: Sequence[CuratedList], missing: Sequence[str]) -> Iterator[Page]:
    """Yield a page per missing address, whose one document says where it is recommended.

    Its address is the link's own; it is cited nowhere, since it holds nothing of the page.
    """
    places: dict[str, list[tuple[CuratedList, Entry]]] = {url: [] for url in missing}
    for curated in catalog:
        for entry in curated.entries:
            if (url := canonical(entry.url)) in places:
                places[url].append((curated, entry))
    for url, listings in places.items():
        yield _page(url, listings)


def _page(url: str, listings: Sequence[tuple[CuratedList, Entry]]) -> Page:
    first = listings[0][1]
    lines = [f"# {first.title}", ""]
    for curated, entry in listings:
        where = " > ".join(entry.section)
        said = f", under {where}" if where else ""
        other = f" as {entry.title}" if entry.title != first.title else ""
        lines.append(f"Recommended by {curated.title}{other}{said}.")
        if entry.note and entry.note != entry.title:
            lines.append(entry.note)
    document = Document(
        url=url,
        title=first.title,
        text="\n".join(lines),
        author=None,
        date=date_of(url) or None,
        lang=listings[0][0].lang,
        source=first.source,
        kind=first.kind,
        fetched_at="",
    )
    key = f"{READER} {document}"
    return Page(
        url=f"{LISTED}{url}",
        addresses=(),
        digest=hashlib.sha256(key.encode()).hexdigest(),
        read=lambda: [document],
    )
