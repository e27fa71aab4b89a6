"""Whether answers are what they were, to the byte: what a change of the code's shape must show.

Run ``python -m tests.benchmarks.unchanged OUT.jsonl SEEDED_HOME DOCS_HOME ARCHIVE_HOME`` before and
after the change, and compare the files. Every request of ``data/eval/desk.jsonl`` is asked of its
home, every question of ``data/eval/archive.jsonl``, ``open.jsonl`` and ``unanswerable.jsonl`` of
the archive's, without a model; a line holds the answer's whole JSON but for its times.
``--most N``: of the questions of each file only the first N.
"""

import json
import sys
from pathlib import Path
from typing import IO

from assistant.answering.values import Answer
from assistant.contract import to_json
from assistant.conversation.rewriting import Exchange
from assistant.desk import Desk
from tests.benchmarks.desk import requests

DATA = Path(__file__).parent.parent.parent / "data" / "eval"
FACTS = ("archive", "open", "unanswerable")


def main() -> None:
    """Write the answers."""
    arguments = sys.argv[1:]
    most = int(arguments[arguments.index("--most") + 1]) if "--most" in arguments else None
    out, *homes = arguments[:4]
    desks = {
        name: Desk(home, llm="extractive")
        for name, home in zip(("seeded", "docs", "archive"), homes, strict=True)
    }
    with Path(out).open("w", encoding="utf-8") as file:
        for row in requests("desk"):
            history = [Exchange(*each) for each in row.get("history", ())]
            write(file, row["id"], desks[row["home"]].ask(row["question"], history))
        for name in FACTS:
            rows = (DATA / f"{name}.jsonl").read_text("utf-8").splitlines()[:most]
            for row in map(json.loads, rows):
                write(file, row["id"], desks["archive"].ask(row["question"]))


def write(file: IO[str], name: str, answer: Answer) -> None:
    """Write an answer's JSON as a line, with the request it belongs to."""
    told = to_json(answer)
    del told["timings"]
    file.write(json.dumps({"id": name, "answer": told}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
