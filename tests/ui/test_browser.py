"""The page in a real browser: a question is answered with citations, nothing leaves the machine."""

import shutil
import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit

import httpx
import pytest

from assistant.desk import Desk

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed here")


@pytest.fixture
def served(home, notes):
    """The address of ``refdesk serve`` over four documents, one of them hostile."""
    (notes / "evil.md").write_text(
        "# <script>window.hacked = 1</script> Sliding windows\n\n"
        "Sliding window attention looks at 4096 tokens. `<img src=x onerror='window.hacked = 1'>` "
        "${window.hacked = 1} {{constructor.constructor('window.hacked = 1')()}}\n"
    )
    Desk(home).ingest([notes], seed=False)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "ui.cli", "serve", "--llm", "extractive"]
    server = subprocess.Popen([*command, "--home", home, "--port", str(port)])
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 90
    while True:
        assert server.poll() is None
        assert time.monotonic() < deadline
        try:
            httpx.get(url).raise_for_status()
            break
        except httpx.TransportError:
            time.sleep(0.2)
    yield url
    server.terminate()
    server.wait(20)


@pytest.fixture
def page(tmp_path):
    """A fresh browser page that notes every request."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1000, "height": 900})
        page.hosts = set()
        page.on("request", lambda request: page.hosts.add(urlsplit(request.url).hostname))
        yield page
        browser.close()


def ask(page, url, question):
    page.goto(url)
    box = page.locator("#question textarea")
    box.wait_for(timeout=60_000)
    box.fill(question)
    page.locator("#ask").click()


def test_a_question_is_answered_with_passages_behind_its_marks(served, page):
    ask(page, served, "how does multi-query attention share keys?")
    mark = page.locator("#answer a.mark").first
    mark.wait_for(timeout=60_000)
    assert "one key head and one value head" in page.locator("#answer").inner_text()
    mark.click()
    shown = page.locator("#answer details.lit blockquote")
    shown.wait_for(timeout=5_000)
    assert "one key head and one value head" in shown.inner_text()
    assert page.locator("#answer details.lit blockquote mark").count() >= 1
    assert page.hosts <= {"127.0.0.1", None}


def test_a_question_nobody_can_answer_is_refused(served, page):
    ask(page, served, "Which soil do blueberries like?")
    page.get_by_text("does not answer this question").wait_for(timeout=60_000)


def test_a_hostile_page_stays_text(served, page):
    ask(page, served, "how many tokens does sliding window attention look at?")
    page.locator("#answer a.mark").first.wait_for(timeout=60_000)
    page.locator("#answer summary").first.click()
    assert "window.hacked" in page.locator("#answer").inner_text()
    assert page.evaluate("window.hacked") is None
    assert page.hosts <= {"127.0.0.1", None}


def test_other_hosts_and_other_sites_are_refused(served):
    assert httpx.get(served, headers={"Host": "evil.example"}).status_code == 421
    reply = httpx.post(
        f"{served}/gradio_api/queue/join", headers={"Origin": "https://evil.example"}
    )
    assert reply.status_code == 403
    assert httpx.get(served).status_code == 200
