"""How long work takes, for tests that hold it against a limit: what else the machine does aside."""

import time
from collections.abc import Callable


def quickest(work: Callable[[], object], times: int = 3) -> float:
    """Return the least seconds of some runs: the first may have had something to read."""
    return min(seconds(work) for _ in range(times))


def seconds(work: Callable[[], object]) -> float:
    """Return the seconds that a processor worked for what this thread does; it must be true."""
    begun = time.thread_time()
    assert work()
    return time.thread_time() - begun
