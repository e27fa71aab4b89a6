"""``refdesk eval --beir``: a collection in BEIR layout, searched in a home made for it alone.

The folder holds ``corpus.jsonl``, ``queries.jsonl`` and ``qrels/test.tsv``. The home stands in the
cache and is named by the SHA-256 of the corpus: a second run finds it built. Beside what refdesk
finds stands what plain means find in the same passages: by meaning, by words, and both fused by
rank.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from assistant.evaluation.scores import Evaluation, by_document, confidence, rates, row
from assistant.home import intake
from assistant.home.keeping import HomeWriter
from assistant.home.reports import Fetching
from index import metrics
from index.models.embedder import Embedder
from index.search.dense import VectorIndex
from index.search.lexical import WordIndex
from index.search.library import Library
from index.store.generation import OTHERS, Home
from index.store.recipe import settings
from index.store.sqlite import Store
from ingest.disk import json_of, sha256_of
from ingest.errors import NothingFound, UsageError
from ingest.links.urls import canonical
from ingest.text.sentences import language

Progress = Callable[[str, int, int], None]
Ranked = list[tuple[str, float]]

_PASSAGES = 200
"""Searched this deep, so that recall@100 has its hundred documents: some are several passages."""

_RRF = 60  # the constant of Cormack, Clarke and Büttcher 2009


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection in BEIR layout.

    ``queries`` are the texts of the judged ones; ``gains`` of a query are those of its relevant
    documents; ``addresses`` gives the documents whose row has an address of its own.
    """

    corpus: Path
    queries: dict[str, str]
    gains: dict[str, dict[str, int]]
    addresses: dict[str, list[str]]


def read_collection(folder: Path) -> Collection:
    """Read a folder in BEIR layout.

    Raises:
        UsageError: a file is missing or not as BEIR has it, or nothing is judged relevant.
    """
    corpus = folder / "corpus.jsonl"
    addresses: dict[str, list[str]] = {}
    for document in _rows(corpus, "_id", "text"):
        if document.get("url"):
            addresses.setdefault(canonical(document["url"]), []).append(str(document["_id"]))
    texts = {str(row["_id"]): row["text"] for row in _rows(folder / "queries.jsonl",
                                                              "_id", "text")}  # fmt: skip
    qrels = folder / "qrels" / "test.tsv"
    gains: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_text(qrels).splitlines()[1:], 2):
        try:
            query, document_id, gain = line.split("\t")
            if int(gain) > 0:
                gains.setdefault(query, {})[document_id] = int(gain)
        except ValueError as error:
            raise UsageError(
                f"{qrels}, line {number} is not `query-id corpus-id score`, tab-separated."
            ) from error
    if unknown := sorted(gains.keys() - texts.keys()):
        raise UsageError(f"{qrels} judges the query {unknown[0]}, which queries.jsonl has not.")
    if not gains:
        raise UsageError(f"{qrels} judges no document relevant.")
    return Collection(corpus, {query: texts[query] for query in gains}, gains, addresses)


def evaluate(folder: Path, home: Home, embedder: Embedder, progress: Progress) -> Evaluation:
    """Measure retrieval on a collection; ``home`` is the one whose cache holds its library.

    Raises:
        UsageError: the folder is not in BEIR layout.
    """
    collection = read_collection(folder)
    inner = Home(home.cache / "beir" / sha256_of(collection.corpus))
    library = _library(collection.corpus, collection.queries.values(), inner, embedder, progress)
    plain = _Plain(inner, embedder, library.store)
    runs: dict[str, dict[str, Ranked]] = {"refdesk": {}, "dense": {}, "words": {}, "rrf": {}}
    seconds = []
    for done, (query, text) in enumerate(collection.queries.items(), 1):
        begun = perf_counter()
        hits = by_document(library.search(text, _PASSAGES))
        seconds.append(perf_counter() - begun)
        runs["refdesk"][query] = _identified(hits, collection, library.store)
        for name, passages in plain.search(text).items():
            runs[name][query] = _identified(passages, collection, library.store)
        progress("searching", done, len(collection.queries))
    measures = metrics.COLLECTION_MEASURES
    scores = {
        name: metrics.calculate(
            collection.gains,
            {query: [document for document, _ in ranked] for query, ranked in run.items()},
            measures,
        )
        for name, run in runs.items()
    }
    queries = list(collection.queries)
    report = {
        "n": len(queries),
        "retrieval": metrics.mean(scores["refdesk"], queries, measures),
        "confidence": confidence(scores["refdesk"], queries, measures),
        "baselines": {
            name: metrics.mean(by_query, queries, measures)
            | {"confidence": confidence(by_query, queries, measures)}
            for name, by_query in scores.items()
            if name != "refdesk"
        },
        "answers": rates([], {}),
        "by_lang": {},
        "by_type": {},
        "timings": {"search_p50_s": round(median(seconds), 4)},
    }
    rows = tuple(
        {"id": query, "question": text, "lang": None, "type": None}
        | _scored(runs["refdesk"][query], collection.gains[query], scores["refdesk"][query])
        for query, text in collection.queries.items()
    )
    return Evaluation(report, (), rows, runs["refdesk"])


def _library(
    corpus: Path, queries: Iterable[str], home: Home, embedder: Embedder, progress: Progress
) -> Library:
    """Return the library of a corpus, ready for the languages of its queries.

    It is built when it is not there, or was built differently.
    """
    keeper = HomeWriter(home, embedder, progress)
    current = home.current()
    if current is None:
        intake.ingest(keeper, [corpus], seed=False, fetching=Fetching(offline=True))
    else:
        store = Store(current / "library.sqlite")
        same = all(store.setting(name) == value for name, value in settings(embedder).items())
        store.close()
        if not same:
            keeper.rebuild()
    library = Library(home, embedder)
    if any(library.lacks(query) for query in queries):
        keeper.widen()
    if not library.store.count_documents():
        raise NothingFound(f"The corpus {corpus} holds no document that can be read.")
    return library


class _Plain:
    """The baselines every peer has, over the passages of a library."""

    def __init__(self, home: Home, embedder: Embedder, store: Store) -> None:
        folder = home.current()
        assert folder is not None  # noqa: S101  # its library was opened before
        self._embedder = embedder
        self._store = store
        self._vectors = VectorIndex(folder)
        self._others = VectorIndex(folder / OTHERS) if (folder / OTHERS).exists() else None
        self._words = WordIndex(folder / "words")

    def search(self, query: str) -> dict[str, Ranked]:
        """Return the addresses found by meaning, by words and by both fused, best first."""
        embedder, vectors = self._embedder, self._vectors
        if self._others is not None and language(query) != "en":
            embedder, vectors = embedder.beyond_english(), self._others
        dense = vectors.search(embedder.embed_query(query), _PASSAGES)
        words = self._words.search(query, _PASSAGES)
        rankings = {"dense": dense, "words": words, "rrf": rrf(dense, words)}
        return {name: self._by_document(passages) for name, passages in rankings.items()}

    def _by_document(self, passages: Sequence[tuple[int, float]]) -> Ranked:
        stored = self._store.passages([number for number, _ in passages])
        best: dict[str, float] = {}
        for number, score in passages:
            best.setdefault(stored[number].url, score)
        return list(best.items())


def rrf(*lists: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """Fuse ranked lists by reciprocal rank, best first; equals keep the order of their numbers."""
    total: dict[int, float] = {}
    for ranked in lists:
        for rank, (item, _) in enumerate(ranked, 1):
            total[item] = total.get(item, 0.0) + 1 / (_RRF + rank)
    return sorted(total.items(), key=lambda pair: (-pair[1], pair[0]))


def _identified(ranked: Ranked, collection: Collection, store: Store) -> Ranked:
    """Name documents by their ``_id``; one that stands for copies stands for each of them."""
    named: dict[str, float] = {}
    for url, score in ranked:
        if url.startswith("file:"):
            ids = [url.partition("#")[2]]
        else:
            ids = [
                identity
                for address in sorted(store.addresses(url))
                for identity in collection.addresses.get(address, ())
            ]
        for identifier in ids:
            named.setdefault(identifier, score)
    return list(named.items())


def _scored(
    ranked: Ranked, gains: Mapping[str, int], scores: Mapping[str, float]
) -> dict[str, Any]:
    ranks = [rank for rank, (document, _) in enumerate(ranked, 1) if document in gains]
    return row(ranked, ranks, len(gains), scores)


def _rows(file: Path, *needed: str) -> list[dict[str, Any]]:
    rows = []
    for number, line in enumerate(_text(file).split("\n"), 1):
        if not line.strip():
            continue
        try:
            read = json_of(line)
            if not isinstance(read, dict) or any(name not in read for name in needed):
                raise ValueError(f"it needs {', '.join(needed)}")
        except ValueError as error:
            raise UsageError(f"{file}, line {number} is not a row of BEIR ({error}).") from error
        rows.append(read)
    return rows


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{file} cannot be read ({error}): a BEIR folder holds corpus.jsonl, queries.jsonl "
            "and qrels/test.tsv."
        ) from error
