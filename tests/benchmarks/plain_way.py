"""The plain way, to compare with: the best passages in the prompt of the same model, no checks.

    python -m tests.benchmarks.plain_way HOME --half seen --out ANSWERS.jsonl [--limit N] [--k 5]

What most programs of the kind do: search, put the five best passages into one prompt, show what
the model writes. Answers are kept in the form of ``ask --json``, so that `tests.benchmarks.points`
judges them like any other; a sentence cites the passages whose numbers the model put behind it.
"""

import argparse
import re
import time
from pathlib import Path
from typing import Any

from assistant.desk import Desk
from assistant.engines.choice import DEFAULT_MODEL, choose
from assistant.engines.protocol import Engine, Message
from index.search.library import Hit
from ingest.text.sentences import sentences
from tests.benchmarks.open_questions import HALVES, answered, keep, of_half, read

TOKENS = 400  # at most, of a reply
_SYSTEM = (
    "You answer questions about language models from the numbered passages. Answer completely, in "
    "the language of the question, and put the number of the passage you use, like [1], behind "
    "each sentence. If the passages do not answer the question, say so."
)
_MARK = re.compile(r"\s*\[(\d+(?:\s*,\s*\d+)*)\]")


def ask(question: str, hits: list[Hit], engine: Engine) -> dict[str, Any]:
    """Return what the model makes of the passages, in the form of ``ask --json``."""
    listed = "\n\n".join(f"[{n}] {hit.passage.text}" for n, hit in enumerate(hits, 1))
    messages = [
        Message("system", _SYSTEM),
        Message("user", f"Passages:\n\n{listed}\n\nQuestion: {question}"),
    ]
    begun = time.perf_counter()
    first = None
    text = ""
    for piece in engine.stream(messages, max_tokens=TOKENS):
        text += piece
        if first is None and re.search(r"[.!?。！？]", text):
            first = time.perf_counter() - begun
    total = time.perf_counter() - begun
    return {
        "question": question,
        "refused": False,
        "view": "plain",
        "answer": text,
        "sentences": [_sentence(text[start:end], len(hits)) for start, end in sentences(text)],
        "citations": [
            {"n": n, "quote": hit.passage.text, "url": hit.passage.url}
            for n, hit in enumerate(hits, 1)
        ],
        "model": engine.name,
        "timings": {"first_sentence_s": first, "total_s": total},
    }


def _sentence(text: str, passages: int) -> dict[str, Any]:
    numbers = {int(n) for each in _MARK.findall(text) for n in each.split(",")}
    cited = sorted(n for n in numbers if 1 <= n <= passages)
    return {"text": _MARK.sub("", text).strip(), "citations": cited}


def main() -> None:
    """Answer the questions of the command line the plain way."""
    parser = argparse.ArgumentParser(description="Answer the open questions the plain way.")
    parser.add_argument("home", type=Path)
    parser.add_argument("--half", choices=HALVES, help="one half only; by default both")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--limit", type=int, help="ask no more than this many questions")
    parser.add_argument("--k", type=int, default=5, help="passages in the prompt")
    given = parser.parse_args()
    done = answered(given.out)
    left = [each for each in of_half(read(), given.half) if each.id not in done][: given.limit]
    desk = Desk(given.home, llm="extractive", note_gaps=False)
    engine = choose(DEFAULT_MODEL, desk.home.models, desk.home.cache, lambda *_: None, ())
    if engine is None:
        raise SystemExit("The plain way needs a model.")
    try:
        for number, each in enumerate(left, 1):
            hits = list(desk.search(each.question, k=given.k).hits)
            kept = ask(each.question, hits, engine)
            keep(given.out, each.id, kept)
            seconds = kept["timings"]["total_s"]
            print(f"{number} of {len(left)}: {each.id}, {seconds:.1f} s", flush=True)
    finally:
        engine.close()
        desk.close()


if __name__ == "__main__":
    main()
