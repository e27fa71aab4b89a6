"""The one door to this floor: open the library of a home, search it, say what it holds."""

import shutil
import sqlite3
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index.milvus import mirror
from index.models.cross_encoder import CrossEncoderJudge
from index.models.embedder import Embedder
from index.search import halves
from index.search.abbreviations import Glossary
from index.search.dense import Vectors
from index.search.fusion import best_first
from index.search.halves import Searched, Side
from index.search.kept_vectors import KeptVectors
from index.search.narrowing import check
from index.search.opening import OpenGeneration, open_generation
from index.search.query import language_of, narrow, reduced
from index.search.served import engine_of
from index.store.catalog import failure_rows, list_rows, missing_entries, recommendations_of
from index.store.generation import Home
from index.store.sqlite import Store
from index.store.sums import DamagedLibrary
from index.store.values import Filters, Recommendation, StoredPassage
from index.store.within import Group, Narrowed, Within
from ingest.errors import NothingFound
from ingest.values import Document

_DEPTH = 100
_TRIES = 5  # generations may follow each other quickly
_TELLING = 1000  # passages: with fewer, everyday words are missing by chance
_FOLLOW_S = 1.0  # between questions to a server which generation counts
_LISTED = 0.75  # what the score of a link without a page counts
_MOST_PASTED = 2000  # characters searched of a pasted text without a telling word


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found: its fused score (about 0 to 1) and what each list says of it.

    ``dense_rank`` is its rank by meaning among the passages in the query's language, or among all
    others. ``cosine`` is its similarity to the query by the library's ``embedder``, None where it
    was found by words alone or by another model (see `Library.asked_in`).
    """

    rank: int
    score: float
    passage: StoredPassage
    recommended_by: tuple[Recommendation, ...]
    dense_rank: int | None
    word_rank: int | None
    cosine: float | None = None


def _demoted(fused: dict[int, float], listed: frozenset[int]) -> list[tuple[int, float]]:
    """Put what only stands for a page behind pages that fit about as well.

    Its few words make it look better than it is: a title is all it has.
    """
    weighed = {n: score * (_LISTED if n in listed else 1.0) for n, score in fused.items()}
    return best_first(weighed)


def _with_other_forms(query: str, glossary: Glossary) -> str:
    others = glossary.others(query)
    return f"{query} ({', '.join(others)})" if others else query


class Library:
    """The library of a home, opened for reading; follows ``CURRENT`` from request to request.

    ``judge`` reads its sources beside what is said of them, where a person named one.
    """

    def __init__(
        self, home: Home, embedder: Embedder, judge: CrossEncoderJudge | None = None
    ) -> None:
        self._home = home
        self.embedder = embedder
        self.judge = judge
        self._lock = threading.Lock()
        self._open: OpenGeneration | None = None
        self._still: OpenGeneration | None = None
        self._sentences = KeptVectors(embedder.embed)
        self._asked_in: dict[str, Library] = {}
        self._followed = 0.0
        self._mended = False
        self._kept_beyond: list[KeptVectors] = []  # shared by all snapshots

    def _generation(self) -> OpenGeneration:
        if self._still is not None:
            return self._still
        folder = self._counting()
        if folder is None:
            raise NothingFound(
                f"The home {self._home.root} holds no library yet: run `refdesk ingest`."
            )
        with self._lock:
            if self._open is None or self._open.folder != folder:
                self._open = self._opened(folder)
            return self._open

    def _counting(self) -> Path | None:
        """Return the generation that counts; the server of a served library is asked at times."""
        served = self._home.served
        if served is None:
            return self._home.current()
        now = time.monotonic()
        if self._open is None or now - self._followed > _FOLLOW_S:
            folder = mirror.follow(self._home, served)
            self._followed = now
            return folder
        return self._open.folder

    def _opened(self, folder: Path) -> OpenGeneration:
        """Open a generation; where updates took it away meanwhile, the one that counts now."""
        served = self._home.served
        while True:
            try:
                return open_generation(folder, self.embedder, served)
            except Exception as error:
                now = self._home.current()
                if served is not None and isinstance(error, DamagedLibrary) and not self._mended:
                    self._mended = True  # the server has the files: they are fetched once more
                    shutil.rmtree(folder)
                    folder = mirror.follow(self._home, served)
                    continue
                if now is None or now == folder:
                    raise
                folder = now

    def snapshot(self) -> "Library":
        """Return the library as it is now, which stays so: what one answer is made from."""
        still = Library.__new__(Library)
        still.__dict__.update(self.__dict__)
        still._still = self._readable()
        still._asked_in = {}
        return still

    def _readable(self) -> OpenGeneration:
        """Return the generation with this thread's own connection open: then it may even go."""
        for _ in range(_TRIES):
            now = self._generation()
            try:
                now.store.setting("format")
            except sqlite3.Error:
                if now.folder.exists():
                    raise
                with self._lock:  # it went between the two: the next one counts
                    self._open = None
            else:
                return now
        return self._generation()

    @property
    def store(self) -> Store:
        """The documents, passages and catalog of the current generation."""
        return self._generation().store

    def asked_in(self, lang: str) -> "Library":
        """Return this library for a question in a language.

        Its ``embedder`` and :meth:`sentence_vectors` are those of the model that knows the
        language, so that sentences of any language compare with the question: for English this
        library itself, for others one that embeds everything by the model beside.
        """
        if lang == "en" or self._generation().others.vectors() is None:
            return self
        with self._lock:
            if "other" not in self._asked_in:
                self._asked_in["other"] = _InOtherWords(self)
            return self._asked_in["other"]

    def lacks(self, query: str) -> bool:
        """Say whether vectors for the language of a query are missing and could be made."""
        now = self._generation()
        if not self.embedder.has_beyond or language_of(query, now.words.holds) == "en":
            return False
        return now.others.vectors() is None

    def corrected(self, query: str) -> str:
        """Return a query with misspelt words as this library writes them.

        Only words that stand nowhere in the library change, and only where one word is by far the
        likeliest meant; see `index.search.spelling`.
        """
        return self._generation().speller.corrected(query)

    def telling(self, pasted: str) -> str:
        """Return the words of a pasted page or log that tell most; else its beginning."""
        return reduced(narrow(pasted), self._generation().words)[:_MOST_PASTED]

    def search(
        self,
        query: str,
        k: int = 10,
        filters: Filters = Filters(),  # noqa: B008  # immutable
        *,
        to_answer: bool = False,
    ) -> list[Hit]:
        """Return the ``k`` best passages for ``query``, best first.

        Passages are found by meaning and by words, both 100 deep, and their scores fused by what
        each can know; the three best then move the query towards them for a second search by
        meaning. Passages in the query's language and all others are two sides, each by the model
        that knows it. What is searched by meaning has the other forms of the abbreviations in it
        added; of a pasted page or traceback the rare words are searched. ``to_answer``
        a question, links whose pages are not here are left out, which say nothing that could be
        cited, and passages are found by the questions that they are known to answer, too: to who
        looks through hits these would put notes before the pages. The order of
        the hits is the same for every ``k`` up to 100; beyond, the search goes as deep as ``k``.

        Raises:
            UsageError: a filter names nothing there is; the message names what is near.
        """
        now = self._generation()
        if filters:
            check(now.store, filters)
        text = reduced(narrow(query), now.words)
        searched = Searched(
            text,
            # the word search has the question alone: there the other forms changed nothing
            _with_other_forms(text, now.glossary),
            max(_DEPTH, k),
            Within(
                Narrowed(filters, now.store) if filters else None,
                left_out=now.listed if to_answer else frozenset(),
            ),
            to_answer=to_answer,
        )
        ranking = halves.search(searched, self._sides(now, text), now.words, self.embedder)
        fused = _demoted(ranking.fused, now.listed)
        return self._hits(now.store, fused[:k], ranking)

    def _sides(self, now: OpenGeneration, text: str) -> list[Side]:
        """Return the passages in the query's language and all others, with who knows them."""
        lang = language_of(text, now.words.holds)
        main = other = self.embedder
        vectors = now.vectors
        if lang == "en" and not now.foreign.numbers:
            return [Side(main, now.vectors)]
        if not main.multilingual:
            others = now.others.vectors()
            if others is None:
                return [Side(main, now.vectors, understood=lang == "en")]
            other, vectors = main.beyond_english(), others
        if lang == "en":
            home = Side(main, now.vectors, without=now.foreign)
            abroad = Side(other, vectors, only=now.foreign, abroad=True)
        else:
            own = now.languages.get(lang, Group.of(lang, ()))
            home = Side(other, vectors, only=own)
            abroad = Side(other, vectors, without=own, abroad=True)
        return [home, abroad]

    def _hits(
        self, store: Store, fused: Sequence[tuple[int, float]], ranking: halves.Found
    ) -> list[Hit]:
        passages = store.passages([number for number, _ in fused])
        recommended = recommendations_of(store, {passage.url for passage in passages.values()})
        return [
            Hit(
                rank=rank,
                score=score,
                passage=passages[number],
                recommended_by=recommended[passages[number].url],
                dense_rank=ranking.dense_ranks.get(number),
                word_rank=ranking.word_ranks.get(number),
                cosine=ranking.cosines.get(number),
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

    def rest_of(self, url: str, hits: Sequence[Hit], longest: int) -> list[Hit]:
        """Return the passages of a document that are not among ``hits``, in reading order.

        None of a document of more than ``longest`` passages. Each has the rank and score of the
        worst hit and was found by neither list.
        """
        store = self.store
        there = {hit.passage.number for hit in hits}
        numbers = store.passages_of([url])
        if len(numbers) > longest or not hits:
            return []
        left = [number for number in numbers if number not in there]
        passages = store.passages(left)
        last, score = max(hit.rank for hit in hits), min(hit.score for hit in hits)
        named = next((hit.recommended_by for hit in hits if hit.passage.url == url), ())
        return [
            Hit(last, score, passages[number], named, None, None)
            for number in left
            if not passages[number].listed
        ]

    def with_other_forms(self, query: str) -> str:
        """Return a query with the long or short forms of the abbreviations in it added."""
        return _with_other_forms(query, self._generation().glossary)

    def names_of_subjects(self) -> tuple[str, ...]:
        """Return what the subjects of the primer's notes are called, of those that are here."""
        return tuple(self._generation().store.names_of_subjects())

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
            "engine": asdict(engine_of(now.folder, self._home.served)),
            "lists": list_rows(now.store),
            "documents": now.store.count_documents(),
            "passages": now.store.count("passages"),
            "vectors": len(now.vectors),
            "failures": failure_rows(now.store),
            "missing": missing_entries(now.store),
        }


class _InOtherWords(Library):
    """A library whose sentences and questions are embedded by its model for other languages."""

    def __init__(self, library: Library) -> None:
        super().__init__(library._home, library.embedder.beyond_english(), library.judge)
        self._library = library
        if not library._kept_beyond:
            library._kept_beyond.append(self._sentences)
        self._sentences = library._kept_beyond[0]

    def _generation(self) -> OpenGeneration:
        return self._library._generation()

    def asked_in(self, lang: str) -> Library:
        """Return the library for a question in a language."""
        return self._library.asked_in(lang)

    def _sides(self, now: OpenGeneration, text: str) -> list[Side]:
        return self._library._sides(now, text)

    def vectors(self, numbers: Sequence[int]) -> Vectors:
        """Return the stored vectors of these passages, shape (len(numbers), dimension)."""
        others = self._generation().others.vectors()
        return super().vectors(numbers) if others is None else others.vectors(numbers)
