"""What the judge reads in a text: quantities, names, content words, and their equivalents.

The tables stand in ``judge_tables.json`` and were fixed from references alone, before an answer of
the product was read. Nothing of the product is imported.
"""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

TABLES: dict[str, Any] = json.loads(
    Path(__file__).with_name("judge_tables.json").read_text("utf-8")
)

_UNITS = {spelling: unit for unit, every in TABLES["units"].items() for spelling in every}
_UNIT_WORDS = frozenset(each.casefold() for each in _UNITS)
_SCALES: dict[str, float] = TABLES["scales"]
_WORDS: dict[str, float] = TABLES["number_words"]
_STOP = frozenset(TABLES["stop_words"].split())
_STOP_ZH = frozenset(TABLES["stop_characters"])
_IRREGULAR: dict[str, str] = TABLES["irregular"]
_GLUED = {each for each in _SCALES if len(each) == 1 and each.isascii()}


def _one_of(spellings: Any) -> str:
    """Return a pattern of these spellings, longest first, that ends where a word ends."""
    ordered = sorted(spellings, key=len, reverse=True)
    return "|".join(
        re.escape(each) + ("(?![A-Za-z])" if each[-1].isascii() and each[-1].isalpha() else "")
        for each in ordered
    )


_UNIT = _one_of(_UNITS)
_AFTER = (
    rf"(?:(?P<glued>[{''.join(sorted(_GLUED))}])(?![A-Za-z])"
    rf"|[-\s]*(?P<scale>{_one_of(set(_SCALES) - _GLUED)}))?"
    rf"(?:(?!\s+[x×]\s+[\d(])[-\s$\\{{}}]*(?P<unit>{_UNIT}))?"  # "6 × 20" multiplies
)
_DIGITS = re.compile(
    r"(?<![A-Za-z0-9_.])(?<![A-Za-z][-_])(?P<money>[$¥])?"
    r"(?P<sign>(?<![0-9A-Za-z%)])[-−])?"
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?!\d|\.\d|[x*]\d+[A-Z])" + _AFTER
)
_SPELLED = re.compile(
    rf"(?<![A-Za-z])(?P<word>{'|'.join(sorted(_WORDS, key=len, reverse=True))})(?![A-Za-z])"
    + _AFTER,
    re.IGNORECASE,
)
_CHINESE = re.compile(
    rf"(?P<zh>[一二两三四五六七八九十百千万亿]+)(?:(?P<unit>{_UNIT})|(?=[{TABLES['classifiers']}]))"
)
_FRACTIONS = [(re.compile(pattern, re.I), value) for pattern, value in TABLES["fractions"]]
_TOKEN = re.compile(
    r"(?<![A-Za-z0-9])(?:\d+x\d+[A-Za-z]*|v?\d+(?:\.\d+){2,}|[A-Za-z][A-Za-z0-9]*(?:[-_.+=][A-Za-z0-9]+)*)"
)
_NOT_NAMES = frozenset(TABLES["not_names"].split())
_BEHIND = re.compile(r"[-\s]*(?:[A-Za-z]+[-\s]*){0,2}|[\u4e00-\u9fff]{0,3}")
_CJK = re.compile(r"[\u4e00-\u9fff]")
_DENIAL = re.compile(
    r"\b(?:not|no|never|without|cannot|nor|neither|none)\b|n[\'’]t\b|不|没|无|非|未", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？；])|\n+")
_DIGITS_ZH = {character: n for n, character in enumerate("零一二三四五六七八九")} | {"两": 2}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit (empty: none); thousands, millions, 万 and 亿 are worked into it."""

    value: float
    unit: str

    def met_by(self, other: "Quantity") -> bool:
        """Say whether another quantity has this value, and this unit if there is one."""
        near = abs(self.value - other.value) <= 1e-6 * max(abs(self.value), 1e-9)
        return near and (not self.unit or self.unit == other.unit)


def sentences(text: str) -> list[str]:
    """Split a text into sentences."""
    return [each.strip() for each in _SENTENCE.split(text) if each.strip()]


def chinese(text: str) -> bool:
    """Say whether a text is mostly Chinese: a fifth of its letters."""
    han = len(_CJK.findall(text))
    return han > 0.2 * max(1, sum(each.isalpha() for each in text))


def denies(text: str) -> bool:
    """Say whether a text denies something."""
    return bool(_DENIAL.search(text))


def quantities(text: str) -> list[Quantity]:
    """Return the numbers of a text; those inside names (GPT-2, A100) are part of the name."""
    return [quantity for quantity, _ in counted(text)]


def counted(text: str) -> list[tuple[Quantity, set[str]]]:
    """Return the numbers of a text, each with the two words behind it: what it counts."""
    found: list[tuple[int, int, Quantity]] = []
    for pattern, value in _FRACTIONS:
        found += [(m.start(), m.end(), Quantity(value, "")) for m in pattern.finditer(text)]
    for match in _DIGITS.finditer(text):
        number = float(match["number"].replace(",", "")) * (-1 if match["sign"] else 1)
        unit = _UNITS.get(match["unit"] or "", "") or {"$": "dollar", "¥": "yuan"}.get(
            match["money"] or "", ""
        )
        scale = _SCALES.get(match["glued"] or (match["scale"] or ""), 1.0)
        found.append((match.start(), match.end(), Quantity(number * scale, unit)))
    for match in _SPELLED.finditer(text):
        fold = "x" if match["word"].lower() in TABLES["fold"] else ""
        unit = _UNITS.get(match["unit"] or "", fold)
        value = _WORDS[match["word"].lower()] * _SCALES.get(match["scale"] or "", 1.0)
        if value != 1 or unit not in ("", "x"):  # "one" and "once" seldom count anything
            found.append((match.start(), match.end(), Quantity(value, unit)))
    for match in _CHINESE.finditer(text):
        value, unit = _han(match["zh"]), _UNITS.get(match["unit"] or "", "")
        if unit == "yuan" and value < 10:  # 三元组 is a triple
            unit = ""
        if value > 1 or (value == 1 and unit not in ("", "x")):
            found.append((match.start(), match.end(), Quantity(value, unit)))
    found.sort(key=lambda each: (each[0], -each[1]))
    kept: list[tuple[int, int, Quantity]] = []
    for each in found:
        if not kept or each[0] >= kept[-1][1]:
            kept.append(each)
    return _spread(text, kept)


def _spread(text: str, found: list[tuple[int, int, Quantity]]) -> list[tuple[Quantity, set[str]]]:
    """Give the parts of a range or list (50-73 %, 4, 8 or 16 bits) the unit of its last."""
    out = [each[2] for each in found]
    for place in range(len(found) - 2, -1, -1):
        between = text[found[place][1] : found[place + 1][0]]
        priced = text[found[place + 1][0]] in "$¥"
        if (
            not out[place].unit
            and not priced
            and re.fullmatch(r"\s*(?:-|–|—|~|to|and|or|,|,? and|,? or|到|至|、|和|或)\s*", between)
        ):
            out[place] = Quantity(out[place].value, out[place + 1].unit)
    behind = [_BEHIND.match(text, end) for _, end, _ in found]
    return [(q, words(after[0]) if after else set()) for q, after in zip(out, behind, strict=True)]


def _han(numeral: str) -> float:
    total = part = 0.0
    digit = 0.0
    for character in numeral:
        if character in _DIGITS_ZH:
            digit = _DIGITS_ZH[character]
        elif character in "十百千":
            part += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[character]
            digit = 0
        else:
            total = (total + part + digit or 1) * {"万": 1e4, "亿": 1e8}[character]
            part = digit = 0
    return total + part + digit


def names(text: str) -> list[str]:
    """Return the names of a text: acronyms, versions, identifiers, words with inner capitals or
    digits, and capitalised words that do not begin a sentence."""
    found = []
    for match in _TOKEN.finditer(text):
        token = match[0].rstrip(".")
        if token.casefold() in _NOT_NAMES or token in _UNITS or token.rstrip("s") in _UNITS:
            continue
        if re.fullmatch(r"v?[\d.]+|\d+x\d+\w*", token):
            found.append(token)
            continue
        parts = token.split("-")
        before = text[: match.start()].rstrip(" \t\"'“‘(*_`")
        begins = not before or before[-1] in ".!?:;\n。：；！？-•|"
        if len(parts) > 1 and all(
            _odd(part) or part[:1].isupper() or part.isdigit() for part in parts
        ):
            if any(_odd(part) or part.isdigit() for part in parts) or not begins:
                found.append(token)
            continue
        found += [part for part in parts if _odd(part) and part.casefold() not in _NOT_NAMES]
        if (
            len(parts) == 1
            and not begins
            and token[0].isupper()
            and not _odd(token)
            and len(token) > 2
        ):
            found.append(token)
    return list(dict.fromkeys(re.sub(r"(?<=[A-Z0-9])s$", "", each) for each in found))


def _odd(part: str) -> bool:
    """Say whether a word is written as no common word is."""
    letters = any(each.isalpha() for each in part)
    return (
        letters
        and len(part) > 1
        and (
            any(each.isupper() for each in part[1:])
            or any(each.isdigit() for each in part)
            or any(each in "_.=" for each in part)
        )
    )


@lru_cache(maxsize=4096)
def _name_pattern(name: str) -> re.Pattern[str]:
    pieces = re.findall(r"[A-Za-z]+|\d+(?:\.\d+)*|[^\sA-Za-z0-9]+", name)
    inner = r"[-_\s`]?".join("" if each in "-_" else re.escape(each) for each in pieces)
    return re.compile(rf"(?<![A-Za-z0-9]){inner}(?:'?s)?(?![A-Za-z0-9])", re.IGNORECASE)


def holds_name(text: str, name: str) -> bool:
    """Say whether a text holds a name as a whole, however hyphens, case and plural are written."""
    return bool(_name_pattern(name).search(text))


def expand(text: str) -> str:
    """Return a text with what its acronyms stand for, and the other way round, put behind it."""
    more = []
    for short, longs in TABLES["acronyms"].items():
        if holds_name(text, short):
            more += longs
        elif any(holds_name(text, each) if each.isascii() else each in text for each in longs):
            more += [short, *longs]
    return text + "\n" + "\n".join(more)


def words(text: str) -> set[str]:
    """Return the content words of a text as stems, and its Chinese characters of content."""
    plain = [each.casefold() for each in re.findall(r"(?<![A-Za-z0-9])[A-Za-z]{2,}(?![0-9])", text)]
    return {
        stem(each)
        for each in plain
        if each not in _STOP
        and each not in _WORDS
        and each not in _UNIT_WORDS
        and each not in _SCALES
    } | {each for each in _CJK.findall(text) if each not in _STOP_ZH}


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """Return a word without its endings, spelled the American way."""
    word = _IRREGULAR.get(word, word)
    word = re.sub(r"is(ation|e|ed|es|ing|er)(s?)$", r"iz\1\2", word) if len(word) > 6 else word
    word = re.sub(r"our(s|ed|ing|able|ite)?$", r"or\1", word) if len(word) > 5 else word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        word = word[:-1]
    for ending in TABLES["endings"]:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            break
    else:
        for ending in ("ing", "ed", "er", "est"):
            if word.endswith(ending) and len(word) - len(ending) >= 3:
                word = word[: -len(ending)]
                break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        word = word[:-1]
    return word[:-1] if word.endswith(("e", "y")) and len(word) > 3 else word
