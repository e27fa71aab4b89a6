"""refdesk beside its peers: same documents, same MiniLM weights, same single thread, one run.

    python -m tests.benchmarks.peers [--beir FOLDER] [--cache FOLDER] [--documents N]
                                     [--python312 FILE] [SYSTEM...]

The peers are installed into environments of their own under the cache folder (2 GB; made once);
nothing of them enters refdesk's. Each system runs in a process of its own, on one core, with one
thread: indexing (model loaded before, archive or index on disk after), each query once more after
five to warm up, then three fresh processes that open what was saved and ask one query. Where other
work shares the machine, the times of the process itself (CPU) are the ones to compare. haiku-rag
needs Python 3.12 and takes its vectors from a server: it is given refdesk's own, by a process on
the same core, whose memory and CPU time are not counted.
"""

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median

import platformdirs

from assistant.evaluation.beir import read_collection
from index.metrics import calculate
from index.models.weights import obtain

HERE = Path(__file__).with_suffix("")
ROOT = Path(__file__).resolve().parents[2]
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"), "1"
)
FRESH = 3  # fresh processes that search


@dataclass(frozen=True, slots=True)
class System:
    """A system: its module in `peers`, the packages it is installed from, the environment it has.

    The first package is the one whose version is reported. ``served``: it is given vectors by
    `peers/serve_vectors.py`.
    """

    name: str
    module: str
    packages: tuple[str, ...] = ()
    environment: str = "environment"
    served: bool = False


# One environment for the peers in process: they agree on these versions.
_MODEL = ("torch==2.13.0", "sentence-transformers==6.2.0", "faiss-cpu==1.15.1")
SYSTEMS = (
    System("refdesk", "refdesk_system"),
    System("txtai (hybrid)", "txtai_system", ("txtai==9.14.0", *_MODEL)),
    System(
        "haystack (hybrid)",
        "haystack_system",
        ("haystack-ai==3.4.0", "sentence-transformers-haystack==2.0.0", *_MODEL),
    ),
    System(
        "llama-index + FAISS",
        "llama_index_system",
        (
            "llama-index-core==0.14.25",
            "llama-index-vector-stores-faiss==0.7.0",
            "llama-index-embeddings-huggingface==0.8.0",
            *_MODEL,
        ),
    ),
    System(
        "langchain + FAISS",
        "langchain_system",
        (
            "langchain-community==0.4.2",
            "langchain-core==1.7.2",
            "langchain-huggingface==1.2.3",
            *_MODEL,
        ),
    ),
    System(
        "haiku-rag (hybrid, served vectors)",
        "haiku_system",
        ("haiku-rag-slim==0.101.1",),
        "environment-3.12",
        served=True,
    ),
)


def environment(cache: Path, name: str, base: str) -> Path:
    """Return the Python of an environment of peers, making it with ``base`` the first time."""
    wanted = sorted(
        {p for system in SYSTEMS if system.environment == name for p in system.packages}
    )
    folder = cache / name
    stamp = folder / "installed.json"
    python = folder / "bin" / "python"
    if not stamp.exists() or json.loads(stamp.read_text()) != wanted:
        if shutil.disk_usage(cache).free < 5e9:
            raise SystemExit(f"The peers need 5 GB in {cache}.")
        print(f"installing peers into {folder}", file=sys.stderr)
        subprocess.run([base, "-m", "venv", folder], check=True)
        # torch first and alone: its CPU build, where one is offered, must not be replaced
        for packages in (*([each] for each in _MODEL[:1] if each in wanted), wanted):
            subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
        stamp.write_text(json.dumps(wanted))
    return python


def runs(python: str) -> bool:
    """Say whether this is a Python of 3.12 or later."""
    test = "import sys; sys.exit(sys.version_info < (3, 12))"
    try:
        return subprocess.run([python, "-c", test], capture_output=True).returncode == 0
    except OSError:
        return False


def material(beir: Path, count: int, folder: Path) -> dict[str, dict[str, int]]:
    """Write the first ``count`` documents and the queries they answer; return the judgements."""
    collection = read_collection(beir)
    lines = collection.corpus.read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if json.loads(line)["text"].strip()][:count]
    (folder / "corpus.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    there = {str(json.loads(line)["_id"]) for line in rows}
    gains = {
        query: {number: gain for number, gain in found.items() if number in there}
        for query, found in collection.gains.items()
    }
    gains = {query: found for query, found in gains.items() if found}
    asked = [{"_id": query, "text": collection.queries[query]} for query in gains]
    (folder / "queries.jsonl").write_text("".join(json.dumps(row) + "\n" for row in asked))
    return gains


def settings() -> dict[str, str]:
    """Return the environment variables every process here is given."""
    told = {
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "LOGFIRE_IGNORE_NO_CONFIG": "1",
        "REFDESK_CHECKOUT": str(ROOT),
        "REFDESK_TEST_MODELS": str(models_dir()),
    }
    return os.environ | ONE_THREAD | told


@contextmanager
def vectors_served(wanted: bool) -> Iterator[dict[str, str]]:
    """Serve refdesk's vectors where a system needs them; yield the variable that tells where."""
    if not wanted:
        yield {}
        return
    server = subprocess.Popen(
        [*one_core(), sys.executable, HERE / "serve_vectors.py"],
        env=settings(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    try:
        yield {"VECTORS_URL": server.stdout.readline().strip()}
    finally:
        server.terminate()
        server.wait()


def one_core() -> list[str]:
    """Return how a command is started on one core, the same for all."""
    return ["taskset", "-c", str(max(os.sched_getaffinity(0)))]


def step(
    python: Path, module: str, what: str, folder: Path, told: dict[str, str]
) -> tuple[dict, float, float]:
    """Run one step on one core; return what it measured, its seconds, and those of the CPU."""
    begun, begun_cpu = time.perf_counter(), cpu_of_children()
    done = subprocess.run(
        [*one_core(), python, HERE / "driver.py", module, what, folder],
        env=settings() | told,
        capture_output=True,
        check=False,
        text=True,
    )
    seconds, cpu_seconds = time.perf_counter() - begun, cpu_of_children() - begun_cpu
    if done.returncode:
        raise SystemExit(f"{module} {what} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1]), seconds, cpu_seconds


def cpu_of_children() -> float:
    """Return the CPU seconds of the processes that were started and ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def models_dir() -> Path:
    """Return where the tests keep refdesk's models."""
    return Path(
        os.environ.get("REFDESK_TEST_MODELS") or platformdirs.user_cache_path("refdesk-tests")
    )


def row(system: System, python: Path, folder: Path, gains: dict[str, dict[str, int]]) -> dict:
    """Measure one system."""
    with vectors_served(system.served) as told:
        measured, *_ = step(python, system.module, "index", folder, told)
        fresh = [step(python, system.module, "search", folder, told) for _ in range(FRESH)]
    scores = calculate(gains, measured["run"])
    times = measured["query_s"]
    count = sum(1 for _ in (folder / "corpus.jsonl").open(encoding="utf-8"))
    return {
        "system": system.name,
        "version": system.packages[0] if system.packages else "this checkout",
        "docs/s": round(count / measured["index_s"], 1),
        "query p50 ms": round(1000 * median(times), 1),
        "docs per CPU s": round(count / measured["index_cpu_s"], 1),
        "query p50 CPU ms": round(1000 * median(measured["query_cpu_s"]), 1),
        "query p95 ms": round(1000 * times[int(0.95 * len(times))], 1),
        "cold s": round(median(seconds for _, seconds, _ in fresh), 2),
        "cold CPU s": round(median(seconds for *_, seconds in fresh), 2),
        "peak MB": round(measured["peak_kb"] / 1000),
        "nDCG@10": round(fmean(each["ndcg@10"] for each in scores.values()), 4),
    }


def main() -> None:
    """Print a table, a line as each system is done, and how far ahead refdesk is."""
    parser = argparse.ArgumentParser(description=__doc__)
    shared = Path(os.environ.get("REFDESK_SHARED", "../shared"))
    parser.add_argument("--beir", type=Path, default=shared / "ir" / "cranfield")
    parser.add_argument("--cache", type=Path, default=platformdirs.user_cache_path("refdesk-peers"))
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--python312", default="python3.12", help="an interpreter for haiku-rag")
    parser.add_argument("systems", nargs="*", help="module names; by default all")
    given = parser.parse_args()
    given.cache.mkdir(parents=True, exist_ok=True)
    weights = obtain("all-minilm-l6-v2", models_dir())
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        gains = material(given.beir, given.documents, folder)
        python = environment(given.cache, "environment", sys.executable)
        subprocess.run(
            [python, HERE / "save_model.py", weights, folder / "model"],
            check=True,
            capture_output=True,
        )
        for system in SYSTEMS:
            if given.systems and system.module not in given.systems:
                continue
            if system.served and not runs(given.python312):
                print(f"{system.name}: left out, {given.python312} is no Python 3.12")
                continue
            base = given.python312 if system.served else sys.executable
            own = environment(given.cache, system.environment, base) if system.packages else base
            rows.append(row(system, Path(own), folder, gains))
            print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    print(f"{given.documents} documents, {len(gains)} queries, one core, one thread; "
          f"Python {platform.python_version()}")  # fmt: skip
    names = list(rows[0])
    print("| " + " | ".join(names) + " |\n|" + " --- |" * len(names))
    for each in rows:
        print("| " + " | ".join(str(each[name]) for name in names) + " |")
    ahead(rows)


def ahead(rows: list[dict]) -> None:
    """Print refdesk's lead over the best peer in process, measure by measure."""
    own, *others = rows
    # its vectors cost it nothing here, so the peers in process are the ones to be ahead of
    peers = [each for each in others if "served" not in each["system"]]
    if own["system"] != "refdesk" or not peers:
        return
    more = ("docs/s", "docs per CPU s")
    less = ("query p50 ms", "query p50 CPU ms", "cold s", "cold CPU s", "peak MB")
    leads = {name: own[name] / max(peer[name] for peer in peers) for name in more}
    leads |= {name: min(peer[name] for peer in peers) / own[name] for name in less}
    print(
        "ahead of the best peer in process: " + ", ".join(f"{k} {v:.1f}x" for k, v in leads.items())
    )
    print(
        f"nDCG@10 less the best peer's: {own['nDCG@10'] - max(p['nDCG@10'] for p in others):+.4f}"
    )


if __name__ == "__main__":
    main()
