"""The judge of translations: whether a Chinese sentence says what its English original says.

Numbers, names, denials and directions (up and down, before and after) are compared by rule, the
rest by meaning: the two must lie nearer to one another than each lies to the sentences around the
other. How much nearer was read off the primer's notes, which stand in both languages
(`tests.benchmarks.calibrate_across`). Beside the embedding model nothing of the product is
imported.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from tests.benchmarks.judge_text import (
    TABLES,
    Quantity,
    expand,
    holds_name,
    names,
    quantities,
)

Vectors = npt.NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]
"""Texts to vectors of length 1, float32 (n, dimension)."""

MARGIN = 0.08
"""How much nearer a wording is to its original than both are to what is around them: 99 of 100 of
the primer's are."""
_AROUND = 4  # sentences that a sentence is compared with: the nearest on each side
_LEAST = 0.3  # a cosine below which nothing is near

_SHORTEST = 0.2  # characters for one of the original; of the primer's 99 of 100 have 0.23 or more
_NUMERAL = re.compile(r"[一二两三四五六七八九十百千万亿]+")
_DENIAL_ZH = re.compile(r"[不没无未]|并非|而非")
_ANY_DENIAL_ZH = re.compile(r"[不没无未非否免别勿]|而是")
_NEUTRAL_ZH = re.compile("|".join(TABLES["no_denials_zh"].split()))
_DENIAL = re.compile(rf"\b(?:{TABLES['denials_across']})\b", re.IGNORECASE)
_PLAIN_DENIAL = re.compile(rf"\b(?:{TABLES['denials_plain']})\b", re.IGNORECASE)
_LISTED = re.compile(
    r"(?P<first>\d[\d.]*)"
    r"(?=(?:(?:,|,? and|,? or| to) \d[\d.]*)+ (?P<scale>[mbtr]+illion)\b)"
)
_INDEFINITE = re.compile(
    rf"[{TABLES['indefinite']}][十百千万亿]+|[十百千万亿]+[{TABLES['indefinite']}]"
)
_FORMULA = re.compile(r"\$[^$]+\$|`[^`]+`|[“\"][^”\"]*[”\"]")
_DIGITS_ZH = {sign: n for n, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "十": 10}


def why_untrue(translation: str, original: str, around: "Around") -> str:
    """Say why a Chinese sentence does not say what its English original says; else nothing."""
    return (
        _numbers(translation, original)
        or _names(translation, original)
        or _denials(translation, original)
        or _directions(translation, original)
        or _length(translation, original)
        or around.why_far(translation, original)
    )


class Around:
    """The sentences among which translations are judged: what else they might have been made of."""

    def __init__(self, embed: Embed, originals: Iterable[str], translations: Iterable[str]) -> None:
        self._embed = embed
        self._originals = list(dict.fromkeys(originals))
        self._translations = list(dict.fromkeys(translations))

    def why_far(self, translation: str, original: str) -> str:
        """Say that a translation means another thing than its original, where it does."""
        margin = self.margin(translation, original)
        return "" if margin >= MARGIN else f"it means something else ({margin:.2f})"

    def margin(self, translation: str, original: str) -> float:
        """Return how much nearer two sentences are to one another than to those around them.

        From the cosine of the two is taken the mean of those of the nearest others, on both sides.
        """
        own, other = self._embed([translation, original])
        near = [
            self._near(own, self._originals, original),
            self._near(other, self._translations, translation),
        ]
        return float(own @ other) - float(np.mean(near))

    def _near(self, vector: Vectors, texts: Sequence[str], but: str) -> float:
        others = [each for each in texts if each != but]
        if not others:
            return _LEAST
        cosines = np.sort(self._embed(others) @ vector)[-_AROUND:]
        missing = [_LEAST] * (_AROUND - len(cosines))
        return float(np.mean([*cosines, *missing]))


def _numbers(translation: str, original: str) -> str:
    """Compare numbers both ways; a unit that one of the languages leaves out is no difference."""
    original = _LISTED.sub(r"\g<first> \g<scale>", original)  # "7, 13 and 30 billion"
    said, source = quantities(translation), quantities(original)
    for wanted, have, text in (
        (said, [*source, *_implied(original)], translation),
        (source, [*said, *_numerals(translation)], original),
    ):
        for each in wanted:
            if not _indefinite(each, text) and not any(_same(each, other) for other in have):
                where = "its original" if wanted is said else "the translation"
                return f"{each.value:g} {each.unit}".strip() + f" is not in {where}"
    return ""


def _same(one: Quantity, other: Quantity) -> bool:
    near = abs(one.value - other.value) <= 1e-6 * max(abs(one.value), 1e-9)
    return near and (one.unit == other.unit or not one.unit or not other.unit)


def _indefinite(quantity: Quantity, text: str) -> bool:
    """Say whether a number is one of many (几千), an article (一秒, a second) or 两 for both."""
    if quantity.value == 1 or (quantity.value == 2 and "两" in text):
        return True
    return quantity.value >= 10 and any(
        _value(match[0]) == quantity.value for match in _INDEFINITE.finditer(text)
    )


def _value(numeral: str) -> float:
    value = 1.0
    for sign in numeral:
        value *= {"十": 1e1, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}.get(sign, 1.0)
    return value


def _implied(text: str) -> list[Quantity]:
    """Return the numbers that English words hold which are none: both, second, thousands, July."""
    words = {word.casefold() for word in re.findall(r"[A-Za-z]+", text)}
    found = [
        Quantity(value, "")
        for spellings, value in TABLES["implied"].items()
        if words & set(spellings.split("|"))
    ]
    months = TABLES["months"]
    return found + [Quantity(n, "") for n, month in enumerate(months, 1) if month in text]


def _numerals(text: str) -> list[Quantity]:
    """Return the numerals of a Chinese text whatever they count, each of a pair of them too."""
    signs = {sign for numeral in _NUMERAL.findall(text) for sign in numeral}
    found = [Quantity(_DIGITS_ZH[sign], "") for sign in signs if sign in _DIGITS_ZH]
    fractions = re.findall(r"(\d+)\s*分之一", text)
    halves = [Quantity(0.5, "")] if re.search(r"半|减半", text) else []
    tenfold = {"万": 1e4, "千": 1e3, "百": 1e2, "亿": 1e8}
    return [
        *found,
        *halves,
        *(Quantity(float(each), "") for each in fractions),
        *(Quantity(value, "") for sign, value in tenfold.items() if sign in signs),
        *([Quantity(2, "")] if re.search(r"倍增|翻倍|加倍|双", text) else []),
    ]


def _names(translation: str, original: str) -> str:
    """Compare names; plain ones (French, Transformer) may be said in Chinese."""
    wide, back = expand(original), expand(translation)
    for name in names(translation):
        if not holds_name(wide, name) and not holds_name(wide, name + "s"):
            return f"{name} is not in its original"
    for name in names(_FORMULA.sub(" ", original)):
        odd = any(sign.isupper() or sign.isdigit() or sign in "_." for sign in name[1:])
        if odd and not holds_name(back, name) and not holds_name(back, name.removesuffix("s")):
            return f"{name} is not in the translation"
    return ""


def _denials(translation: str, original: str) -> str:
    """Compare how often the two deny: each plainly against the other with all that may deny."""
    plain = _PLAIN_DENIAL.findall(_FORMULA.sub("", original))
    if len(plain) > len(_ANY_DENIAL_ZH.findall(translation)):
        return "its original denies and it does not"
    said = len(_DENIAL_ZH.findall(_NEUTRAL_ZH.sub("", _FORMULA.sub("", translation))))
    if said > len(_DENIAL.findall(original)):
        return "it denies and its original does not"
    return ""


def _length(translation: str, original: str) -> str:
    part = len(translation) / max(1, len(original))
    return "" if part >= _SHORTEST else f"it is short for its original ({part:.2f})"


def _directions(translation: str, original: str) -> str:
    """Say that one side of a pair of contraries stands in one text, the other in the other."""
    words = [word.casefold() for word in re.findall(r"[A-Za-z-]+", original)]
    for zh_one, zh_other, one, other in _pairs():
        here = [any(word in translation for word in side) for side in (zh_one, zh_other)]
        there = [any(word.startswith(side) for word in words) for side in (one, other)]
        if here[0] != here[1] and there[0] != there[1] and here != there:
            return "it turns round what its original says"
    return ""


@cache
def _pairs() -> list[tuple[tuple[str, ...], ...]]:
    return [tuple(tuple(side.split()) for side in row) for row in TABLES["directions"]]
