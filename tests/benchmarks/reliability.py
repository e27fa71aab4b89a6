"""How often a sentence of a support value is right, as a histogram.

    python -m tests.benchmarks.reliability SHARED [--drafts FILE...] [--json FILE]

Labelled by people are the claims of WiCE dev and the replies of BEGIN, beside their texts; FILEs
hold drafts of the model that a reader labelled (`tests.benchmarks.drafts`). Printed is, by tenth of
the support value, how many sentences there are and what share of them is right; once for all, once
for those that the check lets stand as they read. The gap is the expected calibration error.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.answering.checking import Support
from index.models.embedder import Embedder
from tests.benchmarks.drafts import read
from tests.benchmarks.falsify import Texts
from tests.benchmarks.measure_judge import items

_BAR = 40  # characters of a full bar
_TENTHS = 10


def main() -> None:
    """Read the arguments, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--drafts", type=Path, nargs="*", default=[])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--models", type=Path, default=Path.home() / ".cache" / "refdesk-tests")
    given = parser.parse_args()
    rows = labelled(given.shared, given.models)
    drafts = [row for file in given.drafts for row in read(file) if "right" in row]
    rows += [_row("drafts", row["support"], row["status"], row["right"]) for row in drafts]
    if given.json:
        given.json.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    for name in dict.fromkeys(row["set"] for row in rows):
        of_set = [row for row in rows if row["set"] == name]
        show(f"{name}, all", of_set)
        show(f"{name}, those that hold", [row for row in of_set if row["holds"]])


def labelled(shared: Path, models: Path) -> list[dict[str, Any]]:
    """Return the support of what people labelled, as JSON objects."""
    here = [each for each in items(shared, 0) if each.set in ("wice", "begin")]
    here = [each for each in here if each.use == "test"]
    found = []
    with tempfile.TemporaryDirectory() as folder:
        texts = list(dict.fromkeys(text for each in here for text in each.texts))
        library = Texts(Path(folder), Embedder.open(models), texts)
        support = Support(library)
        for each in here:
            verdict = support.check(each.sentence, library.evidence(each.texts))
            found.append(_row(each.set, verdict.score, verdict.status, each.supported))
    return found


def _row(name: str, support: float, status: str, right: bool) -> dict[str, Any]:
    return {"set": name, "support": support, "holds": status != "dropped", "right": right}


def show(title: str, rows: Sequence[dict[str, Any]]) -> None:
    """Print the histogram of one set."""
    gap = 0.0
    print(f"{title}: {len(rows)}")
    for tenth in range(_TENTHS):
        inside = [row for row in rows if min(int(row["support"] * _TENTHS), 9) == tenth]
        if not inside:
            continue
        right = sum(row["right"] for row in inside) / len(inside)
        told = sum(row["support"] for row in inside) / len(inside)
        gap += abs(right - told) * len(inside) / len(rows)
        bar = "#" * round(_BAR * right)
        print(f"  {tenth / _TENTHS:.1f}  {len(inside):4}  {right:5.0%}  {bar}")
    print(f"  gap {gap:.3f}")


if __name__ == "__main__":
    main()
