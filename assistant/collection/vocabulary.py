"""What people call the things of a library: `data/vocabulary.toml` as patterns."""

import re
import tomllib

from ingest.shipped import shipped

_READ = tomllib.loads(shipped("vocabulary.toml").read_text("utf-8"))


def whole(pattern: str) -> re.Pattern[str]:
    """Return a pattern, without case, whose Latin alternatives match whole words only."""
    return re.compile(rf"(?<![A-Za-z0-9_])(?:{pattern})(?![A-Za-z0-9_])", re.IGNORECASE)


def _either(alternatives: list[str]) -> str:
    return "|".join(alternatives)


UNIT = _either([_either(names) for names in _READ["kinds"].values()])
"""What works of any kind are called; as the next three, a part of a pattern."""
LIST = _either(_READ["words"]["list"])
PLACE = _either(_READ["words"]["place"])
THING = _either(_READ["words"]["thing"]).replace("{unit}", UNIT)


def _filled(alternatives: list[str]) -> str:
    pattern = _either(alternatives)
    for name, words in (("unit", UNIT), ("thing", THING), ("list", LIST), ("place", PLACE)):
        pattern = pattern.replace(f"{{{name}}}", words)
    return pattern


SAID = {name: whole(_filled(words)) for name, words in _READ["words"].items()} | {
    "unit": whole(UNIT)
}
"""The classes of words, by name."""
KINDS = {kind: whole(_either(names)) for kind, names in _READ["kinds"].items() if kind != "any"}
LEVELS = {level: whole(_filled(names)) for level, names in _READ["levels"].items()}
LANGUAGES = {lang: whole(_either(names)) for lang, names in _READ["languages"].items()}
TITLES = {re.compile(chinese): english for chinese, english in _READ["titles"].items()}
"""Words that stand in titles, by what they are called in Chinese."""
SPANS = {whole(names): float(hours) for names, hours in _READ["spans"].items()}
"""Hours that a span of time holds, by its names."""
DULL = frozenset(_READ["dull"]["english"].split())
"""English words at either end of a subject that are no part of it."""
