"""The extension and the bookmarklet in a real Chromium: a page behind a login comes in as seen."""

import json
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from assistant.desk import Desk
from tests.assistant.test_keeping import QUICK
from tests.doors import serving
from tests.ui.conftest import CHROMIUM, FLAGS
from ui.serving.access import access_for

EXTENSION = Path(__file__).resolve().parents[2] / "ui" / "extension"
TOKEN = "a-token-of-mine"
SITE = "http://walled.example"
WORDS = " ".join(f"The kestrel hovers over field number {n} and waits." for n in range(30))
DRAWN = "A part that draws itself says that kestrels nest in church towers."
ARTICLE = f"""<html><title>Kestrels</title><body><article><p>{WORDS}</p><x-part></x-part></article>
<script>document.querySelector("x-part").attachShadow({{ mode: "open" }})
.innerHTML = "<style>p {{ display: block }}</style><div><p>{DRAWN}</p></div>";</script>
</body></html>"""


class Walled(BaseHTTPRequestHandler):
    """Shows its article to those who logged in."""

    def do_GET(self):
        if self.path == "/login":
            self._say("logged in", ("Set-Cookie", "who=me; Path=/"))
        elif "who=me" in self.headers.get("Cookie", ""):
            self._say(ARTICLE)
        else:
            self._say("<form><input type=password></form>")

    def _say(self, text, *headers):
        self.send_response(200)
        for name, value in (("Content-Type", "text/html"), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args): ...


@pytest.fixture(scope="module")
def walled():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Walled)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def chromium(walled, tmp_path_factory):
    """A browser with the extension, for which the walled site lies at its public name."""
    playwright = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM:
        pytest.skip("no Chromium is installed here")
    folder = tmp_path_factory.mktemp("browser")
    copy = folder / "extension"
    shutil.copytree(EXTENSION, copy)
    # activeTab is given by a click on the toolbar, which no test can make
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["host_permissions"] = [f"{SITE}/*"]
    (copy / "manifest.json").write_text(json.dumps(manifest))
    flags = [
        *FLAGS, f"--load-extension={copy}", f"--disable-extensions-except={copy}",
        f"--host-resolver-rules=MAP walled.example 127.0.0.1:{walled}",
    ]  # fmt: skip
    with playwright.sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(
            str(folder / "profile"), executable_path=CHROMIUM, channel=None, headless=False,
            args=[*flags, "--headless=new"],
        )  # fmt: skip
        yield context
        context.close()


@pytest.fixture
def worker(chromium):
    found = chromium.service_workers
    return found[0] if found else chromium.wait_for_event("serviceworker", timeout=60_000)


@pytest.fixture
def kept(home, notes):
    desk = Desk(home, llm="extractive", limits=QUICK)
    desk.ingest([notes], seed=False, offline=True)
    yield desk
    desk.close()


def access(origin):
    return access_for("127.0.0.1", TOKEN, open_to_everyone=False, origins=[origin])


def logged_in(chromium):
    page = chromium.new_page()
    page.goto(f"{SITE}/login")
    page.goto(f"{SITE}/post")
    assert page.title() == "Kestrels"
    return page


SEND = """async (note) => {
    const [tab] = await chrome.tabs.query({ url: "http://walled.example/*" });
    const sent = await send(tab.id, note);
    return { sent, badge: await chrome.action.getBadgeText({ tabId: tab.id }) };
}"""


def test_a_page_behind_a_login_comes_in_as_seen(chromium, worker, kept):
    origin = worker.url.removesuffix("/background.js")
    assert origin in (EXTENSION / "README.md").read_text()
    with serving(kept, access=access(origin)) as url:
        keep = "([server, token]) => chrome.storage.local.set({ server, token })"
        worker.evaluate(keep, [url, "a-wrong-token"])
        page = logged_in(chromium)
        page.evaluate("getSelection().selectAllChildren(document.querySelector('p'))")
        refused = worker.evaluate(SEND, "mine")
        assert "wants its token" in refused["sent"]["error"]
        worker.evaluate(keep, [url, TOKEN])
        assert worker.evaluate("known('http://walled.example/post')") == "no"
        done = worker.evaluate(SEND, "For the talk")
        assert (done["sent"]["state"], done["badge"]) == ("done", "✓")
        assert worker.evaluate("known('http://walled.example/post')") == "yes"
        assert worker.evaluate("known('chrome://version')") == "no page of the web"
        (hit,) = kept.search("kestrel hovers over field", k=1).hits
        assert hit.passage.url == "https://walled.example/post"
        assert DRAWN in kept.read_source(hit.passage.url).text
        assert kept.lists()[0].entries[0].note.startswith("For the talk “The kestrel hovers")
        told = page.evaluate(
            """async (url) => {
                const how = { method: "POST", body: "{}", headers: { Authorization: "Bearer x" } };
                return fetch(url + "/api/v1/ingest", how).then(() => "came", () => "refused");
            }""",
            url,
        )
        assert told == "refused"  # a foreign page can't use the door
        page.close()
    assert worker.evaluate("known('http://walled.example/post')") == "the server does not answer"


def test_the_popup_and_the_options_speak_for_themselves(chromium, worker):
    origin = worker.url.removesuffix("/background.js")
    options = chromium.new_page()
    options.goto(f"{origin}/options.html")
    assert origin in options.locator("#start").inner_text()
    options.fill("#server", "http://127.0.0.1:1/")
    options.fill("#token", TOKEN)
    options.click("#save")
    options.get_by_text("Kept.").wait_for()
    assert worker.evaluate("settings()") == {"server": "http://127.0.0.1:1", "token": TOKEN}
    popup = chromium.new_page()
    popup.goto(f"{origin}/popup.html")
    popup.get_by_text("It cannot be told").wait_for()
    popup.close()
    options.close()


def test_the_bookmarklet_hands_a_page_over_and_a_person_takes_it_in(chromium, kept):
    with serving(kept, access=access("https://other.example")) as url:
        page = logged_in(chromium)
        save = chromium.new_page()
        save.goto(f"{url}/save")
        script = save.locator("#link").get_attribute("href").removeprefix("javascript:")
        save.close()
        with chromium.expect_page() as opened:
            page.evaluate(script)
        taking = opened.value
        taking.get_by_text("Kestrels").wait_for()
        assert taking.locator("#url").inner_text() == f"{SITE}/post"
        taking.click("#take")
        taking.get_by_text("give its token first").wait_for()
        entered = chromium.request.get(f"{url}/docs-of-nobody?token={TOKEN}", max_redirects=0)
        assert "refdesk=" in entered.headers["set-cookie"]
        taking.fill("#note", "By bookmarklet")
        taking.click("#take")
        taking.get_by_text("It is in your library now.").wait_for(timeout=120_000)
        assert kept.lists()[0].entries[0].note.startswith("By bookmarklet")
        assert DRAWN in kept.read_source("https://walled.example/post").text
        assert httpx.get(f"{url}/save").headers["x-frame-options"] == "DENY"
        page.close()
        taking.close()
