"""Follow-ups: a question that leans on what was asked before is put into words that stand alone.

By one plain component (`follow_up.py`): the topic of the last question is carried into the new one.
It does as well on first contact as 900 lines of rules for ways of asking did, and better than the
default model (`tests/benchmarks/threads.py`, `conversation.py`). What was said before never becomes
evidence: only the question asked of the library changes.
"""

from collections.abc import Sequence

from assistant.conversation.follow_up import rewrite
from assistant.conversation.moves import move
from assistant.input_limits import Exchange

__all__ = ["Exchange", "last_asked", "stand_alone"]

_KEPT = 8
_LONGEST = 240  # characters: a longer question says what it is about itself


def stand_alone(question: str, history: Sequence[Exchange]) -> str:
    """Return the question in words that need no history; unchanged if it already stands alone.

    Earlier follow-ups are put into such words first, so that "why?" after "and MQA?" asks about
    MQA. Only the last 8 exchanges count; those that asked nothing ("thanks") do not.
    """
    return _rewritten(question, _before(history))


def last_asked(history: Sequence[Exchange]) -> str:
    """Return the last question of a thread in words that need no history; "" if none was asked."""
    before = _before(history)
    return before[-1][0] if before else ""


def _before(history: Sequence[Exchange]) -> list[tuple[str, str]]:
    """Return what was asked before, each in words that stand alone, and the answers."""
    before: list[tuple[str, str]] = []
    for exchange in history[-_KEPT:]:
        if exchange.question.strip() and move(exchange.question) is None:
            before.append((_rewritten(exchange.question, before), exchange.answer))
    return before


def _rewritten(question: str, before: Sequence[tuple[str, str]]) -> str:
    if not before or len(question) > _LONGEST:
        return question
    questions = [asked[-_LONGEST:] for asked, _ in before]
    return rewrite(question, questions, before[-1][1])
