"""One process that reads what may be anything: asked by messages, ended when it takes too long."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any

from ingest.bounded.limits import wall_for
from ingest.bounded.worker import receive, send
from ingest.failures import Failure


class ReaderFailed(Exception):  # named for what happened, as all of refdesk's
    """The process gave no answer and is of no use any more; the message says why, for a person."""


class Process:
    """A running `ingest.bounded.worker`.

    ``sound``: it was not killed, and owes no answer.
    """

    sound = True
    _killed = False

    def __init__(self) -> None:
        # -c: a program that uses refdesk may be started in any way, and is not started again;
        # -P: what lies in the folder it was started in is none of ours
        self.born = _surroundings()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", "from ingest.bounded.worker import main; main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self.born[1],
        )

    def ask(self, message: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        """Return the answer to a message that may take so many seconds of the processor.

        Raises:
            ReaderFailed: it took longer, or the process died.
        """
        late = threading.Event()

        def stuck() -> None:
            late.set()
            self._process.kill()

        watch = threading.Timer(wall_for(seconds), stuck)
        watch.daemon = True
        watch.start()
        assert self._process.stdin is not None  # noqa: S101  # pipes, as asked for above
        assert self._process.stdout is not None  # noqa: S101
        answer: dict[str, Any] | None = None
        self.sound = False
        try:
            send(self._process.stdin, {**message, "seconds": seconds})
            answer = receive(self._process.stdout)
        except OSError:
            pass  # it died
        finally:
            watch.cancel()
        if answer is None:
            code = self._process.wait()
            slow = late.is_set() or code == -getattr(signal, "SIGPROF", 0)
            raise ReaderFailed(
                f"{Failure.READER}: "
                f"{'it takes too long' if slow else f'its process ended ({code})'}"
            )
        self.sound = not self._killed
        return answer

    def kill(self) -> None:
        """End the process; whoever waits for its answer hears of it."""
        self._killed = True
        self.sound = False
        self._process.kill()

    def end(self) -> None:
        """End the process, whatever it does, and give back what it held."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._process.wait()


def _surroundings() -> tuple[int, dict[str, str]]:
    """Return who starts a process, and the environment that it is given."""
    path = os.pathsep.join(place or os.getcwd() for place in sys.path)  # noqa: PTH109
    return os.getpid(), os.environ | {"PYTHONPATH": path}


class _Idle:
    """A process that waits for the next who needs one: to start takes a second or more."""

    _PATIENCE = 30.0  # seconds; it holds a hundred megabytes

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: Process | None = None
        self._watch: threading.Timer | None = None

    def take(self) -> Process | None:
        """Return the process that waits, if one does and it would be started the same now."""
        process = self._taken()
        if process is None or process.born == _surroundings():
            return process
        if process.born[0] == os.getpid():  # else it is the one's that this was forked from
            process.end()
        return None

    def give(self, process: Process) -> None:
        """Let a sound process wait a while; end it where one waits already."""
        with self._lock:
            if self._waiting is None:
                self._waiting = process
                self._watch = threading.Timer(self._PATIENCE, self._tire)
                self._watch.daemon = True
                self._watch.start()
                return
        process.end()

    def _taken(self) -> Process | None:
        with self._lock:
            process, self._waiting = self._waiting, None
            if self._watch is not None:  # a thread each would gather where many come and go
                self._watch.cancel()
        return process

    def _tire(self) -> None:
        if (process := self._taken()) is not None:
            process.end()


_idle = _Idle()


class Worker:
    """One `Process` after the other: taken up when first asked, and anew after one failed."""

    def __init__(self) -> None:
        self._process: Process | None = None

    def ask(self, message: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        """Return the answer to a message; as `Process.ask`.

        Raises:
            ReaderFailed: it took longer, or the process died.
        """
        self._process = self._process or _idle.take() or Process()
        try:
            return self._process.ask(message, seconds)
        except ReaderFailed:
            self.end()
            raise

    def kill(self) -> None:
        """End the process; whoever waits for its answer hears of it."""
        if (process := self._process) is not None:
            process.kill()

    def leave(self) -> None:
        """Leave the process, if there is one, to the next who needs one."""
        if self._process is not None and self._process.sound:
            _idle.give(self._process)
            self._process = None
        self.end()

    def end(self) -> None:
        """End the process, if there is one, and give back what it held."""
        if self._process is not None:
            self._process.end()
            self._process = None
