"""Break refdesk on purpose, and print what was broken, what a person saw, what was lost.

    python -m tests.benchmarks.faults [--kills 1000] [--turns 3] [--fails 12] [--seed 7]
                                      [--log faults.jsonl]

Goes on where an earlier run with the same log stopped.
"""

import argparse
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import platformdirs

from tests.fault_kills import kills
from tests.fault_rig import Outcome, Rig, done_before, failing_calls, note, turned_bytes


def main() -> int:
    """Try the faults; return how many were not stood."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.faults")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--turns", type=int, default=3, help="bytes turned in each file")
    parser.add_argument("--fails", type=int, default=12, help="calls of each kind that fail")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--log", type=Path, default=Path("faults.jsonl"))
    given = parser.parse_args()
    known = done_before(given.log)
    with tempfile.TemporaryDirectory() as folder:
        rig = Rig(Path(folder), platformdirs.user_cache_path("refdesk-tests"))
        for name, fault in _every(rig, given):
            if name in known:
                continue
            outcome = fault()
            note(given.log, name, outcome)
            if not outcome.held:
                print(f"NOT STOOD {name}: {outcome}", flush=True)
    rows = [json.loads(line) for line in given.log.read_text(encoding="utf-8").splitlines()]
    counts = Counter((row["fault"], row["held"]) for row in rows)
    for (fault, held), count in sorted(counts.items()):
        print(f"{fault}: {count} {'stood' if held else 'NOT STOOD'}")
    return sum(not row["held"] for row in rows)


def _every(rig: Rig, given: argparse.Namespace) -> Iterator[tuple[str, Callable[[], Outcome]]]:
    """Yield all faults, each with a name that is the same for the same seed."""
    seed = given.seed
    parts = (
        ("kill", kills(rig, random.Random(seed), given.kills)),
        ("turn", turned_bytes(rig, random.Random(seed + 1), given.turns) if given.turns else ()),
        ("fail", failing_calls(rig, given.fails)),
    )
    for part, faults in parts:
        for number, fault in enumerate(faults):
            yield f"{seed}-{part}-{number}", fault


if __name__ == "__main__":
    sys.exit(min(1, main()))
