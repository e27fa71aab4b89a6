"""Retrieval scores: recall, MRR and nDCG as `ir-measures` computes them."""

from collections.abc import Mapping, Sequence
from statistics import fmean

import ir_measures
from ir_measures import RR, R, nDCG

MEASURES = {
    "recall@1": R @ 1,
    "recall@5": R @ 5,
    "recall@10": R @ 10,
    "mrr@10": RR @ 10,
    "ndcg@10": nDCG @ 10,
}
_GOLD = "gold"


def scores(ranks: Mapping[str, int | None]) -> dict[str, dict[str, float]]:
    """Return every measure of every question.

    ``ranks`` gives the rank (from 1) of the first matching document of each question, None where
    none was found: one relevant item a question.
    """
    if not ranks:
        return {}
    qrels = [ir_measures.Qrel(question, _GOLD, 1) for question in ranks]
    run = [
        ir_measures.ScoredDoc(question, _GOLD if place == rank else f"other {place}", -place)
        for question, rank in ranks.items()
        for place in range(1, (rank or 1) + 1)
    ]
    found: dict[str, dict[str, float]] = {question: {} for question in ranks}
    names = {measure: name for name, measure in MEASURES.items()}
    for metric in ir_measures.iter_calc(list(names), qrels, run):
        found[metric.query_id][names[metric.measure]] = float(metric.value)
    return found


def mean(
    found: Mapping[str, Mapping[str, float]], questions: Sequence[str]
) -> dict[str, float | int | None]:
    """Return ``n`` and the mean of every measure over these questions, None where n is 0."""
    result: dict[str, float | int | None] = {"n": len(questions)}
    for name in MEASURES:
        values = [found[question][name] for question in questions]
        result[name] = fmean(values) if values else None
    return result
