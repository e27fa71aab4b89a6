"""Judge saved answers: ``python -m tests.benchmarks.judge ANSWERS.jsonl QUESTIONS.jsonl [--json]``.

ANSWERS holds one ``ask --json`` object a line, with the question's id. Nothing of the product is
imported and nothing is looked up: an answer is judged by its own object, a question's reference
and the aliases listed for it in ``aliases.jsonl`` (``--aliases FILE`` for others).

*Correct*: every number (with its unit) and every name of the reference is said, at least 0.6 of
its content words, and no other number for the same quantity. Aliases are written from question,
reference and evidence alone. A reference in one language may have one in the other (``also``);
an answer is correct if it is by either. An answer in a language its reference is not in can only
be held against numbers and names; where the reference has neither, it counts as not correct.

*Sound*: a pair of sentence and citation whose quote holds the sentence whole, or all its numbers
with their units, all its names, 0.6 of its content words, and denies no more and no less than it.
Between languages the words count through the glossary of ``judge_tables.json``.
"""

import argparse
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.judge_rules import Aliases, why_unsound, why_wrong

UNANSWERABLE = "unanswerable"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one question; ``reason`` says why it is not correct, ``unsound`` which pairs
    do not hold (sentence, citation, reason)."""

    id: str
    lang: str
    type: str
    answered: bool
    correct: bool
    reason: str
    sentences: int
    cited: int
    pairs: int
    sound: int
    backed: int
    unsound: tuple[tuple[str, int, str], ...] = ()


def judge(answer: dict[str, Any], question: dict[str, Any], aliases: Aliases) -> Verdict:
    """Judge one ``ask --json`` object."""
    about = (question["id"], question["lang"], question["type"])
    if answer["refused"]:
        reason = "" if question["type"] == UNANSWERABLE else "refused"
        return Verdict(*about, False, False, reason, 0, 0, 0, 0, 0)
    quotes = {cited["n"]: cited["quote"] for cited in answer["citations"]}
    pairs = sound = backed = cited = 0
    unsound = []
    for sentence in answer["sentences"]:
        reasons = [why_unsound(quotes.get(n), sentence["text"]) for n in sentence["citations"]]
        pairs += len(reasons)
        sound += reasons.count("")
        backed += "" in reasons
        cited += bool(reasons)
        unsound += [
            (sentence["text"], n, reason)
            for n, reason in zip(sentence["citations"], reasons, strict=True)
            if reason
        ]
    said = "\n".join(sentence["text"] for sentence in answer["sentences"])
    reason = (
        "answered, though the sources do not answer it"
        if question["type"] == UNANSWERABLE
        else why_wrong(said, question["answer"], question["question"], aliases)
    )
    return Verdict(
        *about, True, not reason, reason, len(answer["sentences"]), cited, pairs, sound, backed,
        tuple(unsound),
    )  # fmt: skip


def rates(verdicts: Iterable[Verdict]) -> dict[str, float | int | None]:
    """Return the figures of these verdicts; None where nothing was measured."""
    every = list(verdicts)
    can = [each for each in every if each.type != UNANSWERABLE]
    cannot = [each for each in every if each.type == UNANSWERABLE]

    def rate(part: int, whole: int) -> float | None:
        return round(part / whole, 4) if whole else None

    shown = sum(each.sentences for each in every)
    return {
        "n": len(every),
        "answered": rate(sum(each.answered for each in can), len(can)),
        "correct": rate(sum(each.correct for each in can), len(can)),
        "cited_sentences": rate(sum(each.cited for each in every), shown),
        "citation_precision": rate(sum(e.sound for e in every), sum(e.pairs for e in every)),
        "citation_recall": rate(sum(each.backed for each in every), shown),
        "refused": sum(not each.answered for each in every),
        "true_refusals": rate(sum(not each.answered for each in cannot), len(cannot)),
        "false_refusals": rate(sum(not each.answered for each in can), len(can)),
    }


def read(path: Path) -> list[dict[str, Any]]:
    """Read a file of one JSON object a line."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def read_aliases(path: Path) -> dict[str, Aliases]:
    """Read aliases: one object a line with ``id``, ``words`` and ``also``."""
    return {row["id"]: Aliases(row.get("words", {}), row.get("also", "")) for row in read(path)}


def report(verdicts: list[Verdict]) -> dict[str, Any]:
    """Return the figures of all verdicts, by language and by type, and the failures."""
    return {
        **rates(verdicts),
        "by_lang": {
            v: rates(e for e in verdicts if e.lang == v) for v in sorted({e.lang for e in verdicts})
        },
        "by_type": {
            v: rates(e for e in verdicts if e.type == v) for v in sorted({e.type for e in verdicts})
        },
        "failures": [asdict(each) for each in verdicts if each.reason or each.unsound],
    }


def main() -> None:
    """Judge the files of the command line."""
    parser = argparse.ArgumentParser(description="Judge saved answers.")
    parser.add_argument("answers", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--aliases", type=Path, default=Path(__file__).with_name("aliases.jsonl"))
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    aliases = read_aliases(given.aliases)
    asked = {row["id"]: row for row in read(given.questions)}
    answers = {row["id"]: row for row in read(given.answers)}
    verdicts = [
        judge(answers[key], row, aliases.get(key, Aliases()))
        for key, row in asked.items()
        if key in answers
    ]
    result = report(verdicts) | {"missing": [key for key in asked if key not in answers]}
    if given.json:
        print(json.dumps(result, ensure_ascii=False, indent=1))
        return
    for name, value in result.items():
        if name not in ("failures", "missing", "by_lang", "by_type"):
            print(f"{name:20} {value}")
    for part in ("by_lang", "by_type"):
        for value, figures in result[part].items():
            print(f"{value:14}", {k: v for k, v in figures.items() if v is not None})
    for each in result["failures"]:
        print(each["id"], each["lang"], each["reason"] or "correct")
        for sentence, n, reason in each["unsound"]:
            print(f"    [{n}] {reason}: {sentence}")
    print(f"without an answer: {len(result['missing'])}")


if __name__ == "__main__":
    main()
