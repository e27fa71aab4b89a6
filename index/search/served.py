"""The two halves of a generation whose passages lie in Milvus, and which engine each is."""

from dataclasses import dataclass
from pathlib import Path

from index.milvus import passages
from index.milvus.client import Server, connected
from index.milvus.generations import Pointer
from index.milvus.passages import ServedVectors
from index.milvus.terms import encoded
from index.search.dense import VectorIndex
from index.search.fusion import best_first
from index.search.halves import PassageVectors
from index.search.lexical import WordIndex
from index.store.generation import OTHERS
from index.store.served import Served
from index.store.within import Within


class ServedWords(WordIndex):
    """Words searched by Milvus' BM25; how frequent each is, the local index knows."""

    _most = 1.0  # one field holds all: a match in the title adds nothing

    def __init__(self, folder: Path, server: Server, name: str) -> None:
        super().__init__(folder)
        self._server = server
        self._name = name

    def matching(
        self, text: str, limit: int, within: Within, *, to_answer: bool = False
    ) -> list[tuple[int, float]]:
        """Return the best passages by their own words, ``to_answer`` or not."""
        words, names = self.asked_words(text)
        if not (line := encoded(words, names)):
            return []
        scored = passages.search(
            self._server, self._name, "sparse", line, limit, within, {"metric_type": "BM25"}
        )
        # Milvus Lite tells a score as a distance, below zero
        return best_first({number: abs(score) for number, score in scored})


@dataclass(frozen=True, slots=True)
class Engine:
    """What searches a library, as ``status`` tells it.

    ``words`` says which engine words are searched by: "local" or "milvus"; ``health`` is "ok", or
    "loading" while a server that was started is getting ready.
    """

    name: str
    version: str
    where: str
    words: str
    health: str = "ok"


def engine_of(folder: Path, served: Served | None) -> Engine:
    """Return what searches a generation; of a server, that it answers is seen here.

    Raises:
        LibraryUnavailable: it cannot be reached.
    """
    if served is None:
        import faiss

        return Engine("local", f"FAISS {faiss.__version__}", str(folder.parent), "local")
    server = connected(served)
    pointer = Pointer.of(folder)
    words = "milvus" if pointer.words else "local"
    health = "ok" if passages.is_loaded(server, pointer.passages) else "loading"
    name = "milvus-lite" if served.is_file else "milvus"
    version = server.version.removeprefix("milvus_lite-").removeprefix("v")
    return Engine(name, version, str(served), words, health)


def vectors_of(folder: Path, served: Served | None) -> PassageVectors:
    """Open the vectors of a generation."""
    if served is None:
        return VectorIndex(folder)
    return ServedVectors(connected(served), Pointer.of(folder).passages)


def others_of(folder: Path, served: Served | None) -> PassageVectors:
    """Open the second vectors of a generation, which are there."""
    if served is None:
        return VectorIndex(folder / OTHERS)
    return ServedVectors(connected(served), Pointer.of(folder).others)


def words_of(folder: Path, served: Served | None) -> WordIndex:
    """Open the words of a generation."""
    if served is not None and (pointer := Pointer.of(folder)).words:
        return ServedWords(folder / "words", connected(served), pointer.passages)
    return WordIndex(folder / "words")
