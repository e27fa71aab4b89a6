"""Abbreviations mined from the texts themselves: "GQA" and "grouped-query attention".

Three patterns are read: ``long form (SHORT)``, ``SHORT (long form)`` and ``SHORT: long form`` at
the start of a line. Whether words fit letters is decided as Schwartz and Hearst (2003) do: from
the right, every letter of the short form is found in the long one, the first where a word begins.
Han characters set off on their left are taken as the gloss of what follows them in parentheses.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from ingest.text.scripts import HAN
from ingest.text.words import singular

_MOST_LETTERS = 10
_MOST_GLOSS_WORDS = 4
_SPARE_WORDS = 5
_MOST_OTHERS = 3
_LONGEST = 8  # words of a long form as they stand in a question
_SHORTEST_FOLDED = 3
_MARKUP = re.compile(r"[*_`]{1,3}")
_SHORT = re.compile(r"[A-Za-z0-9][A-Za-z0-9+./-]{1,9}")
_LAST = re.compile(r"(?<![\w-])([A-Za-z0-9][A-Za-z0-9+./-]{1,9})\s?$")
_PARENTHESIS = re.compile(r"[(（]([^()（）\n]{2,80})[)）]")
_LEADING = re.compile(
    r"^[ \t]*(?:[-+#>]+[ \t]+|\d+[.)][ \t]+)*([A-Z][A-Za-z0-9-]{1,9})[ \t]*(?::|：|=|–|—|- )[ \t]*"
    r"([A-Za-z][^\n.:;()（）,|=]{3,79})",
    re.MULTILINE,
)
_WORD = re.compile(r"[A-Za-z0-9]+(?:[-'’/][A-Za-z0-9]+)*")
_HAN_BEFORE = re.compile(rf"(?:^|[^{HAN}])([{HAN}]{{2,8}})\s?$")
_SMALL = frozenset(
    ("a", "an", "and", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with")
)
_ENGLISH = re.compile(r"[A-Za-z][A-Za-z0-9 /-]+")


class Glossary:
    """The other forms of the abbreviations of a library, for the words of a question."""

    def __init__(self, defined: Iterable[tuple[str, str]]) -> None:
        """Take every (short form, long form) that documents define, once for each document.

        Of several long forms of one short form the most frequent counts, and among equals the first
        by the alphabet. A Han gloss counts from two documents on: where it begins is a guess.
        """
        seen: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
        spelt: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        for short, long in defined:
            seen[short][_folded(long)] += 1
            spelt[_folded(long)][long] += 1
        self._long: dict[str, str] = {}
        self._short: dict[tuple[str, ...], str] = {}
        self._han: dict[str, str] = {}
        for short, longs in sorted(seen.items()):
            folded, documents = min(longs.items(), key=lambda item: (-item[1], item[0]))
            long = min(spelt[folded].items(), key=lambda item: (-item[1], item[0]))[0]
            if not short.isascii():
                if documents > 1:
                    self._han[short] = long
                continue
            self._long.setdefault(_key(short), long)
            self._short.setdefault(folded, short)

    def others(self, question: str) -> list[str]:
        """Return the other forms of what stands in a question, at most three.

        A short form of two letters must be written as it is defined: "is" is a word.
        """
        words = _WORD.findall(question)
        forms = [self._long[_key(word)] for word in words if _key(word) in self._long]
        folded = [_folded(word) for word in words]
        for start in range(len(words)):
            run: tuple[str, ...] = ()
            for word in folded[start : start + _LONGEST]:
                run += word
                if run in self._short:
                    forms.append(self._short[run])
        forms += [other for han, other in self._han.items() if han in question]
        there = f" {' '.join(part for word in folded for part in word)} "
        new = [form for form in dict.fromkeys(forms) if f" {' '.join(_folded(form))} " not in there]
        return new[:_MOST_OTHERS]


def pairs(text: str) -> Iterable[tuple[str, str]]:
    """Yield every (short form, long form) a text defines."""
    text = _MARKUP.sub("", text)
    for match in _PARENTHESIS.finditer(text):
        before = text[max(0, match.start() - 160) : match.start()].rpartition("\n")[2]
        inside = match[1].strip()
        yield from _in_parentheses(before, inside)
    for match in _LEADING.finditer(text):
        if _is_short(match[1]) and (long := _expansion(match[1], _words(match[2]), at_start=True)):
            yield match[1], long


def _in_parentheses(before: str, inside: str) -> Iterable[tuple[str, str]]:
    parts = [part.strip() for part in re.split(r"[,，;；]", inside)]
    gloss = _HAN_BEFORE.search(before)
    if len(parts) == 2 and _is_short(parts[1]):
        if long := _expansion(parts[1], _words(parts[0]), at_start=True):
            yield parts[1], long
            if gloss:
                yield gloss[1], parts[1]
        return
    first = parts[0]
    if gloss and _ENGLISH.fullmatch(first) and len(first.split()) <= _MOST_GLOSS_WORDS:
        yield gloss[1], first
    elif _is_short(first):
        if long := _expansion(first, _words(before)):
            yield first, long
    elif (
        (last := _LAST.search(before))
        and _is_short(last[1])
        and (long := _expansion(last[1], _words(first), at_start=True))
    ):
        yield last[1], long


def _is_short(text: str) -> bool:
    return bool(
        _SHORT.fullmatch(text) and len(text) <= _MOST_LETTERS and sum(c.isupper() for c in text) > 1
    )


def _words(text: str) -> list[str]:
    """Return the words after the last mark that ends a clause."""
    return _WORD.findall(re.split(r"[.:;!?()（）。：；，,|]\s*", text.strip())[-1])


def _expansion(short: str, words: list[str], *, at_start: bool = False) -> str | None:
    """Return the run of words at the end of ``words`` that spells ``short``.

    With ``at_start`` the run begins with the first word and may be followed by others. A run whose
    words begin with the letters, one each, is taken before the shortest of those that spell it.
    """
    letters = [c for c in short.lower() if c.isalnum()]
    if letters[-1:] == ["s"] and short[-1] == "s":
        letters.pop()  # a plural
    most = min(len(letters) + _SPARE_WORDS, 2 * len(letters))
    words = words[:most] if at_start else words[-most:]
    if at_start:
        runs = [words[:end] for end in range(1, len(words) + 1)]
    else:
        runs = [words[start:] for start in range(len(words) - 1, -1, -1)]
    fitting = []
    for run in runs:
        parts = [part for part in re.split(r"[ /-]", " ".join(run).lower()) if part]
        if len(parts) < 2 or short.lower() in parts:
            continue
        initials = [part[0] for part in parts]
        if letters in (initials, [part[0] for part in parts if part not in _SMALL]):
            return " ".join(run)
        if _spells(letters, " ".join(run).lower()):
            fitting.append(" ".join(run))
    return fitting[0] if fitting else None


def _spells(letters: list[str], long: str) -> bool:
    at = len(long)
    for place, letter in reversed(list(enumerate(letters))):
        at -= 1
        while at >= 0 and (
            long[at] != letter or (place == 0 and at > 0 and long[at - 1].isalnum())
        ):
            at -= 1
        if at < 0:
            return False
    # the first letter opens the form, and half of the letters open a word
    opening = sum(word[:1] in letters for word in re.split(r"[ /-]", long) if word)
    return at == 0 and 2 * opening >= len(letters)


def _folded(long: str) -> tuple[str, ...]:
    """Return the words of a long form without what is spelt differently: case, hyphen, plural."""
    return tuple(singular(word) for word in re.split(r"[ -]+", long.lower()) if word)


def _key(short: str) -> str:
    return short if len(short) < _SHORTEST_FOLDED else short.casefold().removesuffix("s")
