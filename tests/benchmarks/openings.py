"""Measure how many answers begin with a document that is about the question.

    python -m tests.benchmarks.openings HOME... [--also QUESTIONS.jsonl] [--wrong]

Asks the sources alone. The questions are those of `tests.benchmarks.fit_lead`, which the leading
document is fitted on, and those of ``data/eval/short.jsonl``, which it is not: terms, and short
questions in careless words, written and looked through while answers were mended. With --wrong the
answers that begin with another document are named.
"""

import argparse
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from assistant.desk import Desk
from tests.benchmarks.fit_lead import EVAL, questions, questions_of

Asked = tuple[str, str, set[str]]
"""A question, its language, and the addresses of the documents that are about it."""


def main() -> None:
    """Read the arguments, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path, nargs="+")
    parser.add_argument("--also", type=Path)
    parser.add_argument("--wrong", action="store_true")
    given = parser.parse_args()
    files = {
        "fitted on": list(questions(given.also)),
        "short": list(questions_of(EVAL / "short.jsonl")),
    }
    for home in given.home:
        with closing(Desk(home, llm="extractive", note_gaps=False)) as desk:
            for name, asked in files.items():
                _report(desk, f"{home.name}, {name}", asked, wrong=given.wrong)


def _report(desk: Desk, name: str, asked: Iterable[Asked], *, wrong: bool) -> None:
    right = answered = refused = 0
    for question, _, gold in asked:
        answer = desk.ask(question)
        if answer.refused or not answer.citations:
            refused += 1
            continue
        answered += 1
        first = answer.citations[0].url
        found = bool((desk.library.store.addresses(first) | {first}) & gold)
        right += found
        if wrong and not found:
            print(f"  {question}: {first}")
    print(f"{name}: {right} of {answered} begin with a right document, {refused} refused")


if __name__ == "__main__":
    main()
