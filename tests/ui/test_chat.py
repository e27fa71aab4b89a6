"""``refdesk chat`` and an answer as it grows in a terminal."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from io import StringIO

import pytest
from rich.console import Console

from assistant.answering.values import Event, Sentence
from index.store.values import Filters
from ui.cli.chat import Conversation
from ui.cli.live_answer import AnswerView

QUESTION = "how does multi-query attention share keys?"


@pytest.fixture
def console():
    return Console(file=StringIO(), width=100)


@pytest.fixture
def talk(desk, console):
    return Conversation(desk, console, 8, Filters(), lambda: None)


def test_a_follow_up_is_shown_as_it_was_understood(talk, console):
    talk.take(QUESTION)
    talk.take("who described it?")
    said = console.file.getvalue()
    assert "Asked as: who described multi-query attention?" in said
    assert "Shazeer in 2019" in said


def test_sources_and_unknown_words_and_the_end(talk, console):
    assert talk.take("/sources")
    assert "Nothing was answered yet" in console.file.getvalue()
    talk.take(QUESTION)
    before = console.file.getvalue()
    assert talk.take("/sources")
    assert "Decoding becomes faster" in console.file.getvalue()[len(before) :]
    assert talk.take("/nonsense")
    assert "try /help" in console.file.getvalue()
    assert not talk.take("/quit")


class Interrupted:
    """A desk whose answer is stopped half-way."""

    def __init__(self):
        self.asked = []

    def stream(self, question, history, *, k, filters, owner):
        self.asked.append((question, list(history)))
        if len(self.asked) > 1:
            return
        yield Event("sentence", sentence=Sentence("Keys are shared.", (1,), 1.0, "weak", False))
        raise KeyboardInterrupt


def test_ctrl_c_stops_the_answer_and_not_the_chat(console):
    desk = Interrupted()
    talk = Conversation(desk, console, 8, Filters(), lambda: None)
    assert talk.take("first")
    said = console.file.getvalue()
    assert "Keys are shared." in said
    assert "Stopped." in said
    assert talk.take("second")
    assert [each.question for each in desk.asked[1][1]] == ["first"]


def test_piped_one_question_a_line(home, desk):
    done = subprocess.run(
        [sys.executable, "-m", "ui.cli", "chat", "--llm", "extractive", "--home", str(home)],
        input=f"{QUESTION}\n\nwho described it?\n/quit\nnever asked\n",
        capture_output=True, text=True, timeout=120, check=False,
        env=os.environ | {"COLUMNS": "100"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "> who described it?" in done.stdout
    assert "Asked as: who described multi-query attention?" in done.stdout
    assert "never asked" not in done.stdout
    assert "\x1b" not in done.stdout


def test_at_a_terminal_ctrl_c_at_the_prompt_does_not_end_it(home, desk):
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "ui.cli", "chat", "--llm", "extractive", "--home", str(home)],
        stdin=follower, stdout=follower, stderr=follower, start_new_session=True,
        env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "100"},
    )  # fmt: skip
    os.close(follower)
    said = _until(leader, b"> ")
    time.sleep(0.3)  # until it waits for a line: the prompt is written just before
    process.send_signal(signal.SIGINT)
    said += _until(leader, b"ends the chat")
    os.write(leader, f"{QUESTION}\n".encode())
    said += _until(leader, b"Sources")
    assert b"Stopped" not in said
    os.write(leader, b"/quit\n")
    _until(leader, b"\0", 5, lambda: process.poll() is not None)
    assert process.wait(30) == 0
    os.close(leader)


def _until(leader, wanted, seconds=20, over=lambda: False):
    said, end = b"", time.monotonic() + seconds
    while wanted not in said and time.monotonic() < end and not over():
        if select.select([leader], [], [], 0.1)[0]:
            try:
                said += os.read(leader, 65536)
            except OSError:  # the other side was closed
                break
    return said


def test_an_extract_stands_in_until_sentences_are_verified(desk):
    console = Console(file=StringIO(), width=100, force_terminal=True, color_system="truecolor")
    extract = next(e for e in desk.stream(QUESTION) if e.name == "extractive").answer
    with AnswerView(console) as view:
        view.show(Event("extractive", answer=extract))
        first = console.file.getvalue()
        assert "until the model has read them" in first
        assert extract.sentences[0].text[:40] in first
        sentence = Sentence("Verified words.", (1,), 0.9, "supported", False)
        view.show(Event("sentence", sentence=sentence))
        second = console.file.getvalue()[len(first) :]
        assert second.index("Verified words.") >= 0
        assert extract.sentences[0].text[:40] not in second
