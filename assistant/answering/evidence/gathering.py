"""Evidence for a question: the passages found, their sentences scored, and a selection by budget.

Sentences are what is judged and quoted; passages are what is cited.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from assistant.answering.evidence import relevance
from assistant.answering.evidence.addressed import is_ours, sound_like_orders
from assistant.answering.evidence.injection import orders
from assistant.answering.evidence.known_questions import nearness
from assistant.answering.evidence.leading import chances_of, lead_of
from assistant.answering.evidence.name_coverage import unmentioned_words
from assistant.answering.evidence.pieces import Piece, pieces
from assistant.answering.evidence.primer_zh import in_chinese
from assistant.answering.question import Question
from index.search.dense import Vectors
from index.search.library import Hit, Library
from index.search.texts import Texts
from index.store.values import Filters, StoredPassage
from ingest.text.words import QUESTION_WORDS
from ingest.values import PRIMER

PASSAGES = 8
_CANDIDATES = 12
_NEIGHBOURS = 3
_NAMED = 4
_FEWEST_TERMS = 3
_SHORT_DOCUMENT = 16  # passages: as long as a note


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a passage found.

    ``terms`` are its content terms, ``score`` (0 to 1) says how likely it belongs to the answer.
    """

    hit: Hit
    piece: Piece
    terms: frozenset[str]
    score: float

    @property
    def text(self) -> str:
        """The line as it reads."""
        return self.piece.text

    @property
    def whole(self) -> bool:
        """Whether it says something and can be shown as it stands."""
        return self.piece.whole and len(self.terms) >= _FEWEST_TERMS


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found for a question: hits, their sentences in reading order, and vectors.

    ``queries`` are what was searched for: the question, each side of a comparison, each part;
    ``query_vectors`` are their vectors, shape (queries, dimension);
    ``chances`` say of each line how likely it answers each of them, shape (queries, lines).
    ``vectors`` has one row a line, shape (len(lines), dimension); ``idf`` covers all terms met;
    ``asked`` are the question's terms, ``absent`` those of them that stand in no passage of the
    library; ``understood`` says
    that the embedding model knows the question's language, so that cosines count; ``signals`` are
    what `relevance` judged by, shape (queries, lines, 9); ``above`` holds the terms of each
    passage's title and headings; ``about`` says of each query how likely each document found is
    about it, ``lead`` is the one that is about the question, if any is; ``wanted`` are the content
    terms of each query, ``near`` the cosine of each line to each, shape (queries, lines),
    ``cosines`` that of the nearest sentence or passage, ``asked_before`` of the nearest question
    that a section here is known to answer, or of what no question is known of, ``unasked`` whether
    it is the latter; ``across`` says that it was looked for in documents alone that speak another
    language than the question.
    """

    question: Question
    hits: tuple[Hit, ...]
    lines: tuple[Line, ...]
    vectors: Vectors
    idf: dict[str, float]
    asked: frozenset[str]
    understood: bool = True
    signals: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 0, 0)))
    above: dict[str, frozenset[str]] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    queries: tuple[str, ...] = ()
    query_vectors: Vectors = field(default_factory=lambda: np.empty((0, 0), dtype=np.float32))
    chances: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 0)))
    lead: str | None = None
    about: tuple[dict[str, float], ...] = ()
    wanted: tuple[frozenset[str], ...] = ()
    near: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 0)))
    cosines: tuple[float, ...] = ()
    asked_before: tuple[float, ...] = ()
    unasked: tuple[bool, ...] = ()
    across: bool = False

    def recall(self, wanted: frozenset[str], present: frozenset[str]) -> float:
        """Return the share of ``wanted`` terms that are ``present``, rare terms weighing more."""
        total = sum(self.idf.get(term, 0.0) for term in wanted)
        return sum(self.idf.get(t, 0.0) for t in wanted & present) / total if total else 0.0


def gather(library: Library, question: Question, filters: Filters, k: int = PASSAGES) -> Evidence:
    """Search for a question, each side and part of it too, and score the sentences found.

    What answers may stand beside what was found: the passages next to the best are read too, and
    all of a short document that the question is about.
    """
    queries = _queries(library, question)
    ranked = [library.search(query, k, filters, to_answer=True) for query in queries]
    hits = _in_turn(ranked, k)
    if missing := unmentioned_words(question.text, hits):
        # what is said of a thing may stand under its name alone, behind pages on what it is like
        named = library.search(" ".join(missing), _NAMED, filters, to_answer=True)
        there = {hit.passage.key for hit in hits}
        hits += [hit for hit in named if hit.passage.key not in there]
    about = tuple(
        chances_of(library, ranking[:PASSAGES], library.embedder.embed_query(query), question.lang)
        for query, ranking in zip(queries, [hits, *ranked[1:]], strict=True)
    )
    lead = lead_of(about[0])
    beside = library.neighbours(hits[:_NEIGHBOURS])
    if lead:
        beside += library.rest_of(lead, [*hits, *beside], _SHORT_DOCUMENT)
    evidence = lines_of(library, question, [*hits, *beside])
    return replace(
        evidence,
        hits=tuple(hits),
        absent=library.absent(evidence.asked),
        lead=lead,
        about=about,
        across=library.embedder.multilingual
        and _speak_otherwise(library, filters.documents, question.lang),
    )


def _speak_otherwise(library: Library, documents: Sequence[str], lang: str) -> bool:
    """Say whether documents are named, and none of them is in a language."""
    named = (library.document(url) for url in documents)
    return bool(documents) and not any(document and document.lang == lang for document in named)


def _queries(library: Texts, question: Question) -> list[str]:
    """Return what is searched for: of each side every form counts, a page may have one alone."""
    sides = list(map(library.with_other_forms, question.sides))
    parts = list(question.parts) if len(question.parts) > 1 else []
    return [question.text, *sides, *parts]


def _in_turn(ranked: Sequence[Sequence[Hit]], k: int) -> list[Hit]:
    """Return the hits of several searches; every search gives its best in turn, ranked anew."""
    limit = k if len(ranked) == 1 else _CANDIDATES
    hits: dict[str, Hit] = {}
    for rank in range(k):
        for ranking in ranked:
            if rank < len(ranking) and len(hits) < limit:
                hits.setdefault(ranking[rank].passage.key, ranking[rank])
    return [replace(hit, rank=rank) for rank, hit in enumerate(hits.values(), 1)]


def lines_of(library: Texts, question: Question, hits: Sequence[Hit]) -> Evidence:
    """Return the sentences of these hits in reading order, scored for the question."""
    hits = list({hit.passage.key: hit for hit in reversed(hits)}.values())[::-1]  # the first counts
    order = {url: place for place, url in enumerate(dict.fromkeys(h.passage.url for h in hits))}
    hits = sorted(hits, key=lambda hit: (order[hit.passage.url], hit.passage.start))
    facts, vectors = _facts(library, hits)
    texts = [piece.text for _, piece in facts]
    terms = [frozenset(library.terms(text)) for text in texts]
    if question.lang == "zh":  # a note is understood by its Chinese wording too
        said = [_chinese(hit, piece.text) for hit, piece in facts]
        terms = [own | frozenset(library.terms(zh)) for own, zh in zip(terms, said, strict=True)]
    above = _heading_terms(library, hits, question.lang)
    queries = _queries(library, question)
    asking = frozenset(library.terms(" ".join(sorted(QUESTION_WORDS))))
    wanted = [frozenset(library.terms(query)) - asking for query in queries]
    idf = library.idf(sorted(wanted[0].union(*wanted, *terms)))
    understood = question.lang == "en" or library.embedder.multilingual
    evidence = Evidence(
        question, tuple(hits), (), vectors, idf, wanted[0],
        understood=understood, queries=tuple(queries), wanted=tuple(wanted),
    )  # fmt: skip
    if not facts:
        return evidence
    query_vectors = np.stack([library.embedder.embed_query(query) for query in queries])
    cosines = [vectors @ query_vector for query_vector in query_vectors]
    top = max(hit.score for hit in hits) or 1.0
    signals = np.stack(
        [
            relevance.signals(
                question.text,
                cosines=near,
                words=np.array(
                    [
                        evidence.recall(want, own | above[hit.passage.key])
                        for (hit, _), own in zip(facts, terms, strict=True)
                    ]
                ),
                passages=np.array([hit.score / top for hit, _ in facts]),
                places=np.array([hit.rank - 1 for hit, _ in facts], dtype=np.float64),
                beside=np.array([not (hit.dense_rank or hit.word_rank) for hit, _ in facts]),
                texts=texts,
                terms=[len(own) for own in terms],
                leads=[piece.leads for _, piece in facts],
            )
            for near, want in zip(cosines, wanted, strict=True)
        ]
    )
    chances = relevance.relevance(signals, understood=understood)
    known, pages = _asked_before(library, question, facts, query_vectors, cosines)
    best = chances.max(axis=0)
    lines = [
        Line(hit, piece, terms[row], float(best[row])) for row, (hit, piece) in enumerate(facts)
    ]
    return replace(
        evidence,
        lines=tuple(lines),
        query_vectors=query_vectors,
        signals=signals,
        chances=chances,
        above=above,
        near=np.stack(cosines).astype(np.float64),
        cosines=tuple(
            max(float(near.max()), *(hit.cosine or 0.0 for hit in hits) if not at else (0.0,))
            for at, near in enumerate(cosines)
        ),
        asked_before=tuple(map(max, zip(known, pages, strict=True))),
        unasked=tuple(page > own for own, page in zip(known, pages, strict=True)),
    )


def _asked_before(
    library: Texts,
    question: Question,
    facts: Sequence[tuple[Hit, Piece]],
    query_vectors: Vectors,
    cosines: Sequence[Vectors],
) -> tuple[list[float], list[float]]:
    """Return how near each query is to a question that is answered here.

    Of pages no questions are known: the second are their own sentences, which stand in.
    """
    passages = {
        (hit.passage.url, hit.passage.heading): hit.passage
        for hit, _ in facts
        if hit.passage.url.startswith(PRIMER)
    }
    known = nearness(library, list(passages.values()), query_vectors, question.lang)
    pages = [row for row, (hit, _) in enumerate(facts) if not hit.passage.url.startswith(PRIMER)]
    return (
        [float(own.max()) if passages else -1.0 for own in known.T],
        [float(near[pages].max()) if pages else -1.0 for near in cosines],
    )


def _chinese(hit: Hit, text: str) -> str:
    slug = hit.passage.url.removeprefix(PRIMER)
    return "" if slug == hit.passage.url else in_chinese(slug, text) or ""


def _vectors(library: Texts, parts: Sequence[Piece]) -> Vectors:
    """Return a vector a piece; blocks, never quoted for their meaning, get zeros."""
    said = [row for row, piece in enumerate(parts) if not piece.block]
    if not said:
        return np.zeros((len(parts), 1), dtype=np.float32)
    known = library.sentence_vectors([parts[row].text for row in said])
    vectors = np.zeros((len(parts), known.shape[1]), dtype=np.float32)
    vectors[said] = known
    return vectors


def _facts(library: Texts, hits: Sequence[Hit]) -> tuple[list[tuple[Hit, Piece]], Vectors]:
    """Return pieces and vectors of passages, orders to the model left out: they are no evidence."""
    facts = [(hit, piece) for hit in hits for piece in statements(hit.passage)]
    parts = [piece for _, piece in facts]
    vectors = _vectors(library, parts)
    ordered = sound_like_orders(library.embedder, [piece.text for piece in parts], vectors)
    ordered &= np.array([not is_ours(hit.passage) for hit, _ in facts], dtype=bool)
    return [fact for fact, order in zip(facts, ordered, strict=True) if not order], vectors[
        ~ordered
    ]


def statements(passage: StoredPassage) -> list[Piece]:
    """Return the pieces of a passage in which no pattern finds an order to the model."""
    parts = pieces(passage.text, passage.fence)
    ordered = orders([part.text for part in parts])
    return [part for part, order in zip(parts, ordered, strict=True) if not order]


def _heading_terms(library: Texts, hits: Sequence[Hit], lang: str) -> dict[str, frozenset[str]]:
    """Return the terms of the title and headings each passage stands under."""
    terms = {}
    for hit in hits:
        names = [hit.passage.title, *hit.passage.heading]
        if lang == "zh":
            names += [_chinese(hit, name) for name in names]
        terms[hit.passage.key] = frozenset(library.terms(" ".join(names)))
    return terms


def windows(evidence: Evidence) -> Iterator[frozenset[str]]:
    """Yield the terms of each line with its neighbours, and of the headings they stand under."""
    for row in range(len(evidence.lines)):
        near = [
            other
            for other in range(max(0, row - 1), min(row + 2, len(evidence.lines)))
            if _same_passage(evidence, row, other)
        ]
        above = evidence.above[evidence.lines[row].hit.passage.key]
        yield above.union(*(evidence.lines[other].terms for other in near))


def _same_passage(evidence: Evidence, one: int, other: int) -> bool:
    return evidence.lines[one].hit.passage.key == evidence.lines[other].hit.passage.key


def rows_of(evidence: Evidence, chosen: Sequence[Line]) -> list[int]:
    """Return the rows of chosen lines in ``evidence.vectors``."""
    place = {id(line): row for row, line in enumerate(evidence.lines)}
    return [place[id(line)] for line in chosen]
