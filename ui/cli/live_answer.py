"""An answer as it comes to be, in a terminal: extract first, then each sentence once verified.

While it grows it stands in a live region; when it is whole it is printed for good, with its
sources. Where there is no terminal only the whole answer is printed.
"""

from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from assistant.answering.values import Answer, Citation, Event, Sentence
from ui.cli import render

_STANDS_IN = "From the sources directly, until the model has read them:"


class AnswerView:
    """Shows the events of one answer; a context, so that the live region never outlives it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None
        self._extract: Answer | None = None
        self._sentences: list[Sentence] = []
        self._citations: list[Citation] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.hide()

    def show(self, event: Event) -> None:
        """Show what became known."""
        if event.name == "done" and event.answer:
            self.hide()
            render.answer(self._console, event.answer)
            return
        if event.name == "extractive":
            self._extract = event.answer
        elif event.name == "sentence" and event.sentence:
            self._sentences.append(event.sentence)
            self._citations += event.citations
        if self._console.is_terminal and not self._console.is_dumb_terminal:
            self._draw(f"{len(event.hits)} passages found" if event.name == "hits" else "")

    def hide(self) -> None:
        """Take the live region down, so that something else can be printed."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def leave(self) -> None:
        """Print for good what was verified before the answer was stopped."""
        self.hide()
        for line in render.answer_text(self._sentences, self._citations):
            self._console.print(line)

    def _draw(self, state: str) -> None:
        lines = render.answer_text(self._sentences, self._citations)
        if self._extract is not None:
            waiting = self._extract.sentences[len(self._sentences) :]
            if waiting:
                lines.append(Text(_STANDS_IN, style="dim italic"))
            for line in render.answer_text(waiting):
                line.stylize("dim")
                lines.append(line)
        elif state:
            lines.append(Text(state, style="dim"))
        if self._live is None:
            self._live = Live(
                console=self._console, transient=True, auto_refresh=False,
                redirect_stdout=False, redirect_stderr=False,
            )  # fmt: skip
            self._live.start()
        self._live.update(Group(*lines), refresh=True)
