"""Which sources are to be cited: those of saved answers, of lists, of addresses."""

from collections.abc import Iterator, Sequence
from typing import Any

from assistant.answering.saved import form as saved_form
from assistant.references.csl import Item, item_of, item_of_link, with_keys
from index.store import browse
from index.store.sqlite import Store
from ingest.errors import NothingFound, UsageError
from ingest.links.urls import canonical

MOST_NAMED = 1_000
_MOST_ANSWERS = 1_000


def references(store: Store, named: Sequence[str], answers: Sequence[Any]) -> list[Item]:
    """Return what is named as items of CSL-JSON with keys, each source once, in the order named.

    Args:
        store: the library.
        named: names of its lists, and addresses of pages.
        answers: saved answers (``ask --json``), in Python's objects.

    Raises:
        UsageError: an answer is none, or what is named is neither a list nor an address.
        NothingFound: an address is neither in the library nor in a list, or nothing is cited.
    """
    if len(named) > MOST_NAMED or len(answers) > _MOST_ANSWERS:
        raise UsageError(f"At most {MOST_NAMED:,} sources and answers are cited at once.")
    items: dict[str, Item] = {}
    for address, item in _items(store, named, answers):
        items.setdefault(address, item)
    if not items:
        raise NothingFound("There is nothing to cite: the answer cites no source.")
    return with_keys(items.items())


def _items(
    store: Store, named: Sequence[str], answers: Sequence[Any]
) -> Iterator[tuple[str, Item]]:
    lists = {row[0] for row in store.rows("SELECT name FROM lists")}
    for name in named:
        if name in lists:
            for link in browse.links(store, name):
                yield _item(store, link.document or link.url, link.title)
        elif ":" in name:
            yield _named(store, name)
        else:
            raise UsageError(
                f"{name} is no list of this home, no file and no address: see `refdesk lists show`."
            )
    for answer in answers:
        for citation in saved_form.checked(answer)["citations"]:
            title = citation.get("title")
            yield _item(store, citation["url"], title if isinstance(title, str) else "")


def _item(store: Store, url: str, title: str) -> tuple[str, Item]:
    document = store.document(url)
    if document is not None:
        return document.url, item_of(document)
    return canonical(url), item_of_link(title or url, url)


def _named(store: Store, url: str) -> tuple[str, Item]:
    title = store.rows("SELECT title FROM entries WHERE address = ? LIMIT 1", (canonical(url),))
    said = next(title, ("",))[0]
    if not said and store.document(url) is None:
        raise NothingFound(
            f"The library holds no page of {url}, and no list names it: take it in with "
            "`refdesk ingest`."
        )
    return _item(store, url, said)
