"""An answer without a model: the sentences of the sources that fit the question best."""

from assistant.citation import curated_twin
from assistant.evidence import Evidence, Line, rows_of

SENTENCES = 5
_FLOOR = 0.30
_RELATIVE = 0.55
_DIVERSITY = 0.28


def best_lines(evidence: Evidence, limit: int = SENTENCES) -> list[Line]:
    """Choose sentences by maximal marginal relevance (Carbonell and Goldstein 1998), best first.

    Only whole sentences count. One is left out when it scores below 0.30 or below 0.55 of the best.
    """
    lines = [line for line in evidence.lines if line.whole]
    rows = rows_of(evidence, lines)
    top = max((line.score for line in lines), default=0.0)
    left = [
        (line, row)
        for line, row in zip(lines, rows, strict=True)
        if line.score >= max(_FLOOR, _RELATIVE * top)
    ]
    chosen: list[tuple[Line, int]] = []
    while left and len(chosen) < limit:
        best = max(
            left,
            key=lambda each: (
                (1 - _DIVERSITY) * each[0].score
                - _DIVERSITY
                * max((_alike(evidence, each[1], row) for _, row in chosen), default=0.0)
            ),
        )
        left.remove(best)
        if all(_alike(evidence, best[1], row) < 0.95 for _, row in chosen):
            chosen.append(best)
    return list(dict.fromkeys(curated_twin(evidence, line) for line, _ in chosen))


def _alike(evidence: Evidence, one: int, other: int) -> float:
    return float(evidence.vectors[one] @ evidence.vectors[other])
