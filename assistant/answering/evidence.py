"""Evidence for a question: the passages found, their sentences scored, and a selection by budget.

Sentences are what is judged and quoted; passages are what is cited.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from assistant.answering import relevance
from assistant.answering.injection import orders
from assistant.answering.mentions import unmentioned_words
from assistant.answering.pieces import Piece, pieces
from assistant.answering.question import ASKING, Question
from index.search.dense import Vectors
from index.search.library import Hit, Library
from index.store.values import Filters

PASSAGES = 8
_CANDIDATES = 12
_NEIGHBOURS = 3
_NAMED = 4
_FEWEST_TERMS = 3
_MOST_ITEMS = 6


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

    ``vectors`` has one row a line, shape (len(lines), dimension); ``idf`` covers all terms met;
    ``asked`` are the question's terms, ``absent`` those of them that stand in no passage of the
    library; ``cosine`` is the similarity of the nearest sentence or passage; ``understood`` says
    that the embedding model knows the question's language, so that cosines count; ``signals`` are
    what `relevance` judged by, shape (queries, lines, 9); ``above`` holds the terms of each
    passage's title and headings.
    """

    question: Question
    hits: tuple[Hit, ...]
    lines: tuple[Line, ...]
    vectors: Vectors
    idf: dict[str, float]
    asked: frozenset[str]
    cosine: float = 0.0
    understood: bool = True
    signals: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 0, 0)))
    above: dict[str, frozenset[str]] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()

    def recall(self, wanted: frozenset[str], found: frozenset[str]) -> float:
        """Return the share of ``wanted`` terms that are ``found``, rare terms weighing more."""
        total = sum(self.idf.get(term, 0.0) for term in wanted)
        return sum(self.idf.get(t, 0.0) for t in wanted & found) / total if total else 0.0


def gather(library: Library, question: Question, filters: Filters, k: int = PASSAGES) -> Evidence:
    """Search for a question, each side of a comparison too, and score the sentences found.

    An answer may run over the cut between two passages: those beside the best are read too.
    """
    hits = _search(library, question, filters, k)
    if missing := unmentioned_words(question.text, hits):
        # what is said of a thing may stand under its name alone, behind pages on what it is like
        named = library.search(" ".join(missing), _NAMED, filters, listed=False)
        there = {hit.passage.key for hit in hits}
        hits += [hit for hit in named if hit.passage.key not in there]
    evidence = lines_of(library, question, [*hits, *library.neighbours(hits[:_NEIGHBOURS])])
    return replace(evidence, hits=tuple(hits), absent=library.absent(evidence.asked))


def lines_of(library: Library, question: Question, hits: Sequence[Hit]) -> Evidence:
    """Return the sentences of these hits, scored for the question."""
    found = [(hit, piece) for hit in hits for piece in _facts(hit.passage.text)]
    texts = [piece.text for _, piece in found]
    terms = [frozenset(library.terms(text)) for text in texts]
    above = _heading_terms(library, hits)
    # of each side every form counts: a page may have the long one alone
    queries = [question.text, *map(library.with_other_forms, question.sides)]
    asking = frozenset(library.terms(ASKING))
    wanted = [frozenset(library.terms(query)) - asking for query in queries]
    idf = library.idf(sorted(wanted[0].union(*wanted, *terms)))
    vectors = _vectors(library, [piece for _, piece in found])
    understood = question.lang == "en" or library.embedder.multilingual
    evidence = Evidence(question, tuple(hits), (), vectors, idf, wanted[0], understood=understood)
    if not found:
        return evidence
    cosines = [vectors @ library.embedder.embed_query(query) for query in queries]
    top = max(hit.score for hit in hits) or 1.0
    signals = np.stack(
        [
            relevance.signals(
                question.text,
                cosines=near,
                words=np.array(
                    [
                        evidence.recall(want, own | above[hit.passage.key])
                        for (hit, _), own in zip(found, terms, strict=True)
                    ]
                ),
                passages=np.array([hit.score / top for hit, _ in found]),
                places=np.array([hit.rank - 1 for hit, _ in found], dtype=np.float64),
                beside=np.array([not (hit.dense_rank or hit.word_rank) for hit, _ in found]),
                texts=texts,
                terms=[len(each) for each in terms],
                leads=[piece.leads for _, piece in found],
            )
            for near, want in zip(cosines, wanted, strict=True)
        ]
    )
    chances = relevance.relevance(signals, understood=understood).max(axis=0)
    lines = [
        Line(hit, piece, terms[row], float(chances[row])) for row, (hit, piece) in enumerate(found)
    ]
    return replace(
        evidence,
        lines=tuple(lines),
        signals=signals,
        above=above,
        cosine=max(float(cosines[0].max()), *(hit.cosine or 0.0 for hit in hits)),
    )


def _vectors(library: Library, parts: Sequence[Piece]) -> Vectors:
    """Return a vector a piece; code, long and never quoted for its meaning, gets zeros."""
    said = [row for row, piece in enumerate(parts) if not piece.code]
    if not said:
        return np.zeros((len(parts), 1), dtype=np.float32)
    known = library.sentence_vectors([parts[row].text for row in said])
    vectors = np.zeros((len(parts), known.shape[1]), dtype=np.float32)
    vectors[said] = known
    return vectors


def _facts(text: str) -> list[Piece]:
    """Return the pieces of a passage but for orders to the model: those are evidence of nothing."""
    parts = pieces(text)
    told = orders([part.text for part in parts])
    return [part for part, order in zip(parts, told, strict=True) if not order]


def _heading_terms(library: Library, hits: Sequence[Hit]) -> dict[str, frozenset[str]]:
    """Return the terms of the title and headings each passage stands under."""
    return {
        hit.passage.key: frozenset(
            library.terms(" ".join((hit.passage.title, *hit.passage.heading)))
        )
        for hit in hits
    }


def select(evidence: Evidence, budget: int, count_tokens: Callable[[str], int]) -> list[Line]:
    """Return the sentences that fit a budget of tokens best, in reading order.

    A comparison shares the budget between its sides. A sentence that refers back brings the one
    before it along.
    """
    chosen: set[int] = set()
    shares = [side for side in evidence.question.sides if side] or [""]
    for side in shares:
        wanted = _side_terms(evidence, side)
        order = sorted(
            range(len(evidence.lines)),
            key=lambda row: (
                -evidence.lines[row].score
                - (0.3 * evidence.recall(wanted, evidence.lines[row].terms) if wanted else 0)
            ),
        )
        left = budget // len(shares)
        best = evidence.lines[order[0]].score if order else 0.0
        for row in order:
            line = evidence.lines[row]
            if line.score < 0.45 * best:
                break
            group = set(together(evidence, row))
            group -= chosen
            cost = sum(count_tokens(evidence.lines[each].text) + 2 for each in group)
            if cost <= left:
                chosen |= group
                left -= cost
    return [evidence.lines[row] for row in sorted(chosen)]


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


def together(evidence: Evidence, row: int) -> list[int]:
    """Return the rows a line is understood with, itself among them.

    A line that refers back brings the one before it, one that introduces a list its items.
    """
    line = evidence.lines[row]
    rows = [row]
    if line.piece.refers_back and row and _same_passage(evidence, row - 1, row):
        rows.insert(0, row - 1)
    if line.piece.leads:
        for after in range(row + 1, min(row + 1 + _MOST_ITEMS, len(evidence.lines))):
            if not (_same_passage(evidence, row, after) and evidence.lines[after].piece.item):
                break
            rows.append(after)
    return rows


def _same_passage(evidence: Evidence, one: int, other: int) -> bool:
    return evidence.lines[one].hit.passage.key == evidence.lines[other].hit.passage.key


def _search(library: Library, question: Question, filters: Filters, k: int) -> list[Hit]:
    """Search by the whole question and by each side; every search gives its best in turn."""
    queries = [question.text, *question.sides]
    found = [library.search(query, k, filters, listed=False) for query in queries]
    limit = k if len(found) == 1 else _CANDIDATES
    hits: dict[str, Hit] = {}
    for rank in range(k):
        for ranked in found:
            if rank < len(ranked) and len(hits) < limit:
                hits.setdefault(ranked[rank].passage.key, ranked[rank])
    return list(hits.values())


def _side_terms(evidence: Evidence, side: str) -> frozenset[str]:
    return frozenset(term for term in evidence.asked if term in side.lower())


def rows_of(evidence: Evidence, chosen: Sequence[Line]) -> list[int]:
    """Return the rows of chosen lines in ``evidence.vectors``."""
    place = {id(line): row for row, line in enumerate(evidence.lines)}
    return [place[id(line)] for line in chosen]
