"""A clock that can be moved: what fetches and keeps believes it."""

import datetime as real
from datetime import timedelta

from ingest.archive import run
from ingest.fetch import client
from ingest.gathering import ledger

_READERS = (run, client, ledger)


class Clock:
    """Use it as a context manager; ``days`` may be set at any time."""

    def __init__(self) -> None:
        self.days = 0.0
        clock = self

        class Moved(real.datetime):
            @classmethod
            def now(cls, tz=None):
                return real.datetime.now(tz) + timedelta(days=clock.days)

        self._moved = Moved

    def __enter__(self) -> "Clock":
        for module in _READERS:
            module.datetime = self._moved
        return self

    def __exit__(self, *_: object) -> None:
        for module in _READERS:
            module.datetime = real.datetime
