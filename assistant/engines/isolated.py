"""A GGUF model in a process of its own: what its native code does wrong takes nobody else along.

Measured (BENCHMARKS.md): a token's way through the pipe costs less than a thousandth of its
computing, and threads that search no longer share Python's lock with it. The other side is
`assistant.engines.worker`.
"""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

from assistant.engines import checks
from assistant.engines.protocol import Message
from ingest.errors import ModelUnavailable, UsageError

SILENCE = 30.0
"""Seconds without a sign of life after which the process is ended: it beats once a second."""
_LOOK = 0.03  # seconds between two looks at whether anybody still wants the answer
_ROOT = Path(__file__).resolve().parents[2]
_REBUILD = f"{sys.executable} -m assistant.engines.build"
_CRASHES = {
    "SIGSEGV": "segmentation fault",
    "SIGBUS": "bus error",
    "SIGILL": "an instruction this processor does not have",
    "SIGABRT": "it gave up by itself",
    "SIGFPE": "arithmetic error",
    "SIGTRAP": "trap",
    "SIGSYS": "forbidden system call",
}


class CannotRun(ModelUnavailable):
    """The model is there, but llama.cpp is not or does not run it on this machine."""


class _Died(Exception):
    """The process ended, or had to be ended; ``crash``: by a fault of the native code."""

    def __init__(self, how: str, *, crash: bool) -> None:
        super().__init__(how)
        self.crash = crash


class IsolatedEngine:
    """A loaded model. One reply at a time: a second caller waits for the first.

    The first time a build of llama.cpp meets a model on a machine, the process reads a prompt
    before it counts as ready. If it dies of that, another one tries with the plain kernels. What
    happened is remembered (`checks`). A process that dies later is followed by another.

    An abandoned ``stream`` must be closed, or dropped, before the same thread asks again.

    Args:
        path: the GGUF file.
        cache_dir: where the state after ``prefix`` and the outcome of the check are kept, if
            anywhere.
        prefix: the messages every prompt begins with.
        notice: told in plain words what happened, if the check failed.
        given_up: says whether nobody waits for the model any more.
        afresh: check again, whatever is remembered.

    Raises:
        CannotRun: llama.cpp is not installed, or dies of this model.
        ModelUnavailable: llama.cpp cannot load the file, or its chat template cannot be used.
    """

    def __init__(
        self,
        path: Path,
        cache_dir: Path | None = None,
        prefix: Sequence[Message] = (),
        *,
        notice: Callable[[str], None] = lambda text: None,
        given_up: Callable[[], bool] = lambda: False,
        afresh: bool = False,
    ) -> None:
        self.name = path.stem.lower()
        self.evaluated = 0
        """Prompt tokens evaluated for the last reply: what was not reused."""
        self._path = path
        self._cache = cache_dir
        self._prefix = [[each.role, each.content] for each in prefix]
        self._notice = notice
        self._lock = threading.Lock()
        self._closed = False
        self._process = self._start(given_up, afresh=afresh)
        self.context = self._process.context

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        stop: Callable[[], bool] | None = None,
    ) -> Generator[str, None, None]:
        """Yield the reply piece by piece, at temperature 0; see `Engine`."""
        asked = {"call": "stream", "messages": _plain(messages), "max_tokens": max_tokens}
        for answer in self._ask(asked, stop):
            if "piece" in answer:
                yield answer["piece"]

    def likelihood(
        self,
        messages: Sequence[Message],
        beginning: str,
        *,
        stop: Callable[[], bool] | None = None,
    ) -> float | None:
        """Return how likely the reply begins so; see `Engine`."""
        asked = {"call": "likelihood", "messages": _plain(messages), "beginning": beginning}
        found: float | None = None
        for answer in self._ask(asked, stop):
            found = answer.get("end")
        return found

    def peak_memory(self) -> int | None:
        """Return the most bytes of memory the model has held; None where that is not told."""
        found: int | None = None
        for answer in self._ask({"call": "peak"}, None):
            found = answer.get("end")
        return found

    def count_tokens(self, text: str) -> int:
        """Return how many tokens ``text`` is."""
        for again in (True, False):
            self._check_open()
            process = self._process
            try:
                with process.call({"call": "count", "text": text}) as answers:
                    return int(answers.next()["end"])
            except _Died as death:
                if not again:
                    raise ModelUnavailable(f"The model {self.name} failed: {death}.") from death
                with self._lock:
                    if self._process is process:
                        self._replace(death, _never)
        raise AssertionError("it returned or raised")

    def close(self) -> None:
        """End the process, once the reply under way has ended."""
        with self._lock:
            self._closed = True
            self._process.end()

    def _check_open(self) -> None:
        if self._closed:
            raise ModelUnavailable(f"The model {self.name} has been closed.")

    def _ask(
        self, asked: dict[str, Any], stop: Callable[[], bool] | None
    ) -> Generator[dict[str, Any], None, None]:
        """Yield what the process answers; it is started anew, once, if it dies before a word."""
        stop = stop or _never
        while not self._lock.acquire(timeout=0.05):
            if stop():
                return
        try:
            self._check_open()
            for again in (True, False):
                said = False
                try:
                    for answer in self._answers(asked, stop):
                        said = True
                        yield answer
                    return
                except _Died as death:
                    self._replace(death, stop)
                    if said or not again:
                        raise ModelUnavailable(
                            f"The model {self.name} failed while answering: {death}. Ask again."
                        ) from death
        finally:
            self._lock.release()

    def _answers(
        self, asked: dict[str, Any], stop: Callable[[], bool]
    ) -> Generator[dict[str, Any], None, None]:
        with self._process.call(asked) as answers:
            while True:
                answer = answers.next(stop)
                if "end" in answer:
                    self.evaluated = answer["evaluated"]
                    yield answer
                    return
                yield answer

    def _replace(self, death: _Died, stop: Callable[[], bool]) -> None:
        """Have another process in the place of a dead one."""
        kernels = checks.recall(self._cache, self._path)
        if death.crash and kernels != "plain":
            checks.remember(self._cache, self._path, "plain")
        self._process = self._start(stop, afresh=False)

    def _start(self, given_up: Callable[[], bool], *, afresh: bool) -> "_Process":
        known = None if afresh else checks.recall(self._cache, self._path)
        if known == "none":
            raise self._cannot("it crashed when it was checked")
        ways: tuple[checks.Kernels, ...] = ("plain",) if known == "plain" else ("fast", "plain")
        for kernels in ways:
            process = _Process(
                {
                    "path": str(self._path.absolute()),
                    "cache": str(self._cache.absolute()) if self._cache else None,
                    "prefix": self._prefix,
                    "fast_kernels": kernels == "fast",
                    "prove": known is None,
                }
            )
            try:
                process.wait_ready(given_up)
            except _Died as death:
                process.end()
                how = str(death)
                if not death.crash:
                    raise self._cannot(how) from death
                continue
            except BaseException:
                process.end()
                raise
            if known is None or kernels != known:
                checks.remember(self._cache, self._path, kernels)
                if kernels == "plain":
                    self._notice(
                        f"llama.cpp crashed with the fast kernels of this build ({how}); the model "
                        f"{self.name} runs with its plain ones, which are slower. To build it for "
                        f"this processor: {_REBUILD}"
                    )
            return process
        checks.remember(self._cache, self._path, "none")
        raise self._cannot(f"it crashed ({how})")

    def _cannot(self, how: str) -> CannotRun:
        return CannotRun(
            f"The model {self.name} cannot run on this machine with the llama.cpp installed here: "
            f"{how}. To build llama.cpp for this processor: {_REBUILD}"
        )


class _Process:
    """One process of `assistant.engines.worker`, and who waits for which of its answers."""

    def __init__(self, settings: dict[str, Any]) -> None:
        if not checks.installed():
            raise CannotRun(
                "llama.cpp, which runs the models that write, is not installed here. To build it, "
                f"which takes some minutes: {_REBUILD}"
            )
        self.context = 0
        paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "assistant.engines.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # Windows: no console
        )
        self._heard = _Heard()
        self._numbers = 0
        self._writing = threading.Lock()
        self._ended = weakref.finalize(self, _end, self._process)
        self._first = self._heard.expect(0)
        threading.Thread(
            target=self._heard.listen, args=(self._process,), name="refdesk-model", daemon=True
        ).start()
        with contextlib.suppress(_Died):  # told to the one who waits
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

    def died(self) -> _Died:
        """Say how it ended; it is ended if it has not."""
        try:
            code = self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            self.end()
            return _Died(f"it gave no sign of life for {SILENCE:.0f} seconds", crash=False)
        return _how(code)

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


class _Answers:
    """The answers of one call."""

    def __init__(
        self, process: _Process, number: int, heard: "queue.SimpleQueue[dict[str, Any] | None]"
    ) -> None:
        self._process = process
        self._number = number
        self._heard = heard
        self._since = time.monotonic()
        self._stopping = False
        self._over = False

    def next(
        self, stop: Callable[[], bool] | None = None, *, leave: bool = False
    ) -> dict[str, Any]:
        """Return the next answer; once ``stop()`` is true the call is told to end.

        With ``leave`` the end is not waited for.

        Raises:
            UsageError, ModelUnavailable: the process says so.
            _Died: it ended, or gave no sign of life.
        """
        while True:
            try:
                answer = self._heard.get(timeout=_LOOK)
            except queue.Empty:
                if self._process.silent_for(self._since) > SILENCE:
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
            self._process.stop(self._number)
        return self._stopping

    def drain(self) -> None:
        """Stop the call and wait until it has ended."""
        if self._over:
            return
        with contextlib.suppress(_Died, UsageError, ModelUnavailable):
            while not self._over:
                self.next(lambda: True)


def _never() -> bool:
    return False


def _plain(messages: Sequence[Message]) -> list[list[str]]:
    return [[each.role, each.content] for each in messages]


def _how(code: int) -> _Died:
    """Say how a process ended, by its exit status."""
    if code >= 0x80000000:  # Windows: an exception nobody handled
        return _Died(f"exception {code:#x}", crash=True)
    if code >= 0:
        return _Died(f"it ended by itself, with status {code}", crash=False)
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    if name in _CRASHES:
        return _Died(f"{name}: {_CRASHES[name]}", crash=True)
    if name == "SIGKILL":
        return _Died("the system ended it, most likely for want of memory", crash=False)
    return _Died(f"it was ended by {name}", crash=False)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):
            if pipe:
                pipe.close()
