"""What a model costs on this machine: memory, time to the first token, tokens a second.

Measured through the process a model lives in, whose memory is the model's alone. Kept in the home's
cache together with what identifies the machine: figures of another one are not shown.
"""

import json
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant.engines import machine as here
from assistant.engines.protocol import Message
from index.models.pins import Model
from ingest.disk import json_of, own_text, write_whole
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
    return f"{here.processor()}, {here.cores()} cores, {here.memory() / 1e9:.0f} GB"


def read(cache: Path) -> dict[str, Costs]:
    """Return what was measured on this machine, by the model's name."""
    try:
        kept = json_of(own_text(cache / _FILE))
        return {name: Costs(**row) for name, row in kept.get(machine(), {}).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def measure(name: str, path: Path, cache: Path, beginning: Sequence[Message]) -> Costs:
    """Measure a GGUF file, which takes about half a minute, and keep the figures.

    ``beginning`` are the messages that every prompt begins with, whose state the model keeps.
    Whether llama.cpp runs it on this machine is checked again.

    Raises:
        CannotRun, ModelUnavailable: it cannot be loaded, or does not answer.
    """
    costs = _measured(path, cache, beginning)
    file = cache / _FILE
    try:
        kept = json_of(own_text(file))
    except (OSError, ValueError):
        kept = {}
    kept.setdefault(machine(), {})[name] = asdict(costs)
    cache.mkdir(parents=True, exist_ok=True)
    write_whole(file, json.dumps(kept, indent=1))
    return costs


def suits(model: Model, costs: Costs | None) -> bool:
    """Say whether a model is quick enough here and leaves memory for the rest.

    By what was measured; before that by its size, the cores and the memory.
    """
    if (costs.memory_bytes if costs else _needed(model.bytes)) > 0.6 * here.memory():
        return False
    if costs:
        return costs.tokens_per_s >= _PACE and costs.first_token_s <= _PATIENCE_S
    return model.bytes <= here.cores() * _CORE_BYTES


def _needed(size: int) -> float:
    """Estimate the bytes of memory for a file of so many bytes."""
    return 1.2 * size + 0.4e9


def _measured(path: Path, cache: Path, beginning: Sequence[Message]) -> Costs:
    from assistant.engines.isolated import IsolatedEngine

    IsolatedEngine(path, cache, beginning, afresh=True).close()  # checked, and its state kept
    begun = time.perf_counter()
    with closing(IsolatedEngine(path, cache, beginning)) as engine:
        load = time.perf_counter() - begun
        asked = (
            f"{' '.join([_FACT] * 8)}\nExplain in detail how such a cache works and what it costs."
        )
        begun = time.perf_counter()
        first, count = 0.0, 0
        for _ in engine.stream([*beginning, Message("user", asked)], max_tokens=_TOKENS):
            first = first or time.perf_counter() - begun
            count += 1
        if count < 2:
            raise ModelUnavailable(f"The model {engine.name} does not answer.")
        pace = (count - 1) / (time.perf_counter() - begun - first)
        peak = engine.peak_memory() or int(_needed(path.stat().st_size))
    return Costs(peak, round(load, 2), round(first, 2), round(pace, 1))
