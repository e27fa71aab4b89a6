"""The JSON of the contracts: what ``--json``, the page and every program get."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from assistant.answering.values import Answer, Citation, Sentence
from index.search.library import Hit
from index.store.values import Recommendation, StoredPassage
from ingest.links.urls import deep_link

if TYPE_CHECKING:
    from assistant.desk import SearchResult
    from assistant.learning.holdings import Source


def answer_object(answer: Answer) -> dict[str, Any]:
    """Return the ``ask --json`` object."""
    return {
        "question": answer.question,
        "asked": answer.asked,
        "lang": answer.lang,
        "refused": answer.refused,
        "refusal": answer.refusal,
        "view": answer.view,
        "request": answer.request,
        "how": answer.how,
        "answer": answer.text,
        "sentences": [sentence_object(each) for each in answer.sentences],
        "citations": [citation_object(each) for each in answer.citations],
        "nearest": [hit_object(each) for each in answer.nearest],
        "look_in": [
            {"list": each.list, "section": list(each.section)} for each in answer.look_in
        ],
        "further": [asdict(each) for each in answer.further],
        "dropped": [asdict(each) for each in answer.dropped],
        "unanswered": list(answer.unanswered),
        "model": answer.model,
        "timings": {
            name: answer.timings.get(name)
            for name in (
                "retrieve_s", "extractive_s", "first_token_s", "first_sentence_s", "total_s",
            )
        },
    }  # fmt: skip


def search_object(found: "SearchResult") -> dict[str, Any]:
    """Return the ``search --json`` object."""
    return {
        "query": found.query,
        "searched": found.searched,
        "hits": [hit_object(hit) for hit in found.hits],
        "timings": {"search_s": round(found.seconds, 4)},
    }


def source_object(source: "Source") -> dict[str, Any]:
    """Return one source of the lists or the library."""
    places = [recommendation_object(each) for each in source.recommended_by]
    return asdict(source) | {"recommended_by": places}


def sentence_object(sentence: Sentence) -> dict[str, Any]:
    """Return one sentence of an answer."""
    return asdict(sentence) | {
        "citations": list(sentence.citations),
        "spans": [{"n": n, "start": start, "end": end} for n, start, end in sentence.spans],
    }


def citation_object(citation: Citation) -> dict[str, Any]:
    """Return one citation of an answer."""
    return asdict(citation) | {
        "heading": list(citation.heading),
        "recommended_by": [recommendation_object(each) for each in citation.recommended_by],
    }


def hit_object(hit: Hit) -> dict[str, Any]:
    """Return one hit of a search."""
    return (
        {"rank": hit.rank, "score": round(hit.score, 4)}
        | passage_object(hit.passage)
        | {
            "dense_rank": hit.dense_rank,
            "word_rank": hit.word_rank,
            "recommended_by": [recommendation_object(each) for each in hit.recommended_by],
        }
    )


def passage_object(passage: StoredPassage) -> dict[str, Any]:
    """Return one passage, wherever it was found."""
    return {
        "passage": passage.key,
        "url": passage.url,
        "deep_link": deep_link(passage.opens_at(passage.start), passage.text, fence=passage.fence),
        "title": passage.title,
        "heading": list(passage.heading),
        "kind": passage.kind,
        "lang": passage.lang,
        "quote": passage.text,
        "start": passage.start,
        "end": passage.end,
        "document_sha256": passage.document_sha256,
        "in_library": not passage.listed,
    }


def recommendation_object(each: Recommendation) -> dict[str, Any]:
    """Return where a list recommends a source."""
    return {"list": each.list, "section": list(each.section), "difficulty": each.difficulty}
