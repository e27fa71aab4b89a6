"""Refusals in dialogues over texts of other fields: mtrag-un, asked of homes made of its passages.

    python -m tests.benchmarks.multi_turn SHARED HOMES [--half seen|held] [--llm auto]
        [--models FOLDER] [--out FILE.jsonl]

Each of its four collections becomes a home of its own under HOMES: all passages that any of its
tasks is answered from, and nothing else (made at the first run). A task is asked as a person would
ask it, its earlier turns being the history. Printed is, by collection and in sum, how many of the
tasks that people marked as answerable, partly answerable, underspecified and unanswerable are
refused. The half ``held`` is never looked at while answering is built; halves follow from the
dialogue, since its turns speak of the same. OUT gets a line a task; what is there already is not
asked again.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.desk import Desk
from assistant.home import intake
from assistant.home.keeping import HomeWriter
from assistant.home.reports import Fetching
from assistant.input_limits import Exchange
from index.models.embedder import Embedder
from index.store.generation import Home
from tests.benchmarks.open_questions import HALVES, answered, half, keep

MARKS = ("ANSWERABLE", "PARTIAL", "UNDERSPECIFIED", "UNANSWERABLE")


@dataclass(frozen=True, slots=True)
class Task:
    """The last question of a dialogue, what was said before, and whether its texts answer it."""

    id: str
    dialogue: str
    collection: str
    mark: str
    question: str
    history: tuple[Exchange, ...]


def tasks(shared: Path) -> Iterator[Task]:
    """Yield the tasks in the order of their file."""
    for row in _rows(shared):
        said = [each["text"] for each in row["input"]]
        before = tuple(map(Exchange, said[:-1:2], said[1::2]))
        (mark,) = row["answerability"]
        yield Task(
            row["task_id"], row["conversation_id"], row["Collection"], mark, said[-1], before
        )


def home_of(collection: str, shared: Path, homes: Path, models: Path) -> Path:
    """Return the home of a collection; it is made where it is not there yet."""
    home = Home(homes / collection)
    if home.current() is None:
        home.root.mkdir(parents=True, exist_ok=True)
        if not home.models.exists():
            home.models.symlink_to(models.resolve())
        corpus = homes / f"{collection}.jsonl"
        passages = {
            each["document_id"]: {
                "_id": each["document_id"], "title": each.get("title", ""), "text": each["text"],
            }
            for row in _rows(shared) if row["Collection"] == collection
            for each in row["contexts"]
        }  # fmt: skip
        corpus.write_text("\n".join(map(json.dumps, passages.values())), encoding="utf-8")
        keeper = HomeWriter(home, Embedder.open(models), lambda *_: None)
        intake.ingest(keeper, [corpus], seed=False, fetching=Fetching(offline=True))
    return home.root


def _rows(shared: Path) -> list[dict[str, object]]:
    file = shared / "public" / "mtrag-un" / "reference.jsonl"
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def main() -> None:
    """Ask the tasks of a half, and print how many of each mark are refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("homes", type=Path)
    parser.add_argument("--half", choices=HALVES)
    parser.add_argument("--llm", default="extractive")
    parser.add_argument("--models", type=Path, default=Path.home() / ".cache" / "refdesk-tests")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    wanted = [t for t in tasks(given.shared) if given.half in (None, half(t.dialogue))]
    done = answered(given.out) if given.out else {}
    refused: dict[str, bool] = {key: row["refused"] for key, row in done.items()}
    for collection in dict.fromkeys(task.collection for task in wanted):
        home = home_of(collection, given.shared, given.homes, given.models)
        desk = Desk(home, llm=given.llm, note_gaps=False, history=False)
        for task in wanted:
            if task.collection == collection and task.id not in refused:
                answer = desk.ask(task.question, task.history)
                refused[task.id] = answer.refused
                if given.out:
                    keep(given.out, task.id, _told(task, answer.asked, answer.text, answer.refused))
    _report(wanted, refused)


def _told(task: Task, asked: str, text: str, refused: bool) -> dict[str, object]:
    return {"mark": task.mark, "collection": task.collection, "question": task.question,
            "asked": asked, "refused": refused, "answer": text}  # fmt: skip


def _report(asked: list[Task], refused: dict[str, bool]) -> None:
    of = Counter((where, task.mark) for task in asked for where in ("all", task.collection))
    no = Counter(
        (where, task.mark)
        for task in asked for where in ("all", task.collection) if refused[task.id]
    )  # fmt: skip
    for where in dict.fromkeys(where for where, _ in of):
        counts = (f"{mark.lower()} {no[where, mark]}/{of[where, mark]}" for mark in MARKS)
        print(f"{where:10}", ", ".join(counts), flush=True)


if __name__ == "__main__":
    main()
