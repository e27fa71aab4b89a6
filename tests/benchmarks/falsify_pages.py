"""Falsify sentences made from archived pages, by kinds that `tests.benchmarks.falsify` has not.

    python -m tests.benchmarks.falsify_pages HOME [--half 0|1] [--each N] [--json FILE] [--print]

HOME holds the archived pages. True are neighbouring sentences of a page joined into one, without
asides and in some other words. Each that the check lets pass in its own words is changed in one
place: a condition dropped, subjects exchanged, a quantifier, cause and effect, "unlike", a unit, a
comparison, two things exchanged, the order in time, "only" and "at least", how surely, part and
whole; so too in Chinese. Printed is by kind how many are still shown in their own words. Pages are
halved by the hash of their address: what is learnt on one half is measured on the other.

Knows nothing of how the check works.
"""

import argparse
import hashlib
import json
import random
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from assistant.answering.evidence.pieces import pieces
from index.models.embedder import Embedder
from index.store.sqlite import Store
from ingest.text.words import word_set
from tests.benchmarks.falsify import Texts, True_
from tests.benchmarks.falsify import _row as judged

SEED = 20261129
_ALIKE = 0.65
_AROUND = 4  # sentences on either side that belong to the evidence
_ASIDE = re.compile(r" \([^()]{2,80}\)|（[^（）]{2,80}）")
_ADDRESS = re.compile(r"https?:|[`$\\{}|<>\[\]]")
_LEANS = re.compile(
    r"(?:This|These|That|Those|It|They|He|She|We|I|You|Here|There|Let|But|And|So|For example|"
    r"In this|Note|这|那|它|他|我|你|因此|但|而|其|此|该|让|下面|在这|例如|请|本)"
)
_REWORDED = (
    ("In addition", "Besides"), ("utilize", "use"), ("However, ", ""), ("large", "big"),
    ("demonstrate", "show"), ("approximately", "about"), ("require", "need"), ("whole", "entire"),
    ("such as", "like"), ("begin", "start"), ("allows", "lets"), ("同时", "并且"), ("非常", "很"),
    ("例如", "比如"), ("使用", "采用"), ("通过", "借助"),
)  # fmt: skip

Change = Callable[[str, random.Random], str | None]


def _of_words(table: str) -> Change:
    """Return a change of one word or phrase into another: ``old>new`` apart by ``|``."""
    pairs = dict(each.split(">") for each in table.split("|"))
    alternatives = "|".join(sorted(map(re.escape, pairs), key=len, reverse=True))
    bounded = rf"\b(?:{alternatives})\b" if table.isascii() else f"(?:{alternatives})"
    pattern = re.compile(bounded)

    def change(sentence: str, rng: random.Random) -> str | None:
        found = list(pattern.finditer(sentence))
        if not found:
            return None
        at = rng.choice(found)
        return sentence[: at.start()] + pairs[at[0]] + sentence[at.end() :]

    return change


def _of_pattern(*patterns: tuple[str, str]) -> Change:
    """Return a change by the first of some patterns that matches."""
    compiled = [(re.compile(pattern), new) for pattern, new in patterns]

    def change(sentence: str, _: random.Random) -> str | None:
        for pattern, new in compiled:
            if pattern.search(sentence):
                changed = pattern.sub(new, sentence, count=1)
                return changed[:1].upper() + changed[1:]
        return None

    return change


def _nouns_exchanged(sentence: str, rng: random.Random) -> str | None:
    """Exchange two things that "the" stands before."""
    found = [
        m
        for m in re.finditer(r"\b[Tt]he ([a-z]{4,})\b(?= \w| ?[,.;])", sentence)
        if m[1] not in ("same", "following", "other", "first", "last", "most")
    ]
    different = [pair for pair in combinations(found, 2) if pair[0][1] != pair[1][1]]
    if not different:
        return None
    one, two = rng.choice(different)
    return (
        sentence[: one.start(1)] + two[1] + sentence[one.end(1) : two.start(1)] + one[1]
        + sentence[two.end(1) :]
    )  # fmt: skip


_VERB = (
    r"(?:is|are|was|were|can|could|will|has|have|uses?|needs?|requires?|takes?|allows?|lets|"
    r"provides?|"
    r"contains?|shows?|supports?|works?|makes?|gives?|computes?|should|must|may|does|do|improves?|"
    r"helps?)"
)
_SUBJECTS = re.compile(
    rf"(?P<one>(?:[\w'/-]+ ){{1,5}}?)(?P<says>{_VERB} .+), and (?P<two>(?:[\w'/-]+ ){{1,5}}?)"
    rf"(?P<other>{_VERB} .+)"
)
_SUBJECTS_ZH = re.compile(
    r"(?P<one>[^，。；是可会需能将有使]{2,14}?)"
    r"(?P<says>(?:是|可以|会|需要|能|将|有|使用|支持)[^；]+)；"
    r"(?P<two>[^，。；是可会需能将有使]{2,14}?)(?P<other>(?:是|可以|会|需要|能|将|有|使用|支持).+)"
)
_PRONOUN = re.compile(
    r"\b(?:it|they|this|these|we|you|he|she|there|which|that|thus|latter|former|thing)\b"
    r"|[它他这那我你们其]",
    re.I,
)


def _subjects_exchanged(sentence: str, _: random.Random) -> str | None:
    """Say of each of two things what was said of the other."""
    match = _SUBJECTS.fullmatch(sentence) or _SUBJECTS_ZH.fullmatch(sentence)
    if not match or _PRONOUN.search(match["one"] + match["two"]) or sentence.count(", and ") > 1:
        return None
    joint = "；" if "；" in sentence else ", and "
    return f"{match['two']}{match['says']}{joint}{match['one']}{match['other']}"


ENGLISH: dict[str, Change] = {
    "condition dropped": _of_pattern(
        (r"\b(?:If|When|Unless|Once|While|As long as|With|Without|For) [^,.;]{8,90}, (?=\w)", ""),
        (
            r",? (?:if|when|unless|as long as|provided that|only when|once|until|while) "
            r"[^,.;]{8,90}",
            "",
        ),
    ),
    "subjects exchanged": _subjects_exchanged,
    "quantifier": _of_words(
        "all>few|every>hardly any|each>hardly any|many>few|most>all|some>all|often>rarely|"
        "usually>always|sometimes>always|generally>always|several>all|mostly>entirely|"
        "typically>always|any>no"
    ),
    "cause and effect": _of_pattern(
        (r"([^,;]{12,}?),? because ([^,.;]{10,})", r"\2 because \1"),
        (r"([^,;]{12,}?),? since ([^,.;]{10,})", r"\2 since \1"),
        (r"([^,;]{12,}), so (?!that)([^,.;]{10,})", r"\2, so \1"),
        (r"([^,;.]{6,}?) (leads? to|causes?|results? in|is due to) ([^,.;]{6,})", r"\3 \2 \1"),
        (r"(?:Because|Since) ([^,;]{10,}), ([^,.;]{10,})", r"Because \2, \1"),
    ),
    "unlike turned": _of_pattern(
        (r"\bUnlike\b", "Like"), (r"\bunlike\b", "like"),
        (r"([\w-]+) instead of ([\w-]+)", r"\2 instead of \1"),
        (r"([\w-]+) rather than ([\w-]+)", r"\2 rather than \1"),
        (r"\bdifferent from\b", "the same as"), (r"\bsimilar to\b", "different from"),
        (r"\bin contrast to\b", "just like"), (r"\bas opposed to\b", "just like"),
        (r"\bjust like\b", "unlike"), (r"\bthe same as\b", "different from"),
    ),
    "unit": _of_words(
        "GB>MB|MB>GB|TB>GB|tokens>words|words>tokens|hours>days|days>hours|minutes>hours|"
        "seconds>minutes|ms>s|bits>bytes|bytes>bits|bit>byte|layers>heads|heads>layers|"
        "epochs>steps|steps>epochs|percent>percentage points|billion>million|million>billion|"
        "characters>words|GPUs>nodes|years>months"
    ),
    "comparison": _of_pattern(
        (r"((?:[\w-]+ ){1,3})(is|are|was|were) ([\w ]*?(?:\w+er|more \w+|less \w+)) than "
         r"((?:[\w-]+ ?){1,3})(?=[,.;])",
         r"\4 \2 \3 than \1"),
        (r"\b(?:more|less) (\w+) than\b", r"as \1 as"),
        (r"\b(\w+)er than\b", r"as \1 as"), (r"\bmore than\b", "as much as"),
        (
            r"\b(\w{3,}[^aeiou])er\b"
            r"(?= (?:model|batch|sequence|context|network|training|number|size))",
            r"\1est",
        ),
    ),
    "things exchanged": _nouns_exchanged,
    "order in time": _of_words(
        "then>beforehand|afterwards>beforehand|next>before that|subsequently>previously|"
        "finally>at first|initially>in the end|previously>later|already>not yet|"
        "eventually>at first|later>earlier|during>before|originally>finally|still>no longer|"
        "until>after"
    ),
    "only and at least": _of_pattern(
        (r"\bat least\b", "exactly"), (r"\bup to\b", "at least"), (r"\bat most\b", "at least"),
        (r"\bnot only\b", "only"),
        (r"\b[Oo]nly ", ""),
        (r"\bjust ", ""),
        (r"\bmore than (?=\d|one|two)", "fewer than "),
        (r"\b(?:about|around|roughly) (?=\d)", "at least "), (r" also ", " only "),
    ),
    "how surely": _of_words(
        "may>will always|might>will always|could>will always|should>need not|must>may|"
        "have to>can|has to>can|need to>can|needs to>can|can>has to|likely>certainly|"
        "probably>certainly|possible>certain|tend to>always|tends to>always|cannot>need not|"
        "recommended>required|required>recommended"
    ),
    "part and whole": _of_words(
        "part of>all of|parts of>all of|half of>all of|one of the>the only one of the|"
        "a subset of>all of|each layer>the whole model|per layer>per model|"
        "per token>per sequence|a fraction of>most of|the rest of>all of|partially>fully|"
        "a set of>a single one of|each token>each sequence|each head>each layer|"
        "each step>each epoch|each expert>each layer|a number of>all|the first>every|"
        "a lot of>all of|the entire>a part of the|the whole>a part of the|"
        "the model>each layer"
    ),
}  # fmt: skip

CHINESE: dict[str, Change] = {
    "condition dropped": _of_pattern(
        (r"(?:如果|当|若|一旦|假如|只要)[^，。；]{4,40}，", ""),
        (r"在[^，。；]{2,24}(?:时|下|中|后)，", ""),
        (r"对于[^，。；]{2,24}，", ""),
    ),
    "subjects exchanged": _subjects_exchanged,
    "quantifier": _of_words(
        "所有>少数|每个>极少数|每一个>某一个|许多>极少|很多>极少|大多数>所有|大部分>所有|"
        "一些>所有|通常>总是|往往>从不|有时>总是|经常>很少|多个>所有|几乎>完全|任何>个别|"
        "各种>一种|多种>一种"
    ),
    "cause and effect": _of_pattern(
        (r"因为([^，。；]{4,})，([^，。；]{4,})", r"因为\2，\1"),
        (r"由于([^，。；]{4,})，([^，。；]{4,})", r"由于\2，\1"),
        (r"([^，。；]{4,})，因此([^，。；]{4,})", r"\2，因此\1"),
        (r"([^，。；]{4,})，所以([^，。；]{4,})", r"\2，所以\1"),
        (r"([^，。；]{4,})，从而([^，。；]{4,})", r"\2，从而\1"),
        (r"([^，。；]{4,})，以便([^，。；]{4,})", r"\2，以便\1"),
    ),
    "unlike turned": _of_pattern(
        (r"不同，", "相同，"),
        (r"([^，。；]{2,8})而不是([^，。；]{2,8})", r"\2而不是\1"),
        (r"类似于", "不同于"),
        (r"类似", "相反"),
        (r"与([^，。；]{2,12})相比", r"正如\1"),
        (r"不同于", "正如"),
        (r"(?<![不相])同样", "相反"),
    ),
    "unit": _of_words(
        "GB>MB|MB>GB|小时>天|分钟>小时|比特>字节|字节>比特|亿>万|百分之>千分之|位>字节|层>头|"
        "词元>句子|单词>句子|%> 倍|倍>%"
    ),
    "comparison": _of_pattern(
        (
            r"([A-Za-z\u4e00-\u9fff-]{2,10})比([A-Za-z\u4e00-\u9fff-]{2,10}?)"
            r"(更|要|快|慢|大|小|好)",
            r"\2比\1\3",
        ),
        (r"更", "最"), (r"超过", "不到"), (r"不如", "胜过"), (r"优于", "等同于"),
    ),
    "order in time": _of_words(
        "然后>在此之前|接着>在此之前|随后>此前|最后>最初|首先>最后|最终>起初|已经>尚未|"
        "之前>之后|先>后|同时>先后|仍然>不再"
    ),
    "only and at least": _of_words(
        "至少>恰好|最多>至少|只需>还需|仅仅>不仅|只能>也能|只有>连|只>也|仅>不仅|大约>至少|"
        "约>至少|以上>以下|不仅>仅仅"
    ),
    "how surely": _of_words(
        "可能>一定|可以>必须|应该>不必|必须>可以|需要>可以|也许>必定|不一定>一定|能够>不得不|"
        "建议>要求|尽可能>完全|倾向于>总是"
    ),
    "part and whole": _of_words(
        "一部分>全部|部分>全部|一半>全部|之一>中唯一的一个|其中>全部|整个>一部分|"
        "每层>整个模型|子集>全集|一个>每个|第一个>每个|完整>部分"
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Page:
    url: str
    lines: tuple[str, ...]


def true_sentences(home: Path, half: int) -> list[True_]:
    """Return sentences joined of neighbouring ones of the pages of one half, with their context."""
    found = []
    for page in _pages(home, half):
        places = list(range(len(page.lines) - 1))
        random.Random(f"{SEED}{page.url}").shuffle(places)  # no secret
        taken: set[int] = set()
        for at in places:
            one, two = page.lines[at : at + 2]
            if taken & {at, at + 1} or not _fit(one) or not _fit(two) or not _alike(one, two):
                continue
            taken |= {at, at + 1}
            low = max(0, at - _AROUND)
            around = page.lines[low : at + 2 + _AROUND]
            chinese = not one.isascii() and bool(re.search(r"[\u4e00-\u9fff]", one))
            text = ("" if chinese else " ").join(around)
            joined = _joined(one, two, "" if chinese else text)
            found.append(True_("zh" if chinese else "en", joined, (text,)))
    return found


def _pages(home: Path, half: int) -> Iterator[_Page]:
    current = (home / "library" / "CURRENT").read_text("utf-8").strip()
    for document in Store(home / "library" / current / "library.sqlite").documents():
        digest = int(hashlib.sha256(document.url.encode()).hexdigest(), 16)
        if document.url.startswith("http") and digest % 2 == half:
            lines = tuple(each.text for each in pieces(document.text) if each.form == "prose")
            yield _Page(document.url, lines)


def _fit(line: str) -> bool:
    if _ADDRESS.search(line) or _LEANS.match(line):
        return False
    if re.search(r"[\u4e00-\u9fff]", line):
        return 12 <= len(line) <= 90 and line.endswith("。")
    return line.isascii() and 45 <= len(line) <= 170 and line.endswith(".")


def _alike(one: str, two: str) -> bool:
    """Say whether neither is most of the joined sentence, which would be shown as that one."""
    return min(len(one), len(two)) >= _ALIKE * max(len(one), len(two))


def _joined(one: str, two: str, text: str) -> str:
    """Join two sentences; ``text`` tells of an English one whether its first word is a name."""
    one, two = (_ASIDE.sub("", each) for each in (one, two))
    for old, new in _REWORDED:
        one, two = one.replace(old, new), two.replace(old, new)
    if not text:
        return f"{one[:-1]}；{two}"
    first = two.split()[0]
    plain = first in _PLAIN or re.search(rf"\b{re.escape(first.lower())}\b", text)
    return f"{one[:-1]}, and {two[:1].lower() + two[1:] if plain else two}"


_PLAIN = word_set(
    "The A An In If When With For As By On To All Some Most Each Many Both One After Before While "
    "During Using Because Since Unlike Instead Only At From Another Other Users"
)


def falsify(true: True_, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Yield one false version of a sentence for each kind of error that fits it."""
    for kind, change in (CHINESE if true.set == "zh" else ENGLISH).items():
        false = change(true.sentence, rng)
        if false and false != true.sentence:
            yield kind, false


def main() -> None:
    """Read the arguments, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--half", type=int, choices=(0, 1), default=0)
    parser.add_argument("--each", type=int, default=18, help="at most so many of a kind")
    parser.add_argument("--most", type=int, default=1200, help="true sentences tried, at most")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--print", action="store_true", dest="printed")
    parser.add_argument("--models", type=Path, default=Path.home() / ".cache" / "refdesk-tests")
    given = parser.parse_args()
    every = true_sentences(given.home, given.half)
    every.sort(key=lambda each: hashlib.sha256(each.sentence.encode()).hexdigest())
    with tempfile.TemporaryDirectory() as folder:
        texts = list(dict.fromkeys(text for each in every for text in each.texts))
        library = Texts(Path(folder), Embedder.open(given.models), texts)
        rows = list(_rows(library, every[: given.most], given.each))
    tell(rows, given.json, printed=given.printed)


def tell(rows: list[dict[str, str]], file: Path | None, *, printed: bool) -> None:
    """Print the counts, with ``printed`` what is shown and false; write the rows, one a line."""
    _report(rows)
    if file:
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        file.write_text("\n".join(lines), encoding="utf-8")
    if printed:
        for row in rows:
            if row["kind"] != "true" and row["is"] == "shown":
                print(f"{row['set']} {row['kind']}: {row['said']} | {row['sentence']}")


def _rows(library: Texts, every: list[True_], most: int) -> Iterator[dict[str, str]]:
    count: Counter[tuple[str, str]] = Counter()
    for each in every:
        evidence = library.evidence(each.texts)
        if not evidence.lines:
            continue
        row = judged(library, evidence, each, "true", each.sentence)
        yield row
        if row["is"] == "shown":
            rng = random.Random(f"{SEED}{each.sentence}")  # no secret
            for kind, false in falsify(each, rng):
                if count[each.set, kind] < most:
                    count[each.set, kind] += 1
                    yield judged(library, evidence, each, kind, false)


def _report(rows: list[dict[str, str]]) -> None:
    table: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        table[row["set"], row["kind"]][row["is"]] += 1
        if row["kind"] != "true":
            table[row["set"], "all"][row["is"]] += 1
    for (name, kind), became in sorted(table.items()):
        told = ", ".join(f"{became[each]} {each}" for each in ("shown", "quoted", "dropped"))
        print(f"{name} {kind:20} shown {became['shown'] / became.total():6.1%}  ({told})")


if __name__ == "__main__":
    main()
