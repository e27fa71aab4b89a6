"""Building the next generation of a library from the pages of an archive.

What the generation before holds and has not changed is taken over unread; the rest is read, cut,
embedded and indexed. The content digest says what a library holds, whichever way it came about.
"""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from index.building import others, sharing
from index.building.context import placed, said_by_lists
from index.building.copies import groups, sketch, standing_for_all
from index.building.listed import stand_ins
from index.building.vector_cache import VectorCache
from index.building.work import Work
from index.milvus import mirror
from index.milvus.client import LibraryUnavailable
from index.models.embedder import Embedder
from index.search import lexical
from index.search.abbreviations import pairs
from index.search.served import vectors_of
from index.store import sums
from index.store.catalog import catalog_rows, unreached
from index.store.generation import Home
from index.store.recipe import settings
from index.store.rows import figures_row, imprint_row
from index.store.sqlite import LISTED, Store
from index.store.writer import StoreWriter
from ingest.links.kinds import split
from ingest.lists.catalog_file import CuratedList
from ingest.page import Page
from ingest.primer_questions import every_question
from ingest.primer_zh import wording
from ingest.values import Document, Rejection

Key = tuple[str, str]
"""A document, or a copy of one: its page and its address."""

Progress = Callable[[str, int, int], None]
"""OnOutcome the step, how many are done, and how many there are (0: not known)."""

_CANNOT_BE_KEPT = (ValueError, TypeError, LookupError, RecursionError, sqlite3.IntegrityError)
"""What one document may raise on its way into the store; all else is no matter of a document."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an update did: pages read anew, pages taken out, passages embedded."""

    folder: Path
    read: int
    removed: int
    passages: int


def update(
    home: Home,
    pages: Iterable[Page | Rejection],
    catalog: Sequence[CuratedList],
    embedder: Embedder,
    progress: Progress,
    work: Work,
    *,
    afresh: bool = False,
) -> Change:
    """Make and publish the generation that holds exactly ``pages`` and ``catalog``.

    ``work`` reads, cuts and embeds. With ``afresh``, or where the generation before is
    damaged, every page is read again, whatever it holds. The caller holds the home's write lock.
    """
    served = home.served
    least = 1 if served is None else mirror.begin(home, served, anew=afresh)
    before = None if afresh else _reusable(home, embedder)
    folder = home.begin(least)
    if before is None:
        store = StoreWriter(folder / "library.sqlite")
    else:
        with closing(Store(before / "library.sqlite")) as old:
            old.copy(folder / "library.sqlite")
        store = StoreWriter(folder / "library.sqlite")
    try:
        return _made(home, folder, before, store, pages, catalog, embedder, progress, work)
    except BaseException:
        # left open it would be rolled back at any time, and take away the journal of the library
        # that is made next, under the same name
        store.abandon()
        raise


def _made(
    home: Home,
    folder: Path,
    before: Path | None,
    store: StoreWriter,
    pages: Iterable[Page | Rejection],
    catalog: Sequence[CuratedList],
    embedder: Embedder,
    progress: Progress,
    work: Work,
) -> Change:
    """Fill the folder of a generation, in whose ``store`` the one before stands, and publish it."""
    served = home.served
    changes = _Changes(store, work)
    count = changes.take_in(pages, progress)
    changes.join_copies()
    store.put_catalog(catalog)
    store.settle_addresses()
    changes.stand_in(stand_ins(catalog, unreached(store)))
    removed, added = changes.passages()
    for name, value in settings(embedder).items():
        store.put_setting(name, value)
    store.put_setting("digest", content_digest(store))

    again = [] if before is None else _said_otherwise(before, store, added)
    new = sorted([*added, *again])
    cache = VectorCache(home.cache / "vectors.sqlite", embedder, work.embed)
    vectors = cache.embed(
        others.texts_of(store, new), lambda done: progress("embedding passages", done, len(new))
    )
    cache.close()
    if served is None:
        others.write_vectors(folder, before, [*removed, *again], new, vectors)
        others.renew(home, folder, before, store, embedder, [*removed, *again], new, progress, work)

    _index_words(folder, before, store, removed, added)
    home.note_embedder(embedder.name)
    if served is None:
        store.close()
        final = home.publish(folder)
    else:
        sharing.put_passages(home, served, folder, store, embedder, progress)
        if (other := others.wanted(home, store, embedder)) is not None:
            sharing.put_others(home, served, folder, store, other, progress)
        store.close()
        final = home.publish(folder, lambda made: sharing.share(home, served, made))
    return Change(final, count, len(removed), len(added))


def _index_words(
    folder: Path,
    before: Path | None,
    store: StoreWriter,
    removed: Sequence[int],
    added: Sequence[int],
) -> None:
    """Bring the word index of a generation up to the passages of its store."""
    if before is not None:
        lexical.branch(before / "words", folder / "words")
    words = lexical.WordIndex(folder / "words")
    texts = dict(zip(added, placed(store, added), strict=True))
    names = store.aliases(added)
    titles = store.titles_of(added)
    passages = store.passages(added)
    words.change(
        removed,
        ((number, titles[number], f"{texts[number]}\n{names.get(number, '')}") for number in added),
        {number: wording(passage.url, passage.heading) for number, passage in passages.items()},
        {
            number: "\n".join(every_question(each.url, each.heading))
            for number, each in passages.items()
        },
    )
    if not len(words) == store.count("passages"):
        raise RuntimeError("words and passages do not match; run `refdesk rebuild`")


def content_digest(store: Store) -> str:
    """Return the SHA-256 over documents, passages, catalog and settings.

    Times, the order of arrival and absolute paths do not count: the embedding model counts by its
    fingerprint, since its name may be a folder.
    """
    digest = hashlib.sha256()
    parts: list[list[object]] = []
    for document in store.documents():
        name = document.url
        if split(name).scheme == "file":
            name = f"file {document.sha256}"
        parts.append([name, document.title, document.sha256, document.author, document.date,
                      document.lang, document.kind, list(document.links),
                      list(document.aliases), imprint_row(document.imprint),
                      figures_row(document.figures)])  # fmt: skip
    for line in sorted(json.dumps(part, ensure_ascii=False) for part in parts):
        digest.update(line.encode())
    for row in catalog_rows(store):
        digest.update(json.dumps(row, ensure_ascii=False).encode())
    for name in ("format", "reader", "passage_tokens", "fingerprint"):
        digest.update(f"{name}={store.setting(name)}".encode())
    digest.update(str(store.count("passages")).encode())
    return digest.hexdigest()


def _reusable(home: Home, embedder: Embedder) -> Path | None:
    """Return the generation to build on, if there is one made in the same way, and sound."""
    before = home.current()
    if before is None or sums.damage(before, every_byte=True):
        return None
    try:
        store = Store(before / "library.sqlite")
        same = all(store.setting(name) == value for name, value in settings(embedder).items())
        same = same and (sums.is_noted(before) or store.is_sound())
        store.close()
        same = same and len(lexical.WordIndex(before / "words")) == len(
            vectors_of(before, home.served)
        )
    except LibraryUnavailable:
        raise
    except Exception:  # whatever three libraries make of damaged files: it is made anew
        return None
    return before if same else None


class _Changes:
    """What an update does to a store: documents out and in, and the passages that go and come."""

    def __init__(self, store: StoreWriter, work: Work) -> None:
        self._store = store
        self._work = work
        self._removed: list[int] = []
        self._added: list[int] = []

    def passages(self) -> tuple[list[int], list[int]]:
        """Return the numbers of the passages gone and of those that came and stayed."""
        gone, new = set(self._removed), set(self._added)
        return (
            [number for number in self._removed if number not in new],
            [number for number in self._added if number not in gone],
        )

    def take_in(self, pages: Iterable[Page | Rejection], progress: Progress) -> int:
        """Bring the documents to what was found; return how many pages were read."""
        store = self._store
        known = {url: d for url, d in store.page_digests().items() if not url.startswith(LISTED)}
        present: set[str] = set()
        changed: list[Page] = []
        store.drop_lost()
        for item in pages:
            if isinstance(item, Rejection):
                store.put_failure("", item)
                continue
            present.add(item.url)
            if known.get(item.url) != item.digest:
                changed.append(item)
            store.put_aliases(item.url, item.addresses)
        for url in sorted({*(set(known) - present), *(page.url for page in changed)}):
            self._removed += store.drop_page(url)
        for count, (page, results) in enumerate(self._work.read(changed), 1):
            self._put_page(page, results)
            progress("reading pages", count, 0)
        return len(changed)

    def stand_in(self, pages: Iterable[Page]) -> None:
        """Bring the stand-ins for links whose pages are not here up to date."""
        store = self._store
        known = {url: d for url, d in store.page_digests().items() if url.startswith(LISTED)}
        wanted = {page.url: page for page in pages}
        for url in sorted(known):
            if url not in wanted or wanted[url].digest != known[url]:
                self._removed += store.drop_page(url)
        for url, page in wanted.items():
            if known.get(url) != page.digest:
                self._put_page(page, page.read())

    def join_copies(self) -> None:
        """Let one document stand for all its near-duplicates, chosen by rule."""
        store = self._store
        rows = store.sketches()
        # what a person put into a file stays as it was given
        web = {key: sketch for key, (sketch, _) in rows.items() if key[0].startswith("http")}
        stands: dict[Key, str | None] = dict.fromkeys(rows)
        for group in _joined([*_of_one_address(rows), *groups(web, lambda k: store.text_of(*k))]):
            url = standing_for_all(sorted(key[1] for key in group))
            best = min(
                (key for key in group if key[1] == url), key=lambda key: (key[0] != url, key)
            )
            stands |= {key: url for key in group if key != best}
        moved = [key for key in rows if rows[key][1] != stands[key]]
        taken = {key: store.take_document(*key) for key in moved}
        for key, (document, mark, numbers) in taken.items():
            self._removed += numbers
            if (same_as := stands[key]) is not None:
                store.put_copy(key[0], document, mark, same_as)
            else:
                self._put(key[0], document, mark)

    def _put_page(self, page: Page, results: Iterable[Document | Rejection]) -> None:
        self._store.put_page(page.url, page.digest)
        self._store.put_aliases(page.url, page.addresses)
        for result in results:
            if isinstance(result, Rejection):
                self._store.put_failure(page.url, result)
                continue
            removed, added = len(self._removed), len(self._added)
            try:
                with self._store.whole_or_not():
                    self._put_result(page, result)
            except _CANNOT_BE_KEPT as error:
                del self._removed[removed:], self._added[added:]
                reason = f"cannot be indexed: {type(error).__name__}: {error}"[:200]
                self._store.put_failure(page.url, Rejection(result.url, reason))

    def _put_result(self, page: Page, result: Document) -> None:
        mark = sketch(result.text)
        there = self._store.page_of(result.url)
        if there is not None and there.startswith(LISTED):
            self._removed += self._store.drop_page(there)
        if self._store.page_of(result.url) is None:
            if not self._put(page.url, result, mark):
                self._store.put_failure(page.url, Rejection(result.url, "empty"))
        else:
            self._store.put_copy(page.url, result, mark, result.url)

    def _put(self, page: str, document: Document, mark: bytes) -> bool:
        passages = self._work.cut(document)
        if passages:
            self._added += self._store.put_document(page, document, mark, passages)
            self._store.put_abbreviations(document.url, sorted(set(pairs(document.text))))
        return bool(passages)


def _of_one_address(keys: Iterable[Key]) -> list[set[Key]]:
    copies: dict[str, set[Key]] = {}
    for key in keys:
        copies.setdefault(key[1], set()).add(key)
    return [group for group in copies.values() if len(group) > 1]


def _joined(sets: Iterable[set[Key]]) -> list[set[Key]]:
    """Join the sets that overlap."""
    apart: list[set[Key]] = []
    for group in sets:
        touching = [other for other in apart if other & group]
        apart = [other for other in apart if not other & group]
        apart.append(group.union(*touching))
    return apart


def _said_otherwise(before: Path, store: Store, added: Sequence[int]) -> list[int]:
    """Return the passages, beside those added, of which lists said something else before."""
    old = Store(before / "library.sqlite")
    said_before, said = said_by_lists(old), said_by_lists(store)
    old.close()
    changed = {url for url in said | said_before if said.get(url) != said_before.get(url)}
    return sorted(set(store.passages_of(changed)) - set(added))
