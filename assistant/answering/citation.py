"""Attribution after the fact: which passage supports a sentence, and whether it does.

The model is not asked for citations. Each finished sentence is compared with the sentences of the
evidence; what is close enough to one of them is replaced by that very sentence, what is supported
by a passage is kept and cited, and the rest is dropped. No sentence is shown unchecked.
"""

import re
from dataclasses import dataclass

import numpy as np

from assistant.answering.evidence import Evidence, Line, rows_of
from assistant.answering.question import wants_title
from index.search.library import Library
from ingest.values import PRIMER

SNAP = 0.72
"""F1 of content terms from which a sentence is taken as its source's own, and shown as that."""
SUPPORTED = 0.75
WEAK = 0.70
_REPEATED = 0.8
_SAME = 0.88  # cosine of two sentences that say the same in other words
_WINDOW = 3
_FEWEST = 4
_SHORTENED = 0.85

_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:[.,]\d+)*(?:\s?[%‰])?")
_NAME = re.compile(r"\b(?:[A-Z]{2,}[\w-]*|[A-Z][a-z]*[A-Z0-9][\w-]*|[A-Za-z]+-?\d[\w.-]*)\b")
_CAPITALISED = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]{2,}\b")
_NEGATION = re.compile(
    r"\b(?:not|no|never|without|cannot|nor|neither)\b|n't\b|不|没|无|非", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a sentence: shown as ``text`` and cited to ``line``'s passage, or dropped.

    ``status`` is ``supported``, ``weak`` or ``dropped``; ``reason`` says why it was dropped.
    """

    text: str
    line: Line | None
    support: float
    status: str
    verbatim: bool
    terms: frozenset[str]
    reason: str = ""


def attribute(library: Library, evidence: Evidence, sentence: str) -> Verdict:
    """Check one sentence against the evidence and say what may be shown of it."""
    terms = frozenset(library.terms(sentence))
    if not terms or not evidence.lines or sentence.rstrip().endswith(("?", "？")):
        return Verdict(sentence, None, 0.0, "dropped", False, terms, "it says nothing to check")
    titles = wants_title(evidence.question.text)
    scores = [
        _own(terms, line.terms) if line.whole and (titles or not line.piece.title) else 0.0
        for line in evidence.lines
    ]
    best = int(np.argmax(scores))
    if scores[best] >= SNAP:
        line = curated_twin(evidence, evidence.lines[best])
        return Verdict(line.text, line, 1.0, "supported", True, line.terms)
    if (said := _before_colon(evidence, terms)) is not None:
        return said
    vector = library.embedder.embed([sentence])[0]
    idf = library.idf(sorted(terms))
    total = sum(idf.values()) or 1.0
    found: tuple[float, Line] | None = None
    reason = "no passage supports it"
    for first, line in enumerate(evidence.lines):
        window = _window(evidence, first)
        words = frozenset().union(*(each.terms for each in window))
        text = " ".join(each.text for each in window)
        if (missing := unsupported_details(sentence, text)) is not None:
            reason = f"{missing} is not in what it would cite" if found is None else reason
            continue
        recall = sum(idf[term] for term in terms & words) / total
        near = max(
            float(evidence.vectors[first + offset] @ vector) for offset in range(len(window))
        )
        support = 0.5 * max(near, 0.0) + 0.5 * recall if evidence.understood else recall
        if found is None or support > found[0]:
            found = support, line
    if found is None or found[0] < WEAK:
        support = found[0] if found else 0.0
        return Verdict(sentence, None, support, "dropped", False, terms, reason)
    status = "supported" if found[0] >= SUPPORTED else "weak"
    return Verdict(sentence, found[1], found[0], status, False, terms)


def _before_colon(evidence: Evidence, terms: frozenset[str]) -> Verdict | None:
    """Return a line whose formula or example follows after its colon, if a sentence copies it.

    In its own words: a copy that leaves one out ("the size of") may say something else.
    """
    lines = [line for line in evidence.lines if line.piece.ends_in_colon and not line.whole]
    scores = [_own(terms, line.terms) for line in lines]
    if not scores or max(scores) < SNAP:
        return None
    line = lines[int(np.argmax(scores))]
    end = "。" if line.text.endswith("：") else "."
    return Verdict(line.text[:-1] + end, line, 1.0, "supported", False, line.terms)


def curated_twin(evidence: Evidence, line: Line) -> Line:
    """Return the sentence of a curated source that says what one of the primer says, if any does.

    Both hold the same numbers and names, and their vectors lie as close as those of two wordings.
    """
    if not line.hit.passage.url.startswith(PRIMER):
        return line
    (row,) = rows_of(evidence, [line])
    near = [
        (float(evidence.vectors[row] @ evidence.vectors[other]), other)
        for other, each in enumerate(evidence.lines)
        if each.whole
        and not each.hit.passage.url.startswith(PRIMER)
        and unsupported_details(line.text, each.text) is None
    ]
    best = max(near, default=(0.0, row))
    return evidence.lines[best[1]] if best[0] >= _SAME else line


def repeats(verdict: Verdict, shown: list[Verdict]) -> bool:
    """Say whether a sentence says again what was shown before, or a part of it.

    One that holds what was shown and more is no repetition: the rest may be what was asked.
    """
    return any(
        _f1(verdict.terms, other.terms) > _REPEATED or _part(verdict.terms, other.terms)
        for other in shown
    )


def unsupported_details(sentence: str, source: str) -> str | None:
    """Return the first number, name or acronym of a sentence that its source does not hold.

    A negation that one of both holds and the other does not counts as such a detail.
    """
    flat = source.replace(",", "").casefold()
    numbers = set(_NUMBER.findall(flat))
    for number in _NUMBER.findall(sentence.replace(",", "")):
        if number.replace(" ", "") not in {each.replace(" ", "") for each in numbers}:
            return str(number)
    for pattern in (_NAME, _CAPITALISED):
        for name in pattern.findall(sentence):
            if name.casefold().rstrip("s") not in flat:
                return str(name)
    if _NEGATION.search(sentence) and not _NEGATION.search(source):
        return "its negation"
    return None


def _window(evidence: Evidence, first: int) -> list[Line]:
    """Return up to three neighbouring sentences of one passage, from ``first`` on."""
    start = evidence.lines[first]
    return [
        line
        for line in evidence.lines[first : first + _WINDOW]
        if line.hit.passage.key == start.hit.passage.key
    ]


def _own(said: frozenset[str], source: frozenset[str]) -> float:
    """Return how much a sentence is its source's own: F1, or more if it only shortens the source.

    A sentence left with half of its source and nothing else often lost a condition on the way.
    """
    shared = len(said & source)
    if shared >= _SHORTENED * len(said) and 2 * len(said) >= len(source):
        return max(SNAP, _f1(said, source))
    return _f1(said, source)


def _part(one: frozenset[str], other: frozenset[str]) -> bool:
    """Say whether a sentence's terms are nearly all in another; a few terms prove nothing."""
    return len(one) >= _FEWEST and len(one & other) > _REPEATED * len(one)


def _f1(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0
