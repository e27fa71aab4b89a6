"""SIGKILL at random moments of everything that changes a home, and what must hold afterwards.

A reader is answered, or told what to do; the same command again comes to the end an undisturbed run
comes to.
"""

import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from index.store import lockfile
from tests.fake_hub import CONTENT, HUB, MB, FakeHub, pinned, run_obtain, serving
from tests.fault_rig import ROOT, Outcome, Rig
from tests.generated import site
from tests.stand_in import Web

COMMANDS = ("ingest", "rebuild", "export", "import", "pull", "refresh", "forget", "lists add")
_PAGES = 8


def kills(rig: Rig, chance: random.Random, count: int) -> Iterator[Callable[[], Outcome]]:
    """Yield faults: SIGKILL at random moments of each command in turn."""
    took: dict[str, float] = {}
    for number in range(count):
        what = COMMANDS[number % len(COMMANDS)]
        moment = chance.random()
        yield lambda what=what, moment=moment: _killed(rig, what, moment, took)


def _killed(rig: Rig, what: str, moment: float, took: dict[str, float]) -> Outcome:
    if what == "pull":
        return _pull(rig, moment, took)
    if what == "refresh":
        return _refresh(rig, moment, took)
    if what in ("forget", "lists add"):
        return _change(rig, what, moment, took)
    return _command(rig, what, moment, took)


def _kill_after(process: subprocess.Popen, seconds: float) -> None:
    """Kill a process at its moment, unless it has come to its end before."""
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def _command(rig: Rig, what: str, moment: float, took: dict[str, float]) -> Outcome:
    home = rig.empty("killed") if what == "import" else rig.copy("killed")
    file = home.parent / "killed.tar.gz"
    _unlink_export(file)
    words: tuple[object, ...] = {
        "ingest": ("ingest", "--no-primer", rig.more), "rebuild": ("rebuild",),
        "export": ("export", file), "import": ("import", rig.bundle),
    }[what]  # fmt: skip
    if what not in took:
        trial = rig.empty("trial") if what == "import" else rig.copy("trial")
        begun = time.monotonic()
        rig.run(trial, *words)
        took[what] = time.monotonic() - begun
        shutil.rmtree(trial)
        _unlink_export(file)
    _kill_after(rig.start(home, *words), 0.2 + moment * took[what])
    where = f"{what} at {moment:.2f}"
    if what == "export" and file.exists():  # what stands under the name must be whole
        other = rig.empty("other")
        code, _, said = rig.run(other, "import", file)
        return Outcome("killed", where, code, said[:160], "" if code == 0 else "the export")
    code, seen = rig.look(home) if what != "import" else (0, "")
    wanted = rig.after if what == "ingest" else rig.before
    again, _, said = rig.run(home, *words)
    if what == "import" and again == 2 and "not empty" in said:
        again = 0  # it had come to its end before
    whole = again == 0 and rig.digest(home) == wanted
    return Outcome("killed", where, code, seen, "" if whole else f"again: {again} {said[:120]}")


def _change(rig: Rig, what: str, moment: float, took: dict[str, float]) -> Outcome:
    """A page that is forgotten, a list that is added; said again, it may be so already."""
    file = rig.notes / "bread.md"
    if what == "lists add":
        file = rig.notes.parent / "mine.md"
        file.write_text("# Mine\n\n## Heads\n\n- [One head](https://a.example/x)\n")
    words = (*what.split(), file)
    if what not in took:
        trial = rig.copy("trial")
        begun = time.monotonic()
        rig.run(trial, *words)
        took[what] = time.monotonic() - begun
        rig.known[what] = _standing(rig, trial)
        shutil.rmtree(trial)
    home = rig.copy("killed")
    _kill_after(rig.start(home, *words), 0.2 + moment * took[what])
    code, seen = rig.look(home)
    again, _, said = rig.run(home, *words)
    whole = again in (0, 3) and _standing(rig, home) == rig.known[what]
    where = f"{what} at {moment:.2f}"
    return Outcome("killed", where, code, seen, "" if whole else f"again: {again} {said[:120]}")


def _standing(rig: Rig, home: Path) -> str:
    """Return what a home's library holds, and its lists."""
    _, lists, _ = rig.run(home, "lists", "show", "--json")
    return rig.digest(home) + lists


def _unlink_export(file: Path) -> None:
    """Take away what an earlier export wrote: the file, and the lockfile beside it."""
    for made in (file, file.with_name(file.name + lockfile.SUFFIX)):
        made.unlink(missing_ok=True)


def _pull(rig: Rig, moment: float, took: dict[str, float]) -> Outcome:
    """A model that is being had: what came is kept, and the next run asks for the rest."""
    folder = rig.empty("pulled") / "pulled"
    with serving() as hub:
        hub.delay = 0.01
        model = pinned(hub=HUB)
        if "pull" not in took:
            begun = time.monotonic()
            run_obtain(model, rig.empty("trial"), hub=hub.address).communicate(timeout=120)
            took["pull"] = time.monotonic() - begun
            hub.asked.clear()
        _kill_after(run_obtain(model, folder, hub=hub.address), 0.2 + moment * took["pull"])
        part = folder / model.name / "fake.bin.part"
        kept = part.stat().st_size if part.exists() else 0
        hub.delay = 0.0
        process = run_obtain(model, folder, hub=hub.address)
        out, said = process.communicate(timeout=120)
        lost = _lost_of(hub, kept)
        whole = process.returncode == 0 and Path(out.decode().strip()).read_bytes() == CONTENT
        where = f"pull at {moment:.2f}, {kept / MB:.1f} MB there"
        seen = "" if whole else said.decode()[-160:]
        return Outcome("killed", where, process.returncode, seen, lost if whole else "the model")


def _lost_of(hub: FakeHub, kept: int) -> str:
    """Say whether the last request began where the killed one had come to."""
    wanted = None if kept == 0 else f"bytes={kept}-"
    again = hub.asked[-1][1] if len(hub.asked) > 1 else wanted
    return "" if kept == len(CONTENT) or again == wanted else f"{kept} bytes were had again"


def _refresh(rig: Rig, moment: float, took: dict[str, float]) -> Outcome:
    """Pages that are asked for again, all of which have changed meanwhile."""
    old = site(_PAGES)
    new = dict(zip(old, list(site(2 * _PAGES).values())[_PAGES:], strict=True))
    kept = rig.made("fetched", lambda home: _ingest(home, old))
    if "refresh" not in took:
        trial = rig.copy("trial", of=kept)
        begun = time.monotonic()
        rig.known["refreshed"] = _ingest(trial, new, "refresh")
        took["refresh"] = time.monotonic() - begun
        shutil.rmtree(trial)
    home = rig.copy("killed", of=kept)
    with Web(dict(new), seconds=0.05) as web:
        _kill_after(_start(home, web, new, "refresh"), 0.2 + moment * took["refresh"])
    code, _, said = rig.run(home, "search", "attention cache token", "--json")
    digest = _ingest(home, new, "refresh")
    lost = "" if digest == rig.known["refreshed"] else "again: another library"
    return Outcome("killed", f"refresh at {moment:.2f}", code, said[:160], lost)


def _ingest(home: Path, pages: Mapping[str, object], *words: str) -> str:
    """Fetch pages in peace; return the digest of the library, "" where there is none."""
    with Web(dict(pages)) as web:  # type: ignore[arg-type]
        out, _ = _start(home, web, pages, *words).communicate(timeout=300)
    return str(json.loads(out)["digest"]) if out else ""


def _start(home: Path, web: Web, pages: Mapping[str, object], *words: str) -> subprocess.Popen:
    names = home.parent / "pages.txt"
    names.write_text("\n".join(pages), encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, "-m", "tests.ingest_once", str(home), str(web.port), str(names), *words],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
