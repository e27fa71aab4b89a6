"""The sentences of the passages found, each with how likely it answers, orders left out."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from assistant.answering.evidence.addressed import is_ours, sound_like_orders
from assistant.answering.evidence.evidence import Evidence, Line
from assistant.answering.evidence.informing import inform
from assistant.answering.evidence.injection import orders
from assistant.answering.evidence.known_questions import nearness
from assistant.answering.evidence.pieces import Piece, pieces
from assistant.answering.evidence.primer_zh import in_chinese
from assistant.answering.evidence.relevance import relevance
from assistant.answering.evidence.relevance import signals as signals_of
from assistant.answering.question import Question
from index.search.dense import Vectors
from index.search.library import Hit
from index.search.texts import Texts
from index.store.values import StoredPassage
from ingest.text.words import QUESTION_WORDS
from ingest.values import PRIMER

Fact = tuple[Hit, Piece]
"""A sentence of a passage found."""


def queries_of(library: Texts, question: Question) -> list[str]:
    """Return what is searched for: of each side every form counts, a page may have one alone."""
    sides = list(map(library.with_other_forms, question.sides))
    parts = list(question.parts) if len(question.parts) > 1 else []
    return [question.text, *sides, *parts]


def lines_of(library: Texts, question: Question, hits: Sequence[Hit]) -> Evidence:
    """Return the sentences of these hits in reading order, scored for the question."""
    hits = _in_reading_order(hits)
    facts, vectors = _facts(library, hits)
    terms = _terms(library, question, facts)
    queries = queries_of(library, question)
    asking = frozenset(library.terms(" ".join(sorted(QUESTION_WORDS))))
    wanted = [frozenset(library.terms(query)) - asking for query in queries]
    evidence = Evidence(
        question, tuple(hits), (), vectors,
        idf=library.idf(sorted(wanted[0].union(*wanted, *terms))),
        asked=wanted[0],
        understood=question.lang == "en" or library.embedder.multilingual,
        above=_heading_terms(library, hits, question.lang),
        queries=tuple(queries),
        wanted=tuple(wanted),
    )  # fmt: skip
    if not facts:
        return evidence
    query_vectors = np.stack([library.embedder.embed_query(query) for query in queries])
    cosines = [vectors @ query_vector for query_vector in query_vectors]
    signals = np.stack(
        [
            _signals(evidence, facts, terms, near, want)
            for near, want in zip(cosines, wanted, strict=True)
        ]
    )
    chances = relevance(signals, understood=evidence.understood)
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
        near=np.stack(cosines).astype(np.float64),
        cosines=tuple(
            max(float(near.max()), *(hit.cosine or 0.0 for hit in hits) if not at else (0.0,))
            for at, near in enumerate(cosines)
        ),
        asked_before=tuple(map(max, zip(known, pages, strict=True))),
        unasked=tuple(page > own for own, page in zip(known, pages, strict=True)),
        informs=_informs(library, facts, vectors),
    )


def _in_reading_order(hits: Sequence[Hit]) -> list[Hit]:
    """Return hits by document, the best first, and by place; the first one of a passage counts."""
    first = list({hit.passage.key: hit for hit in reversed(hits)}.values())[::-1]
    order = {url: place for place, url in enumerate(dict.fromkeys(h.passage.url for h in first))}
    return sorted(first, key=lambda hit: (order[hit.passage.url], hit.passage.start))


def _terms(library: Texts, question: Question, facts: Sequence[Fact]) -> list[frozenset[str]]:
    """Return the content terms of each sentence; a note counts in its Chinese wording too."""
    terms = [frozenset(library.terms(piece.text)) for _, piece in facts]
    if question.lang != "zh":
        return terms
    said = [_chinese(hit, piece.text) for hit, piece in facts]
    return [own | frozenset(library.terms(zh)) for own, zh in zip(terms, said, strict=True)]


def _signals(
    evidence: Evidence,
    facts: Sequence[Fact],
    terms: Sequence[frozenset[str]],
    near: Vectors,
    wanted: frozenset[str],
) -> NDArray[np.float64]:
    """Return what tells how likely each sentence answers a query: its cosines and its terms."""
    top = max(hit.score for hit in evidence.hits) or 1.0
    return signals_of(
        evidence.question.text,
        cosines=near,
        words=np.array(
            [
                evidence.recall(wanted, own | evidence.above[hit.passage.key])
                for (hit, _), own in zip(facts, terms, strict=True)
            ]
        ),
        passages=np.array([hit.score / top for hit, _ in facts]),
        places=np.array([hit.rank - 1 for hit, _ in facts], dtype=np.float64),
        beside=np.array([not (hit.dense_rank or hit.word_rank) for hit, _ in facts]),
        texts=[piece.text for _, piece in facts],
        terms=[len(own) for own in terms],
        leads=[piece.leads for _, piece in facts],
    )


def _asked_before(
    library: Texts,
    question: Question,
    facts: Sequence[Fact],
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
    vectors = np.zeros((len(parts), library.embedder.dimension), dtype=np.float32)
    if said:
        vectors[said] = library.sentence_vectors([parts[row].text for row in said])
    return vectors


def _facts(library: Texts, hits: Sequence[Hit]) -> tuple[list[Fact], Vectors]:
    """Return pieces and vectors of passages, orders to the model left out: they are no evidence."""
    facts = [(hit, piece) for hit in hits for piece in statements(hit.passage)]
    parts = [piece for _, piece in facts]
    vectors = _vectors(library, parts)
    ordered = sound_like_orders(library.embedder, [piece.text for piece in parts], vectors)
    ordered &= np.array([not is_ours(hit.passage) for hit, _ in facts], dtype=bool)
    return [fact for fact, order in zip(facts, ordered, strict=True) if not order], vectors[
        ~ordered
    ]


def _informs(library: Texts, facts: Sequence[Fact], vectors: Vectors) -> NDArray[np.bool_]:
    """Say which lines tell something: all of our own, all blocks, and what sounds like it."""
    kept = np.array([piece.block or is_ours(hit.passage) for hit, piece in facts], dtype=bool)
    return kept | inform(library.embedder, [piece.text for _, piece in facts], vectors)


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
