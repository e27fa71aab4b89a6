"""The scripts of East Asia: which characters they have, and how much of a text is in them.

The classes are for use inside the brackets of a regular expression.
"""

import re
from dataclasses import dataclass

HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
KANA = "\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"
HANGUL = "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"
EAST_ASIAN = HAN + KANA + HANGUL

_LETTER = re.compile(r"[^\W\d_]")
_CHARS = {name: re.compile(f"[{chars}]") for name, chars in
          (("han", HAN), ("kana", KANA), ("hangul", HANGUL))}  # fmt: skip
_ANY = re.compile(f"[{EAST_ASIAN}]")
_RUN = re.compile(f"[{EAST_ASIAN}]+")
_OTHER_WORD = re.compile(rf"[^\s{EAST_ASIAN}]+")

NAME_WORD = re.compile(rf"[a-z0-9]+(?:[.+#-][a-z0-9]+)*|[{HAN}]+", re.IGNORECASE)
"""A word of a name in plain Latin letters and digits, with what joins its parts; a run of Han."""

_PLAIN = re.compile(rf"[a-z0-9]+|[{HAN}]")
_SPACED = re.compile(rf"[^\W\d_{HAN}]+(?:['’-][^\W\d_{HAN}]+)*|\d[\d.,]*")

_SHARE = 0.4  # of a text in East Asian script, from which it is in an East Asian language
_WORTH = 4  # Latin letters: a Han character says about as much


@dataclass(frozen=True, slots=True)
class Letters:
    """How many letters a text has, in all (``every``) and in each of the scripts."""

    every: int
    han: int
    kana: int
    hangul: int

    @property
    def east_asian(self) -> int:
        """The letters in Han, Kana or Hangul."""
        return self.han + self.kana + self.hangul

    @property
    def is_east_asian(self) -> bool:
        """Whether the text is mainly in Han, Kana or Hangul."""
        wide = self.east_asian
        return wide > 0 and _WORTH * wide >= _SHARE * (self.every + (_WORTH - 1) * wide)

    @property
    def language(self) -> str:
        """The language its script tells: zh, ja, ko, or "" for a text in other letters."""
        if not self.is_east_asian:
            return ""
        if self.hangul > self.han + self.kana:
            return "ko"
        return "ja" if self.kana > 0.1 * (self.han + self.kana) else "zh"


def letters(text: str) -> Letters:
    """Count the letters of a text by script."""
    if text.isascii():
        return Letters(len(_LETTER.findall(text)), 0, 0, 0)
    return Letters(
        len(_LETTER.findall(text)), *(len(chars.findall(text)) for chars in _CHARS.values())
    )


def is_east_asian(text: str) -> bool:
    """Say whether a text is mainly in Han, Kana or Hangul."""
    return letters(text).is_east_asian


def is_chinese(text: str) -> bool:
    """Say whether a text is mainly in Han: Chinese, with whatever English terms it holds."""
    return not text.isascii() and letters(text).language == "zh"


def has_han(text: str) -> bool:
    """Say whether a text holds any Han character."""
    return not text.isascii() and _CHARS["han"].search(text) is not None


def has_east_asian(text: str) -> bool:
    """Say whether a text holds any character of Han, Kana or Hangul."""
    return not text.isascii() and _ANY.search(text) is not None


def runs(text: str) -> list[str]:
    """Return the runs of Han, Kana and Hangul in a text, in order."""
    return _RUN.findall(text)


def length_in_words(text: str) -> float:
    """Return how long a text is in words; an East Asian character counts as half a word."""
    return len(_ANY.findall(text)) / 2 + len(_OTHER_WORD.findall(text))


def plain_words(text: str) -> list[str]:
    """Return the words in plain Latin letters and digits, without case, and each Han character."""
    return _PLAIN.findall(text.casefold())


def count_spaced(text: str) -> int:
    """Return how many words and numbers a text has in scripts that set spaces between them."""
    return len(_SPACED.findall(text))
