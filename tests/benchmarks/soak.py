"""Mixed use for a while, and what must stay flat: memory, descriptors, threads, temporary files.

    python -m tests.benchmarks.soak [--minutes 60] [--home DIR] [--llm extractive] [--plot FILE.png]

Serves a copy of a home and, beside each other: searches, questions, chats, clients that vanish in
the middle of a stream, clients that read slowly, half-open connections, pages opened and dropped,
pages sent to be taken in, an ingest from outside and a rebuild every so often. Prints a line every
ten seconds, then p50 and p99 by kind.
"""

import argparse
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import platformdirs

from assistant.desk import Desk
from tests.conftest import BREAD_PAGE, MQA_PAGE, ZH_PAGE

QUESTIONS = (
    "What is multi-query attention?", "how does grouped-query attention share keys?",
    "键值缓存保存什么？", "At how many degrees is rye bread baked?",
    "Who won the world cup in 1954?", "why does decoding become faster?",
)  # fmt: skip
_LOOK_S = 10.0
_TOKEN = "a token of the soak, long enough"
_BEARER = {"Authorization": f"Bearer {_TOKEN}"}


class Soak:
    """One server and those who use it."""

    def __init__(self, home: Path, llm: str, minutes: float) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.home = home
        self.ends = time.monotonic() + 60 * minutes
        self.took: dict[str, list[float]] = defaultdict(list)
        self.wrong: dict[str, int] = defaultdict(int)
        self.rows: list[dict[str, float]] = []
        command = [sys.executable, "-m", "ui.cli", "serve", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, "--home", str(home), "--llm", llm],
            env=os.environ | {"REFDESK_TOKEN": _TOKEN},
        )
        while not self._answers():
            time.sleep(0.2)

    def _answers(self) -> bool:
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200
        return False

    def over(self) -> bool:
        """Whether the time is over, or the server is."""
        return time.monotonic() >= self.ends or self.process.poll() is not None

    def user(self, name: str, act: Callable[[httpx.Client], None], pause: float) -> None:
        """Do one thing again and again, and note how long it took."""
        with httpx.Client(base_url=self.url, timeout=120, headers=_BEARER) as client:
            while not self.over():
                begun = time.perf_counter()
                try:
                    act(client)
                    self.took[name].append(time.perf_counter() - begun)
                except httpx.HTTPStatusError as error:
                    self.wrong[f"{name}: {error.response.status_code} {error.response.text}"] += 1
                except (httpx.HTTPError, OSError) as error:
                    self.wrong[f"{name}: {type(error).__name__}"] += 1
                time.sleep(pause * random.uniform(0.5, 1.5))

    def look(self) -> None:
        """Note what the server holds."""
        of = Path(f"/proc/{self.process.pid}")
        row = {
            "s": round(time.monotonic() - self.ends),
            "memory_mb": _memory_mb(of),
            "with_children_mb": sum(map(_memory_mb, _with_children(of))),
            "descriptors": len(list((of / "fd").iterdir())),
            "threads": len(list((of / "task").iterdir())),
            "temporary": len(list(Path(tempfile.gettempdir()).glob("refdesk-*"))),
        }
        self.rows.append(row)
        print(json.dumps(row), flush=True)

    def end(self) -> None:
        """End the server."""
        self.process.terminate()
        self.process.wait(30)


def _memory_mb(process: Path) -> float:
    """Resident memory of a process of ``/proc``, MiB; 0 once it has ended."""
    with suppress(OSError):
        for line in (process / "status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0.0


def _with_children(process: Path) -> list[Path]:
    """Return a process of ``/proc`` and every one below it: a model lives in one of its own."""
    found = [process]
    for one in found:
        with suppress(OSError):
            for task in (one / "task").iterdir():
                found += [Path("/proc") / pid for pid in (task / "children").read_text().split()]
    return found


def _search(client: httpx.Client) -> None:
    client.get("/api/v1/search", params={"q": random.choice(QUESTIONS)}).raise_for_status()


def _ask(client: httpx.Client) -> None:
    reply = client.post("/api/v1/ask", json={"question": random.choice(QUESTIONS)})
    if reply.status_code != 429:
        reply.raise_for_status()


def _chat(client: httpx.Client) -> None:
    asked = {"stream": True, "messages": [{"role": "user", "content": random.choice(QUESTIONS)}]}
    client.post("/v1/chat/completions", json=asked)


def _page(client: httpx.Client) -> None:
    for path in ("/", "/config", "/theme.css", "/metrics"):
        client.get(path).raise_for_status()


def _vanish(client: httpx.Client) -> None:
    headers = {"Accept": "text/event-stream"}
    asked = {"question": random.choice(QUESTIONS)}
    with client.stream("POST", "/api/v1/ask", json=asked, headers=headers) as reply:
        for _ in reply.iter_lines():
            return


def _slow(port: int) -> Callable[[httpx.Client], None]:
    def read(_: httpx.Client) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as one:
            headers = f"Host: 127.0.0.1\r\nAuthorization: {_BEARER['Authorization']}\r\n"
            one.sendall(f"GET /config HTTP/1.1\r\n{headers}\r\n".encode())
            for _ in range(10):
                one.recv(1000)
                time.sleep(0.05)

    return read


def _half_open(port: int) -> Callable[[httpx.Client], None]:
    def open_(_: httpx.Client) -> None:
        made = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(20)]
        for one in made:
            one.sendall(b"GET / HT")
        time.sleep(1)
        for one in made:
            one.close()

    return open_


def _job(client: httpx.Client, path: str, sent: object = None) -> None:
    """Have something done to the library, and wait until it is."""
    reply = client.post(path, json=sent)
    while reply.raise_for_status().json()["state"] in ("waiting", "running"):
        time.sleep(0.5)
        reply = client.get(f"/api/v1/jobs/{reply.json()['id']}")
    if reply.json()["state"] != "done":
        raise OSError(str(reply.json()))


def _add(client: httpx.Client) -> None:
    number = random.randrange(20)
    text = MQA_PAGE.replace("Sharing", f"Sharing {random.random()}").replace("\n", "<p>")
    page = f"<html><title>Page {number}</title><body><p>{text}</body></html>"
    _job(client, "/api/v1/ingest", {"url": f"https://example.org/{number}", "html": page})


def _rebuild(client: httpx.Client) -> None:
    _job(client, "/api/v1/rebuild")


def _ingest(home: Path, folder: Path) -> Callable[[httpx.Client], None]:
    count = 0

    def take_in(_: httpx.Client) -> None:
        nonlocal count
        count += 1
        page = folder / f"{count % 5}.md"
        page.write_text(MQA_PAGE.replace("Sharing", f"Sharing {count}"), encoding="utf-8")
        command = [sys.executable, "-m", "ui.cli", "ingest", str(page), "--home", str(home)]
        subprocess.run(command, check=False, capture_output=True)

    return take_in


def _made(folder: Path) -> Path:
    home = folder / "home"
    home.mkdir()
    (home / "models").symlink_to(platformdirs.user_cache_path("refdesk-tests"))
    for name, text in (("mqa.md", MQA_PAGE), ("bread.md", BREAD_PAGE), ("kv.md", ZH_PAGE)):
        (folder / name).write_text(text, encoding="utf-8")
    desk = Desk(home, llm="extractive")
    desk.ingest([folder / name for name in ("mqa.md", "bread.md", "kv.md")], seed=False)
    desk.close()
    return home


def _plot(rows: list[dict[str, float]], file: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 8), layout="constrained")
    names = [name for name in rows[0] if name != "s"]
    for axes, name in zip(figure.subplots(len(names), sharex=True), names, strict=True):
        axes.plot([row["s"] - rows[0]["s"] for row in rows], [row[name] for row in rows])
        axes.set_ylabel(name)
        axes.set_ylim(bottom=0)
    figure.savefig(file, dpi=110)


def main() -> int:
    """Soak a server; return 1 if it ended or answered wrongly."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.soak")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--home", type=Path, help="a home to copy; by default a small one is made")
    parser.add_argument("--llm", default="extractive")
    parser.add_argument("--plot", type=Path)
    given = parser.parse_args()
    random.seed(7)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home = folder / "copy"
        shutil.copytree(given.home or _made(folder), home, symlinks=True)
        soak = Soak(home, given.llm, given.minutes)
        users = [
            ("search", _search, 0.2), ("search", _search, 0.2), ("ask", _ask, 0.5),
            ("chat", _chat, 0.5), ("page", _page, 1.0), ("vanish", _vanish, 0.1),
            ("vanish", _vanish, 0.1), ("slow", _slow(soak.port), 0.5),
            ("half open", _half_open(soak.port), 2.0), ("ingest", _ingest(home, folder), 60.0),
            ("add", _add, 20.0), ("rebuild", _rebuild, 120.0),
        ]  # fmt: skip
        threads = [threading.Thread(target=soak.user, args=user) for user in users]
        for thread in threads:
            thread.start()
        while not soak.over():
            soak.look()
            time.sleep(_LOOK_S)
        ended = soak.process.poll() is not None
        for thread in threads:
            thread.join()
        soak.end()
    for kind, took in sorted(soak.took.items()):
        took.sort()
        at = [took[int(len(took) * share)] for share in (0.5, 0.99)]
        print(f"{kind}: {len(took)} times, p50 {at[0]:.3f} s, p99 {at[1]:.3f} s")
    for what, count in soak.wrong.items():
        print(f"wrong: {what}: {count}")
    if given.plot:
        _plot(soak.rows, given.plot)
    if ended:
        print("the server ended by itself")
    return int(ended or bool(soak.wrong))


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    sys.exit(main())
