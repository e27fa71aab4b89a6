"""A GGUF model in a process of its own: what its native code does wrong takes nobody else along.

Measured (BENCHMARKS.md): a token's way through the pipe costs less than a thousandth of its
computing, and threads that search no longer share Python's lock with it.
"""

import threading
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

from assistant.engines import checks
from assistant.engines.process import REBUILD, CannotRun, Died, Process
from assistant.engines.protocol import Message
from ingest.errors import ModelUnavailable

__all__ = ["CannotRun", "IsolatedEngine"]


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
        self._prefix = [[message.role, message.content] for message in prefix]
        self._notice = notice
        self._lock = threading.Lock()
        self._closed = False
        self._kernels = None if afresh else checks.recall(cache_dir, path)
        self._process = self._start(given_up, self._kernels)
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
        logprob: float | None = None
        for answer in self._ask(asked, stop):
            logprob = answer.get("end")
        return logprob

    def peak_memory(self) -> int | None:
        """Return the most bytes of memory the model has held; None where that is not told."""
        peak: int | None = None
        for answer in self._ask({"call": "peak"}, None):
            peak = answer.get("end")
        return peak

    def count_tokens(self, text: str) -> int:
        """Return how many tokens ``text`` is."""
        for again in (True, False):
            self._check_open()
            process = self._process
            try:
                with process.call({"call": "count", "text": text}) as answers:
                    return int(answers.next()["end"])
            except Died as death:
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
                except Died as death:
                    if stop():  # nobody waits: whoever asks next has another process
                        return
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

    def _replace(self, death: Died, stop: Callable[[], bool]) -> None:
        """Have another process in the place of a dead one."""
        if death.crash and self._kernels == "fast":
            self._use("plain", str(death))
        self._process = self._start(stop, self._kernels)

    def _start(self, given_up: Callable[[], bool], known: checks.Kernels | None) -> Process:
        if known == "none":
            raise self._cannot("it crashed when it was checked")
        if known == "silent":
            raise self._lacks("it gave no sign of life when it was last tried; it is tried again "
                              "an hour after that")  # fmt: skip
        ways: tuple[checks.Kernels, ...] = ("plain",) if known == "plain" else ("fast", "plain")
        for kernels in ways:
            process = Process(self._wanted(kernels, prove=known is None))
            try:
                process.wait_ready(given_up)
            except Died as died:
                process.end()
                death = died
                if death.crash:
                    continue
                if death.death == "silence":
                    checks.remember(self._cache, self._path, "silent")
                raise self._lacks(str(death)) from death
            except BaseException:
                process.end()
                raise
            if kernels != known:
                self._use(kernels, str(death) if kernels == "plain" else "")
            return process
        if death.death == "abort":  # perhaps for want of memory, which may be there another time
            raise self._lacks(str(death))
        checks.remember(self._cache, self._path, "none")
        raise self._cannot(f"it crashed ({death})")

    def _wanted(self, kernels: checks.Kernels, *, prove: bool) -> dict[str, Any]:
        return {
            "path": str(self._path.absolute()),
            "cache": str(self._cache.absolute()) if self._cache else None,
            "prefix": self._prefix,
            "fast_kernels": kernels == "fast",
            "prove": prove,
        }

    def _use(self, kernels: checks.Kernels, how: str) -> None:
        """Run with these kernels from now on; that others crashed is remembered, and told."""
        self._kernels = kernels
        checks.remember(self._cache, self._path, kernels)
        if kernels == "plain":
            self._notice(
                f"llama.cpp crashed with the fast kernels of this build ({how}); the model "
                f"{self.name} runs with its plain ones, which are slower. To build it for this "
                f"processor: {REBUILD}"
            )

    def _cannot(self, how: str) -> CannotRun:
        return CannotRun(
            f"The model {self.name} cannot run on this machine with the llama.cpp installed here: "
            f"{how}. To build llama.cpp for this processor: {REBUILD}"
        )

    def _lacks(self, how: str) -> CannotRun:
        return CannotRun(
            f"The model {self.name} cannot run on this machine now: {how}. Give it memory or time "
            "by ending other programs, or choose a smaller model with --llm (`refdesk models "
            "show`)."
        )


def _never() -> bool:
    return False


def _plain(messages: Sequence[Message]) -> list[list[str]]:
    return [[message.role, message.content] for message in messages]
