"""A study card, as a value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """A question and its answer; ``quote`` stands word for word in the document at ``url``."""

    question: str
    answer: str
    quote: str
    title: str
    url: str
