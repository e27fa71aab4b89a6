"""Whether the library answers a question at all, judged before the model is asked."""

from dataclasses import dataclass

from assistant.evidence import Evidence

# Fitted on the signals of the shared questions; see BENCHMARKS.md.
_COVERAGE = 0.45
_COSINE = 0.42
_COVERAGE_ZH = 0.40


@dataclass(frozen=True, slots=True)
class Signals:
    """What tells whether a question is answered.

    ``coverage`` is the share of the question's terms, rare ones weighing more, found in one
    passage; ``cosine`` the similarity of the nearest sentence to the question.
    """

    coverage: float
    cosine: float


def signals(evidence: Evidence) -> Signals:
    """Measure how well the evidence covers the question."""
    by_passage: dict[str, frozenset[str]] = {}
    for line in evidence.lines:
        key = line.hit.passage.key
        by_passage[key] = by_passage.get(key, frozenset()) | line.terms
    coverage = max(
        (evidence.recall(evidence.asked, terms) for terms in by_passage.values()), default=0.0
    )
    return Signals(coverage, evidence.cosine)


def refuses(found: Signals, lang: str) -> bool:
    """Say whether these signals mean that the library does not answer."""
    if lang != "en":
        return found.coverage < _COVERAGE_ZH
    return found.coverage < _COVERAGE and found.cosine < _COSINE
