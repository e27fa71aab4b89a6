"""Try inputs nobody thinks of, and print what fell over.

    python -m tests.benchmarks.fuzz [COUNT] [TARGET...]

COUNT inputs for each target, 10,000 by default. What is found becomes a test.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Verbosity, given, settings
from hypothesis.strategies import SearchStrategy

from tests.doors import small_desk
from tests.fuzz import PATHS, PURE, send, tried
from ui.server import interface
from ui.serving.turns import Turns


def main(count: int, wanted: list[str]) -> int:
    """Try the targets whose names hold one of the words, or all; return how many fell over."""
    fell = 0
    for name, (call, inputs) in PURE.items():
        if not wanted or any(word in name for word in wanted):
            fell += _try(name, lambda each, call=call: tried(call, each), inputs, count)
    with small_desk() as desk:
        app = interface(desk, Turns())
        with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
            for path, bodies in PATHS.items():
                if not wanted or any(word in path for word in wanted):
                    fell += _try(
                        path, lambda body, path=path: send(client, path, body), bodies, count
                    )
    return fell


def _try(name: str, call: Callable[[Any], object], inputs: SearchStrategy[Any], count: int) -> bool:
    quiet = settings(
        max_examples=count, deadline=None, database=None, verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    begun = time.perf_counter()
    done = 0

    @quiet
    @given(inputs)
    def run(each: Any) -> None:
        nonlocal done
        done += 1
        call(each)

    try:
        run()
    except Exception as error:
        print(f"{name}: FELL OVER after {done}: {type(error).__name__}: {str(error)[:500]}")
        return True
    print(f"{name}: {done} inputs in {time.perf_counter() - begun:.0f} s", flush=True)
    return False


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    words = [word for word in sys.argv[1:] if not word.isdigit()]
    sys.exit(main(numbers[0] if numbers else 10_000, words))
