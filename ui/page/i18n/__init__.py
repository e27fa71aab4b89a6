"""The words of the page, in English and Chinese: one TOML file a language, the same keys in each.

Knows nothing of what is said with them; every text is plain, and escaped where it is shown.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one language, by dotted key: ``say("ask.go")``."""

    lang: str
    words: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return a text with its ``{places}`` filled; a key nobody wrote is a mistake here."""
        return self.words[key].format(**values)

    def named(self, group: str, name: str | None) -> str:
        """Return the name of a kind, a difficulty, a state; one without a text stays itself."""
        return self.words.get(f"{group}.{name}", name or "")


@cache
def texts(lang: str) -> Texts:
    """Return the texts of ``en`` or ``zh``."""
    table = tomllib.loads((files("ui.page.i18n") / f"{lang}.toml").read_text(encoding="utf-8"))
    return Texts(lang, dict(_flat(table, "")))


def _flat(table: Mapping[str, Any], before: str) -> "list[tuple[str, str]]":
    rows: list[tuple[str, str]] = []
    for name, value in table.items():
        key = f"{before}{name}"
        rows += _flat(value, f"{key}.") if isinstance(value, dict) else [(key, value)]
    return rows
