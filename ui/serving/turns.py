"""Taking turns at the model: first come, first served, and nobody may hold too many places."""

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ingest.errors import RefdeskError

PER_CALLER = 4
AT_MOST = 64
_LOOK = 0.25  # seconds between two looks at the queue
_NICE = 5


class TooMany(RefdeskError):
    """The queue is full, or a caller already waits with as many questions as one may."""


class Ticket:
    """A place in the queue; the model is yours once `places` ends or `wait` returns."""

    def __init__(self, turns: "Turns", caller: str) -> None:
        self._turns = turns
        self.caller = caller
        self._left = threading.Event()

    def places(self) -> Iterator[int]:
        """Yield how many are before this one, at every change and at least every 0.25 s.

        Ends early when the place is given up by `leave`.
        """
        while not self.left() and (before := self._turns.before(self)) > 0:
            yield before
            self._turns.changed(_LOOK)

    def wait(self) -> None:
        """Return once it is this one's turn."""
        for _ in self.places():
            pass

    def leave(self) -> None:
        """Say, from any thread, that nobody waits for the answer any more."""
        self._left.set()
        self._turns.look()

    def left(self) -> bool:
        """Whether nobody waits for the answer any more."""
        return self._left.is_set()


class Turns:
    """The queue before one model. Safe to be used from several threads.

    Args:
        per_caller: how many places a caller may hold.
        at_most: how many places there are.
        at_once: how many of the first have the model: more than one where it answers several.
    """

    def __init__(
        self, per_caller: int = PER_CALLER, at_most: int = AT_MOST, at_once: int = 1
    ) -> None:
        self._per_caller = per_caller
        self._at_most = at_most
        self._at_once = at_once
        self._queue: list[Ticket] = []
        self._left_at = time.monotonic()
        self._moved = threading.Condition()

    @contextmanager
    def take(self, caller: str) -> Iterator[Ticket]:
        """Take a place at the end; leaving the block gives it up, also while still waiting.

        Raises:
            TooMany: the caller holds as many places as one may, or there is none left.
        """
        turn = Ticket(self, caller)
        with self._moved:
            if sum(other.caller == caller for other in self._queue) >= self._per_caller:
                raise TooMany(
                    f"{self._per_caller} of your questions are waiting already: "
                    "ask again when one is answered."
                )
            if len(self._queue) >= self._at_most:
                raise TooMany(
                    f"{self._at_most} questions are waiting already: ask again in a minute."
                )
            self._queue.append(turn)
        try:
            yield turn
        finally:
            with self._moved:
                self._queue.remove(turn)
                self._left_at = time.monotonic()
                self._moved.notify_all()

    def before(self, turn: Ticket) -> int:
        """Return how many it has to wait for."""
        with self._moved:
            return max(0, self._queue.index(turn) + 1 - self._at_once)

    def idle(self) -> float:
        """Return for how many seconds nobody has held a place."""
        with self._moved:
            return 0.0 if self._queue else time.monotonic() - self._left_at

    def changed(self, seconds: float) -> None:
        """Wait until the queue moves, at most so many seconds."""
        with self._moved:
            self._moved.wait(seconds)

    def look(self) -> None:
        """Let all who wait look at the queue."""
        with self._moved:
            self._moved.notify_all()

    def __len__(self) -> int:
        with self._moved:
            return len(self._queue)


def step_behind() -> None:
    """Let this thread, and those the model starts from it, come after those that search."""
    if sys.platform == "linux":  # elsewhere priorities belong to whole processes
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
