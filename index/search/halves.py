"""One search by vectors and words: the passages in the query's language, and those in others.

Within each side what vectors and words found is fused by what each can know; the sides' scores,
each normalised by its own distribution, are then one list. Without this a question in Chinese would
find the worst Chinese page before the English page that answers: vectors of one language lie
nearer together, and its words match by chance.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from index.models.embedder import Embedder
from index.search.dense import Numbers, Vectors
from index.search.fusion import Ranked, Spread, Trust, best_first, feedback, fuse, normalised
from index.search.fusion import step_back as stepping_back
from index.store.within import EVERYWHERE, Group, Within

_SEEDS = 3
_MOVED = 0.4
_FULL = 100


class PassageVectors(Protocol):
    """The vectors of a library's passages by one model: here in FAISS, or in Milvus."""

    def near(
        self, query: Vectors, limit: int, within: Within, *, among: bool = False
    ) -> list[tuple[int, float]]:
        """Return the ``limit`` nearest passages as (number, cosine), nearest first.

        ``query`` is one unit vector, shape (dimension,); ``among`` says that it lies among those
        of passages.
        """

    def vectors(self, numbers: Sequence[int] | Numbers) -> Vectors:
        """Return the stored vectors of these passages, shape (len(numbers), dimension)."""

    def __len__(self) -> int: ...


class PassageWords(Protocol):
    """The words of a library's passages: here in tantivy, or in Milvus."""

    def matching(
        self, text: str, limit: int, within: Within, *, to_answer: bool = False
    ) -> list[tuple[int, float]]:
        """Return at least the ``limit`` best passages there are as (number, BM25), best first.

        ``to_answer``: they are also found by the questions that they are known to answer.
        """

    def explained(self, text: str, score: float) -> float:
        """Return which share of a query the passage of a score explains."""


@dataclass(frozen=True, slots=True)
class Side:
    """Passages searched by one model.

    They are ``only`` those of a group, or all ``without`` a group; ``abroad`` says that they are
    in other languages than the query, ``understood`` that the model knows the query's.
    """

    embedder: Embedder
    vectors: PassageVectors
    only: Group | None = None
    without: Group | None = None
    abroad: bool = False
    understood: bool = True

    def __contains__(self, number: int) -> bool:
        if self.only is not None:
            return number in self.only.numbers
        return self.without is None or number not in self.without.numbers


_NAME_IN_CODE = re.compile(r"[A-Za-z0-9]++(?:_++[A-Za-z0-9]++)++(?:\(\))?")


@dataclass(frozen=True, slots=True)
class Searched:
    """What is searched for: the text for words and for vectors, how deep, and where not.

    ``within`` is where, in any language; ``to_answer`` says that what is found is to answer a
    question, not to be looked through.
    """

    text: str
    meant: str
    depth: int
    within: Within
    to_answer: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: fused scores, ranks by either half, and cosines by one model."""

    fused: dict[int, float]
    dense_ranks: dict[int, int]
    word_ranks: dict[int, int]
    cosines: dict[int, float]


@dataclass(slots=True)
class _Half:
    """A side while it is searched: its query vector, its words, what they explain."""

    side: Side
    query: Vectors
    words: Ranked
    explained: float
    trust: Trust
    first: list[tuple[int, float]] = field(default_factory=list)


def search(
    searched: Searched, sides: Sequence[Side], words: PassageWords, embedder: Embedder
) -> Found:
    """Search by words and by meaning, and a second time by meaning towards what was found first.

    The cosines that are told are those of ``embedder``, if any side is searched by it.
    """
    all_words = words.matching(
        searched.text,
        searched.depth * len(sides),
        searched.within,
        to_answer=searched.to_answer,
    )
    explained = words.explained(searched.text, 1.0)
    halves = []
    queries: dict[int, Vectors] = {}
    for side in sides:
        if side.only is not None and not side.only.numbers:
            continue
        key = id(side.embedder)
        if key not in queries:
            queries[key] = side.embedder.embed_query(searched.meant)
        own = [pair for pair in all_words if pair[0] in side][: searched.depth]
        share = explained * own[0][1] if own else 0.0
        # of one character, and of a name in code, a vector knows next to nothing
        asked = searched.text.strip()
        known = side.understood and len(asked) > 1 and not _NAME_IN_CODE.fullmatch(asked)
        trust = Trust.of(share, understood=known)
        halves.append(_Half(side, queries[key], own, share, trust))
    at_home = max((half.explained for half in halves if not half.side.abroad), default=0.0)
    spread = Spread.of(all_words[: searched.depth])

    def fused(vector_of: Callable[[_Half], Vectors], *, again: bool) -> dict[int, float]:
        scores: dict[int, float] = {}
        pooled: dict[int, Spread] = {}
        for half in halves:
            near = _near(searched, half.side, vector_of(half), again=again)
            if not again:
                half.first = near
            whole = None
            if len(near) < _FULL and len(halves) > 1:
                key = id(half.side.vectors)
                if key not in pooled:
                    everywhere = half.side.vectors.near(vector_of(half), searched.depth, EVERYWHERE)
                    pooled[key] = Spread.of(everywhere)
                whole = pooled[key]
            scores |= _fused(half, near, whole, spread, at_home)
        return scores

    scores = fused(lambda half: half.query, again=False)
    if scores:
        seeds = [number for number, _ in best_first(scores)[:_SEEDS]]
        scores = fused(lambda half: _moved(half, seeds), again=True)
    return _told(scores, halves, all_words, embedder)


def _near(
    searched: Searched, side: Side, vector: Vectors, *, again: bool
) -> list[tuple[int, float]]:
    """Search one side by meaning."""
    within = replace(searched.within, only=side.only, without=side.without)
    return side.vectors.near(vector, searched.depth, within, among=again)


def _fused(
    half: _Half, near: Ranked, whole: Spread | None, words: Spread, at_home: float
) -> dict[int, float]:
    """Fuse what the two halves of a side found; a side of few passages leans on the whole."""
    trust, own = half.trust, Spread.of(near)
    by_meaning = normalised(near, own if whole is None else own.within(whole))
    if half.words and whole is not None:
        by_words = normalised(half.words, Spread.of(half.words).within(words))
    else:
        by_words = normalised(half.words)
    scores = fuse((by_meaning, trust.vectors), (by_words, trust.words))
    back = stepping_back(at_home) if half.side.abroad else 0.0
    return {number: score - back for number, score in scores.items()}


def _moved(half: _Half, seeds: Sequence[int]) -> Vectors:
    return feedback(half.query, half.side.vectors.vectors(seeds), _MOVED * half.trust.together)


def _told(
    scores: dict[int, float], halves: Sequence[_Half], words: Ranked, embedder: Embedder
) -> Found:
    dense_ranks, cosines = {}, {}
    for half in halves:
        for rank, (number, cosine) in enumerate(half.first, 1):
            dense_ranks[number] = rank
            if half.side.embedder is embedder:
                cosines[number] = cosine
    word_ranks = {number: rank for rank, (number, _) in enumerate(words, 1)}
    return Found(scores, dense_ranks, word_ranks, cosines)
