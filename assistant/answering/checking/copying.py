"""The words of a sentence as they are compared where it copies its source.

What is written otherwise and says the same is one word: small words of one class, an abbreviation
and what it is short for, British and American spelling.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from assistant.wording import wording
from index.search.abbreviations import pairs
from ingest.text.alike import classes, pattern_of_classes
from ingest.text.numbers import Quantity, quantities
from ingest.text.scripts import HAN
from ingest.text.stems import stem
from ingest.text.words import FUNCTION_WORDS, word_set

# The function words that a copy may change, add and leave out: the others say what is claimed.
_NEUTRAL = word_set(
    "a an the this that these those it its they them their theirs he him his she her hers we us "
    "per our ours you your yours i me my mine who whom whose which what itself themselves there "
    "here of in on at to by for from into onto is are was were be been being am do does did doing "
    "done has have had having and but also however moreover such one ones while whereas although "
    "though yes yeah yea well will"
)
_NEUTRAL_ZH = frozenset(
    "的了着地得是有在当和与跟及也都就这那它他她我你们个种其之等把被于以所会将能来去"
)
_ANAPHORS = word_set(
    "it its they them their this that these those he him his she her such one "
    "它 他 她 这 那 其 该 此"
)
_PRONOUNS = word_set("it they he she 它 他 她")
_PREPOSITIONS = word_set("of in on at to by for from into onto 把 被 于 以 的")
_TOKEN = re.compile(
    rf"(?P<phrase>{pattern_of_classes()})"
    rf"|[A-Za-z0-9À-ɏ]+(?:[-_.'’/+][A-Za-z0-9À-ɏ]+)*%?|[{HAN}]",
    re.IGNORECASE,
)
_WORDING = wording("sentences")
_SHORTENED = _WORDING.exact["short_form"]
_GLOSS = re.compile(
    rf"(?:^|[，。；：、\s])(?P<long>[{HAN}]{{2,8}})"
    rf"[（(](?P<short>[A-Za-z][A-Za-z0-9-]*)\s?(?P<tail>[{HAN}]{{1,4}})[）)]"
)
_NT = _WORDING.exact["denies_shortly"]
_STOP = _WORDING.exact["breaks"]


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or a Chinese character or small word.

    ``key`` is what is compared, ``stretch`` counts stops; ``links`` are the small words between it
    and the one before. ``small``: it is one itself, and says how surely, when, of how much or why.
    """

    key: str
    text: str
    stretch: int
    links: str = ""
    small: bool = False

    @property
    def number(self) -> bool:
        """Whether it is a number."""
        return self.key.startswith("#")

    @property
    def size(self) -> float:
        """How much it weighs: a Chinese character is half a word."""
        return 1.0 if self.key.isascii() else 0.5 * len(self.text)

    @property
    def resolved(self) -> bool:
        """Whether "it" or "this" stands before it."""
        return bool(_ANAPHORS & set(self.links.split()))

    @property
    def stands_for(self) -> bool:
        """Whether "it" or "they" stands before it, alone."""
        return bool(_PRONOUNS & set(self.links.split()))

    @property
    def governed(self) -> frozenset[str]:
        """The prepositions before it."""
        return _PREPOSITIONS & set(self.links.split())


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[Word, ...]:
    """Return the words of a text that say what is claimed."""
    found: list[Word] = []
    stops = [match.start() for match in _STOP.finditer(text)]
    stretch = 0
    links: list[str] = []
    numbers = quantities(text)
    for match in _TOKEN.finditer(text):
        while numbers and numbers[0].end <= match.start():
            numbers.pop(0)
        if numbers and numbers[0].start < match.start():
            continue  # its unit, or the rest of a number in words
        while stretch < len(stops) and stops[stretch] <= match.start():
            stretch += 1
        low = _SHORTENED.sub("", match[0].casefold())
        if numbers and match.start() == numbers[0].start:
            found += _number(numbers[0], text, stretch, " ".join(links))
            links = []
            continue
        small = match["phrase"] is not None
        key = classes()[" ".join(low.split())] if small else key_of(low)
        if key in _NEUTRAL or low in _NEUTRAL or low in _NEUTRAL_ZH:
            links.append(low)
            continue
        small = small or key in FUNCTION_WORDS["en"]
        found.append(Word(key, match[0], stretch, " ".join(links), small))
        links = []
    return tuple(found)


def _number(number: Quantity, text: str, stretch: int, links: str) -> list[Word]:
    """Return a number by its value, and its unit by its name."""
    written = text[number.start : number.end]
    value = Word(f"#{number.value:.6g}", written, stretch, links)
    return [value, Word(number.unit, written, stretch)] if number.unit else [value]


def in_short(text: str, lines: tuple[str, ...]) -> str:
    """Return a text with the short forms that lines define in the place of the long ones."""
    for short, pattern in _defined(lines):
        text = pattern.sub(short, text)
    return text


@lru_cache(maxsize=64)
def _defined(lines: tuple[str, ...]) -> list[tuple[str, re.Pattern[str]]]:
    """Return the short forms that lines define, each with a pattern of how it is written out."""
    found = []
    glosses = (match for line in lines for match in _GLOSS.finditer(line))
    tails = [(m["short"], m["long"].removesuffix(m["tail"])) for m in glosses
             if m["tail"] and m["long"].endswith(m["tail"]) and m["long"] != m["tail"]]  # fmt: skip
    for short, long in dict.fromkeys((*tails, *(each for line in lines for each in pairs(line)))):
        if not short.isascii():
            short, long = long, short
        written = r"[-\s]+".join(map(re.escape, re.split(r"[-\s]+", long)))
        bounded = rf"\b{written}s?\b" if long.isascii() else written
        gloss = rf"(?:\s?[(（]{re.escape(short)}s?[)）])?"
        found.append((short, re.compile(bounded + gloss, re.IGNORECASE)))
    return found


def key_of(low: str) -> str:
    """Return what a word in small letters is compared by."""
    if low == "no" or _NT.search(low):
        return "can not" if low in ("cannot", "can't", "can’t") else "not"
    return low if low in FUNCTION_WORDS["en"] else stem(low)
