"""Judging answers against references, by the definitions of ``refdesk eval``.

Works on the ``ask --json`` object alone and knows nothing of how it was made.
"""

import re
from dataclasses import dataclass
from typing import Any

from ingest.text.scripts import HAN

_STOP = frozenset(
    """a an and are as at be by can do does each for from has have in into is it its not of on only
    or so than that the their them then there they this to was were which while with you
    your""".split()  # noqa: SIM905  # a list of words reads better as words
)
_WORD = re.compile(rf"[a-z0-9]+(?:[.][0-9]+)?|[{HAN}]")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*")
_NAME = re.compile(r"\b(?:[A-Z]{2,}[\w-]*|[A-Z][a-z]*[A-Z0-9][\w-]*)\b")
_CORRECT_WORDS = 0.6
_SUPPORTING_WORDS = 0.6


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of one question.

    ``sound`` of ``pairs`` (sentence, citation) pairs support their sentence; ``backed`` of
    ``sentences`` shown sentences have at least one such pair.
    """

    answered: bool
    correct: bool
    sentences: int
    cited: int
    pairs: int
    sound: int
    backed: int


def judge(answer: dict[str, Any], reference: str) -> Judgement:
    """Judge one ``ask --json`` object against a reference answer in other words."""
    if answer["refused"]:
        return Judgement(False, False, 0, 0, 0, 0, 0)
    quotes = {cited["n"]: cited["quote"] for cited in answer["citations"]}
    pairs = sound = backed = cited = 0
    for sentence in answer["sentences"]:
        good = [supports(quotes.get(n, ""), sentence["text"]) for n in sentence["citations"]]
        pairs += len(good)
        sound += sum(good)
        backed += any(good)
        cited += bool(good)
    said = " ".join(sentence["text"] for sentence in answer["sentences"])
    return Judgement(
        True, correct(said, reference), len(answer["sentences"]), cited, pairs, sound, backed
    )


def correct(said: str, reference: str) -> bool:
    """Say whether ``said`` holds every number and name of the reference and 0.6 of its words."""
    wanted = _words(reference)
    return (
        _numbers(reference) <= _numbers(said)
        and all(name.casefold() in said.casefold() for name in _NAME.findall(reference))
        and len(wanted & _words(said)) >= _CORRECT_WORDS * len(wanted)
    )


def supports(quote: str, sentence: str) -> bool:
    """Say whether a quote holds a sentence's numbers, names and 0.6 of its words."""
    wanted = _words(sentence)
    return (
        bool(wanted)
        and _numbers(sentence) <= _numbers(quote)
        and all(name.casefold() in quote.casefold() for name in _NAME.findall(sentence))
        and len(wanted & _words(quote)) >= _SUPPORTING_WORDS * len(wanted)
    )


def _words(text: str) -> set[str]:
    words = {word for word in _WORD.findall(text.casefold()) if word not in _STOP}
    return {word[:5] if word.isalpha() and word.isascii() else word for word in words}


def _numbers(text: str) -> set[str]:
    return {number.replace(",", "") for number in _NUMBER.findall(text)}
