"""How much time and memory reading one record may take.

Seconds are those of the processor: a busy machine makes no record worse. Pages met so far need less
than a tenth of this.
"""

MEMORY = 2_000_000_000
"""Bytes of data a reading process may hold."""

_SECONDS = 20.0
_SECONDS_PER_MB = 5.0
_WALL = 6.0  # times as long by the clock: a machine may have other things to do
_WALL_LEAST = 120.0


def seconds_for(size: int) -> float:
    """Return the processor seconds for a record of so many bytes as stored."""
    return _SECONDS + _SECONDS_PER_MB * size / 1e6


def wall_for(seconds: float) -> float:
    """Return the seconds by the clock after which a process counts as stuck all the same."""
    return max(_WALL_LEAST, _WALL * seconds)
