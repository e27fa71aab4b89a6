"""A follow-up, put into words that stand alone: who or what it is about is named in it.

One way for English and Chinese. A question leans on the one before if it points back ("it", 前者),
or has no thing of its own: no name, no subject of the primer, few words. Then it takes the topic of
the one before: where it points, else behind it (English) or ahead of it (Chinese). A name alone
("and MQA?") takes the place of the name it is most like.
"""

import re
from collections.abc import Sequence

from assistant.answering.question import understand
from assistant.conversation.names import (
    only_name,
    other_named,
    swapped,
    swapped_after,
    swapped_zh,
)
from assistant.conversation.topic import (
    MARKS,
    WORD,
    aspects_only,
    content,
    is_stop,
    names_something,
    phrases_zh,
    topics,
)
from assistant.wording import wording
from ingest.text.scripts import has_han
from ingest.text.things import names_said

_WORDING = wording("conversation")
_OPENER = _WORDING.patterns["opener"]
_FRAGMENT = _WORDING.patterns["fragment"]
_CONNECTS = _WORDING.patterns["connects"]
_POINTS = _WORDING.patterns["points"]
_CHOOSES = _WORDING.patterns["chooses"]
_CLAUSE = _WORDING.patterns["clause"]
_BARELY = _WORDING.patterns["barely"]
_EMPTY_IT = _WORDING.patterns["empty_it"]
_DEFINES = _WORDING.patterns["defines"]
_NO_SUBJECT_ZH = (
    "有",
    "需要",
    "能",
    "可以",
    "会",
    "是",
    "由",
    "适合",
    "属于",
    "谁",
    "多",
    "对",
    "占",
)
"""So begins a Chinese question that leaves out what it is about."""
_TIES = frozenset({"the", "these", "any", "too", "also", "still", "then"})
_FREE = frozenset({"i", "we", "you", "a", "an", "of"})
"""Words that tie a question to what was said before, and such as begin something new."""
_FEW, _FEW_HAN = 4, 10
"""Content words, characters of Chinese: a question that has more says what it is about itself."""


def rewrite(question: str, before: Sequence[str], answer: str) -> str:
    """Return a question so that it stands alone.

    Args:
        question: what is asked now.
        before: what was asked before, each in words that stand alone, oldest first; not empty.
        answer: the answer to the last of them; tells which "the other one" is.
    """
    plain = " ".join(question.split())
    asked = _OPENER.sub("", plain)
    mark = "?" if plain.endswith("?") else "？" if has_han(asked) else ""
    asked = asked.rstrip(MARKS)
    last = before[-1].rstrip(MARKS)
    about = topics(last)
    opened = not plain.startswith(asked)
    if not asked or not about:
        return question
    asked = other_named(asked, last, answer) or asked
    if (barely := _BARELY.fullmatch(asked)) and barely[1].lower() != "how":
        asked = barely[1]
    rewritten = (
        _which_of(asked, last)
        or _connected(asked, last, about)
        or _fragment(asked, last, about, opened or "?" in mark)
        or _pointing(asked, before)
        or _leaning(asked, last, about, answer, opened)
    )
    if rewritten:
        return rewritten + mark
    return asked + mark if opened or asked not in question else question


def _fragment(asked: str, last: str, about: list[str], apart: bool) -> str | None:
    """Put what a question without a verb names in the place of the last topic."""
    said = _FRAGMENT.fullmatch(asked)
    part = (said[1] or said[2]) if said else asked
    if not (said or apart) or len(WORD.findall(part)) > _FEW:
        return None
    name = "" if is_stop(part) else only_name(part)
    whole = bool(said and said[1])  # what follows "what about" is one thing, whatever its words
    if has_han(part) and has_han(last) and (named := swapped_zh(last, part)):
        return named
    if not name and not names_something(part):
        return None
    if not name and not whole and any(map(is_stop, WORD.findall(part))):
        return None
    if part.lower().startswith("the ") and not name and not names_said(part):
        return f"explain {part} of {_joined(about, asked)}"
    if len(about) == 1 and has_han(asked) == has_han(last):
        if name and (named := swapped(last, name)):
            return named
        if about[0] in last and (name or names_said(part) or not names_said(about[0])):
            return last.replace(about[0], part, 1)
    return f"解释一下 {part}" if has_han(asked) else f"explain {part}"


def _which_of(asked: str, last: str) -> str | None:
    """Name the sides of the comparison before, of which a question asks which ("which one is")."""
    choice = _CHOOSES.match(asked)
    sides = topics(last) if choice and understand(last).sides else []
    if choice is None or len(sides) < 2 or names_said(asked[choice.end() :]):
        return None
    either = "either" in choice[0].casefold()
    named = (" or " if either else " and ").join((", ".join(sides[:-1]), sides[-1]))
    begun = f"{choice[2]}{named}" if either else f"{choice[1]} of {named}"
    return f"{begun} {asked[choice.end() :].lstrip()}"


def _pointing(asked: str, before: Sequence[str]) -> str | None:
    """Put the topic in the place of the words that point back to it."""
    about = topics(before[-1])
    pair = about
    if len(about) == 1 and len(before) > 1:
        pair = [*(topic for topic in topics(before[-2]) if topic not in about), *about]
    for pointer in _POINTS.finditer(asked):
        if _points_inside(asked, pointer):
            continue
        kind = (pointer.lastgroup or "").removesuffix("_zh")
        if kind not in ("first", "second"):
            thing = _joined(pair if kind == "many" else about, asked)
        elif len(about) > 1:
            thing = about[kind == "second"]
        else:
            continue
        thing += "'s" if kind == "whose" else ""
        return _spaced(asked[: pointer.start()], thing, asked[pointer.end() :])
    return None


def _points_inside(asked: str, pronoun: re.Match[str]) -> bool:
    """Say whether a pronoun stands for something in its own question, or for nothing."""
    ahead, behind = asked[: pronoun.start()], asked[pronoun.end() :]
    if _EMPTY_IT.match(asked, pronoun.start()):
        return True
    if pronoun[0].lower() in ("this", "that", "these", "those"):
        before, after = WORD.findall(ahead)[-1:], WORD.findall(behind)[:1]
        if after[:1] == ["of"] or not all(is_stop(word) for word in (*before, *after)):
            return True
    if pronoun["whose"]:
        return bool(content(ahead))
    clauses = _CLAUSE.split(ahead)
    said = len(content(ahead)) >= _FEW or len(names_said(ahead)) > 1
    return said or any(content(clause) for clause in clauses[:-1])


def _connected(asked: str, last: str, about: list[str]) -> str | None:
    """Put what only adds to the last question behind it: "in PyTorch", "versus GQA"."""
    if not _CONNECTS.match(asked) or (asked.isascii() and asked.isalpha()):
        return None
    if has_han(asked):
        return f"{_joined(about, asked)} {asked}"
    if len(asked.split()) > 6:
        return None
    return swapped_after(last, asked) or f"{last} {asked}"


def _leaning(asked: str, last: str, about: list[str], answer: str, opened: bool) -> str | None:
    """Put the topic beside a question that has none of its own."""
    words = content(asked)
    own = [word for word in words if not is_stop(word)]
    things = _joined(about, asked)
    if has_han(asked):
        if len(asked) > _FEW_HAN or _DEFINES.match(asked):
            return None
        if not phrases_zh(asked):
            return f"{last}，{asked}"
        leans = asked.startswith(_NO_SUBJECT_ZH) or not names_something(asked)
        return f"{things} {asked}" if leans else None
    sentences = ". " in asked or "? " in asked
    if names_something(asked, answer) or len(words) > _FEW or sentences or understand(asked).sides:
        return None
    if not own:
        return f"{last}, and {asked[:1].lower()}{asked[1:]}"
    if aspects_only(own):
        return f"{asked} for {things}"
    said = set(asked.lower().split())
    tied = opened or len(own) == 1 or any(aspects_only([word]) for word in own) or said & _TIES
    if _DEFINES.match(asked) or not tied or (len(own) > 1 and said & _FREE):
        return None
    return f"{asked} for {things}"


def _joined(things: Sequence[str], asked: str) -> str:
    return (" 和 " if has_han(asked) else " and ").join(things)


def _spaced(ahead: str, thing: str, behind: str) -> str:
    """Return Chinese with a space between it and Latin letters; English as it stands."""
    if has_han(ahead + behind) and thing[:1].isascii():
        return f"{ahead.rstrip()} {thing} {behind.lstrip()}".strip()
    return ahead + thing + behind
