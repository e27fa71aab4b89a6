"""Requests about the collection: which are understood, and whether the answer holds what it must.

Run ``python -m tests.benchmarks.desk SEEDED_HOME DOCS_HOME [ARCHIVE_HOME]``: a fresh home, one with
``tests/assistant/desk_docs`` alone (``--no-primer``), and, where there is one, a home with the
archived pages of the founding lists, which is asked what was put carelessly (ids ``t``, ``u``).
Requests: ``data/eval/desk.jsonl``, with ``--fresh`` ``desk_fresh.jsonl``, all of them careless and
seen since. Half of the former, by the hash of the id, was not looked at while this was built: of
those only the totals are printed, unless ``--all``. ``{primer}`` in what an
answer must hold is how many notes the primer has. With ``--facts FILE.jsonl ...`` every question of
these files that is taken for something else than a fact is named. Nothing is asked of a model.
"""

import hashlib
import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from assistant.answering.values import Answer
from assistant.collection.understanding import understand
from assistant.conversation.rewriting import Exchange
from assistant.desk import Desk
from assistant.learning import primer

EVAL = Path(__file__).parent.parent.parent / "data" / "eval"


def requests(name: str) -> list[dict[str, Any]]:
    """Return the requests of a file of `data/eval`, each with ``held_back``."""
    rows = [json.loads(line) for line in (EVAL / f"{name}.jsonl").read_text("utf-8").splitlines()]
    for row in rows:
        row["held_back"] = int(hashlib.sha256(row["id"].encode()).hexdigest(), 16) % 2 == 1
    return rows


def wrong(row: dict[str, Any], answer: Answer) -> str:
    """Say what is wrong with an answer; "" if it is right."""
    if answer.request not in row["kinds"]:
        return f"taken for {answer.request}"
    if row["kinds"] == ["fact"]:
        return ""
    cited = [f"{each.title} {each.url}" for each in answer.citations]
    named = [each.title for each in answer.further]
    text = "\n".join([answer.text, answer.asked, *cited, *named]).casefold()
    for term in row["holds"]:
        term = term.replace("{primer}", str(len(primer.notes())))
        if not any(part.casefold() in text for part in term.split("|")):
            return f"lacks {term}"
    own = answer.text.casefold()
    return next((f"has {term}" for term in row.get("not", ()) if term.casefold() in own), "")


def main() -> None:
    """Print the share of right answers by half, language and kind, and the times."""
    arguments = sys.argv[1:]
    facts = arguments[arguments.index("--facts") + 1 :] if "--facts" in arguments else []
    homes = [each for each in arguments if not each.startswith("--") and each not in facts]
    desks = dict(
        zip(("seeded", "docs", "archive"), (Desk(h, llm="extractive") for h in homes), strict=False)
    )
    for desk in desks.values():
        understand(desk.library, "Which lists do you know?")  # warm
    right: Counter[str] = Counter()
    count: Counter[str] = Counter()
    times = []
    for row in requests("desk_fresh" if "--fresh" in arguments else "desk"):
        if row["home"] not in desks:
            continue
        history = [Exchange(*each) for each in row.get("history", ())]
        begun = time.perf_counter()
        answer = desks[row["home"]].ask(row["question"], history)
        taken = time.perf_counter() - begun
        if answer.request not in ("fact", "one_source"):
            times.append((taken, row["question"]))
        what = wrong(row, answer)
        half = "held back" if row["held_back"] else "seen"
        for key in (half, f"{half} {row['lang']}", f"{half} {row['kinds'][0]}"):
            count[key] += 1
            right[key] += not what
        if what and (not row["held_back"] or "--all" in arguments):
            print(f"  {row['id']} {row['question']}: {what}")
    for key in sorted(count, key=lambda key: (not key.startswith("seen"), key.count(" "), key)):
        print(f"{key}: {right[key]} of {count[key]}")
    times.sort()
    if times:
        print(f"seconds: median {times[len(times) // 2][0]:.3f}, slowest {times[-3:]}")
    for file in facts:
        rows = [json.loads(line) for line in Path(file).read_text("utf-8").splitlines()]
        taken_for = []
        for row in rows:
            found = understand(desks["seeded"].library, row["question"])
            if found is not None:
                taken_for.append((found.kind, row["question"]))
        print(
            f"{file}: {len(taken_for)} of {len(rows)} taken for something else",
            *taken_for,
            sep="\n  ",
        )


if __name__ == "__main__":
    main()
