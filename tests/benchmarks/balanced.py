"""Two desks behind nginx: callers see no error, though a desk ends and comes back in the middle.

    python -m tests.benchmarks.balanced HOME [--seconds 120] [--callers 50] [--llm extractive]
        [--library http://HOST:PORT/NAME] [--database postgresql://USER@HOST/NAME] [--nginx nginx]

Each desk serves a copy of the home (its models are shared); with ``--llm URL`` both ask one model
server, with ``--library`` both read one library in Milvus, with ``--database`` they share threads.
The balancer runs by `deploy/nginx.conf`, its addresses put in. A third of the way in one desk is
asked to end and, when it has, started again.
"""

import argparse
import asyncio
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx

from tests.benchmarks import callers
from tests.benchmarks.callers import Counts

ROOT = Path(__file__).resolve().parents[2]
ASKING = 40.0  # seconds between a caller's questions, on average


def main() -> None:
    """Run the desks, the balancer and the callers, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--callers", type=int, default=50)
    parser.add_argument("--llm", default="extractive")
    parser.add_argument("--library", default="")
    parser.add_argument("--database", default="")
    parser.add_argument("--port", type=int, default=7899)
    parser.add_argument("--nginx", default="nginx")
    given = parser.parse_args()
    callers.ASKING = ASKING
    ports = [given.port + 1, given.port + 2]
    desks: dict[int, subprocess.Popen[bytes]] = {}
    with tempfile.TemporaryDirectory(prefix="refdesk-balanced-") as folder:
        homes = dict(zip(ports, _copies(given.home, Path(folder)), strict=True))
        balancer = None
        try:
            for port in ports:
                desks[port] = _desk(homes[port], port, given)
            for port in ports:
                callers._ready(f"http://127.0.0.1:{port}", desks[port])
            config = _config(Path(folder), given.port, ports)
            balancer = subprocess.Popen([given.nginx, "-c", config, "-p", folder, "-e", "stderr"])
            callers._ready(f"http://127.0.0.1:{given.port}", balancer)

            def replace() -> None:
                time.sleep(given.seconds / 3)
                begun = time.perf_counter()
                desks[ports[1]].terminate()
                desks[ports[1]].wait(120)
                drained.append(time.perf_counter() - begun)
                desks[ports[1]] = _desk(homes[ports[1]], ports[1], given)

            drained: list[float] = []
            restart = threading.Thread(target=replace)
            restart.start()
            counts = asyncio.run(_run(given.port, given.seconds, given.callers))
            restart.join()
            shares = [_searches(port) for port in ports]
            _print(counts, drained[0], shares, given)
        finally:
            for process in (*desks.values(), *filter(None, [balancer])):
                process.terminate()
            for process in (*desks.values(), *filter(None, [balancer])):
                process.wait(120)


def _copies(home: Path, folder: Path) -> list[Path]:
    """Copy a home twice; the weights are linked."""
    copies = [folder / "one", folder / "two"]
    for copy in copies:
        shutil.copytree(home, copy, ignore=shutil.ignore_patterns("models", "*.lock"))
        (copy / "models").symlink_to((home / "models").resolve())
    return copies


def _desk(home: Path, port: int, given: argparse.Namespace) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "ui.cli", "--library", given.library, "--database", given.database,
         "serve", "--home", home, "--llm", given.llm,
         "--port", str(port), "--trust-proxy", "127.0.0.1", "--grace", "60"],
        cwd=ROOT,
    )  # fmt: skip


def _config(folder: Path, port: int, ports: list[int]) -> str:
    """Write the balancer's configuration of `deploy/` with the addresses of this machine."""
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    for name, desk in zip(("desk", "desk-2"), ports, strict=True):
        text, count = re.subn(rf"server {name}:7860", f"server 127.0.0.1:{desk}", text)
        assert count == 1, name
    text = text.replace("listen 7860", f"listen 127.0.0.1:{port}")
    text = text.replace("pid /tmp/nginx.pid;", f"pid {folder}/nginx.pid;\ndaemon off;")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"    {kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    text = text.replace("    access_log off;\n", f"    access_log off;\n{paths}")
    file = folder / "nginx.conf"
    file.write_text(text)
    return str(file)


async def _run(port: int, seconds: float, count: int) -> Counts:
    counts = Counts()
    url = f"http://127.0.0.1:{port}"
    tasks = [asyncio.create_task(callers._call(url, n, counts)) for n in range(1, count + 1)]
    await asyncio.sleep(seconds)
    for task in tasks:
        task.cancel()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    counts.errors += [repr(why) for why in ended if not isinstance(why, asyncio.CancelledError)]
    return counts


def _searches(port: int) -> float:
    """Return how many searches a desk answered since it was started."""
    try:
        text = httpx.get(f"http://127.0.0.1:{port}/metrics").text
    except httpx.TransportError:
        return 0.0
    pattern = r'^refdesk_requests_total\{door="search",status="200"\} (\S+)$'
    return sum(map(float, re.findall(pattern, text, re.MULTILINE)))


def _print(counts: Counts, drained: float, shares: list[float], given: argparse.Namespace) -> None:
    searches = [1000 * took for took in counts.searches]
    for name, value in (
        ("callers, seconds", f"{given.callers}, {given.seconds:.0f}"),
        ("searches", f"{len(searches)}"),
        ("search p50, p95, worst (ms)",
         ", ".join(f"{callers._at(searches, share):.0f}" for share in (0.5, 0.95, 1))),
        ("answers (refused)", f"{len(counts.asks)} ({counts.refused})"),
        ("answer p50, p95 (s)",
         ", ".join(f"{callers._at(counts.asks, share):.1f}" for share in (0.5, 0.95))),
        ("errors", f"{len(counts.errors)}"),
        ("answers to another's question", f"{len(counts.wrong)}"),
        ("seconds a desk took to end", f"{drained:.1f}"),
        ("searches by desk since its start", ", ".join(f"{share:.0f}" for share in shares)),
    ):  # fmt: skip
        print(f"| {name:<34} | {value:>20} |")
    for line in (counts.errors + counts.wrong)[:8]:
        print(line)


if __name__ == "__main__":
    main()
