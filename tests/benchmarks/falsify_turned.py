"""Turn sentences round in texts that the check of sentences was not written on.

    python -m tests.benchmarks.falsify_turned SHARED [--half 0|1] [--each N] [--json FILE] [--print]

Three kinds of error, English and Chinese: two things of a sentence exchanged, cause and effect
turned round, a likeness made a difference or a difference a likeness. Texts are paragraphs of
public sets below SHARED (XQuAD, CMRC, the articles of WiCE) and the notes of the primer. True is a
sentence joined with one beside it, without asides and with some words changed; each that the check
lets pass in its own words is turned round. Printed is, by kind, how many are still shown in their
own words. Texts are halved by their hash: what is learnt on one half is measured on the other.

Knows nothing of how the check works.
"""

import argparse
import hashlib
import json
import random
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from pathlib import Path

from assistant.answering.evidence.pieces import pieces
from index.models.embedder import Embedder
from ingest.text.words import word_set
from tests.benchmarks.falsify import Texts, True_
from tests.benchmarks.falsify import _row as judged
from tests.benchmarks.falsify_pages import _joined, tell

SEED = 20261130
DATA = Path(__file__).resolve().parents[2] / "data"
_AROUND = 3  # sentences on either side that belong to the evidence
_ALIKE = 0.5
_ODD = re.compile(r"https?:|[`$\\{}|<>\[\]*#]")
_HAN = re.compile(r"[\u3400-\u9fff]")

Turn = Callable[[str, str, random.Random], str | None]
"""Turns a sentence round; the second text is what it stands in."""


# --- things exchanged

_AFTER_NOUN = (
    "of|is|are|was|were|to|in|and|that|which|for|with|from|by|on|as|at|can|could|has|have|had|will|"
    "into|than|when|while|where|before|after|until|or|but|may|must|would|should|does|did|who|so"
)
_NOUN = re.compile(
    r"\b(?:the|a|an|its|their|his|her|each|this|these|every|of|into|to|from|by|with|for|on)"
    rf" (?P<noun>[a-z]{{4,}})(?=[,.;:)]| (?:{_AFTER_NOUN})\b)",
    re.IGNORECASE,
)
_NO_NOUN = word_set(
    "which that this these those what them their where whom same other first last most more least "
    "many some such both each only then than there when while used made done able well also been "
    "being having doing using going known based given part order use addition example instance"
)
_BESIDE = re.compile(
    r"[ ,]*(?:and|or|nor|as well as|/)?(?: (?:the|a|an|its|their|of|to|by|for))* ?"
)
_NO_WORD = re.compile(
    r"[的了在是和与也就而或被把对从到这那它他她我其为以有个种些着过于并且则再还之等将让使得吗呢不没"
    r"无未可能会要因此所由年月日一二三四五六七八九十]"
)


def _things_exchanged(sentence: str, text: str, rng: random.Random) -> str | None:
    """Exchange two things that are not told in one row, which has no order."""
    if _HAN.search(sentence):
        found = _repeated_words(sentence, text)
    else:
        found = [
            (m.start("noun"), m.end("noun"))
            for m in _NOUN.finditer(sentence)
            if m["noun"].casefold() not in _NO_NOUN
        ]
    pairs = [
        (one, two)
        for one, two in combinations(found, 2)
        if sentence[slice(*one)] != sentence[slice(*two)]
        and not _BESIDE.fullmatch(sentence[one[1] : two[0]])
        and not re.fullmatch(r"[和与、或及]?", sentence[one[1] : two[0]])
    ]
    if not pairs:
        return None
    (a, b), (c, d) = rng.choice(pairs)
    return sentence[:a] + sentence[c:d] + sentence[b:c] + sentence[a:b] + sentence[d:]


def _repeated_words(sentence: str, text: str) -> list[tuple[int, int]]:
    """Return where words stand that a Chinese text repeats: two to four characters, the longest."""
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(sentence):
        for length in (4, 3, 2):
            word = sentence[at : at + length]
            whole = len(word) == length and re.fullmatch(r"[\u3400-\u9fff]+", word)
            if whole and not _NO_WORD.search(word) and text.count(word) >= 3:
                found.append((at, at + length))
                at += length - 1
                break
        at += 1
    return found


# --- by pattern


def of_patterns(*table: tuple[str, str]) -> Turn:
    """Return a turn by one of those patterns that match, chosen at random."""
    compiled = [(re.compile(pattern), new) for pattern, new in table]

    def turn(sentence: str, _: str, rng: random.Random) -> str | None:
        fitting = [(pattern, new) for pattern, new in compiled if pattern.search(sentence)]
        if not fitting:
            return None
        pattern, new = rng.choice(fitting)
        turned = pattern.sub(new, sentence, count=1)
        return turned[:1].upper() + turned[1:]

    return turn


_CAUSES = r"leads? to|led to|causes?|caused|results? in|resulted in|is due to|was due to"
_CAUSES_BY = r"is caused by|are caused by|was caused by|results? from|resulted from|depends? on"
_CAUSE = of_patterns(
    (r"([^,;]{10,}?),? because (?!of )([^,.;]{8,})", r"\2 because \1"),
    (r",? because (?!of )", ", and therefore "),
    (r"([^,;]{12,}), so (?!that|far|much|many|long|called)([^,.;]{8,})", r"\2, so \1"),
    (r", so (?!that|far|much|many|long|called)(?=\w)", " because "),
    (rf"([^,;.]{{4,}}?) ({_CAUSES}|{_CAUSES_BY}) ([^,.;]{{4,}})", r"\3 \2 \1"),
    (r"([^,;.]{8,}?),? (due to|because of|as a result of) ([^,.;]{4,})", r"\3 \2 \1"),
    (r"(?:Because|Since) (?!of |\d|the )([^,;]{8,}), ([^,.;]{8,})", r"Because \2, \1"),
    (r"([^,;.]{8,}), (?:and )?(therefore|thus|hence) ([^,.;]{8,})", r"\3, \2 \1"),
)
_CAUSE_ZH = of_patterns(
    (r"(因为|由于)([^，。；]{3,})，(所以|因此)?([^，。；]{3,})", r"\1\4，\3\2"),
    (r"([^，。；]{3,})，(因此|所以|从而|于是)([^，。；]{3,})", r"\3，\2\1"),
    (r"，(?:因此|所以|从而|于是)", "，因为"),
    (r"，(?:这?是)?因为", "，因此"),
    (r"([^，。；]{2,}?)(导致|造成|引起|使得|引发)(了?[^，。；]{2,})", r"\3\2\1"),
)
_LIKE = of_patterns(
    (r"\bUnlike\b", "Like"), (r"\bunlike\b", "like"),
    (r"([\w-]+) (instead of|rather than) ((?:the |a |an )?[\w-]+)", r"\3 \2 \1"),
    (r"\b(?:instead of|rather than)\b", "as well as"),
    (r"\bdifferent from\b", "the same as"), (r"\bdiffers from\b", "is the same as"),
    (r"\bdiffer from\b", "are the same as"), (r"\b(?<!not )similar to\b", "different from"),
    (r"\b[Ii]n contrast to\b", "just like"), (r"\bas opposed to\b", "just like"),
    (r"\bjust like\b", "unlike"), (r"\bthe same as\b", "different from"),
    (r", (?:whereas|while) ", ", just as "), (r"\bas well as\b", "instead of"),
    (r"\b[Ll]ike (?=the |a |other )", "unlike "), (r"\bdifferently from\b", "just like"),
)  # fmt: skip
_LIKE_ZH = of_patterns(
    (r"([与和跟同][^，。；]{1,14})不同", r"\1相同"), (r"不同于", "类似于"),
    (r"([^，。；]{2,10})而不是([^，。；]{2,10})", r"\2而不是\1"), (r"而(?:不是|非)", "以及"),
    (r"类似于", "不同于"), (r"(?<!不)类似", "不同"), (r"相反", "同样"), (r"不像", "就像"),
    (r"([与和跟同像][^，。；]{1,14})(?<!不)一样", r"\1不一样"), (r"有别于", "等同于"),
    (r"(?<![不相])同样", "相反"), (r"区别于", "等同于"),
    (r"([与和跟同][^，。；]{1,14})(?<!不)相同", r"\1不同"),
)  # fmt: skip
KINDS: dict[str, dict[str, Turn]] = {
    "en": {"things exchanged": _things_exchanged, "cause turned": _CAUSE, "likeness": _LIKE},
    "zh": {"things exchanged": _things_exchanged, "cause turned": _CAUSE_ZH, "likeness": _LIKE_ZH},
}


# --- texts


def texts(shared: Path, half: int) -> list[str]:
    """Return the texts of one half: paragraphs, articles, notes."""
    return of_half([*_public(shared / "public"), *_primer()], half)


def of_half(every: list[str], half: int) -> list[str]:
    """Return those of some texts that are of one half, each once."""
    return [text for text in dict.fromkeys(every) if _hash(text) % 2 == half]


def _hash(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16)


def _public(public: Path) -> Iterator[str]:
    for name in ("xquad/xquad.en.json", "xquad/xquad.zh.json"):
        for article in json.loads((public / name).read_text("utf-8"))["data"]:
            yield from (paragraph["context"] for paragraph in article["paragraphs"])
    for article in json.loads((public / "cmrc2018" / "dev.json").read_text("utf-8"))["data"]:
        yield from (paragraph["context"] for paragraph in article["paragraphs"])
    for line in (public / "wice" / "claim-dev.jsonl").read_text("utf-8").splitlines():
        yield " ".join(json.loads(line)["evidence"])


def _primer() -> Iterator[str]:
    for folder in ("primer", "primer-zh"):
        for note in sorted((DATA / folder).glob("*.md")):
            yield note.read_text("utf-8").split("\n---\n", 1)[-1]


def true_sentences(every: list[str]) -> Iterator[tuple[True_, str, str]]:
    """Yield true sentences, each with what it stands in and the part of it that may be turned."""
    for text in sorted(every, key=_hash):
        lines = [each.text for each in pieces(text) if each.form == "prose"]
        for at, line in enumerate(lines):
            chinese = bool(_HAN.search(line))
            beside = [n for n in (at - 1, at + 1) if 0 <= n < len(lines)]
            beside = [n for n in beside if _fit(lines[n], chinese) and _alike(line, lines[n])]
            if not beside or not _fit(line, chinese):
                continue
            other = min(beside, key=lambda n: (abs(len(lines[n]) - len(line)), n))
            around = lines[max(0, at - _AROUND) : at + 1 + _AROUND]
            joint = "" if chinese else " "
            context = joint.join(around)
            first, second = sorted((at, other))
            joined = _joined(lines[first], lines[second], "" if chinese else context)
            part = joined[: joined.find("；" if chinese else ", and ", len(lines[first]) // 2)]
            if other < at:
                part = joined[len(part) :].lstrip("；, ").removeprefix("and ")
            yield True_("zh" if chinese else "en", joined, (context,)), text, part


def _fit(line: str, chinese: bool) -> bool:
    if _ODD.search(line) or bool(_HAN.search(line)) != chinese:
        return False
    if chinese:
        return 10 <= len(line) <= 90 and line.endswith("。")
    return line.isascii() and 40 <= len(line) <= 180 and line.endswith(".")


def _alike(one: str, two: str) -> bool:
    """Say whether neither is most of the joined sentence, which would be shown as that one."""
    return min(len(one), len(two)) >= _ALIKE * max(len(one), len(two))


def turned(
    true: True_, text: str, part: str, kinds: Mapping[str, Mapping[str, Turn]] = KINDS
) -> Iterator[tuple[str, str]]:
    """Yield a sentence turned round in one of its parts, by every kind that fits."""
    rng = random.Random(f"{SEED}{true.sentence}")  # no secret
    for kind, turn in kinds[true.set].items():
        false = turn(part, text, rng)
        if part and false and false.casefold() != part.casefold():
            yield kind, true.sentence.replace(part, false, 1)


def main() -> None:
    """Read the arguments, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--half", type=int, choices=(0, 1), default=0)
    parser.add_argument("--each", type=int, default=60, help="at most so many of a kind")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--print", action="store_true", dest="printed")
    parser.add_argument("--models", type=Path, default=Path.home() / ".cache" / "refdesk-tests")
    given = parser.parse_args()
    every = [
        (true, list(turned(true, text, part)))
        for true, text, part in true_sentences(texts(given.shared, given.half))
    ]
    rows = rows_of(every, given.each, given.models)
    tell(rows, given.json, printed=given.printed)


Turned = tuple[True_, list[tuple[str, str]]]
"""A true sentence and the false ones made of it, each with its kind."""


def rows_of(every: list[Turned], most: int, models: Path) -> list[dict[str, str]]:
    """Judge sentences and what they were turned into, at most so many of a kind."""
    every = [each for each in every if each[1]]
    with tempfile.TemporaryDirectory() as folder:
        contexts = list(dict.fromkeys(text for true, _ in every for text in true.texts))
        library = Texts(Path(folder), Embedder.open(models), contexts)
        return list(_rows(library, every, most))


def _rows(library: Texts, every: list[Turned], most: int) -> Iterator[dict[str, str]]:
    """Judge the rarest kinds first until there is enough of each."""
    count: Counter[tuple[str, str]] = Counter()
    seldom = Counter((true.set, kind) for true, false in every for kind, _ in false)
    for true, made in sorted(every, key=lambda e: min(seldom[e[0].set, k] for k, _ in e[1])):
        wanted = [(kind, false) for kind, false in made if count[true.set, kind] < most]
        if not wanted:
            continue
        evidence = library.evidence(true.texts)
        row = judged(library, evidence, true, "true", true.sentence)
        yield row
        if row["is"] == "shown":
            for kind, false in wanted:
                count[true.set, kind] += 1
                yield judged(library, evidence, true, kind, false)


if __name__ == "__main__":
    main()
