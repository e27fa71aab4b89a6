"""How long an answer takes on a warm library, and how much memory the process holds.

    python -m tests.benchmarks.timings HOME QUESTIONS.jsonl [--n 40] [--stuffed 8]

Medians over the first answerable questions: when the extract stands, when the model's first token
and first verified sentence come, when all is said. For some of them the same model is also given
the five best passages whole, as a plain prompt has it: the ratio of the times to the first token.
"""

import argparse
import json
import resource
import statistics
import time
from contextlib import closing
from pathlib import Path

from assistant.answering.writing import prefix
from assistant.desk import Desk
from assistant.engines.choice import choose
from assistant.engines.protocol import Engine, Message

_PLAIN = "Answer the question from the sources and cite them as [1], [2]. Say so if they do not."
_NOTED = ("extractive_s", "first_token_s", "first_sentence_s", "total_s")


def main() -> None:
    """Read the arguments, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--n", type=int, default=40)
    parser.add_argument("--stuffed", type=int, default=8)
    given = parser.parse_args()
    asked = [json.loads(line) for line in given.questions.read_text().splitlines()]
    questions = [each["question"] for each in asked if each["type"] != "unanswerable"][: given.n]
    desk = Desk(given.home)
    desk.ask(questions[0])  # opens the library and loads the model
    noted = [desk.ask(question).timings for question in questions]
    for name in _NOTED:
        seen = [each[name] for each in noted if each.get(name) is not None]
        print(f"{name}: median {statistics.median(seen):.2f}, "
              f"from {min(seen):.2f} to {max(seen):.2f}, n = {len(seen)}")  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"peak resident: {peak // 1024} MiB")
    desk.close()
    engine = choose("auto", desk.home.models, desk.home.cache, lambda *_: None, prefix())
    assert engine is not None
    ratios = []
    for question, ours in zip(questions[: given.stuffed], noted, strict=False):
        if ours.get("first_token_s"):
            first = ours["first_token_s"] - ours["retrieve_s"]
            ratios.append(first / _stuffed(desk, engine, question))
    if ratios:
        print(f"first token against stuffing five passages: median {statistics.median(ratios):.2f}")


def _stuffed(desk: Desk, engine: Engine, question: str) -> float:
    """Return the seconds to the first token when the model reads five passages whole."""
    hits = desk.search(question, k=5).hits
    sources = "\n\n".join(f"[{hit.rank}] {hit.passage.text}" for hit in hits)
    messages = [Message("system", _PLAIN), Message("user", f"{sources}\n\nQuestion: {question}")]
    begun = time.perf_counter()
    with closing(engine.stream(messages, max_tokens=8)) as said:
        next(said, "")
        return time.perf_counter() - begun


if __name__ == "__main__":
    main()
