"""Follow-ups: what a search finds for a question as it stands and as it was put to stand alone.

Run ``python -m tests.benchmarks.threads HOME`` with a fresh home (the primer is enough). Dialogues:
``tests/assistant/threads.jsonl``, and ``first_contact.jsonl``, written before the present way was
made; each has the question as a careful person would have put it. Counted is how often a way
finds, among its first three documents, the first one that the careful question finds, and how often
its words hold what they should and nothing they should not.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assistant.conversation.rewriting import Exchange, stand_alone
from assistant.desk import Desk
from index.search.library import Library

_FOLDER = Path(__file__).parent.parent / "assistant"
THREADS = (_FOLDER / "threads.jsonl", _FOLDER / "first_contact.jsonl")


def documents(library: Library, query: str, most: int) -> list[str]:
    """Return the addresses of the best documents for a query, best first."""
    hits = library.search(query, 20, to_answer=True)
    return list(dict.fromkeys(hit.passage.url for hit in hits))[:most]


def holds(row: dict[str, Any], text: str) -> bool:
    """Say whether a rewriting has the terms it should and none it should not."""
    said = text.casefold()
    wanted = all(any(part in said for part in t.casefold().split("|")) for t in row["terms"])
    return wanted and not any(term.casefold() in said for term in row["not"])


def main() -> None:
    """Print both figures a way and language, and what each way got wrong."""
    library = Desk(sys.argv[1], llm="extractive").library
    lines = [line for path in THREADS for line in path.read_text("utf-8").splitlines()]
    rows = [json.loads(line) for line in lines]
    ways: dict[str, Callable[[dict[str, Any]], str]] = {
        "as it stands": lambda row: str(row["question"]),
        "put to stand alone": lambda row: stand_alone(row["question"], _history(row)),
        "as a careful person puts it": lambda row: str(row["want"]),
    }
    for name, way in ways.items():
        right: Counter[str] = Counter()
        asked = [row for row in rows if row["kind"] == "ask"]
        for row in asked:
            text = way(row)
            best = documents(library, row["want"], 1)
            found = bool(best) and best[0] in documents(library, text, 3)
            right[f"{row['lang']} {row['set']}, found"] += found
            right[f"{row['lang']} {row['set']}, words"] += holds(row, text)
            if "-v" in sys.argv and not (found and holds(row, text)):
                print(f"    {name}: {row['question']} -> {text} (found: {found})")
        count = Counter(f"{row['lang']} {row['set']}" for row in asked)
        print(
            name, {key: f"{right[key]} of {count[key.rpartition(',')[0]]}" for key in sorted(right)}
        )


def _history(row: dict[str, Any]) -> list[Exchange]:
    return [Exchange(*each) for each in row["history"]]


if __name__ == "__main__":
    main()
