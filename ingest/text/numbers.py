"""Numbers in written text, English and Chinese: their value, the unit they are counted in.

Knows digits, number words, fractions, powers of ten, thousands to trillions and 万 to 万亿: 70
billion is 700 亿, a half 0.5, three hundred 300. Numbers inside names (GPT-2, A100) belong to the
name. Knows nothing of what is counted.
"""

import re
from dataclasses import dataclass

_ONES = dict(
    zip(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ],
        range(20),
        strict=True,
    )
)
_TENS = dict(
    zip(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"],
        range(20, 100, 10),
        strict=True,
    )
)
_ORDINALS = dict(
    zip(
        [
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
        ],
        range(2, 13),
        strict=True,
    )
)
SCALES = {"hundred": 100, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
LETTERS = {"k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "b": 1e9, "bn": 1e9, "T": 1e12}
_DIGITS_ZH = {sign: n for n, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
SCALES_ZH = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_UNITS = {
    spelling: unit
    for unit, spellings in {
        "percent": "% ％ percent per_cent 百分比",
        "times": "x × times fold -fold 倍",
        "bit": "bit bits 位 比特",
        "byte": "byte bytes 字节",
        "KB": "KB kB kilobytes kilobyte",
        "MB": "MB megabytes megabyte",
        "GB": "GB gigabytes gigabyte",
        "TB": "TB terabytes terabyte",
        "KiB": "KiB",
        "MiB": "MiB",
        "GiB": "GiB",
        "TiB": "TiB",
        "millisecond": "ms millisecond milliseconds 毫秒",
        "second": "s sec secs second seconds 秒",
        "minute": "min mins minute minutes 分钟",
        "hour": "h hr hrs hour hours 小时",
        "day": "day days 天",
        "week": "week weeks 周",
        "month": "month months 个月",
        "year": "year years 年",
        "metre": "m metre metres meter meters 米",
        "kilometre": "km kilometre kilometres kilometer kilometers 公里",
        "kilogram": "kg kilogram kilograms 公斤",
        "degree": "° degree degrees 度",
        "dollar": "dollar dollars USD 美元",
        "yuan": "yuan RMB 元",
        "token": "token tokens 个词元 词元",
        "parameter": "parameter parameters 参数 个参数",
        "layer": "layer layers 层",
        "head": "head heads 个头",
    }.items()
    for spelling in spellings.replace("_", " ").split(" ")
    if spelling
} | {"per cent": "percent"}
_MONEY = {"$": "dollar", "¥": "yuan", "€": "euro", "£": "pound"}


def _one_of(spellings: dict[str, object] | dict[str, str]) -> str:
    """Return a pattern of these spellings, longest first, each ending where a word does."""
    return "|".join(
        re.escape(word) + ("(?![A-Za-z])" if word[-1].isascii() and word[-1].isalpha() else "")
        for word in sorted(spellings, key=len, reverse=True)
    )


_SCALE_ZH = "[十百千万亿]+"
_AFTER = (
    rf"(?:(?P<letter>k|K|M|B|bn|b|T)(?![A-Za-z0-9])"
    rf"|[-\s]?(?P<scale>hundred|thousand|million|billion|trillion)s?(?![A-Za-z])"
    rf"|\s?(?P<scale_zh>{_SCALE_ZH}))?"
    rf"(?:[-\s]?(?P<unit>{_one_of(dict(_UNITS))}))?"
)
_DIGITS = re.compile(
    r"(?<![A-Za-z0-9_.])(?<![A-Za-z][-_])(?P<money>[$¥€£])?"
    r"(?P<sign>(?<![0-9A-Za-z%)])[-−](?=\d))?"
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:\s?[×x*·]\s?10\^?\{?(?P<power>[-−]?\d{1,3})\}?)?"
    r"(?:(?P<ordinal>st|nd|rd|th)(?![A-Za-z]))?" + _AFTER
)
_NUMBER_WORD = "|".join([*_TENS, *sorted(_ONES, key=len, reverse=True)])
_WORDS = re.compile(
    rf"(?<![A-Za-z])(?P<words>(?:(?:a|half a|{_NUMBER_WORD})(?:[-\s](?:and\s)?"
    rf"(?:{_NUMBER_WORD}|hundred|thousand|million|billion|trillion))+"
    rf"|{_NUMBER_WORD}))(?![A-Za-z])" + _AFTER,
    re.IGNORECASE,
)
_SINGLE = re.compile(
    rf"(?<![A-Za-z])(?P<single>twice|thrice|half|halves|halved?|doubled?|doubles|tripled?|"
    rf"dozens?|(?:two[-\s])?thirds?|(?:three[-\s])?quarters?|hundreds?|thousands?|millions?|"
    rf"billions?|trillions?|{'|'.join(_ORDINALS)})(?![A-Za-z])",
    re.IGNORECASE,
)
_SINGLES: dict[str, float] = {
    "twice": 2, "double": 2, "doubled": 2, "doubles": 2, "thrice": 3, "triple": 3, "tripled": 3,
    "half": 0.5, "halves": 0.5, "halve": 0.5, "halved": 0.5, "dozen": 12, "dozens": 12,
    "two thirds": 2 / 3, "two third": 2 / 3, "thirds": 1 / 3, "quarter": 0.25, "quarters": 0.25,
    "three quarters": 0.75, "three quarter": 0.75, "hundreds": 100, "thousands": 1e3,
    "millions": 1e6, "billions": 1e9, "trillions": 1e12,
    **{word: float(value) for word, value in _ORDINALS.items()},
    **{word: float(value) for word, value in SCALES.items()},
}  # fmt: skip
_TIME = re.compile(r"(?:per|a|each|every|this|that|one|half a)\s$|/$", re.IGNORECASE)
_FRACTION = re.compile(r"(?<![\w./])(?P<over>\d{1,2})/(?P<under>\d{1,2})(?![\w/])")
_PARTS_ZH = re.compile(r"(?P<under>[一二三四五六七八九十百]+)分之(?P<over>[一二三四五六七八九十]+)")
_HALF_ZH = re.compile(r"一半")
_CLASSIFIERS = (
    "个种步层倍块次行组类条项张位篇款台轮名年月日天岁届家座人只间部本份代艘袋辆匹颗棵株朵片幅栋架盏封册章段"
    "句首场遍趟杯碗瓶盒箱桶串束群双副套件户根枚支"
)
_HAN = re.compile(
    rf"(?P<han>[零〇一二两三四五六七八九十百千万亿]+)"
    rf"(?:(?P<unit>{_one_of({s: u for s, u in _UNITS.items() if not s.isascii()})})"
    rf"|(?=[{_CLASSIFIERS}]))"
)
_RANGE = re.compile(r"\s*(?:-|–|—|~|to|and|or|,|,? and|,? or|到|至|、|和|或)\s*")
_ONE = 1.0


_ANY = re.compile(r"\d|[一二三四五六七八九十百千万亿两]")
_YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?![\d.,]\d)")
WRITTEN = re.compile(r"\d+(?:(?:,|\{,\})\d{3})*(?:\.\d+)?")
"""A number in digits, as texts and TeX write it."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit (empty: none known), and the span it stands at."""

    value: float
    unit: str
    start: int
    end: int

    def met_by(self, other: "Quantity") -> bool:
        """Say whether another quantity has this value, and no other unit."""
        near = abs(self.value - other.value) <= 1e-6 * max(abs(self.value), 1e-9)
        if near:
            return not self.unit or not other.unit or self.unit == other.unit
        percent = {self.unit, other.unit} == {"percent", ""}
        return (
            percent and abs(self.share - other.share) <= 1e-6 and min(self.value, other.value) < 1
        )

    @property
    def share(self) -> float:
        """The value as a part of one: 50 % is a half."""
        return self.value / 100 if self.unit == "percent" else self.value


def has_number(text: str) -> bool:
    """Say whether a text holds a digit or a Chinese numeral."""
    return _ANY.search(text) is not None


def years(text: str) -> list[str]:
    """Return the years that a text names, 1900 to 2099, in order."""
    return _YEAR.findall(text)


def quantities(text: str) -> list[Quantity]:
    """Return the numbers of a text in order; "one" alone seldom counts and is left out."""
    numbers = [*_digits(text), *_spelled(text), *_fractions(text)]
    numbers.sort(key=lambda number: (number.start, -number.end))
    kept: list[Quantity] = []
    for number in numbers:
        if not kept or number.start >= kept[-1].end:
            kept.append(number)
    return _with_units_of_ranges(text, kept)


def _digits(text: str) -> list[Quantity]:
    numbers = []
    for match in _DIGITS.finditer(text):
        value = float(match["number"].replace(",", "")) * (-1 if match["sign"] else 1)
        if match["power"]:
            value *= float(f"1e{match['power'].replace('−', '-')}")
        unit = _UNITS.get(match["unit"] or "", "") or _MONEY.get(match["money"] or "", "")
        if match["unit"] == "s" and match[0].endswith("0s"):  # 1990s, 30s
            unit = ""
        numbers.append(Quantity(value * _scale(match), unit, match.start(), match.end()))
    return numbers


def _scale(match: re.Match[str]) -> float:
    scale = LETTERS.get(match["letter"] or "", 1.0)
    scale *= SCALES.get((match["scale"] or "").casefold(), 1.0)
    for sign in match["scale_zh"] or "":
        scale *= SCALES_ZH[sign]
    return scale


def _spelled(text: str) -> list[Quantity]:
    numbers = []
    for match in _WORDS.finditer(text):
        words = re.split(r"[-\s]+", match["words"].casefold())
        value = _value(words) * _scale(match)
        unit = _UNITS.get(match["unit"] or "", "")
        if value != _ONE or unit not in ("", "times"):
            numbers.append(Quantity(value, unit, match.start(), match.end()))
    for match in _SINGLE.finditer(text):
        word = re.sub(r"[-\s]+", " ", match["single"].casefold())
        if word == "second" and _TIME.search(text, 0, match.start()):
            continue
        before = text[max(0, match.start() - 4) : match.start()].casefold()
        part = word == "third" and re.search(r"\b(?:a|one) $", before)
        value = 1 / 3 if part else _SINGLES.get(word, _SINGLES.get(word.rstrip("s"), 0.0))
        numbers.append(Quantity(value, "", match.start(), match.end()))
    return numbers


def _value(words: list[str]) -> float:
    """Return the value of number words: "three hundred and twelve thousand"."""
    total = part = 0.0
    for word in words:
        if word == "half":
            part = 0.5
        elif word in ("a", "and"):
            continue
        elif word == "hundred":
            part = (part or 1) * 100
        elif word in SCALES:
            total += (part or 1) * SCALES[word]
            part = 0.0
        else:
            part += _ONES.get(word, _TENS.get(word, 0))
    return total + part


def _fractions(text: str) -> list[Quantity]:
    numbers = []
    for match in _FRACTION.finditer(text):
        if int(match["under"]):
            value = int(match["over"]) / int(match["under"])
            numbers.append(Quantity(value, "", *match.span()))
    for match in _PARTS_ZH.finditer(text):
        value = _han(match["over"]) / _han(match["under"])
        percent = match["under"] == "百"
        numbers.append(
            Quantity(value * 100 if percent else value, "percent" if percent else "", *match.span())
        )
    numbers += [Quantity(0.5, "", *match.span()) for match in _HALF_ZH.finditer(text)]
    for match in _HAN.finditer(text):
        value, unit = _han(match["han"]), _UNITS.get(match["unit"] or "", "")
        if value > _ONE or (value == _ONE and unit not in ("", "times")):
            numbers.append(Quantity(value, unit, *match.span()))
    return numbers


def _han(numeral: str) -> float:
    total = part = digit = 0.0
    for sign in numeral:
        if sign in _DIGITS_ZH:
            digit = _DIGITS_ZH[sign]
        elif sign in "十百千":
            part += (digit or 1) * SCALES_ZH[sign]
            digit = 0
        else:
            total = (total + part + digit or 1) * SCALES_ZH[sign]
            part = digit = 0
    return total + part + digit


def _with_units_of_ranges(text: str, numbers: list[Quantity]) -> list[Quantity]:
    """Give the parts of a range or list (50-73 %, 4, 8 or 16 bits) the unit of its last."""
    out = list(numbers)
    for place in range(len(out) - 2, -1, -1):
        one, next_ = out[place], out[place + 1]
        between = text[one.end : next_.start]
        priced = text[next_.start] in _MONEY
        if not one.unit and next_.unit and not priced and _RANGE.fullmatch(between):
            out[place] = Quantity(one.value, next_.unit, one.start, one.end)
    return out
