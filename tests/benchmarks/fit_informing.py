"""Fit `assistant.answering.evidence.informing`: which sentences tell a reader nothing.

    python -m tests.benchmarks.fit_informing HOME [--measure]

HOME is a home with the primer and real pages, and the vectors of the model beside. Fits on the
examples of `data/informing.toml`, on sentences of the primer, which all inform, and on those of
pages that `data/eval/informing.jsonl` judges for fitting, known by their digests; writes
`data/informing/MODEL.npy`. Its bias is such that of the sentences of pages that inform, left out by
whole pages, one in so many is lost. With --measure it prints what is found of all of them left out
and of the judged sentences that are held back, and writes nothing.
"""

import argparse
import hashlib
import json
import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.answering.evidence.informing import seen
from assistant.answering.evidence.pieces import pieces
from assistant.desk import Desk
from index.search.library import Library
from ingest.text.scripts import has_han
from ingest.values import PRIMER
from tests.benchmarks.in_folds import fitted_in_folds

DATA = Path(__file__).resolve().parents[2] / "data"
JUDGED = DATA / "eval" / "informing.jsonl"
INFORMS = "informs"
PRIMERS = {"primer": 700, "primer-zh": 500}
"""How many sentences of each primer are fitted on."""
_WEIGHT = 0.3  # of a sentence of the primer against others
_SCALE = 4.0  # of vectors against what is seen
_STRENGTH = 0.3
_LOST = 0.015  # of the sentences of pages that inform
_FOLDS = 5
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence, whether it informs, where it is from and with what it is left out."""

    text: str
    informs: bool
    source: str
    page: str


def main() -> None:
    """Read the arguments, fit, write or print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--measure", action="store_true")
    arguments = parser.parse_args()
    library = Desk(arguments.home, llm="extractive").library
    every = [*_own(), *_primer(), *_judged(library)]
    for asked in (library, library.asked_in("zh")):
        known = [each for each in every if asked.embedder.multilingual or not has_han(each.text)]
        texts = [each.text for each in known]
        values = np.hstack([asked.sentence_vectors(texts) * _SCALE, seen(texts)])
        row, scores = _fitted(values, known)
        if arguments.measure:
            _report(asked.embedder.name, known, scores)
            continue
        row[: -1 - seen(texts[:1]).shape[1]] *= _SCALE
        (DATA / "informing").mkdir(exist_ok=True)
        np.save(DATA / "informing" / f"{asked.embedder.name}.npy", row.astype(np.float32))


def digest(text: str) -> str:
    """Return by what a judged sentence of a page is known."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _own() -> Iterator[Example]:
    kinds = tomllib.loads((DATA / "informing.toml").read_text("utf-8"))
    for kind, wordings in kinds.items():
        for text in (*wordings["en"], *wordings["zh"]):
            yield Example(text, kind == INFORMS, "examples", text)


def _primer() -> Iterator[Example]:
    chosen = random.Random(1)
    for folder, many in PRIMERS.items():
        notes = [file.read_text("utf-8").split("---", 2)[-1]
                 for file in sorted((DATA / folder).glob("*.md"))]  # fmt: skip
        texts = [text for note in notes for text in _sentences(note, "")]
        chosen.shuffle(texts)
        yield from (Example(text, True, "primer", text) for text in texts[:many])


def _judged(library: Library) -> Iterator[Example]:
    """Yield the judged sentences that stand on pages of the library."""
    judged = {row["digest"]: row for row in map(json.loads, JUDGED.read_text().splitlines())}
    store = library.store
    for passage in store.passages(store.passages_of(store.document_urls())).values():
        if passage.url.startswith(PRIMER):
            continue
        for text in _sentences(passage.text, passage.fence):
            row = judged.pop(digest(text), None)
            if row is not None:
                yield Example(text, row["informs"], row["use"], passage.url)


def _sentences(text: str, fence: str) -> Iterator[str]:
    for piece in pieces(text, fence):
        unshown = piece.block or piece.form in ("row", "heading")
        if not unshown and (piece.whole or piece.leads):
            yield piece.text


def _fitted(values: Matrix, known: list[Example]) -> tuple[Matrix, Matrix]:
    """Return the weights with the bias last, and each sentence's score as fitted without its page.

    The held sentences are never fitted on.
    """
    labels = np.array([each.informs for each in known])
    weights = np.array([_WEIGHT if each.source == "primer" else 1.0 for each in known])
    folds = np.array([int(digest(each.page), 16) % _FOLDS for each in known])
    held = np.array([each.source == "held" for each in known])

    row, scores = fitted_in_folds(
        values, labels, weights, folds, held, strength=_STRENGTH, most_steps=3000
    )
    pages = np.array([each.source == "fit" for each in known]) & labels
    floor = float(np.quantile(scores[pages], _LOST))
    row[-1] -= floor
    return row, scores - floor


def _report(name: str, known: list[Example], scores: Matrix) -> None:
    for source in ("examples", "primer", "fit", "held"):
        for informs, said in ((False, "found"), (True, "lost")):
            own = [score < 0 for score, each in zip(scores, known, strict=True)
                   if each.source == source and each.informs == informs]  # fmt: skip
            print(f"{name}, {source}: {said} {sum(own)} of {len(own)}")


if __name__ == "__main__":
    main()
