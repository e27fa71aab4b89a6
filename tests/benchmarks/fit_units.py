"""Fit the weights of `assistant.answering.selection.sections`: which units answer a question.

    python -m tests.benchmarks.fit_units HOME...

A unit counts as answering when it holds what `data/eval/open.jsonl` (the half that may be seen) or
`data/eval/primer.jsonl` quotes as saying a point. Each HOME is one with the primer. Prints weights,
and by cross-validation over questions the area under the curve and the share of the points that the
likeliest units hold in 150 and 300 words.
"""

import argparse
import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import StandardScaler

from assistant.answering.evidence import gather
from assistant.answering.question import understand
from assistant.answering.selection import count_words
from assistant.answering.selection.sections import SIGNALS, signals, units_of
from assistant.desk import Desk
from index.search.library import Library
from index.store.values import Filters
from tests.benchmarks.open_questions import half, read

_WORD = re.compile(r"\w+")
_PRIMER = Path(__file__).resolve().parents[2] / "data" / "eval" / "primer.jsonl"
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and for each of its points the texts that say it; how much of one must stand."""

    question: str
    points: list[list[str]]
    share: float


@dataclass(frozen=True, slots=True)
class Measured:
    """The units of one question: signals, words, and which points each holds."""

    signals: Matrix
    words: list[int]
    points: list[set[int]]


def main() -> None:
    """Read the arguments, measure, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path, nargs="+")
    libraries = [Desk(home, llm="extractive").library for home in parser.parse_args().home]
    questions = _questions()
    found = [_measured(library, asked) for library in libraries for asked in questions]
    for name, columns in (
        ("all signals", list(range(len(SIGNALS)))),
        ("words alone", [0, 2, 4, 5, 7]),
    ):
        _report(name, columns, found, len(questions))


def _questions() -> list[Asked]:
    asked = [
        Asked(each.question, [list(p.quotes) for p in each.points if not p.archived], 0.9)
        for each in read()
        if each.lang == "en" and half(each.id) == "seen"
    ]
    rows = [json.loads(line) for line in _PRIMER.read_text("utf-8").splitlines()]
    asked += [Asked(r["question"], [[r["evidence"]]], 0.6) for r in rows if r["lang"] == "en"]
    return [each for each in asked if each.points]


def _measured(library: Library, asked: Asked) -> Measured:
    question = understand(asked.question)
    evidence = gather(library, question, Filters())
    parts = units_of(evidence)
    first = 1 + len(question.sides) if len(question.parts) > 1 else 0
    values = [
        unit[first:].max(axis=0) for each in signals(library, evidence, parts) for unit in each
    ]
    texts = [
        " ".join(evidence.lines[row].text for row in rows) for units in parts for rows in units
    ]
    held = [
        {
            number
            for number, quotes in enumerate(asked.points)
            if any(_holds(text, quote, asked.share) for quote in quotes)
        }
        for text in texts
    ]
    return Measured(np.array(values), [count_words(text) for text in texts], held)


def _holds(text: str, quote: str, share: float) -> bool:
    words = _WORD.findall(quote.lower())
    there = set(_WORD.findall(text.lower()))
    return sum(word in there for word in words) >= share * len(words)


def _report(name: str, columns: list[int], found: list[Measured], questions: int) -> None:
    values = np.concatenate([each.signals[:, columns] for each in found])
    labels = np.array([bool(points) for each in found for points in each.points])
    groups = np.repeat(np.arange(len(found)), [len(each.words) for each in found])
    chances = np.zeros(len(labels))
    for train, test in GroupKFold(10).split(values, labels, groups % questions):
        weights, bias = _fit(values[train], labels[train])
        chances[test] = values[test] @ weights + bias
    weights, bias = _fit(values, labels)
    print(name, dict(zip([SIGNALS[c] for c in columns], weights.round(3), strict=True)))
    print(f"  bias {bias:.3f}, area under the curve {roc_auc_score(labels, chances):.3f}")
    for words in (150, 300):
        share = _share(found, chances, groups, words)
        print(f"  points in the likeliest {words} words: {share:.3f}")


def _fit(values: Matrix, labels: NDArray[np.bool_]) -> tuple[Matrix, float]:
    """Return weights and bias for signals as they are, both kinds of units weighing the same."""
    scale = StandardScaler().fit(values)
    model = LogisticRegression(C=0.3, max_iter=2000, class_weight="balanced")
    model.fit(scale.transform(values), labels)
    weights = model.coef_[0] / scale.scale_
    return weights, float(model.intercept_[0] - weights @ scale.mean_)


def _share(found: list[Measured], chances: Matrix, groups: NDArray[np.int_], most: int) -> float:
    held, every = 0, 0
    for number, each in enumerate(found):
        left, points = most, set()
        for unit in np.argsort(-chances[groups == number]):
            if each.words[unit] <= left:
                points |= each.points[unit]
                left -= each.words[unit]
        held += len(points)
        every += len(set().union(*each.points))
    return held / every


if __name__ == "__main__":
    main()
