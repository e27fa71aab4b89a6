"""Whether the library answers a question at all, judged before the model is asked."""

from dataclasses import dataclass

from assistant.answering.evidence import Evidence, windows
from assistant.answering.mentions import unmentioned
from index.models.embedder import MODELS, Embedder


@dataclass(frozen=True, slots=True)
class Limits:
    """Where refusing begins and answering is sure, on a weighted sum of coverage and cosine.

    ``hopeless``: below it nobody asks the model. ``floor``: below it the sources alone do not
    answer. ``sure``: from there they answer even if the model says nothing that holds.
    ``enough``: what the sum and the model's doubt (see `DOUBT`) must reach together.

    ``again``: below it a question in a language the embedding model does not know is asked again
    in English.

    ``cosine`` weighs nothing where the embedding model does not know the question's language,
    ``coverage`` nothing where it finds pages in other languages than the question's.
    """

    hopeless: float
    floor: float
    sure: float
    enough: float
    coverage: float = 1.0
    cosine: float = 1.0
    again: float = 0.0


DOUBT = 0.2
"""What a unit of the model's log-likelihood of refusing weighs."""

STRANGE = 0.4
"""Share of a question in words that the library does not have, from which it is about others.

Of 217 answerable English questions none has more than 0.33, of 39 unanswerable ones 10 have."""

# Fitted by `python -m tests.benchmarks.fit_refusal`; BENCHMARKS.md has the figures. What is enough
# with e5 was not: it stands as far above the floor as with MiniLM.
_MINILM = Limits(hopeless=0.55, floor=1.0, sure=1.05, enough=1.4)
_WORDS_ALONE = Limits(hopeless=0.10, floor=0.20, sure=0.45, enough=0.5, cosine=0.0, again=1.2)
_E5 = Limits(hopeless=0.50, floor=0.90, sure=1.1, enough=1.3)
_E5_ACROSS = Limits(hopeless=0.30, floor=0.42, sure=0.50, enough=0.82, coverage=0.0)


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
    or passage; ``unknown`` the names in the question that no passage found mentions; ``strange``
    the share of the terms of an English question, rare ones weighing more, that stand nowhere in
    the library. (Of Chinese ones many do: they are pairs of characters, not words.)
    """

    coverage: float
    cosine: float
    unknown: tuple[str, ...]
    strange: float = 0.0


def signals(evidence: Evidence) -> Signals:
    """Measure how well the evidence covers the question."""
    unknown = unmentioned(evidence.question.text, evidence.hits)
    coverage = max(
        (evidence.recall(evidence.asked, window) for window in windows(evidence)), default=0.0
    )
    english = evidence.question.lang == "en"
    strange = evidence.recall(evidence.asked, evidence.absent) if english else 0.0
    return Signals(coverage, evidence.cosine, unknown, strange)


def support(found: Signals, limits: Limits) -> float:
    """Return the one number that is held against the limits."""
    return limits.coverage * found.coverage + limits.cosine * found.cosine


def hopeless(found: Signals, limits: Limits) -> bool:
    """Say whether these signals mean that nothing here answers, whatever a model thinks.

    A name that nothing found mentions is decisive: passages about its neighbours would be passed
    off as being about it. So are words that nothing here uses, where they are much of a question
    that is badly supported: "How do I tune a sitar?" is not about tuning models.
    """
    strange = found.strange > STRANGE and support(found, limits) < limits.floor
    return bool(found.unknown) or strange or support(found, limits) < limits.hopeless


def refuses(found: Signals, limits: Limits) -> bool:
    """Say whether these signals alone, without a model, mean that the library does not answer."""
    return hopeless(found, limits) or support(found, limits) < limits.floor


def convinces(found: Signals, limits: Limits, refusing: float) -> bool:
    """Say whether to answer, a model having read the evidence.

    ``refusing`` is its log-likelihood of refusing. Near misses, questions whose words the sources
    use without answering them, raise it; questions in other words than the sources' do not.
    """
    return support(found, limits) - DOUBT * refusing >= limits.enough


def asks_again(found: Signals, limits: Limits, refusing: float) -> bool:
    """Say whether to look for pages in English too, a model having read what was found."""
    return support(found, limits) - DOUBT * refusing < limits.again


def answers_surely(found: Signals, limits: Limits) -> bool:
    """Say whether the sources answer even if the model finds nothing to say.

    Small models now and then refuse, or say it in words that no source supports. Between the floor
    and this, the refusal of a model that cannot tell how much it doubts is believed.
    """
    return not found.unknown and support(found, limits) >= limits.sure
