"""Long work made visible: a live bar at a terminal, plain lines elsewhere, events for programs."""

import json
import sys
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from rich.console import RenderableType
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from ui.cli.terminal import Console

if TYPE_CHECKING:
    from ingest.gathering.gather import PageOutcome

_STEP = 10
"""Without a terminal a line is printed each time this many percent more are done."""


_FETCHING = "fetching pages"
_STATES = ("fetched", "unchanged", "failed")


class _View(Progress):
    """Bars, and below them what became of the pages, by kind of link."""

    def __init__(self, console: Console, states: Counter[tuple[str, str]]) -> None:
        self._states = states  # before the first drawing, which the base class does
        super().__init__(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[amount]}"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )

    def get_renderables(self) -> Iterable[RenderableType]:
        """Give the parts of the view."""
        yield from super().get_renderables()
        sources = sorted({source for source, _ in list(self._states)})
        if sources:
            table = Table("", *_STATES, box=None)
            for source in sources:
                table.add_row(source, *(str(self._states[source, state]) for state in _STATES))
            yield table


class ShownProgress:
    """Called with (step, done, total); shows it on stderr, or as events on stdout."""

    def __init__(self, *, events: bool = False) -> None:
        self._events = events
        self._console = Console(stderr=True)
        self._bars: _View | None = None
        self._tasks: dict[str, TaskID] = {}
        self._told: dict[str, int] = {}
        self._states: Counter[tuple[str, str]] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Take the live view down, so that something else can be printed."""
        if self._bars is not None:
            self._bars.stop()
            self._bars = None
            self._tasks.clear()

    def __call__(self, step: str, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` (0: not known) of a step is done."""
        if self._events:
            self._tell(step, done, total, as_event=True)
        elif self._console.is_terminal:
            self._draw(step, done, total)
        else:
            self._tell(step, done, total, as_event=False)

    def on_outcome(self, page: "PageOutcome", done: int, total: int) -> None:
        """Show what became of a page that was asked for."""
        self._states[page.source, page.state] += 1
        if self._events:
            event = {
                "event": "page",
                "url": page.url,
                "source": page.source,
                "state": page.state,
                "reason": page.reason,
                "done": done,
                "total": total,
            }
            sys.stdout.write(json.dumps(event) + "\n")
            sys.stdout.flush()
            return
        if page.state == "failed" and not self._console.is_terminal:
            self._console.print(
                f"{page.url}: {page.reason}", markup=False, highlight=False, soft_wrap=True
            )
        self(_FETCHING, done, total)

    def _draw(self, step: str, done: int, total: int) -> None:
        if self._bars is None:
            self._bars = _View(self._console, self._states)
            self._bars.start()
        amount = _amount(done, total)
        if step not in self._tasks:
            self._tasks[step] = self._bars.add_task(step, total=total or None, amount=amount)
        self._bars.update(self._tasks[step], completed=done, total=total or None, amount=amount)

    def _tell(self, step: str, done: int, total: int, *, as_event: bool) -> None:
        share = 100 * done // total // _STEP if total else done // 100
        if self._told.get(step) == share:
            return
        self._told[step] = share
        if as_event:
            event = {"event": "progress", "step": step, "done": done, "total": total or None}
            sys.stdout.write(json.dumps(event) + "\n")
            sys.stdout.flush()
        else:
            self._console.print(
                f"{step}: {_amount(done, total)}{self._said(step)}", highlight=False
            )

    def _said(self, step: str) -> str:
        if step != _FETCHING:
            return ""
        counts = (
            (state, sum(self._states[pair] for pair in self._states if pair[1] == state))
            for state in _STATES
        )
        return f" ({', '.join(f'{count} {state}' for state, count in counts if count)})"


def _amount(done: int, total: int) -> str:
    if total >= 10_000_000:
        return f"{done / 1e6:.0f} of {total / 1e6:.0f} MB"
    return f"{done} of {total}" if total else str(done)
