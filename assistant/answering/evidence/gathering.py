"""The search for evidence: for a question, each side and part of it, and what stands beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from assistant.answering.evidence.evidence import Evidence
from assistant.answering.evidence.leading import chances_of, lead_of
from assistant.answering.evidence.learned_sections import below_nearest, likeliest_notes
from assistant.answering.evidence.name_coverage import naming_most, other_names, unmentioned_words
from assistant.answering.evidence.scoring import lines_of, queries_of
from assistant.answering.fitted import table
from assistant.answering.question import Question
from index.search.library import Hit, Library
from index.store.values import Filters

PASSAGES = 8
_CANDIDATES = 12
_NEIGHBOURS = 3
_NAMED = 4
_SHORT_DOCUMENT = 16  # passages: as long as a note


def gather(library: Library, question: Question, filters: Filters, k: int = PASSAGES) -> Evidence:
    """Search for a question, each side and part of it too, and score the sentences found.

    What answers may stand beside what was found: the passages next to the best are read too, and
    all of a short document that the question is about.
    """
    queries = queries_of(library, question)
    ranked = [library.search(query, k, filters, to_answer=True) for query in queries]
    hits = _in_turn(ranked, k)
    if missing := unmentioned_words(question.text, hits, other_names(library, hits)):
        # what is said of a thing may stand under its name alone, behind pages on what it is like
        named = library.search(" ".join(missing), _NAMED, filters, to_answer=True)
        there = {hit.passage.key for hit in hits}
        hits += [hit for hit in named if hit.passage.key not in there]
    known = _by_known_questions(library, queries, hits) if filters == Filters() else []
    about = tuple(
        chances_of(
            library,
            [*ranking[:1], *known, *ranking[1:PASSAGES]],
            library.embedder.embed_query(query),
            question.lang,
        )
        for query, ranking in zip(queries, [hits, *ranked[1:]], strict=True)
    )
    hits += known
    lead = lead_of(about[0])
    beside = library.neighbours(hits[:_NEIGHBOURS])
    for url in dict.fromkeys([*([lead] if lead else []), *_about_it(about)]):
        beside += library.rest_of(url, [*hits, *beside], _SHORT_DOCUMENT)
    evidence = lines_of(library, question, [*hits, *beside])
    narrow = question.scope == "narrow"
    return replace(
        evidence,
        hits=tuple(hits),
        absent=library.absent(evidence.asked),
        lead=lead,
        about=about,
        naming_most=naming_most(library, question.text, hits) if narrow else frozenset(),
        across=library.embedder.multilingual
        and _speak_otherwise(library, filters.documents, question.lang),
    )


def _about_it(about: Sequence[Mapping[str, float]]) -> list[str]:
    """Return the documents that the question, or a side or part of it, may well be about."""
    least = table("lead")["may_lead"]
    return [url for chances in about for url, chance in chances.items() if chance >= least]


def _by_known_questions(library: Library, queries: Sequence[str], hits: Sequence[Hit]) -> list[Hit]:
    """Return the beginnings of notes that probably answer, of which the search found nothing."""
    there = {hit.passage.url for hit in hits}
    vectors = np.stack([library.embedder.embed_query(query) for query in queries])
    notes = likeliest_notes(below_nearest(library, vectors))
    least = table("learned_sections")["found"]
    missed = dict.fromkeys(url for url, chance in notes if chance >= least and url not in there)
    return [hit for url in missed for hit in library.rest_of(url, hits, _SHORT_DOCUMENT)[:1]]


def _speak_otherwise(library: Library, documents: Sequence[str], lang: str) -> bool:
    """Say whether documents are named, and none of them is in a language."""
    named = (library.document(url) for url in documents)
    return bool(documents) and not any(document and document.lang == lang for document in named)


def _in_turn(ranked: Sequence[Sequence[Hit]], k: int) -> list[Hit]:
    """Return the hits of several searches; every search gives its best in turn, ranked anew."""
    limit = k if len(ranked) == 1 else _CANDIDATES
    hits: dict[str, Hit] = {}
    for rank in range(k):
        for ranking in ranked:
            if rank < len(ranking) and len(hits) < limit:
                hits.setdefault(ranking[rank].passage.key, ranking[rank])
    return [replace(hit, rank=rank) for rank, hit in enumerate(hits.values(), 1)]
