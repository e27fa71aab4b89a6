"""What others wrote does not steer the terminal, and output may end before we do."""

import json
import subprocess
import sys
from io import StringIO

import pytest
from markdown_it import MarkdownIt
from rich.table import Table
from rich.text import Text

from ui.cli import render
from ui.cli.options import given, print_json
from ui.cli.terminal import Console, clean
from ui.markdown_form import linked, words

EVIL = "a\x1b]0;owned\x07\x1b[31mred\x9b2J\u202ereversed"


def test_the_console_shows_nothing_that_steers():
    out = StringIO()
    console = Console(file=out, width=200, force_terminal=True)
    table = Table("x")
    table.add_row(Text(EVIL, style="bold"))
    console.print(Text(EVIL), table, EVIL, markup=False)
    said = out.getvalue()
    assert "\x1b]0" not in said
    assert "\x1b[31m" not in said
    assert not set("\x07\x9b\u202e") & set(said)
    assert "\x1b[1m" in said  # its own styles stay
    assert clean(EVIL) == "a]0;owned[31mred2Jreversed"


def test_json_escapes_what_steers(capsys):
    value = {"title": f"{EVIL}\ud83d\x7f"}
    print_json(value)
    said = capsys.readouterr().out
    assert not set("\x1b\x07\x9b\u202e\x7f") & set(said)
    assert json.loads(said) == value


@pytest.mark.parametrize(
    "text",
    ["[a](javascript:b)", "<img src=x>", "![x](http://e/p)", "`code`", "| a", "# a", "~~a~~"],
)
def test_markdown_for_maintainers_keeps_words_words(text):
    found = {
        "lists": [{"name": text}],
        "missing": [
            {"list": text, "title": text, "url": "http://a.example/(x)", "section": [text],
             "reason": f"HTTP 404: {text}"},
        ],
        "failures": [{"url": text, "reason": text, "source": "web"}],
    }  # fmt: skip
    html = MarkdownIt("commonmark", {"html": True}).render(render.dead(found))
    assert html.count("<a ") == 1
    assert not [tag for tag in ("<img", "<code", "<del") if tag in html]
    assert MarkdownIt("commonmark").render(words(text)).count("<") == 2
    assert linked(text, "javascript:x") == words(text)


def test_a_question_may_come_on_stdin(monkeypatch):
    def piped(data):
        code = "import sys; from ui.cli.options import given; print(ascii(given('-')), end='')"
        return subprocess.run(
            [sys.executable, "-c", code], input=data, capture_output=True, check=False
        )

    assert given("what is it") == "what is it"
    bom = b"\xef\xbb\xbf"
    assert piped(bom + "What is 注意力?\r\n".encode()).stdout == b"'What is \\u6ce8\\u610f\\u529b?'"
    assert len(piped(b"\xe6\xb3\xa8" * 10_000).stdout) > 4_000 * 6  # too long is told elsewhere
    assert b"UsageError" in piped(b"\xff\xfe\x00").stderr


def test_output_that_cannot_be_written_is_said(home):
    command = [sys.executable, "-m", "ui.cli", "models", "show", "--home", str(home)]
    for extra in ([], ["--json"]):
        with open("/dev/full", "w") as full:  # noqa: PTH123
            done = subprocess.run(
                [*command, *extra], stdout=full, stderr=subprocess.PIPE, text=True, check=False
            )
        assert done.returncode == 2
        assert done.stderr == "refdesk: The output cannot be written: No space left on device.\n"


def test_a_reader_that_goes_away_is_no_error(home):
    command = [sys.executable, "-m", "ui.cli", "models", "show", "--home", str(home)]
    for extra in ([], ["--json"]):
        process = subprocess.Popen(
            [*command, *extra], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        process.stdout.close()
        assert process.stderr.read() == ""
        process.stderr.close()
        assert process.wait() == 0


@pytest.mark.skipif(sys.platform == "win32", reason="shells of Unix close streams so")
def test_a_stdout_that_is_closed_is_no_success(tmp_path):
    told = subprocess.run(
        f"exec '{sys.executable}' -m ui.cli models show --home '{tmp_path}' >&-",
        shell=True, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 2
    assert "The output cannot be written" in told.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_too_little_memory_is_said_and_crashes_nothing():
    told = subprocess.run(
        f"ulimit -v 400000; exec '{sys.executable}' -m ui.cli status",
        shell=True, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 2
    assert "390 MB" in told.stderr
