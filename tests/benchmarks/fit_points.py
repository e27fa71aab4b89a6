"""Fit the judge of points on answers read by hand, and tell how often it agrees with the reader.

    python -m tests.benchmarks.fit_points [READ.jsonl...]

``points_read.jsonl`` holds answers that were read whole: for each point of the question, whether
the answer says it. ``from`` is where the answer comes from: ``extract``, ``model``, ``plain`` are
the program's and its model's, ``written`` are answers in other words than the sources', written to
try the judge; only answers made of the primer's sentences ship. The weights printed go
into `tests.benchmarks.points`. Agreement is told by weights fitted without the question judged;
logistic regression, ridge penalty 1.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.open_questions import read
from tests.benchmarks.points import WEIGHTS, Embed, Evidence, embedder, evidence

READ = Path(__file__).with_name("points_read.jsonl")


@dataclass(frozen=True, slots=True)
class Reading:
    """One point of one answer: what the reader found, and what the judge has to go by."""

    id: str
    origin: str
    said: bool
    evidence: Evidence


def readings(rows: Sequence[dict[str, Any]], embed: Embed) -> list[Reading]:
    """Return a reading for each point of the answers read by hand."""
    points = {question.id: question.points for question in read()}
    out = []
    for row in rows:
        texts = [{"text": text, "citations": []} for text in row["sentences"]]
        found = evidence({"refused": False, "sentences": texts}, points[row["id"]], embed)
        out += [
            Reading(row["id"], row["from"], mark == "1", each)
            for mark, each in zip(row["said"], found, strict=True)
        ]
    return out


def fit(every: Sequence[Reading]) -> tuple[float, ...]:
    """Return the weights of the logistic regression, by Newton's method."""
    known = [each for each in every if each.evidence.computed]
    x = np.array([each.evidence.features() for each in known])
    y = np.array([each.said for each in known], dtype=float)
    weights, penalty = np.zeros(x.shape[1]), np.eye(x.shape[1])
    penalty[0, 0] = 0
    for _ in range(30):
        odds = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (odds - y) + penalty @ weights
        curve = (x * (odds * (1 - odds))[:, None]).T @ x + penalty
        weights -= np.linalg.solve(curve, slope)
    return tuple(float(each) for each in weights)


def agreement(every: Sequence[Reading], weights: tuple[float, ...]) -> np.ndarray:
    """Count [both said, judge alone, reader alone, both not said]."""
    counts = np.zeros(4, dtype=int)
    for each in every:
        judged = each.evidence.computed and each.evidence.score(weights) > 0
        counts[(0 if each.said else 1) if judged else (2 if each.said else 3)] += 1
    return counts


def main() -> None:
    """Print the fitted weights and the agreement."""
    parser = argparse.ArgumentParser(description="Fit the judge of points.")
    parser.add_argument("files", type=Path, nargs="*", default=[READ])
    rows = [
        json.loads(line)
        for file in parser.parse_args().files
        for line in file.read_text("utf-8").split("\n")
        if line
    ]
    every = readings(rows, embedder())
    print("weights ", " ".join(f"{each:.2f}" for each in fit(every)))
    print(f"{len(rows)} answers, {len(every)} points")
    for origin in sorted({each.origin for each in every}):
        kept = [each for each in every if each.origin == origin]
        free = sum(
            agreement(
                [each for each in kept if each.id == key],
                fit([each for each in every if each.id != key]),
            )
            for key in {each.id for each in kept}
        )
        for name, counts in (("as shipped", agreement(kept, WEIGHTS)), ("left out", free)):
            both, judge, reader, none = (int(each) for each in counts)
            share = (both + none) / len(kept)
            print(
                f"{origin:8} {name:10} agree {share:.3f}: both {both}, only the judge {judge}, "
                f"only the reader {reader}, neither {none}"
            )


if __name__ == "__main__":
    main()
