"""Fit `assistant.answering.evidence.addressed`: which sentences sound like orders.

    python -m tests.benchmarks.fit_orders HOME [--measure]

HOME is a home with the primer and real pages, and the vectors of the model beside: none of its
sentences is an order. The wordings are those of the tests and of `data/eval/orders.jsonl` that are
for fitting, each about several subjects where it names one, and sentences made of the parts in
`data/orders.toml`. Writes `data/orders/MODEL.npy` and
prints the section of `data/fitted.toml`; with --measure it writes nothing. Prints, for each
embedding model, what is found of the wordings fitted on, each left out with all its forms, and of
those held back, by patterns, by the model and by both, and which sentences of the home go.
"""

import argparse
import hashlib
import json
import random
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from assistant.answering.evidence.addressed import can_be_judged
from assistant.answering.evidence.injection import addresses_the_model
from assistant.answering.evidence.order_signs import PLACES, order_signs, word_places
from assistant.answering.evidence.pieces import pieces
from assistant.desk import Desk
from index.models.embedder import Embedder
from index.search.library import Library
from ingest.text.plain import as_quoted
from ingest.text.scripts import has_han
from ingest.text.sentences import sentences
from ingest.values import PRIMER
from tests.assistant.injections import ATTACKS
from tests.assistant.wordings import ORDERS, PROSE
from tests.benchmarks.in_folds import fitted_in_folds

DATA = Path(__file__).resolve().parents[2] / "data"
WORDINGS = DATA / "eval" / "orders.jsonl"
SLOT = "{x}"
"""What stands in a wording for its subject."""
SUBJECTS = {
    "en": ("speculative decoding", "HashRoute", "the KV cache", "Qwen3", "BM25", "LumaDB", "LoRA",
           "tensor parallelism", "gradient clipping", "flash attention", "vLLM", "PolyNorm"),
    "zh": ("投机解码", "HashRoute", "键值缓存", "通义千问", "向量检索", "LumaDB", "LoRA",
           "张量并行", "梯度裁剪", "星环索引", "vLLM", "多项式归一化"),
}  # fmt: skip
_FORMS = 3  # subjects a wording is fitted on with
_WEIGHT = {
    True: 5.0,
    False: 20.0,
}  # of an order and of prose of ours against a sentence of the home
_MADE = 400  # sentences made of parts, of each kind in each language
_MADE_WEIGHT = 1.5
_SCALE = 4.0  # of vectors against signs
_WORDS = 0.5  # of words against signs
_STRENGTH = 0.1
_FALSE = 400  # one sentence of the home in so many may be taken for an order, as fitted without it
_OPEN = 0.01  # of the orders found may be lost where signs are not looked for
_FOLDS = 5
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence, whether it is an order, where it is from and with what it is left out."""

    text: str
    order: bool
    source: str
    apart: str


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights with the bias last, each example's score as fitted without it.

    ``least`` is the part of a score that is due to vector and bias below which no order is looked
    for.
    """

    row: Matrix
    scores: Matrix
    least: float


def main() -> None:
    """Read the arguments, fit, write, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--measure", action="store_true")
    arguments = parser.parse_args()
    library = Desk(arguments.home, llm="extractive").library
    every = [*_own(), *_made(), *_sentences(library)]
    least = {}
    for embedder in (library.embedder, library.asked_in("zh").embedder):
        known = [each for each in every if can_be_judged(embedder, each.text)]
        vectors = np.asarray(embedder.embed([each.text for each in known]), dtype=np.float64)
        fitted = _fitted(vectors, known)
        least[embedder.name] = fitted.least
        _report(embedder, known, fitted)
        if not arguments.measure:
            (DATA / "orders").mkdir(exist_ok=True)
            np.save(DATA / "orders" / f"{embedder.name}.npy", fitted.row.astype(np.float32))
    print("least =", json.dumps(least).replace(":", " ="))


def wordings(use: str, *, order: bool) -> list[str]:
    """Return the wordings for one use, as they stand: "fit", "held" back, or written "last"."""
    return [row["text"] for row in _rows() if row["use"] == use and row["order"] == order]


def filled(text: str, lang: str, place: int) -> list[str]:
    """Return a wording about several subjects, others by its place; once if it names none."""
    if SLOT not in text:
        return [text]
    subjects = SUBJECTS[lang]
    chosen = [subjects[(5 * place + 7 * form) % len(subjects)] for form in range(_FORMS)]
    return [text.replace(SLOT, subject) for subject in chosen]


def _rows() -> list[dict[str, str | int | bool]]:
    return list(map(json.loads, WORDINGS.read_text("utf-8").splitlines()))


def _own() -> Iterator[Example]:
    for place, row in enumerate(_rows()):
        apart = f"wording {row['wording']}" if "wording" in row else str(row["text"])
        for text in filled(str(row["text"]), str(row["lang"]), place):
            yield Example(text, bool(row["order"]), str(row["use"]), apart)
    for texts, order in ((ORDERS, True), (PROSE, False)):
        yield from (Example(text, order, "fit", text) for text in texts)
    for attack in ATTACKS:
        for start, end in sentences(attack.orders):
            yield Example(as_quoted(attack.orders[start:end]), True, "fit", attack.id)


def _made() -> Iterator[Example]:
    chosen = random.Random(1)
    for lang, kinds in tomllib.loads((DATA / "orders.toml").read_text("utf-8")).items():
        for kind, parts in kinds.items():
            for _ in range(_MADE):
                text = chosen.choice(parts["frames"])
                for slot in ("who", "act"):
                    text = text.replace(f"{{{slot}}}", chosen.choice(parts[slot]))
                text = text.replace(SLOT, chosen.choice(SUBJECTS[lang]))
                yield Example(text[0].upper() + text[1:], kind == "order", "made", text)


def _sentences(library: Library) -> Iterator[Example]:
    store, seen = library.store, set()
    for passage in store.passages(store.passages_of(store.document_urls())).values():
        for piece in pieces(passage.text, passage.fence):
            unshown = piece.block or piece.form == "row" or piece.text in seen
            seen.add(piece.text)
            # some pages of the archive try refdesk
            if not unshown and not addresses_the_model(piece.text):
                source = "primer" if passage.url.startswith(PRIMER) else "page"
                yield Example(piece.text, False, source, passage.url)


def _fitted(vectors: Matrix, known: list[Example]) -> Fitted:
    """Fit on all but what is held back; scores are those without an example's fold."""
    held = np.array([each.source in ("held", "last") for each in known])
    middle, size = vectors[~held].mean(axis=0), vectors.shape[1]
    values = _values((vectors - middle) * _SCALE, [each.text for each in known])
    labels = np.array([each.order for each in known])
    weights = _weights(known)
    folds = np.array([_fold(each.apart) for each in known])

    row, scores = fitted_in_folds(
        values, labels, weights, folds, held, strength=_STRENGTH, most_steps=1000
    )
    real = np.sort(scores[[each.source in ("page", "primer") for each in known]])
    floor = float(real[-1 - len(real) // _FALSE])
    row[:size] *= _SCALE
    row[-1] -= floor + float(middle @ row[:size])
    row[-1 - PLACES : -1] *= _WORDS
    near = vectors @ row[:size] + row[-1]
    found = near[labels & ~held & (scores > floor)]
    return Fitted(row, scores - floor, round(float(np.quantile(found, _OPEN)), 2))


def _values(vectors: Matrix, texts: list[str]) -> csr_matrix:
    places = [word_places(text) for text in texts]
    ends = np.cumsum([0, *map(len, places)])
    columns = np.concatenate([np.array(each, dtype=np.int64) for each in places])
    words = csr_matrix((np.full(len(columns), _WORDS), columns, ends), (len(texts), PLACES))
    return hstack([csr_matrix(np.hstack([vectors, order_signs(texts)])), words]).tocsr()


def _weights(known: list[Example]) -> Matrix:
    """Return what each example weighs: a wording, all its forms in a language together."""
    keys = [(each.apart, has_han(each.text)) for each in known]
    forms = Counter(key for key, each in zip(keys, known, strict=True) if each.source == "fit")
    weights = [
        _WEIGHT[each.order] / forms[key] if each.source == "fit" else 1.0
        for key, each in zip(keys, known, strict=True)
    ]
    made = np.array([each.source == "made" for each in known])
    return np.where(made, _MADE_WEIGHT, weights)


def _fold(apart: str) -> int:
    return int(hashlib.sha256(apart.encode()).hexdigest(), 16) % _FOLDS


def _report(embedder: Embedder, known: list[Example], fitted: Fitted) -> None:
    print(embedder.name)
    rows = list(zip(known, fitted.scores, strict=True))
    for source in ("fit", "held", "last"):
        for order in (True, False):
            for chinese in (False, True):
                own = [(each.text, score) for each, score in rows
                       if (each.source, each.order) == (source, order)
                       and has_han(each.text) == chinese]  # fmt: skip
                patterns = {text for text, _ in own if addresses_the_model(text)}
                model = {text for text, score in own if score > 0}
                kind = f"{'orders' if order else 'prose'}, {'zh' if chinese else 'en'}"
                print(f"    {source}, {kind}:",
                      f"of {len(own)} patterns {len(patterns)}, model {len(model)},",
                      f"both {len(patterns | model)}")  # fmt: skip
    for source in ("primer", "page"):
        own = [(each.text, score) for each, score in rows if each.source == source]
        taken = [text for text, score in own if score > 0]
        print(f"    {source}: {len(taken)} of {len(own)}", *taken, sep="\n        ")


if __name__ == "__main__":
    main()
