"""``refdesk models``: the models refdesk names, what each costs here, and having them."""

import sys
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.table import Column, Table

from index.models.pins import load_pins
from ui.cli.options import HomeOption, JsonOption, open_desk, print_json
from ui.cli.progress import ShownProgress
from ui.cli.terminal import Console


def _names(incomplete: str) -> list[str]:
    return [name for name in load_pins() if name.startswith(incomplete)]


NameArgument = Annotated[str, typer.Argument(metavar="NAME", autocompletion=_names)]

_KERNELS = {
    "plain": "here, with plain kernels",
    "none": "here, but crashes on this machine",
    "silent": "here, but gave no sign of life when it was last tried",
}

app = typer.Typer(help="The models refdesk names.", no_args_is_help=True)


@app.command("show")
def models_show(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show the models refdesk names, which are here, and what each costs on this machine.

    Example: refdesk models show
    """
    with ShownProgress() as progress:
        rows = open_desk(home, progress).models()
    if as_json:
        print_json(rows)
        return
    name = Column("for answers", no_wrap=True, overflow="fold")
    table = Table(name, "disk", "memory", "first token", "tokens/s", "", box=None)
    for row in rows:
        if row["use"] == "answers":
            table.add_row(row["name"], _size(row), *_costs(row["costs"]), _here(row))
    console = Console()
    console.print(table)
    others = [row for row in rows if row["use"] != "answers"]
    said = ", ".join(f"{row['name']} ({row['use']}, {_size(row)}, {_here(row)})" for row in others)
    console.print(f"Others: {said}.", highlight=False)
    for row in rows:
        if row["recommended"]:
            console.print(f"For this machine: {row['name']}.", highlight=False)
    console.print("–: not measured here yet; `refdesk models measure NAME` does.", highlight=False)


def _size(row: dict[str, Any]) -> str:
    return f"{row['bytes'] / 1e6:.0f} MB"


def _here(row: dict[str, Any]) -> str:
    if row["kernels"] in _KERNELS:
        return _KERNELS[row["kernels"]]
    return "here" if row["here"] else "not here"


def _costs(measured: dict[str, Any] | None) -> tuple[str, str, str]:
    if measured is None:
        return "–", "–", "–"
    return (
        f"{measured['memory_bytes'] / 1e9:.1f} GB",
        f"{measured['first_token_s']:.1f} s",
        f"{measured['tokens_per_s']:.1f}",
    )


@app.command("pull")
def models_pull(name: NameArgument, home: HomeOption = None) -> None:
    """Get a model now, verified: auto, one named here, or owner/repository/file.gguf of the hub.

    Example: refdesk models pull qwen2.5-coder-1.5b-instruct-q4_k_m
    """
    with ShownProgress() as progress:
        path = open_desk(home, progress).pull(name)
    sys.stdout.write(f"{path}\n")


@app.command("measure")
def models_measure(
    name: NameArgument, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Measure what a model costs on this machine, which should do nothing else meanwhile.

    Example: refdesk models measure qwen2.5-coder-1.5b-instruct-q4_k_m
    """
    with ShownProgress() as progress:
        costs = open_desk(home, progress).measure(name)
    if as_json:
        print_json({"model": name, **asdict(costs)})
        return
    sys.stdout.write(
        f"{name}: {costs.memory_bytes / 1e9:.1f} GB of memory, loaded in {costs.load_s:.1f} s, "
        f"first token after {costs.first_token_s:.1f} s, {costs.tokens_per_s:.1f} tokens a second\n"
    )
