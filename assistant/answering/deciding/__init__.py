"""Whether to answer or to refuse, with the reason, and where to look for what is refused."""

from assistant.answering.deciding.counted import asks_a_number
from assistant.answering.deciding.decide import (
    Decision,
    Limits,
    Reason,
    Signals,
    asks_again,
    decide,
    judged,
    limits_for,
    signals,
)

__all__ = [
    "Decision",
    "Limits",
    "Reason",
    "Signals",
    "asks_a_number",
    "asks_again",
    "decide",
    "judged",
    "limits_for",
    "signals",
]
