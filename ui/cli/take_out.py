"""What leaves a library for other programs: references, a vault of notes."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.references.forms import FORMS, form_of
from ui.cli.options import HomeOption, JsonOption, open_desk, print_json
from ui.cli.progress import ShownProgress
from ui.cli.saved import saved_answers
from ui.cli.terminal import clean


def cite(
    what: Annotated[list[str], typer.Argument(metavar="ANSWER.json|LIST|URL...")],
    form: Annotated[
        str, typer.Option("--format", help=f"One of {', '.join(FORMS)}.", metavar="FORMAT")
    ] = "bibtex",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Cite sources: those of saved answers (ask --json), of a list, or by their addresses.

    What is known of a source is what its page declares; what was not declared is left out. A file
    may hold several answers: an array, or one on each line; - is stdin.

    Example: refdesk cite answer.json --format apa
    """
    written = form_of(form)
    with ShownProgress() as progress:
        desk = open_desk(home, progress)
        lists = {row["name"] for row in desk.status()["lists"]}
        answers: list[Any] = []
        named = []
        for each in what:
            if each == "-" or (each not in lists and Path(each).is_file()):
                answers += saved_answers(Path(each))
            else:
                named.append(each)
        items = desk.cite(named, answers)
    text = written.write(items)
    if as_json:
        print_json({"format": form, "text": text, "items": items})
    else:
        sys.stdout.write(clean(text))
