"""The terminal: what comes from elsewhere must not steer it, and its reader may go away.

Lists' names, titles, reasons and addresses are others' words. Bytes that terminals obey are taken
out of everything a `Console` shows, whoever put it there.
"""

import re
from collections.abc import Iterable

from rich import console as rich
from rich.segment import Segment

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def clean(text: str) -> str:
    """Return text without what steers a terminal: control characters, turned directions."""
    return _STEERING.sub("", text)


class Console(rich.Console):
    """Rich's console: shows nothing that steers, and leaves a broken pipe to the command line."""

    def render(
        self, renderable: rich.RenderableType, options: rich.ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Yield what is shown."""
        for segment in super().render(renderable, options):
            if segment.control or not _STEERING.search(segment.text):
                yield segment
            else:
                yield Segment(clean(segment.text), segment.style)

    def on_broken_pipe(self) -> None:
        """Tell who runs the command, who knows how to end."""
        raise BrokenPipeError
