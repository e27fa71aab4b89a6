"""The first second of the command line, in which libraries are loaded: what can go wrong there.

Imports nothing but the standard library, so that it is there before anything else is.
"""

import os
import signal
import sys
from multiprocessing import parent_process
from pathlib import Path
from types import FrameType

LEAST = 1 << 30
"""Bytes of address space: with less some library ends the process while it is loaded."""


def require_memory() -> None:
    """End the process with a sentence where ``ulimit -v`` leaves too little."""
    if sys.platform != "win32":
        import resource

        allowed, _ = resource.getrlimit(resource.RLIMIT_AS)
        if allowed != resource.RLIM_INFINITY and allowed < LEAST:
            sys.stderr.write(
                f"refdesk: A process may have {allowed >> 20:,} MB here (ulimit -v), and refdesk "
                f"needs {LEAST >> 20:,} MB: raise that limit.\n"
            )
            sys.exit(2)


def interruptible() -> None:
    """Let Ctrl-C end a command that is still loading, whatever native code it is in.

    Who imports this, and is not the command, keeps what it does at Ctrl-C.
    """
    is_command = Path(sys.argv[0]).stem == "refdesk" or sys.argv[0] == "-m"
    if not is_command or parent_process() is not None:
        return
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)


def started() -> None:
    """Let Ctrl-C be an exception from now on, which the command line knows how to end with."""
    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _end(number: int, frame: FrameType | None) -> None:
    os.write(2, b"refdesk: Interrupted.\n")
    os._exit(130)
