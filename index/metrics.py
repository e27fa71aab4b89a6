"""Retrieval scores: recall, MRR and nDCG as `ir-measures` computes them."""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

import ir_measures
from ir_measures import RR, R, nDCG

MEASURES = {
    "recall@1": R @ 1,
    "recall@5": R @ 5,
    "recall@10": R @ 10,
    "mrr@10": RR @ 10,
    "ndcg@10": nDCG @ 10,
}
COLLECTION_MEASURES = MEASURES | {"recall@100": R @ 100}
"""What is measured where a question has several relevant documents; nDCG with linear gain."""

CURVE = {f"recall@{k}": R @ k for k in range(1, 21)}
_GOLD = "gold"


def calculate(
    qrels: Mapping[str, Mapping[str, int]],
    ranked: Mapping[str, Sequence[str]],
    measures: Mapping[str, Any] = MEASURES,
) -> dict[str, dict[str, float]]:
    """Return every measure of every question of ``qrels``.

    ``qrels`` gives the gain of the relevant documents of each question, ``ranked`` the documents
    found for it, best first, each once.
    """
    by_question: dict[str, dict[str, float]] = {question: {} for question in qrels}
    if not by_question:
        return by_question
    judged = [
        ir_measures.Qrel(question, document, gain)
        for question, gains in qrels.items()
        for document, gain in gains.items()
    ]
    run = [
        ir_measures.ScoredDoc(question, document, -place)
        for question in qrels
        for place, document in enumerate(ranked.get(question, ()), 1)
    ]
    names = {measure: name for name, measure in measures.items()}
    for metric in ir_measures.iter_calc(list(names), judged, run):
        by_question[metric.query_id][names[metric.measure]] = float(metric.value)
    return by_question


def scores(
    ranks: Mapping[str, int | None], measures: Mapping[str, Any] = MEASURES
) -> dict[str, dict[str, float]]:
    """Return every measure of every question.

    ``ranks`` gives the rank (from 1) of the first matching document of each question, None where
    none was found: one relevant item a question.
    """
    ranked = {
        question: [
            _GOLD if place == rank else f"other {place}" for place in range(1, (rank or 1) + 1)
        ]
        for question, rank in ranks.items()
    }
    return calculate({question: {_GOLD: 1} for question in ranks}, ranked, measures)


def mean(
    by_question: Mapping[str, Mapping[str, float]],
    questions: Sequence[str],
    measures: Mapping[str, Any] = MEASURES,
) -> dict[str, float | int | None]:
    """Return ``n`` and the mean of every measure over these questions, None where n is 0."""
    result: dict[str, float | int | None] = {"n": len(questions)}
    for name in measures:
        values = [by_question[question][name] for question in questions]
        result[name] = fmean(values) if values else None
    return result
