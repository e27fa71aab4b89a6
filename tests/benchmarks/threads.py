"""Follow-ups on trial: rules that rewrite a question, against words carried on from the last one.

Run ``python -m tests.benchmarks.threads HOME`` with a fresh home (the primer is enough). Dialogues:
``tests/assistant/threads.jsonl``, written before either was tried on them; each has the question as
a careful person would have put it. Counted is how often a way finds, among its first three
documents, the first one that the careful question finds, and how often its words hold what they
should and nothing they should not.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assistant.answering.question import ASKING
from assistant.conversation.rewriting import Exchange, stand_alone
from assistant.desk import Desk
from index.search.library import Library

THREADS = Path(__file__).parent.parent / "assistant" / "threads.jsonl"
_RARE = 1.5  # idf
_OWN = 2  # rare terms from which a question says itself what it is about


def carried(library: Library, question: str, history: list[Exchange]) -> str:
    """Return the question with the last question's words behind it, if it has few of its own.

    Words that only ask are not carried, nor those that the library uses everywhere.
    """
    asking = set(library.terms(ASKING))
    own = set(library.terms(question)) - asking
    rare = {term for term, idf in library.idf(sorted(own)).items() if idf >= _RARE}
    if len(rare) >= _OWN:
        return question
    last = history[-1].question
    if len(history) > 1:
        last = carried(library, last, history[:-1])
    words = [word.strip("?？.,，。!！") for word in last.split()]
    terms = library.idf(sorted({term for word in words for term in library.terms(word)}))
    kept = [
        word
        for word in words
        if any(
            terms.get(t, 0) >= _RARE and t not in own and t not in asking
            for t in library.terms(word)
        )
    ]
    return f"{question} ({' '.join(kept)})" if kept else question


def documents(library: Library, query: str, most: int) -> list[str]:
    """Return the addresses of the best documents for a query, best first."""
    hits = library.search(query, 20, listed=False)
    return list(dict.fromkeys(hit.passage.url for hit in hits))[:most]


def holds(row: dict[str, Any], text: str) -> bool:
    """Say whether a rewriting has the terms it should and none it should not."""
    said = text.casefold()
    wanted = all(any(part in said for part in t.casefold().split("|")) for t in row["terms"])
    return wanted and not any(term.casefold() in said for term in row["not"])


def main() -> None:
    """Print both figures a way and language, and what each way got wrong."""
    library = Desk(sys.argv[1], llm="extractive").library
    rows = [json.loads(line) for line in THREADS.read_text("utf-8").splitlines()]
    ways: dict[str, Callable[[dict[str, Any]], str]] = {
        "as it stands": lambda row: str(row["question"]),
        "rules": lambda row: stand_alone(row["question"], _history(row)),
        "carried words": lambda row: carried(library, row["question"], _history(row)),
        "as a careful person puts it": lambda row: str(row["want"]),
    }
    for name, way in ways.items():
        right: Counter[str] = Counter()
        asked = [row for row in rows if row["kind"] == "ask"]
        for row in asked:
            text = way(row)
            best = documents(library, row["want"], 1)
            found = bool(best) and best[0] in documents(library, text, 3)
            right[f"{row['lang']} found"] += found
            right[f"{row['lang']} words"] += holds(row, text)
            if "-v" in sys.argv and not (found and holds(row, text)):
                print(f"    {name}: {row['question']} -> {text} (found: {found})")
        count = Counter(row["lang"] for row in asked)
        print(name, {key: f"{right[key]} of {count[key[:2]]}" for key in sorted(right)})


def _history(row: dict[str, Any]) -> list[Exchange]:
    return [Exchange(*each) for each in row["history"]]


if __name__ == "__main__":
    main()
