"""An answer without a model: the sentences of the sources that fit the question best."""

from assistant.answering.citation import curated_twin
from assistant.answering.evidence import Evidence, Line, together
from assistant.answering.question import wants_title

SENTENCES = 6
_MOST_LINES = 9
_FLOOR = 0.30
_RELATIVE = 0.45
_DIVERSITY = 0.28
_SAME = 0.95


def best_lines(evidence: Evidence, limit: int = SENTENCES) -> list[Line]:
    """Choose sentences by maximal marginal relevance (Carbonell and Goldstein 1998), best first.

    Only whole sentences count, and headings where a work is asked for by name. One is left out
    when it scores below 0.30 or below 0.45 of the best.
    Each brings along what it is understood with: the sentence before, the items it introduces.
    """
    titles = wants_title(evidence.question.text)
    rows = [
        row
        for row, line in enumerate(evidence.lines)
        if line.whole and (titles or not line.piece.title)
    ]
    top = max((evidence.lines[row].score for row in rows), default=0.0)
    left = [row for row in rows if evidence.lines[row].score >= max(_FLOOR, _RELATIVE * top)]
    chosen: list[int] = []
    shown: dict[int, None] = {}
    while left and len(chosen) < limit and len(shown) < _MOST_LINES:
        best = max(left, key=lambda row: _gain(evidence, row, chosen))
        left.remove(best)
        if best in shown or any(_alike(evidence, best, row) >= _SAME for row in shown):
            continue
        chosen.append(best)
        shown.update(dict.fromkeys(row for row in together(evidence, best) if _fit(evidence, row)))
    lines = [evidence.lines[row] for row in shown]
    return list(dict.fromkeys(curated_twin(evidence, line) for line in lines))


def _gain(evidence: Evidence, row: int, chosen: list[int]) -> float:
    nearest = max((_alike(evidence, row, other) for other in chosen), default=0.0)
    return (1 - _DIVERSITY) * evidence.lines[row].score - _DIVERSITY * nearest


def _fit(evidence: Evidence, row: int) -> bool:
    """Say whether what is brought along can be shown: short items can, broken lines cannot."""
    return evidence.lines[row].piece.whole


def _alike(evidence: Evidence, one: int, other: int) -> float:
    return float(evidence.vectors[one] @ evidence.vectors[other])
