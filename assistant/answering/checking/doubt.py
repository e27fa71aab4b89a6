"""A doubt about a sentence: what differs between it and its sources."""

from dataclasses import dataclass

from assistant.answering.fitted import table

MOST_OF: float = table("support")["most_of"]
"""The share of a weight or a count from which it is most of it."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """What differs; ``certain`` where the sentence is false and not only unproven."""

    reason: str
    certain: bool = False
