"""Fit `assistant.answering.evidence.addressed`: which sentences are orders to the model.

    python -m tests.benchmarks.fit_orders HOME

HOME is a home with the primer and real pages: none of its sentences is an order. The wordings are
those of `data/eval/orders.jsonl` that are for fitting and those of the tests. Prints the section of
`data/fitted.toml` and, of the wordings held back, how many the patterns, the model and both find.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from assistant.answering.evidence.addressed import SHORTEST
from assistant.answering.evidence.injection import addresses_the_model
from assistant.answering.evidence.pieces import pieces, plain
from assistant.desk import Desk
from index.search.library import Library
from ingest.text.sentences import sentences
from tests.assistant.injections import ATTACKS
from tests.assistant.wordings import ORDERS, PROSE

WORDINGS = Path(__file__).resolve().parents[2] / "data" / "eval" / "orders.jsonl"
_WEIGHT = 5.0  # of a wording against a sentence of the home
_FALSE = (
    2_500  # one sentence of the home in so many may be taken for an order, as fitted without it
)
Matrix = NDArray[np.float64]


def main() -> None:
    """Read the arguments, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    library = Desk(parser.parse_args().home, llm="extractive").library
    hidden = [plain(a.orders[s:e]) for a in ATTACKS for s, e in sentences(a.orders)]
    wanted = [text for text in (*ORDERS, *hidden, *wordings("fit", order=True)) if text.isascii()]
    prose = [text for text in (*PROSE, *wordings("fit", order=False)) if text.isascii()]
    real = list(_sentences(library))
    texts = [*wanted, *prose, *real]
    values = np.asarray(library.embedder.embed(texts), dtype=np.float64)
    labels = np.arange(len(texts)) < len(wanted)
    weights = np.where(np.arange(len(texts)) < len(wanted) + len(prose), _WEIGHT, 1.0)
    chances = np.zeros(len(texts))
    for train, test in KFold(5, shuffle=True, random_state=1).split(values):
        fitted, bias = _fit(values[train], labels[train], weights[train])
        chances[test] = values[test] @ fitted + bias
    ours = len(wanted) + len(prose)
    floor = float(np.sort(chances[ours:])[-1 - len(real) // _FALSE])
    print(f"{len(real)} sentences of the home; wordings fitted on, each left out once:", end=" ")
    print(f"{(chances[: len(wanted)] > floor).sum()} of {len(wanted)} orders,", end=" ")
    print(f"{(chances[len(wanted) : ours] > floor).sum()} of {len(prose)} of prose")
    fitted, bias = _fit(values, labels, weights)
    fitted, bias = fitted.round(2), round(bias - floor, 2)
    taken = [
        text for text, value in zip(real, values[ours:] @ fitted + bias, strict=True) if value > 0
    ]
    print(f"taken for orders in the home: {len(taken)}", *taken, sep="\n    ")
    _report(library, fitted, bias)
    print(f"weights = [{', '.join(f'{weight:.2f}' for weight in fitted)}]\nbias = {bias}")


def wordings(use: str, *, order: bool) -> list[str]:
    """Return the wordings for one use: "fit", or "held" back."""
    rows = map(json.loads, WORDINGS.read_text("utf-8").splitlines())
    return [row["text"] for row in rows if row["use"] == use and row["order"] == order]


def _fit(values: Matrix, labels: NDArray[np.bool_], weights: Matrix) -> tuple[Matrix, float]:
    model = LogisticRegression(C=1.0, max_iter=2000).fit(values, labels, sample_weight=weights)
    return model.coef_[0], float(model.intercept_[0])


def _sentences(library: Library) -> Iterator[str]:
    store = library.store
    for passage in store.passages(store.passages_of(store.document_urls())).values():
        for piece in pieces(passage.text, passage.fence) if passage.lang == "en" else ():
            known = addresses_the_model(piece.text)  # some pages of the archive try refdesk
            if not piece.block and len(piece.text) >= SHORTEST and not known:
                yield piece.text


def _report(library: Library, weights: Matrix, bias: float) -> None:
    for order in (True, False):
        held = wordings("held", order=order)
        english = [text for text in held if text.isascii()]
        patterns = {text for text in held if addresses_the_model(text)}
        values = np.asarray(library.embedder.embed(english), dtype=np.float64) @ weights + bias
        model = {text for text, value in zip(english, values, strict=True) if value > 0}
        print(f"held back, {'orders' if order else 'prose'}:", end=" ")
        print(f"patterns {_of(patterns, held)}; in English patterns", end=" ")
        print(f"{_of(patterns & set(english), english)}, model {_of(model, english)},", end=" ")
        print(f"both {_of((patterns & set(english)) | model, english)}")


def _of(some: set[str], every: Sequence[str]) -> str:
    return f"{len(some)} of {len(every)}"


if __name__ == "__main__":
    main()
