"""What the commands share: their options, the desk behind them, and how JSON is printed."""

import json
import os
import re
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.desk import Desk, Progress
from assistant.input_limits import PASTED
from assistant.kept.database import DATABASE
from index.store.values import DIFFICULTIES
from ingest.errors import UsageError
from ui.cli.terminal import Console

# what JSON may hold as it is and terminals obey; halves of characters cannot be written at all
_STEERING = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def _starting(*words: str) -> Callable[[str], list[str]]:
    """Return what completes a word begun in a shell from ``words``."""
    return lambda incomplete: [word for word in words if word.startswith(incomplete)]


def _folder(text: str) -> Path:
    if not text.strip():  # pathlib would take it for the folder one is in
        raise typer.BadParameter("the name of the folder is empty.")
    return Path(text)


HOME = "REFDESK_HOME"
HomeOption = Annotated[
    Path | None,
    typer.Option("--home", envvar=HOME, help="Home folder.", metavar="DIR", parser=_folder),
]
LIBRARY = "REFDESK_LIBRARY"
LibraryOption = Annotated[
    str,
    typer.Option(
        "--library",
        envvar=LIBRARY,
        help="Where the library lies: a folder, http(s)://HOST:PORT[/NAME] of a Milvus server, or "
        "a .db file of Milvus Lite.",
        metavar="PLACE",
    ),
]
JUDGE = "REFDESK_JUDGE"
JudgeOption = Annotated[
    str,
    typer.Option(
        "--judge",
        envvar=JUDGE,
        help="A cross-encoder or NLI model, by its folder or OWNER/NAME, that decides whether what "
        "a model wrote is supported; numbers, names and denials are checked by rules all the same.",
        metavar="MODEL",
    ),
]
DatabaseOption = Annotated[
    str,
    typer.Option(
        "--database",
        envvar=DATABASE,
        help="Where threads, notes, cards and refused questions are kept that several desks share: "
        "postgresql://USER@HOST/NAME; by default in the home.",
        metavar="URL",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
ListOption = Annotated[list[str] | None, typer.Option("--list", help="Only this list's sources.")]
SectionOption = Annotated[
    list[str] | None, typer.Option("--section", help="Only sections whose path holds this text.")
]
DifficultyOption = Annotated[
    list[str] | None,
    typer.Option(
        "--difficulty",
        help="Only easy, medium or hard sources.",
        autocompletion=_starting(*DIFFICULTIES),
    ),
]
KindOption = Annotated[
    list[str] | None, typer.Option("--kind", help="Only this kind: paper, post, repository, …")
]
LangOption = Annotated[
    list[str] | None, typer.Option("--lang", help="Only this language: en, zh, …")
]
CountOption = Annotated[int, typer.Option("-k", min=1, max=1000, help="How many passages.")]
LlmOption = Annotated[
    str,
    typer.Option(
        "--llm",
        envvar="REFDESK_LLM",
        help="auto, extractive, a model's name, a .gguf file or a server's URL.",
    ),
]
NoLogOption = Annotated[
    bool, typer.Option("--no-log", help="Do not remember the question if it is refused.")
]
NoHistoryOption = Annotated[
    bool, typer.Option("--no-history", help="Keep nothing of what is asked and answered.")
]
EmbedderOption = Annotated[
    str | None,
    typer.Option(
        "--embedder",
        envvar="REFDESK_EMBEDDER",
        help="By default all-minilm-l6-v2 for English, with multilingual-e5-small beside it for "
        "all other languages. Or multilingual-e5-small for everything, or any model of "
        "sentence-transformers by its folder or OWNER/NAME; the library is built with it.",
    ),
]
RayOption = Annotated[
    str | None,
    typer.Option(
        "--ray",
        envvar="REFDESK_RAY",
        metavar="ADDRESS|local",
        help="Read, cut and embed on a Ray cluster; local: one on this machine.",
    ),
]


def _told_version(asked: bool) -> None:
    if asked:
        typer.echo(f"refdesk {version('refdesk')}")
        raise typer.Exit


def shared(
    home: HomeOption = None,
    library: LibraryOption = "",
    judge: JudgeOption = "",
    database: DatabaseOption = "",
    _version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_told_version, help="Print the version."),
    ] = False,
) -> None:
    """Take what every command has in common where it stands before the command."""
    # the command reads them, and so does what it starts
    said = {HOME: str(home or ""), LIBRARY: library, JUDGE: judge, DATABASE: database}
    os.environ.update({name: value for name, value in said.items() if value})


def open_desk(
    home: Path | None,
    progress: Progress,
    llm: str = "auto",
    embedder: str | None = None,
    *,
    note_gaps: bool = True,
    history: bool = True,
    aside: Callable[[], None] = lambda: None,
    library: str = "",
) -> Desk:
    """Return the desk of a home; what it does unasked is said on stderr, after ``aside``.

    Without ``library`` it is the one named before the command, or else the home's; so are the
    judge and the database.
    Without ``history`` nothing of what is asked is kept, no refused question either.
    """
    console = Console(stderr=True)

    def notice(text: str) -> None:
        aside()
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    return Desk(
        home,
        llm=llm,
        embedder=embedder,
        progress=progress,
        notice=notice,
        note_gaps=note_gaps and history,
        history=history,
        library=library or os.environ.get(LIBRARY, ""),
        judge=os.environ.get(JUDGE, ""),
        database=os.environ.get(DATABASE, ""),
    )


def given(text: str) -> str:
    """Return what was given on the command line; what stands on stdin for ``-``.

    Raises:
        UsageError: stdin is no text in UTF-8.
    """
    if text != "-":
        return text
    most = 4 * PASTED  # bytes; whatever is longer is refused as too long
    data = sys.stdin.buffer.read(most + 4)
    try:
        return data.decode("utf-8-sig", "ignore" if len(data) > most else "strict").strip()
    except UnicodeDecodeError as error:
        raise UsageError("What came on stdin is not text in UTF-8.") from error


def print_json(value: Any) -> None:
    """Write a value to stdout as JSON; what steers a terminal stands there as an escape."""
    plain = "utf" not in (sys.stdout.encoding or "").lower()
    text = json.dumps(value, ensure_ascii=plain, indent=2)
    sys.stdout.write(_STEERING.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n")
