"""Reading, cutting and embedding on Ray: the same library, however many workers, whoever dies."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assistant.desk import Desk
from ingest.errors import UsageError

pytest.importorskip("ray", reason="the extra ray is not installed")

pytestmark = [
    pytest.mark.filterwarnings("default"),  # Ray's own, of its processes and files
    pytest.mark.timeout(900),  # clusters take long to start where a machine is busy
]

PAGES = 24


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages of which some are copies, some empty, some in Chinese."""
    folder = tmp_path_factory.mktemp("many")
    for number in range(PAGES):
        told = " ".join(
            f"Cache {number} keeps the keys of head {head} for token {head * number}."
            for head in range(12 if number % 3 else 30)
        )
        text = f"<h1>Cache {number}</h1><p>{told}</p>" if number % 10 else "<p></p>"
        (folder / f"{number:02}.html").write_text(text)
    (folder / "zh.md").write_text("# 缓存\n\n缓存保存已经计算过的键和值，因此不必再次计算。" * 5)
    return folder


@pytest.fixture
def clusters() -> Iterator[list[object]]:
    """Clusters that the test made, to be shut down."""
    import ray

    made: list[object] = []
    yield made
    ray.shutdown()
    for cluster in made:
        cluster.shutdown()


def cluster_of(made: list[object], nodes: int) -> "object":
    from ray.cluster_utils import Cluster

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    cluster = Cluster()
    made.append(cluster)
    for _ in range(nodes):
        cluster.add_node(num_cpus=1, object_store_memory=100_000_000)
    cluster.wait_for_nodes()
    return cluster


def test_a_cluster_that_is_not_there_is_said(home, notes):
    with closing(Desk(home, llm="extractive")) as desk:
        before = desk.ingest([notes], seed=False, offline=True).status["digest"]
        with pytest.raises(UsageError, match=r"\[no such place\] cannot be used"):
            desk.rebuild(ray="[no such place]")
        assert desk.status()["digest"] == before


@pytest.mark.long
@pytest.mark.parametrize("nodes", [1, 2, 3])
def test_the_library_is_the_same_for_any_number_of_workers(home, many, clusters, nodes):
    with closing(Desk(home, llm="extractive")) as desk:
        here = desk.ingest([many], seed=False, offline=True).status
        (home / "cache" / "vectors.sqlite").unlink()
        cluster = cluster_of(clusters, nodes)
        there = desk.rebuild(ray=cluster.address)
        assert there.read == PAGES + 1
        assert there.status["digest"] == here["digest"]
        assert there.status["failures"] == here["failures"]
        assert desk.check().damages == ()


@pytest.mark.long
@pytest.mark.parametrize("victim", ["worker", "node"])
def test_what_dies_in_the_middle_costs_nothing(home, many, clusters, victim):
    with closing(Desk(home, llm="extractive")) as desk:
        before = desk.ingest([many], seed=False, offline=True).status["digest"]
        (home / "cache" / "vectors.sqlite").unlink()
        cluster = cluster_of(clusters, 1)
        second = cluster.add_node(num_cpus=1, object_store_memory=100_000_000)
        cluster.wait_for_nodes()
        killed: list[int] = []
        over = threading.Event()

        def kill() -> None:
            while not over.wait(0.02):
                if reading := workers():
                    if victim == "node":
                        cluster.remove_node(second, allow_graceful=False)
                    else:
                        os.kill(reading[0], signal.SIGKILL)
                    killed.append(reading[0])
                    return

        killer = threading.Thread(target=kill)
        killer.start()
        try:
            report = desk.rebuild(ray=cluster.address)
        finally:
            over.set()
            killer.join()
        assert killed
        assert report.read == PAGES + 1
        assert report.status["digest"] == before
        assert desk.check().damages == ()


def workers() -> list[int]:
    """Return the processes of Ray that run our tasks now."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            name = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if name.startswith((b"ray::_read", b"ray::_embed")):
            found.append(int(folder.name))
    return found


@pytest.mark.long
def test_a_task_that_cannot_reach_the_archive_stops_the_build(home, many, clusters, tmp_path):
    pytest.importorskip("fsspec", reason="the extra object-store is not installed")
    with closing(Desk(home, llm="extractive")) as desk:
        before = desk.ingest([many], seed=False, offline=True).status
        desk.move_archive(f"file://{tmp_path}/elsewhere")
        cluster = cluster_of(clusters, 1)
        assert desk.rebuild(ray=cluster.address).status["digest"] == before["digest"]

        def lose(step: str, done: int, total: int) -> None:
            if step == "reading pages" and done == 1:
                for file in (tmp_path / "elsewhere").glob("*.warc.gz"):
                    file.rename(file.with_suffix(".away"))
                time.sleep(0.1)

        with pytest.raises(UsageError, match="cannot be read"):
            desk.rebuild(ray=cluster.address, progress=lose)
        assert desk.status()["digest"] == before["digest"]
