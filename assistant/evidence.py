"""Evidence for a question: the passages found, their sentences scored, and a selection by budget.

Sentences are what is judged and quoted; passages are what is cited.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assistant.question import ASKING, Question
from index.dense import Vectors
from index.library import Hit, Library
from index.values import Filters
from ingest.text import FENCE, TABLE_ROW, sentences

PASSAGES = 8
_CANDIDATES = 12
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)")
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3}|_{1,3})(?=\S)(.+?)(?<=\S)\1(?![\w*])")
_REFERS_BACK = re.compile(
    r"(?:it|its|this|these|those|they|their|such|that|here|however|thus|therefore|hence|instead|"
    r"then|so|but|also|for example|for instance|in contrast|他|它|这|其|因此|所以|但)\b",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[.!?。！？:：][\"'”’)\]*_`]*$")


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a passage found.

    ``text`` is its plain text, ``terms`` its content terms, ``score`` (0 to 1) how well it fits the
    question; ``whole`` says that it is prose with an end, fit to be shown as it stands.
    """

    hit: Hit
    place: int
    text: str
    terms: frozenset[str]
    score: float
    whole: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found for a question: hits, their sentences in reading order, and vectors.

    ``vectors`` has one row a line, shape (len(lines), dimension); ``idf`` covers all terms met;
    ``asked`` are the question's terms; ``cosine`` is the similarity of the nearest
    sentence or passage; ``understood`` says that the embedding model knows the question's language,
    so that cosines count.
    """

    question: Question
    hits: tuple[Hit, ...]
    lines: tuple[Line, ...]
    vectors: Vectors
    idf: dict[str, float]
    asked: frozenset[str]
    cosine: float = 0.0
    understood: bool = True

    def recall(self, wanted: frozenset[str], found: frozenset[str]) -> float:
        """Return the share of ``wanted`` terms that are ``found``, rare terms weighing more."""
        total = sum(self.idf.get(term, 0.0) for term in wanted)
        return sum(self.idf.get(t, 0.0) for t in wanted & found) / total if total else 0.0


def gather(library: Library, question: Question, filters: Filters, k: int = PASSAGES) -> Evidence:
    """Search for a question, each side of a comparison too, and score the sentences found."""
    return lines_of(library, question, _search(library, question, filters, k))


def lines_of(library: Library, question: Question, hits: Sequence[Hit]) -> Evidence:
    """Return the sentences of these hits, scored for the question."""
    found = [(hit, place, *line) for hit in hits for place, line in enumerate(_lines(hit))]
    texts = [text for _, _, text, _ in found]
    terms = [frozenset(library.terms(text)) for text in texts]
    queries = [question.text, *question.sides]
    asking = frozenset(library.terms(ASKING))
    wanted = [frozenset(library.terms(query)) - asking for query in queries]
    idf = library.idf(sorted(wanted[0].union(*wanted, *terms)))
    vectors = library.embedder.embed(texts) if texts else np.empty((0, 0), dtype=np.float32)
    understood = question.lang == "en" or library.embedder.multilingual
    evidence = Evidence(question, tuple(hits), (), vectors, idf, wanted[0], understood=understood)
    if not found:
        return evidence
    cosines = np.array([vectors @ library.embedder.embed_query(query) for query in queries])
    top = max(hit.score for hit in hits) or 1.0
    lines = []
    for row, (hit, place, text, whole) in enumerate(found):
        fit = max(
            _fit(evidence, float(cosine), want, terms[row])
            for cosine, want in zip(cosines[:, row], wanted, strict=True)
        )
        score = 0.75 * fit + 0.25 * hit.score / top
        lines.append(Line(hit, place, text, terms[row], score, whole))
    return replace(
        evidence,
        lines=tuple(lines),
        cosine=max(float(cosines[0].max()), *(hit.cosine or 0.0 for hit in hits)),
    )


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
            group = {row}
            if line.place and _REFERS_BACK.match(line.text):
                group.add(row - 1)
            group -= chosen
            cost = sum(count_tokens(evidence.lines[each].text) + 2 for each in group)
            if cost <= left:
                chosen |= group
                left -= cost
    return [evidence.lines[row] for row in sorted(chosen)]


def plain(text: str) -> str:
    """Return a Markdown sentence as it reads: links as their labels, no emphasis marks."""
    text = _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", text))
    return " ".join(text.split())


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


def _lines(hit: Hit) -> list[tuple[str, bool]]:
    text = hit.passage.text
    out = []
    for start, end in sentences(text):
        line = plain(text[start:end])
        first = text.rfind("\n", 0, start) + 1
        shown = not TABLE_ROW.match(text, first) and not _in_code(text, start)
        if len(line) > 2:
            out.append((line, shown and bool(_ENDS.search(line)) and len(line) <= 600))
    return out


def _in_code(text: str, at: int) -> bool:
    fences = sum(bool(FENCE.match(line)) for line in text[:at].split("\n"))
    return fences % 2 == 1


def _fit(evidence: Evidence, cosine: float, wanted: frozenset[str], terms: frozenset[str]) -> float:
    words = evidence.recall(wanted, terms)
    return 0.6 * max(cosine, 0.0) + 0.4 * words if evidence.understood else words


def _side_terms(evidence: Evidence, side: str) -> frozenset[str]:
    return frozenset(term for term in evidence.asked if term in side.lower())


def rows_of(evidence: Evidence, chosen: Sequence[Line]) -> list[int]:
    """Return the rows of chosen lines in ``evidence.vectors``."""
    place = {id(line): row for row, line in enumerate(evidence.lines)}
    return [place[id(line)] for line in chosen]
