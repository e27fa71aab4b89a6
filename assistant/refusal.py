"""Whether the library answers a question at all, judged before the model is asked."""

import re
from dataclasses import dataclass

from assistant.evidence import Evidence
from assistant.question import names

_PART = re.compile(r"[a-z]+|\d+")

# Read off the signals of the shared questions; BENCHMARKS.md has the figures.
_COSINE = 0.42
_COVERAGE = 0.34
_COVERAGE_HAN = 0.10
_SURE_COSINE = 0.60
_SURE_COVERAGE = 0.60
_SURE_COVERAGE_HAN = 0.35


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


def refuses(found: Signals, lang: str) -> bool:
    """Say whether these signals mean that the library does not answer.

    A name that nothing found mentions is decisive: passages about its neighbours would be passed
    off as being about it.
    """
    if found.unknown:
        return True
    if lang != "en":
        return found.coverage < _COVERAGE_HAN
    return found.cosine < _COSINE or found.coverage < _COVERAGE


def answers_surely(found: Signals, lang: str) -> bool:
    """Say whether the sources answer even if the model finds nothing to say.

    Small models refuse about one answerable question in ten, or say it in words that no source
    supports; these signals are above those of every question known to be unanswerable.
    """
    if found.unknown:
        return False
    if lang != "en":
        return found.coverage >= _SURE_COVERAGE_HAN
    return found.cosine >= _SURE_COSINE and found.coverage >= _SURE_COVERAGE


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
