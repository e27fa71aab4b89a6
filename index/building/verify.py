"""Comparing a library with itself: every document with its digest, every passage with its text.

What is said of a library from elsewhere is believed only after this: that its tables are ours, that
texts, spans, keys and digests fit together, that vectors are those of the passages.
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from index.building.build import content_digest
from index.building.others import texts_of
from index.milvus.client import LibraryUnavailable, connected
from index.milvus.generations import Pointer
from index.milvus.passages import count, rows_of
from index.models.embedder import Embedder
from index.search import dense, lexical
from index.search.served import vectors_of
from index.store.generation import OTHERS
from index.store.rows import SCHEMA
from index.store.served import Served
from index.store.sqlite import Store
from ingest.values import Passage

_SAMPLE = 64  # passages whose vectors are computed again
_SAME = 0.98  # cosine of a vector and the one computed again


def faults(
    folder: Path, embedder: Embedder | None = None, served: Served | None = None
) -> Iterator[str]:
    """Yield what of a library does not fit together; the first of it makes the rest unsure.

    With the ``embedder`` it was built with, a sample of its vectors is computed again. Of a library
    in Milvus a sample of what lies there is compared with what is here.

    Raises:
        LibraryUnavailable: its server cannot be reached.
    """
    try:
        store = Store(folder / "library.sqlite")
        yield from _of_store(store)
        yield from (
            _of_indexes(folder, store) if served is None else _of_served(folder, store, served)
        )
        if embedder is not None and not sample_fits(folder, embedder, served):
            yield "its vectors are not those of its passages"
        store.close()
    except LibraryUnavailable:
        raise
    except Exception as error:  # whatever three libraries make of files from anywhere
        yield f"it cannot be read ({type(error).__name__}: {error})"


def sample_fits(folder: Path, embedder: Embedder, served: Served | None = None) -> bool:
    """Say whether a sample of the vectors of a library are those that the model makes."""
    store = Store(folder / "library.sqlite")
    index = vectors_of(folder, served)
    numbers = _sample(store)
    if not numbers:
        return True
    fresh = embedder.embed(texts_of(store, numbers))
    store.close()
    return bool(((index.vectors(numbers) * fresh).sum(axis=1) > _SAME).all())


def _sample(store: Store) -> list[int]:
    """Return the numbers of some passages; a sample that could be foretold would prove nothing."""
    numbers = [int(row[0]) for row in store.rows("SELECT id FROM passages ORDER BY id")]
    chosen = np.random.default_rng().permutation(len(numbers))[:_SAMPLE]
    return [numbers[at] for at in sorted(chosen)]


def _of_served(folder: Path, store: Store, served: Served) -> Iterator[str]:
    server, pointer = connected(served), Pointer.of(folder)
    size = store.count("passages")
    for name in filter(None, (pointer.passages, pointer.others)):
        if (there := count(server, name)) != size:
            yield f"the collection {name} holds {there} of {size} passages"
            return
    numbers = _sample(store)
    here = store.passages(numbers)
    fields = ["id", "key", "text", "start", "end"]
    rows = {row["id"]: row for row in rows_of(server, pointer.passages, numbers, fields)}
    for number, passage in here.items():
        row = rows.get(number)
        same = (passage.key, passage.text, passage.start, passage.end)
        if row is None or (row["key"], row["text"], row["start"], row["end"]) != same:
            yield f"a passage of {passage.url} is not in Milvus as it is here"
    if len(lexical.WordIndex(folder / "words")) != size:
        yield "its words are of other passages"


def _of_store(store: Store) -> Iterator[str]:
    if not store.is_sound():
        yield "library.sqlite does not hold together"
    if _schema(store) != _own_schema():
        yield "library.sqlite has other tables than ours"
        return
    for url, said, text in store.rows("SELECT url, sha256, text FROM documents"):
        if hashlib.sha256(text.encode()).hexdigest() != said:
            yield f"the text of {url} is not what its digest says"
    for key, url, start, end, passage, text in store.rows(
        "SELECT key, url, start, end, passages.text, substr(documents.text, start + 1, end - start)"
        " FROM passages JOIN documents ON document = documents.id"
    ):
        if passage != text or Passage(url, start, end, (), passage).id != key:
            yield f"a passage of {url} is not what stands there"
    orphans = next(
        store.rows("SELECT count(*) FROM passages WHERE document NOT IN (SELECT id FROM documents)")
    )[0]
    if orphans:
        yield f"{orphans} passages belong to no document"
    if content_digest(store) != store.setting("digest"):
        yield "its content is not what its digest says"


def _of_indexes(folder: Path, store: Store) -> Iterator[str]:
    numbers = [row[0] for row in store.rows("SELECT id FROM passages ORDER BY id")]
    for vectors in (folder, folder / OTHERS):
        if not vectors.is_dir():
            continue
        index = dense.VectorIndex(vectors)
        if index.numbers.tolist() != numbers or len(index) != len(numbers):
            yield "its vectors are of other passages"
        elif numbers:
            sizes = np.linalg.norm(index.vectors(numbers), axis=1)
            if not np.isfinite(sizes).all() or not (abs(sizes - 1) < 0.01).all():
                yield "its vectors are no unit vectors"
    if len(lexical.WordIndex(folder / "words")) != len(numbers):
        yield "its words are of other passages"


def _schema(store: Store) -> list[tuple[str, str]]:
    rows = store.rows("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
    return [(name, " ".join(sql.split())) for name, sql in rows if not name.startswith("sqlite_")]


def _own_schema() -> list[tuple[str, str]]:
    db = sqlite3.connect(":memory:")
    db.executescript(SCHEMA)
    rows = db.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
    schema = [(n, " ".join(sql.split())) for n, sql in rows if not n.startswith("sqlite_")]
    db.close()
    return schema
