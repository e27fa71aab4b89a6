"""Reading paths and study cards."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant import input_limits
from assistant.desk.base import Base

if TYPE_CHECKING:
    from assistant.learning.cards import Card
    from assistant.learning.deck import Deck
    from assistant.learning.path_form import ReadingPath


class Studying(Base):
    """Makes reading paths and cards."""

    def path(self, topic: str, *, hours: float | None = None) -> "ReadingPath":
        """Return the curated links for a topic in the order a learner should take them.

        Raises:
            UsageError: the topic is empty or the hours are not positive.
            NothingFound: nothing is known of the topic; the message names the nearest.
        """
        from assistant.learning.path import reading_path  # needed here alone

        return reading_path(self._snapshot(), input_limits.asked(topic, "topic"), hours)

    def cards(self, topic: str) -> "list[Card]":
        """Return study cards on a topic, each answer quoted from a document of the library.

        Raises:
            UsageError: the topic is empty.
            NothingFound: nothing here defines it.
        """
        from assistant.learning.cards import cards  # needed here alone

        return cards(self._snapshot(), input_limits.asked(topic, "topic"))

    def cards_of_answer(self, question: str, quotes: "Sequence[tuple[str, str]]") -> "list[Card]":
        """Return study cards of an answer's quotations: pairs of a document's address and words.

        Raises:
            NothingFound: none of them stands in the library.
        """
        from assistant.learning.card_sources import cards_of_answer

        return cards_of_answer(self._snapshot(), input_limits.asked(question), quotes)

    def cards_of_source(self, url: str) -> "list[Card]":
        """Return study cards of the document an address leads to.

        Raises:
            NothingFound: it is not here, or nothing in it makes a card.
        """
        from assistant.learning.card_sources import cards_of_source

        return cards_of_source(self._snapshot(), url)

    def deck(self, owner: str = "") -> "Deck":
        """Return the cards kept in this home, by whom; see `learning.deck`."""
        from assistant.learning.deck import Deck

        return Deck(self._place, owner)
