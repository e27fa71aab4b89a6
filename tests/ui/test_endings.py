"""However `ask` ends while its model loads, what it has to say arrives: exit 0 is never silent."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from index.models import weights
from tests.conftest import ROOT

ANSWERED = "What does multi-query attention keep?"
REFUSED = "Who won the 1998 world cup?"


@pytest.fixture
def asked(desk, models_dir):
    """Start `ask` with the small model, which is there and loads beside the search."""
    weights.obtain("smollm2-135m", models_dir)
    begun = []

    def start(question, *options, stdout=subprocess.PIPE):
        command = [sys.executable, "-m", "refdesk", "ask", question, "--llm", "smollm2-135m",
                   "--home", desk.home.root, *options]  # fmt: skip
        process = subprocess.Popen(
            command, stdout=stdout, stderr=subprocess.PIPE, text=True, cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        begun.append(process)
        return process

    yield start
    for process in begun:
        process.kill()
        process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()


def ended(process):
    out, err = process.communicate(timeout=240)
    return process.returncode, out, err


@pytest.mark.parametrize("question", [ANSWERED, REFUSED])
def test_an_answer_and_a_refusal_arrive(asked, question):
    code, out, err = ended(asked(question))
    assert code == 0, err
    assert out.strip()
    assert ("head" in out) is (question == ANSWERED)


@pytest.mark.parametrize("question", [ANSWERED, REFUSED])
def test_they_arrive_as_json(asked, question):
    code, out, err = ended(asked(question, "--json"))
    assert code == 0, err
    assert json.loads(out)["refused"] is (question == REFUSED)


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_an_error_is_told_while_the_model_loads(asked, options):
    code, out, err = ended(asked(" ", *options))
    assert (code, out) == (2, "")
    assert "The question is empty" in err


@pytest.mark.parametrize("options", [[], ["--json"]])
@pytest.mark.parametrize("after", [1.0, 2.0, 4.0])
def test_ctrl_c_ends_it_soon(asked, options, after):
    process = asked("Explain attention in long detail. " * 20, *options)
    time.sleep(after)
    process.send_signal(signal.SIGINT)
    begun = time.monotonic()
    code, out, err = ended(process)
    assert time.monotonic() - begun < 30
    if code == 0:  # it was quicker
        assert out.strip()
    else:
        assert code in (130, -signal.SIGINT), err  # the latter: before Python listens to anything


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_reader_who_leaves_ends_it_quietly(asked, options):
    reading, writing = os.pipe()
    process = asked(ANSWERED, *options, stdout=writing)
    os.close(writing)
    os.close(reading)
    _, err = process.communicate(timeout=240)
    assert process.returncode >= 0
    assert "Traceback" not in err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no such signal")
def test_ctrl_c_while_libraries_are_loaded_is_no_traceback(tmp_path):
    slow = "os.kill(os.getpid(), signal.SIGINT)"
    # whoever runs the tests in the background may have told all children to ignore it
    heard = "import os, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code = f"{heard}; sys.argv[0] = 'refdesk'; import ui.cli; {slow}"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
    assert (told.returncode, told.stderr) == (130, b"refdesk: Interrupted.\n")
    code = f"{heard}; import ui.cli\ntry: {slow}\nexcept KeyboardInterrupt: print('ours')"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
    assert told.stdout == b"ours\n"
