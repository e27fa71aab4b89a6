"""Active and passive told in one order: "B is done by A" as "A done B", 甲由乙做 as 乙做甲."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.answering.checking.copying import Word
from assistant.wording import wording

_WORDING = wording("sentences")
_BY = _WORDING.exact["doer"]
_DONE = _WORDING.exact["participle"]
_REST = _WORDING.exact["goes_on"]
_MARKS = frozenset("由被")
_FEWEST = 2  # words of a clause that has a doer


@dataclass(frozen=True, slots=True)
class _Passive:
    """Where what is done, the word that says so, who does it, and the end of that stand."""

    begins: int
    done: int
    doer: int
    ends: int
    verb: str


def in_one_voice(
    said: Sequence[Word], source: Sequence[Word]
) -> tuple[Sequence[Word], Sequence[Word]]:
    """Return two stretches in one voice, if one of them is active and the other passive."""
    mine, other = list(_passives(said)), list(_passives(source))
    if (turned := _only_there(mine, other, source)) is not None:
        return _active(said, turned), source
    if (turned := _only_there(other, mine, said)) is not None:
        return said, _active(source, turned)
    return said, source


def _only_there(
    passives: Sequence[_Passive], others: Sequence[_Passive], beside: Sequence[Word]
) -> _Passive | None:
    """Return the first passive whose verb the other stretch has in the active."""
    in_passive = {each.verb for each in others}
    active = {word.key for word in beside} | (_MARKS - in_passive)
    return next((e for e in passives if e.verb in active and e.verb not in in_passive), None)


def _passives(some: Sequence[Word]) -> Iterator[_Passive]:
    for n, word in enumerate(some):
        begins = next((i for i in range(n, -1, -1) if some[i].stretch != word.stretch), -1) + 1
        after = range(n + 1, len(some))
        if word.key in _MARKS and n > begins and n + _FEWEST < len(some):
            ends = next((i for i in after if some[i].stretch != word.stretch), len(some))
            yield _Passive(begins, n, n + 1, ends, "由")
        elif n > begins and _BY.search(word.links) and _DONE.fullmatch(some[n - 1].text.lower()):
            ends = next(
                (i for i in after if some[i].stretch != word.stretch or _is_rest(some[i])),
                len(some),
            )
            yield _Passive(begins, n - 1, n, ends, some[n - 1].key)


def _is_rest(word: Word) -> bool:
    """Say whether a word is no part of who does it any more."""
    return word.small or bool(_REST.search(word.links))


def _active(some: Sequence[Word], passive: _Passive) -> list[Word]:
    """Return words in the order of who, does, what; the Chinese marker is left out."""
    what = some[passive.begins : passive.done]
    does = [word for word in some[passive.done : passive.doer] if word.key not in _MARKS]
    who = some[passive.doer : passive.ends]
    return [*some[: passive.begins], *who, *does, *what, *some[passive.ends :]]
