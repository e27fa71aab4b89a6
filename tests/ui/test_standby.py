"""The model is loaded beforehand and given back when nobody asks, each in its turn."""

import threading
import time

from ingest.errors import ModelUnavailable
from tests.doors import until
from ui.standby import Standby
from ui.turns import Turns


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
