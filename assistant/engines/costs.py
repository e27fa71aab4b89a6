"""What a model costs on this machine: memory, time to the first token, tokens a second.

Measured in a process of its own, so that the memory is the model's alone. Kept in the home's cache
together with what identifies the machine: figures of another one are not shown.
"""

import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index.models.pins import Model
from ingest.errors import ModelUnavailable

_FILE = "model-costs.json"
_TOKENS = 48
_CORE_BYTES = 0.65e9  # weights a core reads often enough for an answer one likes to wait for
_PACE = 6.0  # tokens a second
_PATIENCE_S = 8.0
_FACT = (
    "A cache keeps the keys and values of the tokens that were read, so that a new token is "
    "compared with them without computing them again."
)


@dataclass(frozen=True, slots=True)
class Costs:
    """Bytes of memory at the peak, seconds to load, to the first token; tokens a second after.

    The first token is that of a prompt of about 250 tokens after a beginning that is kept.
    """

    memory_bytes: int
    load_s: float
    first_token_s: float
    tokens_per_s: float


def machine() -> str:
    """Return what the figures depend on: processor, cores a model uses, memory in GB."""
    return f"{_processor()}, {cores()} cores, {memory() / 1e9:.0f} GB"


def cores() -> int:
    """Return how many cores a model uses here."""
    from assistant.engines.local import physical_cores  # loads llama.cpp

    return physical_cores()


def memory() -> int:
    """Return the bytes of memory this process may use: the machine's, or its container's."""
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        return min(total, int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii")))
    except (OSError, ValueError):
        return total


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def read(cache: Path) -> dict[str, Costs]:
    """Return what was measured on this machine, by the model's name."""
    try:
        kept = json.loads((cache / _FILE).read_text(encoding="utf-8"))
        return {name: Costs(**row) for name, row in kept.get(machine(), {}).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def measure(name: str, path: Path, cache: Path) -> Costs:
    """Measure a GGUF file, which takes about half a minute, and keep the figures.

    Raises:
        ModelUnavailable: it cannot be loaded, or does not answer.
    """
    done = subprocess.run(
        [sys.executable, "-m", "assistant.engines.costs", str(path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1:] or ["it ended without a word"]
        raise ModelUnavailable(f"The model {name} could not be measured: {reason[0]}")
    found = Costs(**json.loads(done.stdout))
    file = cache / _FILE
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        kept = {}
    kept.setdefault(machine(), {})[name] = asdict(found)
    cache.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(kept, indent=1), encoding="utf-8")
    return found


def suits(model: Model, costs: Costs | None) -> bool:
    """Say whether a model is quick enough here and leaves memory for the rest.

    By what was measured; before that by its size, the cores and the memory.
    """
    if (costs.memory_bytes if costs else 1.2 * model.bytes + 0.4e9) > 0.6 * memory():
        return False
    if costs:
        return costs.tokens_per_s >= _PACE and costs.first_token_s <= _PATIENCE_S
    return model.bytes <= cores() * _CORE_BYTES


def _main(path: Path) -> dict[str, Any]:
    import resource

    from assistant.answering.prompt import prefix
    from assistant.engines.local import LocalEngine
    from assistant.engines.protocol import Message

    begun = time.perf_counter()
    engine = LocalEngine(path, None, prefix())
    load = time.perf_counter() - begun
    for _ in engine.stream([*prefix(), Message("user", "Hello.")], max_tokens=1):
        pass  # from here on the fixed beginning is there, as in a server
    asked = f"{' '.join([_FACT] * 8)}\nExplain in detail how such a cache works and what it costs."
    begun = time.perf_counter()
    first, count = 0.0, 0
    for _ in engine.stream([*prefix(), Message("user", asked)], max_tokens=_TOKENS):
        first = first or time.perf_counter() - begun
        count += 1
    if count < 2:
        raise SystemExit("it does not answer")
    pace = (count - 1) / (time.perf_counter() - begun - first)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1 if sys.platform == "darwin" else 1024
    return asdict(Costs(peak * unit, round(load, 2), round(first, 2), round(pace, 1)))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_main(Path(sys.argv[1]))))
