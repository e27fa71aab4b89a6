"""The process a model lives in: what it is asked, what it answers, how it ends.

Knows nothing of what is asked. The other side is `assistant.engines.worker`.
"""

import contextlib
import json
import os
import queue
import shlex
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, Literal

from assistant.engines import checks
from ingest.errors import ModelUnavailable, UsageError

SILENCE = 30.0
"""Seconds without a sign of life after which the process is ended: it beats once a second."""
REBUILD = (subprocess.list2cmdline if os.name == "nt" else shlex.join)(
    [sys.executable, "-m", "assistant.engines.build"]
)
"""The command that builds llama.cpp for this processor, to be pasted as it is."""
_PATIENCE = 5.0  # seconds without a sign of life, once nobody wants the answer any more
_LOOK = 0.03  # seconds between two looks at whether anybody still wants the answer
_ROOT = Path(__file__).resolve().parents[2]
_LAST_BYTES = 2000  # of what it prints
_FAULTS = {
    "SIGSEGV": "segmentation fault",
    "SIGBUS": "bus error",
    "SIGILL": "an instruction this processor does not have",
    "SIGFPE": "arithmetic error",
    "SIGTRAP": "trap",
    "SIGSYS": "forbidden system call",
}


class CannotRun(ModelUnavailable):
    """The model is there, but llama.cpp is not or does not run it on this machine."""


Death = Literal["fault", "abort", "silence", "end"]
"""Of a process: ``fault``: the processor stopped its native code; ``abort``: that code gave up,
which it does for want of memory too; ``silence``: it had to be ended; ``end``: anything else."""


class Died(Exception):
    """The process ended, or had to be ended."""

    def __init__(self, how: str, death: Death) -> None:
        super().__init__(how)
        self.death = death

    @property
    def crash(self) -> bool:
        """Whether its native code brought it about."""
        return self.death in ("fault", "abort")


class Process:
    """One process of `assistant.engines.worker`, and who waits for which of its answers."""

    def __init__(self, settings: dict[str, Any]) -> None:
        if not checks.installed():
            raise CannotRun(
                "llama.cpp, which runs the models that write, is not installed here. To build it, "
                f"which takes some minutes: {REBUILD}"
            )
        self.context = 0
        paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "assistant.engines.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # a debugger that llama.cpp starts on its own crash takes seconds, and tells nobody
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths), "GGML_NO_BACKTRACE": "1"},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # Windows: no console
        )
        self._heard = _Heard()
        self._printed = _Printed(self._process)
        self._numbers = 0
        self._writing = threading.Lock()
        self._ended = weakref.finalize(self, _end, self._process)
        self._first = self._heard.expect(0)
        threading.Thread(
            target=self._heard.listen, args=(self._process,), name="refdesk-model", daemon=True
        ).start()
        with contextlib.suppress(Died):  # told to the one who waits
            self._tell(settings)

    def wait_ready(self, given_up: Callable[[], bool]) -> None:
        """Return once the model is loaded, and proved where that was asked for.

        Raises:
            ModelUnavailable: it cannot be loaded, or nobody wants it any more.
        """
        waited = _Answers(self, 0, self._first)
        answer = waited.next(given_up, leave=True)
        self.context = int(answer["context"])

    @contextlib.contextmanager
    def call(self, asked: dict[str, Any]) -> Iterator["_Answers"]:
        """Ask; give the answers. One that is left before its end is stopped."""
        with self._writing:
            self._numbers += 1
            number = self._numbers
        answers = _Answers(self, number, self._heard.expect(number))
        try:
            self._tell(asked | {"id": number})
            try:
                yield answers
            finally:
                answers.drain()
        finally:
            self._heard.forget(number)

    def stop(self, number: int) -> None:
        """Ask it to end a call."""
        self._tell({"call": "stop", "id": number})

    def silent_for(self, since: float) -> float:
        """Return for how many seconds it has given no sign of life, at most since a time."""
        return time.monotonic() - max(since, self._heard.at)

    def died(self) -> Died:
        """Say how it ended; it is ended if it has not."""
        try:
            code = self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            self.end()
            return Died(f"it gave no sign of life for {SILENCE:.0f} seconds", "silence")
        return _how(code, self._printed.last())

    def end(self) -> None:
        """End it now."""
        self._ended()

    def _tell(self, what: dict[str, Any]) -> None:
        assert self._process.stdin  # noqa: S101  # a pipe
        try:
            with self._writing:
                self._process.stdin.write(json.dumps(what).encode() + b"\n")
                self._process.stdin.flush()
        except (OSError, ValueError):  # it is gone, or has been closed
            raise self.died() from None


class _Heard:
    """What a process says, sorted by the call it answers. Holds nothing of who asked."""

    def __init__(self) -> None:
        self.at = time.monotonic()
        self._over = False
        self._lock = threading.Lock()
        self._waiting: dict[int, queue.SimpleQueue[dict[str, Any] | None]] = {}

    def expect(self, number: int) -> "queue.SimpleQueue[dict[str, Any] | None]":
        """Return where the answers of a call will come; None at the end of the process."""
        answers: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        with self._lock:
            self._waiting[number] = answers
            if self._over:
                answers.put(None)
        return answers

    def forget(self, number: int) -> None:
        """Wait for a call no more."""
        with self._lock:
            self._waiting.pop(number, None)

    def listen(self, process: "subprocess.Popen[bytes]") -> None:
        """Read until the process ends."""
        assert process.stdout  # noqa: S101  # a pipe
        with contextlib.suppress(OSError, ValueError):  # a line torn by its death
            for raw in process.stdout:
                self.at = time.monotonic()
                answer = json.loads(raw)
                with self._lock:
                    waiting = self._waiting.get(answer.get("id", 0))
                if waiting is not None and "beat" not in answer:
                    waiting.put(answer)
        with self._lock:
            self._over = True
            for waiting in self._waiting.values():
                waiting.put(None)


class _Printed:
    """The last of what a process prints: why its native code gave up."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stderr  # noqa: S101  # a pipe
        self._kept = bytearray()
        self._reader = threading.Thread(
            target=_keep_last, args=(process.stderr, self._kept), name="refdesk-said", daemon=True
        )
        self._reader.start()

    def last(self) -> str:
        """Return the last line it printed, once it has ended; nothing if it printed none."""
        self._reader.join(1.0)
        lines = bytes(self._kept).decode("utf-8", "replace").split("\n")
        line = next((line for line in reversed(lines) if line.strip()), "")
        return "".join(char if char.isprintable() else " " for char in line).strip()[:200]


def _keep_last(stream: IO[bytes], kept: bytearray) -> None:
    with contextlib.suppress(OSError, ValueError):  # closed under our hands
        while part := os.read(stream.fileno(), _LAST_BYTES):
            kept += part
            del kept[:-_LAST_BYTES]


class _Answers:
    """The answers of one call."""

    def __init__(
        self, process: Process, number: int, heard: "queue.SimpleQueue[dict[str, Any] | None]"
    ) -> None:
        self._process = process
        self._number = number
        self._heard = heard
        self._since = time.monotonic()
        self._patience = SILENCE
        self._stopping = False
        self._over = False

    def next(
        self, stop: Callable[[], bool] | None = None, *, leave: bool = False
    ) -> dict[str, Any]:
        """Return the next answer; once ``stop()`` is true the call is told to end.

        With ``leave`` the end is not waited for.

        Raises:
            UsageError, ModelUnavailable: the process says so.
            Died: it ended, or gave no sign of life.
        """
        while True:
            try:
                answer = self._heard.get(timeout=_LOOK)
            except queue.Empty:
                if self._process.silent_for(self._since) > self._patience:
                    self._over = True
                    raise self._process.died() from None
                if leave and stop is not None and stop():
                    raise ModelUnavailable("Nobody waits for the model any more.") from None
                self._stop_if(stop)
                continue
            if answer is None:
                self._over = True
                raise self._process.died()
            self._over = "piece" not in answer
            if "refused" in answer:
                raise UsageError(answer["refused"])
            if "failed" in answer:
                raise ModelUnavailable(answer["failed"])
            if self._over or not self._stop_if(stop):  # nobody wants what was said after that
                return answer

    def _stop_if(self, stop: Callable[[], bool] | None) -> bool:
        """Stop the call, once, if ``stop()`` is true; say whether it is stopped."""
        if not self._stopping and stop is not None and stop():
            self._stopping = True
            self._since, self._patience = time.monotonic(), min(SILENCE, _PATIENCE)
            self._process.stop(self._number)
        return self._stopping

    def drain(self) -> None:
        """Stop the call and wait until it has ended."""
        if self._over:
            return
        with contextlib.suppress(Died, UsageError, ModelUnavailable):
            while not self._over:
                self.next(lambda: True)


def _how(code: int, printed: str) -> Died:
    """Say how a process ended, by its exit status and the last line it printed."""
    because = f" ({printed})" if printed else ""
    if code >= 0x80000000:  # Windows: an exception nobody handled
        return Died(f"exception {code:#x}", "fault")
    if code >= 0:
        return Died(f"it ended by itself, with status {code}{because}", "end")
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    if name in _FAULTS:
        return Died(f"{name}: {_FAULTS[name]}", "fault")
    if name == "SIGABRT":
        return Died(f"{name}: it gave up by itself{because}", "abort")
    if name == "SIGKILL":
        return Died("the system ended it, most likely for want of memory", "end")
    return Died(f"it was ended by {name}", "end")


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        with contextlib.suppress(OSError):
            if pipe:
                pipe.close()
