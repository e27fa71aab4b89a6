"""Where a sentence copies its source almost word for word, and what it changes in the copy.

Whoever says a thing in other words chooses all of them; whoever copies it but for a word changed
that word. So the nearer a stretch of a sentence is to its source, the more exactly it must be the
source: small words count as much as large ones there, since they say how surely, when, of how much
and under which condition.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from assistant.answering.doubt import MOST_OF, Doubt
from assistant.answering.evidence import Evidence
from ingest.text.numbers import quantities
from ingest.text.opposites import stem
from ingest.text.words import FUNCTION_WORDS, word_set

_COPIED = 0.75
"""The share of a stretch's words that stand in its source in order, from which it is a copy."""
_CHANGED = 2  # words that may be others in a short one
_MOST = 2  # words, or pairs of characters, by which a copy differs: more is a phrase put otherwise
_FEWEST = 3  # words by which a copy is known
_HAN_FEWEST = 5  # characters

# The function words that a copy may change, add and leave out: the others say what is claimed.
_NEUTRAL = word_set(
    "a an the this that these those it its they them their theirs he him his she her hers we us "
    "our ours you your yours i me my mine who whom whose which what itself themselves there here "
    "of in on at to by for from into onto is are was were be been being am do does did doing done "
    "has have had having and but also however moreover such one ones while whereas although "
    "though yes yeah yea well it's that's they're he's she's there's"
)
_LEADS = word_set("when while although though since because until as so whereas")
_NEUTRAL_ZH = frozenset(
    "的了着地得是有在和与跟及也都就这那它他她我你们个种其之等把被于以所会将能来去"
)
_FORCE_ZH = re.compile(
    "可能|可以|必须|需要|应该|应当|一定|也许|至少|至多|最多|不仅|仅|只|大约|约|更|最|先|后|前|然后|随后|接着|"
    "首先|最终|最后|已经|尚未|因为|由于|因此|所以|从而|以便|如果|一旦|除非|而不是|不|没|无|未|所有|每|各|许多|很多|"
    "多数|大部分|少数|一些|部分|全部|通常|往往|有时|经常|总是|几乎|同时|之前|之后|以上|以下|超过|不到|比"
)
_TOKEN = re.compile(r"[A-Za-z0-9À-ɏ]+(?:[-_.'’/+][A-Za-z0-9À-ɏ]+)*%?|[\u3400-\u9fff]")
_NT = re.compile(r"n['’]t$|^cannot$")
_STOP = re.compile(
    r"[,;:，；：。!?！？()（）—–]"
    r"|\b(?:because|since|so|if|when|while|although|though|unless|until|whereas)\b"
)
_CONDITION = re.compile(
    r"^(?:if|when|whenever|unless|once|while|until|provided|as long as|for|with|without|during|"
    r"except)\b [^,;:.]+(?=, )"
    r"|(?<=[ (])(?:if|when|while|unless|only when|until|provided that|as long as)\b [^,;:.()]+"
    r"(?=[,;:.)]|$)"
    r"|(?:如果|当|若|一旦|只要|对于|除非|只有)[^，。；：]+(?=，)|在[^，。；：]+(?:时|下|中|后|前)(?=，)",
    re.IGNORECASE,
)


_Step = tuple[Literal["replace", "delete", "insert", "equal"], int, int, int, int]
"""How a stretch of the source becomes one of the sentence, as `SequenceMatcher` says it."""


@dataclass(frozen=True, slots=True)
class _Word:
    """A word, or a Chinese character: ``key`` is what is compared, ``stretch`` counts stops."""

    key: str
    text: str
    stretch: int


def copied_otherwise(sentence: str, evidence: Evidence) -> Iterator[Doubt]:
    """Yield what a sentence changes where it copies a source sentence."""
    said = _words(sentence)
    lines = [line.text for line in evidence.lines if not line.piece.code]
    for stretch in _stretches(said):
        copied = _copied(stretch, lines)
        if copied is not None:
            source, blocks = copied
            yield from _changes(stretch, source, blocks)
            yield from _conditions(said, source)
        elif _turned_round(stretch, lines):
            yield Doubt("it says the words of its source in another order")


def _stretches(words: Sequence[_Word]) -> list[list[_Word]]:
    """Return the words between stops; too few of them go with those that follow."""
    found: list[list[_Word]] = []
    for word in words:
        same = found and (word.stretch == found[-1][-1].stretch or not _enough(found[-1]))
        if same:
            found[-1].append(word)
        else:
            found.append([word])
    if len(found) > 1 and not _enough(found[-1]):
        found[-2:] = [found[-2] + found[-1]]
    return [each for each in found if _enough(each)]


def _enough(words: Sequence[_Word]) -> bool:
    han = sum(not word.key.isascii() for word in words)
    return len(words) - han >= _FEWEST or han >= _HAN_FEWEST


def _copied(words: Sequence[_Word], lines: Sequence[str]) -> tuple[str, list[_Step]] | None:
    """Return the line that a stretch copies, with how it is changed; None if it copies none."""
    keys = [word.key for word in words]
    enough = max(_FEWEST, min(_COPIED * len(keys), len(keys) - _CHANGED))
    best: tuple[int, str, SequenceMatcher[str]] | None = None
    for line in lines:
        other = [word.key for word in _words(line)]
        if sum(key in other for key in keys) < enough:
            continue
        matcher = SequenceMatcher(None, other, keys, autojunk=False)
        held = sum(block.size for block in matcher.get_matching_blocks())
        if held >= enough and (best is None or held > best[0]):
            best = held, line, matcher
    if best is None:
        return None
    return best[1], best[2].get_opcodes()


def _turned_round(words: Sequence[_Word], lines: Sequence[str]) -> bool:
    """Say whether one line holds every word of a stretch, though not in this order."""
    wanted = Counter(word.key for word in words)
    return len(words) > _FEWEST and any(
        wanted <= Counter(word.key for word in _words(line)) for line in lines
    )


def _changes(said: Sequence[_Word], line: str, steps: Sequence[_Step]) -> Iterator[Doubt]:
    source = _words(line)
    gone = {word.key for what, a, b, _, _ in steps if what == "delete" for word in source[a:b]}
    for n, (what, a, b, c, d) in enumerate(steps):
        if what == "equal":
            continue
        left, right = a, b
        if n == 0:  # what stands in the source before the stretch is another's
            left = next(i for i in range(b, -1, -1) if not _beside(source, i - 1, b))
        if n == len(steps) - 1:
            right = next(i for i in range(a, len(source) + 1) if not _beside(source, i, a - 1))
        old, new = source[max(left, a) : right], said[c:d]
        inner = right == b and (left == a or source[b - 1].key not in _LEADS)
        if n == 0 and not new:
            old = old[-1:]
        if len({word.stretch for word in old}) > 1 or max(_size(old), _size(new)) > _MOST:
            continue
        if any(word.text[0].isdigit() for word in (*old, *new)) or _same_unit(old, new):
            continue  # numbers are compared by their value and unit
        if old and new:
            yield Doubt(f"its source says {_text(old)}, not {_text(new)}")
        elif new and n not in (0, len(steps) - 1) and _telling(new) & gone:
            yield Doubt(f"its source says {_text(new)} in another place")
        elif new and _forced([word for word in new if not _may_move(word, gone)]):
            yield Doubt(f"its source does not say {_text(new)}")
        elif old and inner and _forced(old):
            yield Doubt(f"it leaves out {_text(old)}")


def _size(words: Sequence[_Word]) -> float:
    return sum(1.0 if word.key.isascii() else 0.5 for word in words)


def _beside(source: Sequence[_Word], one: int, other: int) -> bool:
    """Say whether two words of a source stand in one stretch of it."""
    inside = 0 <= one < len(source) and 0 <= other < len(source)
    return inside and source[one].stretch == source[other].stretch


def _conditions(said: Sequence[_Word], line: str) -> Iterator[Doubt]:
    """Yield the conditions of a copied sentence of which nothing is said."""
    there = {word.key for word in said}
    for condition in _CONDITION.findall(line):
        words = _telling(_words(condition))
        if words and len(words & there) < MOST_OF * len(words):
            yield Doubt(f"its source says so only {condition}")


def _forced(words: Sequence[_Word]) -> bool:
    """Say whether words say how surely, when, of how much or why."""
    if any(_is_force(word) for word in words if word.key.isascii()):
        return True
    return bool(_FORCE_ZH.search("".join(word.text for word in words)))


def _telling(words: Sequence[_Word]) -> set[str]:
    return {word.key for word in words if not _is_force(word)}


def _same_unit(one: Sequence[_Word], other: Sequence[_Word]) -> bool:
    """Say whether two texts name one unit: ms and milliseconds."""
    units = [{each.unit for each in quantities(f"2 {_text(words)}")} for words in (one, other)]
    return units[0] == units[1] != {""}


def _may_move(word: _Word, gone: set[str]) -> bool:
    """Say whether a word stands elsewhere in the source and does not lead a clause."""
    return word.key in gone and word.key.isascii() and word.key not in _LEADS


def _is_force(word: _Word) -> bool:
    return word.key in FUNCTION_WORDS["en"] or bool(_FORCE_ZH.fullmatch(word.text))


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[_Word, ...]:
    found = []
    stops = [match.start() for match in _STOP.finditer(text)]
    stretch = 0
    for match in _TOKEN.finditer(text):
        while stretch < len(stops) and stops[stretch] < match.start():
            stretch += 1
        low = match[0].casefold()
        if low not in _NEUTRAL and low not in _NEUTRAL_ZH:
            found.append(_Word(_key(low), match[0], stretch))
    return tuple(found)


def _key(low: str) -> str:
    if low == "no" or _NT.search(low):
        return "not"
    return low if low in FUNCTION_WORDS["en"] else stem(low)


def _text(words: Sequence[_Word]) -> str:
    joint = "" if words and not words[0].key.isascii() else " "
    return joint.join(word.text for word in words)
