"""The same library by each engine: what is found, how fast; and how Milvus grows.

``quality`` makes one home of a collection in BEIR's layout, moves its library from engine to engine
(the digest must stay) and searches it in each. ``growth`` writes synthetic passages straight into
a collection: build, search p50 and p95, bytes. Both print JSON, a line an engine or size.

    python -m tests.benchmarks.engines quality ../shared/ir/cranfield local /tmp/x.db http://…
    python -m tests.benchmarks.engines growth http://127.0.0.1:19530 10000 100000
"""

import json
import random
import sys
import tempfile
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

import platformdirs

from assistant.desk import Desk
from assistant.evaluation.beir import read_collection
from assistant.evaluation.scores import by_document, confidence
from index import metrics
from index.milvus import client, passages
from index.milvus.passages import PassageWriter, ServedVectors
from index.milvus.terms import encoded
from index.store.served import Served, place
from index.store.values import StoredPassage
from index.store.within import EVERYWHERE
from tests.benchmarks.growth import DIMENSION, vectors_of, words_of

_DEEP = 100
_BATCH = 2000
_ASKED = 200


def quality(folder: Path, places: list[str]) -> None:
    """Search a collection by each engine."""
    from assistant.evaluation.beir import _identified

    collection = read_collection(folder)
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "models").symlink_to(platformdirs.user_cache_path("refdesk-tests"))
        Desk(home, llm="extractive").ingest([collection.corpus], seed=False)
        for where in places:
            library = str(Path(home) / "library") if where == "local" else where
            desk = Desk(home, llm="extractive", library=library)
            begun = perf_counter()
            report = desk.rebuild()
            built = perf_counter() - begun
            now = desk.library
            run, took = {}, []
            for query, text in collection.queries.items():
                begun = perf_counter()
                hits = now.search(text, _DEEP)
                took.append(perf_counter() - begun)
                run[query] = _identified(by_document(hits), collection, now.store)
            names = {query: [name for name, _ in ranked] for query, ranked in run.items()}
            scores = metrics.calculate(collection.gains, names, metrics.COLLECTION_MEASURES)
            queries = list(collection.queries)
            show(
                engine=report.status["engine"], digest=report.status["digest"][:12],
                passages=report.status["passages"], rebuild_s=built, **timed(took),
                **metrics.mean(scores, queries, metrics.COLLECTION_MEASURES),
                confidence=confidence(scores, queries, metrics.COLLECTION_MEASURES),
            )  # fmt: skip


def growth(where: str, sizes: list[int]) -> None:
    """Write and search so many synthetic passages."""
    served = place(where)
    if not isinstance(served, Served):
        raise SystemExit(f"{where} is no library in Milvus")
    server = client.connected(served)
    for size in sizes:
        name, chance = f"growth_{size}", random.Random(size)
        if server.client.has_collection(name):
            server.client.drop_collection(name)
        vectors = vectors_of(size, 2, None)
        begun = perf_counter()
        writer = PassageWriter(server, name, DIMENSION, size, words=server.has_words, texts=True)
        for start in range(0, size, _BATCH):
            batch = [passage(start + at, chance) for at in range(min(_BATCH, size - start))]
            terms = [encoded(each.text.split()) for each in batch]
            writer.put(batch, vectors[start : start + len(batch)], {}, terms)
        writer.finish()
        built = perf_counter() - begun
        index, took, by_words = ServedVectors(server, name), [], []
        exact = 0
        for query in vectors_of(_ASKED, 3, None):
            begun = perf_counter()
            found = index.near(query, _DEEP, EVERYWHERE)
            took.append(perf_counter() - begun)
            best = {int(at) for at in (vectors @ query).argsort()[::-1][:10]}
            exact += len(best & {number for number, _ in found[:10]})
            if server.has_words:
                line = encoded(words_of(chance, 6, least=20).split())
                begun = perf_counter()
                passages.search(
                    server, name, "sparse", line, _DEEP, EVERYWHERE, {"metric_type": "BM25"}
                )
                by_words.append(perf_counter() - begun)
        show(
            engine=server.version, passages=size, build_s=built, **timed(took),
            recall_at_10=exact / (10 * _ASKED),
            **({"words": timed(by_words)} if by_words else {}),
        )  # fmt: skip
        server.client.drop_collection(name)


def passage(number: int, chance: random.Random) -> StoredPassage:
    """Return a passage of words that are nobody's."""
    text = words_of(chance, 120)
    url = f"https://a.example/{number // 10}"
    return StoredPassage(
        number, f"key{number}", 0, len(text), ("Heading",), text, url, "Title", "en", "post",
        "a.example", "2026-01-01T00:00:00Z", "0" * 64,
    )  # fmt: skip


def timed(took: list[float]) -> dict[str, float]:
    """Return the median and the 95th percentile in milliseconds."""
    return {
        "p50_ms": round(1000 * median(took), 1),
        "p95_ms": round(1000 * quantiles(took, n=20)[-1], 1),
    }


def show(**values: object) -> None:
    """Print a line of JSON."""
    print(json.dumps(values, default=str), flush=True)


if __name__ == "__main__":
    what, first, *rest = sys.argv[1:]
    if what == "quality":
        quality(Path(first), rest)
    else:
        growth(first, [int(each) for each in rest])
