"""What the commands for threads and for notes have in common."""

from pathlib import Path
from typing import Annotated

import typer

from assistant.desk import Desk
from ingest.errors import UsageError
from ui.cli.options import open_desk
from ui.cli.progress import ShownProgress

EveryoneOption = Annotated[
    bool,
    typer.Option(
        "--everyone", help="Also those of people who use this home by `refdesk serve --token`."
    ),
]


def desk_of(home: Path | None) -> Desk:
    """Open a home for what needs no answer."""
    with ShownProgress() as progress:
        return open_desk(home, progress)


def write_new(file: Path, text: str) -> None:
    """Write a file that is not there yet.

    Raises:
        UsageError: it is there, or cannot be written.
    """
    try:
        with file.open("x", encoding="utf-8", newline="\n") as out:
            out.write(text)
    except FileExistsError:
        raise UsageError(f"{file} exists already: choose another name.") from None
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}.") from error
