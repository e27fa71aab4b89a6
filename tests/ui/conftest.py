"""The page as people meet it: one server for all browser tests, and a real browser."""

import json
import shutil
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from assistant.desk import Desk
from tests.conftest import BREAD_PAGE, MQA_PAGE, ZH_PAGE
from tests.doors import served_by_command

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
EVIL_TITLE = "<script>window.hacked = 1</script> Sliding windows"
EVIL_PAGE = f"""# {EVIL_TITLE}

Sliding window attention looks at 4096 tokens. `<img src=x onerror='window.hacked = 1'>` \
${{window.hacked = 1}} {{{{constructor.constructor('window.hacked = 1')()}}}} \
![call home](https://evil.example/pixel.png) [run](javascript:window.hacked=1)

<img src="https://evil.example/2.png" onerror="window.hacked = 1">
"""
LIST = """# Deep reading

## Attention

### Variants

- [Sharing keys and values](https://notes.example/mqa) \
![Easy](https://img.shields.io/badge/difficulty-Easy-green)
- [<img src=x onerror="window.hacked=1"> Sliding windows](https://notes.example/evil)
- [A page that is gone](https://notes.example/gone)
- [run](javascript:window.hacked=1)

## Serving

- [Key-value caches](https://notes.example/kv)
- Speculative decoding
"""
PAGES = {
    "mqa": ("Sharing keys and values", MQA_PAGE),
    "evil": (EVIL_TITLE, EVIL_PAGE),
    "kv": ("键值缓存", ZH_PAGE),
    "bread": ("Rye bread", BREAD_PAGE),
}


SAID = {
    "multi": "Multi-query attention keeps one key head and one value head for all query heads. ",
    "group": "Grouped-query attention gives every group of query heads its own key head. ",
    "slid": "Sliding window attention looks at 4096 tokens. ",
}


class FakeModel(BaseHTTPRequestHandler):
    """A model server: says what the question is about; asked slowly, goes on for a minute."""

    def do_GET(self):
        self._send(json.dumps({"data": [{"id": "slow"}]}).encode(), "application/json")

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        question = asked["messages"][-1]["content"].rpartition("Question:")[2].lower()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        said = [sentence for word, sentence in SAID.items() if word in question]
        try:
            for word in [*said, *["and so "] * (300 if "slow" in question else 0)]:
                piece = {"choices": [{"index": 0, "delta": {"content": word}}]}
                self.wfile.write(f"data: {json.dumps(piece)}\n\n".encode())
                self.wfile.flush()
                time.sleep(0.2 if "slow" in question else 0)
            self.wfile.write(b"data: [DONE]\n\n")
        except OSError:
            self.server.left.set()

    def _send(self, body, kind):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args): ...


@pytest.fixture(scope="session")
def page_home(tmp_path_factory, models_dir):
    """A home with a list, four documents, one of them hostile."""
    folder = tmp_path_factory.mktemp("page")
    home = folder / "home"
    home.mkdir()
    models_dir.mkdir(parents=True, exist_ok=True)
    (home / "models").symlink_to(models_dir)
    (folder / "deep-reading.md").write_text(LIST)
    rows = [
        {"_id": name, "title": title, "text": text, "url": f"https://notes.example/{name}"}
        for name, (title, text) in PAGES.items()
    ]
    documents = folder / "pages.jsonl"
    documents.write_text("\n".join(map(json.dumps, rows)))
    desk = Desk(home, llm="extractive")
    desk.ingest([documents], seed=False)
    desk.add_list(folder / "deep-reading.md")
    desk.close()
    return home


@pytest.fixture(scope="session")
def model():
    """A model server; its ``left`` is set when a caller goes away before the end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), FakeModel)
    server.left = threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def served(page_home, model):
    """The address of ``refdesk serve`` over that home, with a model of a server of ours."""
    llm = f"http://127.0.0.1:{model.server_address[1]}"
    with served_by_command(page_home, llm) as url:
        yield url


@pytest.fixture(scope="module")
def browser():
    """A real browser; the test is skipped where none is installed.

    For one module: while it is open, its driver's event loop runs, and no other can be started.
    """
    playwright = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM:
        pytest.skip("no Chromium is installed here")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser):
    """Open fresh pages; whatever they did, nothing ran that should not, and nothing left."""
    contexts = []

    def make(*, phone=False, dark=False, locale="en-GB"):
        context = browser.new_context(
            viewport={"width": 390, "height": 844} if phone else {"width": 1100, "height": 850},
            color_scheme="dark" if dark else "light", locale=locale,
        )  # fmt: skip
        context.set_default_timeout(60_000)  # on a busy machine
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        context.hosts, context.faults = set(), []
        context.on("request", lambda asked: context.hosts.add(urlsplit(asked.url).hostname))
        page = context.new_page()
        page.on("pageerror", lambda error: context.faults.append(str(error)))
        contexts.append(context)
        return page

    yield make
    for context in contexts:
        for page in context.pages:
            assert page.evaluate("window.hacked") is None
        assert context.hosts <= {"127.0.0.1", None}
        assert context.faults == []
        context.close()


@pytest.fixture
def page(open_page):
    """A fresh page at desktop width, by day."""
    return open_page()
