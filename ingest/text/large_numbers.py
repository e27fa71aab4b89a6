"""Large numbers in two languages: 70 billion is 700 亿, and small models get it wrong by ten.

Knows digits followed by a unit of counting, and months, which Chinese counts; no number words.
"""

import re

from ingest.text.numbers import LETTERS, MONTHS, SCALES, SCALES_ZH

_QUANTITY = re.compile(
    r"(?<![\w.])(?P<digits>\d+(?:,\d{3})*(?:\.\d+)?)"
    r"(?:[\s-]?(?P<word>trillion|billion|million|thousand)\b|(?P<letter>[TBMKk])(?![A-Za-z0-9])"
    r"|\s?(?P<han>[十百千万亿]+))?"
)
_MONTH = re.compile(rf"\b({'|'.join(MONTHS)})\b(?! [Ii]\b)")
_LISTED = re.compile(
    r"(?P<number>\d[\d.]{0,20})"
    r"(?=(?:(?:,|,? and|,? or| to) \d[\d.]{0,20}){1,8}[\s-](?P<word>trillion|billion|million)\b)"
)


def quantities(text: str) -> set[float]:
    """Return the numbers of a text with what they are counted in: ``1.4 万亿`` is 1.4e12."""
    months = {float(MONTHS.index(month) + 1) for month in _MONTH.findall(text)}
    return months | {_value(match) for match in _QUANTITY.finditer(_each_counted(text))}


def without_quantities(text: str) -> str:
    """Return a text with its numbers, and what they are counted in, left out."""
    return _QUANTITY.sub(" ", text)


def in_chinese_units(text: str) -> str:
    """Return an English text with its millions, billions and trillions counted in 万 and 亿."""
    return _QUANTITY.sub(_in_chinese, _each_counted(text))


def _each_counted(text: str) -> str:
    """Return a text in which each number of a list has the unit of its last: 2 and 7 billion."""
    return _LISTED.sub(r"\g<number> \g<word>", text)


def _value(match: re.Match[str]) -> float:
    value = float(match["digits"].replace(",", ""))
    if match["word"]:
        value *= SCALES[match["word"]]
    elif match["letter"]:
        value *= LETTERS[match["letter"]]
    for unit in match["han"] or "":
        value *= SCALES_ZH[unit]
    return float(f"{value:.12g}")  # 1.4 * 10**12 and its like are not exact


def _in_chinese(match: re.Match[str]) -> str:
    if match["word"] not in ("trillion", "billion", "million"):
        return match[0]
    value = _value(match)
    for unit, size in (("万亿", 10**12), ("亿", 10**8), ("万", 10**4)):
        if value >= size:
            return f"{value / size:.12g}{unit}"
    return match[0]
