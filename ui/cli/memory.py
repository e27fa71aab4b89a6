"""Whether a process may have the memory that the native libraries need; they crash without it."""

import sys

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

LEAST = 1 << 30
"""Bytes of address space: with less some library ends the process while it is loaded."""


def require_memory() -> None:
    """End the process with a sentence where ``ulimit -v`` leaves too little."""
    if resource is None:
        return
    allowed, _ = resource.getrlimit(resource.RLIMIT_AS)
    if allowed != resource.RLIM_INFINITY and allowed < LEAST:
        sys.stderr.write(
            f"refdesk: A process may have {allowed >> 20:,} MB here (ulimit -v), and refdesk needs "
            f"{LEAST >> 20:,} MB: raise that limit.\n"
        )
        sys.exit(2)
