"""Search, memory, building time and disk from 10,000 to 1,000,000 passages, on one thread.

    python -m tests.benchmarks.growth [--largest N] [--home HOME] [--plot FILE.png]

Vectors lie in clusters, as embeddings do; with ``--home`` around those of the library there, up to
0.9 away from one of them before they are made unit vectors. Texts are made of words drawn by Zipf's
law, titles too. A hybrid search is what `Library.search` does: the query embedded, words and
vectors searched, scores fused, vectors searched again with feedback. What is embedded are our own
questions (``data/eval``, each as long as it is); with ``--home`` their vectors are searched for,
else synthetic ones. What is searched by words is synthetic, since the words of the texts are. Each
size is measured in a process of its own.
"""

import argparse
import itertools
import json
import math
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

import numpy as np
import platformdirs

DIMENSION = 384
VOCABULARY = 30_000


def vectors_of(count: int, seed: int, home: Path | None) -> np.ndarray:
    """Return unit vectors around 2,000 centres or those of a library, shape (count, 384)."""
    if home is None:
        centres = np.random.default_rng(1).normal(size=(2000, DIMENSION)).astype(np.float32)
        near, far = 0.8 * DIMENSION**0.5, 0.8 * DIMENSION**0.5
    else:
        centres, near, far = stored_vectors(home), 0.2, 0.9
    rng = np.random.default_rng(seed)
    out = np.empty((count, DIMENSION), dtype=np.float32)
    for start in range(0, count, 50_000):
        size = min(50_000, count - start)
        away = rng.normal(size=(size, DIMENSION)).astype(np.float32)
        away *= rng.uniform(near, far, (size, 1)).astype(np.float32) / np.float32(DIMENSION**0.5)
        out[start : start + size] = centres[rng.integers(0, len(centres), size)] + away
    out /= np.linalg.norm(out, axis=1, keepdims=True)
    return out


def stored_vectors(home: Path) -> np.ndarray:
    """Return the vectors of a home's library."""
    from index.search.dense import VectorIndex
    from index.store.generation import Home

    folder = Home(home).current()
    if folder is None:
        raise SystemExit(f"{home} holds no library")
    index = VectorIndex(folder)
    return index.vectors([int(number) for number in index.numbers])


QUESTIONS = 135


def questions() -> list[str]:
    """Return some of our own questions, as many from each part of them."""
    files = sorted(Path("data", "eval").glob("*.jsonl"))
    rows = (json.loads(line) for file in files for line in file.open(encoding="utf-8"))
    every = [row["question"] for row in rows if "question" in row]
    return every[:: max(len(every) // QUESTIONS, 1)][:QUESTIONS]


def words_of(chance: random.Random, count: int, least: int = 1) -> str:
    """Return so many words, the frequent ones often; ``least`` leaves out the most frequent."""
    words: list[str] = []
    while len(words) < count:
        word = int(chance.paretovariate(0.9))
        if least <= word <= VOCABULARY:
            words.append(f"w{word}")
    return " ".join(words)


def build(folder: Path, count: int, home: Path | None) -> dict[str, float]:
    """Write both indexes; return the seconds each took."""
    from index.search import dense
    from index.search.lexical import WordIndex

    vectors = vectors_of(count, 7, home)
    begun = time.monotonic()
    dense.write(folder, range(1, count + 1), vectors)
    dense_s = time.monotonic() - begun
    chance = random.Random(7)
    begun = time.monotonic()
    titles = (words_of(chance, 6) for _ in range(count))
    WordIndex(folder / "words").change(
        [],
        # the words hold the title, too
        ((n, title, f"{title}\n{words_of(chance, 60)}") for n, title in enumerate(titles, 1)),
    )
    return {"vectors_s": dense_s, "words_s": time.monotonic() - begun}


def search(folder: Path, count: int, home: Path | None) -> dict[str, float]:
    """Search both indexes on one thread, warm; return times, recall and resident memory."""
    import faiss

    from index.models.embedder import Embedder
    from index.search.dense import VectorIndex
    from index.search.fusion import best_first, feedback, fuse, normalised
    from index.search.lexical import WordIndex

    faiss.omp_set_num_threads(1)
    embedder = Embedder.open(platformdirs.user_cache_path("refdesk-tests"))
    vectors, words = VectorIndex(folder), WordIndex(folder / "words")
    ours = questions()
    if home is None:
        queries = vectors_of(len(ours), 11, None)
    else:
        queries = np.stack([embedder.embed_query(question) for question in ours])
    chance = random.Random(11)
    # the most frequent words stand for those that the index leaves out as stop words
    asked = [words_of(chance, 9, least=30) for _ in ours]
    times: dict[str, list[float]] = {"embedding": [], "vectors": [], "words": [], "hybrid": []}
    used: list[float] = []
    moved: list[np.ndarray] = []
    found_again: list[set[int]] = []
    found: list[set[int]] = []
    for turn in range(2):  # the first warms up
        for question, query, text in zip(ours, queries, asked, strict=True):
            begun, begun_cpu = time.perf_counter(), time.process_time()
            embedder.embed_query(question)
            after_embedding = time.perf_counter()
            near = vectors.search(query, 100)
            after_vectors = time.perf_counter()
            said = words.search(text, 100)
            after_words = time.perf_counter()
            fused = best_first(fuse((normalised(near), 1.0), (normalised(said), 1.0)))
            again = feedback(query, vectors.vectors([number for number, _ in fused[:3]]))
            nearer = vectors.search(again, 100, among=True)
            best_first(fuse((normalised(nearer), 1.0), (normalised(said), 1.0)))
            ended, ended_cpu = time.perf_counter(), time.process_time()
            if turn:
                times["embedding"].append(after_embedding - begun)
                times["vectors"].append(after_vectors - after_embedding)
                times["words"].append(after_words - after_vectors)
                times["hybrid"].append(ended - begun)
                used.append(ended_cpu - begun_cpu)
                moved.append(again)
                found.append({number for number, _ in near[:10]})
                found_again.append({number for number, _ in nearer[:10]})
    rss = resident_mb()
    return {
        f"{name}_{what}_ms": 1000 * value
        for name, spent in times.items()
        for what, value in (("p50", median(spent)), ("p95", quantiles(spent, n=20)[-1]))
    } | {
        "hybrid_p50_cpu_ms": 1000 * median(used),
        "recall@10": recall(folder, queries, found),
        "recall@10_again": recall(folder, np.stack(moved), found_again),
        "resident_mb": rss,
    }


def recall(folder: Path, queries: np.ndarray, found: list[set[int]]) -> float:
    """Return the share of the ten exactly nearest that were found."""
    stored = folder / "vectors.f32"
    if not stored.exists():
        return 1.0
    vectors = np.memmap(stored, dtype=np.float32, mode="r").reshape(-1, DIMENSION)
    scores = np.concatenate(
        [vectors[start : start + 50_000] @ queries.T for start in range(0, len(vectors), 50_000)]
    )
    best = np.argpartition(-scores, 10, axis=0)[:10].T + 1
    return sum(len(set(map(int, row)) & one) for row, one in zip(best, found, strict=True)) / (
        10 * len(queries)
    )


def resident_mb() -> float:
    """Return this process's resident memory in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def main(largest: int, home: Path | None, plot: Path | None) -> None:
    """Print a row per size and the exponents between them."""
    rows = []
    for count in (10_000, 100_000, 1_000_000):
        if count > largest:
            break
        with tempfile.TemporaryDirectory() as folder:
            row: dict[str, float] = {"passages": count}
            for step in ("build", "search"):
                done = subprocess.run(
                    [sys.executable, "-m", "tests.benchmarks.growth", "--step", step,
                     "--folder", folder, "--largest", str(count),
                     *(["--home", str(home)] if home else [])],
                    capture_output=True, text=True, check=True,
                )  # fmt: skip
                row |= json.loads(done.stdout)
            row["disk_mb"] = sum(f.stat().st_size for f in Path(folder).rglob("*")) / 1e6
        rows.append(row)
        print(json.dumps({name: round(value, 3) for name, value in row.items()}), flush=True)
    for before, after in itertools.pairwise(rows):
        exponents = {
            name: round(math.log(after[name] / before[name]) / math.log(10), 2)
            for name in (
                "vectors_p50_ms",
                "words_p50_ms",
                "hybrid_p50_ms",
                "resident_mb",
                "disk_mb",
            )
        }
        print(f"{before['passages']:.0f} to {after['passages']:.0f}, exponents: {exponents}")
    if plot and rows:
        draw(rows, plot)


def draw(rows: list[dict[str, float]], file: Path) -> None:
    """Draw times and memory over size, both axes logarithmic."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4))
    sizes = [row["passages"] for row in rows]
    for name, label in (("hybrid", "hybrid"), ("words", "words"), ("vectors", "vectors")):
        axes.plot(sizes, [row[f"{name}_p50_ms"] for row in rows], marker="o", label=f"{label}, p50")
    axes.set(xscale="log", yscale="log", xlabel="passages", ylabel="ms a search, one thread")
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(file, dpi=120)


def arguments() -> argparse.Namespace:
    """Read the command line; the two steps are for the processes this one starts."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--largest", type=int, default=1_000_000, help="sizes up to this one")
    parser.add_argument("--home", type=Path, help="vectors like those of the library there")
    parser.add_argument("--plot", type=Path, metavar="FILE.png", help="draw times over size")
    parser.add_argument("--step", choices=("build", "search"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    given = arguments()
    if given.step:
        step = build if given.step == "build" else search
        done = step(given.folder, given.largest, given.home)
        print(json.dumps(done))
    else:
        main(given.largest, given.home, given.plot)
