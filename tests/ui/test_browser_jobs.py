"""Fetching and rebuilding from the page, against a web of our own, in a real browser."""

import threading

import pytest
import uvicorn

from assistant.desk import Desk
from ingest.fetch.pace import Limits
from tests.doors import until
from tests.stand_in import Web
from ui.server import application
from ui.serving.turns import Turns

PAGE = "https://blog.example/attention"
SEEN = """() => {
    const job = document.querySelector('#job');
    window.seen = [];
    new MutationObserver(() => window.seen.push(job.innerText)).observe(
        job, { childList: true, subtree: true, characterData: true });
}"""


def article(about):
    text = " ".join(f"{about} sentence number {n} says what it is." for n in range(40))
    html = f"<html><title>{about}</title><body><article><p>{text}</p></article></body></html>"
    return (200, [("Content-Type", "text/html")], html.encode())


@pytest.fixture
def web():
    with Web({PAGE: article("Attention")}, seconds=0.2) as web:
        yield web


@pytest.fixture
def fetching(home, notes, web):
    """The address of a page whose desk fetches from that web."""
    desk = Desk(
        home, llm="extractive", transport=web.transport, limits=Limits(pace=0, backoff=0.01)
    )
    desk.ingest([notes], seed=False)
    app = application(desk, Turns())
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started, 60)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    desk.close()


def test_a_page_is_fetched_and_the_library_built_anew(fetching, web, page):
    page.goto(fetching)
    page.get_by_role("tab", name="Library", exact=True).click()
    page.locator("#what textarea, #what input").first.fill(f"{PAGE} https://blog.example/gone")
    page.evaluate(SEEN)
    page.locator("#fetch").click()
    page.get_by_text("1 fetched, 1 could not be had").wait_for()
    assert PAGE in web.asked()
    assert any("/ 2" in said and "blog.example" in said for said in page.evaluate("window.seen"))
    page.get_by_text("4\ndocuments").wait_for()
    page.evaluate("window.seen = []")
    page.locator("#rebuild").click()
    page.get_by_text("Built anew: 4 documents").wait_for()
    assert any("Reading pages" in said for said in page.evaluate("window.seen"))


def test_a_job_speaks_the_language_of_the_page(fetching, open_page):
    page = open_page(locale="zh-CN")
    page.goto(f"{fetching}/zh?q=")
    page.get_by_role("tab", name="资料库").click()
    page.locator("#rebuild").wait_for()
    page.evaluate(SEEN)
    page.locator("#rebuild").click()
    page.get_by_text("已重建：3 篇文档").wait_for()
    assert any("正在读取网页" in said for said in page.evaluate("window.seen"))
    page.locator("#what textarea, #what input").first.fill("no-such-list")
    page.locator("#fetch").click()
    page.get_by_text("既不是网址").wait_for()
