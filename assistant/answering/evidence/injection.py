"""Sentences of a source that speak to the model that reads them, not to a person.

A page may hold orders for the program that summarises it. They are no evidence for anything: what
`addresses_the_model` finds should neither be put into a prompt nor be quoted. It looks for forms of
address, not for topics, so that prose *about* prompts and assistants stays. It is one layer of
several and no proof: an order in words that ordinary prose uses too is not found.
"""

from collections.abc import Sequence
from functools import lru_cache

from assistant.wording import wording
from ingest.text.scripts import has_han

_WORDING = wording("orders")
_ADDRESS = _WORDING.patterns["english"]
_ADDRESS_ZH = _WORDING.patterns["chinese"]
_TURN = _WORDING.patterns["turn"]
_PIECE = 800  # characters the patterns look at; an order fits into half of them
_LONGEST = 8_000


@lru_cache(maxsize=4096)  # the same passages are read for one question after the other
def addresses_the_model(sentence: str) -> bool:
    """Say whether a sentence of a source gives orders to the model that reads it.

    What is longer than a sentence is read in pieces that overlap, the first 8,000 characters of it:
    no passage holds more.
    """
    sentence = sentence[:_LONGEST]
    patterns = (_ADDRESS, _ADDRESS_ZH) if has_han(sentence) else (_ADDRESS,)
    return any(
        pattern.search(sentence, start, start + _PIECE)
        for pattern in patterns
        for start in range(0, max(1, len(sentence) - _PIECE // 2), _PIECE // 2)
    )


def orders(sentences: Sequence[str]) -> list[bool]:
    """Say for each of the neighbouring sentences of a source whether it is part of an order.

    That is one that addresses the model, and one beside it that is a turn of a forged conversation.
    """
    addressing = [addresses_the_model(sentence) for sentence in sentences]
    return [
        addressing[at]
        or (any(addressing[max(at - 1, 0) : at + 2]) and bool(_TURN.search(sentence)))
        for at, sentence in enumerate(sentences)
    ]
