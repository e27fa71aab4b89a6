"""A model at hand while serving: loaded beforehand, given back when nobody has asked for a while.

Both take a turn in the queue, so that the model changes under nobody's answer; who asks meanwhile
has a place behind.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from ingest.errors import RefdeskError
from ui.serving.turns import Turns, step_behind

IDLE = 900.0
"""Seconds without a question after which the model's memory is given back."""
_LOOK = 15.0
_WHO = "refdesk"


class Standby:
    """A context in which the model is looked after, in a thread of its own.

    Args:
        turns: the queue before the model.
        load: has the model; called at once, where given. What fails is told to who asks next.
        release: gives its memory back.
        idle: seconds without a question until then.
        look: seconds between two looks at the queue.
    """

    def __init__(
        self,
        turns: Turns,
        *,
        load: Callable[[], object] | None,
        release: Callable[[], None],
        idle: float = IDLE,
        look: float = _LOOK,
    ) -> None:
        self._turns = turns
        self._load = load
        self._release = release
        self._idle = idle
        self._look = look
        self._over = threading.Event()

    def __enter__(self) -> Self:
        # a daemon: a download under way does not keep the process from ending
        threading.Thread(target=self._run, name="refdesk-standby", daemon=True).start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._over.set()

    def _run(self) -> None:
        step_behind()
        if self._load is not None:
            with suppress(RefdeskError), self._turns.take(_WHO) as turn:
                turn.wait()
                self._load()
        while not self._over.wait(self._look):
            if self._turns.idle() >= self._idle:
                self._give_back()

    def _give_back(self) -> None:
        with suppress(RefdeskError), self._turns.take(_WHO) as turn:
            if self._turns.before(turn) == 0:  # nobody asked in this very moment
                self._release()
