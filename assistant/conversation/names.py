"""Names in the turns of a thread: one put in the place of another, and the other one of two.

A name takes the place of the name written most like it: 70B that of 7B, GRPO that of DPO. Knows
capitals and digits, no grammar, so that it serves both languages.
"""

import re
from collections.abc import Sequence

from assistant.wording import wording

_NAME = re.compile(r"[A-Z][\w+#-]* \d[\w.]*(?<!\.)|[A-Za-z0-9][\w+#]*(?:[-.][\w+#]+)*", re.ASCII)
_FIRST = re.compile(r"(?:^|[.!?。！？]\s)\W*(\w)")
_WORDING = wording("conversation")
_OTHER = _WORDING.patterns["the_other"]
_BARE = ("one", "ones", "two")


def names(text: str) -> list[str]:
    """Return the names in a text, each once: words with a capital or a digit, or like top-k.

    A word that begins a sentence counts if it has a digit or a second capital.
    """
    first = {match.start(1) for match in _FIRST.finditer(text)}
    known = []
    for word in _NAME.finditer(text):
        inside = word[0][1:]
        odd = any(sign.isupper() or sign.isdigit() for sign in inside) or word[0][-2:-1] == "-"
        begins = word.start() in first
        capital = word[0][0].isupper() and not begins and len(word[0]) > 1
        if (odd or capital) and not word[0].isdigit():
            known.append(word[0])
    return list(dict.fromkeys(known))


def swapped(last: str, name: str) -> str | None:
    """Return a question with ``name`` in the place of the name most like it; None if it has none.

    Of several names none is taken unless one is written in the same way.
    """
    known = [other for other in names(last) if other.casefold() != name.casefold()]
    alike = [other for other in known if _shape(other) == _shape(name)]
    choice = alike[:1] or (known if len(known) == 1 else [])
    if not choice:
        return None
    old = re.escape(choice[0])
    return re.sub(rf"(?<![A-Za-z0-9]){old}(?![A-Za-z0-9])", lambda _: name, last, count=1)


def other_named(asked: str, last: str, answer: str) -> str | None:
    """Return a question with "the other one" named: what the answer named beside what was asked of.

    Where the question named nothing, the answer named its own subject first.
    """
    pointer = _OTHER.search(asked)
    if pointer is None:
        return None
    before = names(last)
    rest = [name for name in names(answer) if name not in before]
    shapes = {_shape(name) for name in before}
    rest = [name for name in rest if _shape(name) in shapes] or rest
    if not any(_shape(name) in shapes for name in names(answer) if name in before):
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
    alike = [n for n in names(last) if re.search(rf"{before}{re.escape(n)}\b", last, re.IGNORECASE)]
    return last.replace(alike[0], name, 1) if alike else None


def only_name(part: str) -> str:
    """Return the name that a fragment is about ("the Godwit one"), "" if it is about more."""
    words = [word.strip(",.?!，。？！") for word in part.split()]
    words = [word for word in words if word.casefold() not in ("the", "a", "an", "one", "ones")]
    name = " ".join(words)
    return name if _looks(name) else ""


def _looks(word: str) -> bool:
    odd = any(c.isupper() or c.isdigit() for c in word) or word[-2:-1] == "-"
    return odd and bool(_NAME.fullmatch(word))


def _shape(name: str) -> str:
    """Return how a name is written: "Aa" of Whimbrel, "A" of DPO, "0A" of 70B, "a0" of bf16."""
    signs = (
        "0" if c.isdigit() else "A" if c.isupper() else "a" if c.isalpha() else c for c in name
    )
    shape: Sequence[str] = list(signs)
    kept = [sign for at, sign in enumerate(shape) if not at or sign != shape[at - 1]]
    return "".join(kept)
