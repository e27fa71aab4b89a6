"""Long work that programs ask for: one job at a time, told of by its number, until it is done.

A job that is given up ends at its next step. What it had fetched stays in the archive, and the next
one takes it up.
"""

import itertools
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from assistant.desk import Desk
from ingest.errors import HomeBusy, NothingFound, RefdeskError
from ui.listed_form import not_taken_objects
from ui.serving.turns import TooMany

if TYPE_CHECKING:
    from assistant.home.reports import IngestReport
    from ingest.gathering.gather import PageOutcome

WAITING = 20
"""Jobs that may wait; more are turned away."""
_KEPT = 100  # jobs that are told of once they are over
_BUSY_S = 0.5  # between two tries where another process writes to the home
_MOST_PAGES = 200  # that are told of one by one


@dataclass(frozen=True, slots=True)
class Job:
    """One job: ``state`` is waiting, running, done, failed or cancelled.

    ``step`` is what it does, ``done`` of ``total`` (0: not known); ``result`` what came of it,
    ``error`` why nothing did. Times are UTC.
    """

    id: str
    what: str
    asked: str
    state: str = "waiting"
    step: str = ""
    done: int = 0
    total: int = 0
    error: str = ""
    began: str = ""
    ended: str = ""
    result: dict[str, Any] | None = None


class _GivenUp(Exception):
    """The job was cancelled."""


Tell = Callable[[str, int, int], None]
Work = Callable[[Tell, "Callable[[PageOutcome, int, int], None]"], "IngestReport | dict[str, Any]"]
"""Does a job; tells of its steps, and of every page."""


@dataclass(slots=True)
class _Under:
    """A job under way, as it is known by now."""

    job: Job
    work: Work
    cancelled: threading.Event = field(default_factory=threading.Event)


class Jobs:
    """The jobs of one start; close it when serving ends."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._jobs: dict[str, _Under] = {}
        self._queue: queue.Queue[str | None] = queue.Queue()
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._thread: threading.Thread | None = None

    def submit(self, what: str, work: Work) -> Job:
        """Have something done; return the job as it is now.

        Raises:
            TooMany: as many wait already as may.
        """
        with self._lock:
            waiting = sum(under.job.state == "waiting" for under in self._jobs.values())
            if waiting >= WAITING:
                raise TooMany(f"{waiting} jobs are waiting: ask again when one of them is done.")
            job = Job(str(next(self._numbers)), what, _now())
            self._jobs[job.id] = _Under(job, work)
            over = [key for key, under in self._jobs.items() if under.job.ended]
            for key in over[: max(0, len(over) - _KEPT)]:
                del self._jobs[key]
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="refdesk-jobs", daemon=True)
                self._thread.start()
        self._queue.put(job.id)
        return job

    def get(self, key: str) -> Job:
        """Return a job as it is now.

        Raises:
            NothingFound: there is none of this number.
        """
        with self._lock:
            return self._of(key).job

    def all(self) -> list[Job]:
        """Return the jobs, the newest first."""
        with self._lock:
            return [under.job for under in reversed(self._jobs.values())]

    def cancel(self, key: str) -> Job:
        """Give a job up, at its next step; one that is over stays as it is.

        Raises:
            NothingFound: there is none of this number.
        """
        with self._lock:
            under = self._of(key)
            under.cancelled.set()
            if under.job.state == "waiting":
                under.job = replace(under.job, state="cancelled", ended=_now())
            return under.job

    def close(self) -> None:
        """Give up what is under way."""
        with self._lock:
            for under in self._jobs.values():
                under.cancelled.set()
        self._queue.put(None)

    def _of(self, key: str) -> _Under:
        if key not in self._jobs:
            raise NothingFound(f"There is no job {key[:20]} here.")
        return self._jobs[key]

    def _run(self) -> None:
        while (key := self._queue.get()) is not None:
            with self._lock:
                under = self._jobs.get(key)
                if under is None or under.job.state != "waiting":
                    continue
                under.job = replace(under.job, state="running", began=_now())
            state, error, result = self._outcome(under)
            with self._lock:
                under.job = replace(
                    under.job, state=state, error=error, result=result, ended=_now()
                )

    def _outcome(self, under: _Under) -> tuple[str, str, dict[str, Any] | None]:
        def tell(step: str, done: int, total: int) -> None:
            if under.cancelled.is_set():
                raise _GivenUp
            with self._lock:
                under.job = replace(under.job, step=step, done=done, total=total)

        def on_outcome(outcome: "PageOutcome", done: int, total: int) -> None:
            tell(f"{outcome.url}: {outcome.reason or outcome.state}", done, total)

        try:
            while True:
                try:
                    result = under.work(tell, on_outcome)
                    done = result if isinstance(result, dict) else report_object(result)
                    return "done", "", done
                except HomeBusy as error:  # another process writes: it will be done some day
                    tell(str(error), 0, 0)
                    under.cancelled.wait(_BUSY_S)
        except RefdeskError as error:
            return "failed", str(error), None
        except BaseException as error:  # whatever it is, the one who asks has to hear of it
            if under.cancelled.is_set():  # fetching wraps what its pages raise
                return "cancelled", "", None
            return "failed", f"refdesk failed in a way it should not: {type(error).__name__}.", None


def report_object(report: "IngestReport") -> dict[str, Any]:
    """Return what an ingest or a rebuild did, as JSON."""
    return {
        **report.figures,
        "generation": report.status["generation"],
        "notices": list(report.notices),
        "list": report.list or None,
        "not_taken": not_taken_objects(report.not_taken),
        "pages": [
            {"url": outcome.url, "state": outcome.state, "reason": outcome.reason}
            for outcome in report.got[:_MOST_PAGES]
        ],
    }


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
