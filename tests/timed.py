"""How long work takes, for tests that hold it against a limit."""

import time
from collections.abc import Callable


def quickest(work: Callable[[], object], times: int = 3) -> float:
    """Return the least seconds of some runs: what a busy machine made slow is quick once."""
    return min(_seconds(work) for _ in range(times))


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    assert work()
    return time.perf_counter() - begun
