"""What the default model writes before the check sees it, and what the check says of it.

    python -m tests.benchmarks.drafts write HOME OUT [--most N] [--questions FILE]
    python -m tests.benchmarks.drafts agree FILE...

``write`` asks the questions of ``data/eval/primer.jsonl`` and ``archive.jsonl``, or others; the
model that ``--llm auto`` would take writes a whole reply from the plan of each, and each sentence
goes to OUT as it was drafted: with what the product would do with it (shown, quoted, dropped), its
support, the reason, and the source lines it was laid beside. A reader adds ``right`` to each line:
whether the sources say it. ``agree`` counts what the product does beside what the reader says, both
ways (`tests.benchmarks.reliability` how often a support value is right).
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from assistant.answering.checking import Support, attribute
from assistant.answering.evidence import PASSAGES, Evidence, gather
from assistant.answering.question import understand
from assistant.answering.selection import plan, sections
from assistant.answering.writing import whole_prompt
from assistant.answering.writing.prompt import is_refusal
from assistant.home.opened import Resources
from index.search.library import Library
from index.store.generation import Home
from index.store.values import Filters
from ingest.text.sentences import sentences

EVAL = Path(__file__).resolve().parents[2] / "data" / "eval"
_WRITTEN = 150  # tokens a reply
_WORDS = 260  # of sources that the model reads


def main() -> None:
    """Read the arguments and do what is asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    tasks = parser.add_subparsers(dest="task", required=True)
    writes = tasks.add_parser("write")
    writes.add_argument("home", type=Path)
    writes.add_argument("out", type=Path)
    writes.add_argument("--most", type=int, default=110, help="sentences, at least")
    writes.add_argument("--questions", type=Path, help="other questions, one a line as JSON")
    agrees = tasks.add_parser("agree")
    agrees.add_argument("files", type=Path, nargs="+")
    given = parser.parse_args()
    if given.task == "write":
        asked = _asked_in(given.questions) if given.questions else _questions()
        write(given.home, given.out, asked, given.most)
    else:
        agree([row for file in given.files for row in read(file)])


def write(home: Path, out: Path, questions: Iterable[str], most: int) -> None:
    """Let the model write from the plan of each question, until there are so many sentences."""
    resources = Resources(Home(home), "auto", None, lambda *_: None, print)
    model = resources.engine()
    if model is None:
        raise SystemExit("No model writes here.")
    done = 0
    with out.open("a", encoding="utf-8") as file:
        for question in questions:
            asked = understand(question)
            library = resources.library(question)
            evidence = gather(library, asked, Filters(), PASSAGES)
            planned = plan(evidence, sections(library, evidence), _WORDS)
            if not planned.groups:
                continue
            said = "".join(model.stream(whole_prompt(asked, planned), max_tokens=_WRITTEN))
            for sentence in _whole(said):
                file.write(json.dumps(_judged(library, evidence, question, sentence),
                                      ensure_ascii=False) + "\n")  # fmt: skip
                done += 1
            file.flush()
            if done >= most:
                return


def agree(rows: list[dict[str, Any]]) -> None:
    """Print how many sentences the reader and the check find right, alone and together."""
    known = [row for row in rows if "right" in row]
    count = Counter((row["is"], row["right"]) for row in known)
    holds = Counter((row["status"] != "dropped", row["right"]) for row in known)
    print(f"{len(known)} sentences read, {sum(row['right'] for row in known)} right")
    for what in ("shown", "quoted", "dropped"):
        print(f"  {what:8} right {count[what, True]:3}  wrong {count[what, False]:3}")
    for passes, title in ((True, "holds as it reads"), (False, "does not hold")):
        print(f"  {title:18} right {holds[passes, True]:3}  wrong {holds[passes, False]:3}")


def _questions() -> Iterator[str]:
    """Yield the questions of two files in turn, those that can be answered."""
    files = [read(EVAL / name) for name in ("primer.jsonl", "archive.jsonl")]
    for rows in zip(*files, strict=False):
        yield from (row["question"] for row in rows if row.get("gold_urls"))


def _asked_in(file: Path) -> Iterator[str]:
    """Yield the English questions of a file that can be answered."""
    for row in read(file):
        if row.get("answerable", row.get("type") != "unanswerable") and row["lang"] == "en":
            yield row["question"]


def read(file: Path) -> list[dict[str, Any]]:
    """Return the objects of a file, one a line."""
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def _whole(said: str) -> list[str]:
    """Return the sentences of a reply; one that was cut short is none."""
    found = [said[start:end].strip() for start, end in sentences(said)]
    return [each for each in found if each[-1:] in ".!。！" and not is_refusal(each)]


def _judged(library: Library, evidence: Evidence, question: str, sentence: str) -> dict[str, Any]:
    became = attribute(library, evidence, sentence)
    verdict = Support(library).check(sentence, evidence)
    what = "dropped" if became.line is None else "quoted" if became.verbatim else "shown"
    beside = [f"{line.hit.passage.title}: {line.text}" for line in verdict.sources]
    return {"question": question, "said": sentence, "is": what, "status": verdict.status,
            "support": round(verdict.score, 3), "reason": verdict.reason,
            "text": became.text, "sources": beside}  # fmt: skip


if __name__ == "__main__":
    main()
