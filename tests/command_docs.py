"""``docs/commands.md``: the help of every command, as the command line prints it.

``make docs`` writes it; a test compares it, and reads from here which commands there are.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from ui.cli.app import app

FILE = Path(__file__).resolve().parent.parent / "docs" / "commands.md"
_WIDTH = 100


def commands() -> Iterator[tuple[str, Any, Any]]:
    """Yield (full name, command, its parent's context) of every command, groups before theirs."""
    yield from _below("refdesk", typer.main.get_command(app), None)


def _below(name: str, command: Any, parent: Any) -> Iterator[tuple[str, Any, Any]]:
    yield name, command, parent
    context = command.context_class(command, info_name=name.rpartition(" ")[2], parent=parent)
    for child in getattr(command, "commands", {}):
        yield from _below(f"{name} {child}", command.commands[child], context)


def help_of(command: Any, name: str, parent: Any) -> str:
    """Return what ``--help`` prints on a wide terminal."""
    context = command.context_class(
        command, info_name=name.rpartition(" ")[2], parent=parent,
        terminal_width=_WIDTH, max_content_width=_WIDTH,
    )  # fmt: skip
    return str(command.get_help(context)).rstrip()


def text() -> str:
    """Return the whole of ``docs/commands.md``."""
    parts = ["# Commands", "", "Made by `make docs` from the command line's own help.", ""]
    for name, command, parent in commands():
        parts += [f"## {name}", "", "```", help_of(command, name, parent), "```", ""]
    return "\n".join(parts)


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text(), encoding="utf-8")
