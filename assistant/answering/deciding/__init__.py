"""Whether to answer or to refuse, with the reason, and where to look for what is refused."""

from assistant.answering.deciding.counted import asks_a_number
from assistant.answering.deciding.decide import (
    Decision,
    Reason,
    Signals,
    Thresholds,
    asks_again,
    decide,
    judged,
    signals,
    thresholds_for,
)

__all__ = [
    "Decision",
    "Reason",
    "Signals",
    "Thresholds",
    "asks_a_number",
    "asks_again",
    "decide",
    "judged",
    "signals",
    "thresholds_for",
]
