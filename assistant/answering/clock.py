"""When things became known, in seconds since the question came."""

import time
from dataclasses import replace

from assistant.answering.values import Answer


class Clock:
    """Seconds since the question came, noted under the names of the contract."""

    def __init__(self) -> None:
        self._begun = time.perf_counter()
        self.noted: dict[str, float] = {}

    def note(self, name: str) -> None:
        """Note a moment, the first time it comes."""
        self.noted.setdefault(name, round(time.perf_counter() - self._begun, 3))

    def stamp(self, answer: Answer) -> Answer:
        """Return the answer with what is noted so far."""
        return replace(answer, timings=dict(self.noted))
