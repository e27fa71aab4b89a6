"""Measure what a search costs and finds: ``python -m tests.benchmarks.retrieval [FOLDER]``.

FOLDER holds the real test material (by default ``../shared``): a WARC of pages and questions with
gold sources. Everything runs through the command, in fresh processes, in a home made for it; the
models are taken from the user's test cache.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import platformdirs

RUNS = 5


def refdesk(home: Path, *arguments: str) -> tuple[str, float]:
    """Run the command in ``home``; return its output and its wall time in seconds."""
    command = [sys.executable, "-m", "ui.cli", *arguments, "--home", str(home)]
    begun = time.perf_counter()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout, time.perf_counter() - begun


def main(shared: Path) -> None:
    """Print the figures BENCHMARKS.md reports on retrieval."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        models = platformdirs.user_cache_path("refdesk-tests")
        models.mkdir(parents=True, exist_ok=True)
        (home / "models").symlink_to(models)
        warc = shared / "web" / "pages.warc.gz"
        out, seconds = refdesk(home, "ingest", "--no-primer", str(warc), "--json")
        done = json.loads(out.splitlines()[-1])
        print(
            f"ingest: {seconds:.1f} s, {done['documents']} documents, {done['passages']} passages"
        )
        for name in ("questions.jsonl", "questions-extra.jsonl"):
            out, _ = refdesk(
                home, "eval", str(shared / "eval" / name), "--retrieval-only", "--json"
            )
            report = json.loads(out)
            print(name, json.dumps(report["retrieval"]))
            for lang, part in report["by_lang"].items():
                print(f"  {lang}", json.dumps(part["retrieval"]))
            print(f"  search p50 {report['timings']['search_p50_s']} s, missed {report['missed']}")
        walls = [refdesk(home, "search", "grouped-query attention")[1] for _ in range(RUNS)]
        print(f"search, fresh process: median {statistics.median(walls):.2f} s of {RUNS}")
        digests = {done["digest"]}
        for _ in range(2):
            out, seconds = refdesk(home, "rebuild", "--json")
            digests.add(json.loads(out.splitlines()[-1])["digest"])
            print(f"rebuild: {seconds:.1f} s")
        print(f"digests: {len(digests)} different")


if __name__ == "__main__":
    default = os.environ.get("REFDESK_SHARED", "../shared")
    main(Path(sys.argv[1] if len(sys.argv) > 1 else default))
