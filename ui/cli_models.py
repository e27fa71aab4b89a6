"""``refdesk models``: the models refdesk names, and having them."""

import sys

import typer

from ui.options import HomeOption, JsonOption, open_desk, print_json
from ui.progress import ShownProgress

app = typer.Typer(help="The models refdesk names.", no_args_is_help=True)


@app.command("show")
def models_show(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show the models refdesk names, and which are here.

    Example: refdesk models show
    """
    with ShownProgress() as progress:
        found = open_desk(home, progress).models()
    if as_json:
        print_json(found)
        return
    for row in found:
        here = "here" if row["here"] else "not here"
        size = f"{row['bytes'] / 1e6:.0f} MB"
        sys.stdout.write(f"{row['name']}: {size}, {row['licence']}, {row['author']}, {here}\n")


@app.command("pull")
def models_pull(name: str, home: HomeOption = None) -> None:
    """Get a model now, verified.

    Example: refdesk models pull qwen2.5-coder-1.5b-instruct-q4_k_m
    """
    with ShownProgress() as progress:
        path = open_desk(home, progress).pull(name)
    sys.stdout.write(f"{path}\n")
