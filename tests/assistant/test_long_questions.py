"""The longest question a door takes costs a desk no more than a few seconds, whatever it holds."""

import time

from assistant.bounds import QUESTION

_MOST_SECONDS = 8.0  # of processor time, all threads: the embedding of the question too


def test_a_question_made_to_hurt_is_answered(desk):
    for unit in ("1", "和", "which paper ", "attention heads [", "GQA vs MQA and ", "什么是注意力"):
        text = (unit * QUESTION)[:QUESTION]
        began = time.process_time()
        answer = desk.ask(text)
        assert time.process_time() - began < _MOST_SECONDS, unit
        assert answer.sentences or answer.refusal
