"""Whether the library answers a question at all, judged before the model is asked."""

from dataclasses import dataclass

from assistant.evidence import Evidence, windows
from assistant.mentions import unmentioned
from index.embedder import MODELS, Embedder


@dataclass(frozen=True, slots=True)
class Limits:
    """Where refusing begins and where answering is sure, on a weighted sum of the two signals.

    ``cosine`` weighs nothing where the embedding model does not know the question's language,
    ``coverage`` nothing where it finds pages in other languages than the question's.
    """

    floor: float
    sure: float
    coverage: float = 1.0
    cosine: float = 1.0


# Fitted by `python -m tests.benchmarks.fit_refusal`; BENCHMARKS.md has the figures.
_MINILM = Limits(floor=1.0, sure=1.05)
_WORDS_ALONE = Limits(floor=0.20, sure=0.45, cosine=0.0)
_E5 = Limits(floor=0.90, sure=1.1)
_E5_ACROSS = Limits(floor=0.42, sure=0.50, coverage=0.0)


def limits_for(embedder: Embedder, lang: str) -> Limits:
    """Return the limits for a question in ``lang``, by the model that embeds it.

    Of a model without limits of its own only the words are trusted.
    """
    if embedder.name not in MODELS:
        return _WORDS_ALONE
    if embedder.multilingual:
        return _E5 if lang == "en" else _E5_ACROSS
    return _MINILM if lang == "en" else _WORDS_ALONE


@dataclass(frozen=True, slots=True)
class Signals:
    """What tells whether a question is answered.

    ``coverage`` is the share of the question's terms, rare ones weighing more, that stand together
    in three neighbouring sentences or above them; ``cosine`` the similarity of the nearest sentence
    or passage; ``unknown`` the names in the question that no passage found mentions.
    """

    coverage: float
    cosine: float
    unknown: tuple[str, ...]


def signals(evidence: Evidence) -> Signals:
    """Measure how well the evidence covers the question."""
    unknown = unmentioned(evidence.question.text, evidence.hits)
    coverage = max(
        (evidence.recall(evidence.asked, window) for window in windows(evidence)), default=0.0
    )
    return Signals(coverage, evidence.cosine, unknown)


def support(found: Signals, limits: Limits) -> float:
    """Return the one number that is held against the limits."""
    return limits.coverage * found.coverage + limits.cosine * found.cosine


def refuses(found: Signals, limits: Limits) -> bool:
    """Say whether these signals mean that the library does not answer.

    A name that nothing found mentions is decisive: passages about its neighbours would be passed
    off as being about it.
    """
    return bool(found.unknown) or support(found, limits) < limits.floor


def answers_surely(found: Signals, limits: Limits) -> bool:
    """Say whether the sources answer even if the model finds nothing to say.

    Small models refuse about one answerable question in ten, or say it in words that no source
    supports. Between the floor and this, the model's refusal is believed.
    """
    return not found.unknown and support(found, limits) >= limits.sure
