"""``refdesk threads``: what was asked in this home, kept with its answers."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from assistant.kept.answer_of import answer_of
from assistant.kept.threads import Thread, thread_object, whole_object
from ingest.errors import NothingFound
from ui.cli import render
from ui.cli.kept import EveryoneOption, desk_of, write_new
from ui.cli.options import HomeOption, JsonOption, print_json
from ui.cli.terminal import Console, clean

app = typer.Typer(help="Threads of questions and answers, kept in this home.", no_args_is_help=True)
_ThreadArgument = Annotated[
    str, typer.Argument(metavar="THREAD", help="Its id, or how that begins.")
]
_LimitOption = Annotated[int, typer.Option("-n", min=1, max=10_000, help="How many at most.")]
_FORMATS = {".md": "markdown", ".html": "html", ".htm": "html", ".json": "json"}


@app.command("list")
def threads_list(
    home: HomeOption = None,
    n: _LimitOption = 20,
    everyone: EveryoneOption = False,
    as_json: JsonOption = False,
) -> None:
    """List threads, the one asked in last first.

    Example: refdesk threads list -n 50
    """
    kept = desk_of(home).threads.latest(None if everyone else "", limit=n)
    _show(kept, as_json=as_json)


@app.command("search")
def threads_search(
    query: str,
    home: HomeOption = None,
    n: _LimitOption = 20,
    everyone: EveryoneOption = False,
    as_json: JsonOption = False,
) -> None:
    """Find threads that hold every one of these words, in questions, answers or sources.

    Example: refdesk threads search "KV cache"
    """
    kept = desk_of(home).threads.search(query, None if everyone else "", limit=n)
    _show(kept, as_json=as_json)
    if not kept:
        raise NothingFound("No thread holds these words.")


@app.command("show")
def threads_show(
    thread: _ThreadArgument, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Show a thread: its questions, answers and sources as they were.

    Example: refdesk threads show 3f9c
    """
    whole = desk_of(home).threads.show(thread, None)
    if as_json:
        print_json(whole_object(whole))
        return
    console = Console()
    for turn in whole.turns:
        answer = answer_of(turn.answer)
        console.print(f"> {clean(answer.question)}", markup=False, highlight=False, style="bold")
        render.answer(console, answer)
        console.print()


@app.command("export")
def threads_export(
    thread: _ThreadArgument,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="By default it is printed.")
    ] = None,
    home: HomeOption = None,
    form: Annotated[
        str | None,
        typer.Option("--as", help="markdown, html or json; by default as FILE's name ends."),
    ] = None,
    lang: Annotated[
        str, typer.Option("--lang", help="en or zh: of the words around the answers, in HTML.")
    ] = "en",
) -> None:
    """Write a thread into one file: Markdown with footnotes, HTML whose quotes open, or JSON.

    The HTML file needs nothing else to be read, and `refdesk verify` checks it.

    Example: refdesk threads export 3f9c attention.html
    """
    from ui.kept.forms import exported  # what makes HTML is needed here alone

    form = form or (_FORMATS.get(file.suffix.lower()) if file else None) or "markdown"
    desk = desk_of(home)
    whole = desk.threads.show(thread, None)
    text = exported(whole, form, lang, picture_of=desk.shown_picture)
    if file is None or str(file) == "-":
        sys.stdout.write(text)
        return
    write_new(file, text)
    sys.stdout.write(f"{file}\n")


@app.command("rename")
def threads_rename(thread: _ThreadArgument, title: str, home: HomeOption = None) -> None:
    """Give a thread another title.

    Example: refdesk threads rename 3f9c "Attention variants"
    """
    kept = desk_of(home).threads.rename(thread, title, None)
    sys.stdout.write(clean(f"{kept.id}  {kept.title}") + "\n")


@app.command("delete")
def threads_delete(
    thread: Annotated[list[str], typer.Argument(metavar="THREAD...", help="Their ids.")],
    home: HomeOption = None,
) -> None:
    """Delete threads for good.

    Example: refdesk threads delete 3f9c
    """
    kept = desk_of(home).threads
    for target in [kept.show(key, None).thread for key in thread]:  # all are there, or none goes
        gone = kept.delete(target.id, None)
        sys.stdout.write(clean(f"Deleted: {gone.id}  {gone.title}") + "\n")


def _show(kept: list[Thread], *, as_json: bool) -> None:
    if as_json:
        print_json({"threads": [thread_object(thread) for thread in kept]})
        return
    for thread in kept:
        count = f"{thread.turns} question{'s' * (thread.turns != 1)}"
        line = f"{thread.id}  {thread.updated[:16].replace('T', ' ')}  {thread.title}  ({count})"
        sys.stdout.write(clean(line) + "\n")
        if thread.snippet:
            sys.stdout.write(clean(f"            {thread.snippet}") + "\n")
