"""Sentences that change a word or two of their source, true and false: what the check says of them.

    python -m tests.benchmarks.rewordings [--half 0|1] [--round r|s] [--print]

``rewordings.jsonl`` beside this file holds passages with a true rewording and a false one each, by
kind: each for every, "it" replaced by what it stands for, contractions, numbers in digits or words,
British and American spelling, abbreviations written out, the order of adjuncts, number and voice,
small words. Printed is by language and kind how many of each hold for the check as they read
(`assistant.answering.checking.support`, what `refdesk verify` asks). Halves are odd and even
numbers; those whose number begins with "s" were written after the rules were mended on the others.

Knows nothing of how the check works.
"""

import argparse
import json
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.answering.checking import Support
from assistant.answering.evidence import Evidence, lines_of
from assistant.answering.question import understand
from index.models.embedder import Embedder
from index.search.library import Hit
from tests.benchmarks.falsify import Texts, _passage

FILE = Path(__file__).with_name("rewordings.jsonl")


def rows(half: int | None = None, written: str = "") -> list[dict[str, Any]]:
    """Return the pairs of one half and one round, or all."""
    every = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
    every = [row for row in every if row["id"].startswith(written)]
    return [row for row in every if half is None or int(row["id"][1:]) % 2 == half]


def main() -> None:
    """Read the arguments, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", type=int, choices=(0, 1))
    parser.add_argument("--round", choices=("", "r", "s"), default="")
    parser.add_argument("--print", action="store_true", dest="printed")
    parser.add_argument("--models", type=Path, default=Path.home() / ".cache" / "refdesk-tests")
    given = parser.parse_args()
    every = rows(given.half, given.round)
    holds: Counter[tuple[str, str, str]] = Counter()
    total = Counter((row["lang"], row["kind"]) for row in every)
    with tempfile.TemporaryDirectory() as folder:
        sources = [row["source"] for row in every]
        library = Texts(Path(folder), Embedder.open(given.models), sources)
        support = Support(library)
        for row in every:
            evidence = _evidence(library, row)
            for key in ("sentence", "false"):
                verdict = support.check(row[key], evidence)
                passes = verdict.status != "dropped"
                holds[row["lang"], row["kind"], key] += passes
                if given.printed and passes == (key == "false"):
                    print(f"{row['id']} {key}: {row[key]} | {verdict.reason} {verdict.score:.2f}")
    for lang in ("en", "zh"):
        kinds = [kind for each, kind in total if each == lang]
        for kind in kinds:
            told = [f"{name} {holds[lang, kind, key]}" for name, key in _KEYS]
            print(f"{lang} {kind:15} of {total[lang, kind]}: {', '.join(told)}")
        sums = {key: sum(holds[lang, kind, key] for kind in kinds) for _, key in _KEYS}
        count = sum(total[lang, kind] for kind in kinds)
        print(f"{lang} all             of {count}: "
              + ", ".join(f"{name} {sums[key]}" for name, key in _KEYS))  # fmt: skip


_KEYS = (("true ones pass", "sentence"), ("false ones pass", "false"))


def _evidence(library: Texts, row: dict[str, Any]) -> Evidence:
    passage = replace(_passage(0, row["source"]), heading=(row["heading"],))
    hit = Hit(1, 1.0, passage, (), 1, 1, 0.5)
    return lines_of(library, understand("What does the text say?"), [hit])


if __name__ == "__main__":
    main()
