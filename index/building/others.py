"""The second vectors of a library: of the model for other languages than English.

They are made where the pages of a library are in other languages, too, or once a question in
another language is asked: English pages alone, asked in English, do not pay for them.
"""

import logging
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from index.building.context import placed, said_by_lists
from index.building.vector_cache import Embed, VectorCache
from index.building.work import Work
from index.models.embedder import Embedder
from index.search import dense
from index.store.generation import FINGERPRINT, OTHERS, Home
from index.store.sqlite import LISTED, Store
from ingest.disk import own_text
from ingest.errors import ModelUnavailable
from ingest.primer_zh import wording

_log = logging.getLogger(__name__)
_SHARE = 0.01  # of the passages of pages; fewer are quotations, or languages guessed wrong

Progress = Callable[[str, int, int], None]


def texts_of(store: Store, numbers: Sequence[int]) -> list[str]:
    """Return what of these passages is embedded: what lists say above, then where they stand."""
    return embedded_as(store, numbers, said_by_lists(store))


def embedded_as(store: Store, numbers: Sequence[int], said: Mapping[str, str]) -> list[str]:
    """Return the same, given what lists say of each document."""
    passages = store.passages(numbers)
    return [
        "\n".join([*filter(None, [said.get(passages[number].url)]), text])
        for number, text in zip(numbers, placed(store, numbers), strict=True)
    ]


def beyond_english(
    cache: VectorCache,
    store: Store,
    numbers: Sequence[int],
    said: Mapping[str, str],
    progress: Callable[[int], None],
) -> dense.Vectors:
    """Return the second vectors of these passages, shape (len(numbers), dimension).

    A note of the primer lies between what it says in English and in Chinese: a multilingual model
    puts texts of one language together, and a Chinese question would find Chinese pages before it,
    whatever they say.
    """
    vectors = cache.embed(embedded_as(store, numbers, said), progress)
    passages = store.passages(numbers)
    chinese = [wording(passages[number].url, passages[number].heading) for number in numbers]
    rows = [row for row, text in enumerate(chinese) if text]
    if rows:
        vectors[rows] += cache.embed([chinese[row] for row in rows], lambda done: None)
        vectors[rows] /= np.linalg.norm(vectors[rows], axis=1, keepdims=True)
    return vectors


def write_vectors(
    folder: Path,
    before: Path | None,
    removed: Sequence[int],
    new: Sequence[int],
    vectors: dense.Vectors,
) -> None:
    """Write the vectors of ``before`` without those removed, with those of the passages ``new``."""
    kept: list[int] = []
    old = np.empty((0, vectors.shape[1]), dtype=np.float32)
    if before is not None:
        index = dense.VectorIndex(before)
        gone = set(removed)
        kept = [int(number) for number in index.numbers if int(number) not in gone]
        old = index.vectors(kept)
    numbers, together = [*kept, *new], np.concatenate([old, vectors])
    if new and kept and new[0] < kept[-1]:
        order = np.argsort(numbers)
        numbers, together = [numbers[place] for place in order], together[order]
    dense.write(folder, numbers, together)


def renew(
    home: Home,
    folder: Path,
    before: Path | None,
    store: Store,
    embedder: Embedder,
    removed: Sequence[int],
    new: Sequence[int],
    progress: Progress,
    work: Work,
) -> None:
    """Give a generation being built its second vectors, if the home had them or it needs any.

    ``removed`` and ``new`` are the passages whose vectors go and come since the generation
    ``before``, None if nothing is taken over. Where the model cannot be had, the library does
    without.
    """
    other = wanted(home, store, embedder)
    if other is None:
        return
    old = before / OTHERS if before is not None else None
    if (
        old is None
        or not (old / FINGERPRINT).exists()
        or own_text(old / FINGERPRINT) != other.fingerprint
    ):
        old, removed = None, ()
        new = [int(row[0]) for row in store.rows("SELECT id FROM passages ORDER BY id")]
    write(home, folder / OTHERS, old, store, other, removed, new, progress, work.embed)


def wanted(home: Home, store: Store, embedder: Embedder) -> Embedder | None:
    """Return the model of second vectors, if the home had them or needs any and it can be had."""
    if not embedder.has_beyond:
        return None
    current = home.current()
    had = current is not None and (current / OTHERS / FINGERPRINT).exists()
    if not had and not _speaks_more(store):
        return None
    try:
        return embedder.beyond_english()
    except ModelUnavailable as error:
        _log.warning("Questions in other languages than English find words alone: %s", error)
        return None


def write(
    home: Home,
    folder: Path,
    before: Path | None,
    store: Store,
    other: Embedder,
    removed: Sequence[int],
    new: Sequence[int],
    progress: Progress,
    embed: Embed,
) -> None:
    """Write second vectors into ``folder``: those of ``old`` with what changed, or all anew."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    cache = VectorCache(home.cache / "vectors.sqlite", other, embed)
    vectors = beyond_english(
        cache, store, new, said_by_lists(store),
        lambda done: progress("embedding for other languages", done, len(new)),
    )  # fmt: skip
    cache.close()
    write_vectors(folder, before, removed, new, vectors)
    (folder / FINGERPRINT).write_text(other.fingerprint, encoding="utf-8")


def _speaks_more(store: Store) -> bool:
    """Say whether the pages here are in other languages than English, too."""
    ((all_of_them, other),) = store.rows(
        "SELECT count(*), coalesce(sum(passages.lang <> 'en'), 0) FROM passages"
        f" JOIN documents ON document = documents.id WHERE page NOT LIKE '{LISTED}%'"
    )
    return int(other) > 0 and int(other) >= _SHARE * int(all_of_them)
