"""Many callers at once: nobody gets another's answer, searches stay quick, memory stays flat.

    python tests/benchmarks/callers.py HOME [--seconds 120] [--callers 20] [--llm auto]

Starts ``refdesk serve`` on a home and lets callers, each from an address of its own (127.0.1.n),
ask, and search on while their questions wait, with a short pause between. At the end all hang up,
and the queue must be empty two seconds later.
"""

import argparse
import asyncio
import random
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

QUESTIONS = (
    "What is a KV cache?",
    "What is grouped-query attention?",
    "How does LoRA work?",
    "What is flash attention?",
    "What is multi-head attention?",
    "What does a tokenizer do?",
    "What is a mixture of experts?",
    "What is rotary position embedding?",
)
SEARCHING, ASKING = 1.0, 10.0  # seconds between a caller's searches, and questions, on average


@dataclass
class Counts:
    """What the callers saw; appended to by all of them."""

    searches: list[float] = field(default_factory=list)
    asks: list[float] = field(default_factory=list)
    refused: int = 0
    hung_up: int = 0
    wrong: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def main() -> None:
    """Run the callers and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--callers", type=int, default=20)
    parser.add_argument("--llm", default="auto")
    parser.add_argument("--port", type=int, default=7899)
    given = parser.parse_args()
    url = f"http://127.0.0.1:{given.port}"
    server = subprocess.Popen(
        [sys.executable, "-m", "ui.cli", "serve", "--home", given.home, "--llm", given.llm,
         "--port", str(given.port)],
        cwd=Path(__file__).resolve().parents[2],
    )  # fmt: skip
    try:
        _ready(url, server)
        asyncio.run(_run(url, psutil.Process(server.pid), given.seconds, given.callers))
    finally:
        server.terminate()
        server.wait(30)


def _ready(url: str, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(1200):
        if server.poll() is not None:
            sys.exit("the server ended before it was ready")
        try:
            if httpx.get(f"{url}/readyz").status_code == 200:
                break
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    # the first question loads the model
    httpx.post(f"{url}/api/v1/ask", json={"question": QUESTIONS[0]}, timeout=300)


async def _run(url: str, process: psutil.Process, seconds: float, callers: int) -> None:
    counts = Counts()
    memory = [_mib(process)]
    tasks = [asyncio.create_task(_call(url, number, counts)) for number in range(1, callers + 1)]
    for _ in range(int(seconds)):
        await asyncio.sleep(1)
        memory.append(_mib(process))
    for task in tasks:
        task.cancel()  # hangs up on whatever is still to come
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(2)
    _print(counts, memory, _figure(url, "refdesk_queue_length"), seconds, callers)


async def _call(url: str, number: int, counts: Counts) -> None:
    # no certificates are asked for, and reading them takes its time for every caller
    transport = httpx.AsyncHTTPTransport(local_address=f"127.0.1.{number}", verify=False)
    async with httpx.AsyncClient(base_url=url, timeout=600, transport=transport) as client:
        await asyncio.gather(_asking(client, number, counts), _searching(client, number, counts))


async def _asking(client: httpx.AsyncClient, number: int, counts: Counts) -> None:
    chance = random.Random(number)
    while True:
        await asyncio.sleep(chance.uniform(0, 2 * ASKING))
        text = f"{chance.choice(QUESTIONS)} ({number})"
        begun = time.perf_counter()
        try:
            reply = await client.post("/api/v1/ask", json={"question": text})
            said = reply.raise_for_status().json()
        except asyncio.CancelledError:
            counts.hung_up += 1
            raise
        except (httpx.HTTPError, ValueError) as error:
            counts.errors.append(f"{type(error).__name__}: {error}")
            continue
        counts.asks.append(time.perf_counter() - begun)
        counts.refused += said["refused"]
        if said["question"] != text:
            counts.wrong.append(f"{text} got {said}"[:200])


async def _searching(client: httpx.AsyncClient, number: int, counts: Counts) -> None:
    chance = random.Random(-number)
    while True:
        await asyncio.sleep(chance.uniform(0, 2 * SEARCHING))
        text = f"{chance.choice(QUESTIONS)} ({number})"
        begun = time.perf_counter()
        try:
            reply = await client.get("/api/v1/search", params={"q": text})
            said = reply.raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            counts.errors.append(f"{type(error).__name__}: {error}")
            continue
        counts.searches.append(time.perf_counter() - begun)
        if said["query"] != text:
            counts.wrong.append(f"{text} got {said}"[:200])


def _figure(url: str, name: str) -> float:
    lines = httpx.get(f"{url}/metrics").text.splitlines()
    return float(next(line for line in lines if line.startswith(f"{name} ")).split()[1])


def _mib(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 2**20


def _at(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def _print(counts: Counts, memory: list[float], queue: float, seconds: float, callers: int) -> None:
    searches = [1000 * took for took in counts.searches]
    start, middle, end = memory[0], memory[len(memory) // 2], memory[-1]
    for name, value in (
        ("callers, seconds", f"{callers}, {seconds:.0f}"),
        ("searches", f"{len(searches)}"),
        ("search p50, p95, worst (ms)",
         f"{_at(searches, 0.5):.0f}, {_at(searches, 0.95):.0f}, {_at(searches, 1):.0f}"),
        ("answers (refused)", f"{len(counts.asks)} ({counts.refused})"),
        ("answer p50, p95 (s)", f"{_at(counts.asks, 0.5):.1f}, {_at(counts.asks, 0.95):.1f}"),
        ("hung up", f"{counts.hung_up}"),
        ("queue two seconds later", f"{queue:.0f}"),
        ("errors", f"{len(counts.errors)}"),
        ("answers to another's question", f"{len(counts.wrong)}"),
        ("memory at start, middle, end (MiB)", f"{start:.0f}, {middle:.0f}, {end:.0f}"),
        ("memory at its highest (MiB)", f"{max(memory):.0f}"),
    ):  # fmt: skip
        print(f"| {name:<34} | {value:>20} |")
    for line in (counts.errors + counts.wrong)[:5]:
        print(line)


if __name__ == "__main__":
    main()
