"""The model is asked in turns: in order, and nobody holds too many places."""

import threading

import pytest

from ui.serving.turns import TooMany, Turns


def test_the_first_has_its_turn_at_once() -> None:
    with Turns().take("a") as turn:
        assert list(turn.places()) == []


def test_the_others_wait_in_the_order_they_came() -> None:
    turns, order = Turns(), []

    def ask(name: str, ready: threading.Event) -> None:
        with turns.take(name) as turn:
            ready.set()
            turn.wait()
            order.append(name)

    with turns.take("first") as first:
        first.wait()
        threads = []
        for name in "bcd":
            ready = threading.Event()
            threads.append(threading.Thread(target=ask, args=(name, ready)))
            threads[-1].start()
            assert ready.wait(5)
        assert len(turns) == 4
    for thread in threads:
        thread.join(5)
    assert order == ["b", "c", "d"]


def test_a_server_has_as_many_at_once_as_it_takes() -> None:
    turns = Turns(at_once=2)
    with turns.take("a") as first, turns.take("b") as second, turns.take("c") as third:
        assert [turns.before(turn) for turn in (first, second, third)] == [0, 0, 1]
        assert list(second.places()) == []
        third.leave()
    assert len(turns) == 0


def test_one_who_goes_away_frees_the_place() -> None:
    turns = Turns()
    with turns.take("a"):
        with turns.take("b") as waiting:
            assert next(waiting.places()) == 1
        with turns.take("c") as next_one:
            assert next(next_one.places()) == 1


def test_a_caller_holds_so_many_places_and_no_more() -> None:
    turns = Turns(per_caller=2)
    with turns.take("a"), turns.take("a"):
        with pytest.raises(TooMany, match="2 of your questions"), turns.take("a"):
            pass
        with turns.take("b"):
            assert len(turns) == 3


def test_the_queue_takes_so_many_and_no_more() -> None:
    turns = Turns(at_most=2)
    with turns.take("a"), turns.take("b"):
        full = pytest.raises(TooMany, match="2 questions")
        with full, turns.take("c"):
            pass


def test_one_who_waits_can_be_told_to_leave() -> None:
    turns = Turns()
    with turns.take("a"), turns.take("b") as waiting:
        thread = threading.Thread(target=waiting.wait)
        thread.start()
        waiting.leave()
        thread.join(5)
        assert not thread.is_alive()
        assert waiting.left()
