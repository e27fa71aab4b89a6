"""The Ask tab without a browser: passages first, its turn at the model, Stop, and the figures."""

import asyncio
import time
from types import SimpleNamespace

import pytest

from assistant.desk import Desk
from tests.doors import ModelServer, until
from ui.page.ask_tab import AskTab
from ui.page.i18n import texts
from ui.page.threads_part import Keeping
from ui.serving.access import Access
from ui.serving.asking import AskService
from ui.serving.metrics import Metrics
from ui.serving.turns import Turns

QUESTION = "What is multi-query attention?"
VISITOR = SimpleNamespace(session_hash="visitor", query_params={"q": QUESTION}, headers={})


@pytest.fixture
def model_server():
    server = ModelServer()
    yield server
    server.close()


class Tab:
    """An Ask tab with all that stands behind it; ``seen`` are the answers drawn, and when."""

    def __init__(self, home, server):
        self.desk = Desk(home, llm=server.url)
        self.turns = Turns()
        self.metrics = Metrics(self.turns)
        self.asking = AskService(self.desk, self.turns, self.metrics)
        self.tab = AskTab(self.asking, Keeping(self.desk.threads, Access()), texts("en"))
        self.seen = []

    def ask(self, question=QUESTION, on_shown=lambda html: None):
        """Ask as the page does; returns the turns that are kept."""

        async def asked():
            kept = ()
            async for _, drawn, _, past in self.tab.ask(question, (), VISITOR):
                if isinstance(drawn, str):
                    self.seen.append(drawn)
                    on_shown(drawn)
                if isinstance(past, tuple):
                    kept = past
            return kept

        return asyncio.run(asked())


@pytest.fixture
def tab(desk, home, model_server):  # the desk has filled the home
    tab = Tab(home, model_server)
    yield tab
    tab.asking.close()
    tab.desk.close()


def test_an_answer_grows_and_is_counted(tab):
    (turn,) = tab.ask()
    first, *_, last = tab.seen
    assert 'class="hit' in first  # passages, before anything else
    assert 'class="said"' not in first
    assert "one key head and one value head" in last
    assert turn.answer.view == "model"
    assert 'refdesk_answers_total{door="page",view="model"} 1.0' in tab.metrics.text().decode()
    assert len(tab.turns) == 0


def test_the_question_of_the_address_is_asked(tab):
    async def asked():
        return [each async for each in tab.tab.ask_address((), VISITOR)]

    *_, last = asyncio.run(asked())
    assert last[3][0].question == QUESTION


@pytest.mark.parametrize("question", [QUESTION, "键值缓存为什么让推理更快？"])
def test_who_waits_sees_passages_and_a_place_and_may_stop(tab, model_server, question):
    stopped = []

    def on_shown(html):
        if "1 before you" in html and not stopped:
            stopped.append(time.perf_counter())
            tab.tab.stop(VISITOR)

    with tab.turns.take("another"):
        (turn,) = tab.ask(question, on_shown)
        assert time.perf_counter() - stopped[0] < 5  # the other's turn does not end
        until(lambda: len(tab.turns) == 1)
    assert turn.hits
    assert "Stopped" in tab.seen[-1]
    assert model_server.asked == 0  # also where only the model can put the question into English


def test_stop_keeps_what_was_checked_and_frees_the_model(tab, model_server):
    model_server.pause, model_server.times = 0.05, 50
    stopped = []

    def on_shown(html):
        if "Writing" in html and not stopped:
            stopped.append(time.perf_counter())
            tab.tab.stop(VISITOR)

    (turn,) = tab.ask(on_shown=on_shown)
    assert stopped
    assert "one key head and one value head" in tab.seen[-1]
    assert turn.notice
    assert turn.answer.sentences == turn.sentences
    assert len(tab.turns) == 0
    until(lambda: model_server.hung_up == 1)


def test_what_is_wrong_is_told(tab, model_server):
    model_server.close()
    assert tab.ask() == ()
    assert "model server" in tab.seen[-1]


def test_what_is_asked_meanwhile_is_asked_next_and_keeps_the_thread(tab, model_server):
    model_server.pause, model_server.times = 0.05, 50

    async def asked():
        shown = []

        async def ask(question):
            async for state in tab.tab.ask(question, (), VISITOR):
                shown.append(state)

        first = asyncio.create_task(ask(QUESTION))
        while not any("Writing" in str(state[1]) for state in shown):
            await asyncio.sleep(0.01)
        again = asyncio.create_task(ask(QUESTION))  # a key pressed twice
        await again
        assert not first.done()
        model_server.times = 1
        await ask("and grouped-query attention?")
        await first
        return shown

    shown = asyncio.run(asked())
    first, second = next(state[3] for state in reversed(shown) if isinstance(state[3], tuple))
    assert first.question == QUESTION
    assert first.notice.startswith("Stopped.")
    assert second.answer is not None
    assert second.asked != second.question  # put with the words of the one before


def test_an_answer_is_kept_with_its_last_showing(tab):
    async def asked():
        return [state async for state in tab.tab.ask(QUESTION, (), VISITOR)]

    whole = [state for state in asyncio.run(asked()) if 'class="tools' in str(state[1])]
    assert whole
    assert all(state[3][0].question == QUESTION for state in whole)
