"""Which kernels of llama.cpp ran a model here without a crash: found out once, then remembered.

Kept in the home's cache by what it depends on: the library's files, the processor's instruction
sets, the model's file. A build of the library for another processor, or by a compiler with a fault,
dies by a signal at its first prompt; nothing but running it tells.
"""

import hashlib
import importlib.util
import json
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Literal

from assistant.engines import machine
from ingest.disk import own_text

Kernels = Literal["fast", "plain", "none", "silent"]
"""``fast``: those for this processor; ``plain``: slower and simpler; ``none`` of them runs.

``silent``: the model said nothing for so long that it was ended.
"""
SILENT_S = 3600.0
"""Seconds after which a silent model is tried again: a machine under load is silent, too."""

_FILE = "llama-checks.json"
_KEPT = 32  # the newest: a home carried around has met some machines


def installed() -> bool:
    """Say whether llama-cpp-python is there, without loading it."""
    return importlib.util.find_spec("llama_cpp") is not None


def recall(cache: Path | None, model: Path) -> Kernels | None:
    """Return which kernels ran a GGUF file here; None if that was not tried."""
    kept = _read(cache).get(_key(model)) if cache else None
    match kept:
        case "fast" | "plain" | "none":
            return kept
        case ["silent", int() | float() as since] if 0 <= time.time() - since < SILENT_S:
            return "silent"
    return None


def remember(cache: Path | None, model: Path, kernels: Kernels) -> None:
    """Keep which kernels run a GGUF file here; a cache that cannot be written keeps nothing."""
    if cache is None:
        return
    key = _key(model)
    kept = {name: value for name, value in _read(cache).items() if name != key}
    value = ["silent", time.time()] if kernels == "silent" else kernels
    newest = dict([*kept.items(), (key, value)][-_KEPT:])
    with suppress(OSError):
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", dir=cache, prefix=_FILE, delete=False, encoding="utf-8"
        ) as made:
            json.dump(newest, made, indent=1)
        Path(made.name).replace(cache / _FILE)


def _read(cache: Path) -> dict[str, object]:
    try:
        kept = json.loads(own_text(cache / _FILE))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _key(model: Path) -> str:
    stat = model.stat()
    parts = (_library(), machine.instructions(), model.name, stat.st_size, stat.st_mtime_ns)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _library() -> list[tuple[str, int, int]]:
    """Return name, size and time of the library's files: every build has its own."""
    spec = importlib.util.find_spec("llama_cpp")
    folders = (
        [Path(folder) / "lib" for folder in (spec.submodule_search_locations or ())] if spec else []
    )
    if own := os.environ.get("LLAMA_CPP_LIB_PATH"):
        folders.append(Path(own))
    files = sorted(file for folder in folders if folder.is_dir() for file in folder.iterdir())
    return [(file.name, (stat := file.stat()).st_size, stat.st_mtime_ns) for file in files]
