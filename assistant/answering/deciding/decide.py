"""Whether the library answers a question at all: one decision, with its reason.

What is judged is the question's part that is answered best; `unanswered` names the others.
"""

import re
from dataclasses import dataclass, replace
from enum import Enum

from assistant.answering.deciding.counted import uncounted
from assistant.answering.deciding.named import named
from assistant.answering.evidence import Evidence, windows
from assistant.answering.evidence.name_coverage import other_names, unmentioned
from assistant.answering.fitted import table
from index.models.embedder import MODELS, Embedder
from index.search.library import Library
from ingest.text.things import names


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where refusing begins and answering is sure, on a weighted sum of signals.

    ``hopeless``: below it a part of a question is surely not answered. ``asked_of_a_model``: below
    it nobody asks one, since what it does not doubt is wrong more often than right. ``floor``:
    below it the sources alone do not answer. ``sure``: from there they answer even if the model
    says nothing that holds. ``enough``: what the sum and the model's doubt must reach together.

    ``again``: below it a question in a language the embedding model does not know is asked again
    in English. ``unnamed``: below it a question for a thing that nothing found names is refused,
    ``compared``: below it a comparison is, ``unasked``: below it one that only a page's own
    sentence is near, if it names nothing.

    ``across``: what is asked of documents in another language alone is refused below it.

    ``coverage``, ``cosine`` and ``asked`` are weights. ``cosine`` weighs nothing where the
    embedding model does not know the question's language.
    """

    hopeless: float
    asked_of_a_model: float
    floor: float
    sure: float
    enough: float
    coverage: float = 1.0
    cosine: float = 1.0
    asked: float = 0.0
    again: float = 0.0
    unnamed: float = 0.0
    compared: float = 0.0
    unasked: float = 0.0
    across: float = 1.0


def thresholds_for(embedder: Embedder, lang: str) -> Thresholds:
    """Return the thresholds for a question in ``lang``, by the model that embeds it.

    Of a model without thresholds of its own only the words are trusted.
    """
    english = lang == "en"
    if embedder.name in MODELS and embedder.multilingual:
        name = "e5" if english else "e5_across"
    else:
        name = "minilm" if english and embedder.name in MODELS else "words_alone"
    return Thresholds(**table("refusal")[name])


class Reason(Enum):
    """Why a question is answered or refused."""

    SUPPORTED = "its words and meaning stand together in a source"
    UNKNOWN_NAME = "nothing found mentions a name in it"
    STRANGE_WORDS = "much of it is in words that the library does not have"
    UNCOUNTED = "nothing found says how many, or how long, of what it asks that of"
    UNNAMED = "nothing found calls anything by the name of what it asks about"
    UNHEARD_WORD = "nothing found mentions the word that says most of what it is about"
    BADLY_SUPPORTED = "what was found is about something else"
    MODEL_DOUBTS = "the model found no answer in what was found"


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether to answer, and why.

    ``hopeless``: no model can change it. ``sure``: the sources answer even if a model finds nothing
    to say.
    """

    answer: bool
    reason: Reason
    hopeless: bool = False
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Signals:
    """What tells whether a question is answered.

    ``coverage`` is the share of the question's terms that stand together in three neighbouring
    sentences or above them; a term weighs what it is worth for the question (see `weights`).
    ``cosine`` is the similarity of the nearest sentence or passage, ``asked`` that of the nearest
    question that a section found is known to answer (see `Evidence.asked_before`); ``unknown`` the
    names in the question that no passage found mentions; ``strange`` the share of the terms of an
    English question that stand nowhere in the library. (Of Chinese ones many do: they are pairs of
    characters, not words.) ``unheard`` is the share of that term of an English question that tells
    most of those which nothing found mentions. ``uncounted`` is what it asks the number of where
    nothing found says one (see `counted`). ``named`` is the share of the name
    of what it asks about that something found has in one place, None where it says more than names
    (see `named`). ``unasked``: it names nothing, and nearer than any question
    that a section is known to answer is a sentence of a page, of which no questions are known (see
    `Evidence.unasked`).
    ``across``: it is asked of documents in another language alone, whose words say little of its
    own. ``compares``: it compares things that are only named side by side.
    """

    coverage: float
    cosine: float
    unknown: tuple[str, ...]
    strange: float = 0.0
    asked: float = 0.0
    unheard: float = 0.0
    uncounted: str = ""
    named: float | None = None
    unasked: bool = False
    across: bool = False
    compares: bool = False

    def support(self, thresholds: Thresholds) -> float:
        """Return the one number that is held against the thresholds."""
        return (
            thresholds.coverage * self.coverage
            + thresholds.cosine * self.cosine
            + thresholds.asked * self.asked
        )


_WORD = re.compile(r"[\w+.-]*\w")
_MOST_WORDS = 64  # each is one more text for the embedding model


def weights(library: Library, query: str) -> dict[str, float]:
    """Return what each content term of a question is worth, rare and telling ones most.

    How much a word tells is how far the question's vector moves when the word is left out: words
    that only ask ("intuition", "drawbacks", "step by step") hardly move it, and what is asked about
    does, in any wording. Where the model does not know the language, or a question has so many
    words that leaving each out would take seconds, only rarity counts.
    """
    terms = library.terms(query)
    idf = library.idf(terms)
    if not (query.isascii() or library.embedder.multilingual):
        return idf
    spans = [word.span() for word in _WORD.finditer(query)]
    if len(spans) > _MOST_WORDS:
        return idf
    whole = library.embedder.embed_query(query)
    shifts: dict[str, float] = {}
    for start, end in spans:
        own = [term for term in library.terms(query[start:end]) if term in idf]
        if own:
            rest = query[:start] + query[end:]
            moved = 1.0 - float(whole @ library.embedder.embed_query(rest)) if rest.strip() else 1.0
            shifts.update({term: max(moved, shifts.get(term, 0.0)) for term in own})
    return {term: idf[term] * shifts.get(term, 0.0) for term in terms}


def judged(library: Library, evidence: Evidence) -> tuple[Signals, tuple[str, ...]]:
    """Measure the question, or the part of it that is covered best; and name its other parts.

    The second are the parts of a question of several that nothing here answers.
    """
    thresholds = thresholds_for(library.embedder, evidence.question.lang)
    compares = _are_only_named(library, evidence)
    measured = _signals_of_parts(library, evidence, compares=compares)
    if len(measured) == 1:
        return _of_sides(library, evidence, measured[0], thresholds, compares=compares), ()
    parts = zip(evidence.question.parts, measured, strict=True)
    open_ = tuple(part for part, own in parts if _is_surely_open(own, thresholds))
    measured.append(_signals(library, evidence, evidence.question.text, 0, compares=compares))

    def rank(own: Signals) -> tuple[bool, bool, bool, float]:
        support = own.support(thresholds)
        return not own.unknown, not own.uncounted, not _is_unnamed(own, thresholds), support

    return max(measured, key=rank), open_


def signals(library: Library, evidence: Evidence) -> Signals:
    """Measure how well the evidence covers the question, or the part of it that it covers best."""
    return judged(library, evidence)[0]


def unanswered(library: Library, evidence: Evidence) -> tuple[str, ...]:
    """Return the parts of a question of several that nothing here answers."""
    return judged(library, evidence)[1]


def _signals_of_parts(library: Library, evidence: Evidence, *, compares: bool) -> list[Signals]:
    """Return the signals of each part of the question."""
    question = evidence.question
    first = 1 + len(question.sides) if len(question.parts) > 1 else 0
    return [
        _signals(
            library, evidence, part, first + place,
            compares=compares and part == question.text,
        )
        for place, part in enumerate(question.parts)
    ]  # fmt: skip


def _of_sides(
    library: Library, evidence: Evidence, whole: Signals, thresholds: Thresholds, *, compares: bool
) -> Signals:
    """Return how well a comparison is supported: as the worse of its sides, if that is better.

    "A vs B" says nothing but its sides. They must stand together somewhere, and each be answered.
    """
    sides = evidence.question.sides
    if not sides or _is_surely_open(whole, thresholds):
        return whole
    named = frozenset(library.terms(" ".join(sides)))
    measured = [_signals(library, evidence, side, at) for at, side in enumerate(sides, 1)]
    if not all(decide(own, thresholds).answer for own in measured):
        return whole
    if not any(named <= window for window in windows(evidence)):
        return whole
    worse = min(measured, key=lambda own: own.support(thresholds))
    return max(whole, replace(worse, compares=compares), key=lambda own: own.support(thresholds))


def _are_only_named(library: Library, evidence: Evidence) -> bool:
    """Say whether a comparison is of what is only named side by side, never told of by itself."""
    sides = [frozenset(library.terms(side)) for side in evidence.question.sides]
    return bool(sides) and not all(
        any(
            own <= line.terms and not any(other <= line.terms for other in sides if other != own)
            for line in evidence.lines
        )
        for own in sides
    )


def _signals(
    library: Library, evidence: Evidence, text: str, query: int, *, compares: bool = False
) -> Signals:
    """Return the signals of a question or part of one, which is the query of this number."""
    weighed = weights(library, text)
    total = sum(weighed.values()) or 1.0
    shares = (_share(weighed, window) / total for window in windows(evidence))
    absent = library.absent(weighed) if evidence.question.lang == "en" else frozenset()
    cosine = evidence.cosines[query] if evidence.cosines else 0.0
    unasked = bool(evidence.unasked) and evidence.unasked[query] and not names(text)
    asked = evidence.asked_before[query] if evidence.asked_before else 0.0
    unknown = unmentioned(text, evidence.hits, other_names(library, evidence.hits))
    strange = _share(weighed, frozenset(term for term in absent if not term.isdigit())) / total
    unheard = _unheard(library, evidence, weighed) / total
    number = uncounted(text, evidence) if evidence.question.lang == "en" else ""
    covered = max(shares, default=0.0)
    called = named(library, evidence, text, weighed)
    return Signals(
        covered, cosine, unknown, strange, asked, unheard, number, called, unasked,
        evidence.across, compares,
    )  # fmt: skip


def _unheard(library: Library, evidence: Evidence, weighed: dict[str, float]) -> float:
    """Return what the most telling term weighs of those that no line, heading or alias mentions."""
    if evidence.question.lang != "en":
        return 0.0
    called = other_names(library, [line.hit for line in evidence.lines])
    said = frozenset(library.terms(called)).union(
        *evidence.above.values(), *(line.terms for line in evidence.lines)
    )
    return max((weight for term, weight in weighed.items() if term not in said), default=0.0)


def _is_surely_open(measured: Signals, thresholds: Thresholds) -> bool:
    """Say whether nothing answers a part or side of a question, however the rest is answered."""
    return decide(measured, replace(thresholds, asked_of_a_model=thresholds.hopeless)).hopeless


def _is_unnamed(measured: Signals, thresholds: Thresholds) -> bool:
    unnamed = measured.named is not None and measured.named < table("refusal")["named"]
    return bool(unnamed and measured.support(thresholds) < thresholds.unnamed)


def _is_only_near(measured: Signals, thresholds: Thresholds) -> bool:
    """Say whether nothing but a sentence of a page is near, and that not near enough."""
    near = measured.unasked and measured.named is None
    return bool(near and measured.support(thresholds) < thresholds.unasked)


def _share(weighed: dict[str, float], terms: frozenset[str]) -> float:
    return sum(weight for term, weight in weighed.items() if term in terms)


def decide(measured: Signals, thresholds: Thresholds, doubt: float | None = None) -> Decision:
    """Decide whether to answer.

    A name that nothing found mentions is decisive: passages about its neighbours would be passed
    off as being about it. So are words that nothing here uses, where they are much of a question
    that is badly supported: "How do I tune a sitar?" is not about tuning models. And so is a word
    that says most of what is asked where nothing found mentions it: what mixtures of experts are
    tells nothing of mixtures of depths. And so is a name that is all a question says, where nothing
    found has it as a whole: edges and detection are not edge detection. And so is a number asked
    for, where nothing found says one: how BERT was trained tells nothing of how many days it took.
    Not where a section is known to answer the very question. What is asked of documents in another
    language is judged by how near they are: their words are others. And a comparison needs more
    than others: many name things side by side, as examples, and do not compare them. So does what
    only a sentence of a page is near, which shares the words of a question more easily than a
    question does that a section is known to answer: unless names tell that both speak of one thing.

    Args:
        measured: what the sources say.
        thresholds: what it is held against.
        doubt: a model's log-likelihood of refusing after reading the evidence, if one was asked.
            Near misses, questions whose words the sources use without answering them, raise it;
            questions in other words than the sources' do not.
    """
    support = measured.support(thresholds)
    if measured.across and not measured.unknown:
        fitted = table("refusal")["across"]
        near = measured.cosine + fitted["coverage"] * measured.coverage >= thresholds.across
        return Decision(near, Reason.SUPPORTED if near else Reason.BADLY_SUPPORTED)
    if measured.unknown:
        return Decision(False, Reason.UNKNOWN_NAME, hopeless=True)
    if measured.strange > table("refusal")["strange"] and support < thresholds.floor:
        return Decision(False, Reason.STRANGE_WORDS, hopeless=True)
    if _is_unnamed(measured, thresholds):
        return Decision(False, Reason.UNNAMED, hopeless=True)
    if measured.unheard > table("refusal")["unheard"] and support < thresholds.sure:
        return Decision(False, Reason.UNHEARD_WORD, hopeless=True)
    if measured.uncounted and support < table("refusal")["uncounted"]:
        return Decision(False, Reason.UNCOUNTED, hopeless=True)
    few = measured.compares and support < thresholds.compared
    if support < thresholds.asked_of_a_model or few or _is_only_near(measured, thresholds):
        return Decision(False, Reason.BADLY_SUPPORTED, hopeless=True)
    if doubt is not None:
        if support - table("refusal")["doubt"] * doubt < thresholds.enough:
            return Decision(False, Reason.MODEL_DOUBTS)
        return Decision(True, Reason.SUPPORTED, sure=support >= thresholds.sure)
    if support < thresholds.floor:
        return Decision(False, Reason.BADLY_SUPPORTED)
    return Decision(True, Reason.SUPPORTED, sure=support >= thresholds.sure)


def asks_again(measured: Signals, thresholds: Thresholds, doubt: float) -> bool:
    """Say whether to look for pages in English too, a model having read what was found."""
    return bool(measured.support(thresholds) - table("refusal")["doubt"] * doubt < thresholds.again)
