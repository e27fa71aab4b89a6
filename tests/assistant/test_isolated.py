"""A model in a process of its own: the same replies, and whatever kills it takes nothing along."""

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from unittest import mock

import httpx
import pytest

from assistant.desk import Desk
from assistant.engines import checks, process
from assistant.engines.isolated import CannotRun, IsolatedEngine
from assistant.engines.local import LocalEngine
from assistant.engines.protocol import Message
from assistant.home.opened import Resources
from index.models import weights
from index.store.generation import Home
from ingest.errors import ModelUnavailable, UsageError
from tests.conftest import ROOT
from tests.doors import serving

PREFIX = [Message("system", "You answer in one short sentence.")]
ASKED = [*PREFIX, Message("user", "What is a cache?")]
_POPEN = subprocess.Popen


@pytest.fixture(scope="module")
def gguf(models_dir):
    return weights.obtain("smollm2-135m", models_dir)


@pytest.fixture(scope="module")
def engine(gguf):
    engine = IsolatedEngine(gguf, None, PREFIX)
    yield engine
    engine.close()


@contextmanager
def dying(number, *, first=99):
    """Let the first processes of models die by a signal as soon as they begin."""
    begun = []

    def start(*arguments, **options):
        process = _POPEN(*arguments, **options)
        begun.append(process)
        if len(begun) <= first:
            os.kill(process.pid, number)
        return process

    with mock.patch.object(process.subprocess, "Popen", start):
        yield begun


def reply(engine, messages=ASKED, max_tokens=8):
    return "".join(engine.stream(messages, max_tokens=max_tokens))


# --- the same as in this process


def test_replies_likelihoods_and_counts_are_those_of_the_model_in_this_process(engine, gguf):
    here = LocalEngine(gguf, None, PREFIX)
    try:
        assert reply(engine) == reply(here)
        assert 0 < engine.evaluated <= here.evaluated
        assert engine.likelihood(ASKED, "A") == here.likelihood(ASKED, "A")
        odd = "\udcff\x00 键值缓存 <|im_end|>"
        assert engine.count_tokens(odd) == here.count_tokens(odd)
        assert (engine.name, engine.context) == (here.name, here.context)
    finally:
        here.close()


def test_it_stops_is_left_and_goes_on(engine):
    whole = reply(engine)
    seen = []
    for piece in engine.stream(ASKED, max_tokens=64, stop=lambda: len(seen) >= 2):
        seen.append(piece)
    assert len(seen) == 2
    left = engine.stream(ASKED, max_tokens=64)
    next(left)
    left.close()
    assert reply(engine) == whole


def test_what_is_too_long_is_refused_as_usage(engine):
    with pytest.raises(UsageError, match="takes at most"):
        reply(engine, [Message("user", "A layer. " * 4000)])


def test_two_callers_take_turns_and_counting_waits_for_nobody(engine):
    expected = reply(engine)
    first = engine.stream(ASKED, max_tokens=8)
    head = next(first)
    replies = []
    other = threading.Thread(target=lambda: replies.append(reply(engine)))
    other.start()
    assert engine.count_tokens("one two") == 2
    assert list(engine.stream(ASKED, max_tokens=8, stop=lambda: True)) == []
    assert head + "".join(first) == expected
    other.join(60)
    assert replies == [expected]


def test_a_closed_one_says_so_and_leaves_no_process(gguf):
    engine = IsolatedEngine(gguf)
    process = engine._process._process
    engine.close()
    engine.close()
    assert process.poll() is not None
    with pytest.raises(ModelUnavailable, match="has been closed"):
        reply(engine)
    with pytest.raises(ModelUnavailable, match="has been closed"):
        engine.count_tokens("one")


def test_the_process_ends_with_the_one_that_started_it(gguf):
    code = (
        "import pathlib, sys, os, signal\n"
        "from assistant.engines.isolated import IsolatedEngine\n"
        "engine = IsolatedEngine(pathlib.Path(sys.argv[1]))\n"
        "print(engine._process._process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, gguf], capture_output=True, text=True,
                          check=False, cwd=ROOT, timeout=120)  # fmt: skip
    pid = int(done.stdout)
    deadline = time.monotonic() + 10
    with suppress(ProcessLookupError):
        while time.monotonic() < deadline:
            os.kill(pid, 0)
            if "State:\tZ" in Path(f"/proc/{pid}/status").read_text():
                break
            time.sleep(0.05)
        else:
            pytest.fail("it goes on without anybody to answer")


# --- the check


def test_a_build_whose_fast_kernels_crash_runs_with_the_plain_ones(gguf, tmp_path):
    told = []
    with dying(signal.SIGSEGV, first=1) as begun:
        engine = IsolatedEngine(gguf, tmp_path, PREFIX, notice=told.append)
    assert len(begun) == 2
    (text,) = told
    assert "segmentation fault" in text
    assert f"{sys.executable} -m assistant.engines.build" in text
    assert reply(engine)
    engine.close()
    assert checks.recall(tmp_path, gguf) == "plain"
    told.clear()
    with dying(signal.SIGSEGV, first=0) as begun:
        IsolatedEngine(gguf, tmp_path, PREFIX, notice=told.append).close()
    assert (len(begun), told) == (1, [])


@pytest.mark.parametrize("number", [signal.SIGILL, signal.SIGBUS])
def test_a_build_that_always_crashes_is_tried_twice_and_never_again(gguf, tmp_path, number):
    with dying(number) as begun:
        for _ in range(2):
            with pytest.raises(CannotRun, match="cannot run on this machine"):
                IsolatedEngine(gguf, tmp_path, PREFIX)
    assert len(begun) == 2
    assert checks.recall(tmp_path, gguf) == "none"
    IsolatedEngine(gguf, tmp_path, PREFIX, afresh=True).close()
    assert checks.recall(tmp_path, gguf) == "fast"


def test_another_build_or_processor_is_checked_anew(gguf, tmp_path):
    checks.remember(tmp_path, gguf, "none")
    with mock.patch.object(checks.machine, "instructions", return_value="another"):
        assert checks.recall(tmp_path, gguf) is None
    with mock.patch.object(checks, "_library", return_value=[]):
        assert checks.recall(tmp_path, gguf) is None
    assert checks.recall(tmp_path, gguf) == "none"


@pytest.mark.parametrize("kept", [b"", b"[]", b"{", b'{"a": 1}'])
def test_a_damaged_record_only_costs_a_check(gguf, tmp_path, kept):
    (tmp_path / "llama-checks.json").write_bytes(kept)
    assert checks.recall(tmp_path, gguf) is None
    checks.remember(tmp_path, gguf, "fast")
    assert checks.recall(tmp_path, gguf) == "fast"


def test_a_cache_that_cannot_be_written_only_costs_a_check(gguf, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    engine = IsolatedEngine(gguf, blocked / "cache", PREFIX)
    assert reply(engine)
    engine.close()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGABRT])
def test_what_may_be_want_of_memory_is_told_and_not_remembered(gguf, tmp_path, number):
    with dying(number), pytest.raises(CannotRun, match="choose a smaller model") as caught:
        IsolatedEngine(gguf, tmp_path, PREFIX)
    assert process.REBUILD not in str(caught.value)
    assert checks.recall(tmp_path, gguf) is None


@pytest.mark.parametrize("megabytes", [250, 300, 320, 340, 360, 380])
def test_a_machine_without_memory_for_it_is_a_message(gguf, tmp_path, megabytes):
    def little():
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))

    def start(*arguments, **options):
        return _POPEN(*arguments, **options, preexec_fn=little)

    begun = time.monotonic()
    with (
        mock.patch.object(process.subprocess, "Popen", start),
        suppress(ModelUnavailable),  # with the most of these it may run: libraries differ
    ):
        IsolatedEngine(gguf, tmp_path, PREFIX).close()
    assert time.monotonic() - begun < 60
    assert checks.recall(tmp_path, gguf) in (None, "fast")
    IsolatedEngine(gguf, tmp_path, PREFIX).close()
    assert checks.recall(tmp_path, gguf) == "fast"


def test_why_native_code_gave_up_is_told(gguf, tmp_path):
    code = "import os, sys; os.write(2, b'first\\nbad\\x1b[31m allocation\\n'); os.abort()"

    def start(command, **options):
        return _POPEN([sys.executable, "-c", code], **options)

    with (
        mock.patch.object(process.subprocess, "Popen", start),
        pytest.raises(CannotRun, match=r"gave up by itself \(bad \[31m allocation\)"),
    ):
        IsolatedEngine(gguf, tmp_path, PREFIX)


@pytest.fixture
def endless(gguf, tmp_path):
    """Return a model whose chat template never ends."""
    data = gguf.read_bytes()
    at = data.index(b"{% for message in messages %}")
    length = int.from_bytes(data[at - 8 : at], "little")
    loop = b"{% for a in range(99999) %}" * 3 + b"{% endfor %}" * 3
    file = tmp_path / "endless.gguf"
    file.write_bytes(data[:at] + loop.ljust(length) + data[at + length :])
    return file


def test_a_template_that_never_ends_is_given_up_and_left_alone_for_an_hour(endless, tmp_path):
    begun = time.monotonic()
    with mock.patch.object(process, "SILENCE", 8.0):
        with pytest.raises(CannotRun, match="no sign of life for 8"):
            IsolatedEngine(endless, tmp_path, PREFIX)
        assert time.monotonic() - begun < 40
        with dying(0, first=0) as started, pytest.raises(CannotRun, match="an hour after"):
            IsolatedEngine(endless, tmp_path, PREFIX)
    assert started == []
    later = time.time() + checks.SILENT_S
    with mock.patch.object(checks.time, "time", return_value=later):
        assert checks.recall(tmp_path, endless) is None


def test_a_model_that_fails_ahead_of_a_question_is_not_tried_again_for_it(home, endless):
    here = Resources(Home(home), str(endless), None, lambda *_: None, lambda text: None)
    with (
        mock.patch.object(process, "SILENCE", 8.0),
        mock.patch.object(checks, "recall", return_value=None),
        dying(0, first=0) as begun,
    ):
        here.load_ahead()
        with pytest.raises(ModelUnavailable, match="no sign of life"):
            here.engine()
        here.close()
    assert len(begun) == 1


def test_a_process_that_loads_for_ever_ends_with_the_one_that_started_it(endless):
    loading = process.Process(
        {"path": str(endless), "cache": None, "prefix": [["system", "Short."]],
         "fast_kernels": True, "prove": True}
    )  # fmt: skip
    child = loading._process
    time.sleep(3.0)  # it is in the template by then
    assert child.poll() is None
    child.stdin.close()  # as the system does at the end of a process
    assert child.wait(20) == 0


def _number(value, size=8):
    return value.to_bytes(size, "little")


def _text(text):
    return _number(len(text)) + text


HOSTILE = {
    "values without end": _number(0) + _number(2**60),
    "tensors without end": _number(2**60) + _number(0),
    "a key without end": _number(0) + _number(1) + _number(2**62) + b"abc",
    "an array without end": _number(0) + _number(1) + _text(b"a") + _number(9, 4) + _number(8, 4)
    + _number(2**61),
    "arrays in arrays": _number(0) + _number(1) + _text(b"a")
    + (_number(9, 4) + _number(1)) * 20_000,
    "an unknown kind": _number(0) + _number(1) + _text(b"general.architecture") + _number(8, 4)
    + _text(b"nonsense"),
    "a tensor of all memory": _number(1) + _number(1) + _text(b"general.architecture")
    + _number(8, 4) + _text(b"llama") + _text(b"w") + _number(4, 4) + _number(2**31) * 4
    + _number(0, 4) + _number(0),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_header_is_a_message(tmp_path, kind):
    file = tmp_path / "hostile.gguf"
    file.write_bytes(b"GGUF" + _number(3, 4) + HOSTILE[kind] + bytes(4096))
    begun = time.monotonic()
    with pytest.raises(ModelUnavailable) as caught:
        IsolatedEngine(file, tmp_path / "cache", PREFIX)
    assert "hostile" in str(caught.value)
    assert time.monotonic() - begun < 60


# --- dying later


def test_a_model_that_died_meanwhile_is_started_again(gguf, tmp_path):
    engine = IsolatedEngine(gguf, tmp_path, PREFIX)
    try:
        expected = reply(engine)
        os.kill(engine._process._process.pid, signal.SIGKILL)
        assert reply(engine) == expected
        assert checks.recall(tmp_path, gguf) == "fast"
    finally:
        engine.close()


def test_a_crash_in_the_middle_of_a_reply_is_an_error_of_that_reply_alone(gguf, tmp_path):
    told = []
    engine = IsolatedEngine(gguf, tmp_path, PREFIX, notice=told.append)
    try:
        pieces = engine.stream(ASKED, max_tokens=64)
        next(pieces)
        os.kill(engine._process._process.pid, signal.SIGSEGV)
        with pytest.raises(ModelUnavailable, match="segmentation fault"):
            list(pieces)
        assert reply(engine)
        assert checks.recall(tmp_path, gguf) == "plain"
        (text,) = told
        assert "runs with its plain ones" in text
    finally:
        engine.close()


def test_who_does_not_want_a_reply_of_a_process_that_hangs_waits_for_seconds_only(gguf, tmp_path):
    engine = IsolatedEngine(gguf, tmp_path, PREFIX)
    try:
        expected = reply(engine)
        stopped = threading.Event()
        pieces = engine.stream(ASKED, max_tokens=64, stop=stopped.is_set)
        next(pieces)
        os.kill(engine._process._process.pid, signal.SIGSTOP)
        stopped.set()
        begun = time.monotonic()
        list(pieces)
        assert time.monotonic() - begun < 15
        assert reply(engine) == expected
        assert checks.recall(tmp_path, gguf) == "fast"
    finally:
        engine.close()


# --- what a person is told


def opened(home, told):
    return Resources(Home(home), "auto", None, lambda *_: None, told.append)


def test_the_sources_stand_in_for_a_model_that_crashes_and_it_is_told_once(home, gguf):
    told = []
    here = opened(home, told)
    with (
        dying(signal.SIGILL),
        mock.patch("assistant.engines.choice.weights.obtain", return_value=gguf),
    ):
        assert here.engine() is None
        here.close()
        assert here.engine() is None
    here.close()
    (text,) = told
    assert "an instruction this processor does not have" in text
    assert text.startswith("Answers are taken from the sources directly.")


def test_without_llama_cpp_the_sources_answer_and_the_command_to_build_it_is_told(home, gguf):
    told = []
    here = opened(home, told)
    with (
        mock.patch.object(checks, "installed", return_value=False),
        mock.patch("assistant.engines.choice.weights.obtain", return_value=gguf),
    ):
        assert here.engine() is None
    here.close()
    assert "-m assistant.engines.build" in told[0]


def test_the_sources_stand_in_for_a_model_that_cannot_be_loaded(home, tmp_path):
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(b"GGUF" + bytes(5000))
    told = []
    here = opened(home, told)
    with (
        mock.patch("assistant.engines.choice.weights.obtain", return_value=damaged),
        mock.patch("assistant.home.opened.is_here", return_value=True),
    ):
        assert here.engine() is None
    here.close()
    assert told
    assert told[0].startswith("Answers are taken from the sources directly. The model file")


def test_the_sources_stand_in_for_a_model_that_cannot_be_had(home):
    told = []
    here = opened(home, told)
    failed = mock.Mock(side_effect=ModelUnavailable("The model could not be had."))
    with mock.patch("assistant.engines.choice.weights.obtain", failed):
        assert here.engine() is None
        assert here.engine() is None
        named = Resources(Home(home), "smollm2-135m", None, lambda *_: None, told.append)
        with pytest.raises(ModelUnavailable):  # who names a model wants no other
            named.engine()
    here.close()
    named.close()
    assert told == ["Answers are taken from the sources directly. The model could not be had."]


@pytest.mark.parametrize("llm", ["auto", "smollm2-135m"])
def test_the_sources_stand_in_for_a_model_that_dies_of_every_question(home, notes, gguf, llm):
    told = []
    desk = Desk(home, llm=llm, notice=told.append)
    desk.ingest([notes], seed=False)
    told.clear()
    real = process.Process.call

    def killed(self, asked):
        with suppress(ProcessLookupError):
            os.kill(self._process.pid, signal.SIGKILL)
        return real(self, asked)

    question = "What does multi-query attention keep?"
    with (
        mock.patch("assistant.engines.choice.weights.obtain", return_value=gguf),
        mock.patch.object(process.Process, "call", killed),
    ):
        if llm == "auto":
            answers = [desk.ask(question), desk.ask(question)]
            assert {(answer.refused, answer.model) for answer in answers} == {(False, None)}
            (text,) = told
            assert text.startswith("Answers are taken from the sources directly. The model smol")
        else:
            with pytest.raises(ModelUnavailable, match="want of memory"):
                desk.ask(question)
    desk.close()


def test_one_that_loads_when_its_desk_closes_is_given_up_at_once(home, gguf):
    told = []
    here = opened(home, told)
    with (
        mock.patch("assistant.engines.choice.weights.obtain", return_value=gguf),
        mock.patch("assistant.home.opened.is_here", return_value=True),
        dying(0, first=0) as begun,
    ):
        here.load_ahead()
        while not begun:
            time.sleep(0.005)
        since = time.monotonic()
        here.close()
    assert time.monotonic() - since < 10
    assert begun[0].poll() is not None
    assert told == []


# --- output


_PRINTING = """
import os, pathlib, sys, threading
from assistant.engines.local import LocalEngine

done = threading.Event()

def load():
    LocalEngine(pathlib.Path(sys.argv[1])).close()
    done.set()

threading.Thread(target=load).start()
line = 0
while not done.is_set() or line < 100:
    os.write(1, b"out %d\\n" % line)
    os.write(2, b"err %d\\n" % line)
    print("print", line, flush=True)  # a buffer that is full ends in the middle of a line
    line += 1
"""


def test_every_byte_printed_while_a_model_loads_is_read(gguf):
    done = subprocess.run([sys.executable, "-c", _PRINTING, gguf], capture_output=True, text=True,
                          check=True, cwd=ROOT, timeout=120)  # fmt: skip
    for said, word in ((done.stdout, "out"), (done.stderr, "err"), (done.stdout, "print")):
        lines = [line for line in said.splitlines() if line.startswith(word)]
        assert lines == [f"{word} {number}" for number in range(len(lines))]
        assert len(lines) >= 100
    assert [line for line in done.stderr.splitlines() if not line.startswith("err")] == []


_ORDER = """
import os, sys

class Watch:
    def find_spec(self, name, path=None, target=None):
        if name == "llama_cpp":
            print(os.environ.get("GOMP_SPINCOUNT"))

sys.meta_path.insert(0, Watch())
import assistant.engines.local
"""


def test_threads_are_told_not_to_spin_before_openmp_is_loaded():
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("GOMP", "OMP"))}
    done = subprocess.run([sys.executable, "-c", _ORDER], capture_output=True, text=True,
                          check=True, cwd=ROOT, env=environment)  # fmt: skip
    assert done.stdout == "1000\n"


# --- while serving


def test_a_crash_of_the_model_takes_no_server_with_it(home, notes, gguf):
    desk = Desk(home, llm=str(gguf))
    desk.ingest([notes], seed=False)
    question = {"question": "What does multi-query attention keep?"}

    def ask(url):
        return httpx.post(f"{url}/api/v1/ask", json=question, timeout=200)

    def crash():
        os.kill(desk._opened._engine._process._process.pid, signal.SIGSEGV)

    with serving(desk) as url:
        first = ask(url)
        assert first.status_code == 200, first.text
        assert first.json()["model"]
        crash()
        after = ask(url)
        assert after.status_code == 200, after.text
        assert after.json()["answer"] == first.json()["answer"]
        during = threading.Timer(0.3, crash)
        during.start()
        assert ask(url).status_code in (200, 503)
        during.join()
        assert httpx.get(f"{url}/healthz").status_code == 200
        assert ask(url).status_code == 200
    desk.close()
