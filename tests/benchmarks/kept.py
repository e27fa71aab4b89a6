"""How long 1,000 threads of 3 questions and 10,000 notes take to list and to search.

``python -m tests.benchmarks.kept [TIMES]`` makes both in a folder of its own and prints, for each
kind of question, the median and the longest of so many runs (200): milliseconds of the clock, and
of the processor in brackets.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from assistant.kept.notes import Notes
from assistant.kept.threads import Threads
from tests.assistant.test_notes import fill as fill_notes
from tests.assistant.test_threads import fill as fill_threads


def measured(work: Callable[[], object], times: int) -> str:
    """Return the median and the longest of some runs, as a line."""
    wall, processor = [], []
    for _ in range(times):
        begun, spent = time.perf_counter(), time.process_time()
        assert work()
        wall.append((time.perf_counter() - begun) * 1000)
        processor.append((time.process_time() - spent) * 1000)
    said = (
        f"{name} {of(wall):.1f} ms ({of(processor):.1f})"
        for name, of in (("p50", statistics.median), ("max", max))
    )
    return ", ".join(said)


def main() -> None:
    """Print the times."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as folder:
        threads, notes = Threads(Path(folder)), Notes(Path(folder))
        for name, work in (fill_threads(threads) | fill_notes(notes)).items():
            print(f"{name}: {measured(work, times)}", flush=True)


if __name__ == "__main__":
    main()
