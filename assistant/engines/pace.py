"""How fast an engine reads and writes: measured on every reply, guessed before the first one."""

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

from assistant.engines.protocol import Engine, Message

_OLD = 0.5  # what the last figure weighs beside a new one
_FEWEST = 8  # tokens, to be measured by


@dataclass(frozen=True, slots=True)
class Pace:
    """Tokens a second: ``reads`` of a prompt, ``writes`` of a reply."""

    reads: float
    writes: float


IN_PROCESS = Pace(45.0, 14.0)
"""A model of 1.5 billion parameters on two slow cores."""
SERVED = Pace(1000.0, 60.0)
"""A model behind a server, which has more than two slow cores or it would not be there."""

_measured: WeakKeyDictionary[Engine, Pace] = WeakKeyDictionary()


def pace_of(engine: Engine) -> Pace:
    """Return how fast an engine is: by its last replies, else by its kind (``expected_pace``)."""
    guess: Pace = getattr(engine, "expected_pace", IN_PROCESS)
    return _measured.get(engine, guess)


def note_reading(engine: Engine, tokens: int, seconds: float) -> None:
    """Remember how long an engine took to read so many tokens of a prompt."""
    if tokens >= _FEWEST and seconds > 0:
        was = pace_of(engine)
        reads = _OLD * was.reads + (1 - _OLD) * tokens / seconds
        _measured[engine] = replace(was, reads=reads)


def timed(
    engine: Engine,
    messages: Sequence[Message],
    *,
    max_tokens: int,
    stop: Callable[[], bool] | None = None,
) -> Generator[str, None, None]:
    """Stream a reply as the engine does, and remember how fast it was written."""
    first, count = 0.0, 0
    with closing(engine.stream(messages, max_tokens=max_tokens, stop=stop)) as pieces:
        for piece in pieces:
            first = first or time.perf_counter()
            count += 1
            yield piece
    seconds = time.perf_counter() - first
    if count >= _FEWEST and seconds > 0:
        was = pace_of(engine)
        writes = _OLD * was.writes + (1 - _OLD) * count / seconds
        _measured[engine] = replace(was, writes=writes)
