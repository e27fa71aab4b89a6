"""Change of how many, how surely and under which condition a sentence speaks.

    python -m tests.benchmarks.falsify_scope SHARED [--half 0|1] [--each N] [--json FILE] [--print]

Kinds: a quantifier exchanged (all, most, some, each, any, at least, up to), put in or left out
("only" before what the source says without it), the force of a verb (may, can, must), a condition
dropped or turned (if, unless, only when, provided), an exception dropped or turned; English and
Chinese. True are two sorts of sentences that the check lets pass in its own words: people's
rewordings of texts (`tests.benchmarks.falsify`, "people"), and neighbouring sentences of texts that
no other of these benchmarks takes apart (passages of mtrag-un, sources of QuoteSum), joined; for
Chinese those of CMRC and the primer. Halves follow from a text's hash: what is learnt on one is
measured on the other.

Knows nothing of how the check works.
"""

import argparse
import json
import random
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from ingest.text.scripts import has_han
from tests.benchmarks.falsify import True_
from tests.benchmarks.falsify import true_sentences as by_people
from tests.benchmarks.falsify_pages import tell
from tests.benchmarks.falsify_turned import (
    Turn,
    Turned,
    of_half,
    of_patterns,
    rows_of,
    texts,
    true_sentences,
    turned,
)

_EVERYONE = 100_000
_DONE = r"(?:used|made|found|held|given|needed|taken|called)"
_REST = r"[^,.;:()]{6,90}"
_ON = r"(?:if|unless|as long as|provided(?: that)?|only (?:if|when)|once|whenever|in case)"


def _words(table: str) -> tuple[tuple[str, str], ...]:
    """Return patterns that change one word or phrase into another: ``old>new`` apart by ``|``."""
    pairs = [each.split(">") for each in table.split("|")]
    if not table.isascii():
        return tuple((re.escape(old), new) for old, new in pairs)
    return tuple(
        pattern
        for old, new in pairs
        for pattern in (
            (rf"\b{old}\b", new), (rf"^{old.capitalize()}\b", new.capitalize()),
        )
    )  # fmt: skip


_QUANTIFIER = of_patterns(
    *_words(
        "most>all|some>all|some>most|many>all|many>few|several>all|"
        "any>every|both>one of|few>many|a few>many|at least>at most|"
        "at most>at least|up to>at least|up to>exactly|more than>at most|less than>at least|"
        "fewer than>more than|over(?= \\d)>under|almost all>all|nearly all>all|most of>all of|"
        "some of>all of|none of>some of|half of>most of|usually>always|often>always|"
        "sometimes>always|generally>always|typically>always|rarely>often|"
        "mostly>only|mainly>only|primarily>only|majority>minority|the only>one|not all>all"
    ),
)
_PUT_IN = of_patterns(
    (
        r"(?<=[a-z] )(?=\d[\d,.]* (?!and|the|for)[a-z]{3,})(?<!least )(?<!most )(?<!to )(?<!than )",
        "only ",
    ),
    (
        rf"\b(can|may|will|is|are|was|were) (?={_DONE}\b)",
        r"\1 only ",
    ),
    (r"\b(can|may|must|should) (?!not|only|also|be)(?=[a-z]+)", r"\1 only "),
    (
        r"\b(is|are|was|were) (?=(?:used|made|found|held|given|needed|taken|called)\b)",
        r"\1 always ",
    ),
    (r"\b(?:[Oo]nly|[Jj]ust|[Ss]olely|[Ee]xclusively|almost|nearly) (?!if|when|as|like)(?=\w)", ""),
    (r"^(?=[A-Z][a-z]+s (?:are|were|have|can|may|must|should)\b)", "All "),
    (r"^The (?=[a-z]+s (?:are|were|have|can|may|must|should)\b)", "All "),
    (r"\b(?:some|many|most|several|certain) (?=[a-z]+s\b)", ""),
)
_FORCE = of_patterns(
    *_words(
        "may>must|may>will|might>will|might>must|can>must|can>should|could>will|could>must|"
        "should>must|must>may|must>can|would>must|likely to>certain to|"
        "need to>may|needs to>may|have to>may|has to>may|required to>allowed to|"
        "allowed to>required to|recommended>required|tend to>always|tends to>always"
    ),
)
_DROPPED = of_patterns(
    (rf"^(?:{_ON.replace('if', '[Ii]f')}|Unless|As long as|Provided that|Once|Whenever) {_REST}, "
     r"(?=\w)", ""),
    (rf",? {_ON} {_REST}(?=[,.;])", ""),
    (rf",? when {_REST}(?=[.;])", ""),
)  # fmt: skip
_TURNED = of_patterns(
    (rf"\bif (?={_REST})", "unless "), (rf"^If (?={_REST})", "Unless "),
    (r"\bunless ", "if "), (r"^Unless ", "If "), (r"\bonly (if|when) ", r"even \1 "),
    (r"\b(?<!even )(?<!only )(if|when) ", r"only \1 "), (r"\b(?<!only )(if|when) ", r"even \1 "),
    (r"\bas long as ", "unless "), (r"\bprovided that ", "unless "), (r"\bonce ", "unless "),
    (r"\bwithout (?=[a-z])", "with "), (r"\bregardless of ", "depending on "),
    (r"\bdepending on ", "regardless of "), (r"\bbefore (?=[a-z]+ing\b)", "after "),
)  # fmt: skip
_EXCEPT = of_patterns(
    (rf",? (?:except|except for|except that|other than|apart from|excluding) {_REST}(?=[,.;])", ""),
    (r"\b(?:except for|except|excluding|other than|apart from) ", "including "),
    (r"\bincluding ", "excluding "), (r"\b(?:especially|particularly) ", "only "),
)  # fmt: skip
_QUANTIFIER_ZH = of_patterns(
    *_words(
        "大多数>所有|大部分>全部|一些>所有|部分>全部|许多>所有|"
        "多数>全部|少数>多数|至少>至多|最多>至少|至多>至少|以上>以下|超过>不到|几乎>完全|通常>总是|往往>总是|"
        "有时>总是|经常>总是|一般>总是|各种>某种|仅>不仅|只>不只|主要>仅|之一>中唯一的"
    ),
)
_FORCE_ZH = of_patterns(
    *_words("可以>必须|可能>必然|必须>可以|需要>可以|应该>必须|能够>必须|也许>必定"),
)
_DROPPED_ZH = of_patterns(
    (r"(?:(?<=[，；。])|^)(?:如果|当|若|一旦|假如|只要|除非|只有|倘若)[^，。；]{3,40}，", ""),
    (r"(?:(?<=[，；。])|^)(?:除了|除)[^，。；]{2,20}(?:外|之外|以外)，", ""),
    (r"(?:(?<=[，；。])|^)在[^，。；]{2,24}(?:时|下|情况下)，", ""),
)  # fmt: skip
_TURNED_ZH = of_patterns(
    (r"(?:(?<=[，；。])|^)(?:如果|若|假如|一旦|当)(?=[^，。；]{3,40}，)", "除非"),
    (r"(?:(?<=[，；。])|^)(?:如果|若|假如|一旦|只要)(?=[^，。；]{3,40}，)", "即使"),
    (r"只有", "即使"), (r"只要", "除非"), (r"除非", "如果"), (r"除了", "包括"),
)  # fmt: skip
_EN: Mapping[str, Turn] = {
    "quantifier": _QUANTIFIER, "put in or left out": _PUT_IN, "force": _FORCE,
    "condition dropped": _DROPPED, "condition turned": _TURNED, "exception": _EXCEPT,
}  # fmt: skip
KINDS: Mapping[str, Mapping[str, Turn]] = {
    "en": _EN,
    "people": _EN,
    "zh": {"quantifier": _QUANTIFIER_ZH, "force": _FORCE_ZH, "condition dropped": _DROPPED_ZH,
           "condition turned": _TURNED_ZH},
}  # fmt: skip


def cases(shared: Path, half: int) -> Iterator[Turned]:
    """Yield the true sentences of one half, each with the false ones made of it."""
    said = [each for each in by_people(shared, _EVERYONE) if each.set not in ("zh", "primer")]
    mine = set(of_half(["\n".join(each.texts) for each in said], half))
    for each in said:
        if "\n".join(each.texts) in mine:
            true = True_("people", each.sentence, each.texts)
            yield true, list(turned(true, "", each.sentence, KINDS))
    own = [text for text in texts(shared, half) if has_han(text)]
    for true, text, part in true_sentences([*of_half(list(_others(shared)), half), *own]):
        yield true, list(turned(true, text, part, KINDS))


def _of_every_kind(every: list[Turned], most: int) -> list[Turned]:
    """Return the first sentences of every kind, at most so many in all."""
    of_kind: dict[str, list[int]] = {}
    for n, (_, made) in enumerate(every):
        for kind, _ in made:
            of_kind.setdefault(kind, []).append(n)
    share = most // max(1, len(of_kind))
    return [every[n] for n in sorted({n for found in of_kind.values() for n in found[:share]})]


def _others(shared: Path) -> Iterator[str]:
    public = shared / "public"
    for line in (public / "mtrag-un" / "reference.jsonl").read_text("utf-8").splitlines():
        yield from (each["text"] for each in json.loads(line)["contexts"])
    for line in (public / "quotesum" / "dev.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        yield from (row[f"source{n}"] for n in range(1, 9) if row.get(f"source{n}"))


def main() -> None:
    """Read the arguments, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--half", type=int, choices=(0, 1), default=0)
    parser.add_argument("--each", type=int, default=40, help="at most so many of a kind and sort")
    parser.add_argument("--tried", type=int, default=700, help="true sentences of a sort, at most")
    parser.add_argument("--only", choices=tuple(KINDS), help="one sort of sentences")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--print", action="store_true", dest="printed")
    parser.add_argument("--models", type=Path, default=Path.home() / ".cache" / "refdesk-tests")
    given = parser.parse_args()
    every = [each for each in cases(given.shared, given.half) if each[1]]
    random.Random(given.half).shuffle(every)  # no secret
    tried = [
        each
        for sort in KINDS
        if given.only in (None, sort)
        for each in _of_every_kind([each for each in every if each[0].set == sort], given.tried)
    ]
    tell(rows_of(tried, given.each, given.models), given.json, printed=given.printed)


if __name__ == "__main__":
    main()
