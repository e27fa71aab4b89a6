"""What builds and kernels of llama.cpp are worth, and what a process of its own costs.

``python -m tests.benchmarks.kernels [--model NAME] [FOLDER]...`` reads a prompt of some 256 tokens
and writes 24, on one core, for the installed build and for those whose libraries lie in the folders
named; each with the fast and the plain kernels. Seconds are the processor's own, so that other
programs hardly matter; those of the process are the clock's.
"""

import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

import platformdirs

from assistant.engines import machine
from assistant.engines.choice import DEFAULT_MODEL
from index.models import weights

_FACT = "A cache keeps the keys and values of the tokens that were read before. "
_ASK = "Explain in detail how such a cache works and what it costs."
_TOKENS = 24
_MODELS = Path(platformdirs.user_cache_path("refdesk-tests"))


def _measure(path: str, fast: bool) -> None:
    """Measure in this process; print one JSON object."""
    from assistant.engines.local import LocalEngine
    from assistant.engines.protocol import Message

    engine = LocalEngine(Path(path), fast_kernels=fast)
    messages = [Message("user", _FACT * 16 + _ASK)]
    begun = time.process_time()
    said = engine.stream(messages, max_tokens=_TOKENS)
    text = next(said)
    read = time.process_time() - begun
    begun = time.process_time()
    pieces = list(said)
    written = time.process_time() - begun
    json.dump(
        {
            "prompt": engine.evaluated / read,
            "reply": len(pieces) / written,
            "text": text + "".join(pieces),
        },
        sys.stdout,
    )


def _isolation(path: Path) -> tuple[float, float, float]:
    """Return seconds of the clock for a reply in this process, in its own, and for a count."""
    from assistant.engines.isolated import IsolatedEngine
    from assistant.engines.local import LocalEngine
    from assistant.engines.protocol import Message

    messages = [Message("user", "Count from one to a hundred.")]
    took = []
    for engine in (LocalEngine(path), IsolatedEngine(path)):
        list(engine.stream(messages, max_tokens=4))
        best = 1e9
        for _ in range(5):
            begun = time.perf_counter()
            list(engine.stream(messages, max_tokens=64))
            best = min(best, time.perf_counter() - begun)
        took.append(best)
        begun = time.perf_counter()
        for _ in range(200):
            engine.count_tokens(_FACT)
        counting = (time.perf_counter() - begun) / 200
        engine.close()
    return took[0], took[1], counting


def main() -> None:
    """Print the table."""
    arguments = sys.argv[1:]
    name = DEFAULT_MODEL
    if arguments[:1] == ["--model"]:
        name, arguments = arguments[1], arguments[2:]
    path = weights.obtain(name, _MODELS)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    print(f"{name} on one core of {machine.processor()} ({platform.machine()})\n")
    print("| build | kernels | prompt tokens/s | reply tokens/s | same reply |")
    print("|-|-|-|-|-|")
    first = ""
    for build in (None, *map(Path, arguments)):
        for fast in (True, False):
            own = {} if build is None else {"LLAMA_CPP_LIB_PATH": str(build.resolve())}
            done = subprocess.run(
                [sys.executable, "-m", "tests.benchmarks.kernels", "measure", path, str(fast)],
                check=True, capture_output=True, text=True, env=os.environ | own,
            )  # fmt: skip
            found = json.loads(done.stdout)
            first = first or found["text"]
            kernels, same = "fast" if fast else "plain", "yes" if found["text"] == first else "no"
            print(
                f"| {build or 'installed'} | {kernels} | {found['prompt']:.1f} | "
                f"{found['reply']:.1f} | {same} |",
                flush=True,
            )
    small = weights.obtain("smollm2-135m", _MODELS)
    here, isolated, counting = _isolation(small)
    print(
        f"\nsmollm2-135m, 64 tokens, best of five: {here:.3f} s in this process, "
        f"{isolated:.3f} s in its own; a count of tokens there and back: {1000 * counting:.2f} ms"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        _measure(sys.argv[2], sys.argv[3] == "True")
    else:
        main()
