"""The engine for model servers against a real vLLM, where one runs.

vllm serve MODEL --enable-prefix-caching --port 8399
REFDESK_TEST_VLLM=http://127.0.0.1:8399 pytest -m long tests/assistant/test_vllm.py
"""

import asyncio
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from assistant.answering.writing import prefix
from assistant.desk import Desk
from assistant.engines.protocol import Message
from assistant.engines.server import ServerEngine
from ui.serving.asking import AskRequest, AskService, Waiting
from ui.serving.metrics import Metrics
from ui.serving.turns import AT_MOST, Turns

URL = os.environ.get("REFDESK_TEST_VLLM", "")

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not URL, reason="REFDESK_TEST_VLLM names no running vLLM"),
]

STORY = [Message("user", "Tell a long story about a cache that kept everything.")]


@pytest.fixture
def engine() -> Iterator[ServerEngine]:
    with closing(ServerEngine(URL)) as engine:
        yield engine


def figure(name: str) -> float:
    """Return the sum of one of vLLM's figures."""
    text = httpx.get(URL.removesuffix("/v1") + "/metrics").text
    return sum(map(float, re.findall(rf"^vllm:{name}(?:\{{[^}}]*\}})? (\S+)$", text, re.MULTILINE)))


def idle(seconds: float = 30) -> bool:
    """Wait until the server computes nothing."""
    deadline = time.monotonic() + seconds
    while figure("num_requests_running") > 0:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def test_a_reply_comes_piece_by_piece(engine):
    pieces = list(engine.stream(STORY, max_tokens=24))
    assert len(pieces) > 5
    assert engine.context >= 1024
    assert "".join(engine.stream(STORY, max_tokens=24)) == "".join(pieces)


def test_it_tells_how_likely_a_reply_begins_with_a_token(engine):
    first = next(iter(engine.stream(STORY, max_tokens=1)))
    likeliest = engine.likelihood(STORY, first)
    other = engine.likelihood(STORY, "\u2603")
    assert likeliest is not None
    assert other is not None
    assert other < likeliest <= 0


def test_a_stopped_reply_is_computed_no_further(engine):
    assert idle()
    written = figure("generation_tokens_total")
    pieces: list[str] = []
    for piece in engine.stream(STORY, max_tokens=1000, stop=lambda: len(pieces) >= 3):
        pieces.append(piece)  # the stop looks at it
    assert idle()
    assert figure("generation_tokens_total") - written < 500


def test_the_fixed_beginning_is_read_once(engine):
    asked = [[*prefix(), Message("user", f"Question {n}: what is a cache?")] for n in range(2)]
    engine.likelihood(asked[0], "No")
    hits = figure("prefix_cache_hits_total")
    engine.likelihood(asked[1], "No")
    beginning = engine.count_tokens("".join(message.content for message in prefix()))
    assert figure("prefix_cache_hits_total") - hits > beginning / 2


def test_several_are_written_at_once(engine):
    running: list[float] = []
    begun = threading.Barrier(5)

    def write(number: int) -> None:
        begun.wait()
        asked = [Message("user", f"Tell story {number}.")]
        assert list(engine.stream(asked, max_tokens=60))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    begun.wait()
    while any(thread.is_alive() for thread in threads):
        running.append(figure("num_requests_running"))
        time.sleep(0.05)
    assert max(running) >= 3


def test_questions_to_a_desk_do_not_wait_for_each_other(home, notes):
    with closing(Desk(home, llm=URL)) as desk:
        desk.ingest([notes], seed=False, offline=True)
        assert desk.asks_a_server
        turns = Turns(at_once=AT_MOST)
        asking = AskService(desk, turns, Metrics(turns))
        waited: list[object] = []

        async def ask(number: int) -> None:
            question = AskRequest("What does multi-query attention keep?", f"{number}", "ask")
            async for event in asking.events(question):
                if isinstance(event, Waiting):
                    waited.append(event)

        async def both_are_written() -> bool:
            tasks = [asyncio.create_task(ask(number)) for number in range(3)]
            deadline = time.monotonic() + 90
            try:
                while time.monotonic() < deadline and not all(task.done() for task in tasks):
                    if await asyncio.to_thread(figure, "num_requests_running") >= 2:
                        return True
                    await asyncio.sleep(0.1)
                return False
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

        try:
            assert asyncio.run(both_are_written())
        finally:
            asking.close()
        assert waited == []
        assert idle()  # those who went away are written for no longer
