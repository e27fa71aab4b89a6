"""Reading processes at work: pages go out, what they hold comes back in the same order.

A process that takes too long or dies is replaced; the page it had is a rejection and held in
quarantine. Pages that a small change read are read by one process, many by one a core.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

from ingest.bounded.limits import seconds_for, wall_for
from ingest.bounded.quarantine import Quarantine
from ingest.bounded.sound import FAULT, MEMORY_SPENT, soundly
from ingest.bounded.worker import of_plain, receive, send
from ingest.pipeline import Page, Reading
from ingest.values import Document, Rejection

Results = list[Document | Rejection]

_MOST = 4  # processes; each may need its memory
_AHEAD = 3  # pages under way a process
_MANY = 12  # pages from which more than one process is worth its start


class Pool:
    """Reads pages in processes of its own; use it as a context manager.

    Args:
        quarantine: what is not read, and where what made a reader fail is held.
    """

    def __init__(self, quarantine: Quarantine) -> None:
        self._quarantine = quarantine
        self._idle: deque[_Process] = deque()
        self._all: set[_Process] = set()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self._all:
            process.end()
        self._all.clear()
        self._idle.clear()

    def read(self, pages: Iterable[Page]) -> Iterator[tuple[Page, Results]]:
        """Yield each page with its documents and rejections, in the order given."""
        wanted = list(pages)
        count = min(_MOST, os.cpu_count() or 1) if len(wanted) >= _MANY else 1
        with ThreadPoolExecutor(count, thread_name_prefix="refdesk-read") as threads:
            ahead: deque[tuple[Page, Future[Results]]] = deque()
            try:
                for page in wanted:
                    ahead.append((page, threads.submit(self._one, page)))
                    if len(ahead) > count * _AHEAD:
                        yield self._settled(*ahead.popleft())
                while ahead:
                    yield self._settled(*ahead.popleft())
            finally:
                for _, left in ahead:  # nobody waits for these any more
                    left.cancel()
                for process in self._all if ahead else ():
                    process.kill()

    def _settled(self, page: Page, future: "Future[Results]") -> tuple[Page, Results]:
        """Wait for a page, and hold it in quarantine if its reader failed."""
        results = future.result()
        faults = [r for r in results if isinstance(r, Rejection) and r.reason.startswith(FAULT)]
        if faults and self._quarantine.get(page.digest) is None:
            self._quarantine.hold(page.digest, page.url, faults[0].reason)
        return page, results

    def _one(self, page: Page) -> Results:
        if (held := self._quarantine.get(page.digest)) is not None:
            return [Rejection(page.url, held.reason)]
        if not isinstance(page.read, Reading):  # made by refdesk itself, of what it knows
            return soundly(page.url, page.read)
        process = self._take()
        results, alive = process.ask(page.read)
        if alive:
            with self._lock:
                self._idle.append(process)
        else:
            with self._lock:
                self._all.discard(process)
            process.end()
        return results

    def _take(self) -> "_Process":
        with self._lock:
            if self._idle:
                return self._idle.popleft()
            process = _Process()
            self._all.add(process)
            return process


class _Process:
    """One reading process."""

    def __init__(self) -> None:
        # -c: a program that uses refdesk may be started in any way, and is not started again;
        # -P: what lies in the folder it was started in is none of ours
        path = os.pathsep.join(place or os.getcwd() for place in sys.path)  # noqa: PTH109
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", "from ingest.bounded.worker import main; main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": path},
        )

    def ask(self, reading: Reading) -> tuple[Results, bool]:
        """Return what the process makes of a page, and whether it can be asked again."""
        seconds = seconds_for(reading.size)
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
        try:
            send(self._process.stdin, {"reading": reading.message(), "seconds": seconds})
            answer = receive(self._process.stdout)
        except OSError:
            pass  # it died
        finally:
            watch.cancel()
        if answer is None:
            code = self._process.wait()
            slow = late.is_set() or code == -getattr(signal, "SIGPROF", 0)
            why = "it takes too long" if slow else f"its process ended ({code})"
            return [Rejection(reading.url, f"{FAULT}: {why}")], False
        results = [of_plain(each) for each in answer["results"]]
        spent = any(isinstance(r, Rejection) and r.reason == MEMORY_SPENT for r in results)
        return results, not spent  # what ran out of memory once may hold on to it

    def kill(self) -> None:
        """End the process; whoever waits for its answer hears of it."""
        self._process.kill()

    def end(self) -> None:
        """End the process, whatever it does, and give back what it held."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._process.wait()
