"""Putting a generation's passages into Milvus, in collections that count for nobody before it does.

Vectors come from the cache of those already computed, so that a home that moves embeds nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from index.building.context import placed, said_by_lists
from index.building.others import beyond_english, embedded_as
from index.building.vector_cache import VectorCache
from index.milvus import generations, mirror
from index.milvus.client import connected
from index.milvus.generations import Pointer
from index.milvus.passages import PassageWriter
from index.milvus.terms import encoded
from index.models.embedder import Embedder
from index.search.lexical import WordIndex
from index.store.catalog import recommendations_of
from index.store.generation import FINGERPRINT, OTHERS, Home
from index.store.served import Served
from index.store.sqlite import Store
from ingest.primer_zh import wording

_BATCH = 2000  # passages held at once

Progress = Callable[[str, int, int], None]


def put_passages(
    home: Home, served: Served, folder: Path, store: Store, embedder: Embedder, progress: Progress
) -> None:
    """Write the passages of a generation being built, with their words where the server has BM25.

    Raises:
        LibraryUnavailable: the server cannot be reached, or did not take them.
    """
    server = connected(served)
    shelf = generations.named(server, folder.stem)
    words = WordIndex(folder / "words") if server.has_words else None
    pointer = Pointer(shelf, f"{shelf}_passages", words=server.has_words)
    _put(home, served, pointer.passages, store, embedder, words, texts=True, progress=progress)
    pointer.write(folder)


def put_others(
    home: Home, served: Served, folder: Path, store: Store, other: Embedder, progress: Progress
) -> None:
    """Write the second vectors of a generation being built, whose passages are there."""
    shelf = generations.named(connected(served), folder.stem)
    name = f"{shelf}_others"
    _put(home, served, name, store, other, None, texts=False, progress=progress)
    (folder / OTHERS).mkdir(exist_ok=True)
    (folder / OTHERS / FINGERPRINT).write_text(other.fingerprint, encoding="utf-8")
    replace(Pointer.of(folder), shelf=shelf, others=name).write(folder)


def share(home: Home, served: Served, folder: Path) -> None:
    """Let a generation that is finished count on its server."""
    mirror.share(home, served, folder, Pointer.of(folder))


def _put(
    home: Home,
    served: Served,
    name: str,
    store: Store,
    embedder: Embedder,
    words: WordIndex | None,
    *,
    texts: bool,
    progress: Progress,
) -> None:
    numbers = [int(row[0]) for row in store.rows("SELECT id FROM passages ORDER BY id")]
    said = said_by_lists(store)
    writer = PassageWriter(
        connected(served), name, embedder.dimension, len(numbers),
        words=words is not None, texts=texts,
    )  # fmt: skip
    cache = VectorCache(home.cache / "vectors.sqlite", embedder)
    try:
        for start in range(0, len(numbers), _BATCH):
            part = numbers[start : start + _BATCH]
            passages = store.passages(part)
            if texts:
                vectors = cache.embed(embedded_as(store, part, said), lambda done: None)
            else:
                vectors = beyond_english(cache, store, part, said, lambda done: None)
            recommended = recommendations_of(store, {passage.url for passage in passages.values()})
            writer.put(
                [passages[number] for number in part],
                vectors,
                {url: [one.place for one in places] for url, places in recommended.items()},
                _terms(store, words, part) if words is not None else (),
            )
            progress(f"putting passages into {served}", start + len(part), len(numbers))
    finally:
        cache.close()
    writer.finish()


def _terms(store: Store, words: WordIndex, numbers: Sequence[int]) -> list[str]:
    passages, names = store.passages(numbers), store.aliases(numbers)
    lines = []
    for number, text in zip(numbers, placed(store, numbers), strict=True):
        passage = passages[number]
        other = wording(passage.url, passage.heading)
        # one field has no title of its own to weigh: it stands there twice
        lines.append(
            encoded(*words.held_words(f"{passage.title}\n{text}\n{names.get(number, '')}", other))
        )
    return lines
