"""A kept answer back as the value it was: the inverse of `assistant.contract`."""

from collections.abc import Mapping
from typing import Any

from assistant.answering.values import (
    Answer,
    Citation,
    Dropped,
    Reading,
    Sentence,
    ShownFigure,
    Span,
)
from index.search.library import Hit
from index.store.values import Recommendation, StoredPassage


def answer_of(kept: Mapping[str, Any]) -> Answer:
    """Return the answer of an ``ask --json`` object that this program wrote.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    return Answer(
        question=_text(kept["question"]),
        asked=_text(kept["asked"]),
        lang=_text(kept["lang"]),
        refused=bool(kept["refused"]),
        refusal=kept["refusal"],
        view=_text(kept["view"]),
        sentences=tuple(_sentence(sentence) for sentence in kept["sentences"]),
        citations=tuple(_citation(citation) for citation in kept["citations"]),
        nearest=tuple(_hit(hit) for hit in kept["nearest"]),
        further=tuple(
            Reading(_text(reading["title"]), _text(reading["url"])) for reading in kept["further"]
        ),
        model=kept["model"],
        timings={name: value for name, value in kept["timings"].items() if value is not None},
        look_in=tuple(_place(place) for place in kept["look_in"]),
        dropped=tuple(
            Dropped(_text(sentence["text"]), float(sentence["support"]), _text(sentence["reason"]))
            for sentence in kept["dropped"]
        ),
        figures=tuple(_figure(figure) for figure in kept.get("figures", ())),
        unanswered=tuple(map(_text, kept["unanswered"])),
        did_you_mean=tuple(map(_text, kept.get("did_you_mean", ()))),
        request=_text(kept["request"]),
        how=_text(kept["how"]),
    )


def _sentence(kept: Mapping[str, Any]) -> Sentence:
    return Sentence(
        text=_text(kept["text"]),
        citations=tuple(map(int, kept["citations"])),
        support=float(kept["support"]),
        status=_text(kept["status"]),
        verbatim=bool(kept["verbatim"]),
        spans=tuple(Span(int(at["n"]), int(at["start"]), int(at["end"])) for at in kept["spans"]),
        group=_text(kept["group"]),
        form=_text(kept["form"]),
        original=kept["original"],
        foreign=bool(kept["foreign"]),
    )


def _citation(kept: Mapping[str, Any]) -> Citation:
    return Citation(
        n=int(kept["n"]),
        passage=_text(kept["passage"]),
        document_sha256=_text(kept["document_sha256"]),
        start=int(kept["start"]),
        end=int(kept["end"]),
        quote=_text(kept["quote"]),
        heading=tuple(map(_text, kept["heading"])),
        title=_text(kept["title"]),
        url=_text(kept["url"]),
        deep_link=_text(kept["deep_link"]),
        kind=_text(kept["kind"]),
        primer=bool(kept["primer"]),
        archived_at=_text(kept["archived_at"]),
        recommended_by=tuple(_place(place) for place in kept["recommended_by"]),
    )


def _figure(kept: Mapping[str, Any]) -> ShownFigure:
    return ShownFigure(
        n=int(kept["n"]),
        number=int(kept["number"]),
        caption=_text(kept["caption"]),
        url=_text(kept["url"]),
        source=_text(kept["source"]),
        title=_text(kept["title"]),
        width=int(kept["width"]),
        height=int(kept["height"]),
    )


def _hit(kept: Mapping[str, Any]) -> Hit:
    passage = StoredPassage(
        number=0,
        key=_text(kept["passage"]),
        start=int(kept["start"]),
        end=int(kept["end"]),
        heading=tuple(map(_text, kept["heading"])),
        text=_text(kept["quote"]),
        url=_text(kept["url"]),
        title=_text(kept["title"]),
        lang=_text(kept["lang"]),
        kind=_text(kept["kind"]),
        source="",
        fetched_at="",
        document_sha256=_text(kept["document_sha256"]),
        listed=not kept["in_library"],
    )
    places = tuple(_place(place) for place in kept["recommended_by"])
    score = float(kept["score"])
    return Hit(int(kept["rank"]), score, passage, places, kept["dense_rank"], kept["word_rank"])


def _place(kept: Mapping[str, Any]) -> Recommendation:
    section = tuple(map(_text, kept["section"]))
    return Recommendation(_text(kept["list"]), section, kept.get("difficulty"))


def _text(given: Any) -> str:
    if not isinstance(given, str):
        raise TypeError(f"{given!r:.40} is no text")
    return given
