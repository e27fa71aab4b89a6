"""How well translations are judged: ``python -m tests.benchmarks.calibrate_across [--print]``.

The primer's notes stand in both languages, piece by piece. Of each note in the half that the margin
was not read off, true are its sentences beside their originals; false are each beside the sentence
of the same note that is nearest to it, and the same sentences changed in one place, by the Chinese
kinds of `tests.benchmarks.falsify` and by leaving out a clause. The margin itself was read off the
other half: it is the one at which both kinds of error together are fewest.
"""

import argparse
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from assistant.answering.evidence.pieces import pieces
from ingest.primer_zh import files_of
from tests.benchmarks.falsify import SEED, falsify
from tests.benchmarks.judge_across import MARGIN, Around, Embed, why_untrue
from tests.benchmarks.points import embedder

NOTES = Path(__file__).resolve().parents[2] / "data" / "primer-zh"
_SHORTEST = 8  # characters
_FEWEST = 8  # sentences of a note


def pairs_of(slug: str) -> list[tuple[str, str]]:
    """Return the sentences of a note in English and Chinese."""
    files = files_of(slug)
    english, chinese = map(pieces, files) if files else ((), ())
    return [
        (one.text, other.text)
        for one, other in zip(english, chinese, strict=True)
        if one.form in ("prose", "item") and len(other.text) >= _SHORTEST
    ]


def notes(half: int) -> dict[str, list[tuple[str, str]]]:
    """Return every second note that is long enough."""
    every = {file.stem: pairs_of(file.stem) for file in sorted(NOTES.glob("*.md"))[half::2]}
    return {slug: pairs for slug, pairs in every.items() if len(pairs) >= _FEWEST}


def margins(pairs: list[tuple[str, str]], embed: Embed) -> Iterator[tuple[float, float, str]]:
    """Yield for each sentence its margin, that of the nearest other original, and that original."""
    english, chinese = zip(*pairs, strict=True)
    cosines = embed(chinese) @ embed(english).T
    for n, wording in enumerate(chinese):
        rest = np.copy(cosines[n])
        rest[n] = -1
        other = int(np.argmax(rest))
        around = Around(embed, [e for e in english if e != english[n]], chinese)
        true = Around(embed, english, chinese).margin(wording, english[n])
        yield true, around.margin(wording, english[other]), english[other]


def best_margin(embed: Embed) -> tuple[float, float]:
    """Return the margin with the best balanced accuracy on the first half, and that accuracy."""
    every = [each for pairs in notes(0).values() for each in margins(pairs, embed)]
    true, false = (np.array([each[n] for each in every]) for n in (0, 1))
    grid = np.linspace(-0.1, 0.4, 101)
    scores = [((true >= at).mean() + (false < at).mean()) / 2 for at in grid]
    best = int(np.argmax(scores))
    return float(grid[best]), float(scores[best])


def _false(pairs: list[tuple[str, str]], embed: Embed) -> Iterator[tuple[str, str, str]]:
    """Yield false pairs with their kind."""
    for (_, wording), (_, _, other) in zip(pairs, margins(pairs, embed), strict=True):
        yield "another sentence", other, wording
    for original, wording in pairs:
        rng = random.Random(f"{SEED}{wording}")  # no secret
        for kind, false in falsify(wording, (wording,), rng):
            yield kind, original, false
        clauses = wording.split("，")
        if len(clauses) > 2:  # half of such a sentence is gone
            yield "half left out", original, "，".join(clauses[: len(clauses) // 2]) + "。"


def main() -> None:
    """Read the margin off one half, and judge the other half."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--print", action="store_true", dest="printed")
    given = parser.parse_args()
    embed = embedder()
    margin, accuracy = best_margin(embed)
    print(f"best margin {margin:.3f} (balanced accuracy {accuracy:.3f}), in use {MARGIN:.3f}")
    passed: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for pairs in notes(1).values():
        english, chinese = zip(*pairs, strict=True)
        around = Around(embed, english, chinese)
        rows = [("true", *pair) for pair in pairs] + list(_false(pairs, embed))
        for kind, original, wording in rows:
            reason = why_untrue(wording, original, around)
            count[kind] += 1
            passed[kind] += not reason
            if given.printed and (kind == "true") == bool(reason):
                print(f"{kind}: {reason} | {original} | {wording}")
    for kind in count:
        print(f"{kind:20} pass {passed[kind]:5} of {count[kind]:5}")
    false = sum(count.values()) - count["true"]
    stopped = 1 - (sum(passed.values()) - passed["true"]) / false
    print(f"balanced accuracy {(passed['true'] / count['true'] + stopped) / 2:.3f}")


if __name__ == "__main__":
    main()
