"""Pages a second of a rebuild: by this machine alone, and by Ray with one worker, two, ….

    python -m tests.benchmarks.on_ray HOME [--workers 1 2]

The home is copied (its models are shared), and its vectors are computed anew each time. Every way
has to give the same content digest.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from assistant.desk import Desk


def main() -> None:
    """Rebuild in every way and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    given = parser.parse_args()
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    with tempfile.TemporaryDirectory(prefix="refdesk-ray-") as folder:
        home = Path(folder) / "home"
        shutil.copytree(given.home, home, ignore=shutil.ignore_patterns("models", "*.lock"))
        (home / "models").symlink_to((given.home / "models").resolve())
        with closing(Desk(home, llm="extractive")) as desk:
            digests = {_measured("this machine", desk, None)}
            for count in given.workers:
                digests.add(_on_ray(desk, count))
    if len(digests) > 1:
        sys.exit("the libraries differ")


def _on_ray(desk: Desk, count: int) -> str:
    import ray
    from ray.cluster_utils import Cluster

    cluster = Cluster()
    try:
        for _ in range(count):
            cluster.add_node(num_cpus=1, object_store_memory=200_000_000)
        cluster.wait_for_nodes()
        # the first time workers start and open the model
        _measured(f"Ray, {count} workers, begun", desk, cluster.address)
        return _measured(f"Ray, {count} workers", desk, cluster.address)
    finally:
        ray.shutdown()
        cluster.shutdown()


def _measured(name: str, desk: Desk, address: str | None) -> str:
    (desk.home.cache / "vectors.sqlite").unlink(missing_ok=True)
    begun, spent = time.perf_counter(), os.times()
    report = desk.rebuild(ray=address)
    seconds, now = time.perf_counter() - begun, os.times()
    own = now.user + now.system - spent.user - spent.system
    print(
        f"| {name:<24} | {report.read:>6} pages | {seconds:7.1f} s | {report.read / seconds:6.2f} "
        f"pages/s | {own:6.1f} s of the committer's processor |",
        flush=True,
    )
    return str(report.status["digest"])


if __name__ == "__main__":
    main()
