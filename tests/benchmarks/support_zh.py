"""Chinese sentences to test the check of sentences on, made by rule from the primer's notes.

    python -m tests.benchmarks.support_zh --make          writes data/eval/support_zh.jsonl
    python -m tests.benchmarks.support_zh [--print]       measures the check on it
    python -m tests.benchmarks.support_zh --judge RUN     measures what train_judge left in RUN

Each of 150 true ones (a sentence of ``data/primer-zh`` without an aside or its end, in other words,
or joined with the next) stands beside one false one, which changes it in one place (the Chinese
kinds of `tests.benchmarks.falsify`). The evidence is the sentence with those beside it.
"""

import argparse
import json
import random
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sklearn.metrics import roc_auc_score

from assistant.answering.checking import Support, attribute
from index.models.embedder import Embedder
from ingest.text.sentences import sentences
from tests.benchmarks.falsify import SEED, Texts, falsify
from tests.benchmarks.train_judge import GRAPH, Judge

DATA = Path(__file__).resolve().parents[2] / "data"
FILE = DATA / "eval" / "support_zh.jsonl"
_MOST = 150
_REWRITES = (
    ("因此", "所以"), ("例如", "比如"), ("使用", "采用"), ("大约", "约"), ("通常", "一般"),
    ("以及", "和"), ("如果", "假如"), ("并且", "而且"), ("仍然", "还是"), ("很少", "不多"),
    ("各个", "每个"), ("由于", "因为"), ("提高", "提升"), ("减少", "降低"), ("得到", "获得"),
)  # fmt: skip
_ASIDE = re.compile(r"（[^（）]{2,60}）")
_END = re.compile(r"[，；](?:因此|所以|因为|从而|以便|这样|也就是)[^。]{4,60}。$")
_SHORTEST, _LONGEST = 16, 110


def make() -> list[dict[str, object]]:
    """Return the 300 sentences, in pairs of a true and a false one."""
    made = []
    for note in sorted((DATA / "primer-zh").glob("*.md")):
        rng = random.Random(f"{SEED}{note.stem}")  # no secret
        pairs = [pair for pair in _of_note(note, rng) if pair is not None]
        made += rng.sample(pairs, min(2, len(pairs)))
    random.Random(SEED).shuffle(made)
    rows: list[dict[str, object]] = []
    for note, evidence, form, true, kind, false in made[:_MOST]:
        shared = {"id": f"z{len(rows) // 2 + 1:03}", "about": f"refdesk:primer/{note}"}
        rows.append(
            {**shared, "evidence": evidence, "sentence": true, "supported": True, "kind": form}
        )
        rows.append(
            {**shared, "evidence": evidence, "sentence": false, "supported": False, "kind": kind}
        )
    return rows  # fmt: skip


def _of_note(note: Path, rng: random.Random) -> Iterator[tuple[str, str, str, str, str, str]]:
    body = note.read_text("utf-8").split("\n---\n", 1)[-1]
    lines = []
    for block in re.split(r"\n\s*\n", re.sub(r"\$\$.*?\$\$|```.*?```", "", body, flags=re.DOTALL)):
        if not block.lstrip().startswith(("#", "|", "-", "*", "1.")) and "$" not in block:
            flat = "".join(block.split("\n")).replace("**", "").replace("`", "")
            lines += [flat[start:end].strip() for start, end in sentences(flat)]
    for place, line in enumerate(lines):
        if not _SHORTEST <= len(line) <= _LONGEST or not line.endswith("。"):
            continue
        evidence = "".join(lines[max(0, place - 1) : place + 2])
        forms = list(_forms(line, lines[place + 1 : place + 2]))
        if not forms:
            continue
        form, true = rng.choice(forms)
        false = [(kind, said) for kind, said in falsify(true, (evidence,), rng) if said != true]
        if false:
            yield (note.stem, evidence, form, true, *rng.choice(false))


def _forms(line: str, following: list[str]) -> Iterator[tuple[str, str]]:
    if _ASIDE.search(line):
        yield "without its aside", _ASIDE.sub("", line)
    if _END.search(line):
        yield "without its end", _END.sub("。", line)
    rewritten = line
    for old, new in _REWRITES:
        rewritten = rewritten.replace(old, new)
    if rewritten != line:
        yield "reworded", rewritten
    if following and len(line) + len(following[0]) <= _LONGEST:
        yield "merged", f"{line[:-1]}；{following[0]}"


def measure(models: Path, printed: bool) -> None:
    """Print what becomes of true and false sentences, and the balanced accuracy."""
    rows = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
    count: Counter[tuple[bool, str]] = Counter()
    right: Counter[bool] = Counter()
    kinds: Counter[tuple[str, bool]] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        texts = list(dict.fromkeys(row["evidence"] for row in rows))
        library = Texts(Path(folder), Embedder.open(models), texts)
        for row in rows:
            evidence = library.evidence((row["evidence"],))
            checked = Support(library).check(row["sentence"], evidence)  # type: ignore[arg-type]
            right[row["supported"]] += row["supported"] == (checked.status != "dropped")
            verdict = attribute(library, evidence, row["sentence"])  # type: ignore[arg-type]
            verbatim = "quoted" if verdict.verbatim else "shown"
            became = "dropped" if verdict.line is None else verbatim
            count[row["supported"], became] += 1
            if not row["supported"]:
                kinds[row["kind"], became == "shown"] += 1
            if printed and row["supported"] != (became == "shown"):
                print(became, row["kind"], row["sentence"], "|", verdict.reason)
    for supported in (True, False):
        told = ", ".join(f"{count[supported, w]} {w}" for w in ("shown", "quoted", "dropped"))
        print(f"{'true' if supported else 'false'}: {told}")
    for kind in sorted({kind for kind, _ in kinds}):
        print(f"  {kind}: shown {kinds[kind, True]}/{kinds[kind, True] + kinds[kind, False]}")
    each = len(rows) // 2
    kept = (count[True, "shown"] + count[True, "quoted"]) / each
    stopped = 1 - count[False, "shown"] / each
    print(f"what is shown, balanced accuracy: {(kept + stopped) / 2:.3f}")
    print(f"`Support.check` alone: true {right[True]}/{each}, false {right[False]}/{each}, "
          f"balanced accuracy {(right[True] + right[False]) / 2 / each:.3f}")  # fmt: skip


def measure_judge(models: Path, run: Path) -> None:
    """Print how well the trained judge, which starts from an English model, tells them apart."""
    rows = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
    judge = Judge(run / GRAPH, models / "all-minilm-l6-v2")
    logits = [judge.logits(row["evidence"], row["sentence"])[0] for row in rows]
    labels = [row["supported"] for row in rows]
    right = sum((logit > 0) == label for logit, label in zip(logits, labels, strict=True))
    likelier = sum(true > false for true, false in zip(logits[::2], logits[1::2], strict=True))
    print(f"balanced accuracy {right / len(rows):.3f}, area {roc_auc_score(labels, logits):.3f}")
    print(f"the true one of two likelier {likelier}/{len(rows) // 2}")


def main() -> None:
    """Read the arguments; make the file or measure on it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--make", action="store_true")
    parser.add_argument("--judge", type=Path, metavar="RUN")
    parser.add_argument("--print", action="store_true", dest="printed")
    parser.add_argument("--models", type=Path, default=Path.home() / ".cache" / "refdesk-tests")
    given = parser.parse_args()
    if given.make:
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in make()]
        FILE.write_text("".join(lines), encoding="utf-8")
    elif given.judge:
        measure_judge(given.models, given.judge)
    else:
        measure(given.models, given.printed)


if __name__ == "__main__":
    main()
