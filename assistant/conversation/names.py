"""Names in the turns of a thread: one put in the place of another, and the other one of two.

A name takes the place of the name written most like it: 70B that of 7B, GRPO that of DPO. Knows
capitals and digits, no grammar, so that it serves both languages.
"""

import re
from collections.abc import Sequence

from assistant.wording import wording
from ingest.text.things import is_name, names_said
from ingest.text.words import says_nothing

_WORDING = wording("conversation")
_OTHER = _WORDING.patterns["the_other"]
_LONGEST_ZH = 10
_BARE = ("one", "ones", "two")


def swapped(last: str, name: str) -> str | None:
    """Return a question with ``name`` in the place of the name most like it; None if it has none.

    Of several names none is taken unless one is written in the same way.
    """
    known = [other for other in names_said(last) if other.casefold() != name.casefold()]
    alike = [other for other in known if _shape(other) == _shape(name)]
    choice = alike[:1] or (known if len(known) == 1 else [])
    if not choice:
        return None
    old = re.escape(choice[0])
    return re.sub(rf"(?<![A-Za-z0-9]){old}(?![A-Za-z0-9])", lambda _: name, last, count=1)


def swapped_zh(last: str, part: str) -> str | None:
    """As `swapped`, for names in Chinese: the place that shares most characters with ``part``.

    黄鹡 takes the place of 白鹡, 批归一化 that of 层归一化. At least half of them must stand in the
    same order, and no place may hold all.
    """
    size = len(part)
    if not 2 <= size <= _LONGEST_ZH or part in last:
        return None
    alike = [
        sum(one == other for one, other in zip(part, last[at : at + size], strict=True))
        for at in range(len(last) - size + 1)
    ]
    best = max(alike, default=0)
    if 2 * best < size:
        return None
    at = alike.index(best)
    return last[:at] + part + last[at + size :]


def other_named(asked: str, last: str, answer: str) -> str | None:
    """Return a question with "the other one" named: what the answer named beside what was asked of.

    Where the question named nothing, the answer named its own subject first.
    """
    pointer = _OTHER.search(asked)
    if pointer is None:
        return None
    before = names_said(last)
    rest = [
        name for name in names_said(answer)
        if name not in before and not says_nothing(name.casefold())
    ]  # fmt: skip
    shapes = {_shape(name) for name in before}
    rest = [name for name in rest if _shape(name) in shapes] or rest
    if not any(_shape(name) in shapes for name in names_said(answer) if name in before):
        rest = rest[1:]  # "which scheduler ...?": the first is the one that was found
    if not rest:
        return None
    noun = pointer["noun"] or ""
    name = rest[0] if noun.casefold() in ("", *_BARE) else f"the {rest[0]} {noun}"
    return f"{asked[: pointer.start()]}{name}{asked[pointer.end() :]}"


def swapped_after(last: str, asked: str) -> str | None:
    """As `swapped`, for "in DPO" after "... in RLHF": the same preposition before both."""
    preposition, _, name = asked.partition(" ")
    if not only_name(name):
        return None
    before = rf"\b{re.escape(preposition)} (?:the )?"
    alike = [
        n for n in names_said(last) if re.search(rf"{before}{re.escape(n)}\b", last, re.IGNORECASE)
    ]
    return last.replace(alike[0], name, 1) if alike else None


def only_name(part: str) -> str:
    """Return the name that a fragment is about ("the Godwit one"), "" if it is about more."""
    words = [word.strip(",.?!，。？！") for word in part.split()]
    words = [word for word in words if word.casefold() not in ("the", "a", "an", "one", "ones")]
    name = " ".join(words)
    return name if is_name(name) else ""


def _shape(name: str) -> str:
    """Return how a name is written: "Aa" of Whimbrel, "A" of DPO, "0A" of 70B, "a0" of bf16."""
    signs = (
        "0" if c.isdigit() else "A" if c.isupper() else "a" if c.isalpha() else c for c in name
    )
    shape: Sequence[str] = list(signs)
    kept = [sign for at, sign in enumerate(shape) if not at or sign != shape[at - 1]]
    return "".join(kept)
