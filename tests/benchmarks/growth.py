"""Search, memory, building time and disk from 10,000 to 1,000,000 passages, on one thread.

    python -m tests.benchmarks.growth [--largest N] [--plot FILE.png]

Vectors lie in clusters, as embeddings do; texts are made of words drawn by Zipf's law. A hybrid
search is what `Library.search` does: the query embedded, words and vectors searched, scores fused,
vectors searched again with feedback. Each size is measured in a process of its own.
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
QUERIES = 100
VOCABULARY = 30_000


def vectors_of(count: int, seed: int) -> np.ndarray:
    """Return unit vectors around 2,000 centres, shape (count, 384)."""
    centres = np.random.default_rng(1).normal(size=(2000, DIMENSION)).astype(np.float32)
    rng = np.random.default_rng(seed)
    out = np.empty((count, DIMENSION), dtype=np.float32)
    for start in range(0, count, 50_000):
        stop = min(start + 50_000, count)
        out[start:stop] = centres[rng.integers(0, 2000, stop - start)]
        out[start:stop] += 0.8 * rng.normal(size=(stop - start, DIMENSION)).astype(np.float32)
    out /= np.linalg.norm(out, axis=1, keepdims=True)
    return out


def words_of(chance: random.Random, count: int, least: int = 1) -> str:
    """Return so many words, the frequent ones often; ``least`` leaves out the most frequent."""
    words = []
    while len(words) < count:
        word = int(chance.paretovariate(0.9))
        if least <= word <= VOCABULARY:
            words.append(f"w{word}")
    return " ".join(words)


def build(folder: Path, count: int) -> dict[str, float]:
    """Write both indexes; return the seconds each took."""
    from index import dense
    from index.lexical import WordIndex

    vectors = vectors_of(count, 7)
    begun = time.monotonic()
    dense.write(folder, range(1, count + 1), vectors)
    dense_s = time.monotonic() - begun
    chance = random.Random(7)
    begun = time.monotonic()
    WordIndex(folder / "words").change(
        [],
        ((n, words_of(chance, 6), words_of(chance, 60)) for n in range(1, count + 1)),
    )
    return {"vectors_s": dense_s, "words_s": time.monotonic() - begun}


def search(folder: Path, count: int) -> dict[str, float]:
    """Search both indexes on one thread, warm; return times, recall and resident memory."""
    import faiss

    from index.dense import VectorIndex
    from index.embedder import Embedder
    from index.fusion import feedback, fuse
    from index.lexical import WordIndex

    faiss.omp_set_num_threads(1)
    embedder = Embedder.open(platformdirs.user_cache_path("refdesk-tests"))
    vectors, words = VectorIndex(folder), WordIndex(folder / "words")
    queries = vectors_of(QUERIES, 11)
    chance = random.Random(11)
    # the most frequent words stand for those that the index leaves out as stop words
    asked = [words_of(chance, 9, least=30) for _ in range(QUERIES)]
    times: dict[str, list[float]] = {"vectors": [], "words": [], "hybrid": []}
    found = []
    for turn in range(2):  # the first warms up
        for query, text in zip(queries, asked, strict=True):
            begun = time.perf_counter()
            embedder.embed_query(text)
            after_embedding = time.perf_counter()
            near = vectors.search(query, 100)
            after_vectors = time.perf_counter()
            said = words.search(text, 100)
            after_words = time.perf_counter()
            fused = fuse(near, said)
            seeds = vectors.vectors([number for number, _ in fused[:3]])
            fuse(vectors.search(feedback(query, seeds), 100), said)
            if turn:
                times["vectors"].append(after_vectors - after_embedding)
                times["words"].append(after_words - after_vectors)
                times["hybrid"].append(time.perf_counter() - begun)
                found.append({number for number, _ in vectors.search(query, 10)})
    rss = resident_mb()
    return {
        f"{name}_{what}_ms": 1000 * value
        for name, spent in times.items()
        for what, value in (("p50", median(spent)), ("p95", quantiles(spent, n=20)[-1]))
    } | {"recall@10": recall(folder, queries, found), "resident_mb": rss}


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


def main(largest: int, plot: Path | None) -> None:
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
                     "--folder", folder, "--largest", str(count)],
                    capture_output=True, text=True, check=True,
                )  # fmt: skip
                row |= json.loads(done.stdout)
            row["disk_mb"] = sum(f.stat().st_size for f in Path(folder).rglob("*")) / 1e6
        rows.append(row)
        print(json.dumps({name: round(value, 3) for name, value in row.items()}))
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
    parser.add_argument("--plot", type=Path, metavar="FILE.png", help="draw times over size")
    parser.add_argument("--step", choices=("build", "search"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    given = arguments()
    if given.step:
        done = (build if given.step == "build" else search)(given.folder, given.largest)
        print(json.dumps(done))
    else:
        main(given.largest, given.plot)
