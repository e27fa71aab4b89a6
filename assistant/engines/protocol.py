"""What an engine must do: messages in, text out. Knows nothing of questions or evidence."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation; ``role`` is ``system``, ``user`` or ``assistant``."""

    role: str
    content: str


class Engine(Protocol):
    """Something that continues a conversation, at temperature 0."""

    @property
    def name(self) -> str:
        """What the model is called in answers."""

    @property
    def context(self) -> int:
        """How many tokens prompt and reply may have together."""

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        stop: Callable[[], bool] | None = None,
    ) -> Generator[str, None, None]:
        """Yield the reply piece by piece; ends early, without an error, once ``stop()`` is true.

        Raises:
            UsageError: the messages and ``max_tokens`` together exceed ``context``.
            ModelUnavailable: the model could not answer.
        """

    def likelihood(
        self,
        messages: Sequence[Message],
        beginning: str,
        *,
        stop: Callable[[], bool] | None = None,
    ) -> float | None:
        """Return the natural logarithm of how likely a reply begins with a text's first token.

        None if the engine cannot tell, or was stopped. What was read for it is not read again by
        a ``stream`` of the same messages that follows.

        Raises:
            UsageError, ModelUnavailable: as ``stream``.
        """

    def count_tokens(self, text: str) -> int:
        """Return how many tokens ``text`` is; an engine that cannot know says so and estimates."""

    def close(self) -> None:
        """Give the memory back."""
