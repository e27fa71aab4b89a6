"""Building the next generation of a library from the pages of an archive.

What the generation before holds and has not changed is taken over unread; the rest is read, cut,
embedded and indexed. The content digest says what a library holds, whichever way it came about.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from index import dense, lexical
from index.embedder import Embedder
from index.generation import Home
from index.recipe import PASSAGE_TOKENS, settings
from index.store import Store
from index.vector_cache import VectorCache
from ingest.catalog_file import CuratedList
from ingest.passage import cut
from ingest.pipeline import Page
from ingest.values import Document, Passage, Rejection

Progress = Callable[[str, int, int], None]
"""Told the step, how many are done, and how many there are (0: not known)."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an update did: pages read anew, pages taken out, passages embedded."""

    folder: Path
    read: int
    removed: int
    passages: int


def update(
    home: Home,
    found: Iterable[Page | Rejection],
    catalog: Sequence[CuratedList],
    embedder: Embedder,
    progress: Progress,
    *,
    afresh: bool = False,
) -> Change:
    """Make and publish the generation that holds exactly ``found`` and ``catalog``.

    With ``afresh`` every page is read again, whatever the generation before holds. The caller holds
    the home's write lock.
    """
    before = None if afresh else _reusable(home, embedder)
    folder = home.begin()
    if before is None:
        store = Store(folder / "library.sqlite", writable=True)
    else:
        store = Store(before / "library.sqlite").branch(folder / "library.sqlite")
    removed, added, read = _write_documents(store, found, embedder, progress)
    store.put_catalog(catalog)
    for name, value in settings(embedder).items():
        store.put_setting(name, value)
    store.put_setting("digest", content_digest(store))

    texts = _context(store, added)
    cache = VectorCache(home.cache / "vectors.sqlite", embedder)
    vectors = cache.embed(texts, lambda done: progress("embedding passages", done, len(texts)))
    cache.close()
    _write_vectors(folder, before, removed, added, vectors, embedder.dimension)

    if before is not None:
        lexical.branch(before / "words", folder / "words")
    words = lexical.WordIndex(folder / "words")
    words.change(removed, zip(added, texts, strict=True))
    if not len(words) == store.count("passages"):
        raise RuntimeError("words and passages do not match; run `refdesk rebuild`")
    store.close()
    return Change(home.publish(folder), read, len(removed), len(added))


def embedding_text(title: str, heading: Sequence[str], text: str) -> str:
    """Return what of a passage is embedded and word-indexed: where it stands, then what it says."""
    path = [title, *(part for part in heading if part != title)]
    return f"{' > '.join(path)[:240]}\n{text}"


def content_digest(store: Store) -> str:
    """Return the SHA-256 over documents, passages, catalog and settings.

    Times, the order of arrival and absolute paths do not count.
    """
    digest = hashlib.sha256()
    parts: list[list[object]] = []
    for document in store.documents():
        name = document.url
        if urlsplit(name).scheme == "file":
            name = f"file {document.sha256}"
        parts.append([name, document.title, document.sha256, document.author, document.date,
                      document.lang, document.kind, list(document.links)])  # fmt: skip
    for line in sorted(json.dumps(part, ensure_ascii=False) for part in parts):
        digest.update(line.encode())
    for row in store.catalog():
        digest.update(json.dumps(row, ensure_ascii=False).encode())
    for name in ("format", "reader", "passage_tokens", "embedder", "fingerprint"):
        digest.update(f"{name}={store.setting(name)}".encode())
    digest.update(str(store.count("passages")).encode())
    return digest.hexdigest()


def _reusable(home: Home, embedder: Embedder) -> Path | None:
    before = home.current()
    if before is None:
        return None
    store = Store(before / "library.sqlite")
    same = all(store.setting(name) == value for name, value in settings(embedder).items())
    store.close()
    return before if same else None


def _write_documents(
    store: Store, found: Iterable[Page | Rejection], embedder: Embedder, progress: Progress
) -> tuple[list[int], list[int], int]:
    """Bring the store to what was found; return passages gone, passages new, and pages read."""
    known = store.page_digests()
    present: set[str] = set()
    removed: list[int] = []
    added: list[int] = []
    read = 0
    store.drop_lost()
    for item in found:
        if isinstance(item, Rejection):
            store.put_failure("", item)
            continue
        present.add(item.url)
        if known.get(item.url) != item.digest:
            removed += store.drop_page(item.url)
            added += _read_page(store, item, embedder)
            read += 1
            progress("reading pages", read, 0)
        store.put_addresses(item.url, item.addresses)
    for url in sorted(set(known) - present):
        removed += store.drop_page(url)
    gone = set(removed)
    return removed, [number for number in added if number not in gone], read


def _read_page(store: Store, page: Page, embedder: Embedder) -> list[int]:
    store.put_page(page.url, page.digest)
    numbers: list[int] = []
    for result in page.read():
        if isinstance(result, Rejection):
            store.put_failure(page.url, result)
        elif not store.has_document(result.url):
            passages = _cut(result, embedder)
            if passages:
                numbers += store.put_document(page.url, result, passages)
            else:
                store.put_failure(page.url, Rejection(result.url, "empty"))
    return numbers


def _cut(document: Document, embedder: Embedder) -> list[Passage]:
    return cut(document, embedder.count_tokens, PASSAGE_TOKENS)


def _context(store: Store, numbers: Sequence[int]) -> list[str]:
    passages = store.passages(numbers)
    return [
        embedding_text(passages[n].title, passages[n].heading, passages[n].text) for n in numbers
    ]


def _write_vectors(
    folder: Path,
    before: Path | None,
    removed: Sequence[int],
    added: Sequence[int],
    vectors: dense.Vectors,
    dimension: int,
) -> None:
    kept: list[int] = []
    old = np.empty((0, dimension), dtype=np.float32)
    if before is not None:
        index = dense.VectorIndex(before)
        gone = set(removed)
        kept = [int(number) for number in index.numbers if int(number) not in gone]
        old = index.vectors(kept)
    dense.write(folder, [*kept, *added], np.concatenate([old, vectors]))
