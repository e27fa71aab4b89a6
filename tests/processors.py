"""Other processors, played by qemu-user: each ends in an answer or a plain message, never a signal.

Runs what is installed here, as it was built here, on a question to a library of two small pages.
The small test model has to read a prompt; a whole answer by it takes an emulated processor half an
hour, so the sources answer. ``python -m tests.processors [CPU]...`` prints a table. Needs Debian's
``qemu-user``. Without AVX-512, which it does not play, ``max`` is a Haswell with some more.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from tests.conftest import BREAD_PAGE, MQA_PAGE, ROOT

QEMU = "qemu-x86_64"
PROCESSORS = ("Nehalem", "SandyBridge", "Haswell", "Skylake-Server", "max")
CHEAPEST = ("Nehalem", "max")
_LIMIT_S = 600.0
_QUESTION = "What does multi-query attention keep?"
# Other processes of refdesk have to be played too; an emulated one is slow, not silent.
_PLAY = """
import sys
from pathlib import Path
sys.executable = {wrapper!r}
from assistant.engines import choice, process
choice.DEFAULT_MODEL = "smollm2-135m"
process.SILENCE = 600.0
from assistant.engines.isolated import CannotRun, IsolatedEngine
from index.models import weights
from index.store.generation import Home
model = weights.obtain(choice.DEFAULT_MODEL, Home(Path({home!r})).models)
try:
    IsolatedEngine(model).close()
    sys.argv += ["--llm", "extractive"]
    print("{runs}", file=sys.stderr)
except CannotRun:
    pass
from ui.cli.app import main
main()
"""
_RUNS = "llama.cpp has read a prompt"


@dataclass(frozen=True, slots=True)
class Played:
    """How a question ended on a processor: exit code, what was said, seconds."""

    processor: str
    code: int
    out: str
    err: str
    seconds: float

    @property
    def answered_by(self) -> str:
        """Who can answer: the model, the sources alone since the model cannot run, or nobody."""
        if "head" not in self.out:
            return "nobody"
        if "cannot run on this machine" in self.err:
            return "sources"
        return "model" if _RUNS in self.err else "nobody"


def home_with_pages(folder: Path) -> Path:
    """Make a home with two small pages and the models kept between test runs."""
    home, notes = folder / "home", folder / "notes"
    home.mkdir()
    notes.mkdir()
    kept = Path(
        os.environ.get("REFDESK_TEST_MODELS") or platformdirs.user_cache_path("refdesk-tests")
    )
    kept.mkdir(parents=True, exist_ok=True)
    (home / "models").symlink_to(kept)
    (notes / "mqa.md").write_text(MQA_PAGE, encoding="utf-8")
    (notes / "bread.md").write_text(BREAD_PAGE, encoding="utf-8")
    for command in (["ingest", notes, "--no-primer"], ["models", "pull", "smollm2-135m"]):
        subprocess.run([sys.executable, "-m", "refdesk", *command, "--home", home], check=True,
                       cwd=ROOT, capture_output=True)  # fmt: skip
    return home


def play(processor: str, home: Path, folder: Path) -> Played:
    """Ask a question on a processor, in a copy of a home that knows nothing of it."""
    wrapper = folder / f"python-on-{processor}"
    wrapper.write_text(f'#!/bin/sh\nexec {QEMU} -cpu {processor} {sys.executable} "$@"\n')
    wrapper.chmod(0o755)
    own = folder / f"home-{processor}"
    shutil.copytree(home, own, symlinks=True, ignore=shutil.ignore_patterns("llama-checks.json"))
    script = _PLAY.format(wrapper=str(wrapper), home=str(own), runs=_RUNS)
    begun = time.monotonic()
    done = subprocess.run(
        [wrapper, "-c", script, "ask", _QUESTION, "--home", own],
        capture_output=True, text=True, check=False, cwd=ROOT, timeout=_LIMIT_S,
        env=_environment() | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    return Played(processor, done.returncode, done.stdout, done.stderr, time.monotonic() - begun)


def _environment() -> dict[str, str]:
    """Return this machine's environment without what forces kernels of its own processor."""
    return {name: said for name, said in os.environ.items() if not name.startswith("OPENBLAS_")}


def main() -> None:
    """Play every processor named, and print what came of it."""
    with tempfile.TemporaryDirectory(prefix="refdesk-processors-") as name:
        folder = Path(name)
        home = home_with_pages(folder)
        sys.stdout.write("| processor | exit | answered by | s | said on stderr |\n|-|-|-|-|-|\n")
        for processor in sys.argv[1:] or PROCESSORS:
            played = play(processor, home, folder)
            said = " ".join(
                line for line in played.err.splitlines() if not line.startswith("qemu-x86_64: warn")
            )
            sys.stdout.write(
                f"| {processor} | {played.code} | {played.answered_by} | {played.seconds:.0f} | "
                f"{said[:300]} |\n"
            )
            sys.stdout.flush()


if __name__ == "__main__":
    main()
