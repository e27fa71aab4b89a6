"""One step of one system, in a process of its own and an environment of its own.

    python driver.py SYSTEM index|search FOLDER

FOLDER holds ``corpus.jsonl``, ``queries.jsonl`` and ``model/`` (a sentence-transformers model); the
system keeps its index in ``FOLDER/SYSTEM``. ``index`` loads the model, indexes and saves, then asks
every query; ``search`` opens what was saved, in a fresh process, and asks the first. What was
measured is printed as JSON. Imports nothing that the environments do not share.
"""

import importlib
import json
import resource
import sys
import time
from pathlib import Path
from typing import Protocol

K = 10
WARM_UP = 5


class System(Protocol):
    """What each module of a system has, as a class ``System(model, folder)``.

    ``model`` is the folder of the embedding model, ``folder`` where the index is kept.
    """

    def index(self, documents: list[tuple[str, str]]) -> None:
        """Index documents, each an id and a text, and save."""

    def load(self) -> None:
        """Open what was saved."""

    def search(self, query: str, k: int) -> list[str]:
        """Return the ids of the best documents, best first."""


def main(name: str, step: str, folder: Path) -> None:
    """Run one step and print what it measured."""
    queries = [json.loads(line) for line in (folder / "queries.jsonl").open(encoding="utf-8")]
    kept = folder / name
    kept.mkdir(exist_ok=True)
    system: System = importlib.import_module(name).System(folder / "model", kept)
    if step == "search":
        system.load()
        print(json.dumps({"found": system.search(queries[0]["text"], K)}))
        return
    corpus = [json.loads(line) for line in (folder / "corpus.jsonl").open(encoding="utf-8")]
    documents = [(row["_id"], f"{row['title']} {row['text']}".strip()) for row in corpus]
    begun, begun_cpu = time.perf_counter(), time.process_time()
    system.index(documents)
    index_s, index_cpu_s = time.perf_counter() - begun, time.process_time() - begun_cpu
    for row in queries[:WARM_UP]:
        system.search(row["text"], K)
    times, cpu_times, run = [], [], {}
    for row in queries:
        begun, begun_cpu = time.perf_counter(), time.process_time()
        run[row["_id"]] = system.search(row["text"], K)
        times.append(time.perf_counter() - begun)
        cpu_times.append(time.process_time() - begun_cpu)
    measured = {
        "index_s": index_s,
        "index_cpu_s": index_cpu_s,
        "query_s": sorted(times),
        "query_cpu_s": sorted(cpu_times),
        "peak_kb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        "run": run,
    }
    print(json.dumps(measured))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
