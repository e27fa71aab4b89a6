"""The model is loaded beforehand and given back when nobody asks, each in its turn."""

import os
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from assistant.desk import Desk
from index.models import weights
from ingest.errors import ModelUnavailable
from tests.doors import serving, until
from ui.serving.standby import Standby
from ui.serving.turns import Turns

MODEL = 100e6
"""Bytes the small model takes at least."""


def resident():
    """Bytes of memory of this process and of those it started, where models live."""
    started = Path("/proc/self/task").glob("*/children")
    found = 0
    for pid in ["self", *(pid for file in started for pid in file.read_text().split())]:
        with suppress(OSError):  # one that has just ended
            found += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return found * os.sysconf("SC_PAGESIZE")


def test_a_model_is_had_at_once_and_given_back_when_nobody_asks():
    done = []
    turns = Turns()
    with Standby(
        turns,
        load=lambda: done.append(("load", len(turns))),
        release=lambda: done.append(("release", len(turns))),
        idle=0.3,
        look=0.02,
    ):
        until(lambda: done)
        assert done == [("load", 1)]  # whoever asks meanwhile waits behind
        with turns.take("a"):
            time.sleep(0.5)
            assert len(done) == 1
        until(lambda: len(done) == 2)
    assert done[1] == ("release", 1)


def test_who_asks_while_the_model_loads_waits_behind():
    go, order = threading.Event(), []

    def load():
        go.wait(5)
        order.append("loaded")

    turns = Turns()
    with Standby(turns, load=load, release=lambda: None):
        until(lambda: len(turns) == 1)
        with turns.take("a") as turn:
            assert turns.before(turn) == 1
            go.set()
            turn.wait()
            order.append("asked")
    assert order == ["loaded", "asked"]


def test_a_model_that_cannot_be_had_stops_nobody():
    tried, released = [], threading.Event()

    def load():
        tried.append(1)
        raise ModelUnavailable("There is no such model.")

    turns = Turns()
    with Standby(turns, load=load, release=released.set, idle=0.1, look=0.02):
        assert released.wait(5)  # it goes on looking
    assert tried == [1]


@pytest.mark.skipif(sys.platform != "linux", reason="reads memory in /proc")
def test_a_real_model_is_given_back_and_had_again(desk, home, models_dir):
    with_model = Desk(home, llm=str(weights.obtain("smollm2-135m", models_dir)))
    turns = Turns()
    asked = {"question": "What is multi-query attention?"}
    with serving(with_model, turns) as url:
        httpx.get(f"{url}/api/v1/search", params={"q": "attention"})  # all but the model is there
        without = resident()
        have, release = with_model._opened.engine, with_model.close
        with Standby(turns, load=have, release=release, idle=1, look=0.05):
            until(lambda: not len(turns) and resident() > without + MODEL, 120)
            most = resident()
            until(lambda: resident() < most - MODEL, 30)
            said = httpx.post(f"{url}/api/v1/ask", json=asked, timeout=200).json()
            assert "first_token_s" in said["timings"]  # the model spoke
            most = resident()
            until(lambda: resident() < most - MODEL, 30)
    with_model.close()
