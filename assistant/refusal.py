"""Whether the library answers a question at all, judged before the model is asked."""

import re
from dataclasses import dataclass

from assistant.evidence import Evidence
from assistant.question import names
from index.embedder import Embedder

_PART = re.compile(r"[a-z]+|\d+")


@dataclass(frozen=True, slots=True)
class Limits:
    """Where refusing begins and where answering is sure.

    ``cosine`` and ``sure_cosine`` are None where the embedding model does not know the question's
    language: then the words alone decide.
    """

    coverage: float
    sure_coverage: float
    cosine: float | None = None
    sure_cosine: float | None = None


# Read off the signals of the shared questions; BENCHMARKS.md has the figures.
_MINILM = Limits(coverage=0.34, sure_coverage=0.60, cosine=0.42, sure_cosine=0.60)
_WORDS_ALONE = Limits(coverage=0.10, sure_coverage=0.35)
_E5 = Limits(coverage=0.34, sure_coverage=0.60, cosine=0.38, sure_cosine=0.52)
_E5_ACROSS = Limits(coverage=0.0, sure_coverage=0.35, cosine=0.42, sure_cosine=0.50)


def limits_for(embedder: Embedder, lang: str) -> Limits:
    """Return the limits for a question in ``lang``, by the model that embeds it."""
    if embedder.multilingual:
        return _E5 if lang == "en" else _E5_ACROSS
    return _MINILM if lang == "en" else _WORDS_ALONE


@dataclass(frozen=True, slots=True)
class Signals:
    """What tells whether a question is answered.

    ``coverage`` is the share of the question's terms, rare ones weighing more, found in the
    evidence; ``cosine`` the similarity of the nearest sentence to the question; ``unknown`` the
    names in the question that no passage found mentions.
    """

    coverage: float
    cosine: float
    unknown: tuple[str, ...]


def signals(evidence: Evidence) -> Signals:
    """Measure how well the evidence covers the question."""
    terms = frozenset().union(*(line.terms for line in evidence.lines))
    text = " ".join(
        " ".join((hit.passage.title, *hit.passage.heading, hit.passage.text))
        for hit in evidence.hits
    ).casefold()
    unknown = tuple(name for name in names(evidence.question.text) if not _mentions(text, name))
    return Signals(evidence.recall(evidence.asked, terms), evidence.cosine, unknown)


def refuses(found: Signals, limits: Limits) -> bool:
    """Say whether these signals mean that the library does not answer.

    A name that nothing found mentions is decisive: passages about its neighbours would be passed
    off as being about it.
    """
    far = limits.cosine is not None and found.cosine < limits.cosine
    return bool(found.unknown) or far or found.coverage < limits.coverage


def answers_surely(found: Signals, limits: Limits) -> bool:
    """Say whether the sources answer even if the model finds nothing to say.

    Small models refuse about one answerable question in ten, or say it in words that no source
    supports; these signals are above those of every question known to be unanswerable.
    """
    near = limits.sure_cosine is None or found.cosine >= limits.sure_cosine
    return not found.unknown and near and found.coverage >= limits.sure_coverage


def _mentions(text: str, name: str) -> bool:
    """Say whether a case-folded text holds a name, as it is or in parts ("WMT14": "WMT 2014")."""
    name = name.casefold().removesuffix("'s")
    if name.rstrip("s") in text:
        return True
    parts = _PART.findall(name)
    words = [part.rstrip("s") for part in parts if part.isalpha() and len(part) > 1]
    numbers = [part for part in parts if part.isdigit()]
    return (
        bool(words or numbers)
        and all(word in text for word in words)
        and all(re.search(rf"(?<![\d.]){number}(?![\d])|20{number}\b", text) for number in numbers)
    )
