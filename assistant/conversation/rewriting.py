"""Follow-ups: a question that leans on what was asked before is put into words that stand alone.

By rules, one module a language: they take a few microseconds, and on the dialogues of
`tests/assistant/follow_ups.jsonl` they do better than the default model. One plain component, the
last question's words carried on into the search, was tried in their place and found less
(`tests/benchmarks/threads.py`). What was said before never becomes evidence: only the question
asked of the library changes.
"""

from collections.abc import Sequence

from assistant.bounds import Exchange
from assistant.conversation import follow_up_en, follow_up_zh
from assistant.conversation.moves import move
from ingest.text.sentences import language

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
    if language(question) == "zh":
        return follow_up_zh.rewrite(question, questions, before[-1][1])
    return follow_up_en.rewrite(question, questions, before[-1][1])
