"""``refdesk chat``: questions and follow-ups at the terminal, or one a line from a pipe."""

import sys
from collections.abc import Callable, Iterator
from contextlib import closing

from rich.text import Text

from assistant.answering.values import Answer
from assistant.conversation.rewriting import Exchange
from assistant.desk import Desk
from index.store.values import Filters
from ingest.errors import UsageError
from ui.cli import render
from ui.cli.live_answer import AnswerView
from ui.cli.options import (
    CountOption,
    DifficultyOption,
    HomeOption,
    KindOption,
    LangOption,
    ListOption,
    LlmOption,
    NoHistoryOption,
    NoLogOption,
    SectionOption,
    open_desk,
)
from ui.cli.progress import ShownProgress
from ui.cli.terminal import Console, clean
from ui.filters import filters_of

_HELP = """Ask a question, then follow up: "and MQA?", "why?", "how does it compare to LoRA?"
/sources  the passages behind the last answer
/help     this
/quit     end (so does Ctrl-D); Ctrl-C stops an answer"""


def chat(
    home: HomeOption = None,
    k: CountOption = 8,
    lists: ListOption = None,
    section: SectionOption = None,
    difficulty: DifficultyOption = None,
    kind: KindOption = None,
    lang: LangOption = None,
    llm: LlmOption = "auto",
    no_log: NoLogOption = False,
    no_history: NoHistoryOption = False,
) -> None:
    """Ask questions and follow-ups at the terminal; from a pipe, one question a line.

    The thread is kept: see `refdesk threads`.

    Example: refdesk chat --list llm-deep-dive
    """
    filters = filters_of(lists, section, difficulty, kind, lang)
    console = Console()
    with ShownProgress() as progress:
        desk = open_desk(home, progress, llm, note_gaps=not no_log, history=not no_history)
        with closing(desk):
            _ = desk.library  # what takes long is told before the first question
            progress.stop()
            talk = Conversation(desk, console, k, filters, progress.stop)
            for line in _lines(console):
                if not talk.take(line.strip()):
                    break


class Conversation:
    """A chat under way: what was asked before, and the last answer."""

    def __init__(
        self, desk: Desk, console: Console, k: int, filters: Filters, ready: Callable[[], None]
    ) -> None:
        self._desk = desk
        self._console = console
        self._k = k
        self._filters = filters
        self._ready = ready
        self._history: list[Exchange] = []
        self._last: Answer | None = None
        self._thread: str | None = None

    def take(self, line: str) -> bool:
        """Answer one line; return False if it ends the chat.

        Raises:
            ModelUnavailable: the model could not be had.
        """
        if line in ("/quit", "/exit"):
            return False
        if line == "/help":
            self._console.print(_HELP, markup=False, highlight=False)
        elif line == "/sources":
            self._sources()
        elif line.startswith("/"):
            self._console.print(f"There is no {line}: try /help.", markup=False, highlight=False)
        elif line:
            self._ask(line)
        return True

    def _ask(self, question: str) -> None:
        answer: Answer | None = None
        with AnswerView(self._console) as view:
            try:
                events = self._desk.stream(
                    question, self._history, k=self._k, filters=self._filters, owner=""
                )
                for event in events:
                    self._ready()
                    view.show(event)
                    answer = event.answer if event.name == "done" else answer
            except KeyboardInterrupt:
                view.leave()
                self._console.print("Stopped.", style="dim")
            except UsageError as error:
                self._console.print(str(error), markup=False, highlight=False)
                return
        self._history.append(Exchange(question, answer.text if answer else ""))
        self._last = answer
        if answer is not None:
            kept = self._desk.threads.keep(answer, thread=self._thread, origin="chat")
            self._thread = kept or self._thread
        self._console.print()

    def _sources(self) -> None:
        if self._last is None:
            self._console.print("Nothing was answered yet.")
        elif self._last.refused:
            render.nearest(self._console, self._last)
        for cited in self._last.citations if self._last else ():
            self._console.print(Text(f"[{cited.n}] {clean(cited.title)}", style="bold"))
            self._console.print(Text(clean(cited.deep_link), style="dim"), soft_wrap=True)
            self._console.print(Text(clean(cited.quote)))
            self._console.print()


def _lines(console: Console) -> Iterator[str]:
    """Yield what is typed or piped, line by line; a piped line is printed too, to be told apart."""
    if not sys.stdin.isatty():
        for line in sys.stdin:
            if line.strip():
                console.print(Text(f"> {clean(line.strip())}"), soft_wrap=True)
            yield line
        return
    import readline  # noqa: F401  # gives input() line editing and a history

    console.print("Ask a question; /help says more.", style="dim")
    while True:
        try:
            yield input("> ")
        except KeyboardInterrupt:
            console.print("\n/quit or Ctrl-D ends the chat.", style="dim")
        except EOFError:
            console.print()
            return
