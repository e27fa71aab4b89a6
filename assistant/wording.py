"""How things are put in English and Chinese: the files of `data/wording/` as patterns.

A file has up to six tables. ``words`` are parts of patterns, filled in where their names stand in
braces; ``patterns`` do not look at case, ``exact`` ones do; those of ``whole`` match whole Latin
words only; ``several`` are lists of patterns that are tried in their order, ``templates`` such
lists of patterns with parts that only a run knows (`made`). Each entry lists its alternatives.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from ingest.shipped import shipped


@dataclass(frozen=True, slots=True)
class Wording:
    """What a file of `data/wording/` holds, each entry by its name."""

    words: Mapping[str, str]
    patterns: Mapping[str, re.Pattern[str]]
    exact: Mapping[str, re.Pattern[str]]
    whole: Mapping[str, re.Pattern[str]]
    several: Mapping[str, tuple[re.Pattern[str], ...]]
    templates: Mapping[str, tuple[str, ...]]


@cache
def wording(name: str, **parts: str) -> Wording:
    """Return what a file holds; ``parts`` are words that others know and its patterns name."""
    read = tomllib.loads(shipped("wording", f"{name}.toml").read_text("utf-8"))
    words = dict(parts)
    for key, alternatives in read.get("words", {}).items():
        words[key] = filled("|".join(alternatives), words)

    def joined(table: str) -> dict[str, str]:
        entries: dict[str, Sequence[str]] = read.get(table, {})
        return {key: filled("|".join(given), words) for key, given in entries.items()}

    return Wording(
        words,
        {key: re.compile(said, re.IGNORECASE) for key, said in joined("patterns").items()},
        {key: re.compile(said) for key, said in joined("exact").items()},
        {key: whole(said) for key, said in joined("whole").items()},
        {
            key: tuple(re.compile(filled(said, words), re.IGNORECASE) for said in given)
            for key, given in read.get("several", {}).items()
        },
        {
            key: tuple(filled(said, words) for said in given)
            for key, given in read.get("templates", {}).items()
        },
    )


def filled(pattern: str, words: Mapping[str, str]) -> str:
    """Return a pattern with the words whose names stand in it in braces."""
    for name, said in words.items():
        pattern = pattern.replace(f"{{{name}}}", said)
    return pattern


def made(templates: Sequence[str], **parts: str) -> tuple[re.Pattern[str], ...]:
    """Return the patterns of templates, without case, their parts filled in."""
    return tuple(re.compile(filled(template, parts), re.IGNORECASE) for template in templates)


def whole(pattern: str) -> re.Pattern[str]:
    """Return a pattern, without case, whose Latin alternatives match whole words only."""
    return re.compile(rf"(?<![A-Za-z0-9_])(?:{pattern})(?![A-Za-z0-9_])", re.IGNORECASE)
