"""Active and passive told in one order: "B is done by A" as "A done B", 甲由乙做 as 乙做甲."""

import re
from collections.abc import Sequence

from assistant.answering.copying import Word

_BE = re.compile(r"(?:^| )(?:is|are|was|were|be|been|being)(?: |$)")
_BY = re.compile(r"(?:^| )by(?: |$)")
_DONE = re.compile(r".+(?:ed|en|wn|ung|ut|ound|ept|ught|ld|de|id|ut|read|t)$")
_REST = re.compile(r"(?:^| )(?:in|on|at|to|for|from|into|onto|who|which|that|whom)(?: |$)")
_FEWEST = 2  # words of a clause that has a doer


def in_one_voice(
    said: Sequence[Word], source: Sequence[Word]
) -> tuple[Sequence[Word], Sequence[Word]]:
    """Return two stretches in one voice, if one of them is active and the other passive."""
    mine, other = _passive(said), _passive(source)
    if mine and not other:
        return _active(said, *mine), source
    if other and not mine:
        return said, _active(source, *other)
    return said, source


def _passive(some: Sequence[Word]) -> tuple[int, int, int, int] | None:
    """Return where the first passive begins, where what is done, who does it, and its end stand."""
    for n, word in enumerate(some):
        begins = next((i for i in range(n, -1, -1) if some[i].stretch != word.stretch), -1) + 1
        if word.key in ("由", "被") and n > begins and n + _FEWEST < len(some):
            ends = next(
                (i for i in range(n, len(some)) if some[i].stretch != word.stretch), len(some)
            )
            return begins, n, n + 1, ends
        if n <= begins or not _BY.search(word.links):
            continue
        done = n - 1
        if done > begins and not _BE.search(some[done].links):
            done -= 1  # is quickly done by
        if (
            done > begins
            and _BE.search(some[done].links)
            and _DONE.fullmatch(some[n - 1].text.lower())
        ):
            ends = next(
                (i for i in range(n + 1, len(some))
                 if some[i].stretch != word.stretch or _REST.search(some[i].links)),
                len(some),
            )  # fmt: skip
            return begins, done, n, ends
    return None


def _active(some: Sequence[Word], begins: int, done: int, doer: int, ends: int) -> list[Word]:
    """Return words in the order of who, does, what; the Chinese marker is left out."""
    what, does, who = some[begins:done], some[done:doer], some[doer:ends]
    if done + 1 == doer and not some[done].key.isascii():
        does = ()  # 由, 被: what is done follows the doer
    return [*some[:begins], *who, *does, *what, *some[ends:]]
