"""Which vital points answers say: ``python -m tests.benchmarks.points ANSWERS.jsonl [--half H]``.

ANSWERS holds one ``ask --json`` object a line with the id of an open question. An answer is judged
by its own object and the points of its question alone; beside the multilingual embedding model,
which tells whether two sentences mean about the same, nothing of the product is imported.

A point is *said* if one sentence, or two neighbouring ones, bear it: what they hold of its groups
of keywords and of its wording (content words, weighted by rarity), how near they are in meaning to
it or to its source's sentence, and how long they are, makes it likelier than not that a reader
finds it said. The weights of that likelihood were fitted on answers read by hand. A number that has
to be computed, which no source holds, must be there.

*Citation precision* is stricter than that of `tests.benchmarks.judge`: what bears a sentence must
stand close together in the quote, in at most three neighbouring sentences, with all its numbers and
names, no denial more or less, and more of its words; a sentence fused from two sources must need
both. Of a sentence that stands beside its English original, the quote must bear the original, and
the original be what it says by `tests.benchmarks.judge_across`.
"""

import argparse
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from statistics import fmean, median
from typing import Any

import numpy as np
import platformdirs

from index.models.embedder import Embedder, Vectors
from tests.benchmarks.judge_across import Around, Embed, why_untrue
from tests.benchmarks.judge_rules import why_unsound
from tests.benchmarks.judge_text import chinese, expand, sentences, words
from tests.benchmarks.open_questions import HALVES, OpenQuestion, Point, answered, of_half, read

PRIMER = Path(__file__).resolve().parents[2] / "data" / "primer"
MODEL = "multilingual-e5-small"
WEIGHTS = (-5.2, 2.2, 1.5, 2.9, 4.2, -0.9)
"""Fitted on answers read by hand (`tests.benchmarks.fit_points`), in the order of features."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The best an answer has for a point, and the words that say it.

    ``keywords`` is the share of the keyword groups met, ``words`` that of the words of the wording,
    both of 0 to 1; ``meaning`` is a cosine to the wording or the source's own sentence.
    ``computed`` says that the numbers are there which no source holds.
    """

    keywords: float
    words: float
    meaning: float
    computed: bool
    window: str

    @property
    def said(self) -> bool:
        """Whether the point is said: more likely than not, and with the numbers computed."""
        return self.computed and self.score() > 0

    def score(self, weights: tuple[float, ...] = WEIGHTS) -> float:
        """Return the logarithm of the odds that a reader finds the point said."""
        return sum(w * x for w, x in zip(weights, self.features(), strict=True))

    def features(self) -> tuple[float, ...]:
        """Return what the odds are fitted on; the first is a constant."""
        whole = float(self.keywords == 1)
        long = math.log(1 + length(self.window) / 15)  # a long window holds many words by chance
        return (1.0, self.keywords, whole, self.words, self.meaning, long)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one question: which points are said, which citations hold, how long it took.

    ``said`` has a truth value a point. ``unsound`` names sentences with a citation that does not
    hold. ``foreign`` counts sentences in another language than the question.
    """

    id: str
    lang: str
    kind: str
    refused: bool
    said: tuple[bool, ...]
    sentences: int
    words: int
    pairs: int
    sound: int
    foreign: int
    first_s: float | None
    total_s: float | None
    unsound: tuple[tuple[str, int, str], ...] = ()


# --- points


def evidence(answer: dict[str, Any], points: Sequence[Point], embed: Embed) -> list[Evidence]:
    """Return, for each point, the best evidence in the sentences of an answer."""
    texts = [] if answer["refused"] else [each["text"] for each in answer["sentences"]]
    windows = texts + [f"{one}\n{two}" for one, two in pairwise(texts)]
    if not windows:
        return [Evidence(0.0, 0.0, 0.0, False, "") for _ in points]
    seen = embed(windows)
    return [_best(point, windows, seen, embed) for point in points]


def _best(point: Point, windows: Sequence[str], seen: Vectors, embed: Embed) -> Evidence:
    wordings = [each for each in (point.says, point.says_zh) if each]
    whole = [] if point.archived else [" ".join(point.quotes)]
    near = np.max(seen @ embed(wordings + whole).T, axis=1)
    computed = computed_numbers(point)
    found = [
        Evidence(
            fmean(holds_one(window, group) for group in point.keywords),
            max(share(each, window) for each in wordings),
            float(cosine),
            all(holds_one(window, group) for group in computed),
            window,
        )
        for window, cosine in zip(windows, near, strict=True)
    ]
    return max(found, key=lambda each: (each.computed, each.score()))


def computed_numbers(point: Point) -> list[tuple[str, ...]]:
    """Return the groups of keywords that are numbers which the point's source does not hold."""
    source = " ".join(point.quotes)
    return [
        group
        for group in point.keywords
        if all(each[0].isdigit() for each in group) and not holds_one(source, group)
    ]


def holds_one(text: str, group: Iterable[str]) -> bool:
    """Say whether a text holds at least one keyword of a group; a number as a whole number."""
    low = text.casefold()
    return any(_holds(low, each.casefold()) for each in group)


def _holds(low: str, keyword: str) -> bool:
    if not keyword[0].isdigit():
        return keyword in low
    ends = r"(?![\d]|[.,]\d)" if keyword[-1].isdigit() else ""
    return re.search(rf"(?<![\d.])(?<!\d,){re.escape(keyword)}{ends}", low) is not None


def share(wording: str, text: str) -> float:
    """Return the share of a wording's content words that a text holds, weighted by rarity."""
    if chinese(wording) != chinese(text):
        return 0.0
    wanted = {each: _rarity(each) for each in words(wording)}
    have = words(expand(text))
    return sum(wanted[each] for each in wanted if each in have) / max(sum(wanted.values()), 1e-9)


@cache
def _frequencies() -> tuple[Counter[str], int]:
    """Count in how many paragraphs of the primer each content word stands."""
    counts: Counter[str] = Counter()
    paragraphs = 0
    for note in sorted(PRIMER.glob("*.md")):
        for paragraph in note.read_text("utf-8").split("\n\n"):
            counts.update(words(paragraph))
            paragraphs += 1
    return counts, paragraphs


def _rarity(word: str) -> float:
    counts, paragraphs = _frequencies()
    return math.log((paragraphs + 1) / (counts[word] + 1))


# --- citations


def citations(answer: dict[str, Any], embed: Embed) -> tuple[int, list[tuple[str, int, str]]]:
    """Return how many pairs of sentence and citation there are, and those that do not hold."""
    quotes = {cited["n"]: cited["quote"] for cited in answer["citations"]}
    around = _around(answer, embed)
    pairs, unsound = 0, []
    for sentence in answer["sentences"]:
        reasons = {n: _why_cited(quotes.get(n), sentence, around) for n in sentence["citations"]}
        pairs += len(reasons)
        if len(reasons) > 1 and all(reasons.values()) and all(n in quotes for n in reasons):
            reasons = _fused(sentence["text"], {n: quotes[n] for n in reasons})
        unsound += [(sentence["text"], n, reason) for n, reason in reasons.items() if reason]
    return pairs, unsound


ENOUGH = 0.7
_NEEDED = 0.25
_CLOSE = 3


def _around(answer: dict[str, Any], embed: Embed) -> Around:
    """Return the sentences that an answer's translations are judged among."""
    quoted = [each for cited in answer["citations"] for each in sentences(cited["quote"])]
    translated = [each for each in answer["sentences"] if each.get("original")]
    originals = [each["original"] for each in translated]
    return Around(embed, [*originals, *quoted], [each["text"] for each in translated])


def _why_cited(quote: str | None, sentence: dict[str, Any], around: Around) -> str:
    """Say why a quote does not bear a sentence, or its original and the original the sentence."""
    original = sentence.get("original")
    if not original:
        return _why(quote, sentence["text"])
    return _why(quote, original) or why_untrue(sentence["text"], original, around)


def _why(quote: str | None, sentence: str) -> str:
    """Say why a quote does not bear a sentence; nothing where it does."""
    reason = why_unsound(quote, sentence)
    if reason or quote is None or chinese(sentence) != chinese(quote):
        return reason
    if _flat(sentence) in _flat(quote):
        return ""  # however many lines it has: a table, say
    parts = sentences(quote)
    stretches = [" ".join(parts[at : at + _CLOSE]) for at in range(max(1, len(parts) - _CLOSE + 1))]
    reasons = [_why_close(each, sentence) for each in stretches]
    return min(reasons, key=len, default="the quote is empty")


def _why_close(stretch: str, sentence: str) -> str:
    if _flat(sentence) in _flat(stretch):
        return ""
    if reason := why_unsound(stretch, sentence):
        return f"not in one place: {reason}" if "not in one place" not in reason else reason
    wanted = words(sentence)
    part = len(wanted & words(expand(stretch))) / max(1, len(wanted))
    return "" if part >= ENOUGH else f"{part:.2f} of its words stand together in the quote"


def _fused(sentence: str, quotes: dict[int, str]) -> dict[int, str]:
    """Judge a sentence by all its quotes together, each of which it must need."""
    reason = why_unsound("\n".join(quotes.values()), sentence)
    if reason:
        return dict.fromkeys(quotes, reason)
    wanted = words(sentence)
    out = {}
    for n in quotes:
        others = words(expand("\n".join(text for m, text in quotes.items() if m != n)))
        own = (wanted & words(expand(quotes[n]))) - others
        out[n] = "" if len(own) >= _NEEDED * len(wanted) else "the sentence does not need it"
    return out


def _flat(text: str) -> str:
    return "".join(each for each in text.casefold() if each.isalnum())


# --- verdicts


def judge(answer: dict[str, Any], question: OpenQuestion, embed: Embed) -> Verdict:
    """Judge one ``ask --json`` object."""
    pairs, unsound = (0, []) if answer["refused"] else citations(answer, embed)
    texts = [] if answer["refused"] else [each["text"] for each in answer["sentences"]]
    times = answer.get("timings") or {}
    return Verdict(
        question.id, question.lang, question.kind, bool(answer["refused"]),
        tuple(each.said for each in evidence(answer, question.points, embed)),
        len(texts), sum(length(each) for each in texts), pairs, pairs - len(unsound),
        0 if answer["refused"] else sum(_foreign(e, question.lang) for e in answer["sentences"]),
        times.get("first_sentence_s"), times.get("total_s"), tuple(unsound),
    )  # fmt: skip


def _foreign(sentence: dict[str, Any], lang: str) -> bool:
    """Say whether a sentence is in another language; code, formulas and tables are in none."""
    if sentence.get("form", "prose") in ("code", "formula", "table"):
        return False
    return chinese(sentence["text"]) != (lang == "zh")


def length(text: str) -> int:
    """Return the length of a text: its words, and a word for each two Chinese characters."""
    han = len(re.findall(r"[\u4e00-\u9fff]", text))
    return len(re.findall(r"[A-Za-z0-9][\w.,'-]*", text)) + (han + 1) // 2


def figures(verdicts: Iterable[Verdict]) -> dict[str, float | int | None]:
    """Return the figures of these verdicts; None where nothing was measured."""
    every = list(verdicts)
    points = [each for verdict in every for each in verdict.said]
    pairs = sum(each.pairs for each in every)
    shown = [each for each in every if not each.refused]

    def middle(values: Iterable[float | None]) -> float | None:
        known = [each for each in values if each is not None]
        return round(median(known), 2) if known else None

    return {
        "questions": len(every),
        "points": len(points),
        "said": sum(points),
        "points_said": round(sum(points) / len(points), 4) if points else None,
        "refused": sum(each.refused for each in every),
        "citation_precision": round(sum(e.sound for e in every) / pairs, 4) if pairs else None,
        "sentences": sum(each.sentences for each in every),
        "sentences_mean": round(fmean(e.sentences for e in shown), 1) if shown else None,
        "words_mean": round(fmean(each.words for each in shown), 1) if shown else None,
        "foreign": sum(each.foreign for each in every),
        "first_sentence_s": middle(each.first_s for each in every),
        "total_s": middle(each.total_s for each in every),
    }


def report(verdicts: list[Verdict]) -> dict[str, Any]:
    """Return the figures of all verdicts, by language and by kind."""
    langs, kinds = sorted({e.lang for e in verdicts}), sorted({e.kind for e in verdicts})
    return figures(verdicts) | {
        "by_lang": {v: figures(e for e in verdicts if e.lang == v) for v in langs},
        "by_kind": {v: figures(e for e in verdicts if e.kind == v) for v in kinds},
    }


@cache
def embedder(models_dir: Path | None = None) -> Embed:
    """Open the multilingual model, by default where the tests keep weights; vectors are kept."""
    where = models_dir or platformdirs.user_cache_path("refdesk-tests")
    return partial(_embed, Embedder.open(where, name=MODEL), {})


def _embed(opened: Embedder, kept: dict[str, Vectors], texts: Sequence[str]) -> Vectors:
    new = [each for each in dict.fromkeys(texts) if each not in kept]
    if new:
        kept.update(zip(new, opened.embed(new), strict=True))
    return np.stack([kept[each] for each in texts])


def main() -> None:
    """Judge the answers of the command line; of the half kept back, totals alone are told."""
    parser = argparse.ArgumentParser(description="Tell which vital points answers say.")
    parser.add_argument("answers", type=Path)
    parser.add_argument("--half", choices=HALVES, help="one half only; by default both")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    kept = answered(given.answers)
    asked = [each for each in of_half(read(), given.half) if each.id in kept]
    verdicts = [judge(kept[each.id], each, embedder()) for each in asked]
    result = report(verdicts)
    if given.half == "seen":
        missing = {
            each.id: [p.says for p, said in zip(each.points, verdict.said, strict=True) if not said]
            for each, verdict in zip(asked, verdicts, strict=True)
        }
        result["verdicts"] = [asdict(each) | {"missing": missing[each.id]} for each in verdicts]
    if given.json:
        print(json.dumps(result, ensure_ascii=False, indent=1))
        return
    for name, value in result.items():
        if name not in ("verdicts", "by_lang", "by_kind"):
            print(f"{name:20} {value}")
    for group in ("by_lang", "by_kind"):
        for name, part in result[group].items():
            print(f"{name:20} {part['said']} of {part['points']}, {part['refused']} refused")
    for verdict in result.get("verdicts", ()):
        print(f"\n{verdict['id']}: {sum(verdict['said'])} of {len(verdict['said'])}")
        for each in verdict["missing"]:
            print(f"   not said: {each}")
        for sentence, n, reason in verdict["unsound"]:
            print(f"   [{n}] does not bear it ({reason}): {sentence}")


if __name__ == "__main__":
    main()
