"""``refdesk eval``: retrieval by document, answers by sentence, over a file of questions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from assistant.answering.values import Answer
from assistant.contract import to_json
from assistant.evaluation.bootstrap import interval
from assistant.evaluation.judging import Judgement, judge
from index import metrics
from index.search.library import Hit, Library
from ingest.disk import bytes_of, json_of
from ingest.errors import UsageError
from ingest.links.urls import canonical

UNANSWERABLE = "unanswerable"
_PASSAGES = 100
_KEPT = 20  # documents a question in a run file
_MOST = 500_000_000  # bytes of a question file
_FIELDS = ("id", "question", "lang", "gold_urls", "answer", "type")


@dataclass(frozen=True, slots=True)
class EvalQuestion:
    """One line of a question file."""

    id: str
    question: str
    lang: str
    type: str
    gold: frozenset[str]
    answer: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The ``eval --json`` object, and what it was worked out from.

    ``answers`` are those given; ``questions`` has a row per question, as a run file keeps it;
    ``ranked`` the documents found for each question with their scores, best first.
    """

    report: dict[str, Any]
    answers: tuple[dict[str, Any], ...]
    questions: tuple[dict[str, Any], ...]
    ranked: dict[str, list[tuple[str, float]]]


def read_questions(path: Path) -> list[EvalQuestion]:
    """Read a question file, one JSON object a line.

    Raises:
        UsageError: the file cannot be read, or a line is not a question.
    """
    try:
        lines = bytes_of(path, _MOST).decode("utf-8").split("\n")
    except (OSError, ValueError) as error:
        raise UsageError(f"The question file {path} cannot be read: {error}.") from error
    asked = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json_of(line)
            gold = frozenset(canonical(url) for url in row["gold_urls"])
            asked.append(
                EvalQuestion(
                    row["id"], row["question"], row["lang"], row["type"], gold, row["answer"]
                )
            )
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f"{path}, line {number} is not a question ({error}): it needs {', '.join(_FIELDS)}."
            ) from error
    if not asked:
        raise UsageError(f"The question file {path} holds no question.")
    return asked


def evaluate(
    library: Library,
    asked: Sequence[EvalQuestion],
    answer: Callable[[str], Answer] | None,
    progress: Callable[[str, int, int], None],
) -> Evaluation:
    """Ask every question and score what comes back; without ``answer`` only retrieval is scored."""
    answerable = [question for question in asked if question.type != UNANSWERABLE]
    ranked: dict[str, list[tuple[str, float]]] = {}
    seconds = []
    for done, question in enumerate(answerable, 1):
        begun = perf_counter()
        ranked[question.id] = by_document(library.search(question.question, _PASSAGES))
        seconds.append(perf_counter() - begun)
        progress("searching", done, len(answerable))
    ranks = {each.id: _first_match(library, ranked[each.id], each.gold) for each in answerable}
    scores = metrics.scores(ranks)
    answers: list[dict[str, Any]] = []
    judged: dict[str, Judgement] = {}
    if answer is not None:
        for done, question in enumerate(asked, 1):
            given = {"id": question.id, **to_json(answer(question.question))}
            answers.append(given)
            judged[question.id] = judge(given, question.answer)
            progress("answering", done, len(asked))

    def part(some: Sequence[EvalQuestion]) -> dict[str, Any]:
        searched = [question.id for question in some if question.type != UNANSWERABLE]
        return {
            "retrieval": metrics.mean(scores, searched),
            "confidence": confidence(scores, searched),
            "answers": rates([question for question in some if question.id in judged], judged),
        }

    def of(question: EvalQuestion) -> dict[str, Any]:
        about = {name: getattr(question, name) for name in ("id", "question", "lang", "type")}
        if question.id in ranks:
            rank = ranks[question.id]
            about |= row(
                ranked[question.id], [] if rank is None else [rank], 1, scores[question.id]
            )
        return about | (asdict(judged[question.id]) if question.id in judged else {})

    report = {
        "n": len(asked),
        **part(asked),
        "by_lang": {v: part([e for e in asked if e.lang == v]) for v in _values(asked, "lang")},
        "by_type": {v: part([e for e in asked if e.type == v]) for v in _values(asked, "type")},
        "missed": [question.id for question in answerable if scores[question.id]["recall@5"] == 0],
        "timings": _timings(seconds, answers),
    }
    return Evaluation(report, tuple(answers), tuple(map(of, asked)), ranked)


def _timings(
    searches: Sequence[float], answers: Sequence[Mapping[str, Any]]
) -> dict[str, float | None]:
    """Return the medians of the seconds that searches and the steps of answers took."""
    timings = {"search_p50_s": round(median(searches), 4) if searches else None}
    for name in ("extractive_s", "first_token_s", "first_sentence_s", "total_s"):
        taken = [a["timings"][name] for a in answers if a["timings"][name] is not None]
        if taken:
            timings[f"{name}_p50"] = median(taken)
    return timings


def by_document(hits: Sequence[Hit]) -> list[tuple[str, float]]:
    """Reduce hits to the best passage a document: addresses and scores, best first."""
    best: dict[str, float] = {}
    for hit in hits:
        best.setdefault(hit.passage.url, hit.score)
    return list(best.items())


def row(
    ranked: Sequence[tuple[str, float]],
    ranks: Sequence[int],
    relevant: int,
    scores: Mapping[str, float],
) -> dict[str, Any]:
    """Return what a run file keeps of one search.

    ``ranks`` are those of the relevant documents that were found, of ``relevant`` in all.
    """
    return {
        "relevant": relevant,
        "ranks": list(ranks),
        "reciprocal_rank": 1 / ranks[0] if ranks else 0.0,
        **scores,
        "documents": [document for document, _ in ranked[:_KEPT]],
    }


def confidence(
    scores: Mapping[str, Mapping[str, float]],
    questions: Sequence[str],
    measures: Mapping[str, Any] = metrics.MEASURES,
) -> dict[str, list[float] | None]:
    """Return the 95 % interval of the mean of every measure over these questions."""
    return {name: interval([scores[question][name] for question in questions]) for name in measures}


def _first_match(
    library: Library, ranked: Sequence[tuple[str, float]], gold: frozenset[str]
) -> int | None:
    """Return the rank of the first gold document."""
    for rank, (url, _) in enumerate(ranked, 1):
        if library.store.addresses(url) & gold:
            return rank
    return None


def rates(
    asked: Sequence[EvalQuestion], judged: dict[str, Judgement]
) -> dict[str, float | int | None]:
    """Return the ``answers`` figures of these questions, None where nothing was measured."""

    def rate(part: int, whole: int) -> float | None:
        return part / whole if whole else None

    can = [judged[question.id] for question in asked if question.type != UNANSWERABLE]
    cannot = [judged[question.id] for question in asked if question.type == UNANSWERABLE]
    shown = can + cannot
    sentences = sum(judgement.sentences for judgement in shown)
    return {
        "n": len(asked),
        "answered": rate(sum(judgement.answered for judgement in can), len(can)),
        "correct": rate(sum(judgement.correct for judgement in can), len(can)),
        "cited_sentences": rate(sum(judgement.cited for judgement in shown), sentences),
        "citation_precision": rate(
            sum(judgement.sound for judgement in shown), sum(judgement.pairs for judgement in shown)
        ),
        "citation_recall": rate(sum(judgement.backed for judgement in shown), sentences),
        "true_refusals": rate(sum(not judgement.answered for judgement in cannot), len(cannot)),
        "false_refusals": rate(sum(not judgement.answered for judgement in can), len(can)),
    }


def _values(asked: Sequence[EvalQuestion], name: str) -> list[str]:
    return sorted({str(getattr(question, name)) for question in asked})
