"""Falsify true sentences in one place each; count what the check of sentences still shows.

    python -m tests.benchmarks.falsify SHARED [--limit N] [--only SET] [--passed FILE]
        [--json FILE] [--print]

True sentences, each with the text it was written from, are those of public sets that people found
supported: WiCE (its claims with the sentences that support them and their neighbours), BEGIN
(fully attributable replies), answers of mtrag-un, QuoteSum's answers woven of quoted spans; and of
``data/eval/primer.jsonl`` the answers with their evidence; in Chinese those of
``paraphrases_zh.jsonl`` beside this file. Each that the check lets pass in its own words is
falsified by one change of every kind that fits: the kinds are in `falsify`. Printed are, by set,
what becomes of the true sentences (shown in their own words, the source quoted instead, dropped)
and, by kind, how many falsified ones are still shown in their own words. With ``--passed`` the
sentences falsified are those named in the file, or, where there is none, those that pass now are
written to it: so two states of the check are compared on the same sentences.

Knows nothing of how the check works: names, numbers and opposites are found by rules of its own.
"""

import argparse
import csv
import hashlib
import json
import random
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.answering.checking import attribute
from assistant.answering.evidence import Evidence, lines_of
from assistant.answering.question import understand
from index.models.embedder import Embedder
from index.search.dense import Vectors
from index.search.kept_vectors import KeptVectors
from index.search.lexical import WordIndex
from index.search.library import Hit
from index.store.values import StoredPassage
from ingest.text.sentences import language, sentences

SEED = 20261128
_AUX = r"is|are|was|were|has|have|had|can|could|will|would|should|does|do|did|may|might|must"
_PAIRS = (
    "before/after more/less more/fewer increase/decrease increases/decreases "
    "increased/decreased rise/fall rose/fell won/lost win/lose with/without minimum/maximum "
    "first/last encoder/decoder above/below over/under higher/lower high/low larger/smaller "
    "large/small faster/slower fast/slow earlier/later best/worst better/worse most/least "
    "all/none always/never up/down early/late old/new older/newer old/young open/closed "
    "true/false same/different input/output inside/outside start/end began/ended "
    "begins/ends north/south east/west left/right male/female man/woman success/failure "
    "accepted/rejected agreed/disagreed allowed/forbidden arrived/departed bought/sold "
    "buy/sell cheap/expensive cold/hot death/birth died/born entered/left expanded/shrank "
    "friend/enemy gained/lost good/bad happy/sad heavy/light include/exclude "
    "including/excluding internal/external legal/illegal long/short longer/shorter "
    "major/minor majority/minority parent/child past/future permanent/temporary "
    "positive/negative possible/impossible public/private raised/lowered reduced/raised "
    "remember/forget rich/poor safe/dangerous strong/weak upper/lower wide/narrow "
    "wins/loses add/remove added/removed since/until husband/wife brother/sister "
    "son/daughter father/mother teacher/student supported/opposed passed/failed"
)
_OPPOSITES = [pair.split("/") for pair in _PAIRS.split()]
_WORDS = {"two": "three", "three": "five", "four": "six", "five": "four", "six": "eight",
          "seven": "nine", "eight": "seven", "nine": "ten", "ten": "twelve", "one": "two",
          "twice": "three times", "half": "a third", "dozen": "hundred", "second": "third",
          "third": "fourth", "twelve": "twenty", "twenty": "thirty", "hundred": "thousand",
          "thousand": "million", "million": "billion", "billion": "million"}  # fmt: skip
_QUANTIFIERS = {"some": "all", "most": "all", "many": "all", "all": "some", "often": "always",
                "usually": "always", "can": "must", "may": "must", "might": "will",
                "several": "all", "sometimes": "always", "at least": "at most", "only": "also",
                "about": "exactly", "partly": "fully"}  # fmt: skip
_NAME = re.compile(
    r"(?<![\w.])(?:[A-Z][\w'&-]*[\w])(?: (?:of |the |de )?[A-Z][\w'&-]*[\w])*(?![\w])"
)
_NUMBER = re.compile(r"(?<![\w.,$-])\d+(?:[.,]\d+)*(?![\w]|[.,]\d)")
_CONDITION = re.compile(
    r",? (?:if|unless|when|while|except|only when|as long as|provided) [^,.;]+(?=[,.;])"
)


@dataclass(frozen=True, slots=True)
class True_:
    """A sentence that its texts support, by people."""

    set: str
    sentence: str
    texts: tuple[str, ...]


class Texts:
    """A library of texts held in memory: what `lines_of` and `attribute` need of one."""

    def __init__(self, folder: Path, embedder: Embedder, texts: list[str]) -> None:
        self.embedder = embedder
        self.judge = None
        self._words = WordIndex(folder)
        self._words.change([], [(n, "", text) for n, text in enumerate(texts)])
        self._kept = KeptVectors(embedder.embed, most=200_000)
        self.terms = self._words.terms
        self.idf = self._words.idf

    def sentence_vectors(self, texts: list[str]) -> Vectors:
        """Return the vectors of sentences."""
        return self._kept.of(texts)

    def with_other_forms(self, query: str) -> str:
        """Return a query as it is: nothing is known of abbreviations."""
        return query

    def evidence(self, texts: tuple[str, ...]) -> Evidence:
        """Return the evidence that texts are, each a passage of its own."""
        hits = [Hit(n + 1, 1.0, _passage(n, text), (), 1, 1, 0.5) for n, text in enumerate(texts)]
        return lines_of(self, understand("What do the texts say?"), hits)


def _passage(n: int, text: str) -> StoredPassage:
    key = hashlib.sha256(text.encode()).hexdigest()[:16]
    url = f"https://texts.example/{key}"
    return StoredPassage(
        n, key, 0, len(text), (), text, url, "", language(text), "page", "page", "", key
    )


def true_sentences(shared: Path, limit: int) -> list[True_]:
    """Return the true sentences of every set, at most ``limit`` of each, by a fixed choice."""
    found: dict[str, list[True_]] = defaultdict(list)
    public = shared / "public"
    for each in (
        *_wice(public),
        *_begin(public),
        *_mtrag(public),
        *_quotesum(public),
        *_primer(),
        *_chinese(),
    ):
        found[each.set].append(each)
    chosen = []
    for every in found.values():
        order = sorted(every, key=lambda e: hashlib.sha256(e.sentence.encode()).hexdigest())
        chosen += order[:limit]
    return chosen


def _wice(public: Path) -> Iterator[True_]:
    for line in (public / "wice" / "claim-dev.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["label"] == "supported":
            near = {n + d for n in row["supporting_sentences"][0] for d in (-1, 0, 1)}
            lines = [row["evidence"][n] for n in sorted(near) if 0 <= n < len(row["evidence"])]
            yield True_("wice", row["claim"], ("\n\n".join(lines),))


def _begin(public: Path) -> Iterator[True_]:
    for part in ("cmu", "tc"):
        with (public / "begin" / f"begin_dev_{part}.tsv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                if row["begin_label"] == "Fully attributable":
                    yield True_("begin", row["response"], (row["knowledge"],))


def _mtrag(public: Path) -> Iterator[True_]:
    for line in (public / "mtrag-un" / "reference.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["answerability"] == ["ANSWERABLE"]:
            texts = tuple(each["text"] for each in row["contexts"])
            target = row["targets"][0]["text"]
            for start, end in sentences(target):
                if 40 <= end - start <= 300 and sum(map(len, texts)) < 8000:
                    yield True_("mtrag", target[start:end], texts)


def _quotesum(public: Path) -> Iterator[True_]:
    for line in (public / "quotesum" / "dev.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        texts = tuple(row[f"source{n}"] for n in range(1, 9) if row.get(f"source{n}"))
        summary = re.sub(r" +([.,;])", r"\1", re.sub(r"\[ ?\d+ | ?\]", "", row["summary"]))
        for start, end in sentences(summary):
            if 40 <= end - start <= 300:  # characters
                yield True_("quotesum", summary[start:end], texts)


def _primer() -> Iterator[True_]:
    folder = Path(__file__).resolve().parents[2] / "data" / "eval"
    for line in (folder / "primer.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["evidence"] and row["lang"] == "en":
            yield True_("primer", row["answer"], (row["evidence"],))


def _chinese() -> Iterator[True_]:
    file = Path(__file__).with_name("paraphrases_zh.jsonl")
    for line in file.read_text("utf-8").splitlines() if file.is_file() else ():
        row = json.loads(line)
        yield True_("zh", row["sentence"], (row["source"],))


def falsify(sentence: str, texts: tuple[str, ...], rng: random.Random) -> Iterator[tuple[str, str]]:
    """Yield one false version of a sentence for each kind of error that fits it."""
    if language(sentence) == "zh":
        yield from _falsify_zh(sentence, rng)
        return
    numbers = list(_NUMBER.finditer(sentence))
    if numbers:
        yield "number", _put(sentence, rng.choice(numbers), lambda old: _other(old, rng))
    words = [m for w in _WORDS for m in re.finditer(rf"\b{w}\b", sentence)]
    if words:
        yield "number word", _put(sentence, rng.choice(words), _WORDS.__getitem__)
    inside = [m for m in _NAME.finditer(sentence) if _is_name(sentence, m)]
    mine = {m[0] for m in inside}
    whole = " ".join(texts)
    others = sorted(
        {m[0] for m in _NAME.finditer(whole) if _is_name(whole, m)}
        - {n for n in (m[0] for m in _NAME.finditer(whole)) if any(n in o or o in n for o in mine)}
    )
    if inside and others:
        other = rng.choice(others)
        yield "name", _put(sentence, rng.choice(inside), lambda _: other)
    if inside:
        yield (
            "name from elsewhere",
            _put(
                sentence, rng.choice(inside), lambda _: rng.choice(["Hendricks", "Lisbon", "Qwen3"])
            ),
        )
    aux = list(re.finditer(rf"\b(?:{_AUX})\b(?! not|n't)", sentence))
    if aux:
        yield "negation added", _put(sentence, rng.choice(aux), lambda old: f"{old} not")
    denied = list(re.finditer(r" not\b|n't\b|\bnever |\bno (?=\w)", sentence))
    if denied:
        yield "negation removed", _put(sentence, denied[0], lambda _: "")
    turned = [
        (m, after if m[0] == before else before)
        for before, after in _OPPOSITES
        for m in re.finditer(rf"\b(?:{before}|{after})\b", sentence)
    ]
    if turned:
        match, word = rng.choice(turned)
        yield "opposite", _put(sentence, match, lambda _: word)
    for kind, found in (("names exchanged", inside), ("numbers exchanged", numbers)):
        if len({m[0] for m in found}) > 1:
            one, two = sorted(rng.sample(found, 2), key=lambda m: m.start())
            if one[0] not in two[0] and two[0] not in one[0]:
                yield (
                    kind,
                    (
                        sentence[: one.start()]
                        + two[0]
                        + sentence[one.end() : two.start()]
                        + one[0]
                        + sentence[two.end() :]
                    ),
                )
    some = [m for w in _QUANTIFIERS for m in re.finditer(rf"\b{w}\b", sentence)]
    if some:
        yield "quantifier", _put(sentence, rng.choice(some), _QUANTIFIERS.__getitem__)
    if condition := _CONDITION.search(sentence):
        yield "condition dropped", _put(sentence, condition, lambda _: "")


_ZH_PAIRS = (
    "增加/减少 提高/降低 更快/更慢 更大/更小 之前/之后 最大/最小 更多/更少 高于/低于 "
    "编码器/解码器 输入/输出 支持/反对 大于/小于 优于/劣于 训练/推理 上升/下降 "
    "第一/最后 开启/关闭 简单/复杂 "
    "容易/困难 需要/无需 更好/更差 扩大/缩小 加快/减慢 全部/部分"
)
_ZH_OPPOSITES = [pair.split("/") for pair in _ZH_PAIRS.split()]


def _falsify_zh(sentence: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    numbers = list(re.finditer(r"(?<![A-Za-z\d.-])\d+(?:\.\d+)?", sentence))
    if numbers:
        yield "number", _put(sentence, rng.choice(numbers), lambda old: _other(old, rng))
    words = list(re.finditer(r"[两三四五六七八九](?=[个种步层倍行类条项张位台轮])", sentence))
    if words:
        turned = dict(zip("两三四五六七八九", "三五六四八九七两", strict=True))
        yield "number word", _put(sentence, rng.choice(words), turned.__getitem__)
    names = list(re.finditer(r"(?<![A-Za-z])[A-Za-z][A-Za-z0-9-]+(?![A-Za-z0-9])", sentence))
    if names:
        yield "name from elsewhere", _put(sentence, rng.choice(names), lambda _: "Qwen3")
    if len({m[0] for m in names}) > 1:
        one, two = names[0], next(m for m in names if m[0] != names[0][0])
        yield "names exchanged", (
            sentence[: one.start()] + two[0] + sentence[one.end() : two.start()] + one[0]
            + sentence[two.end() :]
        )  # fmt: skip
    if denied := re.search(r"不(?=[需要会能是支用])|没有|无需|并非", sentence):
        new = {"没有": "有", "无需": "需要", "并非": "是"}.get(denied[0], "")
        yield "negation removed", _put(sentence, denied, lambda _: new)
    elif verb := re.search(r"(?<![不是])(?:需要|能够|可以|支持|会|能|是)(?!否)", sentence):
        yield "negation added", _put(sentence, verb, lambda old: "不" + old)
    turned_zh = [
        (m, after if m[0] == before else before)
        for before, after in _ZH_OPPOSITES
        for m in re.finditer(f"{before}|{after}", sentence)
    ]
    if turned_zh:
        match, word = rng.choice(turned_zh)
        yield "opposite", _put(sentence, match, lambda _: word)


def _put(sentence: str, at: re.Match[str], new: Callable[[str], str]) -> str:
    return sentence[: at.start()] + new(at[0]) + sentence[at.end() :]


def _other(number: str, rng: random.Random) -> str:
    """Return another number of the same form: one digit is changed, the first of few."""
    places = [n for n, sign in enumerate(number) if sign.isdigit()]
    place = rng.choice(places)
    digits = [d for d in "123456789" if d != number[place]]
    return number[:place] + rng.choice(digits) + number[place + 1 :]


def _is_name(text: str, match: re.Match[str]) -> bool:
    """Say whether capitals make a name: one inside, or not the first word of a sentence."""
    before = text[: match.start()].rstrip(" \"'“(")
    begins = not before or before[-1] in ".!?:\n|"
    odd = sum(sign.isupper() for sign in match[0]) > 1
    return (odd or not begins) and match[0] not in ("I", "The", "It", "In", "A")


def main() -> None:
    """Read the arguments, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--limit", type=int, default=120)
    parser.add_argument("--only", default="")
    parser.add_argument("--passed", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--print", action="store_true", dest="printed")
    parser.add_argument("--models", type=Path, default=Path.home() / ".cache" / "refdesk-tests")
    given = parser.parse_args()
    every = [
        each for each in true_sentences(given.shared, given.limit) if given.only in ("", each.set)
    ]
    with tempfile.TemporaryDirectory() as folder:
        texts = [text for each in every for text in each.texts]
        library = Texts(Path(folder), Embedder.open(given.models), list(dict.fromkeys(texts)))
        rows = list(_judged(library, every, given.passed))
    _report(rows)
    if given.passed and not given.passed.exists():
        passed = [row["sentence"] for row in rows if row["kind"] == "true" and row["is"] == "shown"]
        given.passed.write_text(json.dumps(passed, ensure_ascii=False), encoding="utf-8")
    if given.json:
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        given.json.write_text("\n".join(lines), encoding="utf-8")
    if given.printed:
        for row in rows:
            if (row["kind"] == "true") != (row["is"] == "shown"):
                print(f"{row['set']} {row['kind']} {row['is']}: {row['said']} | {row['reason']}")


def _judged(library: Texts, every: list[True_], passed: Path | None) -> Iterator[dict[str, str]]:
    known = set(json.loads(passed.read_text("utf-8"))) if passed and passed.exists() else None
    for each in every:
        evidence = library.evidence(each.texts)
        if not evidence.lines:
            continue
        row = _row(library, evidence, each, "true", each.sentence)
        yield row
        if each.sentence in known if known is not None else row["is"] == "shown":
            rng = random.Random(f"{SEED}{each.sentence}")  # no secret
            for kind, false in falsify(each.sentence, each.texts, rng):
                if false != each.sentence:
                    yield _row(library, evidence, each, kind, false)


def _row(library: Texts, evidence: Evidence, each: True_, kind: str, said: str) -> dict[str, str]:
    verdict = attribute(library, evidence, said)
    became = "dropped" if verdict.line is None else "quoted" if verdict.verbatim else "shown"
    return {"set": each.set, "kind": kind, "is": became, "said": said, "sentence": each.sentence,
            "reason": verdict.reason, "text": verdict.text,
            "support": f"{verdict.support:.3f}"}  # fmt: skip


def _report(rows: list[dict[str, str]]) -> None:
    count = Counter((row["set"], row["kind"], row["is"]) for row in rows)
    sets = list(dict.fromkeys(row["set"] for row in rows))
    print("true sentences:")
    for each in sets:
        shown, quoted, dropped = (count[each, "true", w] for w in ("shown", "quoted", "dropped"))
        print(f"  {each:8} {shown:4} shown, {quoted:4} quoted, {dropped:4} dropped")
    print("falsified, still shown:")
    for kind in dict.fromkeys(row["kind"] for row in rows if row["kind"] != "true"):
        _line(kind, rows, sets, kind)
    _line("all", rows, sets, None)


def _line(title: str, rows: list[dict[str, str]], sets: list[str], kind: str | None) -> None:
    of = [row for row in rows if row["kind"] != "true" and kind in (None, row["kind"])]
    parts = []
    for each in ("", *sets):
        here = [row for row in of if each in ("", row["set"])]
        shown = sum(row["is"] == "shown" for row in here)
        parts.append(f"{each or 'sum'} {shown}/{len(here)}")
    share = sum(row["is"] == "shown" for row in of) / max(1, len(of))
    print(f"  {title:20} {share:5.1%}  " + "  ".join(parts))


if __name__ == "__main__":
    main()
