"""Whether the library answers a question at all, judged before the model is asked."""

import re
from dataclasses import dataclass

from assistant.evidence import Evidence
from assistant.question import names

# Read off the signals of the shared questions; BENCHMARKS.md has the figures.
_COSINE = 0.42
_COVERAGE = 0.34
_COVERAGE_HAN = 0.10


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
    unknown = tuple(
        name
        for name in names(evidence.question.text)
        if _bare(name) not in text and not all(part in text for part in _parts(name))
    )
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


def _bare(name: str) -> str:
    """Return a name without its plural or possessive ending, as it would stand in a text."""
    return name.casefold().removesuffix("'s").rstrip("s")


def _parts(name: str) -> list[str]:
    return [_bare(part) for part in re.split(r"[-.]", name) if part]
