"""Reading processes at work: pages go out, what they hold comes back in the same order.

A process that takes too long or dies is replaced; the page it had is a rejection and held in
quarantine. Pages that a small change read are read by one process, many by one a core.
"""

import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

from ingest.archive.shelf import ArchiveUnreachable
from ingest.bounded.limits import seconds_for
from ingest.bounded.process import ReaderFailed, Worker
from ingest.bounded.quarantine import Quarantine
from ingest.bounded.sound import MEMORY_SPENT, soundly
from ingest.bounded.worker import of_plain
from ingest.page import Page, Reading
from ingest.values import Document, Rejection

Results = list[Document | Rejection]

_MOST = 4  # processes; each may need its memory
_AHEAD = 3  # pages under way a process
_MANY = 12  # pages from which more than one process is worth its start


class Reader:
    """Reads one page after the other in a process of its own, replaced when it fails."""

    def __init__(self) -> None:
        self._worker = Worker()

    def read(self, reading: Reading) -> Results:
        """Return what a page holds; a rejection where the process took too long or died.

        Raises:
            ArchiveUnreachable: the archive cannot be read now.
        """
        try:
            answer = self._worker.ask({"reading": reading.message()}, seconds_for(reading.size))
        except ReaderFailed as error:
            return [Rejection(reading.url, str(error))]
        if "unreachable" in answer:
            raise ArchiveUnreachable(answer["unreachable"])
        results = [of_plain(result) for result in answer["results"]]
        if any(isinstance(r, Rejection) and r.reason == MEMORY_SPENT for r in results):
            self.end()  # what ran out of memory once may hold on to it
        return results

    def kill(self) -> None:
        """End the process; whoever waits for its answer hears of it."""
        self._worker.kill()

    def end(self) -> None:
        """End the process, whatever it does, and give back what it held."""
        self._worker.end()

    def leave(self) -> None:
        """Leave the process to the next who needs one, if it is sound."""
        self._worker.leave()


class Pool:
    """Reads pages in processes of its own; use it as a context manager.

    Args:
        quarantine: what is not read, and where what made a reader fail is held.
    """

    def __init__(self, quarantine: Quarantine) -> None:
        self._quarantine = quarantine
        self._idle: deque[Reader] = deque()
        self._all: list[Reader] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        for reader in self._all:
            reader.leave()
        self._all.clear()
        self._idle.clear()

    def read(self, pages: Iterable[Page]) -> Iterator[tuple[Page, Results]]:
        """Yield each page with its documents and rejections, in the order given.

        Raises:
            ArchiveUnreachable: the archive cannot be read now.
        """
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
                for reader in self._all if ahead else ():
                    reader.kill()

    def _settled(self, page: Page, future: "Future[Results]") -> tuple[Page, Results]:
        """Wait for a page, and hold it in quarantine if its reader failed."""
        results = future.result()
        self._quarantine.judge(page.digest, page.url, results)
        return page, results

    def _one(self, page: Page) -> Results:
        if (held := self._quarantine.get(page.digest)) is not None:
            return [Rejection(page.url, held.reason)]
        if not isinstance(page.read, Reading):  # made by refdesk itself, of what it knows
            return soundly(page.url, page.read)
        reader = self._take()
        try:
            return reader.read(page.read)
        finally:
            with self._lock:
                self._idle.append(reader)

    def _take(self) -> Reader:
        with self._lock:
            if self._idle:
                return self._idle.popleft()
            reader = Reader()
            self._all.append(reader)
            return reader
