"""Fit `assistant.collection.learned`: which kind of request a text is.

    python -m tests.benchmarks.fit_requests HOME [--measure]

HOME is a home with the primer and real pages, and the vectors of the model beside: what texts name
is known from it. Fits on the examples of `data/requests.toml`, on questions that the primer answers
(`data/primer-questions`) and on half of those of `data/eval`; writes `data/requests/MODEL.npy`.
With --measure it prints how many examples and questions are known right when left out.
"""

import argparse
import hashlib
import json
import random
import re
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from assistant.collection.asked import Asked
from assistant.collection.catalog import catalog
from assistant.collection.learned import COVERS, FACT, covered, examples, features, names_unknown
from assistant.collection.mentions import mentions
from assistant.desk import Desk
from index.search.library import Library
from ingest.text.sentences import language

DATA = Path(__file__).resolve().parents[2] / "data"
QUESTIONS = 2_500
FILES = ("open", "primer", "archive", "near_misses", "common_words", "scope", "unanswerable")
"""Of the questions of `data/eval` that half is fitted on, which may be seen."""
_WEIGHT = 0.15  # of a question of the primer against an example
_STRENGTH = 30.0
_FOLDS = 5


def main() -> None:
    """Read the arguments, fit, write, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--measure", action="store_true")
    arguments = parser.parse_args()
    library = Desk(arguments.home, llm="extractive").library
    facts = _facts(library)
    for own, langs in ((library, ["en"]), (library.asked_in("zh"), ["en", "zh"])):
        texts, labels, weights = [], [], []
        for label, wordings in examples().items():
            for lang in langs:
                for text in _filled(wordings[lang], lang):
                    texts.append(text)
                    labels.append(label)
                    weights.append(1.0)
        for lang, text in facts:
            if lang in langs:
                texts.append(text)
                labels.append(FACT)
                weights.append(_WEIGHT)
        vectors = features(own, texts)
        if arguments.measure:
            _measure(own.embedder.name, vectors, labels, weights)
        rows = _fit(vectors, labels, weights)
        np.save(DATA / "requests" / f"{own.embedder.name}.npy", rows.astype(np.float16))


def _filled(wordings: list[str], lang: str) -> list[str]:
    """Return wordings with their slots covered, and once more with names that nothing knows."""
    strange, chosen = names_unknown()[lang], random.Random(1)
    texts = []
    for wording in wordings:
        texts.append(re.sub(r"\{(\w+)\}", lambda m: COVERS[lang][m[1]], wording))
        other = re.sub(
            r"\{(\w+)\}",
            lambda m: chosen.choice(strange[m[1]]) if m[1] in strange else COVERS[lang][m[1]],
            wording,
        )
        texts += [other] * (other != texts[-1])
    return texts


def _facts(library: Library) -> list[tuple[str, str]]:
    """Return (language, covered question) of questions that the primer answers."""
    files = sorted((DATA / "primer-questions").glob("*.md"))
    every = [line[2:].strip() for file in files for line in file.read_text("utf-8").splitlines()
             if line.startswith("- ")]  # fmt: skip
    random.Random(1).shuffle(every)
    rows = []
    asked_here = [
        row["question"] for file in FILES for row in _rows(file) if not held_back(row["id"])
    ]
    for text in [*every[:QUESTIONS], *asked_here]:
        asked = Asked(library, catalog(library.store), text, language(text))
        rows.append((asked.lang, covered(text, mentions(asked), asked.lang)))
    return rows


def _rows(name: str) -> list[dict[str, str]]:
    lines = (DATA / "eval" / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [row for line in lines if "question" in (row := json.loads(line))]


def held_back(name: str) -> bool:
    """Say whether what has this id belongs to the half that nothing is fitted on."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 2 == 1


def _fit(
    vectors: NDArray[np.float32], labels: list[str], weights: list[float]
) -> NDArray[np.float64]:
    """Return a row for each label in the order of the examples, its bias last."""
    counts: dict[str, float] = defaultdict(float)
    for label, weight in zip(labels, weights, strict=True):
        counts[label] += weight
    shares = np.array([w / counts[label] ** 0.5 for label, w in zip(labels, weights, strict=True)])
    mean = vectors.mean(axis=0)
    model = LogisticRegression(C=_STRENGTH, max_iter=1000)
    model.fit(vectors - mean, labels, sample_weight=shares / shares.mean())
    place = {label: row for row, label in enumerate(model.classes_)}
    order = [place[label] for label in examples()]
    bias = model.intercept_ - model.coef_ @ mean
    return np.hstack([model.coef_, bias[:, None]])[order]


def _measure(
    name: str, vectors: NDArray[np.float32], labels: list[str], weights: list[float]
) -> None:
    names = list(examples())
    right: Counter[bool] = Counter()
    count: Counter[bool] = Counter()
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=1)
    known = np.array(labels)
    for train, test in folds.split(vectors, known):
        rows = _fit(vectors[train], known[train].tolist(), [weights[at] for at in train])
        scores = vectors[test] @ rows[:, :-1].T + rows[:, -1]
        for at, best in zip(test, scores.argmax(axis=1), strict=True):
            fact = known[at] == FACT
            count[fact] += 1
            right[fact] += names[best].partition(".")[0] == known[at].partition(".")[0]
    print(
        f"{name}: of examples {right[False]} of {count[False]}, "
        f"of questions of fact {right[True]} of {count[True]}"
    )


if __name__ == "__main__":
    main()
