"""What several documents say of one thing, side by side: where they agree, where they differ, when.

Two sentences of different documents contradict each other when they say the same but for a number,
or but for a negation. Newer sources come first; dates are those that the documents carry.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.answering.checking import stands
from assistant.answering.deciding import decide, signals, thresholds_for
from assistant.answering.evidence import Line, gather, statements
from assistant.answering.evidence.addressed import sounds_like_an_order
from assistant.answering.presenting import Numbering, quotation, sentence
from assistant.answering.question import understand
from assistant.answering.values import Answer, Citation, Sentence, Span
from assistant.collection.subject_names import english_names
from assistant.wording import wording
from index.search.library import Hit, Library
from index.store import browse
from index.store.values import Filters
from ingest.text.claims import Kind, Term, denies, numbers_of, read
from ingest.text.numbers import years
from ingest.text.words import run_together

_LEANS = wording("sentences").patterns["leans"]
_PASSAGES = 24
_SEARCHED = 60  # passages, for the documents that speak of a subject
_DOCUMENTS = 8
_EACH = 2  # claims of one document that no other makes
_GROUPS = 7
_ALIKE = 0.7  # share of the terms of each that the other has, numbers and negations aside
_FEWEST = 6  # terms of an item that is no sentence
_FLOOR = 0.3
_RELATIVE = 0.4


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence and the date (``YYYY-MM-DD``, "" if it has none) of its document."""

    line: Line
    date: str

    @property
    def label(self) -> str:
        """When and where it was said."""
        title = self.line.hit.passage.title
        return f"{self.date}: {title}" if self.date else title


def contradicts(one: Line, other: Line) -> bool:
    """Say whether two sentences say the same of one thing but for a number or a negation."""
    if one.hit.passage.url == other.hit.passage.url:
        return False
    first, second = _core(one), _core(other)
    if min(len(first), len(second)) < 3:
        return False
    both = len(first & second)
    if both < _ALIKE * max(len(first), len(second)):
        return False
    numbers, others = ({number.value for number in numbers_of(line.text)} for line in (one, other))
    if numbers and others and numbers != others and first == second:
        return True
    return denies(one.text) != denies(other.text)


def _core(line: Line) -> frozenset[str]:
    return frozenset(
        term for term in line.terms if not term.replace(",", "").replace(".", "").isdigit()
    )


def claims(
    library: Library,
    subject: str,
    since: str = "",
    until: str = "",
    *,
    documents: Sequence[str] = (),
    counted: Callable[[str], bool] | None = None,
) -> tuple[list[list[Claim]], bool]:
    """Return what the documents say of a subject, and whether they answer it at all.

    Claims of one thing stand together, newest first.

    Claims are of one thing if they say the same or contradict each other. What fits the subject
    best comes first. With ``since`` and ``until`` (years or dates) documents dated outside are left
    out, unless a sentence itself names a year in between. Where names are asked about, only
    passages that have them speak; with ``documents`` only these, with ``counted`` only sentences
    of which it is true.
    """
    filters = Filters(documents=tuple(documents))
    if not documents:  # of each document its own: the best passages may all be of one
        filters = Filters(documents=_speaking(library, subject))
    question = understand(" ".join([subject, *english_names(subject)]))
    evidence = gather(library, question, filters, _PASSAGES)
    lines = [line for line in evidence.lines if line.whole and (counted or _claims(line))]
    names = _versioned(subject)
    if called := english_names(subject):  # a subject in Chinese: by that name, or by one of these
        spoken = [line for line in lines if any(_speaks_of(line, n) for n in (subject, *called))]
        lines = spoken or lines
    if counted is not None:
        doing = _doing(subject)
        lines = [
            line for line in lines
            if counted(line.text) and all(stands(word, line.text) for word in doing)
        ]  # fmt: skip
    named = [line for line in lines if all(_speaks_of(line, name) for name in names)]
    lines = (named if names else lines) or lines
    top = max((line.score for line in lines), default=0.0)
    # the words of one language say nothing of how well a sentence of another fits
    least = max(_FLOOR, _RELATIVE * top) if evidence.understood or not named else 0.0
    dates = browse.dates(library.store, list({line.hit.passage.url for line in lines}))
    groups: list[list[Claim]] = []
    taken: Counter[str] = Counter()
    for line in sorted(lines, key=lambda line: -line.score):
        date = dates.get(line.hit.passage.url, "")
        if since and not date:
            date = next((y for y in years(line.text) if since <= y <= (until or y)), "")
        outside = (since or until) and not (since <= date and date[: len(until)] <= until)
        if line.score < least or outside:
            continue
        claim = Claim(line, date)
        group = next((g for g in groups if any(_same_thing(claim, other) for other in g)), None)
        taken[line.hit.passage.url] += 1
        if group is None:
            if taken[line.hit.passage.url] <= _EACH:
                groups.append([claim])
        elif all(claim.label != other.label or line.text != other.line.text for other in group):
            group.append(claim)
    if since:  # what changed comes before what did not
        groups.sort(key=lambda group: not differing(group))
    thresholds = thresholds_for(library.embedder, evidence.question.lang)
    answered = decide(signals(library, evidence), thresholds).answer
    return [newest_first(group) for group in groups[:_GROUPS]], answered


def _speaking(library: Library, subject: str) -> tuple[str, ...]:
    """Return the documents that speak of a subject, those with the best passages first."""
    asked = " ".join([subject, *english_names(subject)])
    hits = library.search(asked, _SEARCHED, Filters(), to_answer=True)
    return tuple(dict.fromkeys(hit.passage.url for hit in hits))[:_DOCUMENTS]


def _versioned(subject: str) -> list[str]:
    """Return the names in a subject, each with the number of its version: Llama 2."""
    terms = read(subject).terms
    names = []
    for term, following in zip(terms, [*terms[1:], None], strict=True):
        if term.kind == Kind.NAME:
            version = (
                following is not None
                and following.kind == Kind.NUMBER
                and following.start <= term.end + 1
            )
            names.append(subject[term.start : following.end if following and version else term.end])
    return names


def _doing(subject: str) -> list[Term]:
    """Return the words of a subject that say what is counted of it: "trained"."""
    return [
        term for term in read(subject).terms[1:]
        if term.kind == Kind.WORD and re.search(r"(?:ed|ing|en|ught)$", term.text)
    ]  # fmt: skip


def _speaks_of(line: Line, name: str) -> bool:
    """Say whether a sentence is about what is named: by itself, or by what stands above it.

    A sentence that names another version of the thing is about that.
    """
    plain = run_together(name)
    if plain in run_together(line.text):
        return True
    kind = re.match(r"[^\W\d]+", plain)
    if (
        kind
        and plain[kind.end() :]
        and re.search(rf"{re.escape(kind[0])}\d", run_together(line.text))
    ):
        return False
    return plain in run_together(_said(line))


def _claims(line: Line) -> bool:
    """Say whether a line says something by itself, and is no heading nor an entry of a table."""
    entry = line.piece.item and line.piece.text.rstrip()[-1:] not in ".。!！"
    if line.piece.title or _LEANS.match(line.text):
        return False
    return not (entry and len(line.terms) < _FEWEST)


def told_twice(group: Sequence[Claim]) -> bool:
    """Say whether more than one document speaks of the thing that a group is about."""
    return len({claim.line.hit.passage.url for claim in group}) > 1


def _said(line: Line) -> str:
    passage = line.hit.passage
    return " ".join((passage.title, *passage.heading, passage.text))


def _same_thing(one: Claim, other: Claim) -> bool:
    return contradicts(one.line, other.line) or _core(one.line) == _core(other.line)


def newest_first(group: Iterable[Claim]) -> list[Claim]:
    """Sort claims by date, newest first, undated ones last; within a document as it reads."""
    return sorted(
        group,
        key=lambda claim: (_backwards(claim.date), claim.line.hit.passage.url,
                           claim.line.hit.passage.start + claim.line.piece.start),
    )  # fmt: skip


def _backwards(date: str) -> tuple[int, ...]:
    return (0, *(-int(part) for part in date.split("-"))) if date else (1,)


def differing(group: Sequence[Claim]) -> list[tuple[Claim, Claim]]:
    """Return the pairs of claims that contradict each other, the newer first."""
    return [
        (one, other)
        for place, one in enumerate(group)
        for other in group[place + 1 :]
        if contradicts(one.line, other.line)
    ]


def told(group: Sequence[Claim]) -> tuple[list[Sentence], list[Citation]]:
    """Return claims as sentences, each under its date and title, with their citations."""
    numbering = Numbering()
    sentences = [sentence(quotation(claim.line), numbering, claim.label) for claim in group]
    return sentences, numbering.citations


def with_contradictions(library: Library, answer: Answer, hits: Sequence[Hit]) -> Answer:
    """Return an answer with the sentences of other documents that contradict one of its own.

    ``hits`` are the passages that were found for it. What contradicts stands side by side, newest
    first, and `Answer.how` says so; an answer that nothing found contradicts comes back as it was.
    """
    if answer.refused or not answer.sentences:
        return answer
    lines = _lines(library, hits)
    shown = _shown_lines(answer, lines)
    against: dict[int, list[Line]] = {}
    for place, line in shown.items():
        contradicting = [
            other for other in lines
            if other.whole
            and contradicts(line, other)
            and not sounds_like_an_order(library, other.hit.passage, other.text)
        ]  # fmt: skip
        if contradicting:
            against[place] = contradicting
    if not against:
        return answer
    return _side_by_side(library, answer, shown, against)


def _lines(library: Library, hits: Sequence[Hit]) -> list[Line]:
    """Return the sentences of passages, unscored; none where all are of one document."""
    if len({hit.passage.url for hit in hits}) < 2:
        return []
    return [
        Line(hit, piece, frozenset(library.terms(piece.text)), 0.0)
        for hit in hits
        for piece in statements(hit.passage)
        if not piece.block
    ]


def _shown_lines(answer: Answer, lines: Sequence[Line]) -> dict[int, Line]:
    """Return the source's sentence behind each shown one, by its place in the answer."""
    keys = {citation.n: citation.passage for citation in answer.citations}
    spans = {
        (keys.get(n), start, end): place
        for place, shown in enumerate(answer.sentences)
        for n, start, end in shown.spans[:1]
    }
    by_place = {}
    for line in lines:
        passage, piece = line.hit.passage, line.piece
        place = spans.get((passage.key, passage.start + piece.start, passage.start + piece.end))
        if place is not None:
            by_place[place] = line
    return by_place


def _side_by_side(
    library: Library, answer: Answer, shown: dict[int, Line], against: dict[int, list[Line]]
) -> Answer:
    lines = [line for place in against for line in (shown[place], *against[place])]
    unique = list({(line.hit.passage.key, line.piece.start): line for line in lines}.values())
    dates = browse.dates(library.store, list({line.hit.passage.url for line in unique}))
    ordered = newest_first(Claim(line, dates.get(line.hit.passage.url, "")) for line in unique)
    sentences, citations = told(ordered)
    said = {line.text for line in unique}
    rest = [
        statement for place, statement in enumerate(answer.sentences)
        if place not in against and statement.text not in said
    ]  # fmt: skip
    kept = {n for statement in rest for n in statement.citations}
    numbers: dict[int, int] = {}
    merged = list(citations)
    keys = {citation.passage: citation.n for citation in merged}
    for citation in answer.citations:
        if citation.n in kept:
            if citation.passage not in keys:
                merged.append(replace(citation, n=len(merged) + 1))
                keys[citation.passage] = len(merged)
            numbers[citation.n] = keys[citation.passage]
    moved = [
        replace(
            statement,
            citations=tuple(numbers[n] for n in statement.citations),
            spans=tuple(Span(numbers[n], start, end) for n, start, end in statement.spans),
        )
        for statement in rest
    ]
    asked = frozenset(library.terms(answer.asked))

    def fits(text: str) -> int:
        return len(asked & frozenset(library.terms(text)))

    # what is beside the question differs only after it is answered
    beside = max((fits(statement.text) for statement in moved), default=0) > max(
        fits(statement.text) for statement in sentences
    )
    return replace(
        answer,
        sentences=(*moved, *sentences) if beside else (*sentences, *moved),
        citations=tuple(merged),
        how=_differ(answer.lang, dated=any(claim.date for claim in ordered)),
    )


def _differ(lang: str, *, dated: bool) -> str:
    if lang == "zh":
        return "来源说法不一，并列如下" + ("，较新的在前。" if dated else "；它们没有注明日期。")
    return "The sources differ; they stand side by side" + (
        ", the newer first." if dated else "; they carry no dates."
    )
