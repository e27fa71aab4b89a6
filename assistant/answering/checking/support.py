"""Whether the evidence bears a sentence in a model's own words, and if not, why.

One idea: the sentence is laid beside the source sentences that hold most of it, term by term, and
what differs is looked at. A name or number that stands in none of them is false; a denial or a
contrary in the place of what the source says is false; names that stand together in the sentence
must stand together in a source, and in the same order. Where the words alone do not tell whether
the difference matters, the source is to be quoted instead: dropping would lose what is true.

Where a person named a judge (`index.models.cross_encoder`), what is certainly false by these rules
stays false, and the judge decides everything else: it reads the sources beside the sentence.

Knows what a sentence claims from `ingest.text.claims`; nothing of questions or of models.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.checking.alignment import grounds_of, named_by, weight_of
from assistant.answering.checking.differences import differences, missing_of
from assistant.answering.evidence import Evidence, Line, rows_of
from assistant.answering.fitted import table
from assistant.wording import wording
from index.search.texts import Texts
from ingest.text.alike import without_small
from ingest.text.claims import denies, read

_FITTED = table("support")
_WORDING = wording("sentences")
_CONTRACTED = _WORDING.exact["contracted"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence may be shown: ``supported``, ``weak`` or ``dropped``, and why not.

    ``sources`` are the lines it rests on, the one that holds most of it first. ``quote_instead``:
    its words do not hold, but its first source is about the same and can stand in its place.
    """

    status: str
    score: float
    reason: str = ""
    sources: tuple[Line, ...] = ()
    quote_instead: bool = False


class Support:
    """The judge of sentences: `check`."""

    def __init__(self, library: Texts) -> None:
        self._library = library

    def check(self, sentence: str, evidence: Evidence) -> Verdict:
        """Say whether the evidence bears a sentence."""
        said = named_by(read(sentence), evidence)
        terms = frozenset(self._library.terms(_CONTRACTED.sub("", without_small(sentence))))
        if not terms or not said.terms or not evidence.lines:
            return Verdict("dropped", 0.0, "it says nothing to check")
        if sentence.rstrip().endswith(("?", "？")):
            return Verdict("dropped", 0.0, "it says nothing to check")
        grounds = grounds_of(said, evidence)
        if not grounds:
            return Verdict("dropped", 0.0, "no passage supports it")
        sources = tuple(ground.line for ground in grounds)
        about = grounds[0].weight >= _FITTED["about"] * weight_of(said.terms)
        doubts = differences(sentence, said, grounds, evidence)
        judge = self._library.judge
        if judge is None:
            doubt = next(doubts, None)
            score = self._score(sentence, terms, sources, evidence)
            enough = _FITTED["supported" if evidence.understood else "weak_by_words"]
            reason = "no passage supports it"
        else:
            doubt = next((doubt for doubt in doubts if doubt.certain), None)
            score = judge.probability(_read_beside(sources, evidence), sentence)
            enough = _FITTED["judged"]
            reason = "the judge does not find it in its sources"
        if doubt is not None:
            return Verdict("dropped", score, doubt.reason, sources, about)
        if score < enough:
            near = judge is not None or score >= _FITTED["near"]
            return Verdict("dropped", score, reason, sources, about and near)
        status = "supported" if score >= _FITTED["supported"] else "weak"
        return Verdict(status, score, "", sources)

    def _score(
        self, sentence: str, terms: frozenset[str], sources: Sequence[Line], evidence: Evidence
    ) -> float:
        """Return how much of a sentence its sources hold, by words and by meaning (0 to 1)."""
        idf = self._library.idf(sorted(terms))
        rows = _with_neighbours(evidence, rows_of(evidence, sources))
        held = frozenset().union(*(evidence.lines[row].terms for row in rows))
        total = sum(idf.values()) or 1.0
        recall = sum(idf[term] for term in terms & held) / total
        if not evidence.understood:
            return recall
        texts = [sentence, " ".join(line.text for line in sources)]
        vector, whole = self._library.embedder.embed(texts if len(sources) > 1 else texts[:1] * 2)
        near = max(float(evidence.vectors[row] @ vector) for row in rows)
        if len(sources) > 1:
            near = max(near, float(whole @ vector))
        meaning: float = _FITTED["meaning"]
        return meaning * max(near, 0.0) + (1 - meaning) * recall


def _read_beside(sources: Sequence[Line], evidence: Evidence) -> str:
    """Return what a judge reads: the sources with what is around them, in order, under headings."""
    parts: list[str] = []
    above = ""
    for row in _with_neighbours(evidence, rows_of(evidence, sources)):
        line = evidence.lines[row]
        passage = line.hit.passage
        heading = " > ".join(filter(None, (passage.title, *passage.heading)))
        if heading and heading != above:
            parts.append(f"{heading}:")
        above = heading
        parts.append(line.text)
    return " ".join(parts)


def _with_neighbours(evidence: Evidence, rows: Sequence[int]) -> list[int]:
    """Return rows and those beside them in their passages: what their pronouns stand for."""
    keys = [line.hit.passage.key for line in evidence.lines]
    near = {row + step for row in rows for step in (-1, 0, 1)}
    beside = [row for row in near if 0 <= row < len(keys)]
    return sorted(row for row in beside if any(keys[row] == keys[own] for own in rows))


def missing(sentence: str, source: str) -> str | None:
    """Return the first number or name of a sentence that a source does not hold, if any."""
    return missing_of(read(sentence), source)


def denied_otherwise(sentence: str, source: str) -> bool:
    """Say whether one of two texts denies and the other does not, by their words."""
    return denies(sentence) != denies(source)
