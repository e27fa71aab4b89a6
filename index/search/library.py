"""The one door to this floor: open the library of a home, search it, say what it holds."""

import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.models.embedder import MODELS, Embedder
from index.search.abbreviations import Glossary
from index.search.dense import VectorIndex, Vectors
from index.search.fusion import feedback, fuse
from index.search.kept_vectors import KeptVectors
from index.search.lexical import WordIndex
from index.store import sums
from index.store.generation import Home
from index.store.recipe import FORMAT
from index.store.sqlite import Store
from index.store.sums import DamagedLibrary
from index.store.values import Filters, Recommendation, StoredPassage
from ingest.errors import NothingFound, RefdeskError
from ingest.values import Document

_DEPTH = 100
_SEEDS = 3
_TELLING = 1000  # passages: with fewer, everyday words are missing by chance
_LISTED = 0.75  # what the score of a link without a page counts


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found: its fused score (about 0 to 1) and what each list says of it.

    ``cosine`` is its similarity to the query, None where it was found by words alone.
    """

    rank: int
    score: float
    passage: StoredPassage
    recommended_by: tuple[Recommendation, ...]
    dense_rank: int | None
    word_rank: int | None
    cosine: float | None = None


def _demoted(fused: list[tuple[int, float]], listed: frozenset[int]) -> list[tuple[int, float]]:
    """Put what only stands for a page behind pages that fit about as well.

    Its few words make it look better than it is: a title is all it has.
    """
    weighed = [(n, score * (_LISTED if n in listed else 1.0)) for n, score in fused]
    return sorted(weighed, key=lambda pair: (-pair[1], pair[0]))


def _another_model(built_with: str | None, embedder: Embedder) -> str:
    if built_with == embedder.name:
        how = f"when refdesk used {built_with} in another way"
    else:
        how = f"with another embedding model ({built_with}, not this {embedder.name})"
    return f"This library was built {how}: run `refdesk rebuild`."


def _with_other_forms(query: str, glossary: Glossary) -> str:
    others = glossary.others(query)
    return f"{query} ({', '.join(others)})" if others else query


@dataclass(frozen=True, slots=True)
class _Generation:
    folder: Path
    store: Store
    vectors: VectorIndex
    words: WordIndex
    glossary: Glossary
    listed: frozenset[int]


def embedder_of(home: Home) -> str | None:
    """Return the name of the embedding model a home's library was built with, if it has one.

    Of a library that is damaged the one before it says so, and where all are lost a note does.
    """
    for folder in filter(None, [home.current(), *reversed(home.generations())]):
        try:
            store = Store(folder / "library.sqlite")
            name = store.setting("embedder")
            store.close()
        except (sqlite3.Error, OSError):
            continue
        if name in MODELS or (name and not sums.damage(folder, every_byte=True)):
            return name
    noted = home.noted_embedder()
    return noted if noted in MODELS else None


def _opened(folder: Path, embedder: Embedder) -> _Generation:
    """Open a generation.

    Raises:
        NothingFound: it was built by another version or with another model.
        DamagedLibrary: it is no longer what was written.
    """
    harm = sums.damage(folder, every_byte=False)
    if harm:
        raise DamagedLibrary(_harmed(folder, "; ".join(f"{name}: {how}" for name, how in harm)))
    try:
        store = Store(folder / "library.sqlite")
        built = store.setting("format")
        if built is not None and built != str(FORMAT):
            raise NothingFound(
                f"The library in {folder.parent.parent} was built by another version of "
                "refdesk: run `refdesk rebuild`."
            )
        if built is not None and store.setting("fingerprint") != embedder.fingerprint:
            raise NothingFound(_another_model(store.setting("embedder"), embedder))
        if built is None:
            raise ValueError("library.sqlite says nothing of what it is")
        if not (folder / "words" / "meta.json").is_file():
            raise ValueError("words/meta.json: it is not there")
        return _Generation(
            folder,
            store,
            VectorIndex(folder),
            WordIndex(folder / "words"),
            Glossary(store.abbreviations()),
            frozenset(store.listed()),
        )
    except RefdeskError:
        raise
    except Exception as error:  # whatever three libraries make of damaged files
        raise DamagedLibrary(_harmed(folder, f"{type(error).__name__}: {error}")) from error


def _harmed(folder: Path, how: str) -> str:
    return (
        f"The library in {folder.parent.parent} is damaged ({how}): run `refdesk check --repair`, "
        "or `refdesk rebuild`, which makes it anew from the archive."
    )


class Library:
    """The library of a home, opened for reading; follows ``CURRENT`` from request to request."""

    def __init__(self, home: Home, embedder: Embedder) -> None:
        self._home = home
        self.embedder = embedder
        self._lock = threading.Lock()
        self._open: _Generation | None = None
        self._still: _Generation | None = None
        self._sentences = KeptVectors(embedder.embed)

    def _generation(self) -> _Generation:
        if self._still is not None:
            return self._still
        folder = self._home.current()
        if folder is None:
            raise NothingFound(
                f"The home {self._home.root} holds no library yet: run `refdesk ingest`."
            )
        with self._lock:
            if self._open is None or self._open.folder != folder:
                self._open = _opened(folder, self.embedder)
            return self._open

    def snapshot(self) -> "Library":
        """Return the library as it is now, which stays so: what one answer is made from."""
        still = Library.__new__(Library)
        still.__dict__.update(self.__dict__)
        still._still = self._generation()
        return still

    @property
    def store(self) -> Store:
        """The documents, passages and catalog of the current generation."""
        return self._generation().store

    def search(
        self,
        query: str,
        k: int = 10,
        filters: Filters = Filters(),  # noqa: B008  # immutable
        *,
        listed: bool = True,
    ) -> list[Hit]:
        """Return the ``k`` best passages for ``query``, best first.

        Passages are found by meaning and by words, both 100 deep, and their scores fused; the three
        best then move the query towards them for a second search by meaning. What is searched by
        meaning has the other forms of the abbreviations in it added. Without ``listed``, links
        whose pages are not here are left out: they say nothing that could be cited. The order of
        the hits is the same for every ``k`` up to 100; beyond, the search goes as deep as ``k``.
        """
        now = self._generation()
        allowed = now.store.matching(filters) if filters else None
        depth = max(_DEPTH, k)
        out = frozenset() if listed else now.listed

        def kept(found: list[tuple[int, float]]) -> list[tuple[int, float]]:
            return [pair for pair in found if pair[0] not in out][:depth]

        wide = depth + len(out)
        # the word search has the question alone: there the other forms changed nothing
        vector = self.embedder.embed_query(_with_other_forms(query, now.glossary))
        by_words = kept(now.words.search(query, wide, allowed))
        by_meaning = kept(now.vectors.search(vector, wide, allowed))
        fused = fuse(by_meaning, by_words)
        if fused:
            seeds = now.vectors.vectors([number for number, _ in fused[:_SEEDS]])
            moved = feedback(vector, seeds)
            second = kept(now.vectors.search(moved, wide, allowed, among=True))
            fused = _demoted(fuse(second, by_words), now.listed)
        return self._hits(now.store, fused[:k], by_meaning, by_words)

    def _hits(
        self,
        store: Store,
        fused: Sequence[tuple[int, float]],
        by_meaning: Sequence[tuple[int, float]],
        by_words: Sequence[tuple[int, float]],
    ) -> list[Hit]:
        passages = store.passages([number for number, _ in fused])
        dense_ranks = {number: rank for rank, (number, _) in enumerate(by_meaning, 1)}
        cosines = dict(by_meaning)
        word_ranks = {number: rank for rank, (number, _) in enumerate(by_words, 1)}
        recommended = store.recommendations({passage.url for passage in passages.values()})
        return [
            Hit(
                rank=rank,
                score=score,
                passage=passages[number],
                recommended_by=recommended[passages[number].url],
                dense_rank=dense_ranks.get(number),
                word_rank=word_ranks.get(number),
                cosine=cosines.get(number),
            )
            for rank, (number, score) in enumerate(fused, 1)
        ]

    def neighbours(self, hits: Sequence[Hit]) -> list[Hit]:
        """Return the passages right before and after these that are not among them.

        What answers a question may run over a cut. Each has the rank and score of the best hit it
        stands beside, and was found by neither list. Those of a better hit come first.
        """
        store = self.store
        beside = store.beside([hit.passage.number for hit in hits])
        there = {hit.passage.number for hit in hits}
        nearest: dict[int, Hit] = {}
        for hit in hits:
            for number in beside.get(hit.passage.number, ()):
                if number not in there:
                    nearest.setdefault(number, hit)
        passages = store.passages(list(nearest))
        return [
            Hit(hit.rank, hit.score, passages[number], hit.recommended_by, None, None)
            for number, hit in nearest.items()
        ]

    def with_other_forms(self, query: str) -> str:
        """Return a query with the long or short forms of the abbreviations in it added."""
        return _with_other_forms(query, self._generation().glossary)

    def terms(self, text: str) -> list[str]:
        """Return the distinct content terms of ``text``: stems and Han bigrams, no stop words."""
        return self._generation().words.terms(text)

    def idf(self, terms: Sequence[str]) -> dict[str, float]:
        """Return how rare each term is in this library."""
        return self._generation().words.idf(terms)

    def absent(self, terms: Iterable[str]) -> frozenset[str]:
        """Return the terms that stand in no passage, none where there are too few to tell."""
        words = self._generation().words
        return words.absent(terms) if len(words) >= _TELLING else frozenset()

    def vectors(self, numbers: Sequence[int]) -> Vectors:
        """Return the stored vectors of these passages, shape (len(numbers), dimension)."""
        return self._generation().vectors.vectors(numbers)

    def sentence_vectors(self, sentences: Sequence[str]) -> Vectors:
        """Return the vectors of at least one sentence, shape (len(sentences), dimension)."""
        return self._sentences.of(sentences)

    def document(self, url: str) -> Document | None:
        """Return the document an address leads to."""
        return self.store.document(url)

    def status(self) -> dict[str, Any]:
        """Return what the library holds, as the design's ``status`` object has it."""
        now = self._generation()
        return {
            "home": str(self._home.root),
            "generation": now.folder.name,
            "digest": now.store.setting("digest"),
            "embedder": now.store.setting("embedder"),
            "lists": now.store.list_rows(),
            "documents": now.store.count_documents(),
            "passages": now.store.count("passages"),
            "vectors": len(now.vectors),
            "failures": now.store.failures(),
            "missing": now.store.missing_entries(),
        }
