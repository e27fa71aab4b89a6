"""Adding second vectors to a library, once a question in another language is asked."""

from collections.abc import Callable
from pathlib import Path

from index.building import others, sharing
from index.milvus import mirror
from index.milvus.generations import POINTER
from index.models.embedder import Embedder
from index.search import lexical
from index.store import sums
from index.store.generation import OTHERS, Home
from index.store.sqlite import Store
from ingest.disk import share
from ingest.errors import NothingFound

_SHARED = ("library.sqlite", "vectors.faiss", "vectors.f32", "numbers.npy", POINTER)

Progress = Callable[[str, int, int], None]


def add(home: Home, embedder: Embedder, progress: Progress) -> Path:
    """Publish the current generation with second vectors; the caller holds the write lock.

    Raises:
        NothingFound: there is no library yet.
        ModelUnavailable: the model for other languages cannot be had.
        DamagedLibrary: the library is no longer what was written.
    """
    served = home.served
    before = home.current() if served is None else mirror.follow(home, served)
    if before is None:
        raise NothingFound(f"The home {home.root} holds no library yet: run `refdesk ingest`.")
    if harm := sums.damage(before, every_byte=True):
        raise sums.DamagedLibrary(
            f"The library in {home.root} is damaged ({harm[0][0]}: {harm[0][1]}): run "
            "`refdesk check --repair`."
        )
    other = embedder.beyond_english()
    folder = home.begin() if served is None else home.begin(mirror.begin(home, served, anew=False))
    for name in _SHARED:  # a generation never changes: its files can be in two
        if (before / name).exists():
            share(before / name, folder / name)
    lexical.branch(before / "words", folder / "words")
    store = Store(folder / "library.sqlite")
    numbers = [int(row[0]) for row in store.rows("SELECT id FROM passages ORDER BY id")]
    if served is None:
        others.write(
            home, folder / OTHERS, None, store, other, (), numbers, progress, Embedder.embed
        )
        store.close()
        return home.publish(folder)
    sharing.put_others(home, served, folder, store, other, progress)
    store.close()
    return home.publish(folder, lambda made: sharing.share(home, served, made))
