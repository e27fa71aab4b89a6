"""Fit the weights of `assistant.answering.leading`: which document found is about a question.

    python -m tests.benchmarks.fit_lead HOME... [--also QUESTIONS.jsonl]

The right ones are those whose quotes say the points of the half of `data/eval/open.jsonl` that may
be seen, and the gold sources of `data/eval/primer.jsonl` and of questions given with ``--also``.
Questions that compare, and those of which no right document was found, are left out. Prints
weights, and by cross-validation over questions how often the likeliest document is right.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import StandardScaler

from assistant.answering.evidence import PASSAGES, gather
from assistant.answering.fitted import logistic
from assistant.answering.leading import SIGNALS, signals
from assistant.answering.question import understand
from assistant.desk import Desk
from index.search.library import Library
from index.store.values import Filters
from tests.benchmarks.open_questions import half, read

_PRIMER = Path(__file__).resolve().parents[2] / "data" / "eval" / "primer.jsonl"
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measured:
    """The documents found for a question: signals, and whether each is a right one."""

    question: str
    lang: str
    signals: Matrix
    right: NDArray[np.bool_]


def main() -> None:
    """Read the arguments, measure, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path, nargs="+")
    parser.add_argument("--also", type=Path)
    given = parser.parse_args()
    libraries = [Desk(home, llm="extractive").library for home in given.home]
    asked = list(_questions(given.also))
    measured = [
        done
        for library in libraries
        for question, lang, gold in asked
        if (done := _measured(library, question, lang, gold)) is not None
    ]
    _report("all signals", [0, 1, 2], measured)
    _report("words alone", [0, 1], measured)
    _report_across([one for one in measured if one.lang != "en"])


def _questions(also: Path | None) -> Iterator[tuple[str, str, set[str]]]:
    for question in read():
        if half(question.id) == "seen":
            yield question.question, question.lang, {point.source for point in question.points}
    for file in filter(None, (_PRIMER, also)):
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
    return Measured(text, lang, signals(library, hits, vector, question.lang), right)


def _report(name: str, columns: list[int], measured: Sequence[Measured]) -> None:
    values = np.concatenate([one.signals[:, columns] for one in measured])
    labels = np.concatenate([one.right for one in measured])
    texts = sorted({one.question for one in measured})
    sizes = [len(one.right) for one in measured]
    groups = np.repeat([texts.index(one.question) for one in measured], sizes)
    scores = np.zeros(len(labels))
    for train, test in GroupKFold(10).split(values, labels, groups):
        weights, bias = _fit(values[train], labels[train])
        scores[test] = values[test] @ weights + bias
    weights, bias = _fit(values, labels)
    print(name, dict(zip([SIGNALS[c] for c in columns], weights.round(2), strict=True)))
    parts = np.split(scores, np.cumsum(sizes)[:-1])
    right = [bool(one.right[part.argmax()]) for one, part in zip(measured, parts, strict=True)]
    sure = [good for good, part in zip(right, parts, strict=True) if part.max() >= 0]
    print(f"  bias {bias:.2f}; the likeliest is right in {sum(right)} of {len(right)},")
    print(f"  where its chance is at least one half in {sum(sure)} of {len(sure)}")


def _report_across(measured: Sequence[Measured]) -> None:
    """Print what other weights of the last signal would do where it is asked in another language.

    These questions are too few for weights of their own; the other two stay as they are fitted.
    """
    model = logistic("lead", SIGNALS, understood=True)
    labels = np.concatenate([one.right for one in measured])
    for known in (model.weights[2], 4.0, 5.0, 6.0, 8.0):
        weights = np.array([*model.weights[:2], known])
        scores = [one.signals @ weights for one in measured]
        right = sum(
            bool(one.right[own.argmax()]) for one, own in zip(measured, scores, strict=True)
        )
        scale, bias = _fit(np.concatenate(scores)[:, None], labels)
        print(
            f"other languages, known {known:.2f}: right in {right} of {len(measured)}, "
            f"bias {bias:.2f} at a scale of {scale[0]:.2f}"
        )


def _fit(values: Matrix, labels: NDArray[np.bool_]) -> tuple[Matrix, float]:
    scale = StandardScaler().fit(values)
    model = LogisticRegression(max_iter=1000).fit(scale.transform(values), labels)
    weights = model.coef_[0] / scale.scale_
    return weights, float(model.intercept_[0] - weights @ scale.mean_)


if __name__ == "__main__":
    main()
