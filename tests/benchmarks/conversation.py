"""Follow-ups put into words that stand alone: by refdesk, and by the default model.

Run ``python -m tests.benchmarks.conversation``; with ``--model`` the default model is asked too,
which takes some minutes. Dialogues: ``tests/assistant/follow_ups.jsonl``, in four sets: written
before the first rules, after their first version, last, and after all that was made in their place
(nothing was mended on these). A rewriting is right if it holds every
expected term and none of the others; a question that stands alone has to stay as it is.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import platformdirs

from assistant.conversation.rewriting import Exchange, stand_alone
from assistant.conversation.topic import content
from assistant.engines.choice import choose
from assistant.engines.protocol import Engine, Message

DIALOGUES = Path(__file__).parent.parent / "assistant" / "follow_ups.jsonl"
_SHOWN = (
    ("what is dropout?", "Dropout drops units while training.", "and at test time?",
     "what is dropout at test time?"),
    ("explain BatchNorm vs GroupNorm", "GroupNorm needs no batch.", "which is faster?",
     "which is faster, BatchNorm or GroupNorm?"),
    ("what does Adam keep?", "Adam keeps two averages.", "who proposed it?",
     "who proposed Adam?"),
    ("what does Adam keep?", "Adam keeps two averages.", "what is attention?",
     "what is attention?"),
    ("什么是注意力？", "注意力给词元加权。", "它有什么用？", "注意力有什么用？"),
)  # fmt: skip


def dialogues() -> Iterator[dict[str, Any]]:
    """Yield the dialogues of the test file."""
    for line in DIALOGUES.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def is_right(row: dict[str, Any], rewritten: str) -> bool:
    """Say whether a rewriting is what its dialogue expects; ``a|b`` in a term means either."""
    said = rewritten.casefold()
    if row.get("alone"):
        return said == row["question"].casefold()
    wanted = all(any(each in said for each in t.casefold().split("|")) for t in row["terms"])
    return wanted and not any(term.casefold() in said for term in row["not"])


def _ask(before: str, answer: str, question: str) -> str:
    return f"Before: {before}\nAnswer: {answer}\nNow: {question}"


def prefix() -> list[Message]:
    """Return the beginning of the model's prompt."""
    rule = (
        "Rewrite the question after 'Now' so that it can be understood alone. Use only words of "
        "the questions. If it can be understood alone already, repeat it. Reply with the question."
    )
    messages = [Message("system", rule)]
    for before, answer, question, rewritten in _SHOWN:
        messages += [Message("user", _ask(before, answer, question))]
        messages += [Message("assistant", rewritten)]
    return messages


def main() -> None:
    """Print the share of right rewritings by set and language."""
    rows = list(dialogues())
    tables = {"refdesk": [stand_alone(r["question"], _history(r)) for r in rows]}
    if "--model" in sys.argv:
        folder = Path(platformdirs.user_cache_path("refdesk-tests"))
        engine = choose("auto", folder, folder, lambda step, done, total: None, prefix())
        begun = time.perf_counter()
        said = [_by_model(engine, row) for row in rows]
        print(f"model: {(time.perf_counter() - begun) / len(rows):.1f} s a question")
        tables["model"] = said
        # what brings words of its own falls back on refdesk's own
        tables["model, checked"] = [
            one if _words(one) <= _words(_all(row)) else other
            for row, one, other in zip(rows, said, tables["refdesk"], strict=True)
        ]
    for name, rewritten in tables.items():
        print(f"\n{name}")
        right: Counter[tuple[str, str]] = Counter()
        asked_in: Counter[tuple[str, str]] = Counter()
        for row, text in zip(rows, rewritten, strict=True):
            key = (row["set"], row["lang"])
            asked_in[key] += 1
            right[key] += is_right(row, text)
            if not is_right(row, text):
                print(f"  wrong: {row['history'][-1][0]} | {row['question']} -> {text}")
        for key, count in asked_in.items():
            print(f"  {key[0]}, {key[1]}: {right[key]} of {count}")


def _by_model(engine: Engine | None, row: dict[str, Any]) -> str:
    assert engine is not None
    asked = Message("user", _ask(*row["history"][-1], row["question"]))
    reply = engine.stream([*prefix(), asked], max_tokens=40)
    return "".join(reply).strip().split("\n")[0]


def _history(row: dict[str, Any]) -> list[Exchange]:
    return [Exchange(*each) for each in row["history"]]


def _all(row: dict[str, Any]) -> str:
    return " ".join([row["question"], *(text for each in row["history"] for text in each)])


def _words(text: str) -> set[str]:
    return {word.casefold() for word in content(text)}


if __name__ == "__main__":
    main()
