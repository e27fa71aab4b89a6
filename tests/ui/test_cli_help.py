"""Every command explains itself: an example that parses, and the generated help in docs/."""

import os
import re
import shlex
import subprocess
import sys
from importlib.metadata import version

import pytest

from tests import command_docs

COMMANDS = list(command_docs.commands())
LEAVES = [each for each in COMMANDS if not getattr(each[1], "commands", None)]


@pytest.mark.parametrize(("name", "command", "parent"), LEAVES, ids=[each[0] for each in LEAVES])
def test_every_command_has_an_example_that_it_understands(name, command, parent):
    said = command_docs.help_of(command, name, parent)
    example = re.search(r"Example: (refdesk .+)", said)
    assert example, said
    words = shlex.split(example[1])
    start = len(name.split())
    assert words[:start] == name.split()
    command.make_context(name, words[start:])


def test_there_are_all_the_commands_of_the_contract():
    names = {name.removeprefix("refdesk ") for name, _, _ in COMMANDS}
    assert {
        "ask", "chat", "search", "path", "cards", "lists show", "lists add", "lists remove",
        "lists check", "lists diff", "ingest", "rebuild", "status", "eval", "verify",
        "models show", "models pull", "models measure", "serve", "export", "import", "refresh",
        "review",
    } <= names  # fmt: skip


def test_the_help_in_docs_is_that_of_the_commands():
    assert command_docs.FILE.read_text(encoding="utf-8") == command_docs.text(), "run `make docs`"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands(shell):
    words = {"bash": {"COMP_WORDS": "refdesk mod", "COMP_CWORD": "1"}}.get(
        shell, {"_TYPER_COMPLETE_ARGS": "refdesk mod", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    )
    done = subprocess.run(
        [sys.executable, "-c", "from ui.cli.app import app; app(prog_name='refdesk')"],
        env=os.environ | words | {"_REFDESK_COMPLETE": f"complete_{shell}"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "models" in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("words", "at", "wanted"),
    [("refdesk models pull smol", 3, "smollm2-135m"), ("refdesk ask --difficulty me", 3, "medium")],
)
def test_shells_complete_names_and_choices(words, at, wanted):
    done = subprocess.run(
        [sys.executable, "-c", "from ui.cli.app import app; app(prog_name='refdesk')"],
        env=os.environ
        | {"COMP_WORDS": words, "COMP_CWORD": str(at), "_REFDESK_COMPLETE": "complete_bash"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stdout.split() == [wanted], done.stderr


def test_the_version_is_told():
    done = subprocess.run(
        [sys.executable, "-m", "ui.cli", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"refdesk {version('refdesk')}\n"
