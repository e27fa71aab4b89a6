"""What a question names side by side, known by the names of the primer's subjects."""

import re
from collections.abc import Set
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from assistant.answering.question import Question, parts_about
from assistant.wording import wording
from index.search.library import Library
from ingest.text.scripts import has_han

_JOINT = wording("questions").patterns["joint"]
_SHORTEST = 2


def with_joined_sides(library: Library, question: Question) -> Question:
    """Return a question whose sides are the subjects that it joins: "GPTQ and AWQ, which first?".

    Each of them has to be told of, however it is asked. A comparison that is known by its form
    keeps its sides; in Chinese, where no space tells where a name ends, without the words around.
    """
    names = library.names_of_subjects()
    question = _with_subject(names, question)
    sides = joined(names, question.text)
    kept = question.sides and (question.lang != "zh" or len(question.sides) != len(sides))
    if not sides or kept:
        return question
    scope = "narrow" if question.scope == "narrow" else "wide"
    return replace(question, sides=sides, scope=scope)


def _with_subject(names: tuple[str, ...], question: Question) -> Question:
    """Return a question whose later parts are about the subjects that its first part names."""
    if len(question.parts) < 2:
        return question
    named = {name[0].casefold(): name[0] for name in _pattern(names).finditer(question.parts[0])}
    return replace(question, parts=parts_about(question.text, tuple(named.values())))


def joined(names: tuple[str, ...], text: str) -> tuple[str, ...]:
    """Return the first names that stand side by side in a text, two or more, else none."""
    found = list(_pattern(names).finditer(text))
    sides: list[str] = []
    for one, other in pairwise(found):
        if _JOINT.fullmatch(text[one.end() : other.start()]):
            sides = sides or [one[0]]
            sides.append(other[0])
        elif sides:
            break
    distinct = tuple({side.casefold(): side for side in sides}.values())
    return distinct if len(distinct) > 1 else ()


@lru_cache(maxsize=4)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern of names, the longest first, spaced and hyphenated as one likes.

    One that names two things ("LoRA and QLoRA") is left out: they are what stands side by side.
    """
    known = {name.casefold() for name in names}
    single = {name for name in names if len(name) >= _SHORTEST and not _names_two(name, known)}
    every = sorted(single, key=len, reverse=True)
    latin = "|".join(_loose(name) for name in every if not has_han(name))
    han = "|".join(re.escape(name) for name in every if has_han(name))
    return re.compile(
        "|".join(filter(None, (latin and rf"(?<![\w-])(?:{latin})s?(?![\w-])", han))) or r"(?!)",
        re.ASCII | re.IGNORECASE,
    )


def _loose(name: str) -> str:
    return r"[\s-]?".join(map(re.escape, re.split(r"[\s-]+", name)))


def _names_two(name: str, known: Set[str]) -> bool:
    parts = _JOINT.split(name.casefold())
    return len(parts) > 1 and all(part in known for part in parts)
