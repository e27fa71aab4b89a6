"""``refdesk eval``: retrieval by document, answers by sentence, over a file of questions."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from assistant.json_form import answer_object
from assistant.judging import Judgement, judge
from assistant.values import Answer
from index import metrics
from index.library import Library
from ingest.errors import UsageError
from ingest.urls import canonical

_UNANSWERABLE = "unanswerable"
_PASSAGES = 100
_FIELDS = ("id", "question", "lang", "gold_urls", "answer", "type")


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of a question file."""

    id: str
    question: str
    lang: str
    type: str
    gold: frozenset[str]
    answer: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The ``eval --json`` object, and the answers that were given."""

    report: dict[str, Any]
    answers: tuple[dict[str, Any], ...]


def read_questions(path: Path) -> list[Asked]:
    """Read a question file, one JSON object a line.

    Raises:
        UsageError: the file cannot be read, or a line is not a question.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The question file {path} cannot be read: {error}.") from error
    asked = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            gold = frozenset(canonical(url) for url in row["gold_urls"])
            asked.append(
                Asked(row["id"], row["question"], row["lang"], row["type"], gold, row["answer"])
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
    asked: Sequence[Asked],
    answer: Callable[[str], Answer] | None,
    progress: Callable[[str, int, int], None],
) -> Evaluation:
    """Ask every question and score what comes back; without ``answer`` only retrieval is scored."""
    answerable = [each for each in asked if each.type != _UNANSWERABLE]
    ranks: dict[str, int | None] = {}
    seconds = []
    for done, each in enumerate(answerable, 1):
        begun = perf_counter()
        ranks[each.id] = _first_match(library, each)
        seconds.append(perf_counter() - begun)
        progress("searching", done, len(answerable))
    scores = metrics.scores(ranks)
    answers: list[dict[str, Any]] = []
    judged: dict[str, Judgement] = {}
    if answer is not None:
        for done, each in enumerate(asked, 1):
            given = {"id": each.id, **answer_object(answer(each.question))}
            answers.append(given)
            judged[each.id] = judge(given, each.answer)
            progress("answering", done, len(asked))

    def part(some: Sequence[Asked]) -> dict[str, Any]:
        searched = [each.id for each in some if each.type != _UNANSWERABLE]
        return {
            "retrieval": metrics.mean(scores, searched),
            "answers": _rates([each for each in some if each.id in judged], judged),
        }

    report = {
        "n": len(asked),
        **part(asked),
        "by_lang": {v: part([e for e in asked if e.lang == v]) for v in _values(asked, "lang")},
        "by_type": {v: part([e for e in asked if e.type == v]) for v in _values(asked, "type")},
        "missed": [each.id for each in answerable if scores[each.id]["recall@5"] == 0],
        "timings": {
            "search_p50_s": round(median(seconds), 4) if seconds else None,
            **{
                f"{name}_p50": median(values)
                for name in ("extractive_s", "first_token_s", "first_sentence_s", "total_s")
                if (
                    values := [
                        a["timings"][name] for a in answers if a["timings"][name] is not None
                    ]
                )
            },
        },
    }
    return Evaluation(report, tuple(answers))


def _first_match(library: Library, asked: Asked) -> int | None:
    """Return the rank of the first gold document, hits reduced to the best passage a document."""
    urls = dict.fromkeys(hit.passage.url for hit in library.search(asked.question, _PASSAGES))
    for rank, url in enumerate(urls, 1):
        if library.store.addresses(url) & asked.gold:
            return rank
    return None


def _rates(asked: Sequence[Asked], judged: dict[str, Judgement]) -> dict[str, float | int | None]:
    def rate(part: int, whole: int) -> float | None:
        return part / whole if whole else None

    can = [judged[each.id] for each in asked if each.type != _UNANSWERABLE]
    cannot = [judged[each.id] for each in asked if each.type == _UNANSWERABLE]
    shown = can + cannot
    sentences = sum(each.sentences for each in shown)
    return {
        "n": len(asked),
        "answered": rate(sum(each.answered for each in can), len(can)),
        "correct": rate(sum(each.correct for each in can), len(can)),
        "cited_sentences": rate(sum(each.cited for each in shown), sentences),
        "citation_precision": rate(
            sum(each.sound for each in shown), sum(each.pairs for each in shown)
        ),
        "citation_recall": rate(sum(each.backed for each in shown), sentences),
        "true_refusals": rate(sum(not each.answered for each in cannot), len(cannot)),
        "false_refusals": rate(sum(not each.answered for each in can), len(can)),
    }


def _values(asked: Sequence[Asked], name: str) -> list[str]:
    return sorted({str(getattr(each, name)) for each in asked})
