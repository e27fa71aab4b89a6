"""Fit the weights of `assistant.answering.evidence.leading`: which document is about a question.

    python -m tests.benchmarks.fit_lead HOME... [--also QUESTIONS.jsonl]

The right ones are those whose quotes say the points of the half of `data/eval/open.jsonl` that may
be seen, and the gold sources of `data/eval/primer.jsonl`, of `data/eval/learners.jsonl` and of
questions given with ``--also``. Questions that compare, and those of which no right document was
found, are left out. The documents of a question compete: the weights are those of a conditional
logit (McFadden 1974), a scale and a bias then make chances of them. Prints these, and by
cross-validation over questions how often the likeliest document is right.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from assistant.answering.evidence import PASSAGES, gather
from assistant.answering.evidence.leading import SIGNALS, signals
from assistant.answering.question import understand
from assistant.desk import Desk
from index.search.library import Library
from index.store.values import Filters
from tests.benchmarks.open_questions import half, read

EVAL = Path(__file__).resolve().parents[2] / "data" / "eval"
_SHRINK = 0.02  # of the squared weights
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measured:
    """The documents found for a question: signals, and whether each is a right one."""

    question: str
    signals: Matrix
    right: NDArray[np.bool_]


def main() -> None:
    """Read the arguments, measure, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path, nargs="+")
    parser.add_argument("--also", type=Path)
    given = parser.parse_args()
    libraries = [Desk(home, llm="extractive").library for home in given.home]
    asked = list(questions(given.also))
    measured = [
        done
        for library in libraries
        for question, lang, gold in asked
        if (done := _measured(library, question, lang, gold)) is not None
    ]
    _report("all signals", [0, 1, 2, 3], measured)
    _report("words alone", [0, 1], measured)


def questions(also: Path | None) -> Iterator[tuple[str, str, set[str]]]:
    for question in read():
        if half(question.id) == "seen":
            yield question.question, question.lang, {point.source for point in question.points}
    for file in filter(None, (EVAL / "primer.jsonl", EVAL / "learners.jsonl", also)):
        yield from questions_of(file)


def questions_of(file: Path) -> Iterator[tuple[str, str, set[str]]]:
    """Yield the questions of a file that have right documents, their language, and these."""
    for row in map(json.loads, file.read_text("utf-8").splitlines()):
        if row["gold_urls"]:
            yield row["question"], row["lang"], set(row["gold_urls"])


def _measured(library: Library, text: str, lang: str, gold: set[str]) -> Measured | None:
    library = library.asked_in(lang)
    question = understand(text)
    if question.sides:
        return None
    evidence = gather(library, question, Filters())
    hits = evidence.hits[:PASSAGES]
    urls = list(dict.fromkeys(hit.passage.url for hit in hits))
    right = np.array([bool((library.store.addresses(url) | {url}) & gold) for url in urls])
    if not right.any():
        return None
    vector = library.embedder.embed_query(text)
    return Measured(text, signals(library, hits, vector, question.lang), right)


def _report(name: str, columns: list[int], measured: Sequence[Measured]) -> None:
    own = [replace(one, signals=one.signals[:, columns]) for one in measured]
    texts = sorted({one.question for one in own})
    groups = [texts.index(one.question) for one in own]
    right, sure = [], []
    for train, test in GroupKFold(10).split(own, groups=groups):
        weights, bias = _fit([own[place] for place in train])
        for one in (own[place] for place in test):
            scores = one.signals @ weights + bias
            right.append(bool(one.right[scores.argmax()]))
            sure += [right[-1]] if scores.max() >= 0 else []
    weights, bias = _fit(own)
    print(name, dict(zip([SIGNALS[c] for c in columns], weights.round(2), strict=True)))
    print(f"  bias {bias:.2f}; the likeliest is right in {sum(right)} of {len(right)},")
    print(f"  where its chance is at least one half in {sum(sure)} of {len(sure)}")


def _fit(measured: Sequence[Measured]) -> tuple[Matrix, float]:
    """Return weights and a bias: the direction by competition, its scale by single documents."""

    def loss(weights: Matrix) -> float:
        lost = 0.0
        for one in measured:
            scores = one.signals @ weights
            lost += float(logsumexp(scores) - logsumexp(scores[one.right]))
        return lost + _SHRINK * float(weights @ weights)

    start = np.zeros(measured[0].signals.shape[1])
    direction = minimize(loss, start, method="L-BFGS-B").x
    values = np.concatenate([one.signals @ direction for one in measured])[:, None]
    labels = np.concatenate([one.right for one in measured])
    scaled = LogisticRegression(C=1e6).fit(values, labels)
    return direction * scaled.coef_[0, 0], float(scaled.intercept_[0])


if __name__ == "__main__":
    main()
