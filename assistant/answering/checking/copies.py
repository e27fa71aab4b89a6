"""Where a sentence copies its source almost word for word, and what it changes in the copy.

Whoever says a thing in other words chooses all of them; whoever copies it but for a word changed
that word. So the nearer a stretch of a sentence is to its source, the more exactly it must be the
source: small words count as much as large ones there, since they say how surely, when, of how much
and under which condition. What is written otherwise and says the same may change
(`ingest.text.alike`), what moves as a whole may move, and what "it" stands for may stand there.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from assistant.answering.checking.copying import Word, in_short, words
from assistant.answering.checking.doubt import MOST_OF, Doubt
from assistant.answering.checking.voices import in_one_voice
from assistant.answering.evidence import Evidence
from assistant.answering.fitted import table
from assistant.wording import wording
from ingest.text.words import word_set

_COPIED: float = table("support")["copied"]
"""The share of a stretch's words that stand in its source, from which it is a copy."""
_CHANGED = 2  # words that may be others in a short one
_MOST = 2  # words, or pairs of characters, by which a copy differs: more is a phrase put otherwise
_FEWEST = 3  # words by which a copy is known
_HAN_FEWEST = 5  # characters

_LEADS = word_set(
    "when while although though since because until as so whereas if unless "
    "因为 因此 如果 除非 一旦 即使"
)
_ADVERBS = {
    "usually", "rarely", "often", "always", "also", "already", "still", "again", "then", "now",
    "at least", "at most", "通常", "几乎",
}  # fmt: skip
_SUBJECT = 2  # words of a sentence among which its subject is
_FIRST = 2  # words, or characters, of a clause by which it is known
_WORDING = wording("sentences")
_FORCE_ZH = _WORDING.patterns["force_zh"]
_PRONOUN = _WORDING.patterns["pronoun"]
_CONDITION = _WORDING.patterns["condition"]

_Step = tuple[Literal["replace", "delete", "insert", "equal"], int, int, int, int]
"""How a stretch of the source becomes one of the sentence, as `SequenceMatcher` says it."""


@dataclass(frozen=True, slots=True)
class _Copy:
    """A stretch of a sentence and the line it copies, with the steps from the one to the other."""

    said: Sequence[Word]
    line: str
    source: Sequence[Word]
    steps: Sequence[_Step]
    held: int

    @property
    def left(self) -> set[int]:
        """Where words of the copied stretches of the line stand that are not said in order."""
        kept = {
            place for what, a, b, _, _ in self.steps if what == "equal" for place in range(a, b)
        }
        copied = {self.source[place].stretch for place in kept}
        said = {word.key for word in self.said}
        unsaid = {word.stretch for word in self.source if word.key not in said}
        copied |= {word.stretch for word in self.source} - unsaid
        return {
            place
            for place, word in enumerate(self.source)
            if word.stretch in copied and place not in kept
        }


@dataclass(frozen=True, slots=True)
class _Known:
    """The words of the sources, and those that may be what they speak of."""

    words: frozenset[str]
    subjects: frozenset[str]


def copied_otherwise(sentence: str, evidence: Evidence) -> Iterator[Doubt]:
    """Yield what a sentence changes where it copies a source sentence."""
    lines = tuple(line.text for line in evidence.lines if not line.piece.code)
    said = words(in_short(sentence, lines))
    lines = tuple(in_short(line, lines) for line in lines)
    headings = {text for hit in evidence.hits for text in (hit.passage.title, *hit.passage.heading)}
    known = _Known(
        frozenset(word.key for text in (*lines, *headings) for word in words(text)),
        frozenset(word.key for text in headings for word in words(text))
        | {word.key for line in lines for word in words(line)[:_SUBJECT]},
    )
    for stretch in _stretches(said):
        copy = _copied(stretch, lines, known)
        if copy is not None:
            others = {word.key for word in said if word not in stretch}
            yield from _changes(copy, known, others)
            yield from _led_otherwise(copy)
            yield from _conditions(said, copy.line)


def _stretches(said: Sequence[Word]) -> list[list[Word]]:
    """Return the words between stops; too few of them go with those that follow."""
    found: list[list[Word]] = []
    for word in said:
        same = found and (word.stretch == found[-1][-1].stretch or not _enough(found[-1]))
        if same:
            found[-1].append(word)
        else:
            found.append([word])
    if len(found) > 1 and not _enough(found[-1]):
        found[-2:] = [found[-2] + found[-1]]
    return [each for each in found if _enough(each)]


def _enough(said: Sequence[Word]) -> bool:
    han = sum(len(word.text) for word in said if not word.key.isascii())
    return sum(word.key.isascii() for word in said) >= _FEWEST or han >= _HAN_FEWEST


def _copied(said: Sequence[Word], lines: Sequence[str], known: _Known) -> _Copy | None:
    """Return the copy that a stretch is of the line that holds most of it; None if it is none."""
    enough = max(_FEWEST, min(_COPIED * len(said), len(said) - _CHANGED))
    best: _Copy | None = None
    for line in lines:
        there = {word.key for word in words(line)}
        repeated = sum(word.key in there for word in said)
        resolved = _resolved(said, line, known) if repeated >= _FEWEST else 0
        if repeated + resolved < enough and not _all_but_small(said, there):
            continue
        one, other = in_one_voice(*_without_adverbs(said, words(line)))
        there_keys, said_keys = ([word.key for word in some] for some in (other, one))
        matcher = SequenceMatcher(None, there_keys, said_keys, autojunk=False)
        held = sum(block.size for block in matcher.get_matching_blocks())
        if best is None or held > best.held:
            best = _Copy(one, line, other, matcher.get_opcodes(), held)
    return best


def _resolved(said: Sequence[Word], line: str, known: _Known) -> int:
    """Return how many words may stand for what a line calls "it" or "them"."""
    there = {word.key for word in words(line)}
    new = [word for word in said if word.key not in there and word.key in known.words]
    return len(new) if _PRONOUN.search(line) and _size(new) <= _MOST else 0


def _all_but_small(said: Sequence[Word], there: set[str]) -> bool:
    """Say whether a short stretch is a copy but for one small word: may for must."""
    other = [word for word in said if word.key not in there]
    return len(said) == _FEWEST and len(other) == 1 and other[0].small


def _without_adverbs(said: Sequence[Word], source: Sequence[Word]) -> tuple[list[Word], list[Word]]:
    """Return two texts without the adverbs that both have: they stand before or behind a verb."""
    counts = [Counter(word.key for word in some if word.key in _ADVERBS) for some in (said, source)]
    both = {key for key, count in counts[0].items() if count <= counts[1][key]}
    one, other = ([word for word in some if word.key not in both] for some in (said, source))
    return one, other


def _changes(copy: _Copy, known: _Known, others: set[str]) -> Iterator[Doubt]:
    """Yield the words of a copy that stand for others, elsewhere, or are put in or left out.

    ``others`` are the words of the other stretches: what is left out between two clauses of the
    source and said in another one changed places.
    """
    said, source = copy.said, copy.source
    left = copy.left
    gone = {source[place].key for place in left}
    put_in = {word.key for what, _, _, c, d in copy.steps if what != "equal" for word in said[c:d]}
    in_line = {word.key for word in source}
    moved = 0
    last = len(copy.steps) - 1
    for n, (what, a, b, c, d) in enumerate(copy.steps):
        if what == "equal":
            continue
        first, end = a, b
        if n == 0:  # what stands in the source before the stretch is another's
            first = next(i for i in range(b, -1, -1) if not _beside(source, i - 1, b))
        if n == last:
            end = next(i for i in range(a, len(source) + 1) if not _beside(source, i, a - 1))
        old, new = source[max(first, a) : end], said[c:d]
        inner = end == b and (first == a or source[b - 1].key not in _LEADS)
        if n == 0 and not new:
            old = old[-1:]
        if _telling(new) & gone:
            moved += 1
            if old or moved > 1 or not _moved_whole(new, copy, left):
                yield Doubt(f"its source says {_text(new)} in another place")
        if led := [word for word in new if word.key in _LEADS and word.key not in in_line]:
            yield Doubt(f"its source does not say {_text(led)}")
        if len({word.stretch for word in old}) > 1 or max(_size(old), _size(new)) > _MOST:
            continue
        if any(word.number for word in (*old, *new)):
            continue  # numbers are compared by their value and unit
        if old and new:
            yield Doubt(f"its source says {_text(old)}, not {_text(new)}")
        elif inner and _joined(source, a, b) and _telling(old) and others >= _telling(old):
            yield Doubt(f"its source says {_text(old)} there")
        elif new and _forced([word for word in new if not _may_move(word, gone)]):
            yield Doubt(f"its source does not say {_text(new)}")
        elif _telling(new) and not _telling(new) & gone and not _resolves(copy, n, known):
            yield Doubt(f"its source does not say {_text(new)} there")
        elif old and inner and _forced([word for word in old if not _may_move(word, put_in)]):
            yield Doubt(f"it leaves out {_text(old)}")


def _led_otherwise(copy: _Copy) -> Iterator[Doubt]:
    """Yield the words that lead a clause, because or if, and another one in the source."""
    there = {word.key for word in copy.source}
    for n, word in enumerate(copy.said):
        first = _led(copy.said, n)[:_FIRST]
        if word.key in _LEADS and word.key in there and there.issuperset(first):
            places = [place for place, other in enumerate(copy.source) if other.key == word.key]
            if first and not any(set(first) & set(_led(copy.source, p)) for p in places):
                yield Doubt(f"its source says {word.text} of something else")


def _led(some: Sequence[Word], n: int) -> list[str]:
    """Return what stands in a clause behind a word."""
    return [word.key for word in some[n + 1 :] if word.stretch == some[n].stretch]


def _joined(source: Sequence[Word], a: int, b: int) -> bool:
    """Say whether what is left out is part of one clause, and what follows is of another."""
    return a > 0 and b < len(source) and source[a - 1].stretch != source[b].stretch


def _moved_whole(new: Sequence[Word], copy: _Copy, left: set[int]) -> bool:
    """Say whether words stand together elsewhere in a line and move as an adjunct does.

    That has a preposition, a small word or the form of an adverb at its head, and takes it along:
    no word that stays gets another one.
    """
    keys = [word.key for word in new]
    kept = [
        (copy.source[a + n], copy.said[c + n])
        for what, a, b, c, _ in copy.steps
        if what == "equal"
        for n in range(b - a)
    ]
    if any(one.governed != other.governed for one, other in kept):
        return False
    spans = [range(begins, begins + len(new)) for begins in left]
    return any(
        left.issuperset(span)
        and _same_words([copy.source[place].key for place in span], keys)
        and bool(copy.source[span.start].governed) == bool(new[0].governed)
        and (_moves(new[0]) or _is_stretch(copy.source, span))
        for span in spans
    )


def _same_words(keys: list[str], others: list[str]) -> bool:
    """Say whether words are the same in order; with its subject for "it" a clause may differ."""
    return keys == others or (not _LEADS.isdisjoint(keys) and sorted(keys) == sorted(others))


def _is_stretch(source: Sequence[Word], span: range) -> bool:
    """Say whether words are all that stands between two stops."""
    return not _beside(source, span.start - 1, span.start) and not _beside(
        source, span.stop - 1, span.stop
    )


def _moves(word: Word) -> bool:
    """Say whether a word can be the first of an adjunct; a Chinese one always can."""
    plain = word.key.isascii() and not word.small and not word.number
    return bool(word.governed) or not plain or word.text.endswith("ly")


def _resolves(copy: _Copy, n: int, known: _Known) -> bool:
    """Say whether words put in can be what the source means there by "it".

    What stands in no source does no harm where nothing was left out for it.
    """
    _, a, b, c, d = copy.steps[n]
    new = copy.said[c:d]
    edge = n in (0, len(copy.steps) - 1)
    if n == 0 and b < len(copy.source) and copy.source[b].stands_for:
        return bool(known.subjects & _telling(new))
    if not known.words.issuperset(_telling(new)):
        instead = [copy.source[place] for place in copy.left if not copy.source[place].small]
        if edge:  # it may lead on: moreover, according to sources
            return not any(new[0].governed & word.governed for word in instead)
        return not instead
    return edge or copy.source[a].resolved or copy.source[a - 1].resolved


def _may_move(word: Word, others: set[str]) -> bool:
    """Say whether a small word stands elsewhere too and does not lead a clause."""
    return word.key in others and word.small and word.key not in _LEADS


def _size(some: Sequence[Word]) -> float:
    return sum(word.size for word in some)


def _beside(source: Sequence[Word], one: int, other: int) -> bool:
    """Say whether two words of a source stand in one stretch of it."""
    inside = 0 <= one < len(source) and 0 <= other < len(source)
    return inside and source[one].stretch == source[other].stretch


def _conditions(said: Sequence[Word], line: str) -> Iterator[Doubt]:
    """Yield the conditions of a copied sentence of which nothing is said.

    Words that the line has elsewhere too must be said as often.
    """
    said_of, told = (Counter(word.key for word in some) for some in (said, words(line)))
    for condition in _CONDITION.findall(line):
        telling = _telling(words(condition))
        there = sum(said_of[key] >= told[key] for key in telling)
        if telling and there < MOST_OF * len(telling):
            yield Doubt(f"its source says so only {condition}")


def _forced(some: Sequence[Word]) -> bool:
    """Say whether words say how surely, when, of how much or why."""
    return any(word.small for word in some) or bool(_FORCE_ZH.search("".join(w.text for w in some)))


def _telling(some: Sequence[Word]) -> set[str]:
    return {word.key for word in some if not word.small and not _FORCE_ZH.search(word.text)}


def _text(some: Sequence[Word]) -> str:
    joint = "" if some and not some[0].key.isascii() else " "
    return joint.join(word.text for word in some)
