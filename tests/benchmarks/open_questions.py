"""The open questions, their two halves, and the runner that has them answered.

    python -m tests.benchmarks.open_questions HOME --half seen --out ANSWERS.jsonl
                                              [--llm extractive|auto|...] [--limit N]

``data/eval/open.jsonl`` holds questions as learners ask them, each with three to six vital points
that a good answer says, and for each point the passage that says it. The half ``held`` is not
looked at while answering is built: its totals may be known, its questions and answers may not.
The halves follow from the id alone; ids were given in an order drawn by hash, once.

OUT gets one ``ask --json`` object a line, with the question's id. What is there already is not
asked again, so a run that was broken off goes on where it stopped.
"""

import argparse
import hashlib
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OPEN = Path(__file__).resolve().parents[2] / "data" / "eval" / "open.jsonl"
HALVES = ("seen", "held")


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that a good answer says.

    ``says_zh`` is its Chinese wording, for Chinese questions. ``keywords`` are groups of stems: who
    says the point says at least one of each group. ``quotes`` stand word for word in ``source``,
    the address of an archived page or of a primer note; of a page it is a short locating phrase.
    """

    says: str
    says_zh: str
    keywords: tuple[tuple[str, ...], ...]
    source: str
    quotes: tuple[str, ...]

    @property
    def archived(self) -> bool:
        """Whether the source is an archived page, not a note of the primer."""
        return not self.source.startswith("refdesk:")


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """An open question; ``kind`` is what sort of answer it wants."""

    id: str
    question: str
    lang: str
    kind: str
    points: tuple[Point, ...]


def half(key: str) -> str:
    """Return the half a question belongs to, ``seen`` or ``held``, by the SHA-256 of its id."""
    return HALVES[int(hashlib.sha256(key.encode()).hexdigest(), 16) % 2]


def read(path: Path = OPEN) -> list[OpenQuestion]:
    """Read a file of open questions."""
    rows = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]
    return [
        OpenQuestion(
            row["id"], row["question"], row["lang"], row["kind"],
            tuple(_point(each) for each in row["points"]),
        )
        for row in rows
    ]  # fmt: skip


def of_half(questions: list[OpenQuestion], wanted: str | None) -> list[OpenQuestion]:
    """Return the questions of one half, or all of them."""
    return [each for each in questions if wanted in (None, half(each.id))]


def answered(path: Path) -> dict[str, dict[str, Any]]:
    """Read kept answers by the id of their question; none where there is no such file."""
    if not path.exists():
        return {}
    rows = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]
    return {row["id"]: row for row in rows}


def keep(path: Path, key: str, answer: dict[str, Any]) -> None:
    """Put one answer behind those kept in a file."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"id": key} | answer, ensure_ascii=False) + "\n")


def _point(row: dict[str, Any]) -> Point:
    passage = row["passage"]
    return Point(
        row["says"],
        row.get("says_zh", ""),
        tuple(tuple(group) for group in row.get("keywords", ())),
        passage.get("url") or passage["source"],
        (passage["quote"], *passage.get("also", ())),
    )


def main() -> None:
    """Have the questions of the command line answered by one desk."""
    from assistant.contract import to_json  # needed here alone
    from assistant.desk import Desk

    parser = argparse.ArgumentParser(description="Have the open questions answered.")
    parser.add_argument("home", type=Path)
    parser.add_argument("--half", choices=HALVES, help="one half only; by default both")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--llm", default="extractive")
    parser.add_argument("--limit", type=int, help="ask no more than this many questions")
    given = parser.parse_args()
    wanted = of_half(read(), given.half)
    done = answered(given.out)
    left = [each for each in wanted if each.id not in done][: given.limit]
    desk = Desk(given.home, llm=given.llm, note_gaps=False)
    try:
        for number, each in enumerate(left, 1):
            begun = time.perf_counter()
            answer = desk.ask(each.question)
            keep(given.out, each.id, to_json(answer))
            state = "refused" if answer.refused else f"{len(answer.sentences)} sentences"
            seconds = time.perf_counter() - begun
            print(f"{number} of {len(left)}: {each.id}, {state}, {seconds:.1f} s", flush=True)
    finally:
        desk.close()


if __name__ == "__main__":
    main()
