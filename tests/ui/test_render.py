"""What is printed steers nobody's terminal."""

from io import StringIO

from rich.console import Console

from assistant.values import Sentence
from ui import render
from ui.progress import ShownProgress


def test_control_characters_of_a_page_are_not_printed():
    assert render.clean("a\x1b]8;;http://evil\x07b\x9bc\n") == "a]8;;http://evilbc\n"


def test_markup_of_a_page_is_printed_as_it_stands():
    console = Console(file=StringIO(), width=200)
    render.sentence(console, Sentence("[red]not red[/red]", (1, 2), 0.7, "weak", False))
    assert console.file.getvalue() == "[red]not red[/red] [1] [2] (weakly supported)\n"


def test_progress_without_a_terminal_is_a_few_plain_lines(capsys):
    with ShownProgress() as progress:
        for done in range(1, 1001):
            progress("embedding", done, 1000)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 11
    assert lines[-1] == "embedding: 1000 of 1000"


def test_progress_as_events_is_json_on_stdout(capsys):
    with ShownProgress(events=True) as progress:
        progress("reading pages", 3, 0)
    out = capsys.readouterr()
    assert out.out == ('{"event": "progress", "step": "reading pages", "done": 3, "total": null}\n')
    assert out.err == ""
