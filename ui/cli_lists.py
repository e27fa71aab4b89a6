"""``refdesk lists``: the curated lists a home knows."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from ui.options import HomeOption, JsonOption, open_desk, print_json
from ui.progress import ShownProgress

app = typer.Typer(help="The curated lists this home knows.", no_args_is_help=True)


@app.command("show")
def lists_show(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show the lists this home knows.

    Example: refdesk lists show
    """
    with ShownProgress() as progress:
        found = open_desk(home, progress).status()["lists"]
    if as_json:
        print_json(found)
        return
    for row in found:
        sys.stdout.write(
            f"{row['name']}: {row['entries']} links, {row['topics']} topics without a link, "
            f"{row['in_library']} in the library\n"
        )


@app.command("add")
def lists_add(
    file: Path,
    home: HomeOption = None,
    name: Annotated[str | None, typer.Option("--name", help="What to call it.")] = None,
    base: Annotated[
        str | None, typer.Option("--base", help="URL that relative links resolve against.")
    ] = None,
) -> None:
    """Make a Markdown file known as a curated list.

    Example: refdesk lists add README.md --name mine --base https://github.com/me/list/blob/main/
    """
    with ShownProgress() as progress:
        curated = open_desk(home, progress).add_list(file, name=name, base=base)
    sys.stdout.write(
        f"{curated.name}: {len(curated.entries)} links, {len(curated.topics)} topics\n"
    )


@app.command("remove")
def lists_remove(name: str, home: HomeOption = None) -> None:
    """Forget a list; the pages it led to stay.

    Example: refdesk lists remove mine
    """
    with ShownProgress() as progress:
        open_desk(home, progress).remove_list(name)
