"""Faults on purpose: bytes turned, calls of the system that fail (`tests.fault_kills`: SIGKILL).

Each fault is tried in a copy of a small home. What must hold after it: a reader is answered from a
whole library or told what to do, and what the message names, or the same command again, gives back
the library an undisturbed run would have made. Nothing the archive holds is lost.
"""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.conftest import BREAD_PAGE, MQA_PAGE, ZH_PAGE

ROOT = Path(__file__).resolve().parent.parent
_CODES = {0, 2, 3, 5, 6}  # how a command that met a fault may end
_QUERY = "how does multi-query attention share keys"
_FAILING = """
import errno, os, sys
left = int(sys.argv.pop(1)); name = sys.argv.pop(1)
real = getattr(os, name)
def failing(*arguments, **named):
    global left
    left -= 1
    if left == 0:
        raise OSError(errno.EIO, os.strerror(errno.EIO))
    return real(*arguments, **named)
setattr(os, name, failing)
from ui.cli.app import main
main()
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One fault: what was broken, how the command ended, what was seen, whether all was mended.

    ``seen`` is the first words a person saw after the fault, ``lost`` what was not there again
    after the cure; "" where nothing was lost.
    """

    fault: str
    where: str
    code: int
    seen: str
    lost: str

    @property
    def held(self) -> bool:
        """Whether refdesk stood it: readable, and nothing lost."""
        return not self.lost and "failed in a way" not in self.seen


class Rig:
    """A small home to break copies of, and the commands that are broken."""

    def __init__(self, folder: Path, models: Path) -> None:
        self._folder = folder
        self.known: dict[str, str] = {}  # digests that undisturbed runs came to
        self._models = models
        self.notes = folder / "notes"
        self.more = folder / "more"
        for place, pages in (
            (self.notes, {"mqa": MQA_PAGE, "bread": BREAD_PAGE}),
            (self.more, {"kv": ZH_PAGE, "more": MQA_PAGE.replace("Sharing", "Dividing")}),
        ):
            place.mkdir()
            for name, text in pages.items():
                (place / f"{name}.md").write_text(text, encoding="utf-8")
        self.home = folder / "home"
        self.home.mkdir()
        (self.home / "models").symlink_to(models)
        self.run(self.home, "ingest", "--no-primer", self.notes)
        self.before = self.digest(self.home)
        calm = self.copy("calm")
        self.run(calm, "ingest", "--no-primer", self.more)
        self.after = self.digest(calm)
        self.bundle = folder / "library.tar.gz"
        self.run(self.home, "export", self.bundle, "--archive")
        shutil.rmtree(calm)

    def copy(self, name: str, of: Path | None = None) -> Path:
        """Return a fresh copy of the home, or of another."""
        copy = self._folder / name
        if copy.exists():
            shutil.rmtree(copy)
        shutil.copytree(of or self.home, copy, symlinks=True)
        return copy

    def made(self, name: str, make: Callable[[Path], object]) -> Path:
        """Return a home that is made once, to be copied."""
        home = self._folder / name
        if not home.exists():
            make(self.empty(name))
        return home

    def empty(self, name: str) -> Path:
        """Return an empty home that finds the models."""
        made = self._folder / name
        if made.exists():
            shutil.rmtree(made)
        made.mkdir()
        (made / "models").symlink_to(self._models)
        return made

    def start(self, home: Path, *words: object, before: tuple[str, ...] = ()) -> subprocess.Popen:
        """Start a command in a home."""
        run = [sys.executable, *(before or ("-m", "ui.cli"))]
        return subprocess.Popen(
            [*run, *map(str, words), "--home", str(home)], cwd=ROOT,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    def run(self, home: Path, *words: object, before: tuple[str, ...] = ()) -> tuple[int, str, str]:
        """Run a command in a home to its end: its exit code, its output, its complaints."""
        process = self.start(home, *words, before=before)
        out, said = process.communicate(timeout=300)
        return process.returncode, out, said

    def digest(self, home: Path) -> str:
        """Return what a library holds, "" where it does not say."""
        code, out, _ = self.run(home, "status", "--json")
        return json.loads(out)["digest"] if code == 0 else ""

    def look(self, home: Path) -> tuple[int, str]:
        """Search as a person does: how it ended, and the first words of what was said."""
        code, out, said = self.run(home, "search", _QUERY, "--json")
        text = json.loads(out)["hits"][0]["title"] if code == 0 else said
        return code, " ".join(text.split())[:160]


def turned_bytes(rig: Rig, chance: random.Random, each: int = 1) -> Iterator[Callable[[], Outcome]]:
    """Yield faults: a byte turned in every file of a home, ``each`` times."""
    files = [
        path.relative_to(rig.home) for path in sorted(rig.home.rglob("*"))
        if path.is_file() and not path.is_relative_to(rig.home / "models") and path.stat().st_size
    ]  # fmt: skip
    for file in files:
        for _ in range(each):
            place = chance.random()
            yield lambda file=file, place=place: _turned(rig, file, place)


def _turned(rig: Rig, file: Path, place: float) -> Outcome:
    home = rig.copy("turned")
    data = bytearray((home / file).read_bytes())
    data[int(place * len(data))] ^= 0x55
    (home / file).write_bytes(data)
    code, seen = rig.look(home)
    if code not in _CODES:
        return Outcome("a byte turned", str(file), code, seen, "no readable end")
    again, _, said = rig.run(home, "rebuild")
    whole = again == 0 and rig.digest(home) == rig.before
    if file.parts[0] == "archive" and not whole and again in _CODES:
        return Outcome(
            "a byte turned", str(file), code, seen, ""
        )  # said, and nothing to cure it by
    lost = "" if whole else f"rebuild: {again} {said[:120]}"
    return Outcome("a byte turned", str(file), code, seen, lost)


def failing_calls(rig: Rig, most: int) -> Iterator[Callable[[], Outcome]]:
    """Yield faults: the first, second … fsync, rename and replace of an ingest fails."""
    for name in ("fsync", "rename", "replace"):
        for number in range(1, most + 1):
            yield lambda name=name, number=number: _failed(rig, name, number)


def _failed(rig: Rig, name: str, number: int) -> Outcome:
    home = rig.copy("failed")
    before = ("-c", _FAILING, str(number), name)
    code, _, said = rig.run(home, "ingest", "--no-primer", rig.more, before=before)
    where = f"{name} number {number}"
    seen, text = rig.look(home)
    if seen != 0:
        return Outcome("a call fails", where, code, said[:160], f"search: {text}")
    again, _, said_again = rig.run(home, "ingest", "--no-primer", rig.more)
    whole = again == 0 and rig.digest(home) == rig.after
    lost = "" if whole else f"again: {again} {said_again[:120]}"
    return Outcome("a call fails", where, code, " ".join(said.split())[:160], lost)


def done_before(log: Path) -> set[str]:
    """Return the names of the faults a log holds."""
    if not log.exists():
        return set()
    return {json.loads(line)["name"] for line in log.read_text(encoding="utf-8").splitlines()}


def note(log: Path, name: str, outcome: Outcome) -> None:
    """Add an outcome to a log."""
    row = {"name": name, **asdict(outcome), "held": outcome.held}
    with log.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
