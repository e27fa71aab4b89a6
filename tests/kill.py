"""Killing an ingest again and again, and what must hold after the last run."""

import json
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.generated import site
from tests.stand_in import Web

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Killed:
    """An undisturbed run and one killed several times: results, and how often each was fetched."""

    undisturbed: dict[str, Any]
    seconds: float
    last: dict[str, Any]
    kills: int
    fetched: Counter[str]
    in_flight: int


def kill(folder: Path, models: Path, *, pages: int, kills: int, seed: int = 7) -> Killed:
    """Ingest generated pages once in peace and once killed by SIGKILL at random moments."""
    chance = random.Random(seed)
    wanted = site(pages)
    names = folder / "pages.txt"
    names.write_text("\n".join(wanted), encoding="utf-8")
    with Web(dict(wanted), seconds=0.1) as web:
        begun = time.monotonic()
        calm = json.loads(_run(_home(folder / "calm", models), web.port, names).communicate()[0])
        seconds = time.monotonic() - begun
        web.log.clear()
        home = _home(folder / "killed", models)
        done = 0
        for _ in range(kills):
            process = _run(home, web.port, names)
            try:
                process.communicate(timeout=chance.uniform(0.4, max(1.5, seconds / 4)))
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                done += 1
            _forget_result(home, process)
        last = json.loads(_run(home, web.port, names).communicate()[0])
        fetched = Counter(url for url in web.asked() if "robots.txt" not in url)
    return Killed(calm, seconds, last, done, fetched, sum(count - 1 for count in fetched.values()))


def _forget_result(home: Path, process: subprocess.Popen[str]) -> None:
    """A run that ended before it was to be killed leaves nothing to resume: start anew from it."""
    if process.returncode == 0:
        shutil.rmtree(home / "library")


def _home(folder: Path, models: Path) -> Path:
    folder.mkdir()
    (folder / "models").symlink_to(models)
    return folder


def _run(home: Path, port: int, names: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.ingest_once", str(home), str(port), str(names)]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
