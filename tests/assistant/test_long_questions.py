"""The longest question a door takes costs a desk no more than a few seconds, whatever it holds."""

import time

import pytest

from assistant.input_limits import PASTED, QUESTION, asked
from ingest.errors import UsageError

_MOST_SECONDS = 8.0  # of processor time, all threads: the embedding of the question too


def test_a_question_made_to_hurt_is_answered(desk):
    for unit in ("1", "和", "which paper ", "attention heads [", "GQA vs MQA and ", "什么是注意力"):
        text = (unit * QUESTION)[:QUESTION]
        began = time.process_time()
        answer = desk.ask(text)
        assert time.process_time() - began < _MOST_SECONDS, unit
        assert answer.sentences or answer.refusal


def test_a_pasted_log_may_be_longer_than_a_question():
    lines = [f"2026-11-29 10:00:{n:02} worker_{n} at 0x{n:08x} took {n}.5 ms" for n in range(200)]
    log = "\n".join([*lines, "RuntimeError: E1027 card fell off the bus"])
    assert QUESTION < len(log) <= PASTED
    assert asked(log, "query") == log
    assert asked(log).splitlines() == [lines[0], "RuntimeError: E1027 card fell off the bus"]
    for text in (log.replace("\n", " "), "\n".join(map(str.upper, _different(600))), log * 9):
        with pytest.raises(UsageError, match="4,000 is the most"):
            asked(text)


def _different(number: int) -> list[str]:
    return [f"{chr(97 + n % 26)}{chr(97 + n // 26)} is a line" for n in range(number)]


def test_a_long_log_is_searched_by_the_words_that_tell(desk):
    lines = [f"  File worker_{n}.py, line {n}, in step_{n}(batch)" for n in range(200)]
    found = desk.search("\n".join([*lines, "KeyError: grouped-query attention shares keys"]), k=3)
    assert len(found.searched) < 200
    assert "GQA" in found.hits[0].passage.text or "rouped" in found.hits[0].passage.text
