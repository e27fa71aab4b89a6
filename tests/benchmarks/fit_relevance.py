"""Fit the weights of `assistant.answering.evidence.relevance` on questions whose evidence is known.

    python -m tests.benchmarks.fit_relevance HOME QUESTIONS.jsonl... [--also HOME QUESTIONS.jsonl]

A sentence counts as evidence when it holds 0.6 of the words of the evidence noted with a question.
Prints weights for the present signals, and by cross-validation over questions how often a sentence
of the evidence is among the best five: with these weights, and with cosine and words alone.
"""

import argparse
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from assistant.answering.evidence import gather
from assistant.answering.evidence.relevance import SIGNALS
from assistant.answering.question import understand
from assistant.desk import Desk
from index.store.values import Filters

_WORD = re.compile(r"[a-z0-9]+(?:\.[0-9]+)?|[\u4e00-\u9fff]")
_SHARE = 0.6
_FOLDS = 5
Matrix = NDArray[np.float64]


def main() -> None:
    """Read the arguments, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument("--also", type=Path, nargs=2, action="append", default=[])
    given = parser.parse_args()
    seen, labels, english = _measured(given.home, _questions(given.questions))
    for home, file in given.also:
        more = _measured(home, _questions([file]))
        seen, labels, english = seen + more[0], labels + more[1], english + more[2]
    everything = list(range(len(SIGNALS)))
    for name, columns in (("WEIGHTS", everything), ("WORDS_ALONE", everything[1:])):
        # cosines mean nothing for languages the model does not know: fitted on English
        rows = [k for k in range(len(seen)) if english[k] or 0 not in columns]
        weights, bias = _fit([seen[k][:, columns] for k in rows], [labels[k] for k in rows])
        print(name, dict(zip([SIGNALS[c] for c in columns], weights.round(3), strict=True)))
        print("  bias", round(bias, 3))
        print("  evidence in the best five:", _cross_validated(seen, labels, columns))
    print("cosine and words alone:", _cross_validated(seen, labels, [0, 1]))


def _questions(files: list[Path]) -> list[dict[str, Any]]:
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def _measured(
    home: Path, asked: list[dict[str, Any]]
) -> tuple[list[Matrix], list[Matrix], list[bool]]:
    library = Desk(home, llm="extractive").library
    seen, labels, english = [], [], []
    for each in asked:
        if not each.get("evidence"):
            continue
        evidence = gather(library, understand(each["question"]), Filters())
        wanted = _words(each["evidence"])
        held = np.array([len(wanted & _words(line.text)) for line in evidence.lines])
        if not len(held) or not wanted:
            continue
        seen.append(evidence.signals[0])
        labels.append((held >= _SHARE * len(wanted)).astype(np.float64))
        english.append(evidence.understood)
    return seen, labels, english


def _fit(seen: list[Matrix], labels: list[Matrix]) -> tuple[Matrix, float]:
    """Return weights and bias for signals as they are (fitted on standardised ones)."""
    signals, truth = np.concatenate(seen), np.concatenate(labels)
    scaler = StandardScaler().fit(signals)
    model = LogisticRegression(max_iter=2000, class_weight="balanced")
    model.fit(scaler.transform(signals), truth)
    weights: Matrix = model.coef_[0] / scaler.scale_
    return weights, float(model.intercept_[0] - weights @ scaler.mean_)


def _cross_validated(seen: list[Matrix], labels: list[Matrix], columns: list[int]) -> str:
    """Return how many questions have a sentence of their evidence among the best five."""
    fold = np.random.default_rng(0).integers(0, _FOLDS, len(seen))
    hits = total = 0
    for left_out in range(_FOLDS):
        train = [k for k in range(len(seen)) if fold[k] != left_out]
        weights, _ = _fit([seen[k][:, columns] for k in train], [labels[k] for k in train])
        for k in range(len(seen)):
            if fold[k] == left_out and labels[k].any():
                best = np.argsort(-(seen[k][:, columns] @ weights))[:5]
                hits += bool(labels[k][best].any())
                total += 1
    return f"{hits} of {total}"


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


if __name__ == "__main__":
    main()
