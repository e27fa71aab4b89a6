"""Which sources are to be cited: those of saved answers, of lists, of addresses."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from assistant.answering.saved import form as saved_form
from assistant.references.csl import Item, item_of, item_of_link, with_keys
from index.store import browse
from index.store.sqlite import Store
from ingest.errors import NothingFound, UsageError
from ingest.links.urls import canonical
from ingest.lists.catalog_file import CuratedList
from ingest.reading.about import imprint_of_line
from ingest.values import Document, Imprint

MOST_NAMED = 1_000
_MOST_ANSWERS = 1_000


def references(
    store: Store,
    named: Sequence[str],
    answers: Sequence[Any],
    listed: Mapping[str, Imprint] = MappingProxyType({}),
) -> list[Item]:
    """Return what is named as items of CSL-JSON with keys, each source once, in the order named.

    Args:
        store: the library.
        named: names of its lists, and addresses of pages.
        answers: saved answers (``ask --json``), in Python's objects.
        listed: what lists know of works, by their canonical addresses.

    Raises:
        UsageError: an answer is none, or what is named is neither a list nor an address.
        NothingFound: an address is neither in the library nor in a list, or nothing is cited.
    """
    if len(named) > MOST_NAMED or len(answers) > _MOST_ANSWERS:
        raise UsageError(f"At most {MOST_NAMED:,} sources and answers are cited at once.")
    items: dict[str, Item] = {}
    for address, item in _items(store, named, answers, listed):
        items.setdefault(address, item)
    if not items:
        raise NothingFound("There is nothing to cite: the answer cites no source.")
    return with_keys(items.items())


def _items(
    store: Store, named: Sequence[str], answers: Sequence[Any], listed: Mapping[str, Imprint]
) -> Iterator[tuple[str, Item]]:
    lists = {row[0] for row in store.rows("SELECT name FROM lists")}
    for name in named:
        if name in lists:
            for link in browse.links(store, name):
                yield _item(store, link.document or link.url, link.title, listed)
        elif ":" in name:
            yield _named(store, name, listed)
        else:
            raise UsageError(
                f"{name} is no list of this home, no file and no address: see `refdesk lists show`."
            )
    for answer in answers:
        for citation in saved_form.checked(answer)["citations"]:
            title = citation.get("title")
            said = title if isinstance(title, str) else ""
            yield _item(store, citation["url"], said, listed)


def listed_works(lists: Iterable[CuratedList]) -> dict[str, Imprint]:
    """Return what lists know of the works they lead to, by canonical address: the first that does.

    `references` takes it as ``listed``.
    """
    works: dict[str, Imprint] = {}
    for curated in lists:
        for entry in curated.entries:
            if entry.about and (imprint := imprint_of_line(entry.about)) is not None:
                works.setdefault(canonical(entry.url), imprint)
    return works


def _item(store: Store, url: str, title: str, listed: Mapping[str, Imprint]) -> tuple[str, Item]:
    document = store.document(url)
    known = listed.get(canonical(url), Imprint())
    if document is None:
        return canonical(url), item_of_link(title or url, url, known)
    addresses = (listed.get(address) for address in (canonical(url), *_addresses(store, document)))
    return document.url, item_of(document, next(filter(None, addresses), known))


def _addresses(store: Store, document: Document) -> list[str]:
    rows = store.rows("SELECT url FROM addresses WHERE document = ? ORDER BY url", (document.url,))
    return [url for (url,) in rows]


def _named(store: Store, url: str, listed: Mapping[str, Imprint]) -> tuple[str, Item]:
    title = store.rows("SELECT title FROM entries WHERE address = ? LIMIT 1", (canonical(url),))
    said = next(title, ("",))[0]
    if not said and store.document(url) is None:
        raise NothingFound(
            f"The library holds no page of {url}, and no list names it: take it in with "
            "`refdesk ingest`."
        )
    return _item(store, url, said, listed)
