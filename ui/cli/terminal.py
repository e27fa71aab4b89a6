"""The terminal: what comes from elsewhere must not steer it, and its reader may go away.

Lists' names, titles, reasons and addresses are others' words. Bytes that terminals obey are taken
out of everything a `Console` shows, whoever put it there.
"""

import io
import os
import re
import sys
from collections.abc import Iterable
from typing import Any, TextIO

from rich import console as rich
from rich.segment import Segment
from rich.text import Text

from ui.cli.wrapping import Wrapped

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


_NARROWEST = 20  # columns
_USUAL = 80


def clean(text: str) -> str:
    """Return text without what steers a terminal: control characters, turned directions."""
    return _STEERING.sub("", text)


def ready_streams() -> None:
    """Make sure that there are stdin, stdout and stderr, and that they take any text.

    One that is closed is opened to nowhere: else the next file of a home would be in its place.
    What is written to a stdout that was closed fails, so that no answer is lost without a word.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:  # the lowest number that is free: this one
            os.open(os.devnull, os.O_RDONLY if name == "stdout" else os.O_RDWR)
        if getattr(sys, name) is None:
            mode = "w" if number else "r"
            made = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
            setattr(sys, name, made)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def leave(stream: TextIO) -> None:
    """Let what is still to be written go nowhere, so that nothing complains when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class Console(rich.Console):
    """Rich's console: shows nothing that steers, and leaves a broken pipe to the command line.

    It is never so narrow that nothing is shown, whatever a terminal says of itself. What it says
    aside, on stderr, may go unheard: that ends no work.
    """

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        if self.width < _NARROWEST:
            self.width = _NARROWEST if self.width else _USUAL

    def print(self, *objects: Any, **given: Any) -> None:
        """Show objects."""
        try:
            super().print(*objects, **given)
        except OSError:
            if not self.stderr:
                raise
            leave(sys.stderr)

    def render(
        self, renderable: rich.RenderableType, options: rich.ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Yield what is shown, its lines broken as `wrapping` breaks them."""
        if type(renderable) is Text:
            renderable = Wrapped.of(renderable)
        for segment in super().render(renderable, options):
            if segment.control or not _STEERING.search(segment.text):
                yield segment
            else:
                yield Segment(clean(segment.text), segment.style)

    def on_broken_pipe(self) -> None:
        """Tell who runs the command, who knows how to end."""
        raise BrokenPipeError
