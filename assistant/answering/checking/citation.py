"""Attribution after the fact: what may be shown of a model's sentence, and what is cited for it.

The model is not asked for citations. Each finished sentence is compared with the sentences of the
evidence; what is close enough to one of them is replaced by that very sentence, as is what says
nearly the same but not surely the same (see `support`); what is supported is
kept and cited, and the rest is dropped. No sentence is shown unchecked.
"""

from dataclasses import dataclass

import numpy as np

from assistant.answering.checking.support import Support, denied_otherwise, missing
from assistant.answering.evidence import Evidence, Line, rows_of
from assistant.answering.fitted import table
from assistant.answering.question import wants_title
from index.search.texts import Texts
from ingest.values import PRIMER

_FITTED = table("support")
_QUOTED: float = _FITTED["quoted"]
_REPEATED: float = _FITTED["repeated"]
_FEWEST = 4


@dataclass(frozen=True, slots=True)
class Attribution:
    """What became of a sentence: shown as ``text`` and cited to ``line``'s passage, or dropped.

    ``status`` is ``supported``, ``weak`` or ``dropped``; ``reason`` says why it was dropped, or
    why the source stands in its place. ``sources`` are all the lines it rests on where these are
    several, ``line`` the first of them.
    """

    text: str
    line: Line | None
    support: float
    status: str
    verbatim: bool
    terms: frozenset[str]
    reason: str = ""
    sources: tuple[Line, ...] = ()


def attribute(library: Texts, evidence: Evidence, sentence: str) -> Attribution:
    """Check one sentence against the evidence and say what may be shown of it."""
    terms = frozenset(library.terms(sentence))
    if not terms or not evidence.lines or sentence.rstrip().endswith(("?", "？")):
        return Attribution(sentence, None, 0.0, "dropped", False, terms, "it says nothing to check")
    titles = wants_title(evidence.question.text)
    scores = [
        _own(terms, line.terms) if line.whole and (titles or not line.piece.title) else 0.0
        for line in evidence.lines
    ]
    best = int(np.argmax(scores))
    if scores[best] >= _QUOTED:
        line = curated_twin(evidence, evidence.lines[best])
        return Attribution(line.text, line, 1.0, "supported", True, line.terms)
    if (said := _before_colon(evidence, terms)) is not None:
        return said
    judged = Support(library).check(sentence, evidence)
    if judged.status != "dropped":
        return Attribution(
            sentence, judged.sources[0], judged.score, judged.status, False, terms,
            sources=judged.sources,
        )  # fmt: skip
    if judged.quote_instead and judged.sources[0].whole:
        line = curated_twin(evidence, judged.sources[0])
        return Attribution(line.text, line, 1.0, "supported", True, line.terms, judged.reason)
    return Attribution(sentence, None, judged.score, "dropped", False, terms, judged.reason)


def _before_colon(evidence: Evidence, terms: frozenset[str]) -> Attribution | None:
    """Return a line whose formula or example follows after its colon, if a sentence copies it.

    In its own words: a copy that leaves one out ("the size of") may say something else.
    """
    lines = [line for line in evidence.lines if line.piece.ends_in_colon and not line.whole]
    scores = [_own(terms, line.terms) for line in lines]
    if not scores or max(scores) < _QUOTED:
        return None
    line = lines[int(np.argmax(scores))]
    end = "。" if line.text.endswith("：") else "."
    return Attribution(line.text[:-1] + end, line, 1.0, "supported", False, line.terms)


def curated_twin(evidence: Evidence, line: Line) -> Line:
    """Return the sentence of a curated source that says what one of the primer says, if any does.

    Both hold the same numbers and names, and their vectors lie as close as those of two wordings.
    """
    if not line.hit.passage.url.startswith(PRIMER):
        return line
    (row,) = rows_of(evidence, [line])
    near = [
        (float(evidence.vectors[row] @ evidence.vectors[other]), other)
        for other, candidate in enumerate(evidence.lines)
        if candidate.whole
        and not candidate.hit.passage.url.startswith(PRIMER)
        and unsupported_details(line.text, candidate.text) is None
    ]
    best = max(near, default=(0.0, row))
    return evidence.lines[best[1]] if best[0] >= _FITTED["alike"] else line


def repeats(attribution: Attribution, shown: list[Attribution]) -> bool:
    """Say whether a sentence says again what was shown before, or a part of it.

    One that holds what was shown and more is no repetition: the rest may be what was asked.
    """
    return any(
        _f1(attribution.terms, other.terms) > _REPEATED or _part(attribution.terms, other.terms)
        for other in shown
    )


def unsupported_details(sentence: str, source: str) -> str | None:
    """Return the first number or name of a sentence that its source does not hold.

    A denial that one of both holds and the other does not counts as such a detail.
    """
    if (detail := missing(sentence, source)) is not None:
        return detail
    return "its negation" if denied_otherwise(sentence, source) else None


def _own(said: frozenset[str], source: frozenset[str]) -> float:
    """Return how much a sentence is its source's own: F1, or more if it only shortens the source.

    A sentence left with half of its source and nothing else often lost a condition on the way.
    """
    shared = len(said & source)
    if shared >= _FITTED["shortened"] * len(said) and 2 * len(said) >= len(source):
        return max(_QUOTED, _f1(said, source))
    return _f1(said, source)


def _part(one: frozenset[str], other: frozenset[str]) -> bool:
    """Say whether a sentence's terms are nearly all in another; a few terms prove nothing."""
    return len(one) >= _FEWEST and len(one & other) > _REPEATED * len(one)


def _f1(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0
