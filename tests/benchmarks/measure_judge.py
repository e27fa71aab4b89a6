"""Measure the trained judge, the rules and both together: support, refusal, latency, calibration.

    python -m tests.benchmarks.measure_judge rules|support SHARED RUN [--limit N]
    python -m tests.benchmarks.measure_judge refusal HOME RUN FILE.jsonl...

RUN is the folder of `tests.benchmarks.train_judge`; what was measured of a sentence is kept there,
so a run that was stopped goes on; ``rules`` needs no judge yet. Printed are, each with its number
and a 95 % interval (bootstrap for areas under the curve, Wilson for shares):

- supported against not, on WiCE dev (oracle chunks: the sentences that support a claim with their
  neighbours; of a claim without any the sentences that share most of its words) and on the replies
  of BEGIN dev to texts that nothing was trained on;
- falsified sentences still shown and true ones lost, by the rules and by rules and judge, for kinds
  trained on and not, in texts that nothing was trained on;
- how often a sentence of a given score is supported (reliability);
- milliseconds a pair, memory, and whether a pair's verdict depends on its neighbours.

Combinations (a logistic model over the rules' score, the cosine, the judge) are fitted on pairs
that may be trained on but that the judge did not see. The limit of the judge is the score that
loses five of a hundred true sentences of one half, by hash; true ones are counted in the other.
"""

import argparse
import csv
import json
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.linear_model import LogisticRegression

from assistant.answering.checking import Support, attribute
from assistant.answering.checking.support import Verdict as Checked
from assistant.answering.checking.support import denied_otherwise, missing
from assistant.answering.deciding import decide, signals, thresholds_for
from assistant.answering.evidence import Evidence, gather, rows_of
from assistant.answering.question import understand
from assistant.desk import Desk
from index.models.embedder import Embedder
from index.store.values import Filters
from tests.benchmarks.falsify import SEED, Texts, True_, falsify, true_sentences
from tests.benchmarks.judge_pairs import (
    UNSEEN,
    begin_is_trained_on,
    harder,
    mtrag_is_trained_on,
    notes,
    of_note,
    wice_is_trained_on,
    wice_tokens,
)
from tests.benchmarks.open_questions import half
from tests.benchmarks.train_judge import GRAPH, Judge

_MODELS = Path.home() / ".cache" / "refdesk-tests"
_CHARS = 480  # of evidence that the judge reads
_LOST = 0.05
_READ = 12  # sentences whose relevance is judged
_SIGNALS = ("rules", "cosine", "judge")


@dataclass(frozen=True, slots=True)
class Item:
    """A sentence beside texts; ``use`` is "fit" or "test"."""

    set: str
    use: str
    kind: str
    supported: bool
    sentence: str
    texts: tuple[str, ...]


def items(shared: Path, limit: int) -> Iterator[Item]:
    """Yield all sentences to measure or to fit combinations on."""
    public = shared / "public"
    for pair in wice_tokens(public):
        if not wice_is_trained_on(pair.source if pair.supported else pair.sentence):
            yield Item("wice", "fit", pair.kind, pair.supported, pair.sentence, (pair.evidence,))
    yield from _wice(public)
    for part in ("cmu", "tc"):
        with (public / "begin" / f"begin_dev_{part}.tsv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                if row["begin_label"] != "Generic" and not begin_is_trained_on(row["knowledge"]):
                    whole = row["begin_label"].startswith("Fully")
                    yield Item("begin", "test", "by people", whole, row["response"],
                               (row["knowledge"],))  # fmt: skip
    for true in _unseen_texts(shared, limit):
        yield from _with_falsified(f"falsified {true.set}", true)
    for note in notes(kept=True)[: limit // 4]:
        rng = random.Random(f"{SEED}{note}")  # no secret
        pairs = [pair for pair in of_note(note, unseen=True) if not pair.relevance]
        true_ones = [pair for pair in pairs if pair.supported and "as it is" not in pair.source]
        for pair in rng.sample(true_ones, min(2, len(true_ones))):
            whole = True_("notes", pair.sentence, (pair.evidence,))
            yield from _with_falsified("falsified notes", whole)


def _wice(public: Path) -> Iterator[Item]:
    for line in (public / "wice" / "claim-dev.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        lines = row["evidence"]
        chosen = {n for group in row["supporting_sentences"] for n in group}
        if not chosen:
            words = set(row["claim"].lower().split())
            shared = [len(words & set(each.lower().split())) for each in lines]
            chosen = set(sorted(range(len(lines)), key=lambda n: -shared[n])[:3])
        near = sorted({n + d for n in chosen for d in (-1, 0, 1)} & set(range(len(lines))))
        text = "\n\n".join(lines[n] for n in near)
        yield Item("wice", "test", row["label"], row["label"] == "supported", row["claim"], (text,))


def _unseen_texts(shared: Path, limit: int) -> Iterator[True_]:
    trained = {
        row["targets"][0]["text"]
        for row in map(json.loads, (shared / "public" / "mtrag-un" / "reference.jsonl")
                       .read_text("utf-8").splitlines())
        if mtrag_is_trained_on(row["conversation_id"])
    }  # fmt: skip
    for true in true_sentences(shared, limit):
        if true.set == "begin" and begin_is_trained_on(true.texts[0]):
            continue
        if true.set == "mtrag" and any(true.sentence in each for each in trained):
            continue
        yield true


def _with_falsified(name: str, true: True_) -> Iterator[Item]:
    yield Item(name, "test", "true", True, true.sentence, true.texts)
    rng = random.Random(f"{SEED}{true.sentence}")
    made = [*falsify(true.sentence, true.texts, rng)]
    made += harder(true.sentence, " ".join(true.texts).split(". "), 0, rng)
    for kind, false in made:
        if false != true.sentence:
            yield Item(name, "test", kind, False, false, true.texts)


def measured(shared: Path, run: Path, limit: int) -> list[dict[str, object]]:
    """Return what the rules say of every item; kept in ``run`` as it grows."""
    kept = run / "measured.jsonl"
    done = []
    if kept.exists():
        done = [json.loads(line) for line in kept.read_text("utf-8").splitlines()]
    every = list(items(shared, limit))
    with tempfile.TemporaryDirectory() as folder, kept.open("a", encoding="utf-8") as file:
        texts = list(dict.fromkeys(text for item in every for text in item.texts))
        library = Texts(Path(folder), Embedder.open(_MODELS), texts)
        for item in every[len(done) :]:
            row = _row(library, item)
            done.append(row)
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            file.flush()
    return done


def _row(library: Texts, item: Item) -> dict[str, object]:
    evidence = library.evidence(item.texts)
    checked = Support(library).check(item.sentence, evidence)
    shown = attribute(library, evidence, item.sentence)
    vector = library.embedder.embed([item.sentence])[0]
    cosine = float((evidence.vectors @ vector).max()) if evidence.lines else 0.0
    row = {key: value for key, value in asdict(item).items() if key != "texts"}
    became = "dropped" if shown.line is None else "quoted" if shown.verbatim else "shown"
    return {
        **row,
        "is": became,
        "rules": checked.score,
        "status": checked.status,
        "cosine": cosine,
        "premise": read_by_judge(evidence, checked),
    }


def judged(rows: list[dict[str, object]], run: Path) -> None:
    """Add what the judge says to each row, and the milliseconds it took."""
    judge = Judge(run / GRAPH, _MODELS / "all-minilm-l6-v2")
    for row in rows:
        began = time.perf_counter()
        row["judge"], _ = judge.logits(str(row["premise"]), str(row["sentence"]))
        row["ms"] = 1000 * (time.perf_counter() - began)


def read_by_judge(evidence: Evidence, checked: Checked) -> str:
    """Return the sources of a sentence, and the lines beside them as far as there is room."""
    if not evidence.lines:
        return ""
    own = rows_of(evidence, checked.sources) if checked.sources else [0]
    beside = [row + step for row in own for step in (-1, 1)]
    chosen: list[int] = []
    room = _CHARS
    for row in dict.fromkeys([*own, *beside]):
        if 0 <= row < len(evidence.lines) and (room > len(evidence.lines[row].text) or not chosen):
            chosen.append(row)
            room -= len(evidence.lines[row].text)
    return " ".join(evidence.lines[row].text for row in sorted(chosen))


def _area(labels: NDArray[np.bool_], scores: NDArray[np.float64]) -> str:
    rng = np.random.default_rng(SEED)
    drawn = (rng.integers(0, len(labels), len(labels)) for _ in range(400))
    areas = [_auc(labels[d], scores[d]) for d in drawn if 0 < labels[d].sum() < len(d)]
    low, high = np.percentile(areas, [2.5, 97.5])
    return f"{_auc(labels, scores):.3f} [{low:.3f}, {high:.3f}]"


def _auc(labels: NDArray[np.bool_], scores: NDArray[np.float64]) -> float:
    ranks, true = rankdata(scores), labels.sum()
    pairs = true * (len(labels) - true)
    return float((ranks[labels].sum() - true * (true + 1) / 2) / pairs)


def share(some: int, every: int) -> str:
    """Return a share with its Wilson interval."""
    if not every:
        return "-"
    p, z = some / every, 1.96
    middle, spread = (
        p + z * z / (2 * every),
        z * np.sqrt(p * (1 - p) / every + (z / (2 * every)) ** 2),
    )
    whole = 1 + z * z / every
    return (f"{some}/{every} = {p:.1%} [{max(0.0, (middle - spread) / whole):.1%}, "
            f"{(middle + spread) / whole:.1%}]")  # fmt: skip


def support(shared: Path, run: Path, limit: int) -> None:
    """Measure support and print."""
    rows = measured(shared, run, limit)
    judged(rows, run)
    label = np.array([bool(row["supported"]) for row in rows])
    use = np.array([row["use"] for row in rows])
    sets = np.array([row["set"] for row in rows])
    scores = {key: np.array([float(str(row[key])) for row in rows]) for key in _SIGNALS}
    dropped = np.array([row["status"] == "dropped" for row in rows])
    scores["rules, 0 where they object"] = np.where(dropped, scores["rules"] - 1, scores["rules"])
    _combined(scores, label, use == "fit", dropped)
    for name in ("wice", "begin"):
        here = (sets == name) & (use == "test")
        print(f"{name}: n {here.sum()}, supported {label[here].sum()}; area under the curve")
        for key, each in scores.items():
            print(f"  {key:36} {_area(label[here], each[here])}")
    shown = np.array([row["is"] == "shown" for row in rows])
    test = np.char.startswith(sets.astype(str), "falsified")
    kinds = np.array([str(row["kind"]) for row in rows])
    even = np.array([half(str(row["sentence"])) == "seen" for row in rows])
    true = test & label & shown
    for key in ("judge", "rules and judge"):
        limit_ = float(np.quantile(scores[key][true & even], _LOST))
        here = test & ~(label & even)
        _falsified(f"{key} from {limit_:.2f}", scores[key] >= limit_, shown, kinds, sets, here)
    hard = np.array([_false_for_sure(row) for row in rows])
    _freed(scores, shown, hard, test & label, test & ~label, even)
    _reliability(rows, scores, label, use, sets)
    times = np.array([float(str(row["ms"])) for row in rows])
    print(
        f"ms a pair: median {np.median(times):.1f}, 95th percentile {np.quantile(times, 0.95):.1f}"
    )


def _false_for_sure(row: dict[str, object]) -> bool:
    """Say whether names, numbers or denials alone tell that a sentence is false."""
    said, source = str(row["sentence"]), str(row["premise"])
    return missing(said, source) is not None or denied_otherwise(said, source)


def _freed(
    scores: dict[str, NDArray[np.float64]],
    shown: NDArray[np.bool_],
    hard: NDArray[np.bool_],
    true: NDArray[np.bool_],
    false: NDArray[np.bool_],
    even: NDArray[np.bool_],
) -> None:
    """Print how many true sentences each way lets stand in their own words, at the same risk.

    The limit of a score is set on one half of the sentences, so that no more false ones pass than
    the rules show, or five of a hundred; counted is the other half.
    """
    print("in their own words, by thresholds set on the other half: true, false")
    odd = ~even
    ways = {key: each for key, each in scores.items() if not key.startswith("rules, ")}
    ways |= {f"{key}, names and denials first": np.where(hard, -99, ways[key])
             for key in ("judge", "rules and judge", "all")}  # fmt: skip
    counted = share(int((shown & true & odd).sum()), int((true & odd).sum()))
    risk = share(int((shown & false & odd).sum()), int((false & odd).sum()))
    print(f"  {'rules as they are':48} {counted:34} {risk}")
    for title, target in (("rules' risk", shown[false & even].mean()), ("risk .05", 0.05)):
        for key, each in ways.items():
            limit = np.quantile(each[false & even], 1 - target)
            for how, passed in ((key, each > limit), (f"rules or {key}", shown | (each > limit))):
                counted = share(int((passed & true & odd).sum()), int((true & odd).sum()))
                risk = share(int((passed & false & odd).sum()), int((false & odd).sum()))
                print(f"  {how + ', ' + title:60} {counted:34} {risk}")


def _combined(
    scores: dict[str, NDArray[np.float64]], label: NDArray[np.bool_], fit: NDArray[np.bool_],
    dropped: NDArray[np.bool_],
) -> None:  # fmt: skip
    """Add logistic models of the signals."""
    for name, keys in (
        ("rules and cosine", ("rules", "cosine")),
        ("rules and judge", ("rules", "judge")),
        ("all", _SIGNALS),
    ):
        seen = np.column_stack([*(scores[key] for key in keys), dropped])
        model = LogisticRegression(class_weight="balanced").fit(seen[fit], label[fit])
        scores[name] = model.decision_function(seen)
        print(f"{name}: weights {np.round(model.coef_[0], 2)} on {fit.sum()}")


def _falsified(
    title: str, passes: NDArray[np.bool_], shown: NDArray[np.bool_], kinds: NDArray[np.str_],
    sets: NDArray[np.str_], test: NDArray[np.bool_],
) -> None:  # fmt: skip
    print(f"{title}: still shown by the rules; by the judge alone; by both")
    zh = sets == "falsified zh"
    groups = [
        ("true", test & (kinds == "true") & ~zh),
        ("true, Chinese", test & (kinds == "true") & zh),
    ]
    false = test & (kinds != "true")
    new = np.isin(kinds, list(UNSEEN))
    groups += [
        ("false, kinds trained on", false & ~new & ~zh),
        ("false, kinds not trained on", false & new & ~zh),
        ("false, Chinese", false & zh),
        ("false, all", false),
    ]
    groups += [(f"  {kind}", false & (kinds == kind)) for kind in sorted(set(kinds[false]))]
    for name, here in groups:
        print(f"  {name:30} {share(int((shown & here).sum()), int(here.sum())):32}"
              f" {share(int((passes & here).sum()), int(here.sum())):32}"
              f" {share(int((shown & passes & here).sum()), int(here.sum()))}")  # fmt: skip


def _reliability(
    rows: list[dict[str, object]], scores: dict[str, NDArray[np.float64]],
    label: NDArray[np.bool_], use: NDArray[np.str_], sets: NDArray[np.str_],
) -> None:  # fmt: skip
    """Print how often a sentence of a score is supported, on the sets that people labelled."""
    here = np.isin(sets, ["wice", "begin"]) & (use == "test")
    chances = {key: 1 / (1 + np.exp(-scores[key])) for key in ("judge", "rules and judge", "all")}
    chances["rules"] = scores["rules"]
    print("reliability (WiCE dev and BEGIN): score, n, share supported")
    for key, chance in chances.items():
        gap = 0.0
        for low in np.arange(0, 1, 0.2):
            inside = here & (chance >= low) & (chance < low + 0.2 + 1e-9 * (low > 0.7))
            if inside.any():
                gap += abs(label[inside].mean() - chance[inside].mean()) * inside.sum() / here.sum()
                print(f"  {key:16} {low:.1f}-{low + 0.2:.1f} "
                      f"{share(int(label[inside].sum()), int(inside.sum()))}")  # fmt: skip
        print(f"  {key:16} expected calibration error {gap:.3f}")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question: whether it can be answered, whether it is, and by what signals."""

    answerable: bool
    answered: bool
    support: float
    relevance: float
    held: bool


def refusal(home: Path, run: Path, files: list[Path]) -> None:
    """Print how many questions are refused today, and what the head for relevance would tell."""
    library = Desk(home, llm="extractive").library
    judge = Judge(run / GRAPH, _MODELS / "all-minilm-l6-v2")
    for file in files:
        rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        found = []
        for row in (row for row in rows if row["lang"] == "en"):
            question = understand(row["question"])
            evidence = gather(library, question, Filters())
            told, thresholds = signals(library, evidence), thresholds_for(library.embedder, "en")
            answered = decide(told, thresholds).answer
            best = _relevance(judge, question.text, evidence)
            answerable = row.get("type") != "unanswerable"
            kept = half(row["id"]) == "held"
            found.append(_Asked(answerable, answered, told.support(thresholds), best, kept))
            absent = library.absent(library.terms(question.text))
            if "near_misses" in file.name and absent:
                print("  not in the library:", row["id"], sorted(absent))
        _refusal(file.name, found)


def _relevance(judge: Judge, question: str, evidence: Evidence) -> float:
    """Return the best logit of the likeliest sentences, each with those beside it."""
    likely = sorted(range(len(evidence.lines)), key=lambda n: -evidence.lines[n].score)[:_READ]
    texts = [" ".join(line.text for line in evidence.lines[max(0, n - 1) : n + 2]) for n in likely]
    return max((judge.logits(text[:_CHARS], question)[1] for text in texts), default=-9.0)


def _refusal(name: str, found: list[_Asked]) -> None:
    yes, answered, score, best, kept = (
        np.array([getattr(one, field) for one in found])
        for field in ("answerable", "answered", "support", "relevance", "held")
    )
    for title, here in (("all", yes | ~yes), ("held half", kept)):
        no, sure = here & ~yes, here & yes
        if not (no.any() and sure.any()):
            print(f"{name}, {title}: answered today {answered[here].sum()} of {here.sum()}")
            continue
        seen = here if title == "all" else ~kept
        floors = [float(np.quantile(each[seen & yes], _LOST)) for each in (score, best)]
        ways = {
            "today": answered,
            f"and coverage and cosine from {floors[0]:.2f}": answered & (score >= floors[0]),
            f"and relevance from {floors[1]:.2f}": answered & (best >= floors[1]),
        }
        for how, shown in ways.items():
            refused = share(int((no & ~shown).sum()), int(no.sum()))
            lost = share(int((sure & ~shown).sum()), int(sure.sum()))
            print(f"{name}, {title}, {how}: refused {refused} unanswerable, {lost} answerable")
        print(f"  area: coverage and cosine {_area(yes[here], score[here])}")
        print(f"  area: relevance {_area(yes[here], best[here])}")


def cost(run: Path) -> None:
    """Print memory and whether verdicts repeat in another order."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    judge = Judge(run / GRAPH, _MODELS / "all-minilm-l6-v2")
    source = "LoRA freezes the weights and trains two matrices."
    pairs = [(source, f"LoRA trains {n} matrices{' x' * n}") for n in range(2, 40)]
    first = [judge.logits(*pair) for pair in pairs]
    again = list(reversed([judge.logits(*pair) for pair in reversed(pairs)]))
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    long, began = " ".join([source] * 10), time.process_time()
    for _ in range(30):
        judge.logits(long, source)
    print(f"{1000 * (time.process_time() - began) / 30:.1f} ms of a processor for 128 tokens")
    print(f"memory {(after - before) / 1024:.0f} MB; bit-equal in another order: {first == again}")


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("rules", "support", "refusal", "cost"))
    parser.add_argument("place", type=Path, help="SHARED, or HOME")
    parser.add_argument("run", type=Path)
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--limit", type=int, default=80)
    given = parser.parse_args()
    if given.what == "support":
        support(given.place, given.run, given.limit)
    elif given.what == "rules":
        measured(given.place, given.run, given.limit)
    elif given.what == "refusal":
        refusal(given.place, given.run, given.files)
    else:
        cost(given.run)


if __name__ == "__main__":
    main()
