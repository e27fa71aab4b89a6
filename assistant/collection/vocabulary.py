"""What people call the things of a library: `data/vocabulary.toml` as patterns."""

import re
import tomllib

from assistant.wording import filled, whole, wording
from ingest.shipped import shipped

_READ = tomllib.loads(shipped("vocabulary.toml").read_text("utf-8"))


_NUMBERS = {
    "half an": 0.5, "a": 1, "an": 1, "a single": 1, "one": 1, "two": 2, "three": 3, "four": 4,
    "five": 5, "six": 6, "seven": 7, "eight": 8, "ten": 10, "fifteen": 15, "twenty": 20,
    "thirty": 30, "半": 0.5, "一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7,
    "八": 8, "十": 10, "二十": 20, "三十": 30, "四十": 40, "五十": 50,
}  # fmt: skip


def number_of(said: str) -> float:
    """Return the number that digits or a word of a request say.

    Raises:
        ValueError: they say none.
    """
    word = said.strip().casefold()
    return _NUMBERS[word] if word in _NUMBERS else float(word)


def _either(alternatives: list[str]) -> str:
    return "|".join(alternatives)


UNIT = _either([_either(names) for names in _READ["kinds"].values()])
"""What works of any kind are called; as the next three, a part of a pattern."""
LIST = _either(_READ["words"]["list"])
PLACE = _either(_READ["words"]["place"])
THING = _either(_READ["words"]["thing"]).replace("{unit}", UNIT)


LICENCES = {name: _either(said) for name, said in _READ["licences"].items()}
"""How sources name each licence, as a part of a pattern."""
LICENCE = _either(list(LICENCES.values()))
_PARTS = {
    "unit": UNIT, "thing": THING, "list": LIST, "place": PLACE, "licence": LICENCE,
    "title": _either(list(_READ["titles"].values())), "title_zh": _either(list(_READ["titles"])),
}  # fmt: skip
WORDING = wording("collection", **_PARTS)
"""How requests about the collection are put."""


def _filled(alternatives: list[str]) -> str:
    return filled(_either(alternatives), _PARTS)


SAID = {name: whole(_filled(words)) for name, words in _READ["words"].items()} | {
    "unit": whole(UNIT)
}
"""The classes of words, by name."""
KINDS = {kind: whole(_either(names)) for kind, names in _READ["kinds"].items() if kind != "any"}
LEVELS = {level: whole(_filled(names)) for level, names in _READ["levels"].items()}
LANGUAGES = {lang: whole(_either(names)) for lang, names in _READ["languages"].items()}
TITLES = {re.compile(chinese): english for chinese, english in _READ["titles"].items()}
"""Words that stand in titles, by what they are called in Chinese."""
TERMS = tuple((re.compile(chinese), english) for chinese, english in _READ["terms"].items())
"""Words that Chinese names of subjects are made of, with what English pages say."""
SPANS = {whole(names): float(hours) for names, hours in _READ["spans"].items()}
"""Hours that a span of time holds, by its names."""
DULL = frozenset(_READ["dull"]["english"].split())
"""English words at either end of a subject that are no part of it."""


_LATIN = re.compile(r"[A-Za-z0-9.+-]+")
_LINKS = WORDING.exact["between_subjects_zh"]


def in_english(subject: str) -> str:
    """Return a Chinese subject in English, where all its parts have a word; else ""."""
    words, at = [], 0
    while at < len(subject):
        if link := _LINKS.match(subject, at):
            at = link.end()
            continue
        if latin := _LATIN.match(subject, at):
            words.append(latin[0])
            at = latin.end()
            continue
        fits = [(found.end(), said) for term, said in TERMS if (found := term.match(subject, at))]
        if not fits:
            return ""
        at, said = max(fits)
        words.append(said)
    return " ".join(words)
