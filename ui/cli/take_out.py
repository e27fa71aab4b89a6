"""What leaves a library for other programs: references, a vault of notes."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.kept.threads import answers as answers_of
from assistant.references.forms import FORMS, form_of
from ingest.errors import NothingFound, UsageError
from ui.cli.options import HomeOption, JsonOption, ListOption, open_desk, print_json
from ui.cli.progress import ShownProgress
from ui.cli.saved import saved_answers
from ui.cli.terminal import clean

if TYPE_CHECKING:
    from assistant.desk import Desk


def cite(
    what: Annotated[list[str], typer.Argument(metavar="ANSWER.json|THREAD|LIST|URL...")],
    form: Annotated[
        str, typer.Option("--format", help=f"One of {', '.join(FORMS)}.", metavar="FORMAT")
    ] = "bibtex",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Cite sources: those of saved answers (ask --json), a kept thread, a list, or by addresses.

    What is known of a source is what its page declares; what was not declared is left out. A file
    may hold several answers: an array, or one on each line, or a thread that was exported; - is
    stdin.

    Example: refdesk cite answer.json --format apa
    """
    written = form_of(form)
    with ShownProgress() as progress:
        desk = open_desk(home, progress)
        lists = {row["name"] for row in desk.status()["lists"]}
        answers: list[Any] = []
        named = []
        for name in what:
            if name == "-" or (name not in lists and Path(name).is_file()):
                answers += [one for saved in saved_answers(Path(name)) for one in answers_of(saved)]
            elif name not in lists and ":" not in name:
                answers += _thread(desk, name)
            else:
                named.append(name)
        items = desk.cite(named, answers)
    text = written.write(items)
    if as_json:
        print_json({"format": form, "text": text, "items": items})
    else:
        sys.stdout.write(clean(text))


def _thread(desk: "Desk", name: str) -> list[Any]:
    """Return the answers of a kept thread."""
    try:
        return [turn.answer for turn in desk.threads.show(name, None).turns]
    except NothingFound as error:
        raise UsageError(
            f"{name} is no list of this home, no thread, no file and no address: see "
            "`refdesk lists show` and `refdesk threads list`."
        ) from error


def vault(
    folder: Annotated[Path, typer.Argument(metavar="DIR")],
    home: HomeOption = None,
    lists: ListOption = None,
    answers: Annotated[
        list[Path] | None,
        typer.Option("--answer", help="A saved answer (ask --json), or several.", metavar="FILE"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Write the library as a vault of Markdown notes (Obsidian's): sources, subjects, answers.

    Your highlights and notes stand with their source, your threads are notes among the answers.

    Run again it changes only what changed. Your own lines stay, wherever they are; so do blocks and
    properties of ours that you changed, which is said. A note you moved is brought up to date where
    it is; one you threw away stays away.

    Example: refdesk vault ~/notes/refdesk --list llm-deep-dive --answer answer.json
    """
    saved = [answer for file in answers or () for answer in saved_answers(file)]
    with ShownProgress() as progress:
        done = open_desk(home, progress).vault(folder, lists=lists or (), answers=saved)
    if as_json:
        print_json({"vault": str(folder), **asdict(done)})
        return
    for left in done.left:
        sys.stdout.write(clean(f"{left.note}: {left.reason}.") + "\n")
    sys.stdout.write(
        f"{len(done.added)} notes added, {len(done.changed)} changed, "
        f"{done.unchanged} as they were.\n"
    )
